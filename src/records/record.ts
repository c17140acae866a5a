// The three kinds of record that detectors look at, and the closed lists of reasons why something was not one.
// A record is a view over the bytes of its object: valid only while `observe` runs. Keep values, never the record.

import type { NetworkClass } from './network.ts';

/** Milliseconds since 1970-01-01T00:00:00Z, event time. */
export type EpochMs = number;

/** Event time of one page of claimed identities, milliseconds: ten million flows an hour still make pages of 25 MB. */
export const CLAIM_PAGE_MS = 300_000;

interface RecordView {
  /** When it happened, by the log's own clock. Never NaN: a record without a time is unreadable. */
  readonly timeMs: EpochMs;
  /** When its object was delivered, read from the object's key; NaN where the key does not say. */
  readonly deliveredMs: EpochMs;
  /** Account that the record is about ('' when unknown). */
  readonly account: string;
  /** Region, e.g. `us-east-1` ('' when unknown). */
  readonly region: string;
  /** Identity of the record (CloudTrail eventID; a hash elsewhere): equal for a second delivery. */
  readonly eventId: string;
  /** Leads back to the very record: `file#17` or `s3://bucket/key#17` (the 17th record, or line 17 of a text), `group/stream/id`. */
  readonly locator: string;
  /**
   * The identity for deduplication (docs/decisions/0002, contract 1) as four unsigned 32-bit lanes into `into[0..3]`, without making a string.
   * Call: the GUID, or a digest. Flow: interface or attachment, 5-tuple, start, end, action, direction. Line: content hash and line, or group, stream, time, message, ordinal.
   */
  identityHash(into: Uint32Array): void;
}

/**
 * full: version or cipher known. partial: only the host header. absent: no tlsDetails. CloudTrail logs what it has:
 * https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-record-contents.html
 */
export type TlsState = 'full' | 'partial' | 'absent';

export type PrincipalType =
  | 'AssumedRole'
  | 'IAMUser'
  | 'Root'
  | 'FederatedUser'
  | 'WebIdentityUser'
  | 'SAMLUser'
  | 'Role'
  | 'AWSAccount'
  | 'AWSService'
  | 'IdentityCenterUser'
  | 'Directory'
  | 'Unknown'
  | '';

/**
 * One CloudTrail record of an API call (or sign-in). Every getter is decoded on first use: a detector pays for what it reads.
 * Field facts: https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-record-contents.html
 */
export interface CallRecord extends RecordView {
  readonly kind: 'call';
  /** eventVersion as a pair of integers; [0, 0] when missing. */
  readonly versionMajor: number;
  readonly versionMinor: number;
  /** eventSource without `.amazonaws.com`: `dynamodb`, `dax`, `kms`. */
  readonly service: string;
  /** eventName as written: `GetItem`, `DeleteFunction20150331`. */
  readonly action: string;
  /** `AwsApiCall`, `AwsServiceEvent`, `AwsConsoleSignIn`, ... ('' in old records). */
  readonly eventType: string;
  /** `Management` or `Data`; records older than eventCategory count as Management. */
  readonly category: string;
  readonly readOnly: boolean | null;
  /** Account whose trail holds the record. */
  readonly recipientAccount: string;
  readonly requestId: string;
  readonly sharedEventId: string;

  readonly principalType: PrincipalType;
  /** Stable across sessions: `role:<account>:<name>`, `user:<account>:<name>`, `root:<account>`, `service:<name>`, ... ('' when there is none). */
  readonly principal: string;
  /** Role or user name without the account ('' when unknown). */
  readonly principalName: string;
  /** userIdentity.arn; for roles it holds the session name. */
  readonly principalArn: string;
  /** Role session name ('' when not a role session). */
  readonly sessionName: string;
  readonly keyId: string;
  readonly invokedBy: string;
  readonly viaConsole: boolean;

  readonly ip: string;
  readonly networkClass: NetworkClass;
  /** vpcEndpointId if there is one; else the /24 (IPv4) or /48 (IPv6) of the address; '' for AWS's own sources. */
  readonly network: string;
  readonly vpcEndpoint: string;
  readonly userAgent: string;
  /** First product token, runtime and OS of the user agent, lower case: never the raw string. */
  readonly userAgentFamily: string;

  readonly tlsState: TlsState;
  readonly tlsVersion: string;
  readonly tlsCipher: string;
  readonly tlsHost: string;
  /** Version and cipher in one; '' unless the state is full. */
  readonly tlsSuite: string;

  readonly errorCode: string;
  readonly errorMessage: string;
  /** A principal of the customer made this call itself: not a service, not a service-linked role, not the console's proxy. The only exemption that TLS, REP and ANO use. */
  readonly direct: boolean;
  /** The two parts of `locator`, for those who keep many: the object's name is one string for all its records. */
  readonly objectName: string;
  readonly ordinal: number;

  /** Parsed on first use; null when absent, null or not JSON. */
  readonly requestParameters: Readonly<Record<string, unknown>> | null;
  readonly responseElements: Readonly<Record<string, unknown>> | null;
  readonly additionalEventData: Readonly<Record<string, unknown>> | null;
  readonly resources: readonly { readonly arn: string; readonly type: string; readonly account: string }[];

  /** Bytes of a field as they stand in the object (latin1), '' when absent. For prefilters that want no parsing. */
  rawField(
    name: RawFieldName,
  ): { readonly bytes: Buffer; readonly start: number; readonly end: number } | null;
  /** False when requestParameters are absent or hold none of the quads that `watchQuads` (scan-kernel) was told of: a cheap no. */
  readonly mayHoldWatched: boolean;
  /** requestParameters absent, null, or without a member. */
  readonly withoutParameters: boolean;
  /**
   * Keyed 64-bit hash (two unsigned 32-bit lanes) of the request's parameters: equal for equal JSON values whatever the order of keys
   * and white space; client tokens and paging tokens are left out. Written into `into[0..1]`.
   */
  hashRequestParameters(seed: number, into: Uint32Array): void;
  /**
   * True when the eventID is a GUID in lower case: its 128 bits are then in `into[0..3]`, and `guidText` (event-guid.ts) gives the text
   * back. For those who keep many: a string of 36 characters costs 56 bytes and the garbage collector's time.
   */
  eventGuid(into: Uint32Array): boolean;
  /** Checksum of the record's bytes, unsigned 32 bits, never 0: tells bodies of one event apart. */
  checksum(): number;
  /**
   * Within a process, calls of one number other than 0 have the same bytes in all fields that say who sent the request (identity, address,
   * client, TLS, endpoint), and in all that say what was asked but for parameters (service, action, region, error, readOnly). For
   * caches; a number says nothing in another process, and equal fields may have several.
   */
  readonly senderNumber: number;
  readonly operationNumber: number;
  /**
   * Room for what others work out of who sent the request, or of a part of it: it is the same for all calls with the same bytes there, and goes
   * when they are no longer numbered. Null: this call is one of a kind. See createSenderMemo.
   */
  readonly senderRoom: Room | null;
  readonly identityRoom: Room | null;
  /** Address, user agent, endpoint, and the kind of event. */
  readonly clientRoom: Room | null;
  readonly tlsRoom: Room | null;
  /** The bytes of the whole record: `bytes[start..end)`. */
  readonly bytes: Buffer;
  readonly start: number;
  readonly end: number;
}

/** Whoever uses a room has a place of his own in all of its kind. */
export type Room = unknown[];

export type RawFieldName =
  | 'requestParameters'
  | 'responseElements'
  | 'additionalEventData'
  | 'errorMessage'
  | 'userAgent';

/** `-` and absent fields are null. Field facts: https://docs.aws.amazon.com/vpc/latest/userguide/flow-log-records.html */
export interface FlowRecord extends RecordView {
  readonly kind: 'flow';
  /** Highest version among the fields of this log's format (2 to 10; 6 is that of transit gateways). */
  readonly version: number;
  /** Names of the fields of this log's format, as AWS writes them; the same array for all its records. */
  readonly fields: readonly string[];
  readonly interfaceId: string;
  readonly vpcId: string | null;
  readonly subnetId: string | null;
  readonly instanceId: string | null;
  readonly ecsTaskId: string | null;
  readonly source: string;
  readonly destination: string;
  readonly packetSource: string | null;
  readonly packetDestination: string | null;
  readonly sourcePort: number;
  readonly destinationPort: number;
  readonly protocol: number;
  readonly packets: number;
  readonly bytes: number;
  /** Same as timeMs. */
  readonly startMs: EpochMs;
  readonly endMs: EpochMs;
  /** Of a transit gateway: REJECT where it lost all packets, for want of a route or otherwise. */
  readonly action: 'ACCEPT' | 'REJECT' | '';
  readonly direction: 'ingress' | 'egress' | null;
  readonly tcpFlags: number | null;
  readonly trafficPath: number | null;
  readonly packetSourceService: string | null;
  readonly packetDestinationService: string | null;
  readonly encryptionStatus: number | null;
  /** Of the log of a transit gateway, whose flows have no interface and no action of their own; null for those of a VPC. */
  readonly transit: TransitFacts | null;
}

/**
 * Where a transit gateway saw a flow: coming in from the attachment (direction ingress), or going out to it. '' is what the format lacks.
 * https://docs.aws.amazon.com/vpc/latest/tgw/tgw-flow-logs.html#flow-log-records
 */
export interface TransitFacts {
  readonly gatewayId: string;
  readonly attachmentId: string;
  readonly sourceAccount: string;
  readonly destinationAccount: string;
  readonly sourceVpc: string;
  readonly destinationVpc: string;
}

/** What a line is, beside text: its fields are read by those who ask for them (parseS3Access, parseAlbAccess). */
export type LineFormat = 'text' | AccessFormat;
export type AccessFormat = 's3-access' | 'alb-access';

/** One message of an application log, or one line of an access log; a multi-line message is one record. */
export interface LineRecord extends RecordView {
  readonly kind: 'line';
  readonly format: LineFormat;
  /** Log group ('' when the source does not say), or the file's own name for plain files. */
  readonly group: string;
  readonly stream: string;
  /**
   * Bytes of the message: `bytes[start..end)`, end exclusive. latin1 is what patterns look at.
   * The buffer may be reused for the next record.
   */
  readonly bytes: Buffer;
  readonly start: number;
  readonly end: number;
  /** What the application said: all of the message, without what a container runtime or its log driver wrapped around the line. */
  readonly saidStart: number;
  readonly saidEnd: number;
  /** The message as latin1, decoded on first use. */
  readonly text: string;
  /** Position of this record in its object (line number for texts, 1-based): neighbours have neighbouring ordinals. */
  readonly ordinal: number;
  /** The page of claimed identities that this one belongs to: the same for a second delivery, and for neighbours. */
  readonly claimPage: number;
}

export type AnyRecord = CallRecord | FlowRecord | LineRecord;

/** Why a record was counted but not judged. */
export const SKIP_REASONS = [
  'insight-event',
  'network-activity-event',
  'aggregated-event',
  'correction', // addendum UPDATED_DATA: counts under originalEventID
  'unknown-major-version', // eventVersion 2.x: the AWS page says that readers compare the major for equality
  'nodata', // flow log window without traffic
  'skipdata', // flow log records that AWS could not capture: a blind spot, shown in the summary
  'repeated-header',
  'outside-time-range', // --from / --to
  'outside-account-or-region', // --account / --region
  'control-message', // CloudWatch Logs CONTROL_MESSAGE
  'joined', // a later piece of a message that a container runtime cut: it is judged with the first one
  'own-call', // of the deployed monitor, in a log group that is subscribed: the archive has it too
] as const;
export type SkipReason = (typeof SKIP_REASONS)[number];

/** Why a record, or the rest of an object, could not be read. */
export const UNREADABLE_REASONS = [
  'not-json',
  'not-an-object',
  'missing-field', // no eventTime, eventName or eventSource
  'bad-time',
  'too-deep',
  'too-long', // one record or line above its bound
  'truncated', // ends in the middle of a record
  'damaged-gzip',
  'damaged-parquet',
  'inflated-too-large',
  'wrong-field-count', // flow line that does not fit its header
  'bad-number',
  'unknown-format',
] as const;
export type UnreadableReason = (typeof UNREADABLE_REASONS)[number];
