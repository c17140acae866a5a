// Every signed request of a key in an hour, packed: 44 bytes each. Nearly all of them are never looked at again, because a key that
// stayed in one network repeats nothing from a second one.

import { guidLanesOf, guidText } from '../../records/event-guid.ts';
import type { CallRecord } from '../../records/record.ts';

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
  /** Number and profile of the last sender, number and index of the last operation, name and index of the last object. */
  lastSender: number;
  lastProfile: number;
  lastOperation: number;
  lastOperationIndex: number;
  lastObject: string;
  /** Numbers of senders and the profiles that they are: pairs. */
  readonly numberedSenders: number[];
  /** Numbers of operations (see `operationOf`) and the operations that they are: pairs. */
  readonly numberedOperations: number[];
}

/** What outlives the process: places in memory and the numbers of senders and operations do not. */
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
    lastSender: 0,
    lastProfile: 0,
    lastOperation: 0,
    lastOperationIndex: 0,
    lastObject: '',
    numberedSenders: [],
    numberedOperations: [],
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
  const lastObject = stored.objects.at(-1) ?? '';
  return atEnd({ ...emptySightings(), ...stored, chunks, lastObject });
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
    s.chunks.push(chunk);
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

function objectOf(s: Sightings, name: string): number {
  // Records of one object come together; one that comes again later is listed again, which costs less than looking for it.
  if (s.objects.length === 0 || s.lastObject !== name) {
    s.objects.push(name);
    s.lastObject = name;
  }
  return s.objects.length - 1;
}

/** Pairs of a number and an index that are looked through; a key with more looks the others up by what they are. */
const MAX_NUMBERED = 64;

function profileOf(s: Sightings, call: CallRecord): number {
  const number = call.senderNumber;
  if (number !== 0 && number === s.lastSender) return s.lastProfile;
  let index = number === 0 ? -1 : numberedIn(s.numberedSenders, number);
  if (index < 0) {
    index = profileIndex(s, call);
    if (number !== 0) keepNumber(s.numberedSenders, number, index);
  }
  s.lastSender = number;
  s.lastProfile = index;
  return index;
}

/** The index that belongs to the number; -1 when the number is not known. */
function numberedIn(pairs: readonly number[], number: number): number {
  for (let i = 0; i < pairs.length; i += 2) if (pairs[i] === number) return pairs[i + 1]!;
  return -1;
}

function keepNumber(pairs: number[], number: number, index: number): void {
  if (pairs.length < MAX_NUMBERED * 2) pairs.push(number, index);
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

function operationOf(s: Sightings, call: CallRecord): number {
  const empty = call.withoutParameters;
  // 0 and 1 are those without a number.
  const number = call.operationNumber * 2 + (empty ? 1 : 0);
  if (number > 1 && number === s.lastOperation) return s.lastOperationIndex;
  let index = number > 1 ? numberedIn(s.numberedOperations, number) : -1;
  if (index < 0) {
    index = operationIndex(s, call, empty);
    if (number > 1) keepNumber(s.numberedOperations, number, index);
  }
  s.lastOperation = number;
  s.lastOperationIndex = index;
  return index;
}

function operationIndex(s: Sightings, call: CallRecord, empty: boolean): number {
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
