// Single records for tests of detectors: what a reader would make of one event, one flow, one message.

import { createHash } from 'node:crypto';
import { createCloudTrailReader, createDecodeCaches } from '../../src/records/cloudtrail-reader.ts';
import { createPiece, readPiece } from '../../src/records/cut-message.ts';
import { withoutLineFeed } from '../../src/records/json-line.ts';
import type { RecordSink } from '../../src/records/reader.ts';
import type { CallRecord, FlowRecord, LineRecord } from '../../src/records/record.ts';

type Json = Readonly<Record<string, unknown>>;

/** The identity of a record as four lanes, from its event id. */
const identityOf = (eventId: string) => (into: Uint32Array) => {
  const digest = createHash('sha256').update(eventId).digest();
  for (let lane = 0; lane < 4; lane++) into[lane] = digest.readUInt32LE(lane * 4);
};
const shortHash = (value: string): string => createHash('sha256').update(value).digest('hex').slice(0, 32);

/** A line of an application log. */
export function lineRecord(message: string, given: Partial<LineRecord> = {}): LineRecord {
  const before = Buffer.from('an earlier line of the same buffer\n');
  const body = Buffer.from(message, 'utf8');
  const group = given.group ?? '/aws/lambda/orders';
  const stream = given.stream ?? 'stream';
  const ordinal = given.ordinal ?? 1;
  const eventId = given.eventId ?? shortHash(`${group} ${stream} ${given.timeMs ?? 0} ${ordinal} ${message}`);
  return {
    kind: 'line',
    format: 'text',
    timeMs: Date.UTC(2026, 10, 1, 12),
    deliveredMs: Number.NaN,
    account: '111122223333',
    region: 'us-east-1',
    eventId,
    identityHash: identityOf(eventId),
    locator: `${group}/${stream}#${ordinal}`,
    group,
    stream,
    bytes: Buffer.concat([before, body, Buffer.from('\na later line')]),
    start: before.length,
    end: before.length + body.length,
    saidStart: before.length + saidIn(body)[0],
    saidEnd: before.length + saidIn(body)[1],
    text: body.toString('latin1'),
    ordinal,
    claimPage: 0,
    ...given,
  };
}

/** Where an application's own words stand in a line that a container runtime wrapped. */
export function saidIn(body: Buffer): readonly [from: number, till: number] {
  const piece = createPiece();
  readPiece(body, 0, body.length, piece);
  if (piece.from < 0) return [0, body.length];
  return [piece.from, body[0] === 0x7b ? withoutLineFeed(body, piece.from, piece.till) : piece.till];
}

/** A megabyte of memory, empty: made once. */
const CACHES = createDecodeCaches();

/** A CloudTrail record, read by the reader. `given` replaces what it derived. */
export function callRecord(event: Json, given: Partial<CallRecord> = {}): CallRecord {
  const read: CallRecord[] = [];
  const sink: RecordSink = {
    record: (record) => read.push(record as CallRecord),
    skipped: (reason) => {
      throw new Error(`the reader skips this event: ${reason}`);
    },
    unreadable: (reason, _, detail) => {
      throw new Error(`the reader cannot read this event: ${reason} ${detail}`);
    },
    correction: () => {},
  };
  const bytes = Buffer.from(JSON.stringify({ Records: [event] }));
  const facts = {
    name: 'trail.json',
    key: 'trail.json',
    deliveredMs: Number.NaN,
    account: '',
    region: '',
    modifiedMs: Number.NaN,
  };
  // A view of its own: views are handed on to the next reader of the same caches, and tests look at theirs later.
  createCloudTrailReader(facts, sink, { ...CACHES, idle: [] }).push(bytes, bytes.length, true);
  const record = read[0]!;
  return new Proxy(record, {
    get(target, name) {
      if (Object.hasOwn(given, name)) return Reflect.get(given, name);
      const value = Reflect.get(target, name, target);
      return typeof value === 'function' ? value.bind(target) : value;
    },
  });
}

/** A flow from the fields of its log's header: `{ 'interface-id': 'eni-1', dstport: '80', ... }`. */
export function flowRecord(
  fields: Readonly<Record<string, string>>,
  given: Partial<FlowRecord> = {},
): FlowRecord {
  const field = (name: string): string | null => {
    const value = fields[name];
    return value === undefined || value === '-' ? null : value;
  };
  const number = (name: string): number | null => (field(name) === null ? null : Number(field(name)));
  const startMs = (number('start') ?? 0) * 1000;
  const eventId = shortHash(JSON.stringify(fields));
  return {
    kind: 'flow',
    timeMs: startMs,
    deliveredMs: Number.NaN,
    account: field('account-id') ?? '',
    region: field('region') ?? '',
    eventId,
    identityHash: identityOf(eventId),
    locator: 'flows.txt#1',
    version: number('version') ?? 2,
    fields: Object.keys(fields),
    interfaceId: field('interface-id') ?? '',
    vpcId: field('vpc-id'),
    subnetId: field('subnet-id'),
    instanceId: field('instance-id'),
    ecsTaskId: field('ecs-task-id'),
    source: field('srcaddr') ?? '',
    destination: field('dstaddr') ?? '',
    packetSource: field('pkt-srcaddr'),
    packetDestination: field('pkt-dstaddr'),
    sourcePort: number('srcport') ?? 0,
    destinationPort: number('dstport') ?? 0,
    protocol: number('protocol') ?? 0,
    packets: number('packets') ?? 0,
    bytes: number('bytes') ?? 0,
    startMs,
    endMs: (number('end') ?? 0) * 1000,
    action: (field('action') ?? '') as FlowRecord['action'],
    direction: field('flow-direction') as FlowRecord['direction'],
    tcpFlags: number('tcp-flags'),
    trafficPath: number('traffic-path'),
    packetSourceService: field('pkt-src-aws-service'),
    packetDestinationService: field('pkt-dst-aws-service'),
    encryptionStatus: number('encryption-status'),
    transit:
      field('tgw-attachment-id') === null
        ? null
        : {
            gatewayId: field('tgw-id') ?? '',
            attachmentId: field('tgw-attachment-id') ?? '',
            sourceAccount: field('tgw-src-vpc-account-id') ?? '',
            destinationAccount: field('tgw-dst-vpc-account-id') ?? '',
            sourceVpc: field('tgw-src-vpc-id') ?? '',
            destinationVpc: field('tgw-dst-vpc-id') ?? '',
          },
    ...given,
  };
}
