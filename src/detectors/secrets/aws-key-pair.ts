// SEC-01: an AWS access key id and its secret stand together in a log: whoever reads it is that user or role.

import type { Evidence } from '../../findings/finding.ts';
import { remediateSecret } from '../../findings/remediation.ts';
import type { CallRecord, LineRecord } from '../../records/record.ts';
import {
  DAY_MS,
  type Detector,
  type Draft,
  type Fold,
  type FoldKey,
  type JudgeContext,
  joinKey,
  type ObserveContext,
  type Output,
  splitKey,
} from '../detector.ts';
import { evidenceOf, type HitSummary, hitFold } from '../hits.ts';
import {
  addKeyLeak,
  LEAK_MEMORY_DAYS,
  type LeakKind,
  LONGEST_SESSION_MS,
  SESSION_KEYS,
  USER_KEYS,
} from '../replay/leaked-keys.ts';
import {
  accountOfKeyId,
  type KeyIdMatch,
  keyIdsIn,
  keyPairsIn,
  PAIR_CHARACTERS,
  PAIR_LINES,
  SECRET_ENTROPY_FLOOR,
  SECRET_KIND_CHANGES_FLOOR,
  SESSION_TOKEN,
  type SecretMatch,
  secretKeysIn,
} from './aws-key-text.ts';
import { listed, logGroupOf, logPlace, placeOfLog, spanOf } from './log-place.ts';
import {
  addMark,
  areNeighbours,
  type Mark,
  type MarkPlace,
  type Marks,
  marksAround,
  type NeighbourFold,
  neighbourFold,
  placeOfMark,
} from './neighbours.ts';
import { HINT } from './prefilter.ts';
import { type RecordText, recordText, TEXT_HINTS } from './record-text.ts';
import { SIGNATURE_HINTS } from './signature-traces.ts';

const pairs = hitFold('secret-aws-key-pair', DAY_MS, judgePair);
/** Kept as long as a leaked key is looked after: REP-13 asks whether a secret stood beside a key id. */
export const keyNeighbours: NeighbourFold = neighbourFold(
  'secret-aws-key-neighbours',
  judgeNeighbours,
  (LEAK_MEMORY_DAYS + 30) * DAY_MS,
  wakeSecrets,
);

/** What it looks for begins with. */
const HINTS = HINT.awsKeyId | HINT.awsSecret;

/** Where SEC-02 keeps a secret access key. */
const LONE_SECRET_FOLD = 'aws-secret-alone';
const LONE_SECRET_KIND = 'aws-secret-key';

function observe(record: LineRecord | CallRecord, out: Output, context: ObserveContext): void {
  const text = recordText(record, context);
  if ((text.hints & HINTS) === 0) return;
  const said = new Set<string>();
  const lone: { keyIds: KeyIdMatch[]; secrets: SecretMatch[] } = { keyIds: [], secrets: [] };
  for (const window of text.windows()) {
    if ((window.hints & HINTS) === 0) continue;
    for (const view of window.views) {
      lone.keyIds.push(...keyIdsIn(view).filter((keyId) => keyId.named));
      lone.secrets.push(...secretKeysIn(view).filter((secret) => secret.named));
      for (const { keyId, secret } of keyPairsIn(view)) {
        if (said.has(keyId.keyId)) continue;
        said.add(keyId.keyId);
        addPair(record, out, context, window.field, keyId, secret);
      }
    }
  }
  if (said.size > 0) return;
  addTokenOwners(record, out, text);
  if (record.kind === 'line') addLone(record, out, context, lone);
}

/**
 * A session key beside its token: the secret stood there too, masked or in the next record. In a signed request it does not: SEC-05
 * says how long that is good.
 */
function addTokenOwners(record: LineRecord | CallRecord, out: Output, text: RecordText): void {
  if ((text.hints & SIGNATURE_HINTS & ~HINT.awsKeyId) !== 0) return;
  for (const view of text.windows().flatMap((window) => window.views)) {
    if (!SESSION_TOKEN.test(view)) continue;
    for (const keyId of new Set(keyIdsIn(view).map((match) => match.keyId))) {
      if (!keyId.startsWith('ASIA')) continue;
      const evidence = evidenceOf(record, {
        kind: 'AWS session token',
        keyId,
        keyAccount: accountOfKeyId(keyId),
      });
      addLeak(record, out, keyId, 'session token', evidence);
    }
  }
}

function addPair(
  record: LineRecord | CallRecord,
  out: Output,
  context: ObserveContext,
  field: string,
  keyId: KeyIdMatch,
  secret: SecretMatch,
): void {
  const evidence = evidenceOf(record, {
    kind: 'AWS secret access key',
    field,
    keyId: keyId.keyId,
    keyAccount: accountOfKeyId(keyId.keyId),
    named: secret.named,
    fingerprint: context.fingerprint(secret.secret),
    length: secret.secret.length,
  });
  addLeak(record, out, keyId.keyId, 'secret key', evidence);
  out.add(pairs, joinKey(record.account, record.region, keyId.keyId, 'pair'), record, {
    timeMs: record.timeMs,
    severity: 'CRITICAL',
    evidence,
    facts: {
      place: logPlace(record),
      named: secret.named ? 'yes' : 'no',
      fingerprint: context.fingerprint(secret.secret),
    },
  });
}

/** For REP-13. A session key opens nothing once its session has ended, which the key does not say: at the latest then. */
function addLeak(
  record: LineRecord | CallRecord,
  out: Output,
  keyId: string,
  kind: LeakKind,
  evidence: Evidence,
  beside?: MarkPlace,
): void {
  addKeyLeak(out, record, keyId, {
    kind,
    untilMs: keyId.startsWith('ASIA') ? record.timeMs + LONGEST_SESSION_MS : null,
    service: '',
    region: '',
    place: logPlace(record),
    evidence,
    ...(beside === undefined ? {} : { beside }),
  });
}

function addLone(
  line: LineRecord,
  out: Output,
  context: ObserveContext,
  lone: { keyIds: KeyIdMatch[]; secrets: SecretMatch[] },
): void {
  for (const keyId of new Set(lone.keyIds.map((match) => match.keyId))) {
    addMark(keyNeighbours, out, line, {
      kind: 'key-id',
      shown: keyId,
      fingerprint: '',
      length: keyId.length,
    });
    const evidence = evidenceOf(line, {
      kind: 'AWS access key id',
      keyId,
      keyAccount: accountOfKeyId(keyId),
    });
    addLeak(line, out, keyId, 'secret in the next record', evidence, placeOfMark(line));
  }
  for (const secret of new Set(lone.secrets.map((match) => match.secret))) {
    addMark(keyNeighbours, out, line, {
      kind: 'secret',
      shown: '',
      fingerprint: context.fingerprint(secret),
      length: secret.length,
    });
  }
}

function judgePair(key: string, hits: HitSummary): readonly Draft[] {
  const [account = '', region = '', keyId = ''] = splitKey(key);
  const named = hits.facts.named?.includes('yes') ?? false;
  return [
    {
      ...spanOf(hits),
      ...pairDraft(keyId, hits.facts.place ?? [], hits.count),
      account,
      region,
      evidenceKey: 'aws-key-pair',
      confidence: named ? 0.97 : 0.8,
      grade: named ? 'certain' : 'probable',
      why: [
        'key id and 40 characters of a secret access key within 3 lines and 400 characters, or in one JSON object',
        named
          ? 'the secret is named as one'
          : 'the secret is not named: told by its length, alphabet and randomness',
      ],
    },
  ];
}

function judgeNeighbours(
  place: { account: string; region: string; group: string; stream: string },
  marks: readonly Mark[],
  own: ReadonlySet<Mark>,
): readonly Draft[] {
  const drafts: Draft[] = [];
  for (const keyId of marks) {
    if (keyId.kind !== 'key-id') continue;
    const partners = marks.filter(
      (mark) =>
        mark.kind === 'secret' && areNeighbours(keyId, mark, PAIR_LINES) && (own.has(mark) || own.has(keyId)),
    );
    const secret = partners[0];
    if (secret === undefined || drafts.some((draft) => draft.entity === keyId.shown)) continue;
    const times = [keyId.timeMs, secret.timeMs].sort((a, b) => a - b) as [number, number];
    drafts.push({
      ...pairDraft(keyId.shown, [placeOfLog(place.group, place.stream)], 1),
      account: place.account,
      region: place.region,
      evidenceKey: 'aws-key-pair/lines',
      severity: 'CRITICAL',
      timeMs: times[1],
      firstMs: times[0],
      lastMs: times[1],
      count: 1,
      confidence: 0.9,
      grade: 'certain',
      evidence: [markEvidence(keyId), markEvidence(secret)],
      why: [
        'a record that names an access key id and one that names a secret access key, within 3 records and a minute of one stream',
        'both are named as what they are',
      ],
    });
  }
  return drafts;
}

/** Whether a secret that stands there is told of here, with the key id of a neighbouring record. */
export function isToldWithKeyId(place: MarkPlace, fingerprint: string, context: JudgeContext): boolean {
  const marks = marksAround(keyNeighbours, place, context);
  return (
    marks.some((mark) => mark.ordinal === place.ordinal && mark.fingerprint === fingerprint) &&
    marks.some((mark) => mark.kind === 'key-id' && areNeighbours(place, mark, PAIR_LINES))
  );
}

/** SEC-02 leaves its secrets to this rule once the key id is read. */
function wakeSecrets(key: string, window: number, context: JudgeContext): readonly FoldKey[] {
  const own = context.read(keyNeighbours as Fold<never, Marks>, key, window)?.marks ?? [];
  if (!own.some((mark) => mark.kind === 'key-id')) return [];
  const [account = '', region = ''] = splitKey(key);
  const names = new Map<string, FoldKey>();
  for (const { kind, fingerprint, timeMs } of marksAround(keyNeighbours, { key, window }, context)) {
    if (kind !== 'secret') continue;
    const secret = joinKey(account, region, LONE_SECRET_KIND, fingerprint);
    const day = Math.floor(timeMs / DAY_MS);
    names.set(`${day} ${secret}`, { fold: LONE_SECRET_FOLD, key: secret, window: day });
  }
  return [...names.values()];
}

function pairDraft(keyId: string, places: readonly string[], count: number) {
  const keyAccount = accountOfKeyId(keyId);
  const group = logGroupOf(places[0] ?? '');
  return {
    entity: keyId,
    title: `AWS access key with its secret in a log: ${keyId}, ${listed(places, 1)}`,
    summary:
      `Access key ${keyId}${keyAccount === '' ? '' : ` of account ${keyAccount}`} stands with its secret in ${listed(places)} ` +
      `(${count} ${count === 1 ? 'record' : 'records'}). Whoever can read the log can act as its user or role.`,
    principal: { type: '', name: '', session: '', keyId },
    target: { service: 'iam', resource: keyId },
    remediation: remediateSecret({ keyId, ...(group === '' ? {} : { logGroup: group }) }),
  } as const;
}

function markEvidence(mark: Mark): Evidence {
  return {
    source: 'application-log',
    locator: mark.locator,
    eventId: mark.eventId,
    time: new Date(mark.timeMs).toISOString(),
    fields:
      mark.kind === 'key-id'
        ? { kind: 'AWS access key id', keyId: mark.shown, keyAccount: accountOfKeyId(mark.shown) }
        : { kind: 'AWS secret access key', fingerprint: mark.fingerprint, length: mark.length },
  };
}

export const awsKeyPair: Detector = {
  meta: {
    id: 'SEC-01',
    name: 'aws-key-pair',
    family: 'SEC',
    version: 1,
    title: 'AWS access key with its secret in a log',
    what: 'An AWS access key id and a secret access key within 3 lines and 400 characters, in one JSON object, or in records next to each other in one stream.',
    why: 'The two together are the user or role. Logs are copied, searched, exported and kept far more widely than a secret may be.',
    severities: ['CRITICAL'],
    falsePositives: [
      'Keys of emulators in the form of real ones, with a random secret.',
      'A 40-character random value beside a key id that is no secret key (confidence 0.8 unless it is named).',
      'Keys that were disabled before they were logged.',
    ],
    blindSpots: [
      'A secret alone, without its key id near it.',
      'Secrets that are encoded (base64 of a whole credentials file), split inside the value, or masked in part.',
      'Neighbouring records more than a minute apart.',
      'Whether the key still works: it is never tried.',
    ],
    investigate: [
      'Disable the key first; then open the record at the locator and see what wrote it.',
      'aws sts get-access-key-info says whose account it is; CloudTrail lookup by AccessKeyId says what it did since.',
      'Everybody who could read the log since firstSeen has the key.',
    ],
    thresholds: [
      {
        name: 'distance',
        value: PAIR_CHARACTERS,
        unit: 'characters',
        reason: 'both halves are printed by one statement',
        source: 'chosen, not measured',
      },
      {
        name: 'distance',
        value: PAIR_LINES,
        unit: 'lines or records',
        reason: 'credentials files and environment dumps write them on following lines',
        source: 'https://docs.aws.amazon.com/cli/latest/userguide/cli-configure-files.html',
      },
      {
        name: 'entropy floor',
        value: SECRET_ENTROPY_FLOOR,
        unit: 'bits a character',
        reason: '40 random base64 characters have 4.9; text has less than 4.25',
        source: 'https://github.com/trufflesecurity/trufflehog',
      },
      {
        name: 'changes of kind',
        value: SECRET_KIND_CHANGES_FLOOR,
        unit: 'of 39 steps',
        reason:
          'random base64 has 25 with a deviation of 3; paths and names in camel case have fewer than 12',
        source:
          'binomial over the base64 alphabet: 1 - (26/64)^2 - (26/64)^2 - (10/64)^2 - (2/64)^2 = 0.645 a step',
      },
    ],
    identity: {
      entity: 'access key id',
      evidenceKey: 'pair in one record, or in neighbouring records',
      windowMs: DAY_MS,
    },
    compliance: { cwe: ['CWE-532', 'CWE-798', 'CWE-522'], owasp: ['API2:2023'] },
  },
  needs: { calls: ['*'], callText: HINTS, lines: true, textHints: TEXT_HINTS },
  sights: { needs: [['log-lines', 'management-events']] },
  folds: [pairs, keyNeighbours, SESSION_KEYS.leaks, USER_KEYS.leaks],
  observeCall: observe,
  observeLine: observe,
};
