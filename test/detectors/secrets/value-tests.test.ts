// What looks like a secret and is none, and what is one: every line of the tables, through the patterns, the value tests and the checks.

import { describe, expect, it } from 'vitest';
import { ASSIGNED_SECRET_KINDS } from '../../../src/detectors/secrets/kinds/assigned-secrets.ts';
import { PASSWORD_COMMAND_KINDS } from '../../../src/detectors/secrets/kinds/password-commands.ts';
import { refusalOfValue } from '../../../src/detectors/secrets/not-a-secret.ts';
import type { Accepted, Candidate, SecretKind } from '../../../src/detectors/secrets/secret-kind.ts';
import { FOUND_LINES, VALUES } from './found-lines.ts';
import { QUIET_LINES } from './quiet-lines.ts';

interface Found {
  readonly kind: string;
  readonly secret: string;
  readonly verdict: Accepted;
}

const KINDS: readonly SecretKind[] = [...ASSIGNED_SECRET_KINDS, ...PASSWORD_COMMAND_KINDS];

/** What the kinds make of a text, without the engine. */
function lookThrough(text: string): { found: Found[]; refused: string[] } {
  const found: Found[] = [];
  const refused: string[] = [];
  for (const kind of KINDS) {
    for (const match of text.matchAll(kind.pattern!)) {
      const [start, end] = match.indices!.groups!.secret!;
      const before = /([A-Za-z_][\w.-]{0,63})["'\]\s]{0,3}(?:=>|[=:])[\s"'([{b]{0,4}$/.exec(text.slice(0, start));
      const candidate: Candidate = {
        secret: text.slice(start, end),
        groups: match.groups ?? {},
        text,
        start,
        end,
        timeMs: 0,
        key: (before?.[1] ?? '').toLowerCase(),
      };
      const refusal = refusalOfValue(candidate.secret, candidate, kind);
      const verdict = refusal === null ? kind.check!(candidate) : { refused: refusal };
      if ('refused' in verdict) refused.push(`${kind.name}: ${verdict.refused} ${candidate.secret}`);
      else found.push({ kind: kind.name, secret: candidate.secret, verdict });
    }
  }
  return { found, refused };
}

const cases = (table: Readonly<Record<string, readonly string[]>>): [string, string][] =>
  Object.entries(table).flatMap(([what, lines]) => lines.map((line): [string, string] => [what, line]));

describe('what is no secret', () => {
  it('is at least 150 lines', () => expect(cases(QUIET_LINES).length).toBeGreaterThanOrEqual(150));
  it.each(cases(QUIET_LINES))('%s: %s', (_, line) => {
    const { found } = lookThrough(line);
    expect(found).toEqual([]);
  });
});

describe('what is a secret', () => {
  it('is at least 80 lines', () => expect(cases(FOUND_LINES).length).toBeGreaterThanOrEqual(80));
  it.each(cases(FOUND_LINES))('%s: %s', (_, line) => {
    const values: string[] = [];
    const text = line.replace(/~(\w+)~/g, (_whole, name: string) => {
      values.push(VALUES[name]!);
      return VALUES[name]!;
    });
    const { found, refused } = lookThrough(text.replaceAll('%5B', '[').replaceAll('%5D', ']'));
    expect({ found: found.map(({ secret }) => secret), refused }).toMatchObject({ found: expect.arrayContaining(values) });
    for (const { secret } of found) expect(values).toContain(secret);
  });
});
