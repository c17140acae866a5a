// PutEventSelectors replaces what a trail keeps. Whether that takes something away shows beside what the trail kept before, as far
// as the logs reach: the settings of a trail are remembered by day, and a day is judged with the days before it.

import type { Evidence, Severity } from '../../findings/finding.ts';
import type { CallRecord } from '../../records/record.ts';
import { DAY_MS, type Draft, type Fold, type JudgeContext, splitKey } from '../detector.ts';
import { compareEvidence, evidenceOf, worse } from '../hits.ts';
import { callerFacts } from './caller.ts';
import { type Coverage, isLess } from './event-selectors.ts';
import { oneStepLower } from './steps.ts';

/** Days for which a trail's settings are remembered: trails are changed seldom, and older ones are found by investigating. */
export const SELECTOR_MEMORY_DAYS = 30;
/** Settings of one trail on one day; the earliest are kept. */
const MAX_SETTINGS = 64;

/** What a trail was told to keep. */
export interface SelectorSetting {
  readonly coverage: Coverage;
  /** False for the state that a new trail begins with. */
  readonly isChange: boolean;
  readonly own: boolean;
  readonly facts: Readonly<Record<string, string>>;
  readonly evidence: Evidence;
}
interface SelectorDay {
  /** By (time, eventId, locator). */
  settings: SelectorSetting[];
  truncated: boolean;
}

export interface SelectorLoss {
  readonly settings: readonly SelectorSetting[];
  readonly lost: readonly string[];
  readonly severity: Severity;
  readonly confidence: number;
  readonly why: readonly string[];
  readonly before: SelectorSetting | null;
  readonly truncated: boolean;
}

export function settingOf(
  call: CallRecord,
  coverage: Coverage,
  isChange: boolean,
  own: boolean,
): SelectorSetting {
  return {
    coverage,
    isChange,
    own,
    facts: callerFacts(call),
    evidence: evidenceOf(call, {
      action: call.action,
      managementEvents: coverage.management,
      dynamodbTables: coverage.tables,
      dynamodbStreams: coverage.streams,
      principal: call.principal,
      sourceIp: call.ip,
    }),
  };
}

export function selectorFold(
  draftOf: (account: string, region: string, trail: string, loss: SelectorLoss) => Draft,
): Fold<SelectorSetting, SelectorDay> {
  const fold: Fold<SelectorSetting, SelectorDay> = {
    name: 'trail-selectors',
    version: 1,
    windowMs: DAY_MS,
    keepMs: (SELECTOR_MEMORY_DAYS + 1) * DAY_MS,
    empty: () => ({ settings: [], truncated: false }),
    add: keepSetting,
    merge: (a, b) => {
      a.truncated ||= b.truncated;
      return b.settings.reduce(keepSetting, a);
    },
    judge: (key, window, day, context) => {
      const [account = '', region = '', trail = ''] = splitKey(key);
      const loss = lossOn(day, settingBefore(fold, key, window, context));
      return loss === null ? [] : [draftOf(account, region, trail, loss)];
    },
  };
  return fold;
}

function keepSetting(day: SelectorDay, setting: SelectorSetting): SelectorDay {
  let at = day.settings.length;
  while (at > 0 && compareEvidence(setting.evidence, day.settings[at - 1]!.evidence) < 0) at--;
  day.settings.splice(at, 0, setting);
  if (day.settings.length > MAX_SETTINGS) {
    day.settings.pop();
    day.truncated = true;
  }
  return day;
}

function settingBefore(
  fold: Fold<SelectorSetting, SelectorDay>,
  key: string,
  window: number,
  context: JudgeContext,
): SelectorSetting | null {
  for (let day = window - 1; day >= window - SELECTOR_MEMORY_DAYS; day--) {
    const last = context.read(fold, key, day)?.settings.at(-1);
    if (last !== undefined) return last;
  }
  return null;
}

function lossOn(day: SelectorDay, before: SelectorSetting | null): SelectorLoss | null {
  let known = before;
  let severity: Severity = 'INFO';
  let confidence = 0;
  const losing: SelectorSetting[] = [];
  const lost = new Set<string>();
  const why = new Set<string>();
  for (const setting of day.settings) {
    const losses = setting.isChange ? lossesOf(setting.coverage, known?.coverage ?? null) : [];
    known = setting;
    if (losses.length === 0) continue;
    losing.push(setting);
    for (const loss of losses) {
      const base: Severity = setting.own ? 'CRITICAL' : loss.severity;
      severity = worse(severity, setting.facts.through === '' ? base : oneStepLower(base));
      confidence = Math.max(confidence, loss.confidence);
      lost.add(loss.what);
      why.add(loss.why);
    }
  }
  if (losing.length === 0) return null;
  return {
    settings: losing,
    lost: [...lost],
    severity,
    confidence,
    why: [...why],
    before,
    truncated: day.truncated,
  };
}

interface Loss {
  readonly what: string;
  readonly severity: Severity;
  readonly confidence: number;
  readonly why: string;
}

const KNOWN_CONFIDENCE = 0.95;
/** Half: a trail that never kept them looks the same as one that lost them. */
const UNKNOWN_CONFIDENCE = 0.5;

function lossesOf(now: Coverage, before: Coverage | null): Loss[] {
  const losses: Loss[] = [];
  if (before === null ? now.management === 'none' : isLess(now.management, before.management)) {
    losses.push({
      what: 'management events',
      severity: 'HIGH',
      confidence: KNOWN_CONFIDENCE,
      why:
        before === null
          ? `write management events are not kept any more, which every trail keeps by itself: ${KNOWN_CONFIDENCE}`
          : `management events: ${before.management} before, ${now.management} now: ${KNOWN_CONFIDENCE}`,
    });
  }
  for (const [field, what] of [
    ['tables', 'DynamoDB data events'],
    ['streams', 'DynamoDB Streams data events'],
  ] as const) {
    if (before !== null && isLess(now[field], before[field])) {
      losses.push({
        what,
        severity: 'HIGH',
        confidence: KNOWN_CONFIDENCE,
        why: `${what}: ${before[field]} before, ${now[field]} now: ${KNOWN_CONFIDENCE}`,
      });
    }
  }
  if (before === null && now.tables === 'none') {
    losses.push({
      what: 'DynamoDB data events',
      severity: 'MEDIUM',
      confidence: UNKNOWN_CONFIDENCE,
      why: `DynamoDB data events are not kept; the logs do not show whether they were before: ${UNKNOWN_CONFIDENCE}`,
    });
  }
  return losses;
}
