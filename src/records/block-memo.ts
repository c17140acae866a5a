// What was worked out of a block of bytes, found again when the same bytes come again: a session's userIdentity stands letter by letter
// in thousands of its records, and comparing 600 bytes is cheaper than reading ten fields out of them.

/** Direct-mapped: a slot is overwritten on collision, so memory is bounded (16,384 blocks, of about 600 bytes as a rule: 10 MB). */
const SLOTS = 16_384;
const MAX_BLOCK_BYTES = 4096;
/** Bytes that choose the slot: spread over the block, so that sessions of one role differ in some. The comparison decides. */
const SAMPLES = 40;

export interface BlockMemo<T> {
  /** What was kept for exactly these bytes; null when nothing was. */
  find(bytes: Buffer, start: number, end: number): T | null;
  keep(bytes: Buffer, start: number, end: number, value: T): void;
}

export function createBlockMemo<T>(): BlockMemo<T> {
  const blocks: (Buffer | null)[] = new Array(SLOTS).fill(null);
  const values: (T | null)[] = new Array(SLOTS).fill(null);
  return {
    find(bytes, start, end) {
      const slot = slotOf(bytes, start, end);
      const block = blocks[slot]!;
      if (block === null || block.length !== end - start) return null;
      return bytes.compare(block, 0, block.length, start, end) === 0 ? values[slot]! : null;
    },
    keep(bytes, start, end, value) {
      if (end - start > MAX_BLOCK_BYTES) return;
      const slot = slotOf(bytes, start, end);
      // Not from the pool: a kept block would hold its whole slab.
      const block = Buffer.allocUnsafeSlow(end - start);
      bytes.copy(block, 0, start, end);
      blocks[slot] = block;
      values[slot] = value;
    },
  };
}

function slotOf(bytes: Buffer, start: number, end: number): number {
  const length = end - start;
  const step = Math.max(1, (length / SAMPLES) | 0);
  let hash = length;
  for (let at = start + (step >> 1); at < end; at += step) hash = (Math.imul(hash, 31) + bytes[at]!) | 0;
  return (hash ^ (hash >>> 10) ^ (hash >>> 20)) & (SLOTS - 1);
}
