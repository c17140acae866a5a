// Runs of base64 that hide something that can be read: text, JSON, PEM or gzip. Nearly all long runs of its alphabet are something
// else (hex, identifiers, paths, digests), which the first bytes they would decode to tell.

/** Characters of a run: 18 bytes, the shortest that can hold a name and a secret. */
export const SHORTEST_RUN = 24;

/** Filled by a scan and used again by the next one. */
export class Base64Runs {
  count = 0;
  start = new Int32Array(64);
  /** End exclusive, without the padding. */
  end = new Int32Array(64);

  add(start: number, end: number): void {
    if (this.count === this.start.length) {
      this.start = longer(this.start);
      this.end = longer(this.end);
    }
    this.start[this.count] = start;
    this.end[this.count++] = end;
  }
}

function longer(old: Int32Array): Int32Array<ArrayBuffer> {
  const array = new Int32Array(old.length * 2);
  array.set(old);
  return array;
}

const NOT_BASE64 = 64;
/** Of the standard and of the URL-safe alphabet: RFC 4648, sections 4 and 5. */
export const VALUES = new Uint8Array(256).fill(NOT_BASE64);
for (let value = 0; value < 64; value++)
  VALUES['ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/'.charCodeAt(value)] = value;
VALUES['-'.charCodeAt(0)] = 62;
VALUES['_'.charCodeAt(0)] = 63;

/** A run may begin in the middle of a path or a name: behind so many of `/`, `_`, `-` and `+` it is tried again. */
const MAX_BEGINNINGS = 8;

/** Looks at every 24th byte, and around it only where it is of the alphabet: each run of 24 holds one of them. */
export function findBase64Runs(bytes: Uint8Array, start: number, end: number, runs: Base64Runs): void {
  runs.count = 0;
  let from = start;
  for (let probe = start + SHORTEST_RUN - 1; probe < end; ) {
    if (VALUES[bytes[probe]!] === NOT_BASE64) {
      from = probe + 1;
      probe += SHORTEST_RUN;
      continue;
    }
    let first = probe;
    while (first > from && VALUES[bytes[first - 1]!] !== NOT_BASE64) first--;
    let last = probe + 1;
    while (last < end && VALUES[bytes[last]!] !== NOT_BASE64) last++;
    if (last - first >= SHORTEST_RUN) addRun(bytes, start, first, last, end, runs);
    from = last + 1;
    probe = last + SHORTEST_RUN;
  }
}

/** The run around a letter at `at`, if it hides something. Where the next one may begin. */
export function addRunAround(
  bytes: Uint8Array,
  start: number,
  at: number,
  end: number,
  runs: Base64Runs,
): number {
  let first = at;
  while (first > start && VALUES[bytes[first - 1]!] !== NOT_BASE64) first--;
  let last = at + 1;
  while (last < end && VALUES[bytes[last]!] !== NOT_BASE64) last++;
  if (last - first >= SHORTEST_RUN) addRun(bytes, start, first, last, end, runs);
  return last + 1;
}

function addRun(
  bytes: Uint8Array,
  start: number,
  first: number,
  last: number,
  end: number,
  runs: Base64Runs,
): void {
  let beginning = first;
  for (let tried = 0; tried < MAX_BEGINNINGS && last - beginning >= SHORTEST_RUN; tried++) {
    if (isReadable(bytes, beginning)) {
      if (!isTokenPart(bytes, start, beginning, last, end)) runs.add(beginning, last);
      return;
    }
    while (beginning < last && VALUES[bytes[beginning]!]! < 62) beginning++;
    beginning++;
  }
}

/** Whether the 24 characters there decode to gzip, or to nothing but text. */
function isReadable(bytes: Uint8Array, at: number): boolean {
  // 1f 8b 08, the beginning of RFC 1952
  if (bytes[at] === 0x48 && bytes[at + 1] === 0x34 && bytes[at + 2] === 0x73 && bytes[at + 3] === 0x49)
    return true;
  for (let group = at; group < at + SHORTEST_RUN; group += 4) {
    const a = VALUES[bytes[group]!]!;
    const b = VALUES[bytes[group + 1]!]!;
    const c = VALUES[bytes[group + 2]!]!;
    const d = VALUES[bytes[group + 3]!]!;
    if (!isText((a << 2) | (b >> 4)) || !isText(((b & 15) << 4) | (c >> 2)) || !isText(((c & 3) << 6) | d))
      return false;
  }
  return true;
}

function isText(byte: number): boolean {
  return (byte >= 0x20 && byte < 0x7f) || byte === 0x0a || byte === 0x0d || byte === 0x09;
}

/** Header and claims of a JWT, which a kind of its own decodes: RFC 7519. */
function isTokenPart(bytes: Uint8Array, start: number, first: number, last: number, end: number): boolean {
  return (
    bytes[first] === 0x65 &&
    bytes[first + 1] === 0x79 &&
    ((last < end && bytes[last] === 0x2e) || (first > start && bytes[first - 1] === 0x2e))
  );
}
