// What detectors work out of the sender of a call, or of a part of it: once for all records of a session, not once for each.

import { createOneString } from '../lib/one-string.ts';
import type { CallRecord, Room } from '../records/record.ts';

/** What `make` may look at: all that CallRecord.senderNumber stands for, or a part of it that has fewer values. */
const ROOMS = {
  sender: (call: CallRecord) => call.senderRoom,
  /** Account, principal, session, key and invoking service. */
  identity: (call: CallRecord) => call.identityRoom,
  /** Address, network, endpoint, user agent, version and type of the event. */
  client: (call: CallRecord) => call.clientRoom,
  tls: (call: CallRecord) => call.tlsRoom,
} as const;
type Part = keyof typeof ROOMS;

const places: Record<Part, number> = { sender: 0, identity: 0, client: 0, tls: 0 };

/** A place in all rooms of senders: made once for a module, never for a run. */
export function placeInRooms(part: Part): number {
  return places[part]++;
}

/** `make` may look at nothing but what the part stands for. */
export function createSenderMemo<T>(
  make: (call: CallRecord) => T,
  part: Part = 'sender',
): (call: CallRecord) => T {
  const place = placeInRooms(part);
  const roomOf: (call: CallRecord) => Room | null = ROOMS[part];
  return (call) => {
    const room = roomOf(call);
    if (room === null) return make(call);
    const known = room[place] as T | undefined;
    if (known !== undefined) return known;
    const value = make(call);
    room[place] = value;
    return value;
  };
}

/** For the keys of folds. 20,000 are those of some days. */
export const oneString = createOneString(20_000);
