import fc from 'fast-check';
import { expect, it, test } from 'vitest';
import { readHost } from '../../../src/detectors/tls/endpoint-host.ts';
import { unexpectedHost } from '../../../src/detectors/tls/unexpected-host.ts';
import { plainReplay } from '../plain-replay.ts';
import { kioskCall } from './kiosk-call.ts';

test.each([
  ['dynamodb.us-east-1.amazonaws.com', 'us-east-1', ''],
  ['dynamodb.us-east-1.amazonaws.com:443', 'us-east-1', ''],
  ['dynamodb-fips.us-gov-west-1.amazonaws.com', 'us-gov-west-1', ''],
  ['dynamodb.cn-northwest-1.amazonaws.com.cn', 'cn-northwest-1', ''],
  ['dynamodb.cn-north-1.api.amazonwebservices.com.cn', 'cn-north-1', ''],
  ['dynamodb.us-isob-east-1.sc2s.sgov.gov', 'us-isob-east-1', ''],
  ['dynamodb.us-iso-east-1.c2s.ic.gov', 'us-iso-east-1', ''],
  ['dynamodb.eusc-de-east-1.amazonaws.eu', 'eusc-de-east-1', ''],
  ['dynamodb.ap-southeast-5.api.aws', 'ap-southeast-5', ''],
  ['streams.dynamodb.eu-west-1.amazonaws.com', 'eu-west-1', ''],
  ['streams-dynamodb.eu-west-1.api.aws', 'eu-west-1', ''],
  ['111122223333.ddb.eu-west-1.api.aws', 'eu-west-1', '111122223333'],
  ['111122223333.search-ddb.eu-west-1.amazonaws.com', 'eu-west-1', '111122223333'],
  ['dax.eu-west-1.amazonaws.com', 'eu-west-1', ''],
  ['vpce-0abc-d1.dynamodb.eu-west-1.vpce.amazonaws.com', 'eu-west-1', ''],
  ['vpce-0abc-d1-eu-west-1a.streams.dynamodb.eu-west-1.vpce.amazonaws.com', 'eu-west-1', ''],
  ['dynamodb.amazonaws.com', 'us-east-1', ''],
])('%s is an endpoint', (host, region, account) => {
  expect(readHost(host)).toMatchObject({ kind: 'endpoint', region, account });
  expect(readHost(`${host.toUpperCase()}`)).toMatchObject({ kind: 'endpoint', region, account });
});

test.each([
  ['dynamodb.us-east-1.amazonaws.com:80', 'port'],
  ['dynamodb.us-east-1.amazonaws.com:8443', 'port'],
  ['localhost', 'localhost'],
  ['LOCALHOST:8000', 'localhost'],
  ['db.localhost', 'localhost'],
  ['127.0.0.1:8000', 'address'],
  ['10.0.4.17', 'address'],
  ['[::1]:8000', 'address'],
  ['::1', 'address'],
  ['fd00::17:443', 'address'],
  ['dynamodb.us-east-1.amazonaws.com.example.net', 'other name'],
  ['evil-dynamodb.us-east-1.amazonaws.com', 'other name'],
  ['x.dynamodb.us-east-1.amazonaws.com', 'other name'],
  ['s3.us-east-1.amazonaws.com', 'other name'],
  ['dynamodb.us-east-1.amazonaws.com/x', 'other name'],
  ['us-east-1.dynamodb.amazonaws.com', 'other name'],
  ['x'.repeat(300), 'other name'],
  ['', 'other name'],
])('%j is %s', (host, kind) => {
  expect(readHost(host).kind).toBe(kind);
});

it('reads any host at all, soon', () => {
  fc.assert(
    fc.property(
      fc.oneof(fc.string({ maxLength: 300 }), fc.stringMatching(/^[0-9a-f:.[\]-]{0,259}$/)),
      (host) => {
        expect(readHost(host).kind).toBeTypeOf('string');
      },
    ),
  );
  const startMs = performance.now();
  for (const part of ['a-', '1.', 'vpce-', ':', 'a.']) readHost(part.repeat(259 / part.length));
  expect(performance.now() - startMs).toBeLessThan(100);
});

const call = (clientProvidedHostHeader: string, changes: Readonly<Record<string, unknown>> = {}) =>
  kioskCall(
    { tlsVersion: 'TLSv1.3', cipherSuite: 'TLS_AES_128_GCM_SHA256', clientProvidedHostHeader },
    changes,
  );
const find = (...calls: ReturnType<typeof call>[]) => plainReplay([unexpectedHost], calls).findings;

test('port 80 is TLS-01’s where TLS is missing, and odd where it is there', () => {
  const host = 'dynamodb.us-east-1.amazonaws.com:80';
  expect(find(call(host, { tlsDetails: { clientProvidedHostHeader: host } }))).toMatchObject([
    { severity: 'LOW' },
  ]);
  expect(find(call(host))).toMatchObject([{ severity: 'MEDIUM' }]);
});

test('a hundred names of one client are one finding, and its lists are bounded', () => {
  const found = find(...Array.from({ length: 100 }, (_, i) => call(`${'x'.repeat(200)}${i}.example`)));
  expect(found).toMatchObject([{ severity: 'MEDIUM', count: 100 }]);
  expect(found[0]!.title.length).toBeLessThanOrEqual(120);
  expect(found[0]!.summary.length).toBeLessThan(1000);
});

test('calls of other services and of the console are none of it', () => {
  expect(find(call('localhost', { eventSource: 's3.amazonaws.com' }))).toEqual([]);
  expect(find(call('localhost', { sessionCredentialFromConsole: 'true' }))).toEqual([]);
});

test('the order of the records changes nothing', () => {
  const hosts = fc.array(fc.constantFrom('localhost', '10.0.0.1', 'a.example', 'b.example'), {
    maxLength: 12,
  });
  fc.assert(
    fc.property(hosts, (names) => {
      const calls = names.map((name, i) => call(name, { eventTime: `2026-11-03T03:00:${10 + i}Z` }));
      const told = (list: typeof calls) => [...find(...list)].sort((a, b) => (a.id < b.id ? -1 : 1));
      expect(told([...calls].reverse())).toEqual(told(calls));
    }),
    { numRuns: 20 },
  );
});
