// S3: fauxqs keeps the objects; here are conditional writes and the notifications, to EventBridge, queues, topics and functions.

import { ACCOUNT, bucketArn, REGION } from './arns.ts';
import type { Background } from './background.ts';
import { type ServiceRequest, s3Path } from './calls.ts';
import { ServiceError } from './errors.ts';
import type { FauxqsServer } from './fauxqs-server.ts';
import { type Answer, type Service, xml } from './front.ts';
import type { Actor } from './keys.ts';

export interface NotificationTarget {
  readonly kind: 'queue' | 'topic' | 'function';
  readonly arn: string;
  /** `s3:ObjectCreated:*` and the like. */
  readonly events: readonly string[];
  readonly prefix: string;
  readonly suffix: string;
}

export interface BucketNotifications {
  readonly eventBridge: boolean;
  readonly targets: readonly NotificationTarget[];
}

export interface BucketDoors {
  readonly toBus: (event: AwsEvent) => void;
  readonly toTarget: (target: NotificationTarget, body: string, from: Actor) => Promise<void>;
}

/** What a service of AWS tells EventBridge. */
export interface AwsEvent {
  readonly source: string;
  readonly detailType: string;
  readonly resources: readonly string[];
  readonly detail: unknown;
}

export interface Buckets {
  readonly service: Service;
  notify(bucket: string, notifications: BucketNotifications): void;
}

interface Written {
  readonly bucket: string;
  readonly key: string;
  readonly size: number;
  readonly etag: string;
  readonly sequencer: string;
}

const CREATED: Readonly<Record<string, string>> = {
  PutObject: 'ObjectCreated:Put',
  CopyObject: 'ObjectCreated:Copy',
  CompleteMultipartUpload: 'ObjectCreated:CompleteMultipartUpload',
};

export function createBuckets(fauxqs: FauxqsServer, background: Background, doors: BucketDoors): Buckets {
  const settings = new Map<string, BucketNotifications>();
  /** Writes to one key go one after the other: a condition is looked at and kept in one go. */
  const turns = new Map<string, Promise<unknown>>();
  let sequence = 0x0065_6f3a_0000;

  async function service(request: ServiceRequest): Promise<Answer> {
    const { operation, url } = request;
    const { bucket, key } = s3Path(url);
    if (operation === 'PutBucketNotificationConfiguration') {
      await mustExist(bucket);
      setNotifications(bucket, readNotifications(request.body.toString('utf8')));
      return { status: 200, body: '' };
    }
    if (operation === 'GetBucketNotificationConfiguration') {
      await mustExist(bucket);
      return {
        status: 200,
        headers: { 'content-type': 'application/xml' },
        body: writeNotifications(settings.get(bucket)),
      };
    }
    if (!(operation in CREATED) && operation !== 'DeleteObject') return fauxqs.pass(withoutFraming(request));
    return inTurn(`${bucket}/${key}`, () => write(request, bucket, key));
  }

  async function write(request: ServiceRequest, bucket: string, key: string): Promise<Answer> {
    const { operation, url, headers } = request;
    const path = url.split('?')[0]!;
    const conditions = { none: headers['if-none-match'], match: headers['if-match'] };
    if (operation !== 'DeleteObject' && (conditions.none !== undefined || conditions.match !== undefined)) {
      const { status, headers: held } = await head(path);
      const failed = () =>
        new ServiceError(
          'PreconditionFailed',
          'At least one of the pre-conditions you specified did not hold',
          412,
        );
      if (conditions.none !== undefined) {
        if (conditions.none !== '*')
          throw new ServiceError('NotImplemented', 'If-None-Match takes only *', 501);
        if (status === 200) throw failed();
      }
      if (conditions.match !== undefined) {
        if (status === 404) throw new ServiceError('NoSuchKey', 'The specified key does not exist.', 404);
        if (unquoted(held?.etag) !== unquoted(conditions.match)) throw failed();
      }
    }
    const answer = await fauxqs.pass(withoutFraming(request));
    if (answer.status >= 300) return answer;
    const { headers: held } =
      operation === 'DeleteObject' ? { headers: {} as Answer['headers'] } : await head(path);
    tell(operation, {
      bucket,
      key,
      size: Number(held?.['content-length'] ?? 0),
      etag: unquoted(held?.etag),
      sequencer: (sequence++).toString(16).toUpperCase().padStart(18, '0'),
    });
    return answer;
  }

  function head(url: string): Promise<Answer> {
    return fauxqs.pass({ method: 'HEAD', url, headers: {}, body: Buffer.alloc(0) });
  }

  async function mustExist(bucket: string): Promise<void> {
    const { status } = await head(`/${bucket}`);
    if (status !== 200) throw new ServiceError('NoSuchBucket', 'The specified bucket does not exist', 404);
  }

  function tell(operation: string, written: Written): void {
    const { eventBridge, targets } = settings.get(written.bucket) ?? { eventBridge: false, targets: [] };
    const eventName = CREATED[operation] ?? 'ObjectRemoved:Delete';
    if (eventBridge) doors.toBus(eventBridgeEvent(operation, written));
    for (const target of targets) {
      const { key } = written;
      const fits = target.events.some(
        (event) =>
          event === `s3:${eventName}` ||
          (event.endsWith('*') && `s3:${eventName}`.startsWith(event.slice(0, -1))),
      );
      if (!fits || !key.startsWith(target.prefix) || !key.endsWith(target.suffix)) continue;
      const body = JSON.stringify({ Records: [record(eventName, written)] });
      background.run('S3 notification', () => doors.toTarget(target, body, s3Actor(written.bucket)));
    }
  }

  /** S3 sends a test event to each queue and topic when it is named. */
  function setNotifications(bucket: string, notifications: BucketNotifications): void {
    settings.set(bucket, notifications);
    for (const target of notifications.targets) {
      if (target.kind === 'function') continue;
      const body = JSON.stringify({
        Service: 'Amazon S3',
        Event: 's3:TestEvent',
        Time: new Date().toISOString(),
        Bucket: bucket,
        RequestId: '5582815E1AEA5ADF',
        HostId: 'local',
      });
      background.run('S3 test event', () => doors.toTarget(target, body, s3Actor(bucket)));
    }
  }

  async function inTurn<T>(name: string, work: () => Promise<T>): Promise<T> {
    const before = turns.get(name) ?? Promise.resolve();
    const mine = before.then(work, work);
    turns.set(name, mine);
    try {
      return await mine;
    } finally {
      if (turns.get(name) === mine) turns.delete(name);
    }
  }

  return { service, notify: setNotifications };
}

function s3Actor(bucket: string): Actor {
  return { principal: 's3.amazonaws.com', may: null, context: { 'aws:SourceArn': bucketArn(bucket) } };
}

/** https://docs.aws.amazon.com/AmazonS3/latest/userguide/notification-content-structure.html: the key is encoded as in forms. */
function record(eventName: string, { bucket, key, size, etag, sequencer }: Written): object {
  return {
    eventVersion: '2.1',
    eventSource: 'aws:s3',
    awsRegion: REGION,
    eventTime: new Date().toISOString(),
    eventName,
    userIdentity: { principalId: 'AWS:local' },
    requestParameters: { sourceIPAddress: '127.0.0.1' },
    responseElements: { 'x-amz-request-id': '5582815E1AEA5ADF', 'x-amz-id-2': 'local' },
    s3: {
      s3SchemaVersion: '1.0',
      configurationId: 'local',
      bucket: { name: bucket, ownerIdentity: { principalId: 'local' }, arn: bucketArn(bucket) },
      object: {
        key: new URLSearchParams({ k: key }).toString().slice('k='.length).replaceAll('%2F', '/'),
        size,
        eTag: etag,
        sequencer,
      },
    },
  };
}

/** https://docs.aws.amazon.com/AmazonS3/latest/userguide/ev-events.html: the key as it is. */
function eventBridgeEvent(operation: string, { bucket, key, size, etag, sequencer }: Written): AwsEvent {
  const deleted = operation === 'DeleteObject';
  return {
    source: 'aws.s3',
    detailType: deleted ? 'Object Deleted' : 'Object Created',
    resources: [bucketArn(bucket)],
    detail: {
      version: '0',
      bucket: { name: bucket },
      object: { key, sequencer, ...(deleted ? {} : { size, etag }) },
      'request-id': '5582815E1AEA5ADF',
      requester: ACCOUNT,
      'source-ip-address': '127.0.0.1',
      reason: operation,
      ...(deleted ? { 'deletion-type': 'Permanently Deleted' } : {}),
    },
  };
}

/** The body is whole by now: how it came is no matter. */
function withoutFraming(request: ServiceRequest): ServiceRequest {
  const { 'transfer-encoding': _, expect: __, ...headers } = request.headers;
  return { ...request, headers };
}

function unquoted(etag: unknown): string {
  return typeof etag === 'string' ? etag.replaceAll('"', '') : '';
}

const KINDS = [
  ['queue', 'QueueConfiguration', 'Queue'],
  ['topic', 'TopicConfiguration', 'Topic'],
  ['function', 'CloudFunctionConfiguration', 'CloudFunction'],
] as const;

/** https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutBucketNotificationConfiguration.html */
function readNotifications(body: string): BucketNotifications {
  const targets: NotificationTarget[] = [];
  for (const [kind, element, endpoint] of KINDS) {
    for (const [, inner] of body.matchAll(new RegExp(`<${element}>(.*?)</${element}>`, 'gs'))) {
      const rules = [...inner!.matchAll(/<FilterRule>(.*?)<\/FilterRule>/gs)].map(([, rule]) => ({
        name: inElement('Name', rule!)[0]?.toLowerCase() ?? '',
        value: inElement('Value', rule!)[0] ?? '',
      }));
      targets.push({
        kind,
        arn: inElement(endpoint, inner!)[0] ?? '',
        events: inElement('Event', inner!),
        prefix: rules.find(({ name }) => name === 'prefix')?.value ?? '',
        suffix: rules.find(({ name }) => name === 'suffix')?.value ?? '',
      });
    }
  }
  return { eventBridge: body.includes('<EventBridgeConfiguration'), targets };
}

function inElement(name: string, text: string): string[] {
  return [...text.matchAll(new RegExp(`<${name}>([^<]*)</${name}>`, 'g'))].map(([, inner]) =>
    inner!.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&quot;', '"').replaceAll('&amp;', '&'),
  );
}

function writeNotifications(notifications: BucketNotifications | undefined): string {
  const parts = (notifications?.targets ?? []).map(({ kind, arn, events, prefix, suffix }) => {
    const [, element, endpoint] = KINDS.find(([name]) => name === kind)!;
    const rules = Object.entries({ prefix, suffix }).filter(([, value]) => value !== '');
    const filter = rules
      .map(([name, value]) => `<FilterRule><Name>${name}</Name><Value>${xml(value)}</Value></FilterRule>`)
      .join('');
    return `<${element}><${endpoint}>${xml(arn)}</${endpoint}>${events.map((event) => `<Event>${event}</Event>`).join('')}<Filter><S3Key>${filter}</S3Key></Filter></${element}>`;
  });
  if (notifications?.eventBridge === true) parts.push('<EventBridgeConfiguration/>');
  return `<?xml version="1.0" encoding="UTF-8"?><NotificationConfiguration>${parts.join('')}</NotificationConfiguration>`;
}
