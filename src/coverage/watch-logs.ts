// Looks at records for what logs show of themselves: which calls they hold, which fields, whose networks. Judges nothing.

import { joinKey, type Observer } from '../detectors/detector.ts';
import { plainActionName } from '../detectors/plain-action.ts';
import { canReportTls } from '../detectors/tls/call-verdict.ts';
import { SERVICES_KNOWN_TO_REPORT_TLS } from '../detectors/tls/tls-services.ts';
import { ipv4Prefix24, ipv6Prefix48, isPrivateAddress } from '../lib/ip-address.ts';
import { objectFacts } from '../records/object-key.ts';
import { type CallRecord, type FlowRecord, UNREADABLE_REASONS } from '../records/record.ts';
import { addFact, bump, type ColumnOf, type LogFacts, newLogFacts, rowOf } from './log-facts.ts';

const HOUR_MS = 3_600_000;
/** Names of groups and trails are as long as that at most. https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_LogGroup.html */
const MAX_NAME = 512;
/** Addresses that are remembered before the cache starts anew. */
const MAX_REMEMBERED = 20_000;
/** Accounts with regions of which they are remembered. */
const MAX_PLACES = 1_000;

/** The fields of flow logs that rules use, in the order of their bits: a new one is the last, so that bits that are stored keep their meaning. */
export const FLOW_FIELDS = [
  ['pkt-src-aws-service', 'pkt-dst-aws-service'],
  ['pkt-srcaddr', 'pkt-dstaddr'],
  ['tcp-flags'],
  ['flow-direction'],
  ['traffic-path'],
  ['encryption-status'],
  ['instance-id', 'ecs-task-id'],
  ['srcport', 'dstport', 'protocol'],
  ['packets', 'bytes'],
  ['action'],
] as const;
/** One of its fields is enough. */
const ANY_OF = 6;

/** Calls to DynamoDB that look around and touch no table: inventories make them in every region. */
const LOOKING_AROUND = /^(?:List|DescribeLimits$|DescribeEndpoints$|DescribeReservedCapacity)/;
/** Data events of DynamoDB Streams. https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/logging-using-cloudtrail.html */
const STREAM_READS: readonly string[] = ['GetRecords', 'GetShardIterator'];
/** Calls that read items, in records that do not say readOnly. */
const ITEM_READ = /^(?:BatchGetItem|GetItem|Query|Scan|TransactGetItems)$/;
/** Objects' calls in records that are older than eventCategory (1.07). */
const OBJECT_CALL = /^(?:Get|Put|Head|Delete|Copy|Restore|Select)Object/;
/** What Lambda's runtimes add to the user agent of an SDK: the role session is then called like the function. */
const IN_LAMBDA = 'exec-env/AWS_Lambda';
/** The session of an instance's role is called like the instance. */
const INSTANCE = /^i-[0-9a-f]{8,17}$/;
const STREAM_TYPE = Buffer.from('"AWS::DynamoDB::Stream"');

export interface LogWatcher {
  readonly observer: Observer;
  readonly facts: LogFacts;
}

/** Records are to be shown once each; what is shown again only counts again up to the bounds of the tables. */
export function createLogWatcher(): LogWatcher {
  const facts = newLogFacts();
  // Records of one object have mostly one account and region: the row of the last one is most often the right one.
  let ofCalls = { account: '', region: '', row: null as number[] | null, isSet: false };
  let ofHours = { account: '', hour: Number.NaN, row: null as number[] | null };
  let ofFlows = {
    account: '',
    region: '',
    fields: [] as readonly string[],
    row: null as number[] | null,
    known: new Set<string>(),
  };
  /** By account and region. */
  const knownAddresses = new Map<string, Set<string>>();
  let addressCount = 0;
  let lastGroup = '';

  function observeCall(call: CallRecord): void {
    const { service, action, category, region } = call;
    const account = call.recipientAccount || call.account;
    if (!ofCalls.isSet || ofCalls.account !== account || ofCalls.region !== region)
      ofCalls = { account, region, row: rowOf(facts, 'calls', joinKey(account, region)), isSet: true };
    const { row } = ofCalls;
    countHour(account, call.timeMs);
    const isData = category === 'Data' || (service === 's3' && OBJECT_CALL.test(action));
    const count = (column: ColumnOf<'calls'>): void => bump(row, 'calls', column);
    if (!isData) {
      count('management');
      if (call.readOnly !== false) count('reads');
      if (service === 'cloudtrail') noteTrail(call);
    } else if (service === 's3') count('s3Data');
    if (service === 'dynamodb') {
      count('dynamodb');
      observeDynamodb(call, plainActionName(action), isData, count);
    }
    if (call.direct) countTls(call);
  }

  function observeDynamodb(
    call: CallRecord,
    action: string,
    isData: boolean,
    count: (column: ColumnOf<'calls'>) => void,
  ): void {
    if (isData) {
      const isOfStream = STREAM_READS.includes(action);
      count(isOfStream ? 'streamData' : 'dynamodbData');
      if (!isOfStream && (call.readOnly ?? ITEM_READ.test(action))) count('itemReads');
      // A call on a table with a stream names both.
      if (call.bytes.subarray(call.start, call.end).includes(STREAM_TYPE)) count('streamUse');
    } else if (call.errorCode === '') {
      if (action === 'DescribeStream') count('streamUse');
      if (!LOOKING_AROUND.test(action)) count('dynamodbUse');
    }
    if (!call.direct) return;
    if (call.networkClass === 'private' || call.vpcEndpoint !== '' || INSTANCE.test(call.sessionName)) {
      const address = call.networkClass === 'private' ? call.ip : '';
      addFact(facts, 'callers', [call.account, call.region, address, call.vpcEndpoint], 'calls');
    }
    if (call.sessionName !== '' && call.userAgent.includes(IN_LAMBDA))
      addFact(facts, 'functions', [call.account, call.region, call.sessionName], 'calls');
  }

  function countHour(account: string, timeMs: number): void {
    const hour = Math.floor(timeMs / HOUR_MS);
    if (ofHours.hour !== hour || ofHours.account !== account)
      ofHours = { account, hour, row: rowOf(facts, 'hours', joinKey(account, hourName(hour))) };
    bump(ofHours.row, 'hours', 'calls');
  }

  function countTls(call: CallRecord): void {
    const { service } = call;
    const isTarget = service === 'dynamodb' || service === 'dax';
    const isListed = (SERVICES_KNOWN_TO_REPORT_TLS as readonly string[]).includes(service);
    const column = call.tlsState === 'full' ? 'full' : canReportTls(call) ? 'absent' : 'old';
    addFact(facts, 'tls', [call.account, isTarget ? 'dynamodb' : isListed ? 'other' : 'unlisted'], column);
  }

  function noteTrail(call: CallRecord): void {
    if (call.errorCode !== '') return;
    const { name, trailName } = call.requestParameters ?? {};
    const trail = typeof name === 'string' ? name : trailName;
    if (typeof trail !== 'string' || trail === '' || call.action === 'DeleteTrail') return;
    const account = call.recipientAccount || call.account;
    addFact(facts, 'trails', [account, call.region, trail.slice(0, MAX_NAME)], 'calls');
  }

  function observeFlow(flow: FlowRecord): void {
    const { account, region, fields } = flow;
    // What a transit gateway passes on is a part of the traffic of its VPCs: their networks are not known by it.
    if (flow.transit !== null) return addFact(facts, 'transit', [account, region], 'flows');
    if (ofFlows.fields !== fields || ofFlows.account !== account || ofFlows.region !== region) {
      const key = joinKey(account, region, flowFieldBits(fields));
      ofFlows = {
        account,
        region,
        fields,
        row: rowOf(facts, 'flows', key),
        known: addressesOf(account, region),
      };
    }
    if (flow.action === 'ACCEPT') bump(ofFlows.row, 'flows', 'accepted');
    else if (flow.action === 'REJECT') bump(ofFlows.row, 'flows', 'rejected');
    // The other end may lie in a network that has no flow log. Without a direction nobody knows which end is the interface's: most often
    // it sends, too.
    const isIngress = flow.direction === 'ingress';
    noteAddress(account, region, isIngress ? flow.destination : flow.source);
    // Instances have addresses beside the first, of containers mostly, which only the packet shows. A NAT gateway has none: there it is
    // the address of another, of another VPC even.
    if (flow.instanceId === null) return;
    const ofPacket = isIngress ? flow.packetDestination : flow.packetSource;
    if (ofPacket !== null) noteAddress(account, region, ofPacket);
  }

  function addressesOf(account: string, region: string): Set<string> {
    const place = joinKey(account, region);
    let known = knownAddresses.get(place);
    if (known === undefined) {
      if (knownAddresses.size >= MAX_PLACES) knownAddresses.clear();
      known = new Set();
      knownAddresses.set(place, known);
    }
    return known;
  }

  function noteAddress(account: string, region: string, address: string): void {
    const { known } = ofFlows;
    if (known.has(address)) return;
    if (addressCount >= MAX_REMEMBERED) {
      for (const addresses of knownAddresses.values()) addresses.clear();
      addressCount = 0;
    }
    known.add(address);
    addressCount++;
    if (isPrivateAddress(address)) addFact(facts, 'networks', [account, region, networkOf(address)], 'flows');
  }

  return {
    facts,
    observer: {
      needs: { calls: ['*'], flows: true, lines: true },
      observeCall,
      observeFlow,
      observeLine(line) {
        if (line.format !== 'text') return addFact(facts, 'totals', [line.format], 'count');
        addFact(facts, 'totals', ['lines'], 'count');
        const { group } = line;
        if (group === '' || group === lastGroup) return;
        lastGroup = group;
        addFact(facts, 'groups', [group.slice(0, MAX_NAME)], 'lines');
      },
    },
  };
}

/** A subnet of a VPC has at least sixteen addresses, and mostly a /24 or more: where one of them is in a flow log, all are. */
export function networkOf(address: string): string {
  return ipv4Prefix24(address) || ipv6Prefix48(address);
}

/** Names of hours are in the order of time. */
export function hourName(hour: number): string {
  return String(hour).padStart(7, '0');
}

/** `1` for each of FLOW_FIELDS that the format has, else `0`. */
export function flowFieldBits(fields: readonly string[]): string {
  return FLOW_FIELDS.map((names, at) => {
    const has = (name: string): boolean => fields.includes(name);
    return (at === ANY_OF ? names.some(has) : names.every(has)) ? '1' : '0';
  }).join('');
}

/** What became of an object, as the ledger tells it. */
export interface ReadObject {
  readonly object: string;
  readonly status: 'read' | 'partly' | 'skipped' | 'failed';
  readonly reason: string;
  readonly format: string;
  readonly records: { readonly skipped: Readonly<Record<string, number>> };
}

const UNREAD_OF_FORMAT: Readonly<Record<string, string>> = {
  cloudtrail: 'unread-trail',
  'vpc-flow': 'unread-flows',
  awslogs: 'unread-lines',
  'log-lines': 'unread-lines',
  's3-access': 'unread-access-logs',
  'alb-access': 'unread-access-logs',
};
const UNREAD_OF_KEY: Readonly<Record<string, string>> = {
  cloudtrail: 'unread-trail',
  vpcflow: 'unread-flows',
};

/** Why single records of an object could not be read: the others were. */
const OF_RECORDS: readonly string[] = UNREADABLE_REASONS.filter(
  (reason) => !['truncated', 'damaged-gzip', 'damaged-parquet', 'inflated-too-large'].includes(reason),
);

/** Objects that were not read, or end too early, and flows that AWS could not capture. */
export function noteObject(facts: LogFacts, line: ReadObject): void {
  for (let n = line.records.skipped.skipdata ?? 0; n > 0; n--)
    addFact(facts, 'totals', ['skipdata'], 'count');
  const { status, reason } = line;
  const isUnread =
    status === 'failed' ||
    (status === 'partly' && !OF_RECORDS.includes(reason)) ||
    reason === 'archived-storage-class';
  if (!isUnread) return;
  const { object } = line;
  const what = UNREAD_OF_FORMAT[line.format] ?? UNREAD_OF_KEY[objectFacts(object, object, Number.NaN).kind];
  if (what !== undefined) addFact(facts, 'totals', [what], 'count');
}
