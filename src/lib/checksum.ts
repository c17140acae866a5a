// A checksum of bytes that the scan kernel works out in passing, and its twin here: tells bodies of one event apart, proves nothing.

const LANES = 16;
const BLOCK = 16;
/** Digits of pi, as in Blowfish: nothing up the sleeve. */
const FIRST = Int32Array.of(
  ...[0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344, 0xa4093822, 0x299f31d0, 0x082efa98, 0xec4e6c89],
  ...[0x452821e6, 0x38d01377, 0xbe5466cf, 0x34e90c6c, 0xc0ac29b7, 0xc97c50dd, 0x3f84d5b5, 0xb5470917],
);
const lanes = new Int32Array(LANES);

/** Of `bytes[start..end)`: unsigned 32 bits, never 0. Twin: `checksum` of ../records/scan-kernel/kernel/record-facts.ts. */
export function checksum32(bytes: Buffer, start: number, end: number): number {
  lanes.set(FIRST);
  let at = start;
  // Groups of four lanes take turns, a block of 16 bytes each.
  for (let group = 0; at < end; at += BLOCK, group = (group + 4) % LANES) {
    for (let lane = 0; lane < 4; lane++) {
      const product = Math.imul(lanes[group + lane]! ^ wordAt(bytes, at + lane * 4, end), 0x9e3779b1);
      lanes[group + lane] = product ^ (product >>> 15);
    }
  }
  // The next group in turn comes first.
  const first = (Math.ceil((end - start) / BLOCK) % 4) * 4;
  let sum = end - start;
  for (let lane = 0; lane < LANES; lane++) sum = mix(sum ^ lanes[(first + lane) % LANES]!);
  return sum === 0 ? 1 : sum >>> 0;
}

/** Little-endian; 0 behind the end. */
function wordAt(bytes: Buffer, at: number, end: number): number {
  let word = 0;
  for (let i = 0; i < 4 && at + i < end; i++) word |= bytes[at + i]! << (i * 8);
  return word;
}

/** Finaliser of MurmurHash3, public domain: https://github.com/aappleby/smhasher/blob/master/src/MurmurHash3.cpp (fmix32). */
function mix(hash: number): number {
  let h = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return h ^ (h >>> 16);
}
