import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { canonicalText, readPolicy } from '../../../src/detectors/policy/policy-document.ts';
import { matches } from '../../../src/detectors/policy/policy-reach.ts';
import { type TransportGuard, transportGuardOf } from '../../../src/detectors/policy/transport-guard.ts';
import { allowAll, denyHttp, policy, spellings, TABLE } from './policy-documents.ts';

const OF_TABLE = { service: 'dynamodb', resources: [TABLE] };
const OF_BUCKET = { service: 's3', resources: ['arn:aws:s3:::logs/any-object'] };

function guardOf(document: unknown, target = OF_TABLE): TransportGuard | null {
  const read = readPolicy(document);
  return read === null ? null : transportGuardOf(read, target);
}
const deny = (changes: object = {}): string => guardOf(policy(denyHttp(changes)))?.deny ?? 'unknown';
const under = (Condition: object): string => deny({ Condition });

describe('a Deny', () => {
  test.each([
    ['every action by a star', { Action: '*' }, 'all'],
    ['every action of the service by a shorter pattern', { Action: 'dyn*' }, 'all'],
    ['any of several patterns', { Action: ['s3:*', 'dynamodb:*'] }, 'all'],
    ['single actions', { Action: ['dynamodb:GetItem', 'dynamodb:PutItem'] }, 'part'],
    ['a family of actions', { Action: 'dynamodb:Batch*' }, 'part'],
    ['another service', { Action: 's3:*' }, 'none'],
    ['all but another service', { Action: undefined, NotAction: 'iam:*' }, 'all'],
    ['all but some of the service', { Action: undefined, NotAction: ['dynamodb:Describe*'] }, 'part'],
    ['all but the service', { Action: undefined, NotAction: ['dynamodb:*', 's3:*'] }, 'none'],
    ['all but everything', { Action: undefined, NotAction: '*' }, 'none'],
    ['the table', { Resource: TABLE }, 'all'],
    ['the table and its indexes', { Resource: [TABLE, `${TABLE}/index/*`] }, 'all'],
    ['the table in another partition’s words', { Resource: TABLE.replace('aws', 'aws-cn') }, 'all'],
    ['another table', { Resource: 'arn:aws:dynamodb:us-east-1:111122223333:table/Other' }, 'part'],
    ['a bucket', { Resource: 'arn:aws:s3:::logs/*' }, 'none'],
    ['all but a bucket', { Resource: undefined, NotResource: 'arn:aws:s3:::logs/*' }, 'all'],
    ['all but a table', { Resource: undefined, NotResource: `${TABLE}-public` }, 'part'],
    ['no resource named', { Resource: undefined }, 'all'],
    ['everybody by account form', { Principal: { AWS: '*' } }, 'all'],
    ['one role', { Principal: { AWS: 'arn:aws:iam::111122223333:role/app' } }, 'part'],
    [
      'everybody but one',
      { Principal: undefined, NotPrincipal: { AWS: 'arn:aws:iam::111122223333:root' } },
      'part',
    ],
    ['whom an identity’s policy is attached to', { Principal: undefined }, 'all'],
  ])('%s', (_, changes, expected) => {
    expect(deny(changes)).toBe(expected);
  });

  test.each([
    ['a boolean', { Bool: { 'aws:SecureTransport': false } }, 'all'],
    ['IfExists', { BoolIfExists: { 'aws:SecureTransport': 'false' } }, 'all'],
    ['another case', { bool: { 'AWS:securetransport': 'FALSE' } }, 'all'],
    ['a list', { Bool: { 'aws:SecureTransport': ['false'] } }, 'all'],
    // A request without the key would match as well; every request has it.
    ['ForAllValues', { 'ForAllValues:Bool': { 'aws:SecureTransport': 'false' } }, 'all'],
    ['ForAnyValue with IfExists', { 'ForAnyValue:BoolIfExists': { 'aws:SecureTransport': 'false' } }, 'all'],
    ['TLS itself', { Bool: { 'aws:SecureTransport': 'true' } }, 'none'],
    ['no value at all', { Bool: { 'aws:SecureTransport': [] } }, 'none'],
    ['a key that is never absent', { Null: { 'aws:SecureTransport': 'true' } }, 'none'],
    ['a text operator', { StringEquals: { 'aws:SecureTransport': 'false' } }, 'unknown'],
    ['a variable', { Bool: { 'aws:SecureTransport': `\${aws:PrincipalTag/plain}` } }, 'unknown'],
    [
      'only from one address',
      { Bool: { 'aws:SecureTransport': 'false' }, IpAddress: { 'aws:SourceIp': '192.0.2.0/24' } },
      'part',
    ],
    [
      'not for one role',
      {
        Bool: { 'aws:SecureTransport': 'false' },
        ArnNotLike: { 'aws:PrincipalArn': 'arn:aws:iam::*:role/old' },
      },
      'part',
    ],
    [
      'not for services of AWS',
      { Bool: { 'aws:SecureTransport': 'false', 'aws:PrincipalIsAWSService': 'false' } },
      'all',
    ],
    ['another key', { Bool: { 'aws:MultiFactorAuthPresent': 'false' } }, 'none'],
  ])('under %s', (_, condition, expected) => {
    expect(under(condition)).toBe(expected);
  });

  test('without conditions shuts everything, and is no guard that could be dropped', () => {
    expect(guardOf(policy(denyHttp({ Condition: undefined })))).toMatchObject({ deny: 'none', isShut: true });
  });

  test('of the oldest TLS version, for S3', () => {
    const versions = (condition: object): number =>
      guardOf(
        policy({ Effect: 'Deny', Principal: '*', Action: 's3:*', Resource: '*', Condition: condition }),
        OF_BUCKET,
      )?.minimumTls ?? -1;
    expect(versions({ NumericLessThan: { 's3:TlsVersion': '1.2' } })).toBe(12);
    expect(versions({ NumericLessThan: { 's3:TlsVersion': 1.3 } })).toBe(13);
    expect(versions({ NumericLessThanEquals: { 's3:tlsversion': ['1.1'] } })).toBe(12);
    expect(versions({ NumericGreaterThan: { 's3:TlsVersion': '1.2' } })).toBe(0);
    expect(versions({ NumericLessThan: { 's3:TlsVersion': 'new' } })).toBe(0);
    expect(versions({ NumericLessThan: { 's3:TlsVersion': '1.2', 's3:max-keys': '3' } })).toBe(0);
  });
});

describe('Allows', () => {
  const demands = { Condition: { Bool: { 'aws:SecureTransport': 'true' } } };
  test.each([
    ['none', [denyHttp()], 'none'],
    [
      'every one asks for TLS',
      [allowAll(demands), allowAll({ ...demands, Action: 'dynamodb:GetItem' })],
      'demanded',
    ],
    ['one does not', [allowAll(demands), allowAll({ Action: 'dynamodb:GetItem' })], 'free'],
    [
      'the one that does not is of another service',
      [allowAll(demands), allowAll({ Action: 's3:*' })],
      'demanded',
    ],
    [
      'both values pass',
      [allowAll({ Condition: { Bool: { 'aws:SecureTransport': ['true', 'false'] } } })],
      'free',
    ],
    [
      'for some requests',
      [allowAll({ Condition: { IpAddress: { 'aws:SourceIp': '192.0.2.0/24' } } })],
      'free',
    ],
  ])('%s', (_, statements, expected) => {
    expect(guardOf(policy(...statements))?.allow).toBe(expected);
  });

  test('a condition that cannot be judged makes the policy unknown, unless a Deny stands anyway', () => {
    const odd = allowAll({ Condition: { StringLike: { 'aws:SecureTransport': 'tr*' } } });
    expect(guardOf(policy(odd))).toBeNull();
    expect(guardOf(policy(odd, denyHttp()))?.deny).toBe('all');
  });
});

test('a statement that guards is named', () => {
  const narrow = denyHttp({ Sid: 'Narrow', Action: 'dynamodb:Scan' });
  expect(guardOf(policy(narrow, denyHttp()))).toMatchObject({ deny: 'all', sid: 'DenyPlainHttp' });
});

test('order, case, lists and encoding of a policy change nothing of what it says', () => {
  const statements = fc.constantFrom(
    denyHttp(),
    denyHttp({ Action: ['dynamodb:GetItem'], Resource: [TABLE] }),
    denyHttp({
      Action: undefined,
      NotAction: 'iam:*',
      Condition: { BoolIfExists: { 'aws:SecureTransport': 'false' } },
    }),
    denyHttp({ Sid: 'Shut', Condition: {} }),
    allowAll(),
    allowAll({ Action: 'dynamodb:Query', Condition: { Bool: { 'aws:SecureTransport': 'true' } } }),
    allowAll({ Condition: { StringEquals: { 'aws:PrincipalOrgID': 'o-example0000' } } }),
  );
  fc.assert(
    fc.property(fc.array(statements, { minLength: 1, maxLength: 5 }), spellings, (list, spell) => {
      const plain = policy(...list);
      const other = spell(structuredClone(plain));
      expect(guardOf(other)).toEqual(guardOf(plain));
      expect(canonicalText(readPolicy(other)!)).toBe(canonicalText(readPolicy(plain)!));
    }),
    { numRuns: 300 },
  );
});

describe('what cannot be read is unknown', () => {
  test.each([
    ['nothing', undefined],
    ['an empty text', ''],
    ['a text that is no JSON', 'HIDDEN_DUE_TO_SECURITY_REASONS'],
    ['half a policy', '{"Statement": [{"Effect": "Deny"'],
    ['broken URL encoding', '%7B%22Statement%22%3A%E0%A4%A'],
    ['no statement', {}],
    ['statements that are none', { Statement: [1, 'Deny'] }],
    ['an effect that is none', policy({ ...denyHttp(), Effect: 'Maybe' as 'Deny' })],
    ['both Action and NotAction', policy(denyHttp({ NotAction: 's3:*' }))],
    ['neither', policy(denyHttp({ Action: undefined }))],
    ['a principal that is a number', policy(denyHttp({ Principal: 1 }))],
    ['conditions that are a list', policy(denyHttp({ Condition: [] }))],
    ['values that are objects', policy(denyHttp({ Condition: { Bool: { 'aws:SecureTransport': {} } } }))],
    ['too many statements', policy(...Array.from({ length: 513 }, () => denyHttp()))],
    ['too many values', policy(denyHttp({ Action: Array.from({ length: 9_000 }, () => 's3:*') }))],
    ['too much text', policy(denyHttp({ Resource: Array.from({ length: 70 }, () => '*'.repeat(2_000)) }))],
    ['more text than CloudTrail keeps', `${' '.repeat(400_000)}{"Statement": []}`],
    ['what CloudTrail leaves out', { omitted: true, originalSize: 123_456, reason: 'too large' }],
  ])('%s', (_, document) => {
    expect(guardOf(document)).toBeNull();
  });

  test('anything at all: no throw', () => {
    const anything = fc.oneof(fc.jsonValue(), fc.json(), fc.string(), fc.object());
    fc.assert(
      fc.property(anything, anything, (document, part) => {
        guardOf(document);
        guardOf({ Statement: part });
        guardOf(policy(denyHttp({ Condition: part, Principal: part })));
        guardOf(JSON.stringify(policy(denyHttp({ Action: part }))));
      }),
      { numRuns: 300 },
    );
  });

  test('a deep nest, and patterns of stars, take no time', () => {
    expect(guardOf('['.repeat(100_000))).toBeNull();
    const stars = `${'*a'.repeat(900)}b`;
    const many = policy(denyHttp({ Resource: Array.from({ length: 60 }, () => stars) }));
    const start = performance.now();
    expect(guardOf(many)?.deny).toBe('part');
    expect(performance.now() - start).toBeLessThan(500);
  });
});

test('patterns', () => {
  expect(matches('table/*/index/?', 'table/a/b/index/1')).toBe(true);
  expect(matches('*', '')).toBe(true);
  expect(matches('', 'a')).toBe(false);
  expect(matches('a?', 'a')).toBe(false);
  expect(matches('*ab', 'aab')).toBe(true);
  expect(matches('*'.repeat(3_000), 'a')).toBe(false);
});
