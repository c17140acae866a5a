import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { flawOfCipher } from '../../../src/detectors/tls/cipher-flaw.ts';
import { weakCipher } from '../../../src/detectors/tls/weak-cipher.ts';
import { plainReplay } from '../plain-replay.ts';
import { kioskCall } from './kiosk-call.ts';

// One suite in IANA's spelling and in OpenSSL's: https://www.iana.org/assignments/tls-parameters, `openssl ciphers -V -stdname`.
const SUITES = [
  ['TLS_RSA_WITH_NULL_SHA', 'NULL-SHA', 'without encryption'],
  ['TLS_ECDHE_RSA_WITH_NULL_SHA', 'ECDHE-RSA-NULL-SHA', 'without encryption'],
  ['TLS_DH_anon_WITH_AES_256_GCM_SHA384', 'ADH-AES256-GCM-SHA384', 'with an anonymous key exchange'],
  ['TLS_ECDH_anon_WITH_AES_128_CBC_SHA', 'AECDH-AES128-SHA', 'with an anonymous key exchange'],
  ['TLS_RSA_EXPORT_WITH_RC4_40_MD5', 'EXP-RC4-MD5', 'with an export cipher'],
  ['TLS_RSA_EXPORT_WITH_DES40_CBC_SHA', 'EXP-DES-CBC-SHA', 'with an export cipher'],
  ['TLS_RSA_EXPORT1024_WITH_RC4_56_SHA', 'EXP1024-RC4-SHA', 'with an export cipher'],
  ['TLS_RSA_WITH_RC4_128_MD5', 'RC4-MD5', 'with RC4'],
  ['TLS_ECDHE_RSA_WITH_RC4_128_SHA', 'ECDHE-RSA-RC4-SHA', 'with RC4'],
  ['TLS_RSA_WITH_DES_CBC_SHA', 'DES-CBC-SHA', 'with DES'],
  ['TLS_RSA_WITH_3DES_EDE_CBC_SHA', 'DES-CBC3-SHA', 'with 3DES'],
  ['TLS_DHE_RSA_WITH_3DES_EDE_CBC_SHA', 'EDH-RSA-DES-CBC3-SHA', 'with 3DES'],
  ['TLS_ECDHE_RSA_WITH_3DES_EDE_CBC_SHA', 'ECDHE-RSA-DES-CBC3-SHA', 'with 3DES'],
  ['TLS_RSA_WITH_AES_128_CBC_SHA', 'AES128-SHA', 'without forward secrecy'],
  ['TLS_RSA_WITH_AES_256_CBC_SHA256', 'AES256-SHA256', 'without forward secrecy'],
  ['TLS_RSA_WITH_AES_256_GCM_SHA384', 'AES256-GCM-SHA384', 'without forward secrecy'],
  ['TLS_RSA_WITH_AES_128_CCM_8', 'AES128-CCM8', 'without forward secrecy'],
  ['TLS_RSA_WITH_CAMELLIA_128_CBC_SHA', 'CAMELLIA128-SHA', 'without forward secrecy'],
  ['TLS_RSA_WITH_ARIA_128_GCM_SHA256', 'ARIA128-GCM-SHA256', 'without forward secrecy'],
  ['TLS_RSA_WITH_SEED_CBC_SHA', 'SEED-SHA', 'without forward secrecy'],
  ['TLS_RSA_WITH_IDEA_CBC_SHA', 'IDEA-CBC-SHA', 'without forward secrecy'],
  ['TLS_ECDH_RSA_WITH_AES_128_GCM_SHA256', 'ECDH-RSA-AES128-GCM-SHA256', 'without forward secrecy'],
  ['TLS_PSK_WITH_AES_128_GCM_SHA256', 'PSK-AES128-GCM-SHA256', 'without forward secrecy'],
  ['TLS_RSA_PSK_WITH_AES_128_GCM_SHA256', 'RSA-PSK-AES128-GCM-SHA256', 'without forward secrecy'],
  ['TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA', 'ECDHE-RSA-AES128-SHA', 'with CBC and SHA-1'],
  ['TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA', 'ECDHE-ECDSA-AES256-SHA', 'with CBC and SHA-1'],
  ['TLS_DHE_RSA_WITH_AES_128_CBC_SHA', 'DHE-RSA-AES128-SHA', 'with CBC and SHA-1'],
  ['TLS_SRP_SHA_RSA_WITH_AES_128_CBC_SHA', 'SRP-RSA-AES-128-CBC-SHA', 'with CBC and SHA-1'],
  ['TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA256', 'ECDHE-RSA-AES128-SHA256', null],
  ['TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256', 'ECDHE-RSA-AES128-GCM-SHA256', null],
  ['TLS_DHE_RSA_WITH_AES_256_CCM_8', 'DHE-RSA-AES256-CCM8', null],
  ['TLS_DHE_PSK_WITH_AES_256_GCM_SHA384', 'DHE-PSK-AES256-GCM-SHA384', null],
  ['TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256', 'ECDHE-RSA-CHACHA20-POLY1305', null],
  ['TLS_AES_128_GCM_SHA256', 'TLS_AES_128_GCM_SHA256', null],
  ['TLS_CHACHA20_POLY1305_SHA256', 'TLS_CHACHA20_POLY1305_SHA256', null],
] as const;

test.each(SUITES)('%s is %s: %s', (iana, openssl, flaw) => {
  expect(flawOfCipher(iana)?.how ?? null).toBe(flaw);
  expect(flawOfCipher(openssl)?.how ?? null).toBe(flaw);
  expect(flawOfCipher(openssl.toLowerCase())?.how ?? null).toBe(flaw);
  expect(flawOfCipher(iana.replace('TLS_', 'SSL_'))?.how ?? null).toBe(flaw);
});

describe('a name that says nothing of itself', () => {
  it.each([
    '',
    '-',
    'unknown',
    '0x002F',
    'AES_128_GCM',
    'GREASE',
    'TLS',
    'TLS_',
    '\u001b[2JRC4',
    'RC4 ',
    'x'.repeat(65),
  ])('is no flaw: %j', (name) => {
    expect(flawOfCipher(name)).toBeNull();
  });

  it('never throws', () => {
    const name = fc.oneof(
      fc.string(),
      fc
        .array(fc.constantFrom('TLS', 'WITH', 'RSA', 'ECDHE', 'NULL', 'AES128', 'SHA', '', 'constructor'), {
          maxLength: 8,
        })
        .map((words) => words.join('_')),
    );
    fc.assert(
      fc.property(name, (text) => {
        expect([undefined, 'HIGH', 'MEDIUM', 'LOW']).toContain(flawOfCipher(text)?.severity);
      }),
    );
  });
});

const call = (cipherSuite: string, changes: Readonly<Record<string, unknown>> = {}, tlsVersion = 'TLSv1.2') =>
  kioskCall(
    { tlsVersion, cipherSuite, clientProvidedHostHeader: 'dynamodb.us-east-1.amazonaws.com' },
    changes,
  );
const find = (...calls: ReturnType<typeof call>[]) => plainReplay([weakCipher], calls).findings;
const severities = (...calls: ReturnType<typeof call>[]) => find(...calls).map(({ severity }) => severity);

test('one finding a principal, cipher and day, whatever the region', () => {
  const found = find(
    call('AES128-SHA'),
    call('AES128-SHA', { awsRegion: 'eu-west-1', eventTime: '2026-11-03T23:59:59Z' }),
    call('AES128-SHA', { eventTime: '2026-11-04T00:00:00Z' }),
    call('ECDHE-RSA-AES128-SHA'),
  );
  expect(found.map(({ severity, count }) => [severity, count]).sort()).toEqual([
    ['LOW', 1],
    ['MEDIUM', 1],
    ['MEDIUM', 2],
  ]);
  expect(found.find(({ count }) => count === 2)!.summary).toContain('eu-west-1, us-east-1');
});

test('a hundred calls of Terraform are one LOW finding of the day', () => {
  const calls = Array.from({ length: 100 }, () => call('ECDHE-RSA-AES128-SHA'));
  expect(find(...calls)).toMatchObject([{ severity: 'LOW', count: 100 }]);
});

test('over an old version only a broken cipher counts: TLS-02 tells of the rest', () => {
  expect(severities(call('AES128-SHA', {}, 'TLSv1.1'))).toEqual([]);
  expect(severities(call('ECDHE-RSA-AES128-SHA', {}, 'TLSv1'))).toEqual([]);
  expect(severities(call('RC4-SHA', {}, 'TLSv1'))).toEqual(['HIGH']);
});

test('calls of other services, of services and of the console are none of it', () => {
  expect(severities(call('RC4-SHA', { eventSource: 's3.amazonaws.com' }))).toEqual([]);
  expect(severities(call('RC4-SHA', { sessionCredentialFromConsole: 'true' }))).toEqual([]);
  expect(severities(call('RC4-SHA', { sourceIPAddress: 'appsync.amazonaws.com' }))).toEqual([]);
  expect(severities(call('RC4-SHA', { eventSource: 'dax.amazonaws.com' }))).toEqual(['HIGH']);
});

test('a denied call has spoken TLS all the same', () => {
  expect(severities(call('RC4-SHA', { errorCode: 'AccessDenied' }))).toEqual(['HIGH']);
});

test('the order of the records changes nothing', () => {
  const suites = fc.array(fc.constantFrom('AES128-SHA', 'RC4-SHA', 'ECDHE-RSA-AES128-SHA'), {
    maxLength: 20,
  });
  fc.assert(
    fc.property(suites, (names) => {
      const calls = names.map((name, i) =>
        call(name, { eventTime: `2026-11-0${3 + (i % 2)}T03:00:${10 + i}Z` }),
      );
      const told = (list: typeof calls) => [...find(...list)].sort((a, b) => (a.id < b.id ? -1 : 1));
      expect(told([...calls].reverse())).toEqual(told(calls));
    }),
    { numRuns: 20 },
  );
});
