// A rule whose findings are secrets of its kinds: what most SEC rules are. A rule's file has its words; this folds and judges.

import type { Severity } from '../../findings/finding.ts';
import { remediateSecret } from '../../findings/remediation.ts';
import type { CallRecord, LineRecord } from '../../records/record.ts';
import {
  DAY_MS,
  type Detector,
  type DetectorMeta,
  type Draft,
  type JudgeContext,
  joinKey,
  type ObserveContext,
  type Output,
  splitKey,
  type Threshold,
} from '../detector.ts';
import { evidenceOf, type HitSummary, hitFold, MAX_FACT_VALUES } from '../hits.ts';
import { KINDS, kindCalled } from './kinds/index.ts';
import { listed, logGroupOf, logPlace, spanOf } from './log-place.ts';
import { type MarkPlace, NEIGHBOUR_TIME_MS, placeOfMark } from './neighbours.ts';
import { HINT } from './prefilter.ts';
import { type RecordSecret, secretsOf } from './record-secrets.ts';
import { TEXT_HINTS } from './record-text.ts';
import {
  hourFact,
  isOnlyNoise,
  isToldByForm,
  LEAST_TOLD_BY_FORM,
  MOST_AN_HOUR,
  nameForNoise,
  noiseKey,
  secretNoise,
} from './secret-noise.ts';

/** Whether a finding is one for a secret or one for a log. */
type Per = 'secret' | 'place';

export interface SecretRuleOptions {
  /** Identity is by kind and fingerprint or place: it says so in `identity`. */
  readonly meta: Omit<DetectorMeta, 'family' | 'identity'>;
  /**
   * `secret`: one finding a secret, whatever logs it stands in: for what lives until somebody changes it. `place`: one finding a kind and
   * log: for what is made anew with every session, of which a log may hold thousands.
   */
  readonly per: Per;
  /** What whoever reads the log can do with it; 'Whoever can read the log can use it.' when left out. */
  readonly consequence?: string;
  /** Of the kinds of the rule itself; another choice for rules that look at where a secret stands. */
  readonly takes?: (secret: RecordSecret, record: LineRecord | CallRecord) => boolean;
  /** What the finding says of it besides; '' for nothing. */
  readonly detail?: (
    secret: RecordSecret,
    record: LineRecord | CallRecord,
    context: ObserveContext,
  ) => string;
  /** Where the kind's or the check's severity is not the last word. */
  readonly severity?: (
    secret: RecordSecret,
    record: LineRecord | CallRecord,
    context: ObserveContext,
  ) => Severity;
  /** Another rule that may tell more of a secret, by where it stands: left to it, the finding is INFO. */
  readonly told?: ToldElsewhere;
}

export interface ToldElsewhere {
  /** The fold that tells. */
  readonly reads: string;
  readonly isTold: (place: MarkPlace, fingerprint: string, context: JudgeContext) => boolean;
  readonly why: string;
}

const PER_SECRET = { entity: 'kind of secret', evidenceKey: 'fingerprint of the secret', windowMs: DAY_MS };
const PER_PLACE = { entity: 'log group, file or API call', evidenceKey: 'kind of secret', windowMs: DAY_MS };
const NOISE_THRESHOLD: Threshold = {
  name: 'different values that make a name noisy',
  value: MOST_AN_HOUR,
  unit: 'an hour and log, fewer than 20 % of them told by their form (verified, or a password as people choose them)',
  reason:
    'a program that calls something else by this name: LOW, and the finding says so; other names and kinds there keep their severity',
  source: 'chosen, not measured',
};
/** Parts of a fold's fact that say what a check found out. */
const DETAIL = 'detail';
/** What noise is asked for: marks of the names, and whether more than the name tells. */
const NAMES = 'name';
const TOLD = 'toldByForm';
/** Of a fingerprint: names of one log are few. */
const NAME_MARK_CHARACTERS = 16;
/** Where each stands, for those who look at its neighbours. */
const STANDS = 'stands';

export function secretRule(options: SecretRuleOptions): Detector {
  const { per } = options;
  // Only where a name alone tells can it be noise; and one finding for a log is no flood: a new session with every line is what it tells of.
  const mayBeNoise =
    per === 'secret' && KINDS.some(({ rule, rank }) => rule === options.meta.id && rank === 0);
  const { severities } = options.meta;
  const meta: DetectorMeta = {
    ...options.meta,
    ...(mayBeNoise
      ? {
          severities: severities.includes('LOW') ? severities : [...severities, 'LOW'],
          thresholds: [...options.meta.thresholds, NOISE_THRESHOLD],
        }
      : {}),
    family: 'SEC',
    identity: per === 'secret' ? PER_SECRET : PER_PLACE,
  };
  const takes =
    options.takes ??
    ((secret: RecordSecret, record: LineRecord | CallRecord) =>
      secret.kind.rule === meta.id && !isOfTrail(secret, record));
  const { told } = options;
  const fold = {
    ...hitFold(meta.name, DAY_MS, judge),
    reads: [...(mayBeNoise ? [secretNoise.name] : []), ...(told === undefined ? [] : [told.reads])],
    ...(told === undefined ? {} : { judgeDelayMs: NEIGHBOUR_TIME_MS }),
  };

  function observe(record: LineRecord | CallRecord, out: Output, context: ObserveContext): void {
    for (const secret of secretsOf(record, context)) {
      if (!takes(secret, record)) continue;
      const { kind, verdict, fingerprint } = secret;
      const place = logPlace(record);
      const noise = mayBeNoise && kind.rank === 0 ? addNoise(secret, record, out, context) : {};
      out.add(
        fold,
        joinKey(record.account, record.region, kind.name, per === 'secret' ? fingerprint : place),
        record,
        {
          timeMs: record.timeMs,
          severity: options.severity?.(secret, record, context) ?? verdict.severity ?? kind.severity,
          evidence: evidenceOf(record, { kind: kind.name, ...shownOf(secret), ...verdict.facts }),
          facts: {
            place,
            fingerprint,
            ...noise,
            confidence: verdict.confidence.toFixed(2),
            verified: verdict.verified ? 'yes' : 'no',
            [DETAIL]: options.detail?.(secret, record, context) ?? verdict.why ?? '',
            ...(told === undefined || record.kind !== 'line'
              ? {}
              : { [STANDS]: JSON.stringify(placeOfMark(record)) }),
            ...(verdict.facts?.keyId === undefined ? {} : { keyId: verdict.facts.keyId }),
          },
        },
      );
    }
  }

  /** Counts it among what its name is given, and returns what the judge asks for. */
  function addNoise(
    secret: RecordSecret,
    record: LineRecord | CallRecord,
    out: Output,
    context: ObserveContext,
  ): Readonly<Record<string, string>> {
    const { account, region } = record;
    const { fingerprint, kind } = secret;
    const toldByForm = isToldByForm(secret);
    // A name is text of a log, too.
    const name = context.fingerprint(nameForNoise(secret.name)).slice(0, NAME_MARK_CHARACTERS);
    const key = noiseKey(account, region, meta.name, kind.name, logPlace(record), name);
    out.add(secretNoise, key, record, { fingerprint, toldByForm });
    return { [NAMES]: name, ...hourFact(record), ...(toldByForm ? { [TOLD]: 'yes' } : {}) };
  }

  function judge(key: string, hits: HitSummary, context: JudgeContext, window: number): readonly Draft[] {
    const [account = '', region = '', name = '', identity = ''] = splitKey(key);
    const kind = kindCalled(name);
    const places = hits.facts.place ?? [];
    const verified = hits.facts.verified?.includes('yes') ?? false;
    const confidence = Math.max(0, ...(hits.facts.confidence ?? []).map(Number));
    const group = logGroupOf(places[0] ?? '');
    const keyIds = hits.facts.keyId ?? [];
    const different = hits.facts.fingerprint?.length ?? 0;
    const title = kind?.title ?? name;
    const isNoise =
      mayBeNoise &&
      !verified &&
      kind?.rank === 0 &&
      hits.facts[TOLD] === undefined &&
      places.length < MAX_FACT_VALUES &&
      (hits.facts[NAMES]?.length ?? 0) < MAX_FACT_VALUES &&
      isOnlyNoise(hits.facts, window, context, (place, mark) =>
        noiseKey(account, region, meta.name, name, place, mark),
      );
    // One place that the other rule does not know, or no room to say, and it is told here.
    const stands = hits.facts[STANDS] ?? [];
    const isTold =
      told !== undefined &&
      stands.length === hits.count &&
      stands.every((place) => told.isTold(JSON.parse(place) as MarkPlace, identity, context));
    return [
      {
        ...spanOf(hits),
        ...(isNoise && hits.worst !== 'INFO' ? { severity: 'LOW' as const } : {}),
        ...(isTold ? { severity: 'INFO' as const } : {}),
        account,
        region,
        entity: per === 'secret' ? name : identity,
        evidenceKey: per === 'secret' ? identity : name,
        confidence,
        grade: verified ? 'certain' : confidence >= 0.7 && !isNoise ? 'probable' : 'weak',
        title: `${title} in a log: ${listed(places, 1)}`,
        summary:
          `${hits.count} ${hits.count === 1 ? 'record' : 'records'} in ${listed(places)} ${hits.count === 1 ? 'holds' : 'hold'} ` +
          (per !== 'secret' && different > 1
            ? `${withArticle(title)}, ${different < MAX_FACT_VALUES ? different : `${MAX_FACT_VALUES} or more`} different ones. `
            : hits.count === 1
              ? `${withArticle(title)}. `
              : `the same ${inSentence(title)}. `) +
          (options.consequence ?? 'Whoever can read the log can use it.') +
          (isNoise ? ' Its name is noisy in this log: this is left to the digest.' : ''),
        target: { service: '', resource: places[0] ?? '' },
        principal: keyIds.length === 1 ? { type: '', name: '', session: '', keyId: keyIds[0]! } : null,
        why: [
          verified
            ? 'its form leaves no doubt: checksum, decoding or structure hold'
            : kind?.rank === 1
              ? 'it has the form that the issuer gives it'
              : 'the name beside it says what it is, and the value is no placeholder, mask, identifier or word',
          ...(hits.facts[DETAIL] ?? []),
          ...(isTold ? [told.why] : []),
          ...(isNoise
            ? [
                `noisy: the log gives this name more than ${MOST_AN_HOUR} different values within the hour, and fewer than ${LEAST_TOLD_BY_FORM * 100} % have a form that tells: a program calls something else so`,
              ]
            : []),
          ...(places.length > 1 ? [`it stands in ${places.length} logs`] : []),
        ],
        remediation: remediateSecret({
          ...(keyIds.length > 0 ? { keyId: keyIds[0]! } : {}),
          ...(group === '' ? {} : { logGroup: group }),
        }),
      },
    ];
  }

  return {
    meta,
    needs: { calls: ['*'], callText: HINT.secret, lines: true, lineText: HINT.secret, textHints: TEXT_HINTS },
    sights: { needs: [['log-lines', 'management-events']] },
    folds: mayBeNoise ? [secretNoise, fold] : [fold],
    observeCall: observe,
    observeLine: observe,
  };
}

/** What only its name says is a secret, in a field of CloudTrail: SEC-23 tells of it, whatever kind it is. */
export function isOfTrail({ kind }: RecordSecret, record: LineRecord | CallRecord): boolean {
  return record.kind === 'call' && kind.rank === 0;
}

/** What a finding says of a secret: where it stands, how it begins where all of its kind do, how long it is. */
export function shownOf(secret: RecordSecret): Record<string, string | number> {
  const { kind, steps, fingerprint, field } = secret;
  const context = secret.context();
  return {
    field,
    ...(steps.length === 0 ? {} : { decoded: steps.join(' ') }),
    ...(kind.publicPrefix === undefined ? {} : { prefix: secret.secret.slice(0, kind.publicPrefix) }),
    length: secret.secret.length,
    fingerprint,
    ...(context === '' ? {} : { context }),
  };
}

/** First words of titles that are no names: written small inside of a sentence. */
const COMMON_WORDS =
  /^(?:Access|Account|Bearer|Block|Client|Code|Community|Digest|Encrypted|Encryption|Fast|Half-masked|Initialization|Key|Link|Login|Machine|Master|Passphrase|Password|Payment|Plain|Plaintext|Pre-shared|Private|Secret|Seed|Session|Signature|Token|Unseal|User|Value|What)(?![\w-])/;

function withArticle(title: string): string {
  return `${/^(?!uni|use)[aeiou]|^(?:MD5|n8n|npm|NT|NVIDIA|SAML|xAI)/i.test(title) ? 'an' : 'a'} ${inSentence(title)}`;
}

function inSentence(title: string): string {
  return title.replace(COMMON_WORDS, (word) => word.toLowerCase());
}
