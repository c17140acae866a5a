// Calls that several accounts are told of, and corrections, as objects of CloudTrail records.

import type { SmallObject } from '../pipeline/small-archive.ts';
import { trailRecord } from '../records/trail-records.ts';

const START_MS = Date.parse('2026-10-06T10:00:00Z');
const MINUTE_MS = 60_000;

/** The caller's account is 111122223333. */
export function crossAccountArchive(): SmallObject[] {
  const objects: SmallObject[] = [];
  let number = 0;
  const deliver = (minute: number, ...records: Record<string, unknown>[]): void => {
    objects.push({
      name: `object-${String(objects.length).padStart(2, '0')}.json`,
      deliveredMs: START_MS + minute * MINUTE_MS,
      records,
    });
  };
  const call = (minute: number, over: Record<string, unknown>): Record<string, unknown> => {
    number++;
    return trailRecord({
      eventID: `00000000-0000-4000-8000-${String(number).padStart(12, '0')}`,
      eventTime: new Date(START_MS + minute * MINUTE_MS).toISOString().replace('.000Z', 'Z'),
      eventSource: 'cloudtrail.amazonaws.com',
      eventName: 'StopLogging',
      eventCategory: 'Management',
      readOnly: false,
      requestParameters: { name: `trail-${number}` },
      ...over,
    });
  };
  const shared = (name: string, recipientAccountId: string) => ({
    sharedEventID: `00000000-1111-4000-8000-${name.padStart(12, '0')}`,
    recipientAccountId,
    requestParameters: { name: `shared-${name}` },
  });
  // The caller's copy first, last, and never; two strangers' copies, the smaller account first and last.
  deliver(5, call(1, shared('1', '111122223333')));
  deliver(6, call(1, shared('1', '444455556666')));
  deliver(7, call(2, shared('2', '444455556666')), call(2, shared('3', '444455556666')));
  deliver(8, call(2, shared('2', '111122223333')));
  deliver(9, call(3, shared('4', '777788889999')), call(4, shared('5', '444455556666')));
  deliver(10, call(3, shared('4', '444455556666')), call(4, shared('5', '777788889999')));
  // A service's own event is nobody's call, and counts in every account.
  const service = { userIdentity: { type: 'AWSService', invokedBy: 'cloudtrail.amazonaws.com' } };
  deliver(
    11,
    call(5, { ...shared('6', '111122223333'), ...service }),
    call(5, { ...shared('6', '444455556666'), ...service }),
  );
  // A call, and its correction in another object.
  const stopped = call(6, {});
  const correction = call(6, { addendum: { reason: 'UPDATED_DATA', originalEventID: stopped.eventID } });
  deliver(12, correction);
  deliver(13, stopped);
  deliver(14, correction, call(7, {}), call(8, {}));
  // One that comes too late for its window, and one that is just in time for its hour and its day.
  deliver(14 + 3 * 1440, call(9, {}));
  deliver(14 + 1440, call(10, {}));
  return objects;
}
