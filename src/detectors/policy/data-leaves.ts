// POL-12: a table's data goes to a place where it did not go before: another account's bucket, a stream, another region.
// Jobs that send the same to the same place every night are how such calls are mostly made: a way that is known is quiet.

import type { Severity } from '../../findings/finding.ts';
import { type DataPathKind, remediateDataPath } from '../../findings/remediate-data-path.ts';
import type { CallRecord } from '../../records/record.ts';
import {
  DAY_MS,
  type Detector,
  type DetectorMeta,
  type Draft,
  type Fold,
  type JudgeContext,
  joinKey,
  type Output,
  splitKey,
} from '../detector.ts';
import { type Hit, type HitSummary, hitFold } from '../hits.ts';
import { plainActionName } from '../plain-action.ts';
import {
  DATA_PATH_OPERATIONS,
  type DataPath,
  dataPathsOf,
  exportBelowKmsOf,
  tableNameIn,
} from './data-paths.ts';
import { textField } from './parameters.ts';
import { oneStepLower } from './steps.ts';
import { encryptionAskedIn, KEY_OWNERS } from './table-encryption.ts';
import { accountOf, boundedName, draftOfWeakening, hitOfWeakening, isAttempt } from './weakening.ts';

/** A way that was taken so many days ago is known. */
const MEMORY_DAYS = 35;
const FOREIGN_CONFIDENCE = 0.9;
const NEW_CONFIDENCE = 0.7;
/** The logs may begin after the way did. */
const FIRST_SIGHT_CONFIDENCE = 0.5;
/** A backup that may be another service's. */
const BACKUP_CONFIDENCE = 0.6;

const CUSTOMER_KEY = KEY_OWNERS.indexOf('customer managed key');
const BELOW_KEY = 'weaker export';

const meta: DetectorMeta = {
  id: 'POL-12',
  name: 'data-leaves',
  family: 'POL',
  version: 1,
  title: 'Table data goes somewhere new',
  what: 'Exports of tables to S3, Kinesis streams and table streams that are switched on, backup copies to another account (StartCopyJob and the copy actions of backup plans), and restores into another region: where this principal did not send to this destination before. Exports with AES256 of a table that has a customer managed key.',
  why: 'Each of these calls hands over a whole table, or all its changes from now on, without a single read of an item: no item-level rule and no count of reads sees it.',
  severities: ['HIGH', 'MEDIUM', 'LOW', 'INFO'],
  falsePositives: [
    `Jobs that export by plan: told once, then quiet while the same principal uses the same destination within ${MEMORY_DAYS} days.`,
    'An account of one’s own for analytics or backups: HIGH or MEDIUM at first sight, then quiet. Suppress it by the destination where it is seldom used.',
    'A known way to another account from one more region: LOW, once for each region; another bucket, stream or vault of an account that had data before: one step less.',
    'A new bucket of the same account: LOW, INFO where the logs hold no earlier export; another principal on a known way: INFO, LOW to another account.',
    'Infrastructure as code: a call that an AWS service made for somebody (invokedBy) counts one step less, and says so.',
  ],
  blindSpots: [
    'Whose a bucket is that an export names without S3BucketOwner: DynamoDB asks for it when the bucket is another account’s, so it is taken for the account’s own.',
    `What was sent before is known for ${MEMORY_DAYS} days. Whoever sends to another account every day is told of on the first day only.`,
    'Scan, Query and ExecuteStatement, which read items; replicas of global tables; readers of a stream; copies that a backup service makes by an older plan; DynamoDB’s own on-demand backups, which stay in the account.',
    'How a bucket encrypts by default: an export that names no algorithm is not compared with the table’s key.',
    'Destinations that are opened to others afterwards, by the policy of the bucket or vault.',
  ],
  investigate: [
    'Whose is the account, and who owns the job that sends there?',
    'aws dynamodb list-exports, describe-kinesis-streaming-destination, aws backup list-copy-jobs: what was sent?',
    'What else did the same principal do in that hour, and from where?',
  ],
  thresholds: [
    {
      name: 'memory of ways',
      value: MEMORY_DAYS,
      unit: 'days',
      reason: 'a job of every month stays known, with days to spare; what is seldomer is told again',
      source: 'chosen, not measured',
    },
    {
      name: 'confidence at first sight',
      value: FIRST_SIGHT_CONFIDENCE,
      unit: 'probability',
      reason: `the logs may begin after the job did; ${NEW_CONFIDENCE} where they hold earlier ones, ${FOREIGN_CONFIDENCE} to another account`,
      source: 'chosen, not measured',
    },
  ],
  identity: { entity: 'destination, or table', evidenceKey: 'kind of way', windowMs: DAY_MS },
  compliance: { cwe: ['CWE-284', 'CWE-285'], owasp: ['API5:2023'], gdpr: ['32(1)(b)'] },
};

/** How often an account sent data in a way of a kind on a day: whether the logs know its habits. */
const habits: Fold<number, { sent: number }> = {
  name: 'data-path-habits',
  version: 1,
  windowMs: DAY_MS,
  keepMs: (MEMORY_DAYS + 1) * DAY_MS,
  bytesOfAddition: 0,
  empty: () => ({ sent: 0 }),
  add: (day, one) => ({ sent: day.sent + one }),
  merge: (a, b) => ({ sent: a.sent + b.sent }),
};

/** The weakest key that a table was given on a day, as an index in KEY_OWNERS. */
const tableKeys: Fold<number, { weakest: number }> = {
  name: 'exported-table-keys',
  version: 1,
  windowMs: DAY_MS,
  keepMs: (MEMORY_DAYS + 1) * DAY_MS,
  bytesOfAddition: 0,
  empty: () => ({ weakest: KEY_OWNERS.length }),
  add: (day, owner) => ({ weakest: Math.min(day.weakest, owner) }),
  merge: (a, b) => ({ weakest: Math.min(a.weakest, b.weakest) }),
};

/** Principals of one destination or account and day; the smallest names. */
const MAX_SENDERS = 16;

/**
 * Who sent to a destination on a day, and who to the account it belongs to, from whatever region: a job that goes on in a second region
 * sends where it always did. Key: account, destination or account, kind.
 */
const ways: Fold<string, { senders: string[] }> = {
  name: 'data-path-senders',
  version: 1,
  windowMs: DAY_MS,
  keepMs: (MEMORY_DAYS + 1) * DAY_MS,
  empty: () => ({ senders: [] }),
  add: (day, sender) => ({ senders: smallest([...day.senders, sender]) }),
  merge: (a, b) => ({ senders: smallest([...a.senders, ...b.senders]) }),
};

function smallest(names: readonly string[]): string[] {
  return [...new Set(names)].sort().slice(0, MAX_SENDERS);
}

const paths: Fold<Hit, HitSummary> = {
  ...hitFold('data-paths', DAY_MS, judge),
  keepMs: (MEMORY_DAYS + 1) * DAY_MS,
  reads: [habits.name, tableKeys.name, ways.name],
};

export const dataLeaves: Detector = {
  meta,
  needs: {
    operations: {
      ...DATA_PATH_OPERATIONS,
      dynamodb: [...(DATA_PATH_OPERATIONS.dynamodb ?? []), 'CreateTable'],
    },
  },
  sights: { needs: [['management-events']] },
  folds: [paths, habits, tableKeys, ways],
  observeCall(call, out) {
    const action = plainActionName(call.action);
    if (call.service === 'dynamodb') observeTableKey(call, action, out);
    if (DATA_PATH_OPERATIONS[call.service]?.includes(action) !== true) return;
    for (const path of dataPathsOf(call, action)) observePath(call, path, out);
    if (action === 'ExportTableToPointInTime') observeWeakerExport(call, out);
  },
};

function observeTableKey(call: CallRecord, action: string, out: Output): void {
  if (call.errorCode !== '' || (action !== 'CreateTable' && action !== 'UpdateTable')) return;
  const asked = encryptionAskedIn(call);
  const table = tableNameIn(textField(call.requestParameters, 'tableName'));
  if (asked === null || table === '') return;
  out.add(tableKeys, joinKey(accountOf(call), call.region, table), call, asked.owner);
}

function observeWeakerExport(call: CallRecord, out: Output): void {
  const table = exportBelowKmsOf(call);
  if (table === '' || call.errorCode !== '') return;
  const bucket = textField(call.requestParameters, 's3Bucket').slice(0, 128);
  const hit = hitOf(call, BELOW_KEY, bucket, FOREIGN_CONFIDENCE, { table });
  out.add(paths, joinKey(accountOf(call), call.region, `table ${table}`, BELOW_KEY), call, hit);
}

function observePath(call: CallRecord, path: DataPath, out: Output): void {
  const account = accountOf(call);
  const { destination, foreignAccount, kind } = path;
  const entity = boundedName(
    foreignAccount === '' ? destination : `${destination} of account ${foreignAccount}`,
  );
  const hit = hitOf(call, kind, path.resource, path.isSurelyTable ? FOREIGN_CONFIDENCE : BACKUP_CONFIDENCE, {
    table: path.table,
    foreign: foreignAccount,
    items: path.keysOnly === true ? '' : 'yes',
    surely: path.isSurelyTable ? 'yes' : '',
  });
  // Attempts have a key of their own: they teach nothing about what is usual.
  const failed = call.errorCode !== '';
  out.add(paths, joinKey(account, call.region, entity, failed ? `${kind}${ATTEMPT}` : kind), call, hit);
  if (failed) return;
  out.add(habits, joinKey(account, kind), call, 1);
  if (!isOfAllRegions(kind, foreignAccount)) return;
  out.add(ways, joinKey(account, entity, kind), call, senderOf(call));
  if (foreignAccount !== '') {
    out.add(ways, joinKey(account, accountEntity(foreignAccount), kind), call, senderOf(call));
  }
}

/** Tables and streams of one name are others in every region; buckets, and what another account owns, are not. */
function isOfAllRegions(kind: DataPathKind, foreignAccount: string): boolean {
  return kind === 'export' || foreignAccount !== '';
}

function accountEntity(account: string): string {
  return `account ${account}`;
}

function senderOf(call: CallRecord): string {
  return call.principal === '' ? '(unknown)' : call.principal;
}

const ATTEMPT = ', attempt';
const WHAT: Readonly<Record<DataPathKind, string>> = {
  export: 'table data exported to it',
  'weaker export': 'exported with AES256',
  'kinesis stream': 'changes of a table are sent to it',
  'table stream': 'switched on',
  'backup copy': 'backups are copied to it',
  restore: 'restored from another region',
};

function hitOf(
  call: CallRecord,
  kind: DataPathKind,
  resource: string,
  confidence: number,
  facts: Readonly<Record<string, string>>,
): Hit {
  const hit = hitOfWeakening(call, { resource, what: WHAT[kind], severity: 'HIGH', confidence, why: '' });
  return {
    ...hit,
    facts: {
      ...hit.facts,
      ...facts,
      why: '',
      sender: senderOf(call),
      // What a service does counts one step less, but not when somebody does it by hand as well.
      direct: hit.facts?.through === '' ? 'yes' : '',
    },
  };
}

function judge(key: string, hits: HitSummary, context: JudgeContext, window: number): Draft[] {
  const parts = splitKey(key);
  const [account = '', region = '', entity = '', evidenceKey = ''] = parts;
  const kind = evidenceKey.replace(ATTEMPT, '') as DataPathKind;
  const verdict =
    kind === BELOW_KEY
      ? weakerExport(hits, { account, region, key }, window, context)
      : newWay(hits, { account, region, entity, kind }, window, context);
  if (verdict === null) return [];
  const attempt = isAttempt(hits);
  // What is worth a remark when it succeeds is worth nothing when it fails.
  if (attempt && verdict.severity === 'INFO') return [];
  const base = draftOfWeakening(parts, hits, kind === 'backup copy' ? 'backup' : 'dynamodb');
  const severity = hits.facts.direct === undefined ? oneStepLower(verdict.severity) : verdict.severity;
  const tables = hits.facts.table ?? [];
  const resource = hits.facts.resource?.[0] ?? '';
  return [
    {
      ...base,
      severity: attempt ? 'LOW' : severity,
      confidence: verdict.confidence,
      grade: verdict.confidence >= FOREIGN_CONFIDENCE ? 'certain' : 'probable',
      summary: `${base.summary}${tables.length === 0 ? '' : ` Of ${tables.length === 1 ? 'table' : 'tables'} ${tables.join(', ')}.`}`,
      why: [...verdict.why, ...base.why],
      remediation: remediateDataPath({
        kind,
        region,
        ...(tables.length === 0 ? {} : { tableName: tables[0]! }),
        ...(kind === 'export' || kind === BELOW_KEY ? { bucket: resource } : {}),
        ...(kind === 'kinesis stream' ? { streamArn: resource } : {}),
        ...(kind === 'backup copy' ? { vaultArn: resource } : {}),
      }),
    },
  ];
}

interface Verdict {
  readonly severity: Severity;
  readonly confidence: number;
  readonly why: readonly string[];
}

interface Way {
  readonly account: string;
  readonly region: string;
  readonly entity: string;
  readonly kind: DataPathKind;
}

/** What the days before say of a way. */
interface Past {
  /** Who sent there, from any region where the destination is the same in all of them. */
  readonly before: ReadonlySet<string>;
  /** Of these, from this region. */
  readonly beforeHere: ReadonlySet<string>;
  /** The account sent somewhere in this manner. */
  readonly hasHabits: boolean;
  /** In this manner something was sent to the account that the destination belongs to. */
  readonly knowsAccount: boolean;
}

function pastOf(way: Way, foreign: string | undefined, window: number, context: JudgeContext): Past {
  const { account, region, entity, kind } = way;
  const beforeHere = new Set<string>();
  const elsewhere = new Set<string>();
  let hasHabits = false;
  let knowsAccount = false;
  for (let day = window - MEMORY_DAYS; day < window; day++) {
    const here = context.read(paths, joinKey(account, region, entity, kind), day);
    for (const sender of here?.facts.sender ?? []) beforeHere.add(sender);
    hasHabits ||= (context.read(habits, joinKey(account, kind), day)?.sent ?? 0) > 0;
    if (!isOfAllRegions(kind, foreign ?? '')) continue;
    const there = context.read(ways, joinKey(account, entity, kind), day);
    for (const sender of there?.senders ?? []) elsewhere.add(sender);
    if (foreign === undefined) continue;
    knowsAccount ||= context.read(ways, joinKey(account, accountEntity(foreign), kind), day) !== null;
  }
  return { before: new Set([...beforeHere, ...elsewhere]), beforeHere, hasHabits, knowsAccount };
}

/** Null when everybody who sent there did so before. */
function newWay(hits: HitSummary, way: Way, window: number, context: JudgeContext): Verdict | null {
  const foreign = hits.facts.foreign?.[0];
  const { before, beforeHere, hasHabits, knowsAccount } = pastOf(way, foreign, window, context);
  const senders = hits.facts.sender ?? [];
  const isNewRegion = foreign !== undefined && beforeHere.size === 0;
  if (senders.every((sender) => before.has(sender)) && !isNewRegion) return null;
  const whose = foreign === undefined ? [] : [`account ${foreign} is another one`];
  if (before.size > 0) {
    const others = [...before].sort().slice(0, 3).join(', ');
    return {
      severity: foreign === undefined ? 'INFO' : 'LOW',
      confidence: NEW_CONFIDENCE,
      why: [
        ...whose,
        `so far ${others} sent there${isNewRegion ? ', from other regions' : ''}: ${NEW_CONFIDENCE}`,
      ],
    };
  }
  const sure = hits.facts.surely === undefined ? BACKUP_CONFIDENCE : FOREIGN_CONFIDENCE;
  const confidence = foreign !== undefined ? sure : hasHabits ? NEW_CONFIDENCE : FIRST_SIGHT_CONFIDENCE;
  const abroad = hasHabits && hits.facts.surely !== undefined ? 'HIGH' : 'MEDIUM';
  return {
    severity:
      foreign === undefined
        ? severityWithin(way.kind, hits, hasHabits)
        : knowsAccount
          ? oneStepLower(abroad)
          : abroad,
    confidence,
    why: [
      ...whose,
      ...(knowsAccount ? ['the account had data in this way before, at another place'] : []),
      ...(hits.facts.surely === undefined ? ['whether the backups are of tables is not in the call'] : []),
      hasHabits
        ? `in ${MEMORY_DAYS} days the account sent data elsewhere in this way, never there: ${confidence}`
        : `the first of its kind in these logs, which may begin after the habit: ${confidence}`,
    ],
  };
}

/** To a place that is the account's own. */
function severityWithin(kind: DataPathKind, hits: HitSummary, hasHabits: boolean): Severity {
  if (kind === 'export') return hasHabits ? 'LOW' : 'INFO';
  return kind === 'table stream' && hits.facts.items === undefined ? 'INFO' : 'LOW';
}

/** An export that S3 encrypts with its own keys, of a table that is known to have a customer's: once, not every night. */
function weakerExport(
  hits: HitSummary,
  way: { readonly account: string; readonly region: string; readonly key: string },
  window: number,
  context: JudgeContext,
): Verdict | null {
  const table = hits.facts.table?.[0] ?? '';
  let hasCustomerKey: boolean | null = null;
  for (let day = window; day >= window - MEMORY_DAYS; day--) {
    if (day < window && context.read(paths, way.key, day) !== null) return null;
    const keys = context.read(tableKeys, joinKey(way.account, way.region, table), day);
    if (keys !== null) hasCustomerKey ??= keys.weakest === CUSTOMER_KEY;
  }
  if (hasCustomerKey !== true) return null;
  return {
    severity: 'MEDIUM',
    confidence: FOREIGN_CONFIDENCE,
    why: [
      `the table has a customer managed key, the export has keys of S3: whoever may read the bucket reads it: ${FOREIGN_CONFIDENCE}`,
    ],
  };
}
