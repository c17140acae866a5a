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

/** Strings remembered before they start anew: keys of some days. */
const MAX_STRINGS = 20_000;
const strings = new Map<string, string>();

/** One string for all equal ones: maps then find it without comparing letters. */
export function oneString(text: string): string {
  const known = strings.get(text);
  if (known !== undefined) return known;
  if (strings.size >= MAX_STRINGS) strings.clear();
  strings.set(text, text);
  return text;
}
