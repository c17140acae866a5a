// Every signed request of a key in an hour, packed: 44 bytes each. Nearly all of them are never looked at again, because a key that
// stayed in one network repeats nothing from a second one.

import { NumberMemo } from '../../lib/number-memo.ts';
import { guidLanesOf, guidText } from '../../records/event-guid.ts';
import type { CallRecord } from '../../records/record.ts';
import { joinKey } from '../detector.ts';
import { createSenderMemo } from '../sender-memo.ts';

/**
 * Sightings kept for one key and hour; beyond it those with the largest hashes are left out, whole requests at a time, whatever the order.
 */
export const MAX_SIGHTINGS = 20_000;
/** 2 lanes of hash, time, profile, operation, object, ordinal, 4 lanes of event id. */
const LANES = 11;
/** Sightings that lie together. */
const CHUNK = 8;
const CHUNK_LANES = CHUNK * LANES;
/** Chunks are cut from slabs: an array of its own for each would cost more than what it holds. */
const SLAB_CHUNKS = 256;
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

/** Lanes `at` to `at + CHUNK_LANES` of a slab. */
interface Chunk {
  readonly slab: Uint32Array;
  readonly at: number;
}

export interface Sightings {
  /** Milliseconds that the times are counted from: 0 until the first sighting. */
  baseMs: number;
  /** `CHUNK` sightings each, the last not full as a rule. */
  chunks: Chunk[];
  count: number;
  profiles: Profile[];
  operations: Operation[];
  objects: string[];
  oddIds: string[];
  /** First lanes of hashes from here on are left out: below 2^32 when something was cut. */
  limit: number;
  /**
   * Where the next sighting goes, and how many more have room there. This and the following is what the next one needs as a rule, in the
   * object itself: each array that it went through instead would be fetched from memory, for a busy log has thousands of keys.
   */
  slab: Uint32Array;
  next: number;
  free: number;
  /** The last profile and operation, and where they stand in their lists. */
  lastProfile: Profile | null;
  lastProfileIndex: number;
  lastOperation: Operation | null;
  lastOperationIndex: number;
  /** Number of the last object in this process (see `objectOf`). */
  lastObject: number;
}

/** What outlives the process: places in memory and numbers do not. */
type StoredSightings = Pick<
  Sightings,
  'baseMs' | 'count' | 'profiles' | 'operations' | 'objects' | 'oddIds' | 'limit'
> & { readonly lanes: string };

const NO_SLAB = new Uint32Array(0);

export function emptySightings(): Sightings {
  return {
    baseMs: 0,
    chunks: [],
    count: 0,
    profiles: [],
    operations: [],
    objects: [],
    oddIds: [],
    limit: NO_LIMIT,
    slab: NO_SLAB,
    next: 0,
    free: 0,
    lastProfile: null,
    lastProfileIndex: 0,
    lastOperation: null,
    lastOperationIndex: 0,
    lastObject: 0,
  };
}

const hash = new Uint32Array(2);
const guid = new Uint32Array(4);

export function addSighting(s: Sightings, { call, seed }: SightingSource): Sightings {
  call.hashRequestParameters(seed, hash);
  if (hash[0]! >= s.limit) return s;
  const at = room(s, call.timeMs);
  const { slab } = s;
  slab[at] = hash[0]!;
  slab[at + 1] = hash[1]!;
  slab[at + 2] = call.timeMs - s.baseMs;
  slab[at + 3] = profileOf(s, call);
  slab[at + 4] = operationOf(s, call);
  slab[at + 5] = objectOf(s, call.objectName);
  slab[at + 6] = call.ordinal;
  if (!call.eventGuid(guid) || guid[0] === ODD_ID) keepOddId(s, call.eventId);
  slab[at + 7] = guid[0]!;
  slab[at + 8] = guid[1]!;
  slab[at + 9] = guid[2]!;
  slab[at + 10] = guid[3]!;
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

/** First lanes of hashes that stand with more than one network: what has none of them repeats nothing from a second one. */
export function hashesOfSeveralNetworks(all: readonly Sightings[]): ReadonlySet<number> {
  let count = 0;
  for (const s of all) count += cut(s).count;
  const hashes = new Uint32Array(count);
  let next = 0;
  for (const s of all) {
    for (let index = 0; index < s.count; index++) hashes[next++] = laneOf(s, index, 0);
  }
  hashes.sort();
  // Most stand once, which is seen without a map of all.
  const networks = new Map<number, string | null>();
  for (let i = 1; i < count; i++) if (hashes[i] === hashes[i - 1]) networks.set(hashes[i]!, null);
  const found = new Set<number>();
  if (networks.size === 0) return found;
  for (const s of all) {
    for (let index = 0; index < s.count; index++) {
      const hash1 = laneOf(s, index, 0);
      const known = networks.get(hash1);
      if (known === undefined) continue;
      const { network } = s.profiles[laneOf(s, index, 3)]!;
      if (known === null) networks.set(hash1, network);
      else if (known !== network) found.add(hash1);
    }
  }
  return found;
}

function laneOf(s: Sightings, index: number, lane: number): number {
  const { slab, at } = s.chunks[Math.floor(index / CHUNK)]!;
  return slab[at + (index % CHUNK) * LANES + lane]!;
}

/** All of them, or those whose hash has one of these first lanes. */
export function readSightings(s: Sightings, among: ReadonlySet<number> | null = null): Sighting[] {
  cut(s);
  const list: Sighting[] = [];
  for (let index = 0; index < s.count; index++) {
    const { slab, at: start } = s.chunks[Math.floor(index / CHUNK)]!;
    const at = start + (index % CHUNK) * LANES;
    if (among !== null && !among.has(slab[at]!)) continue;
    const profile = s.profiles[slab[at + 3]!]!;
    const operation = s.operations[slab[at + 4]!]!;
    list.push({
      hash1: slab[at]!,
      hash2: slab[at + 1]!,
      timeMs: s.baseMs + slab[at + 2]!,
      profile,
      operation,
      objectName: s.objects[slab[at + 5]!]!,
      ordinal: slab[at + 6]!,
      eventId: () => (slab[at + 7] === ODD_ID ? s.oddIds[slab[at + 10]!]! : guidText(slab, at + 7)),
    });
  }
  return list;
}

/** Networks of the hour, without unpacking it. */
export function networksOf(s: Sightings): Set<string> {
  return new Set(s.profiles.map((profile) => profile.network));
}

export function sightingsToJson(s: Sightings): unknown {
  const { baseMs, count, profiles, operations, objects, oddIds, limit } = s;
  const packed = new Uint32Array(s.chunks.length * CHUNK_LANES);
  for (const [index, { slab, at }] of s.chunks.entries()) {
    packed.set(slab.subarray(at, at + CHUNK_LANES), index * CHUNK_LANES);
  }
  const lanes = Buffer.from(packed.buffer, 0, count * LANES * 4).toString('base64');
  return { baseMs, lanes, count, profiles, operations, objects, oddIds, limit } satisfies StoredSightings;
}

export function sightingsFromJson(value: unknown): Sightings {
  const { lanes, ...stored } = value as StoredSightings;
  const bytes = Buffer.from(lanes, 'base64');
  const slab = new Uint32Array(Math.ceil(stored.count / CHUNK) * CHUNK_LANES);
  new Uint8Array(slab.buffer).set(bytes.subarray(0, slab.byteLength));
  const chunks: Chunk[] = [];
  for (let at = 0; at < slab.length; at += CHUNK_LANES) chunks.push({ slab, at });
  return atEnd({ ...emptySightings(), ...stored, chunks });
}

/** Finds where the next one goes from what is there. */
function atEnd(s: Sightings): Sightings {
  const used = s.count % CHUNK;
  const last = s.chunks[s.chunks.length - 1];
  s.slab = last?.slab ?? NO_SLAB;
  s.next = last === undefined ? 0 : last.at + used * LANES;
  s.free = used === 0 ? 0 : CHUNK - used;
  return s;
}

let freeSlab = new Uint32Array(0);
let freeAt = 0;

function newChunk(): Chunk {
  if (freeAt === freeSlab.length) {
    freeSlab = new Uint32Array(SLAB_CHUNKS * CHUNK_LANES);
    freeAt = 0;
  }
  freeAt += CHUNK_LANES;
  return { slab: freeSlab, at: freeAt - CHUNK_LANES };
}

/** Place of a new sighting. Times are offsets from the hour before the first: all of a window are within an hour of each other. */
function room(s: Sightings, timeMs: number): number {
  if (s.count === 0) s.baseMs = Math.max(0, timeMs - 3_600_000);
  if (s.free === 0) {
    const chunk = newChunk();
    s.chunks = withOne(s.chunks, chunk);
    s.slab = chunk.slab;
    s.next = chunk.at;
    s.free = CHUNK;
  }
  const at = s.next;
  s.next = at + LANES;
  s.free--;
  s.count++;
  return at;
}

function addRead(s: Sightings, sighting: Sighting): void {
  const at = room(s, sighting.timeMs);
  const { slab } = s;
  slab[at] = sighting.hash1;
  slab[at + 1] = sighting.hash2;
  slab[at + 2] = sighting.timeMs - s.baseMs;
  slab[at + 3] = indexWhere(s.profiles, sighting.profile);
  slab[at + 4] = indexWhere(s.operations, sighting.operation);
  slab[at + 5] = objectOf(s, sighting.objectName);
  slab[at + 6] = sighting.ordinal;
  const eventId = sighting.eventId();
  if (!guidLanesOf(eventId, guid) || guid[0] === ODD_ID) keepOddId(s, eventId);
  slab.set(guid, at + 7);
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

/** Most lists stay at one: the first push to an empty array makes room for 17. */
function withOne<T>(list: T[], entry: T): T[] {
  if (list.length === 0) return [entry];
  list.push(entry);
  return list;
}

let objectInView = '';
let objectNumber = 1;

function objectOf(s: Sightings, name: string): number {
  // By number: names of objects have one length, and nearly all letters in common.
  if (name !== objectInView) {
    objectInView = name;
    objectNumber++;
  }
  // Records of one object come together; one that comes again later is listed again, which costs less than looking for it.
  if (s.lastObject !== objectNumber) {
    s.objects.push(name);
    s.lastObject = objectNumber;
  }
  return s.objects.length - 1;
}

/** One profile for all senders of a session that have the same: found again in the hours of their key without comparing letters. */
const profileOfSender = createSenderMemo((call): Profile => {
  const profiles = profilesOfSession(call);
  const profile: Profile = {
    network: call.network,
    ip: call.ip,
    family: call.userAgentFamily,
    tls: call.tlsSuite,
    principalType: call.principalType,
    principalName: call.principalName,
    session: call.sessionName,
    networkClass: call.networkClass,
    vpcEndpoint: call.vpcEndpoint,
  };
  const known = profiles.find((other) => isSameProfile(other, profile));
  if (known !== undefined) return known;
  if (profiles.length < MAX_KNOWN) profiles.push(profile);
  return profile;
});
const profilesOfSession = createSenderMemo((): Profile[] => [], 'identity');
const MAX_KNOWN = 64;

function isSameProfile(a: Profile, b: Profile): boolean {
  return (
    a.ip === b.ip &&
    a.network === b.network &&
    a.family === b.family &&
    a.tls === b.tls &&
    a.session === b.session
  );
}

function profileOf(s: Sightings, call: CallRecord): number {
  const profile = profileOfSender(call);
  if (profile !== s.lastProfile) {
    s.lastProfileIndex = indexOfProfile(s, profile);
    s.lastProfile = profile;
  }
  return s.lastProfileIndex;
}

function indexOfProfile(s: Sightings, profile: Profile): number {
  const { profiles } = s;
  for (let at = 0; at < profiles.length; at++) if (profiles[at] === profile) return at;
  const same = profiles.findLastIndex((known) => isSameProfile(known, profile));
  if (same >= 0) return same;
  s.profiles = withOne(profiles, profile);
  return s.profiles.length - 1;
}

/** By number, and whether it has parameters; and all of them by name. */
const numberedOperations = new NumberMemo<Operation>();
const namedOperations = new Map<string, Operation>();
const MAX_OPERATIONS = 10_000;

function operationNow(call: CallRecord): Operation {
  const empty = call.withoutParameters;
  const number = call.operationNumber === 0 ? 0 : call.operationNumber * 2 + (empty ? 1 : 0);
  const numbered = numberedOperations.get(number);
  const { region } = call;
  // A record that names no region has that of its object.
  if (numbered !== undefined && numbered.region === region) return numbered;
  const { service, action } = call;
  const write = call.readOnly === false;
  const name = joinKey(service, action, region, write ? 'write' : '', empty ? 'empty' : '');
  let operation = namedOperations.get(name);
  if (operation === undefined) {
    if (namedOperations.size >= MAX_OPERATIONS) namedOperations.clear();
    operation = { service, action, region, write, empty };
    namedOperations.set(name, operation);
  }
  numberedOperations.set(number, operation);
  return operation;
}

function operationOf(s: Sightings, call: CallRecord): number {
  const operation = operationNow(call);
  if (operation !== s.lastOperation) {
    s.lastOperationIndex = indexOfOperation(s, operation);
    s.lastOperation = operation;
  }
  return s.lastOperationIndex;
}

function indexOfOperation(s: Sightings, operation: Operation): number {
  const { operations } = s;
  for (let at = 0; at < operations.length; at++) if (operations[at] === operation) return at;
  const same = operations.findLastIndex(
    (known) =>
      known.action === operation.action &&
      known.service === operation.service &&
      known.empty === operation.empty &&
      known.write === operation.write &&
      known.region === operation.region,
  );
  if (same >= 0) return same;
  s.operations = withOne(operations, operation);
  return s.operations.length - 1;
}

/** Doubles before it cuts, so that cutting costs little. */
function bounded(s: Sightings): Sightings {
  return s.count < 2 * MAX_SIGHTINGS ? s : cut(s);
}

function cut(s: Sightings): Sightings {
  if (s.count <= MAX_SIGHTINGS) return s;
  const hashes: number[] = [];
  for (let index = 0; index < s.count; index++) {
    hashes.push(laneOf(s, index, 0));
  }
  s.limit = hashes.sort((a, b) => a - b)[MAX_SIGHTINGS]!;
  return leaveOut(s);
}

function leaveOut(s: Sightings): Sightings {
  const { chunks, count } = s;
  const kept: Chunk[] = [];
  s.chunks = kept;
  s.count = 0;
  for (let index = 0; index < count; index++) {
    const { slab, at: start } = chunks[Math.floor(index / CHUNK)]!;
    const at = start + (index % CHUNK) * LANES;
    if (slab[at]! >= s.limit) continue;
    // What is kept moves down, never past what is still to be read.
    const inChunk = s.count % CHUNK;
    if (inChunk === 0) kept.push(chunks[kept.length]!);
    const into = kept[kept.length - 1]!;
    into.slab.set(slab.subarray(at, at + LANES), into.at + inChunk * LANES);
    s.count++;
  }
  return atEnd(s);
}

export function isTruncated(s: Sightings): boolean {
  return s.limit < NO_LIMIT;
}
