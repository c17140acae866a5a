import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { WiretrailError } from '../../src/lib/errors.ts';
import {
  MAX_SUPPRESSION_DAYS,
  parseSuppressions,
  readSuppressions,
} from '../../src/replay/suppressions-file.ts';

const NOW_MS = Date.UTC(2026, 10, 15, 9);

const good = `suppressions:
  - match:
      rule: TLS-06
      account: 011122223333
      target: [52.94.*, 52.95.*]
    reason: The old batch host speaks HTTP until it is replaced (OPS-17)
    owner: data-platform@example.com
    expires: 2026-12-31
`;

function parse(text: string) {
  return parseSuppressions(text, 'suppressions.yml', NOW_MS);
}

function errorOf(text: string): WiretrailError {
  try {
    parse(text);
  } catch (error) {
    if (error instanceof WiretrailError) return error;
    throw error;
  }
  throw new Error('was accepted');
}

describe('a file of suppressions', () => {
  it('is a list of entries, whose account keeps its zeros', () => {
    const { formatVersion, entries } = parse(good);
    expect(formatVersion).toBe(1);
    expect(entries).toEqual([
      {
        id: expect.stringMatching(/^[0-9a-f]{8}$/),
        match: { rule: ['TLS-06'], account: ['011122223333'], target: ['52.94.*', '52.95.*'] },
        reason: 'The old batch host speaks HTTP until it is replaced (OPS-17)',
        owner: 'data-platform@example.com',
        expires: '2026-12-31',
      },
    ]);
  });

  it('may have none, a version, or be JSON', () => {
    for (const text of ['', '# none yet\n', 'suppressions: []\n', 'version: 1\nsuppressions: []\n'])
      expect(parse(text).entries).toEqual([]);
    const json = JSON.stringify({
      suppressions: [{ match: { rule: 'TLS-06' }, reason: 'r', owner: 'o', expires: '2026-12-31' }],
    });
    expect(parse(json).entries).toHaveLength(1);
  });

  it('is what it was before when it is compiled and read again', () => {
    expect(JSON.parse(JSON.stringify(parse(good)))).toEqual(parse(good));
  });

  it(`takes entries of at most ${MAX_SUPPRESSION_DAYS} days`, () => {
    expect(parse(good.replace('2026-12-31', '2027-05-14')).entries).toHaveLength(1);
    expect(errorOf(good.replace('2026-12-31', '2027-05-15')).message).toBe(
      'suppressions.yml: entry 1 (rule TLS-06, account 011122223333): expires: lies 181 days ahead, and at most 180 are allowed',
    );
  });

  it('keeps an entry that has expired, which says so where it is used', () => {
    expect(parse(good.replace('2026-12-31', '2026-11-14')).entries[0]!.expires).toBe('2026-11-14');
  });

  const entry = (changes: string) =>
    `suppressions:\n  - match: {rule: TLS-06}\n    reason: r\n    owner: o\n    expires: 2026-12-31\n${changes}`;

  it.each([
    [
      'reason',
      good.replace(/ {4}reason.*\n/, ''),
      /^suppressions\.yml: entry 1 \(rule TLS-06, account 0.*\): reason: /,
    ],
    ['owner', good.replace(/ {4}owner.*\n/, ''), /entry 1 \(.*\): owner: /],
    ['expiry', good.replace(/ {4}expires.*\n/, ''), /entry 1 \(.*\): expires: /],
    ['match', 'suppressions:\n  - reason: r\n    owner: o\n    expires: 2026-12-31\n', /entry 1: match: /],
    [
      'reason that says nothing',
      good.replace(/reason: .*/, "reason: '  '"),
      /entry 1 .*: reason: must not be empty/,
    ],
    ['match that names nothing', entry('').replace('{rule: TLS-06}', '{}'), /entry 1: match: names nothing/],
    [
      'match of everything',
      entry('').replace('TLS-06', "'**'"),
      /entry 1 .*: match\.rule: .*matches everything/,
    ],
    [
      'unknown key of an entry',
      entry('    until: 2027-01-01\n'),
      /entry 1 \(rule TLS-06\): unknown setting "until"/,
    ],
    [
      'unknown key of a match',
      entry('').replace('{rule: TLS-06}', '{rule: TLS-06, userAgent: x}'),
      /entry 1 \(rule TLS-06\): match: unknown setting "userAgent"/,
    ],
    ['unknown key of the file', `${good}extra: 1\n`, /unknown setting "extra"/],
    ['day that is none', good.replace('2026-12-31', '2026-02-30'), /entry 1 .*: expires: must be a day/],
    [
      'time in place of a day',
      good.replace('2026-12-31', '2026-12-31T00:00:00Z'),
      /entry 1 .*: expires: must be a day/,
    ],
    ['version that is newer', 'version: 2\nsuppressions: []\n', /version: /],
    ['list without its name', '- match: {rule: TLS-06}\n', /the file: /],
    ['text that is no YAML', 'suppressions: [\n', /is not YAML: .* at line 2, column 1/],
    ['pattern that is too long', entry('').replace('TLS-06', 'x'.repeat(600)), /entry 1 .*: match\.rule: /],
    ['key that stands twice', entry('    owner: p\n'), /is not YAML: DUPLICATE_KEY at line 6/],
  ])('without, or with a wrong, %s is refused', (_name, text, message) => {
    const error = errorOf(text);
    expect(error.message).toMatch(message);
    expect(error.code).toBe('E_SUPPRESSIONS');
    expect(error.hint).toMatch(/docs\/suppressions\.md|Mend the file/);
  });

  it('names every wrong entry at once, and which two are the same', () => {
    const one = '  - {match: {rule: [B, A]}, reason: r, owner: o, expires: 2026-12-31}\n';
    const same = '  - {match: {rule: [A, B]}, reason: other, owner: o, expires: 2026-12-30}\n';
    const wrong = '  - {match: {rule: C}, reason: r, owner: o}\n';
    const { message } = errorOf(`suppressions:\n${one}${wrong}${same}`);
    expect(message).toContain('entry 2 (rule C): expires: ');
    expect(message).toContain('entry 3: matches the same as entry 1: keep one of them');
  });

  it('does not print what it is full of', () => {
    const { message } = errorOf(`suppressions:\n${'  - {x: 1}\n'.repeat(900)}`);
    expect(message.length).toBeLessThan(4_000);
    expect(message).toMatch(/; and \d+ more$/);
  });
});

describe('reading it', () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'wiretrail-suppressions-'));
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it('gives what stands in it', () => {
    writeFileSync(join(folder, 'good.yml'), good);
    expect(readSuppressions(join(folder, 'good.yml'), NOW_MS)).toEqual(parse(good));
  });

  it('names the file that is not there, or is a log', () => {
    writeFileSync(join(folder, 'log'), 'x'.repeat(2_000_000));
    expect(() => readSuppressions(join(folder, 'gone.yml'), NOW_MS)).toThrow(
      /gone\.yml: cannot be read \(ENOENT\)/,
    );
    expect(() => readSuppressions(join(folder, 'log'), NOW_MS)).toThrow(/log: is larger than/);
    expect(() => readSuppressions(folder, NOW_MS)).toThrow(/cannot be read \(EISDIR\)/);
  });
});
