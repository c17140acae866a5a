// Records made the slow and obvious way: for tests of a detector that want one record, and for goldens until they run the pipeline.
// What a reader derives is derived here from the parsed JSON, with no shortcut in common with the readers.

import { createHash } from 'node:crypto';
import type {
  CallRecord,
  FlowRecord,
  LineRecord,
  PrincipalType,
  RawFieldName,
} from '../../src/records/record.ts';

type Json = Readonly<Record<string, unknown>>;

const text = (value: unknown): string => (typeof value === 'string' ? value : '');
const object = (value: unknown): Json | null =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Json) : null;
const shortHash = (value: string): string => createHash('sha256').update(value).digest('hex').slice(0, 32);

/** A line of an application log. */
export function lineRecord(message: string, given: Partial<LineRecord> = {}): LineRecord {
  const before = Buffer.from('an earlier line of the same buffer\n');
  const body = Buffer.from(message, 'utf8');
  const group = given.group ?? '/aws/lambda/orders';
  const stream = given.stream ?? 'stream';
  const ordinal = given.ordinal ?? 1;
  return {
    kind: 'line',
    timeMs: Date.UTC(2026, 10, 1, 12),
    deliveredMs: Number.NaN,
    account: '111122223333',
    region: 'us-east-1',
    eventId: shortHash(`${group} ${stream} ${given.timeMs ?? 0} ${ordinal} ${message}`),
    locator: `${group}/${stream}#${ordinal}`,
    group,
    stream,
    bytes: Buffer.concat([before, body, Buffer.from('\na later line')]),
    start: before.length,
    end: before.length + body.length,
    text: body.toString('latin1'),
    ordinal,
    ...given,
  };
}

/** A CloudTrail record from what stands in the log. */
export function callRecord(event: Json, given: Partial<CallRecord> = {}): CallRecord {
  const identity = object(event.userIdentity) ?? {};
  const issuer = object(object(identity.sessionContext)?.sessionIssuer) ?? {};
  const tls = object(event.tlsDetails);
  const arn = text(identity.arn);
  const type = text(identity.type) as PrincipalType;
  const account = text(identity.accountId) || text(event.recipientAccountId);
  const name = type === 'AssumedRole' ? text(issuer.userName) : text(identity.userName);
  const ip = text(event.sourceIPAddress);
  const vpcEndpoint = text(event.vpcEndpointId);
  const service = text(event.eventSource).replace('.amazonaws.com', '');
  const fromService = ip.endsWith('.amazonaws.com');
  const isPrivate = /^(10\.|192\.168\.|172\.(1[6-9]|2\d|3[01])\.)/.test(ip);
  const version = text(event.eventVersion).split('.').map(Number);
  const present = (value: unknown): boolean => value !== undefined && value !== '' && value !== '-';
  const raw = (field: RawFieldName) => {
    if (event[field] === undefined || event[field] === null) return null;
    const bytes = Buffer.from(` ${JSON.stringify(event[field])},`);
    return { bytes, start: 1, end: bytes.length - 1 };
  };
  return {
    kind: 'call',
    timeMs: Date.parse(text(event.eventTime)),
    deliveredMs: Number.NaN,
    account,
    region: text(event.awsRegion),
    eventId: text(event.eventID) || shortHash(JSON.stringify(event)),
    locator: `trail.json#${text(event.eventID)}`,
    versionMajor: version[0] ?? 0,
    versionMinor: version[1] ?? 0,
    service,
    action: text(event.eventName),
    eventType: text(event.eventType),
    category: text(event.eventCategory) || 'Management',
    readOnly: typeof event.readOnly === 'boolean' ? event.readOnly : null,
    recipientAccount: text(event.recipientAccountId),
    requestId: text(event.requestID),
    sharedEventId: text(event.sharedEventID),
    principalType: type,
    principal:
      type === 'AssumedRole'
        ? `role:${account}:${name}`
        : type === 'Root'
          ? `root:${account}`
          : name === ''
            ? ''
            : `user:${account}:${name}`,
    principalName: name,
    principalArn: arn,
    sessionName: type === 'AssumedRole' ? (arn.split('/')[2] ?? '') : '',
    keyId: text(identity.accessKeyId),
    invokedBy: text(identity.invokedBy),
    viaConsole: event.sessionCredentialFromConsole === 'true',
    ip,
    networkClass: fromService
      ? 'aws-service'
      : ip.startsWith('AWS Internal')
        ? 'aws-internal'
        : isPrivate
          ? 'private'
          : 'public',
    network: vpcEndpoint || (fromService ? '' : `${ip.split('.').slice(0, 3).join('.')}.0/24`),
    vpcEndpoint,
    userAgent: text(event.userAgent),
    userAgentFamily: text(event.userAgent).split('/')[0]!.toLowerCase(),
    tlsState:
      tls === null ? 'absent' : present(tls.tlsVersion) || present(tls.cipherSuite) ? 'full' : 'partial',
    tlsVersion: text(tls?.tlsVersion),
    tlsCipher: text(tls?.cipherSuite),
    tlsHost: text(tls?.clientProvidedHostHeader),
    errorCode: text(event.errorCode),
    errorMessage: text(event.errorMessage),
    direct:
      text(event.eventType) === 'AwsApiCall' &&
      !fromService &&
      text(identity.invokedBy) === '' &&
      event.sessionCredentialFromConsole !== 'true',
    requestParameters: object(event.requestParameters),
    responseElements: object(event.responseElements),
    additionalEventData: object(event.additionalEventData),
    resources: ((event.resources as Json[] | undefined) ?? []).map((resource) => ({
      arn: text(resource.ARN),
      type: text(resource.type),
      account: text(resource.accountId),
    })),
    rawField: raw,
    hashRequestParameters(seed, into) {
      const digest = createHash('sha256')
        .update(`${seed}${JSON.stringify(event.requestParameters ?? null)}`)
        .digest();
      into[0] = digest.readUInt32LE(0);
      into[1] = digest.readUInt32LE(4);
    },
    ...given,
  };
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
  return {
    kind: 'flow',
    timeMs: startMs,
    deliveredMs: Number.NaN,
    account: field('account-id') ?? '',
    region: field('region') ?? '',
    eventId: shortHash(JSON.stringify(fields)),
    locator: 'flows.txt#1',
    version: number('version') ?? 2,
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
    ...given,
  };
}
