// What was worked out of fields that many records have in common, by the number that the scan gave to them.

import type { TrailView } from './trail-view.ts';

/** Direct-mapped: a slot is overwritten on collision. */
const SLOTS = 16_384;

/** `read`, but once for all records that have one number at `position` of N; what it gives says 0 when it must not serve others. */
export function createNumbered<T extends { readonly number: number }>(
  position: number,
  read: (call: TrailView) => T,
): (call: TrailView) => T {
  const known: (T | undefined)[] = new Array(SLOTS);
  return (call) => {
    const number = call.slots.numbers[position]!;
    const slot = number & (SLOTS - 1);
    const found = known[slot];
    if (found !== undefined && found.number === number && number !== 0) return found;
    const value = read(call);
    if (value.number !== 0) known[slot] = value;
    return value;
  };
}
