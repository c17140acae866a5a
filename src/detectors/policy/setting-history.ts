// A setting that is replaced says only what holds from now on. Whether it takes something away shows beside what held before, as far
// as the logs reach: the settings of a resource are remembered by day, and a day is judged with the days before it.

import { DAY_MS, type Draft, type Fold, type JudgeContext } from '../detector.ts';
import { addHit, compareEvidence, emptyHits, type Hit, type HitSummary } from '../hits.ts';
import { type Weakening, weakened } from './weakening.ts';

/** Such settings are changed seldom; older ones are found by investigating. */
export const SETTING_MEMORY_DAYS = 30;
/**
 * Settings of one resource on one day: the earliest and the latest, so that what holds in the end is right however many there were. Calls
 * that failed need no permission: they are kept apart, or whoever makes many would push out what counts.
 */
const MAX_SETTINGS = 64;
const MAX_FAILURES = 16;

export interface Setting {
  /** What holds from now on, by name of the part: how strong (more is stronger), or which. */
  readonly state: Readonly<Record<string, number | string>>;
  /** False for the state that a new resource begins with: it takes nothing away. */
  readonly isChange: boolean;
  /** The state can be called up again by this name: a version of a policy. */
  readonly name?: string;
  /** What holds is the state of that name, in place of `state`; where nobody remembers the name, nothing is said. */
  readonly recalls?: string;
  /**
   * `aside`: said, but not in force (a version that is not the default). `passing`: compared, but what held goes on for others (a policy
   * taken from one of its users).
   */
  readonly role?: 'aside' | 'passing';
  readonly hit: Hit;
}
interface SettingDay {
  /** That were made, by (time, eventId, locator). */
  settings: Setting[];
  truncated: boolean;
  /** In the same order. */
  failures: Setting[];
  failuresTruncated: boolean;
}

/** Nobody sets one thing so often; what was in the middle of it is not known. */
const TOO_MANY = {
  severity: 'MEDIUM',
  what: `set more than ${MAX_SETTINGS} times on one day`,
  confidence: 0.5,
  why: `only the first and the last ${MAX_SETTINGS / 2} settings of a day are compared, and they take nothing away; those in between may have`,
} as const;

/** What a setting is compared within. */
export interface SettingsOfDay {
  readonly key: string;
  /** What held later on that day. */
  readonly after: readonly Setting[];
  /** What held at any time of that day. */
  readonly all: readonly Setting[];
  readonly context: JudgeContext;
}

/** What a setting takes away from the one before (null: not known); null when nothing. */
type Compare = (
  now: Setting,
  before: Setting | null,
  day: SettingsOfDay,
) => Omit<Weakening, 'resource'> | null;

export function settingFold(
  name: string,
  compare: Compare,
  draftOf: (key: string, hits: HitSummary, context: JudgeContext, window: number) => Draft,
  /** Names of the folds that compare and draftOf read. */
  reads: readonly string[] = [],
  /** Parts of the state that last until a setting says them anew. */
  lasting: readonly string[] = [],
): Fold<Setting, SettingDay> {
  const fold: Fold<Setting, SettingDay> = {
    name,
    version: 1,
    windowMs: DAY_MS,
    keepMs: (SETTING_MEMORY_DAYS + 1) * DAY_MS,
    reads,
    empty: emptyDay,
    add: keepSetting,
    merge: (a, b) => {
      a.truncated ||= b.truncated;
      a.failuresTruncated ||= b.failuresTruncated;
      return [...b.settings, ...b.failures].reduce(keepSetting, a);
    },
    toJson: (day) => day,
    // Days that were written with one list for both are read as well.
    fromJson: (value) => {
      const {
        settings,
        failures = [],
        ...flags
      } = value as Pick<SettingDay, 'settings'> & Partial<SettingDay>;
      return [...settings, ...failures].reduce(keepSetting, { ...emptyDay(), ...flags });
    },
    judge: (key, window, day, context) => {
      const before = (): Iterable<Setting> => past(fold, key, window, context);
      const hits = lossesOn(day, before, { key, context }, compare, lasting);
      return hits.count === 0 ? [] : [draftOf(key, hits, context, window)];
    },
  };
  return fold;
}

function emptyDay(): SettingDay {
  return { settings: [], truncated: false, failures: [], failuresTruncated: false };
}

function keepSetting(day: SettingDay, setting: Setting): SettingDay {
  if (succeeded(setting)) day.truncated = keepEnds(day.settings, setting, MAX_SETTINGS) || day.truncated;
  else day.failuresTruncated = keepEnds(day.failures, setting, MAX_FAILURES) || day.failuresTruncated;
  return day;
}

/** Sorted insert into a list of the earliest and as many of the latest; true when one in the middle had to go. */
function keepEnds(list: Setting[], setting: Setting, most: number): boolean {
  list.splice(placeIn(list, setting), 0, setting);
  if (list.length <= most) return false;
  list.splice(most / 2, 1);
  return true;
}

function placeIn(list: readonly Setting[], { hit }: Setting): number {
  let at = list.length;
  while (at > 0 && compareEvidence(hit.evidence, list[at - 1]!.hit.evidence) < 0) at--;
  return at;
}

/** A call that failed changed nothing. */
const succeeded = (setting: Setting): boolean => setting.hit.facts?.error === undefined;
const holds = (setting: Setting): boolean => setting.role === undefined && succeeded(setting);

/** Settings of the days before, the latest first. */
function* past(
  fold: Fold<Setting, SettingDay>,
  key: string,
  window: number,
  context: JudgeContext,
): Generator<Setting> {
  for (let day = window - 1; day >= window - SETTING_MEMORY_DAYS; day--) {
    const settings = context.read(fold, key, day)?.settings ?? [];
    for (let at = settings.length - 1; at >= 0; at--) yield settings[at]!;
  }
}

function lossesOn(
  day: SettingDay,
  before: () => Iterable<Setting>,
  place: Pick<SettingsOfDay, 'key' | 'context'>,
  compare: Compare,
  lasting: readonly string[],
): HitSummary {
  const hits = emptyHits();
  const all = [...day.settings];
  for (const failure of day.failures) all.splice(placeIn(all, failure), 0, failure);
  let known = all.some(({ isChange }) => isChange) ? lastOf(before(), lasting) : null;
  const said = all
    .map((setting, at) => recalled(setting, () => earlier(all.slice(0, at), before())))
    .filter((setting): setting is Setting => setting !== null && setting.role !== 'aside');
  const holding = said.filter(holds);
  for (const [at, now] of said.entries()) {
    const after = said.slice(at + 1).filter(holds);
    const loss = now.isChange ? compare(now, known, { ...place, after, all: holding }) : null;
    if (loss !== null) addHit(hits, weakened(now.hit, loss));
    if (holds(now)) known = keeping(now, known, lasting);
  }
  const last = day.truncated ? day.settings.findLast(({ isChange }) => isChange) : undefined;
  if (last !== undefined && hits.facts.done === undefined) addHit(hits, weakened(last.hit, TOO_MANY));
  hits.truncated ||= day.truncated || day.failuresTruncated;
  return hits;
}

function* earlier(today: readonly Setting[], before: Iterable<Setting>): Generator<Setting> {
  for (let at = today.length - 1; at >= 0; at--) yield today[at]!;
  yield* before;
}

/** What held last; null when nothing is known. */
function lastOf(settings: Iterable<Setting>, lasting: readonly string[]): Setting | null {
  let known: Setting | null = null;
  const rest = [...(lasting.length === 0 ? untilPlain(settings) : settings)];
  for (const [at, setting] of rest.entries()) {
    if (!holds(setting)) continue;
    const state = recalled(setting, () => rest.slice(at + 1));
    if (state === null) continue;
    known = known === null ? state : keeping(known, state, lasting);
    if (lasting.every((part) => known!.state[part] !== undefined)) return known;
  }
  return known;
}

/** Most often the latest setting says it all: nothing older is read then. */
function* untilPlain(settings: Iterable<Setting>): Generator<Setting> {
  let whole = false;
  for (const setting of settings) {
    yield setting;
    whole ||= setting.recalls !== undefined;
    if (!whole && holds(setting)) return;
  }
}

function recalled(setting: Setting, older: () => Iterable<Setting>): Setting | null {
  if (setting.recalls === undefined) return setting;
  for (const named of older()) {
    if (named.name === setting.recalls && succeeded(named)) return { ...setting, state: named.state };
  }
  return null;
}

function keeping(now: Setting, before: Setting | null, lasting: readonly string[]): Setting {
  const kept = lasting.filter((part) => now.state[part] === undefined && before?.state[part] !== undefined);
  if (kept.length === 0) return now;
  return {
    ...now,
    state: { ...now.state, ...Object.fromEntries(kept.map((part) => [part, before!.state[part]!])) },
  };
}
