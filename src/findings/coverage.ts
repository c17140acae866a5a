// What logs show to which detector, and what would show it the rest. A blind detector is never shown as clean.

import type { RemediationStep } from './finding.ts';

/** Worst first. */
export const SIGHT_STATES = ['blind', 'partly', 'seeing'] as const;
export type SightState = (typeof SIGHT_STATES)[number];

/** blind, partly: it makes the detector so. note: the detector sees, and says less, or something could not be known. */
export type ReasonEffect = 'blind' | 'partly' | 'note';

export interface CoverageReason {
  /** Closed list: src/coverage/judge-sights.ts, docs/coverage.md. */
  readonly code: string;
  /** What the logs do not show, in a line without its end. */
  readonly text: string;
  /** Where: accounts with regions, networks, log groups; the first MAX_PLACES by name. Empty: everywhere, or not to be known. */
  readonly places: readonly string[];
  readonly placeCount: number;
  /** What opens the eyes, the first step first. */
  readonly steps: readonly RemediationStep[];
}

export interface DetectorCoverage {
  readonly rule: string;
  readonly name: string;
  readonly title: string;
  readonly state: SightState;
  /** Codes of reasons, what makes it blind first. */
  readonly reasons: readonly { readonly code: string; readonly effect: ReasonEffect }[];
}

export interface Coverage {
  /** Worst first, then in the order of the catalogue. */
  readonly detectors: readonly DetectorCoverage[];
  /** Each once; those that blind most detectors first. */
  readonly reasons: readonly CoverageReason[];
  /** Accounts, networks or log groups were more than are kept: of those left out nothing is said. */
  readonly truncated: boolean;
}

export const MAX_PLACES = 20;

export function countStates({ detectors }: Pick<Coverage, 'detectors'>): Record<SightState, number> {
  const of = (state: SightState): number => detectors.filter((one) => one.state === state).length;
  return { blind: of('blind'), partly: of('partly'), seeing: of('seeing') };
}

/** The text with its places: `no flow logs (111122223333 us-east-1, 111122223333 eu-west-1 and 3 more)`. */
export function reasonText({ text, places, placeCount }: CoverageReason, maxPlaces: number): string {
  if (places.length === 0) return text;
  const shown = places.slice(0, maxPlaces);
  const more = placeCount > shown.length ? ` and ${placeCount - shown.length} more` : '';
  return `${text} (${shown.join(', ')}${more})`;
}

/** Rules that a reason makes blind, or partly blind, in the order of the coverage. */
export function rulesOfReason(
  { detectors }: Pick<Coverage, 'detectors'>,
  code: string,
  effect: ReasonEffect,
): string[] {
  return detectors
    .filter(({ reasons }) => reasons.some((reason) => reason.code === code && reason.effect === effect))
    .map(({ rule }) => rule);
}

/** Why rules are blind, or partly blind, in a line: for a digest. */
export interface BlindReason {
  readonly effect: Exclude<ReasonEffect, 'note'>;
  readonly code: string;
  /** With its first places. */
  readonly why: string;
  readonly rules: readonly string[];
  /** What changes it; null where that is not one command. */
  readonly command: string | null;
}

const MAX_PLACES_IN_LINE = 2;

/** What makes rules blind first, then what makes them partly blind; a reason that does both stands in both. */
export function blindReasons(coverage: Coverage): BlindReason[] {
  return (['blind', 'partly'] as const).flatMap((effect) =>
    coverage.reasons.flatMap((reason) => {
      const rules = rulesOfReason(coverage, reason.code, effect);
      if (rules.length === 0) return [];
      const changing = reason.steps.find(({ command, risk }) => command !== null && !risk.startsWith('None'));
      const why = reasonText(reason, MAX_PLACES_IN_LINE);
      return [{ effect, code: reason.code, why, rules, command: changing?.command ?? null }];
    }),
  );
}
