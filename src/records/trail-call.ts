// A CloudTrail record as detectors see it: fields are decoded when somebody asks, from the bytes that the scan found.
// One view serves all records of an object; it is valid until the reader goes on.

import { sha256Lanes } from '../lib/digest.ts';
import type { Interner } from '../lib/interner.ts';
import { hashJson } from '../lib/json-hash.ts';
import type { BlockMemo } from './block-memo.ts';
import { ABSENT, ESCAPED_TEXT, LITERAL, NULL, OBJECT, type Slots, TEXT } from './json-scan.ts';
import type { NetworkClass, Place } from './network.ts';
import { type Principal, principalOf } from './principal.ts';
import type { ObjectFacts } from './reader.ts';
import type { CallRecord, PrincipalType, RawFieldName, TlsState } from './record.ts';
import { F, FIELD_COUNT } from './trail-fields.ts';
import { userAgentFamily } from './user-agent.ts';

/** Request parameters that differ between two sendings of one request, or walk through its pages (lower case). */
const CHANGING_PARAMETERS: ReadonlySet<string> = new Set([
  'clienttoken',
  'clientrequesttoken',
  'idempotencytoken',
  'nexttoken',
  'continuationtoken',
  'marker',
  'paginationtoken',
  'exclusivestartkey',
]);

/** What views share within a run. */
export interface DecodeCaches {
  /** Views of readers that are done, for the next ones: an object of 50 records should not cost as much again in set-up. */
  readonly idle: TrailCall[];
  readonly strings: Interner;
  readonly placeOf: (source: string) => Place;
  readonly families: Map<string, string>;
  readonly services: Map<string, string>;
  readonly callers: BlockMemo<Caller>;
  readonly tls: BlockMemo<Tls>;
}

/** Everything that one userIdentity says. */
interface Caller {
  readonly type: PrincipalType;
  readonly account: string;
  readonly who: Principal;
  readonly arn: string;
  readonly keyId: string;
  readonly invokedBy: string;
  /** The role is one that AWS made for a service of its own. */
  readonly serviceLinked: boolean;
  /** The one it sent last, and its family; '' until somebody asks. */
  userAgent: string;
  family: string;
}

interface Tls {
  readonly state: TlsState;
  readonly version: string;
  readonly cipher: string;
  readonly host: string;
  readonly suite: string;
}

const NO_TLS: Tls = { state: 'absent', version: '', cipher: '', host: '', suite: '' };

/** Distinct user agents or ARNs remembered before a cache starts anew. */
const MAX_CACHED = 8192;

export class TrailCall implements CallRecord {
  readonly kind = 'call';
  timeMs = 0;
  versionMajor = 0;
  versionMinor = 0;
  ordinal = 0;
  bytes: Buffer = Buffer.alloc(0);
  start = 0;
  end = 0;
  readonly slots: Slots;
  /** Counts records: a slot's text is of this record when its number is. */
  private generation = 0;
  private readonly texts: string[] = new Array(FIELD_COUNT).fill('');
  private readonly textsOf = new Int32Array(FIELD_COUNT);
  private facts: ObjectFacts;
  private readonly caches: DecodeCaches;
  private caller: Caller | null = null;
  private tlsBlock: Tls | null = null;
  /** Identity of the record: 0 not worked out, 1 a GUID in lower case, 2 anything else. */
  private identityKind = 0;
  private readonly identityLanes = new Uint32Array(4);
  private place: Place | null = null;
  private parameters: Readonly<Record<string, unknown>> | null | undefined;
  private response: Readonly<Record<string, unknown>> | null | undefined;
  private additional: Readonly<Record<string, unknown>> | null | undefined;
  private isDirect: boolean | undefined;

  constructor(slots: Slots, facts: ObjectFacts, caches: DecodeCaches) {
    this.slots = slots;
    this.facts = facts;
    this.caches = caches;
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
    this.generation++;
    this.caller = null;
    this.tlsBlock = null;
    this.identityKind = 0;
    this.place = null;
    this.parameters = undefined;
    this.response = undefined;
    this.additional = undefined;
    this.isDirect = undefined;
  }

  /** Text of a slot; '' when absent, null or no string. `-` and `""` are nothing too: CloudTrail writes them for values that it does not have. */
  text(slot: number): string {
    if (this.textsOf[slot] === this.generation) return this.texts[slot]!;
    const text = this.decode(slot);
    this.texts[slot] = text;
    this.textsOf[slot] = this.generation;
    return text;
  }

  private decode(slot: number): string {
    const kind = this.slots.kinds[slot];
    if (kind === ABSENT || kind === NULL) return '';
    const start = this.slots.starts[slot]!;
    const end = this.slots.ends[slot]!;
    if (kind === TEXT) {
      // Neighbours say the same: account, region, type, category.
      const before = this.texts[slot]!;
      if (before.length === end - start && isTextAt(before, this.bytes, start)) return before;
      if (end - start === 1 && this.bytes[start] === 0x2d) return '';
      return this.caches.strings.text(this.bytes, start, end);
    }
    if (kind === ESCAPED_TEXT) return unescaped(this.bytes, start, end);
    // Some shippers write account numbers as numbers.
    if (kind === LITERAL) return this.caches.strings.text(this.bytes, start, end);
    return '';
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
  get service(): string {
    const source = this.text(F.eventSource);
    const { services } = this.caches;
    let service = services.get(source);
    if (service === undefined) {
      if (services.size >= MAX_CACHED) services.clear();
      service = source.endsWith('.amazonaws.com') ? source.slice(0, -14) : source;
      services.set(source, service);
    }
    return service;
  }
  get action(): string {
    return this.text(F.eventName);
  }
  get eventType(): string {
    return this.text(F.eventType);
  }
  get category(): string {
    return this.text(F.eventCategory) || 'Management';
  }
  get readOnly(): boolean | null {
    const text = this.text(F.readOnly);
    return text === 'true' ? true : text === 'false' ? false : null;
  }
  get recipientAccount(): string {
    return this.text(F.recipientAccountId) || this.facts.account;
  }
  get requestId(): string {
    return this.text(F.requestID);
  }
  get sharedEventId(): string {
    return this.text(F.sharedEventID);
  }
  get region(): string {
    return this.text(F.awsRegion) || this.facts.region;
  }
  get account(): string {
    return this.identity().account;
  }

  get principalType(): PrincipalType {
    return this.identity().type;
  }
  get principal(): string {
    return this.identity().who.key;
  }
  get principalName(): string {
    return this.identity().who.name;
  }
  get sessionName(): string {
    return this.identity().who.session;
  }
  get principalArn(): string {
    return this.identity().arn;
  }
  get keyId(): string {
    return this.identity().keyId;
  }
  get invokedBy(): string {
    return this.identity().invokedBy;
  }
  get viaConsole(): boolean {
    return this.text(F.sessionCredentialFromConsole) === 'true';
  }

  get ip(): string {
    return this.text(F.sourceIPAddress);
  }
  get networkClass(): NetworkClass {
    return this.where().class;
  }
  get network(): string {
    return this.vpcEndpoint || this.where().network;
  }
  get vpcEndpoint(): string {
    const endpoint = this.text(F.vpcEndpointId);
    // Calls that AWS makes itself carry `AWS Internal` or a service name here.
    return endpoint.startsWith('vpce-') ? endpoint : '';
  }
  get userAgent(): string {
    if (this.textsOf[F.userAgent] === this.generation || this.slots.kinds[F.userAgent] !== TEXT) {
      return this.text(F.userAgent);
    }
    // A session keeps its user agent.
    const caller = this.identity();
    const start = this.slots.starts[F.userAgent]!;
    const known = caller.userAgent;
    if (known.length !== this.slots.ends[F.userAgent]! - start || !isTextAt(known, this.bytes, start)) {
      caller.userAgent = this.text(F.userAgent);
      caller.family = '';
      return caller.userAgent;
    }
    this.texts[F.userAgent] = known;
    this.textsOf[F.userAgent] = this.generation;
    return known;
  }
  get userAgentFamily(): string {
    const raw = this.userAgent;
    const caller = this.identity();
    if (raw === caller.userAgent && caller.family !== '') return caller.family;
    const family = this.familyOf(raw);
    if (raw === caller.userAgent) caller.family = family;
    return family;
  }

  private familyOf(raw: string): string {
    const { families } = this.caches;
    let family = families.get(raw);
    if (family === undefined) {
      if (families.size >= MAX_CACHED) families.clear();
      family = userAgentFamily(raw);
      families.set(raw, family);
    }
    return family;
  }

  get tlsState(): TlsState {
    return this.tls().state;
  }
  get tlsVersion(): string {
    return this.tls().version;
  }
  get tlsCipher(): string {
    return this.tls().cipher;
  }
  get tlsHost(): string {
    return this.tls().host;
  }
  get tlsSuite(): string {
    return this.tls().suite;
  }

  get errorCode(): string {
    return this.text(F.errorCode);
  }
  get errorMessage(): string {
    return this.text(F.errorMessage);
  }

  get direct(): boolean {
    if (this.isDirect === undefined) this.isDirect = this.decideDirect();
    return this.isDirect;
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

  hashRequestParameters(seed: number, into: Uint32Array): void {
    if (this.slots.kinds[F.requestParameters] !== OBJECT) {
      into[0] = seed >>> 0;
      into[1] = ~seed >>> 0;
      return;
    }
    const start = this.slots.starts[F.requestParameters]!;
    hashJson(this.bytes, start, this.slots.ends[F.requestParameters]!, seed, CHANGING_PARAMETERS, into);
  }

  eventGuid(into: Uint32Array): boolean {
    this.identityHash(into);
    return this.identityKind === 1;
  }

  /** The GUID itself, or a digest of what stands in its place. */
  identityHash(into: Uint32Array): void {
    const lanes = this.identityLanes;
    if (this.identityKind === 0) {
      const start = this.slots.starts[F.eventID]!;
      const isText = this.slots.kinds[F.eventID] === TEXT;
      const guid =
        isText && this.slots.ends[F.eventID]! - start === 36 ? guidLanes(this.bytes, start, lanes) : 0;
      if (guid === 0) sha256Lanes(this.eventId, lanes);
      this.identityKind = guid === 1 ? 1 : 2;
    }
    into[0] = lanes[0]!;
    into[1] = lanes[1]!;
    into[2] = lanes[2]!;
    into[3] = lanes[3]!;
  }

  /** Hash of the record itself, for records without an eventID: equal whatever the order of keys (docs/decisions/0002, contract 1). */
  private contentId(): string {
    hashJson(this.bytes, this.start, this.end, CONTENT_SEED_1, NO_KEYS, CONTENT_LANES);
    const first = hexLanes();
    hashJson(this.bytes, this.start, this.end, CONTENT_SEED_2, NO_KEYS, CONTENT_LANES);
    return `content-${first}${hexLanes()}`;
  }

  private identity(): Caller {
    if (this.caller !== null) return this.caller;
    const slot = F.userIdentity;
    const start = this.slots.starts[slot]!;
    const end = this.slots.ends[slot]!;
    const isBlock = this.slots.kinds[slot] === OBJECT;
    let caller = isBlock ? this.caches.callers.find(this.bytes, start, end) : null;
    if (caller === null) {
      caller = this.readCaller();
      // Without an account of its own the identity depends on whose trail it stands in.
      if (isBlock && this.text(F.identityAccount) !== '')
        this.caches.callers.keep(this.bytes, start, end, caller);
    }
    this.caller = caller;
    return caller;
  }

  private readCaller(): Caller {
    const type = this.text(F.identityType);
    const account = this.text(F.identityAccount) || this.recipientAccount;
    const issuerArn = this.text(F.issuerArn);
    const invokedBy = this.text(F.identityInvokedBy);
    const who = principalOf({
      type,
      principalId: this.text(F.identityPrincipalId),
      arn: this.text(F.identityArn),
      account,
      userName: this.text(F.identityUserName),
      invokedBy,
      identityProvider: this.text(F.identityProvider),
      issuerArn,
      issuerAccount: this.text(F.issuerAccount),
      issuerUserName: this.text(F.issuerUserName),
      onBehalfOfUserId: this.text(F.onBehalfOfUserId),
    });
    return {
      type: type as PrincipalType,
      account,
      who,
      arn: this.text(F.identityArn),
      keyId: this.text(F.identityKeyId),
      invokedBy,
      // Global tables and the like act through service-linked roles; only AWS can put a role under this path.
      // https://docs.aws.amazon.com/IAM/latest/UserGuide/using-service-linked-roles.html
      serviceLinked: issuerArn.includes(':role/aws-service-role/'),
      userAgent: '',
      family: '',
    };
  }

  private tls(): Tls {
    if (this.tlsBlock !== null) return this.tlsBlock;
    const slot = F.tlsDetails;
    let tls: Tls | null = NO_TLS;
    if (this.slots.kinds[slot] === OBJECT) {
      const start = this.slots.starts[slot]!;
      const end = this.slots.ends[slot]!;
      tls = this.caches.tls.find(this.bytes, start, end);
      if (tls === null) {
        const version = this.text(F.tlsVersion);
        const cipher = this.text(F.tlsCipher);
        const host = this.text(F.tlsHost);
        const state = version !== '' || cipher !== '' ? 'full' : host === '' ? 'absent' : 'partial';
        tls = { state, version, cipher, host, suite: state === 'full' ? `${version} ${cipher}` : '' };
        this.caches.tls.keep(this.bytes, start, end, tls);
      }
    }
    this.tlsBlock = tls;
    return tls;
  }

  private where(): Place {
    if (this.place === null) this.place = this.caches.placeOf(this.ip);
    return this.place;
  }

  private decideDirect(): boolean {
    const caller = this.identity();
    if (caller.invokedBy !== '' || caller.type === 'AWSService' || caller.serviceLinked) return false;
    const type = this.eventType;
    if (type !== 'AwsApiCall' && type !== '') return false;
    if (this.viaConsole) return false;
    const place = this.networkClass;
    return place === 'public' || place === 'private';
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

function isTextAt(text: string, bytes: Buffer, start: number): boolean {
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    // Units above ASCII are no bytes of UTF-8.
    if (unit >= 0x80 || unit !== bytes[start + i]) return false;
  }
  return true;
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
