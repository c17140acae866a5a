import { describe, expect, it } from 'vitest';
import { isOwnHost, isOwnHostForm } from '../../../src/detectors/tls/own-hosts.ts';

describe('a host of one’s own', () => {
  it.each([
    'ddb.corp.internal',
    'ddb-proxy:8443',
    '*.corp.internal',
    '*.corp.com',
    '10.0.4.17:8000',
    '[fd00::1]:8000',
    'dynamodb.eu-west-1.amazonaws.com',
  ])('may be written as %s', (text) => {
    expect(isOwnHostForm(text)).toBe(true);
  });

  it.each([
    '*',
    '*.com',
    '*.amazonaws.com',
    '*.eu-west-1.amazonaws.com',
    '*.vpce.amazonaws.com.cn',
    '*.api.aws',
    'a.*.b',
    'http://ddb.corp.internal',
    'ddb.corp.internal/',
    'ddb.corp.internal:0',
    'a b',
    '',
    '.corp.internal',
  ])('may not be written as %j', (text) => {
    expect(isOwnHostForm(text)).toBe(false);
  });

  it.each([
    ['ddb.corp.internal', true],
    ['DDB.Corp.Internal.', true],
    ['ddb.corp.internal:443', true],
    ['ddb.corp.internal:8443', false],
    ['proxy.corp.internal:8443', true],
    ['proxy.corp.internal', false],
    ['orders.aliases.internal', true],
    ['a.b.aliases.internal', true],
    ['aliases.internal', false],
    ['evilaliases.internal', false],
    ['ddb.corp.internal.evil.net', false],
  ])('%s: %s', (host, expected) => {
    const own = ['ddb.corp.internal', 'proxy.corp.internal:8443', '*.aliases.internal'];
    expect(isOwnHost(host, own)).toBe(expected);
    expect(isOwnHost(host, own)).toBe(expected);
    expect(isOwnHost(host, [])).toBe(false);
  });
});
