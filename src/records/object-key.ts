// What an object's key says before the object is opened: which kind of log, whose, where, and when it was delivered.
// Layouts: https://docs.aws.amazon.com/awscloudtrail/latest/userguide/get-and-view-cloudtrail-log-files.html,
// https://docs.aws.amazon.com/vpc/latest/userguide/flow-logs-s3-path.html,
// https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-access-logs.html (access-log-file-format)
// and https://docs.aws.amazon.com/AmazonS3/latest/userguide/ServerLogs.html (server-log-keyname-format)

import { parseIsoMs, utcMs } from '../lib/time.ts';
import type { ObjectFacts } from './reader.ts';

export type ObjectKind =
  | 'cloudtrail'
  | 'cloudtrail-insight'
  | 'cloudtrail-network'
  | 'cloudtrail-aggregated'
  | 'cloudtrail-digest'
  | 'vpcflow'
  /** What a load balancer of any kind writes: access, connection and health check logs. */
  | 'load-balancer'
  | 's3-access'
  | 'unknown';

/** Kinds whose objects hold nothing but what the kind says; others lie beside logs of another form, or say little by their name. */
export function isTrailOrFlow(kind: ObjectKind): boolean {
  return kind !== 'unknown' && kind !== 'load-balancer' && kind !== 's3-access';
}

export interface KeyFacts extends ObjectFacts {
  readonly kind: ObjectKind;
  /** First millisecond of the UTC day that the key files the object under; NaN when it names none. */
  readonly dayMs: number;
}

const KIND_OF_FOLDER: Readonly<Record<string, ObjectKind>> = {
  CloudTrail: 'cloudtrail',
  'CloudTrail-Insight': 'cloudtrail-insight',
  'CloudTrail-NetworkActivity': 'cloudtrail-network',
  'CloudTrail-Aggregated': 'cloudtrail-aggregated',
  'CloudTrail-Digest': 'cloudtrail-digest',
  vpcflowlogs: 'vpcflow',
  elasticloadbalancing: 'load-balancer',
};

/** `111122223333_CloudTrail_us-east-1_20261101T1205Z_Ab3.json.gz`; a digest has the trail and its home region before the stamp. */
const FILE_NAME =
  /^(\d{12})_(CloudTrail(?:-[A-Za-z]{1,20})?|vpcflowlogs|elasticloadbalancing)_([a-z]{2}(?:-[a-z]{2,12}){1,3}-\d{1,2})[_-]/;
const STAMP = /_(\d{8})T(\d{4})(\d{2})?Z(?=[_.]|$)/;
const REGION = /^[a-z]{2}(?:-[a-z]{2,12}){1,3}-\d{1,2}$/;
/** `logs/2026-11-01-12-05-09-0A1B2C3D4E5F6071`: a prefix of any form, the time, 16 digits. */
const S3_NAME = /(\d{4})-(\d{2})-(\d{2})-(\d{2})-(\d{2})-(\d{2})-[0-9A-F]{16}$/;
/** Account, region and bucket in front of the date, where the logs are filed by it. */
const S3_FOLDERS =
  /(\d{12})\/([a-z]{2}(?:-[a-z]{2,12}){1,3}-\d{1,2})\/[^/]{3,255}\/\d{4}\/\d{2}\/\d{2}\/[^/]{1,300}$/;
const ORGANIZATION = /^o-[a-z0-9]{4,32}$/;

/** `modifiedMs`: last modification of the object, NaN when unknown. */
export function objectFacts(name: string, key: string, modifiedMs: number): KeyFacts {
  // A folder below AWSLogs may have been named: then only the name still holds the layout.
  const path = key.includes('AWSLogs/') ? key : name;
  const segments = path.split('/');
  const fileName = segments[segments.length - 1]!;
  const inPath = pathFacts(segments);
  const inName = FILE_NAME.exec(fileName);
  const s3Name = inName === null ? S3_NAME.exec(fileName) : null;
  if (s3Name !== null) return s3AccessFacts({ name, key, modifiedMs }, s3Name, inPath, S3_FOLDERS.exec(name));
  const deliveredMs = inName === null && inPath.kind === 'unknown' ? Number.NaN : stampMs(fileName);
  return {
    name,
    key,
    modifiedMs,
    deliveredMs,
    account: inName?.[1] ?? inPath.account,
    region: inName?.[3] ?? inPath.region,
    kind: (inName === null ? undefined : KIND_OF_FOLDER[inName[2]!]) ?? inPath.kind,
    dayMs: Number.isNaN(inPath.dayMs) ? Math.floor(deliveredMs / 86_400_000) * 86_400_000 : inPath.dayMs,
  };
}

/** The time in the name is that of the delivery, but where logs are filed by the time of their events: there it is the beginning of a day. */
function s3AccessFacts(
  object: Pick<KeyFacts, 'name' | 'key' | 'modifiedMs'>,
  inName: RegExpExecArray,
  inPath: PathFacts,
  folders: RegExpExecArray | null,
): KeyFacts {
  const [year, month, day, hour, minute, second] = inName.slice(1).map(Number) as Six;
  const stampMs = utcMs(year, month, day, hour, minute, second, 0);
  const dayMs = utcMs(year, month, day, 0, 0, 0, 0);
  return {
    ...object,
    kind: 's3-access',
    account: folders?.[1] ?? inPath.account,
    region: folders?.[2] ?? inPath.region,
    deliveredMs: folders !== null && stampMs === dayMs ? Number.NaN : stampMs,
    dayMs,
  };
}

type Six = [number, number, number, number, number, number];

/** The delivery stamp in a file name. Names without the exact form (hand-made ones leave out the Z) say nothing: NaN. */
function stampMs(fileName: string): number {
  const found = STAMP.exec(fileName);
  if (found === null) return Number.NaN;
  const basic = Buffer.from(`${found[1]}T${found[2]}${found[3] ?? '00'}Z`, 'latin1');
  return parseIsoMs(basic, 0, basic.length);
}

interface PathFacts {
  readonly kind: ObjectKind;
  readonly account: string;
  readonly region: string;
  readonly dayMs: number;
}

function pathFacts(segments: readonly string[]): PathFacts {
  let at = segments.lastIndexOf('AWSLogs') + 1;
  if (at === 0) return { kind: 'unknown', account: '', region: '', dayMs: Number.NaN };
  if (ORGANIZATION.test(segments[at] ?? '')) at++;
  const values = segments.slice(at, -1).map(valueOfSegment);
  const [account = '', service = '', region = '', year = '', month = '', day = ''] = values;
  return {
    kind: KIND_OF_FOLDER[service] ?? 'unknown',
    account: /^\d{12}$/.test(account) ? account : '',
    region: REGION.test(region) ? region : '',
    dayMs:
      /^\d{4}$/.test(year) && /^\d{2}$/.test(month) && /^\d{2}$/.test(day)
        ? utcMs(Number(year), Number(month), Number(day), 0, 0, 0, 0)
        : Number.NaN,
  };
}

/** Hive-style folders name what they hold: `aws-region=us-east-1`, `year=2026`. The order is that of the plain layout. */
function valueOfSegment(segment: string): string {
  return segment.slice(segment.indexOf('=') + 1);
}
