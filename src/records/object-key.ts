// What an object's key says before the object is opened: which kind of log, whose, where, and when it was delivered.
// Layouts: https://docs.aws.amazon.com/awscloudtrail/latest/userguide/get-and-view-cloudtrail-log-files.html
// and https://docs.aws.amazon.com/vpc/latest/userguide/flow-logs-s3-path.html

import { parseIsoMs, utcMs } from '../lib/time.ts';
import type { ObjectFacts } from './reader.ts';

export type ObjectKind =
  | 'cloudtrail'
  | 'cloudtrail-insight'
  | 'cloudtrail-network'
  | 'cloudtrail-aggregated'
  | 'cloudtrail-digest'
  | 'vpcflow'
  | 'unknown';

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
};

/** `111122223333_CloudTrail_us-east-1_20261101T1205Z_Ab3.json.gz`; a digest has the trail and its home region before the stamp. */
const FILE_NAME =
  /^(\d{12})_(CloudTrail(?:-[A-Za-z]{1,20})?|vpcflowlogs)_([a-z]{2}(?:-[a-z]{2,12}){1,3}-\d{1,2})[_-]/;
const STAMP = /_(\d{8})T(\d{4})(\d{2})?Z(?=[_.]|$)/;
const REGION = /^[a-z]{2}(?:-[a-z]{2,12}){1,3}-\d{1,2}$/;
const ORGANIZATION = /^o-[a-z0-9]{4,32}$/;

/** `modifiedMs`: last modification of the object, NaN when unknown. */
export function objectFacts(name: string, key: string, modifiedMs: number): KeyFacts {
  // A folder below AWSLogs may have been named: then only the name still holds the layout.
  const path = key.includes('AWSLogs/') ? key : name;
  const segments = path.split('/');
  const fileName = segments[segments.length - 1]!;
  const inPath = pathFacts(segments);
  const inName = FILE_NAME.exec(fileName);
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
