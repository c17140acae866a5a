// "Have I perhaps seen this before?" in little memory: a chain of blocked Bloom filters. Never says no to what was added;
// says yes to something new in fewer than 1 of 10,000 cases until it is full.

/** Bits for one entry, all in one block of 512 bits: one cache line a question. */
const BITS_PER_ENTRY = 32;
const BITS_SET = 6;
const BLOCK_WORDS = 16;
/** Entries that each filter of the chain has room for: 256 KiB, which stay in the cache, 4 and 16 MiB. */
const CAPACITIES = [1 << 16, 1 << 20, 1 << 22] as const;

export interface SeenFilter {
  /** Adds the identity (four unsigned 32-bit lanes) and says whether it may have been there before. */
  add(identity: Uint32Array): boolean;
  /** False when the last filter holds more than it has room for: a yes means little from then on. */
  readonly reliable: boolean;
}

export function createSeenFilter(): SeenFilter {
  const chain: (Filter & { room: number })[] = [];
  let full = false;

  function extend(): void {
    const capacity = CAPACITIES[chain.length];
    if (capacity === undefined) {
      full = true;
      return;
    }
    const words = new Uint32Array((capacity * BITS_PER_ENTRY) / 32);
    chain.push({ words, lastBlock: words.length / BLOCK_WORDS - 1, room: capacity });
  }
  extend();

  return {
    add(identity) {
      const mixed = Math.imul(identity[0]! ^ (identity[2]! >>> 3), 0x9e3779b1) >>> 0;
      for (let i = 0; i < chain.length - 1; i++) if (holds(chain[i]!, mixed, identity)) return true;
      const last = chain[chain.length - 1]!;
      if (holds(last, mixed, identity)) return true;
      put(last, mixed, identity);
      if (--last.room <= 0) extend();
      return false;
    },
    get reliable() {
      return !full;
    },
  };
}

interface Filter {
  readonly words: Uint32Array;
  /** Blocks less one: their number is a power of two. */
  readonly lastBlock: number;
}

function holds(filter: Filter, mixed: number, identity: Uint32Array): boolean {
  const base = (mixed & filter.lastBlock) * BLOCK_WORDS;
  let bits = firstBits(identity);
  for (let i = 0; i < BITS_SET; i++) {
    if (i === 3) bits = identity[3]!;
    if ((filter.words[base + ((bits >>> 5) & 15)]! & (1 << (bits & 31))) === 0) return false;
    bits >>>= 9;
  }
  return true;
}

function put(filter: Filter, mixed: number, identity: Uint32Array): void {
  const base = (mixed & filter.lastBlock) * BLOCK_WORDS;
  let bits = firstBits(identity);
  for (let i = 0; i < BITS_SET; i++) {
    if (i === 3) bits = identity[3]!;
    filter.words[base + ((bits >>> 5) & 15)]! |= 1 << (bits & 31);
    bits >>>= 9;
  }
}

/** The upper half stirred into the lower: in a version 4 GUID, which most identities are, four bits of the lower half never change. */
function firstBits(identity: Uint32Array): number {
  return identity[1]! ^ (identity[1]! >>> 16);
}
