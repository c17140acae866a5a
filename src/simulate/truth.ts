// What an archive holds: every planted attack with its proof, and the benign things that look like one. docs/simulate.md explains it.

import type { DynamodbEndpoint } from '../detectors/detector.ts';
import type { Family, Severity } from '../findings/finding.ts';
import type { Logging } from './actors.ts';

/** `TLS-06` */
export type RuleId = `${Family}-${string}`;

export interface Attack {
  /** `TLS-06/v2-address-range/0` */
  readonly id: string;
  /** Detector that must see it. */
  readonly rule: RuleId;
  readonly minimumSeverity: Severity;
  readonly variant: string;
  readonly description: string;
  /** As CallRecord.principal writes it; '' where the log names none. */
  readonly principal: string;
  readonly account: string;
  readonly region: string;
  /** Event time of the first and last record, ISO. */
  readonly from: string;
  readonly to: string;
  /** CloudTrail eventIDs of its records. */
  readonly eventIds: readonly string[];
  /** Where its records lie, relative to truth.json: `AWSLogs/...json.gz#17`, 17th record, or line 17 of a text. Sorted. */
  readonly locators: readonly string[];
  /** Other rules that rightly fire on the same records. */
  readonly alsoExpected: readonly RuleId[];
  /** What the plain-text traffic is like; null where it is none. */
  readonly trafficClass: TrafficClass | null;
  /** Who made a plain flow; null where nothing in the archive could tell. */
  readonly caller: FlowCaller | null;
  /** Setting without which nobody can find it. */
  readonly needsSetting: 'dynamodbEndpoints' | null;
}

export const TRAFFIC_CLASSES = [
  'direct',
  'console',
  'service',
  'proxied',
  'old archive',
  'pipeline drop',
  'NAT',
  'gateway endpoint',
  'interface endpoint',
  'dual stack',
  'transit gateway',
  'Lambda',
  'ECS',
  'retry storm',
  'hop copies',
  'delivered twice',
  'delivered late',
] as const;
export type TrafficClass = (typeof TRAFFIC_CLASSES)[number];

export interface FlowCaller {
  /** Role or user name. */
  readonly name: string;
  /** Role session name; '' of a user. */
  readonly session: string;
  /** The calls that made the flow are in the archive. */
  readonly dataEvents: boolean;
}

export interface Benign {
  readonly what: string;
  /** What makes it look like an attack, and why it is none. */
  readonly why: string;
  /** A few examples. */
  readonly eventIds: readonly string[];
  readonly locators: readonly string[];
}

export interface Truth {
  readonly schemaVersion: '1.0';
  readonly seed: string;
  readonly options: {
    readonly start: string;
    readonly days: number;
    readonly principals: number;
    readonly records: number;
    readonly accounts: number;
    readonly regions: readonly string[];
    readonly scenarios: readonly string[];
    readonly onlyKinds: readonly string[];
    readonly attackUserAgent: string | null;
  };
  /** Names of the functions, rules, topics and trails that belong to the monitor itself in this archive (setting ownResources). */
  readonly ownResources: readonly string[];
  /** Interface endpoints of DynamoDB, as the setting dynamodbEndpoints takes them. */
  readonly dynamodbEndpoints: readonly DynamodbEndpoint[];
  /** What their CloudTrail records are like: docs/simulate.md explains the kinds. */
  readonly accounts: readonly { readonly account: string; readonly logging: Logging['kind'] }[];
  readonly counts: ArchiveCounts;
  readonly attacks: readonly Attack[];
  readonly benign: readonly Benign[];
}

export interface ArchiveCounts {
  objects: number;
  /** API calls, each counted once. */
  calls: number;
  /** Calls delivered a second time, byte for byte. */
  duplicateCalls: number;
  /** Calls delivered hours later. */
  lateCalls: number;
  insightEvents: number;
  networkActivityEvents: number;
  digests: number;
  /** Flow lines with traffic, in v2 and v5 files. */
  flows: number;
  /** NODATA and SKIPDATA lines. */
  emptyFlows: number;
  /** Application log messages; a multi-line message counts once. */
  messages: number;
  /** Lines of access logs of buckets and load balancers. */
  accessLines: number;
  storedBytes: number;
}

export const KINDS = ['cloudtrail', 'flow', 'logs'] as const;
export type Kind = (typeof KINDS)[number];
