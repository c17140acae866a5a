import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { splitSecret } from '../../../src/detectors/secrets/split-secret.ts';
import { loneValue, openName } from '../../../src/detectors/secrets/split-secret-text.ts';
import { expandPlaceholders } from '../golden-inputs.ts';
import { lineRecord, saidIn } from '../plain-records.ts';
import { batchReplay, plainReplay } from '../plain-replay.ts';

const value = expandPlaceholders('{{hex:value}}').slice(0, 40);
const T0 = Date.UTC(2026, 10, 1, 12);
const asBytes = <T>(read: (bytes: Buffer, start: number, end: number) => T) => {
  return (text: string): T => {
    const bytes = Buffer.from(text, 'latin1');
    return read(bytes, ...saidIn(bytes));
  };
};
const nameOf = asBytes(openName);
const valueIn = asBytes(loneValue);

describe('a name without its value', () => {
  it.each([
    ['password:', 'password'],
    ['  "db_password":', 'password'],
    ['"passwords": [', 'password'],
    ['password: |', 'password'],
    ['api_key =', 'api-key'],
    ['INFO client_secret: ', 'secret'],
    ["'access_token': [\r\n", 'token'],
    ['{"log":"  \\"x\\"\\n","stream":"stdout"}', null],
    ['{"log":"password:\\n","stream":"stdout"}', 'password'],
    ['password_policy:', null],
    ['public_key:', null],
    ['key:', null],
    ['done:', null],
    ['password', null],
    ['password: x', null],
    ['', null],
    [':', null],
  ])('%j: %s', (text, expected) => {
    expect(nameOf(text)?.nameClass ?? null).toBe(expected);
  });
});

describe('how sure a name is', () => {
  it.each([
    ['  "db_password":', true],
    ['password: |', true],
    ['{"log":"  \\"api_key\\":\\n","stream":"stdout"}', true],
    ['Enter password:', false],
    ['Password:', false],
    ['"token":', false],
    ['"access_token":', true],
  ])('%j: %s', (text, expected) => {
    const { alone, telling } = nameOf(text)!;
    expect(alone && telling).toBe(expected);
  });
});

describe('a value without its name', () => {
  it.each([value, `  "${value}",`, `'${value}'`, `{"log":"${value}\\n","stream":"stdout"}`])('%j', (text) => {
    expect(valueIn(text)).toEqual({ value, random: true });
  });
  it.each([
    '',
    'short',
    'two words of it',
    '{"a":1}',
    'changeme',
    '********',
    'https://db.internal/x',
    '(none)',
    'com.example.Main',
    '192.168.100.100',
  ])('none in %j', (text) => {
    expect(valueIn(text)).toBeNull();
  });
  it('is looked for without throwing', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 60 }), (text) => {
        nameOf(text);
        valueIn(text);
      }),
      { numRuns: 300 },
    );
  });
});

describe('the two in a stream', () => {
  const pair = (ordinal: number) => [
    lineRecord('  client_secret:', { ordinal, timeMs: T0 }),
    lineRecord(`    ${value}`, { ordinal: ordinal + 1, timeMs: T0 + 1 }),
  ];

  it('are found wherever blocks end, in any order and any split, and never shown', () => {
    for (const ordinal of [5, 62, 63, 64]) {
      const lines = pair(ordinal);
      const { findings, summaries } = plainReplay([splitSecret], lines);
      expect(findings, String(ordinal)).toHaveLength(1);
      expect(findings[0]).toMatchObject({ severity: 'HIGH', entity: 'secret' });
      expect(JSON.stringify([findings, [...summaries]])).not.toContain(value);
      expect(batchReplay([splitSecret], [[lines[1]!], [lines[0]!]]).findings).toEqual(findings);
    }
  });

  it('are none with a record between them, a minute apart, or for another class of name', () => {
    const [name, lone] = pair(5) as [ReturnType<typeof lineRecord>, ReturnType<typeof lineRecord>];
    for (const lines of [
      [name, { ...lone, ordinal: 7 }],
      [name, { ...lone, timeMs: T0 + 61_000 }],
      [name, { ...lone, stream: 'other' }],
      [name, lineRecord('Summer!Rain7', { ordinal: 6, timeMs: T0 + 1 })],
    ])
      expect(plainReplay([splitSecret], lines).findings).toEqual([]);
  });
});
