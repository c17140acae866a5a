import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { environmentDump } from '../../../src/detectors/secrets/environment-dump.ts';
import {
  environmentIn,
  environmentLine,
  givesAway,
  mayHoldEnvironment,
  shownNames,
} from '../../../src/detectors/secrets/environment-text.ts';
import { expandPlaceholders } from '../golden-inputs.ts';
import { lineRecord, saidIn } from '../plain-records.ts';
import { batchReplay, plainReplay } from '../plain-replay.ts';

const value = expandPlaceholders('{{hex:value}}');
const T0 = Date.UTC(2026, 10, 1, 12);

describe('a text with an environment', () => {
  it.each([
    `PATH=/bin\nHOME=/\nLANG=C\nTZ=UTC\nAPI_TOKEN=${value}`,
    `export PATH="/bin"\nexport HOME="/"\nexport LANG="C"\nexport TZ="UTC"\nexport API_TOKEN="${value}"`,
    `{'PATH': '/bin', 'HOME': '/', 'LANG': 'C', 'TZ': 'UTC', 'API_TOKEN': '${value}'}`,
    `{"PATH"=>"/bin", "HOME"=>"/", "LANG"=>"C", "TZ"=>"UTC", "API_TOKEN"=>"${value}"}`,
    `{\n  PATH: '/bin',\n  HOME: '/',\n  LANG: 'C',\n  TZ: 'UTC',\n  API_TOKEN: '${value}'\n}`,
    `"Env": "PATH=/bin"\n"Env": "HOME=/"\n"Env": "LANG=C"\n"Env": "TZ=UTC"\n"Env": "API_TOKEN=${value}"`,
  ])('%s', (text) => {
    expect(mayHoldEnvironment(text)).toBe(true);
    expect(environmentIn(text)).toEqual({ variables: 5, credentials: ['API_TOKEN'] });
  });

  it.each([
    `PATH=/bin HOME=/ LANG=C API_TOKEN=${value}`,
    `A1=1 A2=2 A3=3 A4=4 A5=5`,
    `PATH=/bin HOME=/ LANG=C TZ=UTC API_TOKEN=****************`,
    `INFO: a ERROR: b WARNING: c DEBUG: d TOKEN: ${value}`,
    `path=/bin home=/ lang=C tz=UTC api_token=${value}`,
  ])('is none in %s', (text) => {
    expect(environmentIn(text)).toBeNull();
  });
});

describe('a record that is one variable', () => {
  const read = (line: string) => {
    const bytes = Buffer.from(line, 'latin1');
    return environmentLine(bytes, ...saidIn(bytes));
  };
  it.each([
    [`API_TOKEN=${value}`],
    [`export API_TOKEN="${value}"`],
    [`declare -x API_TOKEN="${value}"`],
    [`  "API_TOKEN": "${value}",`],
    [`  'API_TOKEN': '${value}',`],
    [`- API_TOKEN=${value}`],
    [`API_TOKEN=${value}\r\n`],
    [`{"log":"API_TOKEN=${value}\\n","stream":"stdout"}`],
    [`{"log":"export API_TOKEN=\\"${value}\\"\\n","stream":"stdout"}`],
  ])('%s', (line) => {
    expect(read(line)).toEqual({ name: 'API_TOKEN', value });
  });

  it.each([
    '',
    'A',
    'INFO: x',
    'WARNING:root:x',
    'a=b',
    '2026-11-03 PATH=/bin',
    '{"log":"text"}',
    '1A=b',
    `${'A'.repeat(70)}=b`,
  ])('is none in %j', (line) => {
    expect(read(line)).toBeNull();
  });

  it('is read without throwing whatever it is', () => {
    fc.assert(fc.property(fc.string({ unit: 'binary', maxLength: 80 }), (line) => void read(line)));
  });
});

describe('a credential', () => {
  it.each([
    'DB_PASSWORD',
    'AWS_SECRET_ACCESS_KEY',
    'STRIPE_API_KEY',
    'HTTP_AUTHORIZATION',
    'JWT_SECRET',
    'SECRET_KEY_BASE',
    'GITHUB_TOKEN',
  ])('is said by %s', (name) => {
    expect(givesAway(name, value)).toBe(true);
    for (const nothing of [
      '',
      '******',
      '$X',
      'changeme',
      'true',
      '/run/secrets/x',
      'prod/orders/db',
      'arn:aws:x',
    ])
      expect(givesAway(name, nothing), nothing).toBe(false);
  });

  it.each([
    'PATH',
    'PWD',
    'OLDPWD',
    'GPG_KEY',
    'SECRET_NAME',
    'TOKEN_TTL',
    'PASSWORD_FILE',
    'PUBLIC_KEY',
    'STRIPE_PUBLISHABLE_KEY',
    'DATABASE_URL',
    'KEY',
    'MONKEY',
    'COMPASS',
  ])('is not said by %s', (name) => {
    expect(givesAway(name, value)).toBe(false);
  });

  it('is said by an address with a password in it', () => {
    expect(givesAway('DATABASE_URL', `postgres://app:${value}@db/x`)).toBe(true);
    expect(givesAway('DATABASE_URL', 'postgres://app@db/x')).toBe(false);
  });

  it('shows its name where that is plain', () => {
    expect(shownNames(['DB_PASSWORD', `${'AB'.repeat(14)}_TOKEN`, 'T12345_TOKEN'])).toEqual(['DB_PASSWORD']);
  });
});

describe('variables in records of one stream', () => {
  const records = (first: number) =>
    ['PATH=/bin', 'HOME=/', `API_TOKEN=${value}`, 'LANG=C', 'TZ=UTC'].map((message, at) =>
      lineRecord(message, { ordinal: first + at, timeMs: T0 + at }),
    );

  it('are one finding, wherever blocks end, in any order and any split', () => {
    const alone = plainReplay([environmentDump], records(10)).findings;
    expect(alone).toHaveLength(1);
    expect(alone[0]).toMatchObject({ severity: 'HIGH', count: 1, evidenceKey: 'environment' });
    expect(JSON.stringify(alone)).not.toContain(value);
    for (let first = 58; first < 66; first++) {
      const lines = records(first);
      const { findings } = plainReplay([environmentDump], lines);
      expect(findings, String(first)).toHaveLength(1);
      expect(findings[0]!.count).toBe(1);
      expect(batchReplay([environmentDump], [lines.slice(3), lines.slice(0, 3).reverse()]).findings).toEqual(
        findings,
      );
    }
  });

  it('are none when they are too few, or too far', () => {
    expect(plainReplay([environmentDump], records(10).slice(0, 4)).findings).toEqual([]);
    const far = records(10).map((line, at) => ({ ...line, ordinal: 10 + at * 9 }));
    expect(plainReplay([environmentDump], far).findings).toEqual([]);
  });
});
