// Which detectors are blind in logs, from what the logs show and what each detector declares that it must see.

import type { Detector } from '../detectors/detector.ts';
import { type Sight, sightsOf } from '../detectors/sights.ts';
import {
  type Coverage,
  type CoverageReason,
  type DetectorCoverage,
  MAX_PLACES,
  type ReasonEffect,
  SIGHT_STATES,
  type SightState,
} from '../findings/coverage.ts';
import { judgeCalls } from './judge-calls.ts';
import { judgeFlows, judgeLines } from './judge-flows.ts';
import type { LogFacts } from './log-facts.ts';
import { REASON_CODES, type SightReason, type SightVerdict } from './sight-verdict.ts';

type Verdicts = Readonly<Record<Sight, SightVerdict>>;

const EFFECTS: readonly ReasonEffect[] = ['blind', 'partly', 'note'];

export function judgeCoverage(detectors: readonly Detector[], facts: LogFacts): Coverage {
  const verdicts: Verdicts = { ...judgeCalls(facts), ...judgeFlows(facts), ...judgeLines(facts) };
  const all = detectors.map((detector) => judgeDetector(detector, verdicts));
  const judged = all.map(({ coverage }) => coverage);
  const given = new Set(all.flatMap(({ reasons }) => reasons));
  // In the order of the sights, whichever detector asked first.
  const ordered = [...new Set(Object.values(verdicts).flatMap(({ reasons }) => reasons))];
  const reasons = [
    ...Map.groupBy(
      ordered.filter((one) => given.has(one)),
      ({ code }) => code,
    ).values(),
  ].map(together);
  const blinded = (code: string): number =>
    judged.filter((one) => one.reasons.some((own) => own.code === code && own.effect === 'blind')).length;
  const touched = (code: string): number =>
    judged.filter((one) => one.reasons.some((own) => own.code === code && own.effect !== 'note')).length;
  return {
    detectors: judged.toSorted((a, b) => SIGHT_STATES.indexOf(a.state) - SIGHT_STATES.indexOf(b.state)),
    reasons: reasons.sort(
      (a, b) => blinded(b.code) - blinded(a.code) || touched(b.code) - touched(a.code) || order(a) - order(b),
    ),
    truncated: Object.values(facts).some(({ truncated }) => truncated),
  };
}

function order({ code }: CoverageReason): number {
  return (REASON_CODES as readonly string[]).indexOf(code);
}

/** Two sights may give one reason, each with places and fields of its own. */
function together(reasons: readonly SightReason[]): CoverageReason {
  const [first] = reasons;
  const missing = [...new Set(reasons.flatMap((one) => one.missing))];
  const places = [...new Set(reasons.flatMap((one) => one.places))].sort();
  return {
    code: first!.code,
    text: missing.length === 0 ? first!.text : `${first!.text}: ${missing.join(', ')}`,
    places: places.slice(0, MAX_PLACES),
    placeCount: places.length,
    steps: first!.steps,
  };
}

function judgeDetector(
  detector: Detector,
  verdicts: Verdicts,
): { readonly coverage: DetectorCoverage; readonly reasons: readonly SightReason[] } {
  const { meta } = detector;
  const sights = sightsOf(detector);
  const effects = new Map<string, ReasonEffect>();
  const reasons: SightReason[] = [];
  let state: SightState = 'seeing';
  const note = (sight: Sight, effect: ReasonEffect): void => {
    const verdict = verdicts[sight];
    const counts = effect === 'blind' || verdict.reasons.some(({ isNote }) => !isNote);
    if (verdict.state !== 'there' && counts) state = worse(state, effect);
    for (const reason of verdict.reasons) {
      const own = verdict.state === 'there' || reason.isNote ? 'note' : effect;
      const known = effects.get(reason.code);
      if (known === undefined || EFFECTS.indexOf(own) < EFFECTS.indexOf(known)) effects.set(reason.code, own);
      reasons.push(reason);
    }
  };
  for (const group of sights.needs) {
    const isBlind = group.every((sight) => verdicts[sight].state === 'missing');
    for (const sight of group) note(sight, isBlind ? 'blind' : 'partly');
  }
  for (const sight of sights.parts ?? []) note(sight, 'partly');
  for (const sight of sights.helps ?? []) note(sight, 'note');
  return {
    coverage: {
      rule: meta.id,
      name: meta.name,
      title: meta.title,
      state,
      reasons: [...effects]
        .map(([code, effect]) => ({ code, effect }))
        .sort(
          (a, b) =>
            EFFECTS.indexOf(a.effect) - EFFECTS.indexOf(b.effect) ||
            REASON_CODES.indexOf(a.code as (typeof REASON_CODES)[number]) -
              REASON_CODES.indexOf(b.code as (typeof REASON_CODES)[number]),
        ),
    },
    reasons,
  };
}

function worse(state: SightState, effect: ReasonEffect): SightState {
  if (effect === 'note') return state;
  return SIGHT_STATES.indexOf(effect) < SIGHT_STATES.indexOf(state) ? effect : state;
}
