// What looks like a secret and is none, and what is one: every line of the tables, through the patterns, the value tests and the checks.

import { describe, expect, it } from 'vitest';
import { ASSIGNED_SECRET_KINDS } from '../../../src/detectors/secrets/kinds/assigned-secrets.ts';
import { PASSWORD_COMMAND_KINDS } from '../../../src/detectors/secrets/kinds/password-commands.ts';
import { createTextScanner } from '../../../src/detectors/secrets/scan-text.ts';
import { FOUND_LINES, VALUES } from './found-lines.ts';
import { QUIET_LINES } from './quiet-lines.ts';

const { scan } = createTextScanner([...ASSIGNED_SECRET_KINDS, ...PASSWORD_COMMAND_KINDS]);

function lookThrough(text: string): { found: { kind: string; secret: string }[]; refused: string[] } {
  const { matches, refused } = scan(text, 0);
  return {
    found: matches.map(({ kind, secret }) => ({ kind: kind.name, secret })),
    refused: [...refused.keys()],
  };
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
    const { found, refused } = lookThrough(text);
    expect({ found: found.map(({ secret }) => secret), refused }).toMatchObject({
      found: expect.arrayContaining(values),
    });
    for (const { secret } of found) expect(values).toContain(secret);
  });
});
