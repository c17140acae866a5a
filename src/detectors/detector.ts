// The contract of a detector: a fold without a past. docs/decisions/0002-detectors-are-folds.md says why.
//
//   observe(record, out)   looks at one record, says what it saw: out.add(fold, key, record, observation)
//   fold.add / fold.merge  put observations together; associative and commutative
//   fold.judge             reads a merged summary and says what is wrong: deterministic, whatever the order was
//
// A fold's key belongs to one tumbling window of event time. The engine judges a window when nothing that counts can still
// arrive for it (24 h past its end, plus judgeDelayMs), and forgets it keepMs after that.

import type { Evidence, Family, Grade, RemediationStep, Severity } from '../findings/finding.ts';
import type { AwsService } from '../lib/aws-ranges.ts';
import type { AnyRecord, CallRecord, EpochMs, FlowRecord, LineRecord } from '../records/record.ts';
import type { Sights } from './sights.ts';

export const MINUTE_MS = 60_000;
export const HOUR_MS = 3_600_000;
export const DAY_MS = 86_400_000;

/** A detector needs to see calls of these services (eventSource without `.amazonaws.com`); '*' is every service. */
export interface Needs {
  readonly calls?: readonly string[];
  /** Besides, calls of these operations only: service to actions without API date (plainActionName). A call of no such operation costs nothing. */
  readonly operations?: Readonly<Record<string, readonly string[]>>;
  /** Of these calls only those whose free text holds a literal of these kinds (bits of HINT, secrets/prefilter.ts): nearly none does. */
  readonly callText?: number;
  readonly flows?: boolean;
  readonly lines?: boolean;
  /** Of the lines only those whose text holds a literal of these kinds (bits of HINT). */
  readonly lineText?: number;
  /** Who says what a text holds, for both. It comes with the detectors: what shows them records can be there before they are (live/monitor.ts). */
  readonly textHints?: TextHints;
}

/** Bits of HINT of all that a record's text holds. */
export interface TextHints {
  ofCall(call: CallRecord): number;
  ofLine(line: LineRecord, context: ObserveContext): number;
}

export interface Threshold {
  readonly name: string;
  readonly value: number | string;
  readonly unit: string;
  readonly reason: string;
  /** URL, RFC or measured figure. */
  readonly source: string;
}

export interface DetectorMeta {
  /** `TLS-06` */
  readonly id: string;
  /** What is wrong, kebab-case: `plaintext-dynamodb-flow`; also the file's name. */
  readonly name: string;
  readonly family: Family;
  /** Raised when the same records give another finding. */
  readonly version: number;
  readonly title: string;
  /** Everything below is printed by `wiretrail detections` and rendered into docs/detections/. */
  readonly what: string;
  readonly why: string;
  readonly severities: readonly Severity[];
  readonly falsePositives: readonly string[];
  readonly blindSpots: readonly string[];
  readonly investigate: readonly string[];
  readonly thresholds: readonly Threshold[];
  /** What makes two findings the same finding (docs/decisions/0002, contract 4). */
  readonly identity: { readonly entity: string; readonly evidenceKey: string; readonly windowMs: number };
  readonly compliance: {
    readonly cwe: readonly string[];
    readonly owasp?: readonly string[];
    readonly pci?: readonly string[];
    readonly nist?: readonly string[];
    readonly gdpr?: readonly string[];
  };
}

/** What a judge says. The engine adds id, status, revision, score, rule and compliance. */
export interface Draft {
  readonly account: string;
  readonly region: string;
  /** Parts of the identity: facts of the events, never a judgement that later data can change. */
  readonly entity: string;
  readonly evidenceKey: string;
  /** Any event time inside the finding's window (normally the first). */
  readonly timeMs: EpochMs;
  readonly severity: Severity;
  /** 0 to 1. */
  readonly confidence: number;
  readonly grade: Grade;
  /** At most 120 characters: what happened. */
  readonly title: string;
  readonly summary: string;
  readonly firstMs: EpochMs;
  readonly lastMs: EpochMs;
  readonly count: number;
  readonly truncated?: boolean;
  readonly principal?: {
    readonly type: string;
    readonly name: string;
    readonly session: string;
    readonly keyId: string;
  } | null;
  readonly actor?: {
    readonly ip: string;
    readonly class: string;
    readonly vpcEndpoint: string;
    readonly userAgent: string;
  } | null;
  readonly target?: { readonly service: string; readonly resource: string } | null;
  /** At most 10, the earliest by (time, eventId). */
  readonly evidence: readonly Evidence[];
  readonly why: readonly string[];
  readonly remediation: readonly RemediationStep[];
}

export interface JudgeContext {
  readonly settings: DetectorSettings;
  /** Merged summary of this or another fold at (key, window index); null when there is none. */
  read<S>(fold: Fold<never, S>, key: string, window: number): S | null;
  /** True: something that was read is still to be fetched. The judge will be asked again, and need not read what it may never want. */
  isWaiting?(): boolean;
}

/** What a user may set, from --config. */
export interface DetectorSettings {
  /** Resources of the monitor itself (names or ARNs): POL-10 is CRITICAL on them. */
  readonly ownResources: readonly string[];
  /** Log groups in which one request's header is written at every hop (REP-01). */
  readonly logChains: readonly (readonly string[])[];
  /** Networks (as CallRecord.network) that forward signed sts:GetCallerIdentity requests by design (REP-01). */
  readonly identityForwarders: readonly string[];
  /** Retention floor of POL-10, days. */
  readonly minimumRetentionDays: number;
  /** Host headers of own proxies and private DNS aliases of DynamoDB: names, or `*.` and a domain (TLS-05). */
  readonly ownHosts: readonly string[];
  /** Accounts of the same owner, twelve digits each: to let them use a key is LOW (POL-05). */
  readonly ownAccounts: readonly string[];
  /** Interface endpoints (PrivateLink) of DynamoDB, whose addresses nothing else tells of (TLS-06, TLS-08). */
  readonly dynamodbEndpoints: readonly DynamodbEndpoint[];
}

export interface DynamodbEndpoint {
  /** `vpce-0a1b2c3d4e5f60718` */
  readonly vpcEndpoint: string;
  /** Region of the DynamoDB behind it. */
  readonly region: string;
  /** Addresses of its interfaces, or networks that hold nothing else. */
  readonly addresses: readonly string[];
}

export interface Fold<O, S> {
  /** Unique among all folds: `tls-calibration`. */
  readonly name: string;
  /** Raised when the form of S changes; state of an older version is migrated, of a newer one refused. */
  readonly version: number;
  /** From version 2 on: the JSON of a summary that an older version wrote, in the form of this one. */
  migrate?(value: unknown, version: number): unknown;
  readonly windowMs: number;
  /** Waits this long past the closing of its own window, for the folds it reads. */
  readonly judgeDelayMs?: number;
  /** Kept this long after its own closing, because others read it. */
  readonly keepMs?: number;
  /** Estimate of what one observation adds to a summary that is there already, bytes: 0 for counters, 64 when left out. */
  readonly bytesOfAddition?: number;
  /** Names of the folds that judge reads besides its own. The graph has no cycle. */
  readonly reads?: readonly string[];
  empty(): S;
  /** May change and return `summary`. Adding in any order gives summaries that judge alike. */
  add(summary: S, observation: O): S;
  /** May change and return `a`. Associative, commutative. */
  merge(a: S, b: S): S;
  /** S is plain JSON data, unless these are given. */
  toJson?(summary: S): unknown;
  fromJson?(value: unknown): S;
  /** Absent where the fold only serves others. `window` is floor(time / windowMs). */
  judge?(key: string, window: number, summary: S, context: JudgeContext): readonly Draft[];
  /**
   * Where records come in over hours: keys of other folds whose judges look this summary up, found by what `context` reads. They are judged
   * anew as soon as this one changes, and not only when their windows close. A replay has no need of it.
   */
  wakes?(key: string, window: number, context: JudgeContext): readonly FoldKey[];
}

/** A key and window of the fold that is called so. */
export interface FoldKey {
  readonly fold: string;
  readonly key: string;
  readonly window: number;
}

/** What `observe` may do. */
export interface Output {
  /**
   * Adds an observation to the fold's window that the record's time lies in (or `timeMs`, where given).
   * A record that was delivered more than 24 h past that window's end is counted as late and not added (docs/decisions/0002, contract 6):
   * false.
   */
  // biome-ignore lint/suspicious/noExplicitAny: who adds an observation need not know the summary
  add<O>(fold: Fold<O, any>, key: string, record: AnyRecord, observation: O, timeMs?: EpochMs): boolean;
}

export interface ObserveContext {
  readonly settings: DetectorSettings;
  /** Keyed fingerprint (HMAC-SHA256 cut to 128 bits, 32 hex) of a secret or signature: the only form in which one is kept. */
  fingerprint(secret: string): string;
  /** Seed for fast keyed hashes, derived from the fingerprint key: unsigned 32 bits. */
  readonly hashSeed: number;
  /**
   * Counts the records that detectors were shown with this context: what several detectors work out of one record is worked out once,
   * while the number stays. Absent: nothing is kept between detectors.
   */
  readonly recordNumber?: number;
  /** What looked like a secret and was none, by rule and reason (`SEC-11 placeholder`), to how often: added to. */
  readonly tally?: Map<string, number>;
  /** The AWS service and region an address belongs to by the range table, most specific first; null when it is not AWS's. */
  awsRange(address: string): { readonly service: AwsService; readonly region: string } | null;
}

/** What is shown records: detectors, and what watches the logs themselves (src/coverage/watch-logs.ts). */
export interface Observer {
  readonly needs: Needs;
  /**
   * False: no call of this sender to this region concerns it, whatever is asked for. Looks only at what `CallRecord.senderNumber` stands for
   * and at the region, so that it is asked once for the thousands of calls of a session.
   */
  mayConcern?(sender: CallRecord): boolean;
  observeCall?(call: CallRecord, out: Output, context: ObserveContext): void;
  observeFlow?(flow: FlowRecord, out: Output, context: ObserveContext): void;
  observeLine?(line: LineRecord, out: Output, context: ObserveContext): void;
}

export interface Detector extends Observer {
  readonly meta: DetectorMeta;
  /** What the logs must show for it to see: `wiretrail coverage`. Every detector of the list declares it. */
  readonly sights?: Sights;
  readonly folds: readonly AnyFold[];
}

/** A fold whose types the engine does not need to know. */
// biome-ignore lint/suspicious/noExplicitAny: the engine hands a fold only what that fold made itself
export type AnyFold = Fold<any, any>;

/** Joins the parts of a fold key. Parts hold no unit separator: control characters are taken out. */
export function joinKey(...parts: readonly string[]): string {
  return parts.join('\u001f');
}
export function splitKey(key: string): string[] {
  return key.split('\u001f');
}
