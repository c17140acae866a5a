// Every signed request of a key in an hour, packed: 44 bytes each. Nearly all of them are never looked at again, because a key that
// stayed in one network repeats nothing from a second one.

import { guidText } from '../../records/event-guid.ts';
import type { CallRecord } from '../../records/record.ts';

/**
 * Sightings kept for one key and hour; beyond it those with the largest hashes are left out, whole requests at a time, whatever the order.
 */
export const MAX_SIGHTINGS = 20_000;
/** 2 lanes of hash, time, profile, operation, object, ordinal, 4 lanes of event id. */
const LANES = 11;
const FIRST_ROOM = 4;
const NO_LIMIT = 2 ** 32;
/** First lane of an event id that is no GUID (or one that begins so): its last lane is its index in `oddIds`. */
const ODD_ID = 0xffffffff;

/** A call that is still in view, and the seed for the hash of its parameters. */
export interface SightingSource {
  readonly call: CallRecord;
  readonly seed: number;
}

/** What most sightings of a key have in common. */
interface Profile {
  readonly network: string;
  readonly ip: string;
  readonly family: string;
  /** `TLSv1.3 TLS_AES_128_GCM_SHA256`; '' where the record says nothing. */
  readonly tls: string;
  readonly principalType: string;
  readonly principalName: string;
  readonly session: string;
  readonly networkClass: string;
  readonly vpcEndpoint: string;
}

interface Operation {
  readonly service: string;
  readonly action: string;
  readonly region: string;
  readonly write: boolean;
  /** The request has no parameters. */
  readonly empty: boolean;
}

export interface Sighting {
  readonly profile: Profile;
  readonly operation: Operation;
  readonly hash1: number;
  readonly hash2: number;
  readonly timeMs: number;
  readonly objectName: string;
  readonly ordinal: number;
  /** Made when asked: one in a thousand is. */
  eventId(): string;
}

export interface Sightings {
  /** Milliseconds that the times are counted from: 0 until the first sighting. */
  baseMs: number;
  lanes: Uint32Array;
  count: number;
  profiles: Profile[];
  operations: Operation[];
  objects: string[];
  oddIds: string[];
  /** First lanes of hashes from here on are left out: below 2^32 when something was cut. */
  limit: number;
}

export function emptySightings(): Sightings {
  return {
    baseMs: 0,
    lanes: new Uint32Array(FIRST_ROOM * LANES),
    count: 0,
    profiles: [],
    operations: [],
    objects: [],
    oddIds: [],
    limit: NO_LIMIT,
  };
}

const hash = new Uint32Array(2);
const guid = new Uint32Array(4);

export function addSighting(s: Sightings, { call, seed }: SightingSource): Sightings {
  call.hashRequestParameters(seed, hash);
  if (hash[0]! >= s.limit) return s;
  const at = room(s, call.timeMs);
  const { lanes } = s;
  lanes[at] = hash[0]!;
  lanes[at + 1] = hash[1]!;
  lanes[at + 2] = call.timeMs - s.baseMs;
  lanes[at + 3] = profileIndex(s, call);
  lanes[at + 4] = operationIndex(s, call);
  lanes[at + 5] = indexOf(s.objects, call.objectName);
  lanes[at + 6] = call.ordinal;
  if (!call.eventGuid(guid) || guid[0] === ODD_ID) keepOddId(s, call.eventId);
  lanes[at + 7] = guid[0]!;
  lanes[at + 8] = guid[1]!;
  lanes[at + 9] = guid[2]!;
  lanes[at + 10] = guid[3]!;
  return bounded(s);
}

export function mergeSightings(a: Sightings, b: Sightings): Sightings {
  // What is cut from `b` must not come back through `a`, and the cut must be told.
  cut(b);
  a.limit = Math.min(a.limit, b.limit);
  for (const sighting of readSightings(b)) if (sighting.hash1 < a.limit) addRead(a, sighting);
  if (a.limit < NO_LIMIT) leaveOut(a);
  return bounded(a);
}

export function readSightings(s: Sightings): Sighting[] {
  cut(s);
  const list: Sighting[] = [];
  for (let at = 0; at < s.count * LANES; at += LANES) {
    const profile = s.profiles[s.lanes[at + 3]!]!;
    const operation = s.operations[s.lanes[at + 4]!]!;
    list.push({
      hash1: s.lanes[at]!,
      hash2: s.lanes[at + 1]!,
      timeMs: s.baseMs + s.lanes[at + 2]!,
      profile,
      operation,
      objectName: s.objects[s.lanes[at + 5]!]!,
      ordinal: s.lanes[at + 6]!,
      eventId: () => (s.lanes[at + 7] === ODD_ID ? s.oddIds[s.lanes[at + 10]!]! : guidText(s.lanes, at + 7)),
    });
  }
  return list;
}

/** Networks of the hour, without unpacking it. */
export function networksOf(s: Sightings): Set<string> {
  return new Set(s.profiles.map((profile) => profile.network));
}

export function sightingsToJson(s: Sightings): unknown {
  const bytes = new Uint8Array(s.lanes.buffer, s.lanes.byteOffset, s.count * LANES * 4);
  return { ...s, lanes: Buffer.from(bytes).toString('base64') };
}

export function sightingsFromJson(value: unknown): Sightings {
  const stored = value as Omit<Sightings, 'lanes'> & { lanes: string };
  const bytes = Buffer.from(stored.lanes, 'base64');
  const lanes = new Uint32Array(Math.max(FIRST_ROOM * LANES, bytes.length / 4));
  new Uint8Array(lanes.buffer).set(bytes);
  return { ...stored, lanes };
}

/** Position of a new sighting. Times are offsets from the hour before the first: all of a window are within an hour of each other. */
function room(s: Sightings, timeMs: number): number {
  if (s.count === 0) s.baseMs = Math.max(0, timeMs - 3_600_000);
  const at = s.count * LANES;
  if (at === s.lanes.length) {
    const larger = new Uint32Array(s.lanes.length * 2);
    larger.set(s.lanes);
    s.lanes = larger;
  }
  s.count++;
  return at;
}

function addRead(s: Sightings, sighting: Sighting): void {
  const at = room(s, sighting.timeMs);
  const { lanes } = s;
  lanes[at] = sighting.hash1;
  lanes[at + 1] = sighting.hash2;
  lanes[at + 2] = sighting.timeMs - s.baseMs;
  lanes[at + 3] = indexWhere(s.profiles, sighting.profile);
  lanes[at + 4] = indexWhere(s.operations, sighting.operation);
  lanes[at + 5] = indexOf(s.objects, sighting.objectName);
  lanes[at + 6] = sighting.ordinal;
  const eventId = sighting.eventId();
  const hex = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(eventId)
    ? eventId.replaceAll('-', '')
    : null;
  for (let lane = 0; lane < 4 && hex !== null; lane++) {
    guid[lane] = Number.parseInt(hex.slice(lane * 8, lane * 8 + 8), 16);
  }
  if (hex === null || guid[0] === ODD_ID) keepOddId(s, eventId);
  lanes.set(guid, at + 7);
}

/** Leaves in `guid` where the text is kept. */
function keepOddId(s: Sightings, eventId: string): void {
  guid.fill(ODD_ID);
  guid[3] = s.oddIds.push(eventId) - 1;
}

function indexWhere<T extends object>(list: T[], wanted: T): number {
  const names = Object.keys(wanted) as (keyof T)[];
  const known = list.findIndex((entry) => names.every((name) => entry[name] === wanted[name]));
  return known >= 0 ? known : list.push(wanted) - 1;
}

function indexOf(list: string[], value: string): number {
  // Records of one object come together.
  const last = list.length - 1;
  if (last >= 0 && list[last] === value) return last;
  const known = list.lastIndexOf(value);
  return known >= 0 ? known : list.push(value) - 1;
}

function profileIndex(s: Sightings, call: CallRecord): number {
  const { network, ip, userAgentFamily, sessionName } = call;
  const tls = call.tlsSuite;
  for (let i = s.profiles.length - 1; i >= 0; i--) {
    const known = s.profiles[i]!;
    if (
      known.ip === ip &&
      known.network === network &&
      known.family === userAgentFamily &&
      known.tls === tls &&
      known.session === sessionName
    ) {
      return i;
    }
  }
  return (
    s.profiles.push({
      network,
      ip,
      family: userAgentFamily,
      tls,
      principalType: call.principalType,
      principalName: call.principalName,
      session: sessionName,
      networkClass: call.networkClass,
      vpcEndpoint: call.vpcEndpoint,
    }) - 1
  );
}

function operationIndex(s: Sightings, call: CallRecord): number {
  const parameters = call.rawField('requestParameters');
  const empty = parameters === null || parameters.end - parameters.start <= 2;
  const write = call.readOnly === false;
  const { action, service, region } = call;
  for (let i = s.operations.length - 1; i >= 0; i--) {
    const known = s.operations[i]!;
    if (
      known.action === action &&
      known.service === service &&
      known.empty === empty &&
      known.write === write &&
      known.region === region
    ) {
      return i;
    }
  }
  return s.operations.push({ service, action, region, write, empty }) - 1;
}

/** Doubles before it cuts, so that cutting costs little. */
function bounded(s: Sightings): Sightings {
  return s.count < 2 * MAX_SIGHTINGS ? s : cut(s);
}

function cut(s: Sightings): Sightings {
  if (s.count <= MAX_SIGHTINGS) return s;
  const order = Array.from({ length: s.count }, (_, index) => s.lanes[index * LANES]!).sort((a, b) => a - b);
  s.limit = order[MAX_SIGHTINGS]!;
  return leaveOut(s);
}

function leaveOut(s: Sightings): Sightings {
  let kept = 0;
  for (let at = 0; at < s.count * LANES; at += LANES) {
    if (s.lanes[at]! >= s.limit) continue;
    s.lanes.copyWithin(kept * LANES, at, at + LANES);
    kept++;
  }
  s.count = kept;
  return s;
}

export function isTruncated(s: Sightings): boolean {
  return s.limit < NO_LIMIT;
}
