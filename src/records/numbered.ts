// What was worked out of fields that many records have in common, by the number that the scan gave to them.

import { NumberMemo } from '../lib/number-memo.ts';
import type { TrailView } from './trail-view.ts';

/** `read`, but once for all records that have one number at `position` of N; what it gives says 0 when it must not serve others. */
export function createNumbered<T extends { readonly number: number }>(
  position: number,
  read: (call: TrailView) => T,
): (call: TrailView) => T {
  const memo = new NumberMemo<T>();
  return (call) => {
    const known = memo.get(call.slots.numbers[position]!);
    if (known !== undefined) return known;
    const value = read(call);
    memo.set(value.number, value);
    return value;
  };
}
