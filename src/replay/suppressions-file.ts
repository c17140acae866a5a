// The file of suppressions: YAML that people write, checked strictly, so that a typo suppresses nothing by mistake and hides nothing for ever.
// The same file serves `replay --suppressions` and the functions, into which scripts/bundle-handlers.ts compiles it.

import { readFileSync, statSync } from 'node:fs';
import * as z from 'zod';
import { describeIssue, MAX_CONFIG_BYTES, parseYaml } from '../config.ts';
import {
  describeMatch,
  MATCH_KEYS,
  type Suppression,
  type SuppressionMatch,
  type Suppressions,
  suppressionEndMs,
  suppressionId,
} from '../findings/suppressions.ts';
import { WiretrailError } from '../lib/errors.ts';

/** Days from now on: what is meant for longer is looked at again twice a year. */
export const MAX_SUPPRESSION_DAYS = 180;
const DAY_MS = 86_400_000;
const MAX_ENTRIES = 1_000;
/** UTF-16 units of a pattern: those of the longest texts in a finding (src/findings/score.ts) fit. */
const MAX_PATTERN_LENGTH = 512;

const pattern = z
  .string()
  .min(1, 'must not be empty')
  .max(MAX_PATTERN_LENGTH)
  .refine((text) => !/^\*+$/.test(text), 'matches everything: leave the key out instead');
const patterns = z.union([pattern, z.array(pattern).min(1).max(100)]);
const words = z.string().trim().min(1, 'must not be empty').max(500);

const entrySchema = z.strictObject({
  match: z
    .strictObject(Object.fromEntries(MATCH_KEYS.map((key) => [key, patterns.optional()])))
    .refine((match) => Object.keys(match).length > 0, 'names nothing that a finding could have'),
  reason: words,
  owner: words,
  expires: z.string().refine((text) => isDay(text), 'must be a day such as 2026-12-31'),
});
const fileSchema = z.strictObject({
  version: z.literal('1').optional(),
  suppressions: z.array(z.unknown()).max(MAX_ENTRIES),
});

const ENTRY_HINT =
  `An entry has match, reason, owner and expires (at most ${MAX_SUPPRESSION_DAYS} days from now), and nothing else; ` +
  `match has one or more of ${MATCH_KEYS.join(', ')}. See docs/suppressions.md.`;

/** Throws a WiretrailError (E_SUPPRESSIONS) that names every wrong entry by its place in the file and by what it matches. */
export function parseSuppressions(text: string, where: string, nowMs: number): Suppressions {
  // Every scalar stays text: as a number an account would lose its leading zeros.
  const value = parseYaml(text, where, { code: 'E_SUPPRESSIONS', schema: 'failsafe' });
  // An empty file, or one of comments, has no entries.
  const file = fileSchema.safeParse(value === null || value === '' ? { suppressions: [] } : value);
  if (!file.success) {
    throw fail(
      where,
      file.error.issues.map(describeIssue),
      'The file is a list `suppressions:` of entries. See docs/suppressions.md.',
    );
  }
  const wrong: string[] = [];
  const entries: Suppression[] = [];
  const firstById = new Map<string, number>();
  for (const [at, raw] of file.data.suppressions.entries()) {
    const place = placeOf(at, raw);
    const parsed = entrySchema.safeParse(raw);
    if (!parsed.success) {
      wrong.push(...parsed.error.issues.map((issue) => `${place}: ${describeIssue(issue)}`));
      continue;
    }
    const { match, reason, owner, expires } = parsed.data;
    const asLists = listsOf(match);
    const id = suppressionId(asLists);
    const days = Math.ceil((suppressionEndMs({ expires }) - nowMs) / DAY_MS) - 1;
    if (days > MAX_SUPPRESSION_DAYS) {
      wrong.push(
        `${place}: expires: lies ${days} days ahead, and at most ${MAX_SUPPRESSION_DAYS} are allowed`,
      );
    }
    const first = firstById.get(id);
    if (first !== undefined) wrong.push(`${place}: matches the same as entry ${first + 1}: keep one of them`);
    firstById.set(id, first ?? at);
    entries.push({ id, match: asLists, reason, owner, expires });
  }
  if (wrong.length > 0) throw fail(where, wrong, ENTRY_HINT);
  return { formatVersion: 1, entries };
}

/** Throws a WiretrailError (E_SUPPRESSIONS) also where the file cannot be read. */
export function readSuppressions(path: string, nowMs: number): Suppressions {
  let text: string;
  try {
    const { size } = statSync(path);
    if (size > MAX_CONFIG_BYTES) {
      throw new WiretrailError(
        'E_SUPPRESSIONS',
        path,
        `is larger than ${MAX_CONFIG_BYTES} bytes`,
        'Name a file of suppressions, not a log.',
      );
    }
    text = readFileSync(path, 'utf8');
  } catch (error) {
    if (error instanceof WiretrailError) throw error;
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown error';
    throw new WiretrailError(
      'E_SUPPRESSIONS',
      path,
      `cannot be read (${code})`,
      'Name a YAML file of suppressions. See docs/suppressions.md.',
      error,
    );
  }
  return parseSuppressions(text, path, nowMs);
}

function listsOf(match: Readonly<Record<string, string | string[] | undefined>>): SuppressionMatch {
  const lists = MATCH_KEYS.flatMap((key) => {
    const value = match[key];
    return value === undefined ? [] : [[key, typeof value === 'string' ? [value] : value] as const];
  });
  return Object.fromEntries(lists);
}

/** `entry 3 (rule TLS-06)`: found again by a person, also where it is wrong. */
function placeOf(at: number, raw: unknown): string {
  const match = typeof raw === 'object' && raw !== null && 'match' in raw ? raw.match : null;
  if (typeof match !== 'object' || match === null) return `entry ${at + 1}`;
  const named: Record<string, string[]> = {};
  for (const key of MATCH_KEYS) {
    const value = (match as Record<string, unknown>)[key];
    if (typeof value === 'string') named[key] = [value.slice(0, 64)];
  }
  const words = describeMatch(named);
  return words === '' ? `entry ${at + 1}` : `entry ${at + 1} (${words})`;
}

/** A real day: not 2026-02-30. */
function isDay(text: string): boolean {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text)) return false;
  const timeMs = Date.parse(`${text}T00:00:00.000Z`);
  return !Number.isNaN(timeMs) && new Date(timeMs).toISOString().startsWith(text);
}

/** Wrong entries that are told at once. */
const MAX_TOLD = 20;

function fail(where: string, wrong: readonly string[], hint: string): WiretrailError {
  const more = wrong.length > MAX_TOLD ? `; and ${wrong.length - MAX_TOLD} more` : '';
  return new WiretrailError('E_SUPPRESSIONS', where, `${wrong.slice(0, MAX_TOLD).join('; ')}${more}`, hint);
}
