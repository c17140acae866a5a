// What a detector must be able to see in the logs. Every detector declares it beside its needs, and coverage (src/coverage/) says from it which
// detectors are blind where. docs/decisions/0007-what-the-logs-show.md says why it is declared.

/** Which kind of record shows each sight. */
export const SIGHTS = {
  /** Calls that CloudTrail logs without being asked: CreateTable, PutKeyPolicy, StopLogging. */
  'management-events': 'calls',
  /** Management events that only read: DescribeTable, ListKeys. */
  'read-events': 'calls',
  /** Item-level calls: GetItem, PutItem, Query. */
  'dynamodb-data-events': 'calls',
  /** GetRecords and GetShardIterator of DynamoDB Streams. */
  'stream-data-events': 'calls',
  's3-data-events': 'calls',
  /** TLS version and cipher in the records of calls. */
  'tls-details': 'calls',
  flows: 'flows',
  'accepted-flows': 'flows',
  'rejected-flows': 'flows',
  /** pkt-src-aws-service and pkt-dst-aws-service: else AWS's addresses are known by a table of some day. */
  'flow-service': 'flows',
  /** pkt-srcaddr and pkt-dstaddr: the addresses behind a NAT gateway. */
  'flow-packet-addresses': 'flows',
  'flow-tcp-flags': 'flows',
  'flow-direction': 'flows',
  'flow-path': 'flows',
  'flow-encryption': 'flows',
  /** instance-id or ecs-task-id: whose traffic it is. */
  'flow-client': 'flows',
  /** srcport, dstport and protocol: what is plain text is known by its port. */
  'flow-ports': 'flows',
  /** packets and bytes: whether a request was in it. */
  'flow-size': 'flows',
  /** action: whether it was let through. */
  'flow-action': 'flows',
  'log-lines': 'lines',
  's3-access-logs': 'access-logs',
  'alb-access-logs': 'access-logs',
} as const satisfies Readonly<Record<string, 'calls' | 'flows' | 'lines' | 'access-logs'>>;

export type Sight = keyof typeof SIGHTS;
export type RecordKind = (typeof SIGHTS)[Sight];

export interface Sights {
  /** In each group one must be there, or the detector is blind; where others of the group are missing it is partly blind. */
  readonly needs: readonly (readonly Sight[])[];
  /** Partly blind without: something of what it looks for is not seen. */
  readonly parts?: readonly Sight[];
  /** It sees all that it looks for, and says less of it: whose traffic it was, which way it took. */
  readonly helps?: readonly Sight[];
}

/** What a detector declares; of one that declares nothing (a test says so) only the kinds of records are known. */
export function sightsOf({
  sights,
  needs,
}: {
  readonly sights?: Sights;
  readonly needs: {
    readonly calls?: unknown;
    readonly operations?: unknown;
    readonly flows?: boolean;
    readonly lines?: boolean;
  };
}): Sights {
  if (sights !== undefined) return sights;
  const any: Sight[] = [];
  if (needs.calls !== undefined || needs.operations !== undefined) any.push('management-events');
  if (needs.flows === true) any.push('flows');
  if (needs.lines === true) any.push('log-lines');
  return { needs: [any] };
}
