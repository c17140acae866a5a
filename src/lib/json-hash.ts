// A keyed hash of a JSON value straight from its bytes: equal for equal values whatever the order of keys and the white space,
// and without building an object. The scan kernel has a twin of it, which must give the same lanes. 64 bits in two lanes; the key (seed) keeps log writers from choosing collisions.

/** Deeper values hash by their raw bytes: request parameters that AWS accepts stay far below. DynamoDB nests at most 32 levels (https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/ServiceQuotas.html). */
const MAX_DEPTH = 64;

let position = 0;
let lane1 = 0;
let lane2 = 0;

/**
 * Hash of the JSON value in `bytes[start..end)` into `into[0..1]`. Members whose key is in `ignoredKeys` (lower case) are left out at every
 * depth. Malformed JSON still gives some hash; it never loops or throws.
 */
export function hashJson(
  bytes: Buffer,
  start: number,
  end: number,
  seed: number,
  ignoredKeys: ReadonlySet<string>,
  into: Uint32Array,
): void {
  position = start;
  hashValue(bytes, end, seed | 0, ignoredKeys, 0);
  into[0] = lane1 >>> 0;
  into[1] = lane2 >>> 0;
}

function hashValue(b: Buffer, end: number, seed: number, ignored: ReadonlySet<string>, depth: number): void {
  skipSpace(b, end);
  const c = position < end ? b[position]! : 0;
  if (c === 0x22) return hashString(b, end, seed ^ 0x51ed270b);
  if ((c === 0x7b || c === 0x5b) && depth < MAX_DEPTH)
    return hashNest(b, end, seed, ignored, depth, c === 0x7b);
  const from = position;
  while (position < end && b[position] !== 0x2c && b[position] !== 0x7d && b[position] !== 0x5d) position++;
  if (position === from && position < end) position++;
  let to = position;
  while (to > from && isSpace(b[to - 1]!)) to--;
  hashBytes(b, from, to, seed ^ 0x2545f491);
}

function hashNest(
  b: Buffer,
  end: number,
  seed: number,
  ignored: ReadonlySet<string>,
  depth: number,
  isObject: boolean,
): void {
  position++;
  let total1 = isObject ? 0x0b : 0x0a;
  let total2 = 0;
  let index = 0;
  for (;;) {
    skipSpace(b, end);
    if (position >= end) break;
    const c = b[position]!;
    if (c === 0x7d || c === 0x5d) {
      position++;
      break;
    }
    if (c === 0x2c) {
      position++;
      continue;
    }
    if (!isObject) {
      // Order counts in an array: the index is part of each member.
      hashValue(b, end, (seed + Math.imul(++index, 0x9e3779b1)) | 0, ignored, depth + 1);
      total1 = (total1 + mix(lane1)) | 0;
      total2 = (total2 + mix(lane2)) | 0;
      continue;
    }
    const keyStart = position + 1;
    hashValue(b, end, seed, ignored, MAX_DEPTH);
    const key1 = lane1;
    const skip = position - 1 > keyStart && isIgnored(b, keyStart, position - 1, ignored);
    skipSpace(b, end);
    if (b[position] === 0x3a) position++;
    hashValue(b, end, (seed ^ key1) | 0, ignored, depth + 1);
    if (skip) continue;
    // Addition forgets the order of keys; the key is in the seed of its value.
    total1 = (total1 + mix(lane1)) | 0;
    total2 = (total2 + mix(lane2)) | 0;
  }
  lane1 = mix(total1 ^ seed);
  lane2 = mix(total2 + 0x7f4a7c15);
}

function hashString(b: Buffer, end: number, seed: number): void {
  const from = position;
  let p = from + 1;
  let escaped = false;
  while (p < end && b[p] !== 0x22) {
    if (b[p] === 0x5c) {
      escaped = true;
      p++;
    }
    p++;
  }
  const to = Math.min(p, end);
  position = Math.min(p + 1, end);
  if (!escaped) return hashBytes(b, from + 1, to, seed);
  let text: string;
  try {
    text = JSON.parse(b.toString('utf8', from, position)) as string;
  } catch {
    return hashBytes(b, from + 1, to, seed);
  }
  const plain = Buffer.from(text, 'utf8');
  hashBytes(plain, 0, plain.length, seed);
}

function hashBytes(b: Buffer, start: number, end: number, seed: number): void {
  let h1 = seed | 0;
  let h2 = Math.imul(seed ^ 0x6a09e667, 0x85ebca6b);
  for (let p = start; p < end; p += 4) {
    let word = b[p]!;
    if (p + 1 < end) word |= b[p + 1]! << 8;
    if (p + 2 < end) word |= b[p + 2]! << 16;
    if (p + 3 < end) word |= b[p + 3]! << 24;
    h1 = Math.imul(h1 ^ word, 0x9e3779b1);
    h1 ^= h1 >>> 15;
    h2 = Math.imul(h2 + word, 0x5bd1e995);
    h2 ^= h2 >>> 13;
  }
  lane1 = mix(h1 ^ (end - start));
  lane2 = mix(h2);
}

/** Finaliser of MurmurHash3, public domain: https://github.com/aappleby/smhasher/blob/master/src/MurmurHash3.cpp (fmix32). */
function mix(h: number): number {
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return h ^ (h >>> 16);
}

function isIgnored(b: Buffer, start: number, end: number, ignored: ReadonlySet<string>): boolean {
  const last = b[end - 1]! | 0x20;
  // Every ignored key ends in n, r, y or d (token, marker, key, id): most keys are told apart by one byte.
  if (last !== 0x6e && last !== 0x72 && last !== 0x79 && last !== 0x64) return false;
  return ignored.has(b.toString('latin1', start, end).toLowerCase());
}

function skipSpace(b: Buffer, end: number): void {
  while (position < end && isSpace(b[position]!)) position++;
}

function isSpace(c: number): boolean {
  return c === 0x20 || c === 0x0a || c === 0x0d || c === 0x09;
}
