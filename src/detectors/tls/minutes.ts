// Sets of minutes as bits: small, the same in any order, and merged by OR. Plain JSON.

/** A bit operation of JavaScript gives 32 bits with a sign: 30 are enough for half an hour. */
const BITS = 30;

/** Bit n of element k stands for minute 30 k + n, counted from wherever its owner says. */
export type Minutes = number[];

export function addMinute(set: Minutes, minute: number): void {
  const at = Math.floor(minute / BITS);
  while (set.length <= at) set.push(0);
  set[at]! |= 1 << (minute % BITS);
}

export function hasMinute(set: Minutes, minute: number): boolean {
  return minute >= 0 && ((set[Math.floor(minute / BITS)] ?? 0) & (1 << (minute % BITS))) !== 0;
}

export function mergeMinutes(a: Minutes, b: Minutes): void {
  while (a.length < b.length) a.push(0);
  for (const [at, bits] of b.entries()) a[at]! |= bits;
}

export function listMinutes(set: Minutes): number[] {
  const minutes: number[] = [];
  for (const [at, bits] of set.entries()) {
    for (let bit = 0; bit < BITS; bit++) if ((bits & (1 << bit)) !== 0) minutes.push(at * BITS + bit);
  }
  return minutes;
}
