// What holds for all detectors that look at text: nothing secret leaves, and neither order nor batches matter.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { signatureReuse } from '../../src/detectors/replay/signature-reuse.ts';
import { awsKeyPair } from '../../src/detectors/secrets/aws-key-pair.ts';
import { connectionStringPassword } from '../../src/detectors/secrets/connection-string-password.ts';
import { presignedUrlInLog } from '../../src/detectors/secrets/presigned-url-in-log.ts';
import { privateKeyInLog } from '../../src/detectors/secrets/private-key-in-log.ts';
import { signatureInLog } from '../../src/detectors/secrets/signature-in-log.ts';
import { plainEndpointInLog } from '../../src/detectors/tls/plain-endpoint-in-log.ts';
import type { AnyRecord } from '../../src/records/record.ts';
import { expandPlaceholders } from './golden-inputs.ts';
import { callRecord, lineRecord } from './plain-records.ts';
import { batchReplay, plainReplay } from './plain-replay.ts';

const textDetectors = [
  awsKeyPair,
  signatureInLog,
  presignedUrlInLog,
  privateKeyInLog,
  connectionStringPassword,
  signatureReuse,
  plainEndpointInLog,
];
const T0 = Date.UTC(2026, 10, 1, 12);

/** What is planted: the placeholders that are secret, and the text around them. */
const PLANTS: readonly { readonly secrets: readonly string[]; readonly text: string }[] = [
  {
    secrets: ['{{aws-secret:N}}'],
    text: 'aws_access_key_id={{aws-key-id:N}}\naws_secret_access_key={{aws-secret:N}}',
  },
  {
    secrets: ['{{aws-secret:N}}'],
    text: '{"AccessKeyId":"{{aws-session-key-id:N}}","SecretAccessKey":"{{aws-secret:N}}"}',
  },
  {
    secrets: ['{{signature:N}}', '{{session-token:N}}'],
    text: 'x-amz-date: 20261101T120000Z x-amz-security-token: {{session-token:N}} Authorization: AWS4-HMAC-SHA256 Credential={{aws-key-id:N}}/20261101/us-east-1/dynamodb/aws4_request, SignedHeaders=host, Signature={{signature:N}}',
  },
  {
    secrets: ['{{signature:N}}', '{{session-token:N}}'],
    text: 'https://b.s3.amazonaws.com/k?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential={{aws-key-id:N}}%2F20261101%2Fus-east-1%2Fs3%2Faws4_request&X-Amz-Date=20261101T120000Z&X-Amz-Expires=86400&X-Amz-SignedHeaders=host&X-Amz-Security-Token={{session-token:N|url}}&X-Amz-Signature={{signature:N}}',
  },
  { secrets: ['{{signature:N}}'], text: 'Signature:\n{{signature:N}}' },
  {
    secrets: ['{{session-token:N}}'],
    text: 'CanonicalRequest:\nGET\n/\n\nhost:s3.us-east-1.amazonaws.com\nx-amz-date:20261101T120000Z\nx-amz-security-token:{{session-token:N}}\n\nhost\n{{hex:N}}',
  },
  { secrets: ['{{signature-2:N}}'], text: 'Authorization: AWS {{aws-key-id:N}}:{{signature-2:N}}' },
  ...['rsa', 'ec', 'openssh', 'encrypted', 'putty', 'pgp'].map((kind) => ({
    secrets: [1, 2, 3, 4].map((line) => `{{private-key-line:${kind}.${kind === 'putty' ? line + 2 : line}}}`),
    text: `{{private-key:${kind}}}`,
  })),
  { secrets: ['{{base64:N}}'], text: '{{private-key:rsa|base64}} {{base64:N}}' },
  { secrets: ['{{hex:N}}'], text: '{"kty":"oct","k":"{{hex:N}}"}' },
  { secrets: ['{{password:N}}'], text: 'postgres://app:{{password:N|url}}@db.prod.internal:5432/x' },
  { secrets: ['{{hex:N}}'], text: 'amqp://{{hex:N}}:{{hex:N}}@mq.prod.internal' },
  { secrets: ['{{hex:N}}'], text: 'redis://x{{hex:N}}:{{hex:N}}@cache.prod.internal' },
  { secrets: ['{{hex:N}}'], text: 'Driver={X};Server=sql.prod.internal;Uid=app;Pwd={{hex:N}};' },
  { secrets: ['{{hex:N}}'], text: 'jdbc:mysql://db.prod.internal/x?user=app&password={{hex:N}}' },
];

const FORMS: Readonly<Record<string, (text: string) => string>> = {
  plain: (text) => text,
  json: (text) => JSON.stringify({ message: text }),
  'json in json': (text) => JSON.stringify({ message: JSON.stringify({ inner: text }) }),
  'escaped slashes': (text) => JSON.stringify({ message: text }).replaceAll('/', '\\/'),
  percent: (text) => `body=${encodeURIComponent(text)}`,
  'python bytes': (text) => `headers={'x': b'${text.replaceAll('\n', '\\n')}'}`,
  'one word after another': (text) => `${text} ${text}`,
};

const plant = fc.record({
  plant: fc.constantFrom(...PLANTS),
  name: fc.stringMatching(/^[0-9a-f]{6}$/),
  form: fc.constantFrom(...Object.keys(FORMS)),
  before: fc.string({ unit: 'grapheme', maxLength: 60 }),
  after: fc.string({ unit: 'grapheme', maxLength: 60 }),
  way: fc.constantFrom('line', 'lines', 'parameter', 'error'),
  second: fc.nat(7_000),
});

function recordsOf(planted: readonly (typeof plant extends fc.Arbitrary<infer P> ? P : never)[]): {
  records: AnyRecord[];
  secrets: string[];
} {
  const secrets: string[] = [];
  const records = planted.flatMap((one, index): AnyRecord[] => {
    const named = (text: string) => expandPlaceholders(text.replaceAll(':N', `:${one.name}`));
    secrets.push(...one.plant.secrets.map(named));
    const text = `${one.before}\n${FORMS[one.form]!(named(one.plant.text))}\n${one.after}`;
    const timeMs = T0 + one.second * 1000;
    if (one.way === 'line') return [lineRecord(text, { timeMs, ordinal: index * 200 + 1 })];
    if (one.way === 'lines') {
      return text.split('\n').map((line, at) => lineRecord(line, { timeMs, ordinal: index * 200 + at }));
    }
    const event = {
      eventVersion: '1.09',
      userIdentity: { type: 'IAMUser', accountId: '111122223333', userName: 'ann' },
      eventTime: new Date(timeMs).toISOString().replace('.000', ''),
      eventSource: 'ecs.amazonaws.com',
      eventName: 'RegisterTaskDefinition',
      awsRegion: 'us-east-1',
      eventID: expandPlaceholders(`{{uuid:call ${index} ${one.name}}}`),
      eventType: 'AwsApiCall',
      recipientAccountId: '111122223333',
      ...(one.way === 'error'
        ? { errorMessage: text }
        : { requestParameters: { environment: [{ name: 'X', value: text }] } }),
    };
    return [callRecord(event)];
  });
  return { records, secrets };
}

function* gramsOf(secret: string): Generator<string> {
  for (const form of [secret, encodeURIComponent(secret), Buffer.from(secret).toString('base64')]) {
    for (let at = 0; at + 8 <= form.length; at++) yield form.slice(at, at + 8);
  }
}

describe('text detectors', () => {
  it('find what is planted, and let no 8 characters of a secret into findings or state', () => {
    let found = 0;
    fc.assert(
      fc.property(fc.array(plant, { minLength: 1, maxLength: 4 }), (planted) => {
        const { records, secrets } = recordsOf(planted);
        const { findings, summaries } = plainReplay(textDetectors, records);
        found += findings.length;
        const said = `${JSON.stringify(findings)} ${JSON.stringify([...summaries])}`;
        for (const secret of secrets) {
          for (const gram of gramsOf(secret)) {
            // Told by a number, so that a failure does not print a secret either.
            if (said.includes(gram))
              expect({ leakOfLength: secret.length, way: planted.map((one) => one.way) }).toEqual('no leak');
          }
        }
      }),
      { numRuns: 300 },
    );
    expect(found).toBeGreaterThan(200);
  });

  it('find every plant in a line of its own, in every form that keeps it whole', () => {
    for (const form of ['plain', 'json', 'json in json', 'escaped slashes', 'percent']) {
      for (const [index, { text }] of PLANTS.entries()) {
        // Nobody writes what botocore prints into a query.
        if (form === 'percent' && /^(?:Signature|CanonicalRequest):/.test(text)) continue;
        const line = lineRecord(
          FORMS[form]!(
            expandPlaceholders(
              text.replaceAll(':N', `:${form} ${index}`).replaceAll('json in json', 'jsonjson'),
            ),
          ),
          {
            timeMs: T0,
          },
        );
        const { summaries } = plainReplay(textDetectors, [line]);
        expect(summaries.size, `${form} ${index}`).toBeGreaterThan(0);
      }
    }
  });

  it('say the same in any order and any batches', () => {
    const line = (second: number, text: string, ordinal: number, group = '/app/a') =>
      lineRecord(expandPlaceholders(text), { timeMs: T0 + second * 1000, ordinal, group });
    const header = (name: string) =>
      `x-amz-date: 20261101T120000Z Authorization: AWS4-HMAC-SHA256 Credential={{aws-key-id:k}}/20261101/us-east-1/sqs/aws4_request, SignedHeaders=host, Signature={{signature:${name}}}`;
    const records: AnyRecord[] = [
      line(1, 'aws_access_key_id={{aws-key-id:n}}', 63),
      line(2, 'aws_secret_access_key={{aws-secret:n}}', 65),
      line(3, '{{private-key-line:rsa.0}}', 126),
      ...[1, 2, 3, 4].map((at) => line(3, `{{private-key-line:rsa.${at}}}`, 126 + at)),
      ...Array.from({ length: 30 }, (_, at) => line(10 + at * 11, 'CERTIFICATE_VERIFY_FAILED', 200 + at)),
      ...Array.from({ length: 40 }, (_, at) =>
        line(20 + at * 90, `client_ip=198.51.${at % 20}.20 ${header('many')}`, 300 + at),
      ),
      line(3_590, `client_ip=198.51.100.20 ${header('border')}`, 400),
      line(3_610, `client_ip=203.0.113.77 ${header('border')}`, 401),
      line(30, 'postgres://app:{{hex:p}}@db.prod.internal/x', 500),
      line(31, 'postgres://app:{{hex:p}}@db.prod.internal/x', 501, '/app/b'),
    ];
    const { findings } = plainReplay(textDetectors, records);
    expect(new Set(findings.map((finding) => finding.evidenceKey)).size).toBeGreaterThanOrEqual(6);
    const expected = JSON.stringify(findings);
    const shuffled = fc.shuffledSubarray(records, { minLength: records.length, maxLength: records.length });
    fc.assert(
      fc.property(shuffled, fc.array(fc.nat(records.length), { maxLength: 5 }), (order, cuts) => {
        const borders = [0, ...cuts.sort((a, b) => a - b), order.length];
        const batches = borders.slice(1).map((end, at) => [...order.slice(borders[at]!, end), order[0]!]);
        expect(JSON.stringify(batchReplay(textDetectors, batches).findings)).toBe(expected);
      }),
      { numRuns: 60 },
    );
  });
});
