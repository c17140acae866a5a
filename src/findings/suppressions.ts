// Findings that somebody has decided not to hear of: what they match, and until when. Pure; the file itself is read by
// src/replay/suppressions-file.ts. A suppressed finding is computed, counted and listed: it is only not told.

import { createHash } from 'node:crypto';
import type { Finding } from './finding.ts';

/**
 * What an entry may match on. A user agent is not among them: whoever is to be found chooses it.
 */
export const MATCH_KEYS = [
  'id',
  'rule',
  'family',
  'account',
  'region',
  'entity',
  'principal',
  'keyId',
  'ip',
  'service',
  'target',
] as const;
export type MatchKey = (typeof MATCH_KEYS)[number];

/** Any of the patterns of a key, and every key that is named. A pattern is exact but for `*`, which stands for any text, also none. */
export type SuppressionMatch = Readonly<Partial<Record<MatchKey, readonly string[]>>>;

export interface Suppression {
  /** 8 hex digits of what it matches: the same wherever it stands in the file. */
  readonly id: string;
  readonly match: SuppressionMatch;
  readonly reason: string;
  readonly owner: string;
  /** `2026-12-31`: the last day, UTC, on which it suppresses. */
  readonly expires: string;
}

/** As it is bundled with the functions. */
export interface Suppressions {
  readonly formatVersion: 1;
  readonly entries: readonly Suppression[];
}

export const NO_SUPPRESSIONS: Suppressions = { formatVersion: 1, entries: [] };

const DAY_MS = 86_400_000;

/** The first moment, milliseconds since the epoch, at which it suppresses no more. */
export function suppressionEndMs({ expires }: Pick<Suppression, 'expires'>): number {
  return Date.parse(`${expires}T00:00:00.000Z`) + DAY_MS;
}

export function suppressionId(match: SuppressionMatch): string {
  const parts = MATCH_KEYS.map((key) => [...(match[key] ?? [])].sort());
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, 8);
}

/** `rule TLS-06, account 111122223333`. */
export function describeMatch(match: SuppressionMatch): string {
  return MATCH_KEYS.flatMap((key) =>
    match[key] === undefined ? [] : `${key} ${match[key].join(' or ')}`,
  ).join(', ');
}

/** The first entry that holds for the finding at `nowMs`; else the first that would, had it not expired; null: none is about it. */
export function findSuppression(
  { entries }: Suppressions,
  finding: Finding,
  nowMs: number,
): { readonly entry: Suppression; readonly expired: boolean } | null {
  let expired: Suppression | null = null;
  for (const entry of entries) {
    if (!matches(entry.match, finding)) continue;
    if (nowMs < suppressionEndMs(entry)) return { entry, expired: false };
    expired ??= entry;
  }
  return expired === null ? null : { entry: expired, expired: true };
}

/** Id of the entry that suppresses a finding at the time that `now` (milliseconds since the epoch) gives; null: it is told. */
export function createSuppressedBy(
  suppressions: Suppressions,
  now: () => number,
): (finding: Finding) => string | null {
  return (finding) => {
    const found = findSuppression(suppressions, finding, now());
    return found === null || found.expired ? null : found.entry.id;
  };
}

/** What became of one entry in a run, or in a day. */
export interface SuppressionUse {
  readonly id: string;
  /** As `describeMatch` writes it. */
  readonly match: string;
  readonly reason: string;
  readonly owner: string;
  readonly expires: string;
  readonly expired: boolean;
  /** Findings that it suppressed; of an expired one those that it would have. */
  readonly count: number;
  /** Ids of the first of them, in order of id. */
  readonly findings: readonly string[];
}

/** Ids in a SuppressionUse; `count` counts them all. */
export const MAX_LISTED_SUPPRESSED = 100;

/** Parts findings into those to be told and those that are suppressed, with the use of every entry: also of one that matched nothing. */
export function applySuppressions(
  suppressions: Suppressions,
  findings: readonly Finding[],
  nowMs: number,
): { readonly told: readonly Finding[]; readonly uses: readonly SuppressionUse[] } {
  const told: Finding[] = [];
  const idsByEntry = new Map<Suppression, string[]>(suppressions.entries.map((entry) => [entry, []]));
  for (const finding of findings) {
    const found = findSuppression(suppressions, finding, nowMs);
    if (found !== null) idsByEntry.get(found.entry)!.push(finding.id);
    if (found === null || found.expired) told.push(finding);
  }
  const uses = [...idsByEntry].map(([entry, ids]) => suppressionUse(entry, ids, nowMs));
  return { told, uses };
}

function suppressionUse(entry: Suppression, ids: readonly string[], nowMs: number): SuppressionUse {
  return {
    id: entry.id,
    match: describeMatch(entry.match),
    reason: entry.reason,
    owner: entry.owner,
    expires: entry.expires,
    expired: nowMs >= suppressionEndMs(entry),
    count: ids.length,
    findings: [...ids].sort().slice(0, MAX_LISTED_SUPPRESSED),
  };
}

function matches(match: SuppressionMatch, finding: Finding): boolean {
  for (const key of MATCH_KEYS) {
    const patterns = match[key];
    if (patterns === undefined) continue;
    const value = textOf(key, finding);
    if (!patterns.some((pattern) => matchesPattern(pattern, value))) return false;
  }
  return true;
}

function textOf(key: MatchKey, { rule, principal, actor, target, ...finding }: Finding): string {
  switch (key) {
    case 'rule':
      return rule.id;
    case 'family':
      return rule.family;
    case 'principal':
      return principal?.name ?? '';
    case 'keyId':
      return principal?.keyId ?? '';
    case 'ip':
      return actor?.ip ?? '';
    case 'service':
      return target?.service ?? '';
    case 'target':
      return target?.resource ?? '';
    default:
      return finding[key];
  }
}

/** Takes the pieces between the stars from left to right, each where it first occurs: no pattern makes that slow. */
function matchesPattern(pattern: string, value: string): boolean {
  const [head = '', ...rest] = pattern.split('*');
  if (rest.length === 0) return value === pattern;
  const tail = rest.pop()!;
  if (value.length < head.length + tail.length || !value.startsWith(head) || !value.endsWith(tail))
    return false;
  const end = value.length - tail.length;
  let at = head.length;
  for (const piece of rest) {
    const found = value.indexOf(piece, at);
    if (found < 0 || found + piece.length > end) return false;
    at = found + piece.length;
  }
  return true;
}

/**
 * The suppressions that were compiled into a function when it was packaged: scripts/bundle-handlers.ts puts them in the place of this
 * name. Outside of a bundle there are none.
 */
export function bundledSuppressions(): Suppressions {
  const bundled = (globalThis as { WIRETRAIL_SUPPRESSIONS?: Suppressions }).WIRETRAIL_SUPPRESSIONS;
  return bundled ?? NO_SUPPRESSIONS;
}
