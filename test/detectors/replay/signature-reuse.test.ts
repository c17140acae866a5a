import { describe, expect, it } from 'vitest';
import type { DetectorSettings } from '../../../src/detectors/detector.ts';
import { requestFacts } from '../../../src/detectors/replay/request-line.ts';
import { signatureReuse } from '../../../src/detectors/replay/signature-reuse.ts';
import { expandPlaceholders as e } from '../golden-inputs.ts';
import { lineRecord } from '../plain-records.ts';
import { observeContext, plainReplay, testSettings } from '../plain-replay.ts';

const T0 = Date.UTC(2026, 10, 1, 12);
interface Told {
  readonly at: number;
  readonly ip?: string;
  readonly group?: string;
  readonly id?: string;
  readonly status?: number;
  readonly service?: string;
  readonly signedAt?: number;
  readonly more?: string;
}

let ordinal = 0;
function told({ at, ip, group = '/app/proxy', id, status, service = 'sqs', signedAt = 0, more = '' }: Told) {
  const stamp = new Date(T0 + signedAt * 1000).toISOString().replace(/[-:]|\.000/g, '');
  const text = [
    ip === undefined ? '' : `client_ip=${ip}`,
    id === undefined ? '' : `request_id=${id}`,
    status === undefined ? '' : `status=${status}`,
    more,
    `x-amz-date: ${stamp} Authorization: AWS4-HMAC-SHA256 Credential={{aws-key-id:a}}/20261101/us-east-1/${service}/aws4_request, SignedHeaders=host, Signature={{signature:one}}`,
  ].join(' ');
  return lineRecord(e(text), { timeMs: T0 + at * 1000, group, ordinal: ++ordinal });
}
function verdict(lines: readonly Told[], settings: Partial<DetectorSettings> = {}) {
  const all = { ...testSettings, ...settings };
  const { findings } = plainReplay([signatureReuse], lines.map(told), all, observeContext(all));
  expect(findings.length).toBeLessThanOrEqual(1);
  return findings[0] === undefined ? 'quiet' : findings[0].severity;
}
const A = '198.51.100.20';
const B = '203.0.113.77';

describe('the ladder of REP-01', () => {
  it.each<[string, string, readonly Told[], Partial<DetectorSettings>?]>([
    ['one sighting', 'quiet', [{ at: 1, ip: A }]],
    [
      'another network',
      'HIGH',
      [
        { at: 1, ip: A },
        { at: 60, ip: B },
      ],
    ],
    [
      'another network, dynamodb, answered',
      'CRITICAL',
      [
        { at: 1, ip: A, service: 'dynamodb' },
        { at: 60, ip: B, service: 'dynamodb', status: 200 },
      ],
    ],
    [
      'another network, dynamodb, refused',
      'HIGH',
      [
        { at: 1, ip: A, service: 'dynamodb', status: 200 },
        { at: 60, ip: B, service: 'dynamodb', status: 403 },
      ],
    ],
    [
      'another network, other service, answered',
      'HIGH',
      [
        { at: 1, ip: A },
        { at: 60, ip: B, status: 200 },
      ],
    ],
    [
      'another network after 2 s, one log',
      'HIGH',
      [
        { at: 1, ip: A },
        { at: 3, ip: B },
      ],
    ],
    [
      'another network after 2 s, another log',
      'MEDIUM',
      [
        { at: 1, ip: A },
        { at: 3, ip: B, group: '/app/other' },
      ],
    ],
    [
      "a proxy's address after 2 s, another log",
      'INFO',
      [
        { at: 1, ip: A },
        { at: 3, ip: '10.0.0.5', group: '/app/other' },
      ],
    ],
    ['no address, 2 s, another log', 'INFO', [{ at: 1 }, { at: 3, group: '/app/other' }]],
    ['no address, 20 s, another log', 'MEDIUM', [{ at: 1 }, { at: 21, group: '/app/other' }]],
    [
      'an equal request id within 5 s',
      'quiet',
      [
        { at: 1, ip: A, id: 'request-0001' },
        { at: 5, ip: '10.0.0.5', id: 'request-0001', group: '/app/other' },
      ],
    ],
    [
      'an equal request id after 5 s',
      'HIGH',
      [
        { at: 1, ip: A, id: 'request-0001' },
        { at: 8, ip: B, id: 'request-0001', group: '/app/other' },
      ],
    ],
    [
      'a chain of logs',
      'quiet',
      [
        { at: 1, ip: A },
        { at: 3, ip: '10.0.0.5', group: '/app/other' },
      ],
      { logChains: [['/app/proxy', '/app/other']] },
    ],
    [
      'a chain of logs, 10 s',
      'HIGH',
      [
        { at: 1, ip: A },
        { at: 11, ip: '10.0.0.5', group: '/app/other' },
      ],
      { logChains: [['/app/proxy', '/app/other']] },
    ],
    [
      'signed twice in one second',
      'quiet',
      [
        { at: 1, ip: A },
        { at: 1.9, ip: A },
      ],
    ],
    [
      'same source after 2 s',
      'MEDIUM',
      [
        { at: 1, ip: A },
        { at: 3, ip: A },
      ],
    ],
    [
      'same source, other host of the /24',
      'MEDIUM',
      [
        { at: 1, ip: A },
        { at: 30, ip: '198.51.100.99' },
      ],
    ],
    [
      'same source after 14 min',
      'MEDIUM',
      [
        { at: 1, ip: A },
        { at: 840, ip: A },
      ],
    ],
    [
      'same source, stale',
      'HIGH',
      [
        { at: 1, ip: A },
        { at: 1000, ip: A },
      ],
    ],
    ['no address, stale', 'MEDIUM', [{ at: 1 }, { at: 1000 }]],
    [
      'before it was made',
      'LOW',
      [
        { at: -400, ip: A },
        { at: -390, ip: A },
      ],
    ],
    [
      'more than an hour apart',
      'quiet',
      [
        { at: 1, ip: A },
        { at: 3700, ip: B },
      ],
    ],
    [
      'identity forwarder',
      'INFO',
      [
        { at: 1, ip: A, service: 'sts', more: 'Action=GetCallerIdentity' },
        { at: 30, ip: B, service: 'sts', more: 'Action=GetCallerIdentity' },
      ],
      { identityForwarders: ['203.0.113.0/24'] },
    ],
    [
      'identity to nobody known',
      'HIGH',
      [
        { at: 1, ip: A, service: 'sts', more: 'Action=GetCallerIdentity' },
        { at: 30, ip: B, service: 'sts', more: 'Action=GetCallerIdentity' },
      ],
    ],
    [
      'a forwarder that forwards something else',
      'HIGH',
      [
        { at: 1, ip: A },
        { at: 30, ip: B },
      ],
      { identityForwarders: ['203.0.113.0/24'] },
    ],
    [
      'the worst of three',
      'HIGH',
      [
        { at: 1, ip: A },
        { at: 30, ip: A },
        { at: 60, ip: B },
      ],
    ],
    [
      'a copy of any earlier one is none',
      'quiet',
      [
        { at: 1, ip: A, id: 'request-0001' },
        { at: 2, ip: '10.0.0.5', id: 'request-0001', group: '/b' },
        { at: 3, ip: '10.0.1.5', id: 'request-0001', group: '/c' },
      ],
    ],
  ])('%s: %s', (_, expected, lines, settings) => {
    expect(verdict(lines, settings)).toBe(expected);
  });

  it('pairs a header with the signature that its signer printed', () => {
    const lines = [
      lineRecord(e('Signature:\n{{signature:one}}'), { timeMs: T0, group: '/app/signer', ordinal: 1 }),
      told({ at: 300, ip: B }),
    ];
    expect(plainReplay([signatureReuse], lines).findings).toMatchObject([{ severity: 'MEDIUM', count: 2 }]);
  });

  it('hears of another network behind any number of copies from one', () => {
    const flood = Array.from({ length: 60 }, (_, at) => told({ at: at * 5, ip: A }));
    const { findings } = plainReplay([signatureReuse], [...flood, told({ at: 600, ip: B })]);
    expect(findings).toMatchObject([{ severity: 'HIGH', count: 61, truncated: true }]);
  });
});

describe('requestFacts', () => {
  it.each([
    ['203.0.113.5:40112 - "GET /x HTTP/1.1" 302', { address: '203.0.113.5', status: 302, method: 'GET' }],
    [
      '203.0.113.5 - - [01/Nov/2026:12:00:00 +0000] "POST /x HTTP/1.1" 200 12',
      { address: '203.0.113.5', status: 200, method: 'POST' },
    ],
    [
      'INFO:     203.0.113.5:1 - "PUT /x HTTP/1.1" 204',
      { address: '203.0.113.5', status: 204, method: 'PUT' },
    ],
    [
      '{"client_ip":"2001:db8::5","status_code":500,"method":"DELETE"}',
      { address: '2001:db8::5', status: 500, method: 'DELETE' },
    ],
    ["{'x-forwarded-for': '203.0.113.5, 10.0.0.1', 'remote_addr': '10.0.0.1'}", { address: '203.0.113.5' }],
    ["scope={'client': ('203.0.113.5', 51234)}", { address: '203.0.113.5' }],
    ['sourceIp=999.1.1.1', { address: '' }],
    ['server listens on 10.0.0.1:80', { address: '' }],
  ])('%s', (text, expected) => {
    expect(requestFacts(text)).toMatchObject(expected);
  });

  it('takes no id that the client made and a copy carries along', () => {
    expect(requestFacts(e('amz-sdk-invocation-id: {{uuid:i}} x-amzn-requestid: {{uuid:r}}')).ids).toEqual([
      { name: 'xamznrequestid', value: e('{{uuid:r}}') },
    ]);
  });
});
