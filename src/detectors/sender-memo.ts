// What detectors work out of the sender of a call: once for all records of a session, not once for each.

import type { CallRecord } from '../records/record.ts';

/** Direct-mapped by number: a slot is overwritten on collision, and the value is made anew. */
const SLOTS = 16_384;

/** `make` may look at nothing but what CallRecord.senderNumber stands for. */
export function createSenderMemo<T>(make: (call: CallRecord) => T): (call: CallRecord) => T {
  const numbers = new Int32Array(SLOTS);
  const values: T[] = [];
  return (call) => {
    const number = call.senderNumber;
    if (number === 0) return make(call);
    const slot = number & (SLOTS - 1);
    if (numbers[slot] === number) return values[slot]!;
    const value = make(call);
    numbers[slot] = number;
    values[slot] = value;
    return value;
  };
}
