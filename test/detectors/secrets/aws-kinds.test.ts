import { describe, expect, it } from 'vitest';
import { scanText } from '../../../src/detectors/secrets/scan-text.ts';
import { findSignatures } from '../../../src/records/sigv4.ts';
import { createRandom } from '../../../src/simulate/prng.ts';
import { AWS_EXAMPLES } from '../../../src/simulate/secret-examples/aws.ts';
import { expandPlaceholders } from '../golden-inputs.ts';

const LOGGED = Date.parse('2026-11-01T12:00:00Z');

function found(text: string): string[] {
  return scanText(expandPlaceholders(text), LOGGED).matches.map(
    ({ kind, verdict }) => `${kind.rule} ${kind.name} ${verdict.severity ?? kind.severity}`,
  );
}

describe('examples of AWS material', () => {
  it.each(AWS_EXAMPLES.map((example) => [example.kind, example] as const))(
    '%s is found in each notation',
    (kind, example) => {
      const random = createRandom(`aws kinds ${kind}`);
      for (let time = 0; time < 40; time++) {
        const made = example.make(random, LOGGED);
        const texts = [
          `2026-11-01 INFO ${made.text}`,
          ...(made.member === undefined
            ? []
            : [
                JSON.stringify({ level: 'info', [made.member.key]: made.member.value }),
                JSON.stringify({
                  message: JSON.stringify({ inner: { [made.member.key]: made.member.value } }),
                }),
              ]),
          ...(made.lines === undefined ? [] : [made.lines.join('\n')]),
        ];
        for (const text of texts) {
          const { matches } = scanText(text, LOGGED);
          expect(
            matches.map((match) => match.kind.name),
            text,
          ).toContain(kind);
        }
      }
    },
  );
});

describe('session tokens by their first bytes', () => {
  // Seen in public files without a name of AWS beside them: version, tag, length and `origin`, `origin_ec`, `aws` or `er/aws`.
  const forms = [
    [0x21, 9, 'origin_ec'],
    [0x02, 9, 'origin_ec'],
    [0x02, 6, 'origin'],
    [0x17, 3, 'aws'],
    [0x15, 3, 'aws'],
    [0x17, 6, 'er/aws'],
    [0x15, 6, 'er/aws'],
    [0x01, 3, 'aws'],
  ] as const;
  it.each(forms)('%i %i %s', (version, length, words) => {
    const head = Buffer.concat([Buffer.from([version, 0x0a, length]), Buffer.from(words)]);
    const tail = Buffer.from(createRandom('session tokens').hex(600), 'hex');
    const token = Buffer.concat([head, tail]).toString('base64');
    expect(found(`"sessionToken": "${token}"`)).toEqual(['SEC-03 aws-session-token MEDIUM']);
  });
});

describe('what belongs together is said once', () => {
  it('a pair is no lone secret and no lone key id', () => {
    expect(found('AWS_ACCESS_KEY_ID={{aws-key-id:a}} AWS_SECRET_ACCESS_KEY={{aws-secret:a}}')).toEqual([
      'SEC-01 aws-key-pair CRITICAL',
    ]);
  });

  it('a key id in a signed request, a URL of version 2 or a CloudTrail record is none', () => {
    const scope = '20261101/us-east-1/dynamodb/aws4_request';
    expect(found(`Credential={{aws-key-id:a}}/${scope}`)).toEqual([]);
    expect(found('https://b.s3.amazonaws.com/o?AWSAccessKeyId={{aws-key-id:a}}&Expires=1')).toEqual([]);
    expect(
      found(
        '{"userIdentity":{"type":"IAMUser","principalId":"AIDAEXAMPLE","accessKeyId":"{{aws-key-id:a}}"}}',
      ),
    ).toEqual([]);
    expect(found('access key {{aws-key-id:a}} was used')).toEqual(['SEC-04 aws-key-id INFO']);
  });

  it('a session token with its key and secret is the session', () => {
    const token = 'AWS_SESSION_TOKEN={{session-token:a}}';
    expect(found(token)).toEqual(['SEC-03 aws-session-token MEDIUM']);
    expect(
      found(`AWS_ACCESS_KEY_ID={{aws-session-key-id:a}} AWS_SECRET_ACCESS_KEY={{aws-secret:a}} ${token}`),
    ).toEqual(['SEC-01 aws-key-pair CRITICAL', 'SEC-03 aws-session-token CRITICAL']);
  });
});

describe('until when a session token opens the door', () => {
  const facts = (text: string) =>
    scanText(expandPlaceholders(text), LOGGED).matches.find(({ kind }) => kind.rule === 'SEC-03')?.verdict
      .facts;

  it('says the expiration beside it', () => {
    expect(facts('{"SessionToken":"{{session-token:a}}","Expiration":"2026-11-01T18:00:00Z"}')).toEqual({
      validUntil: '2026-11-01T18:00:00.000Z',
    });
  });

  it('says what is known without: 12 hours of a role, 36 of others, counted from the record', () => {
    expect(facts('X-Amz-Security-Token: {{session-token:a}}')).toEqual({
      validUntilAtMost: '2026-11-03T00:00:00.000Z',
      validUntilOfRole: '2026-11-02T00:00:00.000Z',
    });
  });

  it('says key, region and service of the request that it stands in', () => {
    expect(
      facts(
        'Authorization: AWS4-HMAC-SHA256 Credential={{aws-session-key-id:a}}/20261101/eu-west-1/kms/aws4_request, Signature={{signature:a}} X-Amz-Security-Token: {{session-token:a}}',
      ),
    ).toMatchObject({
      region: 'eu-west-1',
      service: 'kms',
      keyId: expandPlaceholders('{{aws-session-key-id:a}}'),
    });
  });
});

describe('whose object a presigned URL opens', () => {
  const query = `?X-Amz-Credential={{aws-key-id:a}}%2F20261101%2Fus-east-1%2Fs3%2Faws4_request&X-Amz-Date=20261101T120000Z&X-Amz-Expires=60&X-Amz-Signature={{signature:a}}`;
  it.each([
    ['https://my.bucket.s3.eu-west-1.amazonaws.com/a%20b/c.csv', 'my.bucket/a b/c.csv'],
    ['https://s3.eu-west-1.amazonaws.com/my-bucket/c.csv', 'my-bucket/c.csv'],
    ['https://my-bucket.s3.amazonaws.com:443/c', 'my-bucket/c'],
    ['https://s3-eu-west-1.amazonaws.com/b/c', 'b/c'],
    ['https://sqs.eu-west-1.amazonaws.com/b/c', undefined],
    ['/b/c', undefined],
    ['https://s3.example.com/b/c', undefined],
  ])('%s', (url, object) => {
    expect(findSignatures(expandPlaceholders(`GET ${url}${query} 200`))[0]!.url?.object).toBe(object);
  });
});

describe('what only looks like it', () => {
  it.each([
    ['a path', 'aws_secret_access_key=/usr/local/lib/python3/site/packages/abc'],
    ['hex', `aws_secret_access_key=${'0a1b2c3d4e'.repeat(4)}`],
    ['the example of the manual', 'aws_secret_access_key={{example-secret:aws}}'],
    ['a longer run', 'aws_secret_access_key={{aws-secret:a}}{{aws-secret:b}}'],
    ['a branch', 'checked out da2-fix-the-thing-in-the-parser'],
    ['an id of a role', `${'AR'}OAQNZGKIQY56JQ7WML`],
    ['a word', 'TASKABSKILLED'],
  ])('%s', (_, text) => {
    expect(found(text)).toEqual([]);
  });
});
