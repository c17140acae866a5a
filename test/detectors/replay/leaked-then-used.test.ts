import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Use, whereaboutsFold } from '../../../src/detectors/replay/key-whereabouts.ts';
import { LEAK_KINDS, type Leak, SESSION_KEYS } from '../../../src/detectors/replay/leaked-keys.ts';
import { leakedThenUsed } from '../../../src/detectors/replay/leaked-then-used.ts';
import { awsKeyPair } from '../../../src/detectors/secrets/aws-key-pair.ts';
import { presignedUrlInLog } from '../../../src/detectors/secrets/presigned-url-in-log.ts';
import { signatureInLog } from '../../../src/detectors/secrets/signature-in-log.ts';
import type { AnyRecord } from '../../../src/records/record.ts';
import { trailRecord } from '../../records/trail-records.ts';
import { foldAll, foldInParts, splits } from '../fold-laws.ts';
import { expandPlaceholders as e } from '../golden-inputs.ts';
import { callRecord, lineRecord } from '../plain-records.ts';
import { batchReplay, observeContext, plainReplay, testSettings } from '../plain-replay.ts';

const T0 = Date.UTC(2026, 10, 1, 12);
const MINUTE = 60_000;
const DETECTORS = [awsKeyPair, signatureInLog, presignedUrlInLog, leakedThenUsed];

/** Places of the tests; the two of AWS are of its ranges for us-east-1. */
const HOME = '198.51.100.7';
const AWAY = '203.0.113.66';
const LAMBDA_1 = '3.80.10.20';
const LAMBDA_2 = '54.160.7.9';

interface Call {
  /** Minutes after the leak. */
  readonly at: number;
  readonly ip?: string;
  readonly agent?: string;
  readonly key?: 'user' | 'session' | 'other-session';
  readonly more?: Readonly<Record<string, unknown>>;
}

let number = 0;

function call({
  at,
  ip = HOME,
  agent = 'Boto3/1.34 os/linux#6.1',
  key = 'user',
  more = {},
}: Call): AnyRecord {
  const keyId = e(key === 'user' ? '{{aws-key-id:k}}' : `{{aws-session-key-id:${key}}}`);
  const name = key === 'user' ? 'deploy' : 'worker';
  const identity =
    key === 'user'
      ? { type: 'IAMUser', arn: `arn:aws:iam::111122223333:user/${name}`, userName: name }
      : {
          type: 'AssumedRole',
          arn: `arn:aws:sts::111122223333:assumed-role/${name}/s`,
          sessionContext: {
            sessionIssuer: {
              type: 'Role',
              arn: `arn:aws:iam::111122223333:role/${name}`,
              accountId: '111122223333',
              userName: name,
            },
          },
        };
  return callRecord(
    trailRecord({
      userIdentity: { ...identity, accountId: '111122223333', accessKeyId: keyId },
      eventID: `5eed0000-0000-4000-8000-${String(++number).padStart(12, '0')}`,
      eventTime: new Date(T0 + at * MINUTE).toISOString().replace('.000Z', 'Z'),
      sourceIPAddress: ip,
      userAgent: agent,
      ...more,
    }),
  );
}

const PAIR = 'aws_access_key_id={{aws-key-id:k}} aws_secret_access_key={{aws-secret:k}}';
const SESSION =
  'AWS_ACCESS_KEY_ID={{aws-session-key-id:session}} AWS_SECRET_ACCESS_KEY={{aws-secret:s}} AWS_SESSION_TOKEN={{session-token:s}}';
const TOKEN_ONLY =
  'AWS_ACCESS_KEY_ID={{aws-session-key-id:session}} AWS_SECRET_ACCESS_KEY=*** AWS_SESSION_TOKEN={{session-token:s}}';
const HEADER =
  'x-amz-date: 20261101T120000Z x-amz-security-token: {{session-token:s}} Authorization: AWS4-HMAC-SHA256 Credential={{aws-session-key-id:session}}/20261101/us-east-1/dynamodb/aws4_request, SignedHeaders=host, Signature={{signature:s}}';

function line(text: string, at = 0): AnyRecord {
  return lineRecord(e(text), { timeMs: T0 + at * MINUTE, ordinal: ++number });
}

function verdict(records: readonly AnyRecord[], settings: Partial<typeof testSettings> = {}): string {
  const all = { ...testSettings, ...settings };
  const { findings } = plainReplay(DETECTORS, records, all, observeContext(all));
  const said = findings.filter(({ evidenceKey }) => /^(?:leaked key|presigned URL)/.test(evidenceKey));
  expect(said.length).toBeLessThanOrEqual(1);
  return said[0] === undefined ? 'quiet' : said[0].severity;
}

describe('REP-13', () => {
  const s = 'session';
  it.each<[string, string, string, readonly Call[]]>([
    ['a user’s key from elsewhere', 'CRITICAL', PAIR, [{ at: -60 }, { at: 34, ip: AWAY }]],
    ['the same, 89 days later', 'CRITICAL', PAIR, [{ at: -60 }, { at: 89 * 1440, ip: AWAY }]],
    ['the same, 91 days later', 'quiet', PAIR, [{ at: -60 }, { at: 91 * 1440, ip: AWAY }]],
    ['denied', 'CRITICAL', PAIR, [{ at: -60 }, { at: 34, ip: AWAY, more: { errorCode: 'AccessDenied' } }]],
    [
      'refused as unknown',
      'quiet',
      PAIR,
      [{ at: -60 }, { at: 34, ip: AWAY, more: { errorCode: 'InvalidClientTokenId' } }],
    ],
    ['from elsewhere before', 'quiet', PAIR, [{ at: -60 }, { at: -30, ip: AWAY }, { at: 34, ip: AWAY }]],
    [
      'nothing known before: the first is home',
      'quiet',
      PAIR,
      [
        { at: 20, ip: AWAY },
        { at: 34, ip: AWAY },
      ],
    ],
    ['nothing known before: the second is not', 'CRITICAL', PAIR, [{ at: 20 }, { at: 34, ip: AWAY }]],
    ['another address of its network', 'quiet', PAIR, [{ at: -60 }, { at: 34, ip: '198.51.100.200' }]],
    ['a private address', 'quiet', PAIR, [{ at: -60 }, { at: 34, ip: '10.1.2.3' }]],
    [
      'a VPC endpoint',
      'quiet',
      PAIR,
      [{ at: -60 }, { at: 34, ip: AWAY, more: { vpcEndpointId: 'vpce-0abc1234def567890' } }],
    ],
    ['AWS for it', 'quiet', PAIR, [{ at: -60 }, { at: 34, ip: 'cloudformation.amazonaws.com' }]],
    [
      'the console',
      'quiet',
      PAIR,
      [{ at: -60 }, { at: 34, ip: AWAY, more: { sessionCredentialFromConsole: 'true' } }],
    ],
    [
      'a session from elsewhere',
      'CRITICAL',
      SESSION,
      [
        { at: -60, key: s },
        { at: 34, ip: AWAY, key: s },
      ],
    ],
    [
      'a session over midnight',
      'CRITICAL',
      SESSION,
      [
        { at: -60, key: s },
        { at: 1000, ip: AWAY, key: s },
      ],
    ],
    [
      'a session after its longest life',
      'quiet',
      SESSION,
      [
        { at: -60, key: s },
        { at: 37 * 60, ip: AWAY, key: s },
      ],
    ],
    [
      'a token and its key id',
      'CRITICAL',
      TOKEN_ONLY,
      [
        { at: -60, key: s },
        { at: 34, ip: AWAY, key: s },
      ],
    ],
    [
      'Lambda that moves in its region',
      'quiet',
      SESSION,
      [
        { at: -60, key: s, ip: LAMBDA_1 },
        { at: 34, ip: LAMBDA_2, key: s },
      ],
    ],
    [
      'AWS in its region with another client',
      'CRITICAL',
      SESSION,
      [
        { at: -60, key: s, ip: LAMBDA_1 },
        { at: 34, ip: LAMBDA_2, key: s, agent: 'curl/8.5.0' },
      ],
    ],
    [
      'NAT beside a VPC endpoint',
      'quiet',
      SESSION,
      [
        { at: -60, key: s, ip: '10.0.0.4', more: { vpcEndpointId: 'vpce-0abc1234def567890' } },
        { at: 34, ip: LAMBDA_2, key: s },
      ],
    ],
    [
      'a VPC endpoint before, the internet after',
      'CRITICAL',
      SESSION,
      [
        { at: -60, key: s, ip: '10.0.0.4', more: { vpcEndpointId: 'vpce-0abc1234def567890' } },
        { at: 34, ip: AWAY, key: s },
      ],
    ],
    [
      'a new session where its role was',
      'quiet',
      SESSION,
      [
        { at: -300, key: 'other-session' },
        { at: 34, key: s },
      ],
    ],
    [
      'a new session where its role was not',
      'CRITICAL',
      SESSION,
      [
        { at: -300, key: 'other-session' },
        { at: 34, ip: AWAY, key: s },
      ],
    ],
    [
      'a new session that logs its first request',
      'quiet',
      SESSION,
      [
        { at: -300, key: 'other-session' },
        { at: 0.5, ip: AWAY, key: s },
      ],
    ],
    [
      'a signed request, sent while it is good',
      'HIGH',
      HEADER,
      [
        { at: -60, key: s },
        { at: 3, ip: AWAY, key: s },
      ],
    ],
    [
      'a signed request, another service',
      'quiet',
      HEADER,
      [
        { at: -60, key: s },
        { at: 3, ip: AWAY, key: s, more: { eventSource: 'kms.amazonaws.com' } },
      ],
    ],
    [
      'a signed request that had ended',
      'quiet',
      HEADER,
      [
        { at: -60, key: s },
        { at: 30, ip: AWAY, key: s },
      ],
    ],
    ['a key id alone', 'quiet', 'using {{aws-key-id:k}}', [{ at: -60 }, { at: 34, ip: AWAY }]],
  ])('%s: %s', (_, expected, text, calls) => {
    expect(verdict([line(text), ...calls.map(call)])).toBe(expected);
  });

  it('a role that roams: the first network of a session is its home', () => {
    const roaming = Array.from({ length: 9 }, (_, n) =>
      call({ at: -300 - n, key: 'other-session', ip: `198.18.${n}.1` }),
    );
    expect(verdict([line(SESSION), ...roaming, call({ at: 34, ip: AWAY, key: 'session' })])).toBe('quiet');
    expect(
      verdict([
        line(SESSION),
        ...roaming,
        call({ at: 34, ip: AWAY, key: 'session' }),
        call({ at: 40, ip: '192.0.2.9', key: 'session' }),
      ]),
    ).toBe('CRITICAL');
  });

  it('a key id and its secret in two records', () => {
    const calls = [call({ at: -60 }), call({ at: 34, ip: AWAY })];
    const keyId = line('aws_access_key_id={{aws-key-id:k}}');
    const secret = line('aws_secret_access_key={{aws-secret:k}}');
    expect(verdict([keyId, secret, ...calls])).toBe('CRITICAL');
    expect(verdict([keyId, ...calls])).toBe('quiet');
    const later = line('aws_secret_access_key={{aws-secret:k}}', 5);
    expect(verdict([keyId, later, ...calls])).toBe('quiet');
  });

  it('says when, where and how long after', () => {
    const { findings } = plainReplay(DETECTORS, [line(PAIR), call({ at: -60 }), call({ at: 34, ip: AWAY })]);
    const said = findings.find(({ evidenceKey }) => evidenceKey === 'leaked key')!;
    expect(said.title).toContain('Leaked, then used from 203.0.113.0/24 34 min later');
    expect(said.principal?.keyId).toBe(e('{{aws-key-id:k}}'));
    expect(said.evidence.map(({ fields }) => fields.what)).toEqual(['leaked', 'used from elsewhere']);
    expect(new Date(said.firstMs).toISOString()).toBe('2026-11-01T12:00:00.000Z');
  });

  it('says the same in any order and in any batches', () => {
    const records = [
      line(PAIR),
      line(PAIR, 5),
      line(SESSION, 1),
      line(HEADER),
      ...[-60, 10, 34, 35, 1500].map((at) => call({ at, ip: at === 34 ? AWAY : HOME })),
      ...[-70, 20, 30].map((at) => call({ at, key: 'session', ip: at === 30 ? AWAY : LAMBDA_1 })),
    ];
    const whole = plainReplay(DETECTORS, records).findings;
    expect(whole.filter(({ severity }) => severity === 'CRITICAL').length).toBeGreaterThan(2);
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.nat(), fc.nat(2)), { minLength: records.length, maxLength: records.length }),
        (marks) => {
          const order = records
            .map((record, at) => ({ record, mark: marks[at]! }))
            .sort((a, b) => a.mark[0] - b.mark[0]);
          const batches = [0, 1, 2].map((batch) =>
            order.filter(({ mark }) => mark[1] === batch).map(({ record }) => record),
          );
          expect(batchReplay(DETECTORS, batches).findings).toEqual(whole);
        },
      ),
      { numRuns: 40 },
    );
  });
});

describe('its folds', () => {
  const evidence = fc.record({ time: fc.nat(5_000), id: fc.nat(20) }).map(({ time, id }) => ({
    source: 'application-log' as const,
    locator: `l#${id}`,
    eventId: `e${id}`,
    time: new Date(T0 + time * MINUTE).toISOString(),
    fields: {},
  }));
  const leak: fc.Arbitrary<Leak> = fc
    .record({
      kind: fc.constantFrom(...LEAK_KINDS),
      evidence,
      until: fc.option(fc.nat(100)),
      service: fc.constantFrom('', 's3', 'kms'),
    })
    .map(({ kind, evidence: piece, until, service }) => ({
      kind,
      timeMs: Date.parse(piece.time),
      untilMs: until === null ? null : T0 + until,
      service,
      region: '',
      place: 'p',
      evidence: piece,
    }));
  const use: fc.Arbitrary<Use> = fc
    .record({ network: fc.nat(80), client: fc.constantFrom('a', 'b'), at: fc.nat(90), id: fc.nat(300) })
    .map(({ network, client, at, id }) => ({
      network: `n${network}`,
      client,
      timeMs: T0 + at,
      eventId: `e${id}`,
      locator: `l#${id}`,
      ip: '198.51.100.7',
      public: true,
      awsRegion: '',
      account: '',
      region: '',
      service: '',
      action: '',
      errorCode: '',
      principal: '',
      principalType: '',
      principalName: '',
      session: '',
    }));
  it('two leaks of one name in one record: which is kept does not hang on the order they came in', () => {
    const found: Leak = {
      kind: 'presigned URL',
      timeMs: T0,
      untilMs: null,
      service: '',
      region: '',
      place: 'p',
      evidence: {
        source: 'application-log',
        locator: 'l#0',
        eventId: 'e0',
        time: new Date(T0).toISOString(),
        fields: {},
      },
    };
    const others: readonly Leak[] = [
      { ...found, service: 's3' },
      { ...found, region: 'eu-west-1' },
      { ...found, place: 'q' },
      { ...found, evidence: { ...found.evidence, fields: { kind: 'header' } } },
    ];
    for (const other of others) {
      expect(foldInParts(SESSION_KEYS.leaks, [[found, other]])).toEqual(
        foldInParts(SESSION_KEYS.leaks, [[other, found]]),
      );
    }
  });

  // Places in one day are many more than are kept.
  it.each([
    ['leaks', SESSION_KEYS.leaks, splits(leak, 120)],
    ['whereabouts', whereaboutsFold('whereabouts', { windowMs: 1, keepMs: 1 }), splits(use, 160)],
  ] as const)('%s: any order, any split, any duplication', (_, fold, pieces) => {
    fc.assert(
      fc.property(
        pieces as fc.Arbitrary<{ whole: readonly unknown[]; parts: readonly (readonly unknown[])[] }>,
        ({ whole, parts }) => {
          const expected = JSON.parse(JSON.stringify(foldAll(fold, whole)));
          expect(foldInParts(fold, parts)).toEqual(expected);
          expect(foldInParts(fold, [...parts, ...parts])).toEqual(expected);
        },
      ),
      { numRuns: 60 },
    );
  });
});
