// The summary that most detectors use: how often, since when, and the earliest pieces of evidence.

import { type Evidence, SEVERITIES, type Severity } from '../findings/finding.ts';
import { compareText } from '../lib/text-order.ts';
import type { AnyRecord, EpochMs } from '../records/record.ts';
import type { Draft, Fold, JudgeContext } from './detector.ts';

/** Kept pieces of evidence: what a person reads; the rest is in the count. */
export const MAX_EVIDENCE = 10;
/** Kept distinct values of one fact (tables, hosts, ...). */
export const MAX_FACT_VALUES = 16;

export interface Hit {
  readonly evidence: Evidence;
  readonly timeMs: EpochMs;
  readonly severity: Severity;
  /** Values that the finding lists: tables, hosts, networks, actions. Never a secret. */
  readonly facts?: Readonly<Record<string, string>>;
}

/** A hit of which there are thousands a day: its evidence, which is of `timeMs`, is made only if it is among the earliest. */
export interface FrequentHit extends Omit<Hit, 'evidence'> {
  readonly evidence: () => Evidence;
}

export interface HitSummary {
  count: number;
  firstMs: EpochMs;
  lastMs: EpochMs;
  worst: Severity;
  /** The earliest by (time, eventId, locator). */
  evidence: Evidence[];
  /** Fact name to its values: the smallest in code unit order when there are too many. */
  facts: Record<string, string[]>;
  truncated: boolean;
}

/** A fold of hits in tumbling windows of `windowMs`, judged by `judge`. */
export function hitFold(
  name: string,
  windowMs: number,
  judge: (key: string, hits: HitSummary, context: JudgeContext, window: number) => readonly Draft[],
): Fold<Hit | FrequentHit, HitSummary> {
  return {
    name,
    version: 1,
    windowMs,
    empty: emptyHits,
    add: addHit,
    merge: mergeHits,
    judge: (key, window, summary, context) => judge(key, summary, context, window),
  };
}

export function emptyHits(): HitSummary {
  return {
    count: 0,
    firstMs: Infinity,
    lastMs: -Infinity,
    worst: 'INFO',
    evidence: [],
    facts: {},
    truncated: false,
  };
}

export function addHit(summary: HitSummary, hit: Hit | FrequentHit): HitSummary {
  summary.count += 1;
  summary.firstMs = Math.min(summary.firstMs, hit.timeMs);
  summary.lastMs = Math.max(summary.lastMs, hit.timeMs);
  summary.worst = worse(summary.worst, hit.severity);
  if (typeof hit.evidence !== 'function') keepEarliest(summary.evidence, hit.evidence);
  else if (mayBeAmongEarliest(summary.evidence, hit.timeMs)) keepEarliest(summary.evidence, hit.evidence());
  for (const [name, value] of Object.entries(hit.facts ?? {})) {
    if (value !== '') addFact(summary, name, value);
  }
  return summary;
}

function mayBeAmongEarliest(list: readonly Evidence[], timeMs: EpochMs): boolean {
  const last = list[MAX_EVIDENCE - 1];
  return last === undefined || timeMs <= Date.parse(last.time);
}

export function mergeHits(a: HitSummary, b: HitSummary): HitSummary {
  a.count += b.count;
  a.firstMs = Math.min(a.firstMs, b.firstMs);
  a.lastMs = Math.max(a.lastMs, b.lastMs);
  a.worst = worse(a.worst, b.worst);
  a.truncated ||= b.truncated;
  for (const piece of b.evidence) keepEarliest(a.evidence, piece);
  for (const [name, values] of Object.entries(b.facts)) for (const value of values) addFact(a, name, value);
  return a;
}

/** Evidence of a record; `fields` holds nothing secret. */
export function evidenceOf(record: AnyRecord, fields: Evidence['fields']): Evidence {
  return {
    source: sourceOf(record),
    locator: record.locator,
    eventId: record.eventId,
    time: new Date(record.timeMs).toISOString(),
    fields,
  };
}

function sourceOf(record: AnyRecord): Evidence['source'] {
  if (record.kind === 'call') return 'cloudtrail';
  if (record.kind === 'flow') return 'vpc-flow';
  return record.format === 'text' ? 'application-log' : 'access-log';
}

export function worse(a: Severity, b: Severity): Severity {
  return SEVERITIES.indexOf(a) <= SEVERITIES.indexOf(b) ? a : b;
}

/** Sorted insert into a list of the earliest; ISO times compare as text. */
export function keepEarliest(list: Evidence[], piece: Evidence, most: number = MAX_EVIDENCE): void {
  let at = list.length;
  while (at > 0 && compareEvidence(piece, list[at - 1]!) < 0) at--;
  if (at >= most) return;
  list.splice(at, 0, piece);
  if (list.length > most) list.pop();
}

export function compareEvidence(a: Evidence, b: Evidence): number {
  return (
    compareText(a.time, b.time) || compareText(a.eventId, b.eventId) || compareText(a.locator, b.locator)
  );
}

function addFact(summary: HitSummary, name: string, value: string): void {
  let values = summary.facts[name];
  if (values === undefined) {
    values = [];
    summary.facts[name] = values;
  }
  let at = values.length;
  while (at > 0 && value < values[at - 1]!) at--;
  if (at > 0 && values[at - 1] === value) return;
  if (at >= MAX_FACT_VALUES) {
    summary.truncated = true;
    return;
  }
  values.splice(at, 0, value);
  if (values.length > MAX_FACT_VALUES) {
    values.pop();
    summary.truncated = true;
  }
}
