// What no pattern takes is counted where a name was met that is given a value.

import { describe, expect, it } from 'vitest';
import { scanText } from '../../../src/detectors/secrets/scan-text.ts';

const refused = (line: string) => Object.fromEntries(scanText(line, 0).refused);

describe('what is left out', () => {
  it.each([
    ['password=<none> x', { 'SEC-11 placeholder': 1 }],
    ['DB_PASSWORD=<from vault> x', { 'SEC-11 placeholder': 1 }],
    ['Authorization: Bearer undefined', { 'SEC-09 placeholder': 1 }],
    ['dd_api_key=<none>', { 'SEC-15 placeholder': 1 }],
    [
      'password=$DB_PASSWORD secretArn=arn:aws:x token_type=bearer',
      { 'SEC-11 placeholder': 1, 'SEC-11 name-says-no': 2 },
    ],
  ])('%s', (line, expected) => {
    expect(refused(line)).toEqual(expected);
  });

  it('is counted once, where a pattern took it', () => {
    expect(refused('user=jane password=******** host=db')).toEqual({ 'SEC-11 masked': 1 });
  });

  it.each(['password: ', 'token_type=bearer expires_in=3600', 'secretArn=alias/orders'])(
    'is not counted where nothing stands, or no name is given a value: %s',
    (line) => {
      expect(refused(line)).toEqual({});
    },
  );

  it('looks at the line of the name alone, and through no line twice', () => {
    expect(refused('token_type=bearer\nsecret=<a> password=<b> token_type=x\ntoken_type=bearer')).toEqual({
      'SEC-11 placeholder': 2,
      'SEC-11 name-says-no': 1,
    });
  });

  it('takes no longer than its bounds allow', () => {
    const before = process.cpuUsage().user;
    scanText('password=<'.repeat(30_000), 0);
    expect(process.cpuUsage(process.cpuUsage()).user - before).toBeLessThan(3_000_000);
  });
});
