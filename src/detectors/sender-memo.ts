// What detectors work out of the sender of a call: once for all records of a session, not once for each.

import { NumberMemo } from '../lib/number-memo.ts';
import { createOneString } from '../lib/one-string.ts';
import type { CallRecord } from '../records/record.ts';

/** `make` may look at nothing but what CallRecord.senderNumber stands for. */
export function createSenderMemo<T>(make: (call: CallRecord) => T): (call: CallRecord) => T {
  const memo = new NumberMemo<T>();
  return (call) => {
    const number = call.senderNumber;
    const known = memo.get(number);
    if (known !== undefined) return known;
    const value = make(call);
    memo.set(number, value);
    return value;
  };
}

/** For the keys of folds. 20,000 are those of some days. */
export const oneString = createOneString(20_000);
