// What is said of a policy, beside a plain evaluation of it: every request of a small world is asked for, one by one.

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { readPolicy } from '../../../src/detectors/policy/policy-document.ts';
import { isOpenEndpoint, opennessOf } from '../../../src/detectors/policy/policy-openness.ts';
import { transportGuardOf } from '../../../src/detectors/policy/transport-guard.ts';
import { type PlainStatement, policy, TABLE } from './policy-documents.ts';

const OWN = '111122223333';
const OTHER = '444455556666';
const FOREIGN_TABLE = 'arn:aws:dynamodb:us-east-1:000000000000:table/any-table';

interface Request {
  readonly account: string;
  readonly action: string;
  readonly resource: string;
  readonly context: Readonly<Record<string, string | undefined>>;
}

const REQUESTS: readonly Request[] = [OWN, OTHER].flatMap((account) =>
  ['dynamodb:GetItem', 'dynamodb:DescribeTable', 's3:GetObject'].flatMap((action) =>
    [TABLE, FOREIGN_TABLE].flatMap((resource) =>
      ['true', 'false'].flatMap((transport) =>
        [undefined, 'o-example0000', 'o-other000000'].flatMap((organization) =>
          ['192.0.2.7', '203.0.113.9'].map((address) => ({
            account,
            action,
            resource,
            context: {
              'aws:securetransport': transport,
              'aws:principalorgid': organization,
              'aws:sourceip': address,
              'aws:principalisawsservice': 'false',
              'aws:resourceaccount': resource.split(':')[4],
            },
          })),
        ),
      ),
    ),
  ),
);

const asList = (value: unknown): string[] => (Array.isArray(value) ? value : [value]).map(String);
const fits = (pattern: string, text: string): boolean =>
  new RegExp(
    `^${pattern
      .replace(/[.+^${}()|[\]\\]/g, '\\$&')
      .replaceAll('*', '.*')
      .replaceAll('?', '.')}$`,
    'i',
  ).test(text);

/** By https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements.html, for the elements used here. */
function applies(statement: PlainStatement, { account, action, resource, context }: Request): boolean {
  const { Principal, NotPrincipal, Action, NotAction, Resource, NotResource, Condition } = statement;
  const isNamed = (principal: unknown): boolean =>
    principal === '*' ||
    asList((principal as { AWS?: unknown }).AWS).some((name) => name === '*' || name.includes(account));
  if (Principal !== undefined && !isNamed(Principal)) return false;
  if (NotPrincipal !== undefined && isNamed(NotPrincipal)) return false;
  if (Action !== undefined && !asList(Action).some((pattern) => fits(pattern, action))) return false;
  if (NotAction !== undefined && asList(NotAction).some((pattern) => fits(pattern, action))) return false;
  if (Resource !== undefined && !asList(Resource).some((pattern) => fits(pattern, resource))) return false;
  if (NotResource !== undefined && asList(NotResource).some((pattern) => fits(pattern, resource)))
    return false;
  return Object.entries((Condition ?? {}) as object).every(([operator, keys]) =>
    Object.entries(keys as object).every(([key, values]) =>
      holds(operator, context[key.toLowerCase()], asList(values)),
    ),
  );
}

function holds(operator: string, value: string | undefined, values: readonly string[]): boolean {
  if (operator === 'Null') return values.includes(String(value === undefined));
  const all = operator.startsWith('ForAllValues:');
  const bare = operator.replace(/^ForA(?:ll|ny)Values?:/, '');
  const plain = bare.replace(/IfExists$/, '');
  const isNegated = plain.startsWith('StringNot');
  if (value === undefined) return all || bare !== plain || (isNegated && !operator.startsWith('ForAny'));
  if (plain === 'IpAddress')
    return values.some((network) => network === '0.0.0.0/0' || value.startsWith('192.0.2.'));
  const equal = values.some((each) => (plain === 'Bool' ? each.toLowerCase() === value : fits(each, value)));
  return isNegated ? !equal : equal;
}

const pick = <T>(...values: T[]): fc.Arbitrary<T> => fc.constantFrom(...values);
const who = pick<object>(
  { Principal: '*' },
  { Principal: '*' },
  { Principal: { AWS: '*' } },
  { Principal: { AWS: `arn:aws:iam::${OTHER}:root` } },
  { NotPrincipal: { AWS: `arn:aws:iam::${OWN}:root` } },
);
const what = pick<object>(
  { Action: '*' },
  { Action: 'dynamodb:*' },
  { Action: ['s3:*', 'DYNAMODB:Get*'] },
  { Action: 's3:*' },
  { NotAction: 's3:*' },
  { NotAction: 'dynamodb:Describe*' },
  { NotAction: '*' },
);
const where = pick<object>(
  { Resource: '*' },
  { Resource: TABLE },
  { Resource: [TABLE, FOREIGN_TABLE] },
  { Resource: 'arn:aws:dynamodb:*:*:table/*' },
  { Resource: 'arn:aws:s3:::logs/*' },
  { NotResource: TABLE },
  { NotResource: 'arn:aws:s3:::logs/*' },
);
const when = pick<object>(
  {},
  { Bool: { 'aws:SecureTransport': 'false' } },
  { BoolIfExists: { 'AWS:SecureTransport': ['false'] } },
  { 'ForAllValues:Bool': { 'aws:SecureTransport': 'false' } },
  { Bool: { 'aws:SecureTransport': 'true' } },
  { 'ForAllValues:BoolIfExists': { 'aws:SecureTransport': 'true' } },
  { Null: { 'aws:SecureTransport': 'false' } },
  { Bool: { 'aws:SecureTransport': 'false', 'aws:PrincipalIsAWSService': 'false' } },
  { Bool: { 'aws:SecureTransport': 'false' }, IpAddress: { 'aws:SourceIp': '192.0.2.0/24' } },
  { IpAddress: { 'aws:SourceIp': '0.0.0.0/0' } },
  { StringEquals: { 'aws:PrincipalOrgID': 'o-example0000' } },
  { StringEqualsIfExists: { 'aws:PrincipalOrgID': 'o-example0000' } },
  { 'ForAllValues:StringLike': { 'aws:PrincipalOrgID': 'o-exam*' } },
  { StringNotEquals: { 'aws:PrincipalOrgID': 'o-example0000' } },
  { StringNotEqualsIfExists: { 'aws:PrincipalOrgID': 'o-example0000' } },
  { 'ForAnyValue:StringNotEquals': { 'aws:PrincipalOrgID': 'o-example0000' } },
  { StringNotEquals: { 'aws:ResourceAccount': OWN } },
);
const effect = pick<'Allow' | 'Deny'>('Allow', 'Deny');
const statement: fc.Arbitrary<PlainStatement> = fc
  .tuple(effect, who, what, where, when)
  .map(([Effect, by, actions, resources, Condition]) => ({
    Effect,
    ...by,
    ...actions,
    ...resources,
    Condition,
  }));
const policies = fc.array(statement, { minLength: 1, maxLength: 3 });
const isAbout = (request: Request, service: string): boolean => request.action.startsWith(`${service}:`);
const over = (request: Request, transport: string): boolean =>
  request.context['aws:securetransport'] === transport;

test('a full guard denies every plain request, and a policy without any denies none for being plain', () => {
  const target = { service: 'dynamodb', resources: [TABLE] };
  const world = REQUESTS.filter((request) => isAbout(request, 'dynamodb') && request.resource === TABLE);
  fc.assert(
    fc.property(policies, (statements) => {
      const guard = transportGuardOf(readPolicy(policy(...statements))!, target)!;
      const denied = (request: Request): boolean =>
        statements.some((each) => each.Effect === 'Deny' && applies(each, request));
      const allowed = (request: Request): boolean =>
        statements.some((each) => each.Effect === 'Allow' && applies(each, request));
      const plain = world.filter((request) => over(request, 'false'));
      if (guard.deny === 'all' || guard.isShut) expect(plain.every(denied)).toBe(true);
      if (guard.deny === 'none' && !guard.isShut) {
        const guarded = (request: Request): boolean =>
          denied(request) &&
          !denied({ ...request, context: { ...request.context, 'aws:securetransport': 'true' } });
        expect(plain.some(guarded)).toBe(false);
      }
      if (guard.allow !== 'free') expect(plain.some(allowed)).toBe(false);
      if (guard.allow === 'none') expect(world.some(allowed)).toBe(false);
    }),
    { numRuns: 1_000 },
  );
});

test('who is let in is said, and nobody is said to be who is not', () => {
  const target = { service: 'dynamodb', resources: [] };
  const world = REQUESTS.filter(
    (request) => request.action === 'dynamodb:GetItem' && request.resource === TABLE,
  );
  fc.assert(
    fc.property(fc.array(fc.tuple(effect, who, what, when), { minLength: 1, maxLength: 3 }), (parts) => {
      const statements = parts.map(([Effect, by, actions, Condition]) => ({
        Effect,
        ...by,
        ...actions,
        Resource: '*',
        Condition,
      }));
      const openness = opennessOf(readPolicy(policy(...statements))!, OWN, ['dynamodb:getitem'], target);
      const passes = (request: Request): boolean =>
        statements.some((each) => each.Effect === 'Allow' && applies(each, request)) &&
        !statements.some((each) => each.Effect === 'Deny' && applies(each, request));
      // Anybody: of no organization, or of another one. Narrower Denies than one for all others are not weighed, so that closed is what is proven.
      const strangers = world.filter(
        ({ account, context }) => account === OTHER && context['aws:principalorgid'] !== 'o-example0000',
      );
      if (!openness.anyone && openness.accounts.length === 0) {
        expect(strangers.filter((request) => passes(request) && over(request, 'true'))).toEqual([]);
      }
    }),
    { numRuns: 1_000 },
  );
});

test('a closed endpoint lets no stranger through to a table of others', () => {
  const target = { service: 'dynamodb', resources: [FOREIGN_TABLE] };
  fc.assert(
    fc.property(policies, (statements) => {
      const isOpen = isOpenEndpoint(readPolicy(policy(...statements))!, target);
      const strangers = REQUESTS.filter(
        ({ account, action, resource, context }) =>
          action === 'dynamodb:GetItem' &&
          resource === FOREIGN_TABLE &&
          account === OTHER &&
          context['aws:principalorgid'] === undefined,
      );
      const passes = (request: Request): boolean =>
        statements.some((each) => each.Effect === 'Allow' && isForAll(each) && applies(each, request)) &&
        !statements.some((each) => each.Effect === 'Deny' && applies(each, request));
      if (!isOpen)
        expect(strangers.filter((request) => passes(request) && over(request, 'true'))).toEqual([]);
    }),
    { numRuns: 1_000 },
  );
});

function isForAll({ Principal }: PlainStatement): boolean {
  return Principal === '*' || asList((Principal as { AWS?: unknown } | undefined)?.AWS).includes('*');
}
