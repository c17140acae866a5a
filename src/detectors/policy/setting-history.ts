// A setting that is replaced says only what holds from now on. Whether it takes something away shows beside what held before, as far
// as the logs reach: the settings of a resource are remembered by day, and a day is judged with the days before it.

import { DAY_MS, type Draft, type Fold, type JudgeContext } from '../detector.ts';
import { addHit, compareEvidence, emptyHits, type Hit, type HitSummary } from '../hits.ts';
import { type Weakening, weakened } from './weakening.ts';

/** Such settings are changed seldom; older ones are found by investigating. */
export const SETTING_MEMORY_DAYS = 30;
/** Settings of one resource on one day; the earliest are kept. */
const MAX_SETTINGS = 64;

export interface Setting {
  /** What holds from now on, by name of the part: how strong (more is stronger), or which. */
  readonly state: Readonly<Record<string, number | string>>;
  /** False for the state that a new resource begins with: it takes nothing away. */
  readonly isChange: boolean;
  readonly hit: Hit;
}
interface SettingDay {
  /** By (time, eventId, locator). */
  settings: Setting[];
  truncated: boolean;
}

/** What a setting takes away from the one before (null: not known); null when nothing. */
type Compare = (now: Setting, before: Setting | null) => Omit<Weakening, 'resource'> | null;

export function settingFold(
  name: string,
  compare: Compare,
  draftOf: (key: string, hits: HitSummary, context: JudgeContext, window: number) => Draft,
  /** Names of the folds that draftOf reads. */
  reads: readonly string[] = [],
): Fold<Setting, SettingDay> {
  const fold: Fold<Setting, SettingDay> = {
    name,
    version: 1,
    windowMs: DAY_MS,
    keepMs: (SETTING_MEMORY_DAYS + 1) * DAY_MS,
    reads,
    empty: () => ({ settings: [], truncated: false }),
    add: keepSetting,
    merge: (a, b) => {
      a.truncated ||= b.truncated;
      return b.settings.reduce(keepSetting, a);
    },
    judge: (key, window, day, context) => {
      const hits = lossesOn(day, stateBefore(fold, key, window, context), compare);
      return hits.count === 0 ? [] : [draftOf(key, hits, context, window)];
    },
  };
  return fold;
}

function keepSetting(day: SettingDay, setting: Setting): SettingDay {
  let at = day.settings.length;
  while (at > 0 && compareEvidence(setting.hit.evidence, day.settings[at - 1]!.hit.evidence) < 0) at--;
  day.settings.splice(at, 0, setting);
  if (day.settings.length > MAX_SETTINGS) {
    day.settings.pop();
    day.truncated = true;
  }
  return day;
}

/** A call that failed changed nothing. */
const holds = (setting: Setting): boolean => setting.hit.facts?.error === undefined;

function stateBefore(
  fold: Fold<Setting, SettingDay>,
  key: string,
  window: number,
  context: JudgeContext,
): Setting | null {
  for (let day = window - 1; day >= window - SETTING_MEMORY_DAYS; day--) {
    const last = context.read(fold, key, day)?.settings.findLast(holds);
    if (last !== undefined) return last;
  }
  return null;
}

function lossesOn(day: SettingDay, before: Setting | null, compare: Compare): HitSummary {
  const hits = emptyHits();
  let known = before;
  for (const setting of day.settings) {
    const loss = setting.isChange ? compare(setting, known) : null;
    if (loss !== null) addHit(hits, weakened(setting.hit, loss));
    if (holds(setting)) known = setting;
  }
  hits.truncated ||= day.truncated;
  return hits;
}
