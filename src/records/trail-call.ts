// A CloudTrail record as detectors see it: fields are decoded when somebody asks, from the bytes that the scan found.
// One view serves all records of an object; it is valid until the reader goes on.

import { sha256Lanes } from '../lib/digest.ts';
import type { Interner } from '../lib/interner.ts';
import { hashJson } from '../lib/json-hash.ts';
import { ABSENT, ESCAPED_TEXT, LITERAL, NULL, OBJECT, TEXT } from './json-scan.ts';
import type { NetworkClass } from './network.ts';
import type { ObjectFacts } from './reader.ts';
import type { CallRecord, PrincipalType, RawFieldName, Room, SkipReason, TlsState } from './record.ts';
import {
  hashParameters,
  mayHoldQuad,
  N,
  type RecordSlots,
  recordChecksum,
  UNKNOWN,
} from './scan-kernel/scan-record.ts';
import { F } from './trail-fields.ts';
import type { Operation, Operations } from './trail-operation.ts';
import type { Sender, Senders } from './trail-sender.ts';
import type { TrailView } from './trail-view.ts';

/** What views share within a run. */
export interface DecodeCaches {
  /** Views of readers that are done, for the next ones: an object of 50 records should not cost as much again in set-up. */
  readonly idle: TrailCall[];
  readonly strings: Interner;
  readonly senders: Senders;
  readonly operations: Operations;
}

export class TrailCall implements CallRecord, TrailView {
  readonly kind = 'call';
  timeMs = 0;
  ordinal = 0;
  bytes: Buffer = Buffer.alloc(0);
  start = 0;
  end = 0;
  readonly slots: RecordSlots;
  facts: ObjectFacts;
  private readonly caches: DecodeCaches;
  // Worked out by `reset`, not when asked: a getter that may have to work it out is compiled with all of that inlined, in each of
  // its twenty forms, and that took longer than the decoding of an archive's records.
  private sender: Sender;
  private operation: Operation;
  /** Identity of the record: 0 not worked out, 1 a GUID in lower case, 2 anything else. */
  private identityKind = 0;
  private readonly identityLanes = new Uint32Array(4);
  /** Whether the parameters hold a watched quad; null: not looked for. */
  private watched: boolean | null = null;
  private parameters: Readonly<Record<string, unknown>> | null | undefined;
  private response: Readonly<Record<string, unknown>> | null | undefined;
  private additional: Readonly<Record<string, unknown>> | null | undefined;

  constructor(slots: RecordSlots, facts: ObjectFacts, caches: DecodeCaches) {
    this.slots = slots;
    this.facts = facts;
    this.caches = caches;
    this.sender = caches.senders.of(this);
    this.operation = caches.operations.of(this);
  }

  /** Points the view at another object's records. */
  openObject(facts: ObjectFacts): void {
    this.facts = facts;
  }

  /** Points the view at the record in `bytes[start..end)` whose fields lie in `slots`. */
  reset(bytes: Buffer, start: number, end: number, ordinal: number): void {
    this.bytes = bytes;
    this.start = start;
    this.end = end;
    this.ordinal = ordinal;
    this.identityKind = 0;
    this.watched = null;
    this.parameters = undefined;
    this.response = undefined;
    this.additional = undefined;
    this.sender = this.caches.senders.of(this);
    this.operation = this.caches.operations.of(this);
  }

  text(slot: number): string {
    const kind = this.slots.kinds[slot];
    if (kind === ABSENT || kind === NULL) return '';
    const start = this.slots.starts[slot]!;
    const end = this.slots.ends[slot]!;
    if (kind === TEXT) {
      if (end - start === 1 && this.bytes[start] === 0x2d) return '';
      return this.caches.strings.text(this.bytes, start, end);
    }
    if (kind === ESCAPED_TEXT) return unescaped(this.bytes, start, end);
    // Some shippers write account numbers as numbers.
    if (kind === LITERAL) return this.caches.strings.text(this.bytes, start, end);
    return '';
  }

  /** Why it is no call by a principal; null for one that is. */
  get skipped(): SkipReason | null {
    return this.sender.client.skipped;
  }
  get senderNumber(): number {
    return this.sender.number;
  }
  get operationNumber(): number {
    return this.slots.numbers[N.operation]!;
  }
  get senderRoom(): Room | null {
    return this.sender.room;
  }
  get identityRoom(): Room | null {
    return this.sender.identity.room;
  }
  get clientRoom(): Room | null {
    return this.sender.client.room;
  }
  get tlsRoom(): Room | null {
    return this.sender.tls.room;
  }

  get deliveredMs(): number {
    return this.facts.deliveredMs;
  }
  get objectName(): string {
    return this.facts.name;
  }
  get locator(): string {
    return `${this.facts.name}#${this.ordinal}`;
  }
  get eventId(): string {
    return this.text(F.eventID) || this.contentId();
  }
  get versionMajor(): number {
    return this.sender.client.versionMajor;
  }
  get versionMinor(): number {
    return this.sender.client.versionMinor;
  }
  get service(): string {
    return this.operation.service;
  }
  get action(): string {
    return this.operation.action;
  }
  get readOnly(): boolean | null {
    return this.operation.readOnly;
  }
  get region(): string {
    return this.operation.region || this.facts.region;
  }
  get errorCode(): string {
    return this.operation.errorCode;
  }
  get errorMessage(): string {
    return this.text(F.errorMessage);
  }
  get requestId(): string {
    return this.text(F.requestID);
  }
  get sharedEventId(): string {
    return this.text(F.sharedEventID);
  }

  get eventType(): string {
    return this.sender.client.eventType;
  }
  get category(): string {
    return this.sender.client.category;
  }
  get recipientAccount(): string {
    return this.sender.identity.recipientAccount;
  }
  get account(): string {
    return this.sender.identity.account;
  }
  get principalType(): PrincipalType {
    return this.sender.identity.principalType;
  }
  get principal(): string {
    return this.sender.identity.principal;
  }
  get principalName(): string {
    return this.sender.identity.principalName;
  }
  get sessionName(): string {
    return this.sender.identity.sessionName;
  }
  get principalArn(): string {
    return this.sender.identity.principalArn;
  }
  get keyId(): string {
    return this.sender.identity.keyId;
  }
  get invokedBy(): string {
    return this.sender.identity.invokedBy;
  }
  get viaConsole(): boolean {
    return this.sender.identity.viaConsole;
  }
  get direct(): boolean {
    return this.sender.direct;
  }
  get ip(): string {
    return this.sender.client.ip;
  }
  get networkClass(): NetworkClass {
    return this.sender.client.networkClass;
  }
  get network(): string {
    return this.sender.client.network;
  }
  get vpcEndpoint(): string {
    return this.sender.client.vpcEndpoint;
  }
  get userAgent(): string {
    return this.sender.client.userAgent;
  }
  get userAgentFamily(): string {
    return this.sender.client.userAgentFamily;
  }
  get tlsState(): TlsState {
    return this.sender.tls.state;
  }
  get tlsVersion(): string {
    return this.sender.tls.version;
  }
  get tlsCipher(): string {
    return this.sender.tls.cipher;
  }
  get tlsHost(): string {
    return this.sender.tls.host;
  }
  get tlsSuite(): string {
    return this.sender.tls.suite;
  }

  get requestParameters(): Readonly<Record<string, unknown>> | null {
    if (this.parameters === undefined) this.parameters = this.parsed(F.requestParameters);
    return this.parameters;
  }
  get responseElements(): Readonly<Record<string, unknown>> | null {
    if (this.response === undefined) this.response = this.parsed(F.responseElements);
    return this.response;
  }
  get additionalEventData(): Readonly<Record<string, unknown>> | null {
    if (this.additional === undefined) this.additional = this.parsed(F.additionalEventData);
    return this.additional;
  }
  get resources(): readonly { readonly arn: string; readonly type: string; readonly account: string }[] {
    const list = this.json(F.resources);
    if (!Array.isArray(list)) return [];
    return list.filter(isObject).map((entry) => ({
      arn: textOf(entry.ARN ?? entry.arn ?? entry.ARNPrefix),
      type: textOf(entry.type),
      account: textOf(entry.accountId),
    }));
  }

  rawField(name: RawFieldName): { bytes: Buffer; start: number; end: number } | null {
    const slot = slotOf(name);
    const kind = this.slots.kinds[slot];
    if (kind === ABSENT || kind === NULL) return null;
    return { bytes: this.bytes, start: this.slots.starts[slot]!, end: this.slots.ends[slot]! };
  }

  /** Asked by several of nearly every call. */
  get mayHoldWatched(): boolean {
    this.watched ??= this.holdsWatched();
    return this.watched;
  }

  private holdsWatched(): boolean {
    const kind = this.slots.kinds[F.requestParameters];
    if (kind === ABSENT || kind === NULL) return false;
    return mayHoldQuad(
      this.bytes,
      this.slots.starts[F.requestParameters]!,
      this.slots.ends[F.requestParameters]!,
    );
  }

  get withoutParameters(): boolean {
    const kind = this.slots.kinds[F.requestParameters];
    if (kind === ABSENT || kind === NULL) return true;
    return this.slots.ends[F.requestParameters]! - this.slots.starts[F.requestParameters]! <= 2;
  }

  hashRequestParameters(seed: number, into: Uint32Array): void {
    if (this.slots.kinds[F.requestParameters] !== OBJECT) {
      into[0] = seed >>> 0;
      into[1] = ~seed >>> 0;
      return;
    }
    const start = this.slots.starts[F.requestParameters]!;
    hashParameters(this.bytes, start, this.slots.ends[F.requestParameters]!, seed, into);
  }

  checksum(): number {
    return recordChecksum(this.bytes, this.start, this.end, this.slots);
  }

  eventGuid(into: Uint32Array): boolean {
    this.identityHash(into);
    return this.identityKind === 1;
  }

  /** The GUID itself, or a digest of what stands in its place. */
  identityHash(into: Uint32Array): void {
    const lanes = this.identityLanes;
    if (this.identityKind === 0) this.workOutIdentity(lanes);
    into[0] = lanes[0]!;
    into[1] = lanes[1]!;
    into[2] = lanes[2]!;
    into[3] = lanes[3]!;
  }

  private workOutIdentity(lanes: Uint32Array): void {
    const { numbers } = this.slots;
    let form = numbers[N.guidForm]!;
    if (form === UNKNOWN) {
      const start = this.slots.starts[F.eventID]!;
      const fits = this.slots.kinds[F.eventID] === TEXT && this.slots.ends[F.eventID]! - start === 36;
      form = fits ? guidLanes(this.bytes, start, lanes) : 0;
    } else {
      for (let lane = 0; lane < 4; lane++) lanes[lane] = numbers[N.guid + lane]!;
    }
    if (form === 0) sha256Lanes(this.eventId, lanes);
    this.identityKind = form === 1 ? 1 : 2;
  }

  /** Hash of the record itself, for records without an eventID: equal whatever the order of keys (docs/decisions/0002, contract 1). */
  private contentId(): string {
    hashJson(this.bytes, this.start, this.end, CONTENT_SEED_1, NO_KEYS, CONTENT_LANES);
    const first = hexLanes();
    hashJson(this.bytes, this.start, this.end, CONTENT_SEED_2, NO_KEYS, CONTENT_LANES);
    return `content-${first}${hexLanes()}`;
  }

  private parsed(slot: number): Readonly<Record<string, unknown>> | null {
    const value = this.json(slot);
    return isObject(value) ? value : null;
  }

  private json(slot: number): unknown {
    const kind = this.slots.kinds[slot];
    if (kind === ABSENT || kind === NULL) return null;
    // A string here is what some forwarders make of an object.
    const text =
      kind === TEXT || kind === ESCAPED_TEXT
        ? this.text(slot)
        : this.bytes.toString('utf8', this.slots.starts[slot], this.slots.ends[slot]);
    try {
      return JSON.parse(text);
    } catch {
      return null;
    }
  }
}

// Two fixed seeds: this identity must be the same in every installation, or an archive could not be compared.
const CONTENT_SEED_1 = 0x1d872b41;
const CONTENT_SEED_2 = 0x6c62272e;
const CONTENT_LANES = new Uint32Array(2);
const NO_KEYS: ReadonlySet<string> = new Set();

function hexLanes(): string {
  return CONTENT_LANES[0]!.toString(16).padStart(8, '0') + CONTENT_LANES[1]!.toString(16).padStart(8, '0');
}

/** A switch, since a lookup by a name that varies costs more than all the rest of `rawField`. */
function slotOf(name: RawFieldName): number {
  switch (name) {
    case 'requestParameters':
      return F.requestParameters;
    case 'responseElements':
      return F.responseElements;
    case 'additionalEventData':
      return F.additionalEventData;
    case 'errorMessage':
      return F.errorMessage;
    case 'userAgent':
      return F.userAgent;
  }
}

function unescaped(bytes: Buffer, start: number, end: number): string {
  try {
    return JSON.parse(bytes.toString('utf8', start - 1, end + 1)) as string;
  } catch {
    return bytes.toString('utf8', start, end);
  }
}

/** 8-4-4-4-12 hex digits to four lanes: 1 when all letters are lower case, 2 when some are not, 0 when it is no GUID. */
function guidLanes(bytes: Buffer, start: number, into: Uint32Array): number {
  let lane = 0;
  let digits = 0;
  let value = 0;
  let kind = 1;
  for (let i = 0; i < 36; i++) {
    const c = bytes[start + i]!;
    if (i === 8 || i === 13 || i === 18 || i === 23) {
      if (c !== 0x2d) return 0;
      continue;
    }
    let digit = c - 0x30;
    if (digit > 9) {
      if (c < 0x61) kind = 2;
      digit = (c | 0x20) - 0x57;
      if (digit < 10 || digit > 15) return 0;
    } else if (digit < 0) return 0;
    value = (value << 4) | digit;
    if (++digits === 8) {
      into[lane++] = value >>> 0;
      value = 0;
      digits = 0;
    }
  }
  return kind;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
