import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { JudgeContext } from '../../../src/detectors/detector.ts';
import { plaintextS3 } from '../../../src/detectors/tls/plaintext-s3.ts';
import { ciphersOfOthers, s3Ciphers } from '../../../src/detectors/tls/s3-cipher-calibration.ts';
import { requesterOf, sensitiveThing, shown } from '../../../src/detectors/tls/s3-request.ts';
import type { AnyRecord, LineFormat } from '../../../src/records/record.ts';
import { albLine, HOST_ID, PLAIN_TAIL, s3Line, TLS_TAIL } from '../../records/access-lines.ts';
import { foldAll, foldInParts, splits } from '../fold-laws.ts';
import { expandPlaceholders } from '../golden-inputs.ts';
import { callRecord, lineRecord } from '../plain-records.ts';
import { batchReplay, plainReplay, testSettings } from '../plain-replay.ts';
import { NO_CIPHER, s3Event } from '../s3-events.ts';

const T0 = Date.UTC(2026, 10, 1, 12);

function line(text: string, format: LineFormat, ordinal = 1, timeMs = T0): AnyRecord {
  return lineRecord(text, { format, ordinal, timeMs, account: '', region: '' });
}
const s3 = (text: string, ordinal = 1) => line(text, 's3-access', ordinal);
const alb = (text: string, ordinal = 1) => line(text, 'alb-access', ordinal);
const found = (records: readonly AnyRecord[]) => plainReplay([plaintextS3], records).findings;

const presigned = (name: string) =>
  expandPlaceholders(
    `X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential={{aws-session-key-id:${name}}}%2F20261101%2Fus-east-1%2Fs3%2Faws4_request&X-Amz-Date=20261101T115900Z&X-Amz-Expires=3600&X-Amz-SignedHeaders=host&X-Amz-Security-Token={{session-token:${name}|url}}&X-Amz-Signature={{signature:${name}}}`,
  );
const secretsOf = (name: string) =>
  ['{{session-token:N}}', '{{session-token:N|url}}', '{{signature:N}}'].map((text) =>
    expandPlaceholders(text.replace('N', name)),
  );

describe('what a name says is at stake', () => {
  it.each([
    ['lake', 'exports/AWSDynamoDB/0176-aa/data/x.gz', 'an export of DynamoDB'],
    ['lake', 'AWSDynamoDB%2F0176-aa/data/x.gz', 'an export of DynamoDB'],
    ['infra', 'prod%252Fterraform%252Etfstate', 'Terraform state'],
    ['infra', 'terraform.tfstate.backup', 'Terraform state'],
    ['acme-tf-state', 'x', 'Terraform state'],
    ['logs', 'AWSLogs/o-abcd1234/111122223333/CloudTrail/us-east-1/x.gz', 'CloudTrail logs'],
    ['nightly-backups', 'x', 'a backup'],
    ['data', 'db_backup.sql', 'a backup'],
    ['assets', 'img/backupper.png', ''],
    ['assets', 'MyAWSDynamoDB/notes.txt', ''],
    ['assets', 'tfstate.md', ''],
  ])('%s/%s: %s', (bucket, key, expected) => expect(sensitiveThing(bucket, key)).toBe(expected));
});

describe('who asked', () => {
  it.each([
    ['arn:aws:sts::111122223333:assumed-role/orders-api/i-0abc', 'role:111122223333:orders-api'],
    ['arn:aws-us-gov:iam::111122223333:user/team/ann', 'user:111122223333:ann'],
    ['arn:aws:iam::111122223333:root', 'root:111122223333'],
    ['arn:aws:sts::111122223333:federated-user/bob', 'federated:111122223333:bob'],
    ['', 'nobody'],
    [
      'arn:aws:iam::cloudfront:user/CloudFront Origin Access Identity E1',
      'arn:aws:iam::cloudfront:user/CloudFront Origin Access Identity E1',
    ],
  ])('%s is %s', (requester, principal) => expect(requesterOf(requester).principal).toBe(principal));
});

describe('lines of S3', () => {
  it('says nothing of TLS, of nobody, and of what is no access log', () => {
    const text = s3Line({ tail: PLAIN_TAIL });
    expect(found([s3(text)])).toHaveLength(1);
    expect(found([line(text, 'text')])).toEqual([]);
    expect(found([s3(s3Line())])).toEqual([]);
    expect(found([s3(s3Line({ tail: `- ${HOST_ID} - - - h - - -` }))])).toEqual([]);
  });

  it('takes an origin access identity for a stranger, and the owner for known', () => {
    const identity = 'arn:aws:iam::cloudfront:user/CloudFront Origin Access Identity E1EXAMPLE';
    expect(found([s3(s3Line({ requester: identity, tail: PLAIN_TAIL }))])).toMatchObject([
      { severity: 'LOW' },
    ]);
    const owner = s3Line().split(' ')[0]!;
    expect(found([s3(s3Line({ requester: owner, tail: PLAIN_TAIL }))])).toMatchObject([
      { severity: 'MEDIUM' },
    ]);
  });

  it('does not believe a status that the client wrote too', () => {
    const uri = '"GET /a" 403 AccessDenied HTTP/1.1"';
    expect(found([s3(s3Line({ uri, tail: PLAIN_TAIL }))])).toMatchObject([{ severity: 'MEDIUM' }]);
    const answer = '403 AccessDenied 243 - 7 -';
    expect(found([s3(s3Line({ answer, tail: PLAIN_TAIL }))])).toMatchObject([{ severity: 'LOW' }]);
  });

  it('is one finding for the sessions of a role, a bucket and a day', () => {
    const of = (session: string, ordinal: number) =>
      s3(
        s3Line({ requester: `arn:aws:sts::111122223333:assumed-role/sync/${session}`, tail: PLAIN_TAIL }),
        ordinal,
      );
    expect(found([of('a', 1), of('b', 2), of('c', 3)])).toMatchObject([{ count: 3, entity: 'exports' }]);
  });
});

const NOISE = fc.oneof(
  fc.constantFrom(
    '"',
    ' ',
    '" 200 - ',
    PLAIN_TAIL,
    TLS_TAIL,
    '%3f',
    '?',
    '\u0000',
    '\u001f',
    '\u001b[2J',
    '\u202e',
    'http://',
  ),
  fc.constant(presigned('web')),
  fc.string({ unit: 'binary', maxLength: 30 }),
);

describe('hostile lines', () => {
  it('show no secret and no control character, and stay short, whatever stands where', () => {
    let seen = 0;
    fc.assert(
      fc.property(
        fc.array(NOISE, { maxLength: 6 }),
        fc.constantFrom('key', 'uri', 'userAgent', 'referer', 'requester', 'path', 'agent', 'host'),
        (parts, where) => {
          const noise = parts.join('').replaceAll(/[\r\n]/g, '');
          const value =
            where === 'uri' || where === 'userAgent' || where === 'referer' ? `"${noise}"` : noise;
          const escaped = noise.replaceAll('"', '\\x22');
          const url = `GET http://${where === 'host' ? escaped : 'h'}:80/${where === 'path' ? escaped : 'a'}?${presigned('web')} HTTP/1.1`;
          const records = [
            s3(s3Line({ [where]: value, tail: PLAIN_TAIL })),
            alb(
              albLine({
                type: 'http',
                tls: '- -',
                request: url,
                userAgent: where === 'agent' ? escaped : 'x',
              }),
              2,
            ),
          ];
          const findings = found(records);
          seen += findings.length;
          const said = JSON.stringify(findings);
          for (const secret of secretsOf('web')) {
            for (let at = 0; at + 16 <= secret.length; at += 8)
              expect(said).not.toContain(secret.slice(at, at + 16));
          }
          for (const { title, entity, evidenceKey, evidence } of findings) {
            expect(title.length).toBeLessThanOrEqual(130);
            expect(entity.length + evidenceKey.length).toBeLessThan(1_000);
            for (const value of Object.values(evidence[0]!.fields)) {
              if (typeof value !== 'string') continue;
              expect(value.length).toBeLessThanOrEqual(400);
              expect(value).not.toMatch(/[\u0000-\u001f\u007f-\u009f]/);
            }
          }
        },
      ),
      { numRuns: 200 },
    );
    expect(seen).toBeGreaterThan(200);
  });

  it('take linear time', () => {
    for (const noise of ['"', ' ', '" 200 - ', '?', '%25', 'X-Amz-Signature=', 'a']) {
      const long = noise.repeat(Math.floor(500_000 / noise.length));
      const started = performance.now();
      found([
        s3(s3Line({ key: long, userAgent: `"${long}"`, tail: PLAIN_TAIL })),
        alb(
          albLine({
            type: 'http',
            tls: '- -',
            request: `GET http://h:80/${long}?${presigned('web')}${long} HTTP/1.1`,
          }),
          2,
        ),
      ]);
      expect(performance.now() - started).toBeLessThan(2_000);
    }
  });

  it('cuts a name at whatever may be a query', () => {
    for (const query of ['?a=b', '%3Fa=b', '%253fa=b', ';x-amz-security-token=b', '&Signature=b'])
      expect(shown(`/a/b.csv${query}`)).toMatch(/^\/a\/b\.csv[;&]?$/);
  });
});

describe('order and parts', () => {
  const user = (userName: string) => ({
    type: 'IAMUser',
    accountId: '111122223333',
    accessKeyId: expandPlaceholders(`{{aws-key-id:${userName}}}`),
    userName,
  });
  const call = (n: number, userName: string, more: object): AnyRecord =>
    callRecord({
      eventVersion: '1.11',
      eventTime: new Date(T0 + n * 1000).toISOString().replace('.000', ''),
      eventID: expandPlaceholders(`{{uuid:s3 ${n}}}`),
      awsRegion: 'us-east-1',
      sourceIPAddress: '198.51.100.7',
      userAgent: 'Boto3/1.34',
      eventType: 'AwsApiCall',
      eventCategory: 'Data',
      recipientAccountId: '111122223333',
      userIdentity: user(userName),
      ...s3Event('exports', 'a.csv'),
      ...more,
    });
  const records: readonly AnyRecord[] = [
    ...Array.from({ length: 210 }, (_, n) => call(n, `reader-${n % 7}`, {})),
    ...Array.from({ length: 6 }, (_, n) => call(1000 + n, n % 2 === 0 ? 'ann' : 'bob', NO_CIPHER)),
    ...Array.from({ length: 8 }, (_, n) =>
      s3(
        s3Line({ tail: PLAIN_TAIL, key: `k${n}`, bucket: n % 2 === 0 ? 'exports' : 'nightly-backup' }),
        n + 1,
      ),
    ),
    ...Array.from({ length: 4 }, (_, n) =>
      alb(
        albLine({
          type: 'http',
          tls: '- -',
          request: `GET http://h${n}:80/a?${presigned(`p${n}`)} HTTP/1.1`,
        }),
        n + 20,
      ),
    ),
  ];

  it('change nothing', () => {
    const whole = found(records);
    expect(whole.map(({ severity }) => severity).sort()).toEqual([
      'HIGH',
      'MEDIUM',
      'MEDIUM',
      'MEDIUM',
      'MEDIUM',
    ]);
    fc.assert(
      fc.property(
        fc.shuffledSubarray([...records.keys()], { minLength: records.length }),
        fc.nat(records.length),
        (order, cut) => {
          const mixed = order.map((at) => records[at]!);
          expect(
            batchReplay([plaintextS3], [mixed.slice(0, cut), mixed.slice(cut), mixed.slice(0, 9)]).findings,
          ).toEqual(whole);
        },
      ),
      { numRuns: 15 },
    );
  });
});

describe('the count of ciphers', () => {
  const one = fc.record({
    principal: fc.integer({ min: 0, max: 700 }).map((n) => `user:${n}`),
    cipher: fc.boolean(),
  });

  it('obeys the laws of folds, also when there are more principals than it keeps', () => {
    fc.assert(
      fc.property(splits(one, 900), ({ whole, parts }) => {
        const expected = s3Ciphers.toJson!(foldAll(s3Ciphers, whole)) as object;
        const merged = s3Ciphers.toJson!(foldInParts(s3Ciphers, parts)) as object;
        expect(merged).toEqual(expected);
        expect(Object.keys(expected).length).toBeLessThanOrEqual(500);
      }),
      { numRuns: 20 },
    );
  });

  const judging = (counts: Readonly<Record<string, { n: number; k: number }>>): JudgeContext => ({
    settings: testSettings,
    read: (_fold, _key, day) => (day === 7 ? (new Map(Object.entries(counts)) as never) : null),
  });

  it.each([
    ['enough of others', { a: { n: 200, k: 200 }, me: { n: 9, k: 0 } }, { n: 200, k: 200 }],
    ['too few of others', { a: { n: 199, k: 199 }, me: { n: 900, k: 900 } }, null],
    ['others who mostly lack it', { a: { n: 300, k: 300 }, b: { n: 90, k: 0 } }, { n: 300, k: 300 }],
    ['others who lack it now and then', { a: { n: 300, k: 270 } }, null],
  ])('with %s', (_name, counts, expected) =>
    expect(ciphersOfOthers('111122223333', 'me', 7, judging(counts))).toEqual(expected),
  );
});
