// Who may do what. The actions of each role are written out here: a new one needs a line, and somebody who reads it.

import { beforeAll, describe, expect, it } from 'vitest';
import { EVERYTHING, LEAST, type Packaged, packaged, type Resource, TRIAL } from './packaged.ts';
import { resolveTemplate } from './resolved.ts';
import { actionsOf, type RoleStatement, rolesOf } from './role-actions.ts';

const STATE = ['dynamodb:BatchGetItem', 'dynamodb:DeleteItem', 'dynamodb:PutItem', 'dynamodb:Query'];
/** Which message tells which story. */
const MESSAGES = ['dynamodb:BatchGetItem', 'dynamodb:PutItem'];
const LOG = ['logs:CreateLogStream', 'logs:PutLogEvents'];
const QUEUE = ['sqs:DeleteMessage', 'sqs:GetQueueAttributes', 'sqs:ReceiveMessage'];
const ALERT = [
  'kms:Decrypt',
  'kms:GenerateDataKey',
  'secretsmanager:GetSecretValue',
  'sns:Publish',
  'sqs:SendMessage',
];

const WITH_ALL: Readonly<Record<string, readonly string[]>> = {
  ArchiveObjectsRole: [...ALERT, ...LOG, ...QUEUE, ...STATE, 's3:GetObject'],
  TrailEventsRole: [...ALERT, ...LOG, ...STATE.filter((action) => action !== 'dynamodb:Query')],
  LogEventsRole: [...ALERT, ...LOG, ...STATE],
  WindowCloserRole: [...ALERT, ...LOG, ...STATE],
  SlackNotifierRole: ['kms:Decrypt', ...LOG, ...QUEUE, ...MESSAGES, 'ssm:GetParameter'],
};

/** What may be on *, and why. Empty for roles: everything they do can be named. */
const ON_EVERYTHING: Readonly<Record<string, string>> = {};

let all: Packaged;
let least: Packaged;
let trial: Packaged;

beforeAll(async () => {
  all = await packaged(EVERYTHING);
  least = await packaged(LEAST);
  trial = await packaged(TRIAL);
}, 180_000);

const statementsOf = (packaged: Packaged): [string, RoleStatement][] =>
  [...rolesOf(resolveTemplate(packaged.template))].flatMap(([role, statements]) =>
    statements.map((statement): [string, RoleStatement] => [role, statement]),
  );
const statementsOfAll = () => [all, least, trial].flatMap(statementsOf);

describe('each role', () => {
  it('may do what its function does, and nothing else', () => {
    const roles = rolesOf(resolveTemplate(all.template));
    expect([...roles.keys()].sort()).toEqual(Object.keys(WITH_ALL).sort());
    for (const [role, statements] of roles)
      expect(actionsOf(statements), role).toEqual([...new Set(WITH_ALL[role]!)].sort());
  });

  it('may do less where less is asked for: no Slack, no key of the trail', () => {
    const roles = rolesOf(resolveTemplate(least.template));
    for (const [role, statements] of roles) {
      const actions = actionsOf(statements);
      expect(
        actions.filter((action) => action.startsWith('ssm:')),
        role,
      ).toEqual([]);
      expect(statements.map(({ Sid }) => Sid)).not.toContain('DecryptTrail');
      expect(statements.map(({ Sid }) => Sid)).not.toContain('TellSlack');
    }
    expect(actionsOf(roles.get('SlackNotifierRole')!)).toEqual([...LOG, ...MESSAGES].sort());
  });

  it('may read the trial’s bucket, and Slack’s secret where that lies', () => {
    const roles = rolesOf(resolveTemplate(trial.template));
    for (const role of Object.keys(WITH_ALL).filter((name) => name !== 'SlackNotifierRole'))
      expect(actionsOf(roles.get(role)!), role).toEqual([...new Set(WITH_ALL[role]!)].sort());
    expect(actionsOf(roles.get('SlackNotifierRole')!)).toEqual(
      [...LOG, ...QUEUE, ...MESSAGES, 'secretsmanager:GetSecretValue'].sort(),
    );
    const read = roles.get('ArchiveObjectsRole')!.find(({ Sid }) => Sid === 'ReadLogObjects')!;
    const objects = ['arn:', { Ref: 'AWS::Partition' }, ':s3:::', { Ref: 'TrialBucket' }, '/AWSLogs/*'];
    expect(read.Resource).toEqual(Array(3).fill({ 'Fn::Join': ['', objects] }));
    const secret = roles.get('SlackNotifierRole')!.find(({ Sid }) => Sid === 'ReadSlackSecret')!;
    expect(JSON.stringify(secret.Resource)).toContain(':secret:wiretrail/slack-??????"');
  });

  it('uses keys through the service that needs them, and never by itself', () => {
    const through = new Map<string, Set<string>>();
    for (const [role, { Sid, Action, Condition }] of statementsOfAll()) {
      if (![Action].flat().some((action) => action.startsWith('kms:'))) continue;
      const services = (Condition as { StringEquals?: Record<string, unknown> } | undefined)?.StringEquals;
      expect(Object.keys(services ?? {}), `${role} ${Sid}`).toEqual(['kms:ViaService']);
      const [, service] = /"(s3|ssm|secretsmanager|sns)[".]/.exec(JSON.stringify(services))!;
      through.set(Sid!, new Set([...(through.get(Sid!) ?? []), service!]));
    }
    expect([...through].map(([Sid, services]) => [Sid, ...services])).toEqual([
      ['DecryptTrail', 's3'],
      ['DecryptFlows', 's3'],
      ['EncryptAlerts', 'sns'],
      ['DecryptSlackSecret', 'ssm'],
    ]);
  });

  it('names every action in full', () => {
    for (const [role, { Action }] of statementsOfAll())
      for (const action of [Action].flat()) expect(action, role).toMatch(/^[a-z0-9]+:[A-Z][A-Za-z]+$/);
  });

  it('names every resource, but for what stands in the table with its reason', () => {
    for (const [role, { Sid, Action, Resource }] of statementsOfAll()) {
      if ([Action].flat().every((action) => action in ON_EVERYTHING)) continue;
      for (const one of [Resource].flat()) {
        const text = JSON.stringify(one);
        const where = `${role} ${Sid}`;
        expect(text, where).not.toBe('"*"');
        // A star may end a key's beginning or a group's streams; never stand for account, region, or a whole name.
        expect(text, where).not.toMatch(/::\*|:\*:|:\*\//);
      }
    }
  });

  it('reads objects below the prefix, and decrypts them with their keys, through S3 alone', () => {
    const statements = rolesOf(resolveTemplate(all.template)).get('ArchiveObjectsRole')!;
    const read = statements.find(({ Sid }) => Sid === 'ReadLogObjects')!;
    const joined = (read.Resource as { 'Fn::Join': [string, unknown[]] }[]).map(({ 'Fn::Join': [, parts] }) =>
      parts.slice(2).join(''),
    );
    expect(joined).toEqual([
      ':s3:::org-logs/org/AWSLogs/*',
      ':s3:::flow-logs/flows/*',
      // None of their own was chosen.
      ':s3:::org-logs/org/AWSLogs/*',
    ]);
    for (const [Sid, key] of [
      ['DecryptTrail', EVERYTHING.trailKeyArn],
      ['DecryptFlows', EVERYTHING.flowKeyArn],
    ]) {
      const { Resource, Condition } = statements.find((statement) => statement.Sid === Sid)!;
      expect(Resource).toBe(key);
      expect(JSON.stringify(Condition)).toContain(
        '{"StringEquals":{"kms:ViaService":{"Fn::Join":[".",["s3",',
      );
    }
  });

  it('can be assumed by Lambda alone', () => {
    for (const [id, { Type, Properties }] of Object.entries(all.template.Resources)) {
      if (Type !== 'AWS::IAM::Role') continue;
      expect(Properties.AssumeRolePolicyDocument.Statement, id).toEqual([
        { Effect: 'Allow', Principal: { Service: 'lambda.amazonaws.com' }, Action: 'sts:AssumeRole' },
      ]);
      expect(Properties.ManagedPolicyArns, id).toBeUndefined();
    }
  });
});

describe('policies of resources', () => {
  /** Statements of a resource's policy; none where it has none. */
  const policyOf = ({ Type, Properties }: Resource): readonly (RoleStatement & { Principal: unknown })[] => {
    if (Type === 'AWS::Events::EventBusPolicy') return [Properties.Statement];
    return (Type === 'AWS::KMS::Key' ? Properties.KeyPolicy : Properties.PolicyDocument)?.Statement ?? [];
  };
  /** Statements that allow, of every policy that is no role's. */
  const allowing = (packaged: Packaged): [string, RoleStatement & { Principal: unknown }][] =>
    Object.entries(resolveTemplate(packaged.template)).flatMap(([id, resource]) =>
      policyOf(resource)
        .filter(({ Effect }) => Effect === 'Allow')
        .map((statement): [string, RoleStatement & { Principal: unknown }] => [id, statement]),
    );
  const allowingAll = () => [all, least, trial].flatMap(allowing);
  const OF_BUSES = ['ForwardedFromAccounts', 'ForwardedFromOrganization'];

  it('are all read here', () => {
    const types = [all, least, trial].flatMap(({ template }) => Object.values(template.Resources));
    const policies = types.filter(({ Type }) => /Policy$/.test(Type));
    expect(policies.length).toBeGreaterThan(20);
    for (const policy of policies) expect(policyOf(policy), policy.Type).not.toEqual([]);
  });

  it('allow nobody everything, but the account its own key', () => {
    const wide = allowingAll().filter(([, { Action }]) =>
      [Action].flat().some((action) => action.includes('*')),
    );
    // A key that the account's policies cannot reach can never be changed: https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-default.html
    expect([...new Set(wide.map(([id, { Sid }]) => `${id} ${Sid}`))]).toEqual(['AlertKey Account']);
  });

  it('allow services only with the account or the source named', () => {
    const services = allowingAll().filter(([id, { Sid }]) => !OF_BUSES.includes(id) && Sid !== 'Account');
    expect(services.length).toBeGreaterThan(10);
    for (const [id, { Principal, Condition, Sid }] of services) {
      expect(Object.keys(Principal as object), `${id} ${Sid}`).toEqual(['Service']);
      expect(JSON.stringify(Condition ?? {}), `${id} ${Sid}`).toMatch(/aws:Source(Arn|Account)/);
    }
  });

  it('let accounts that were named, and those of the organization, put events on the bus, and nobody else', () => {
    const ofBuses = (packaged: Packaged) =>
      Object.fromEntries(allowing(packaged).filter(([id]) => OF_BUSES.includes(id)));
    const events = {
      Effect: 'Allow',
      Action: 'events:PutEvents',
      Resource: { 'Fn::GetAtt': ['Forwarded', 'Arn'] },
    };
    expect(ofBuses(all)).toEqual({
      ForwardedFromAccounts: { ...events, Principal: { AWS: ['111122223333', '444455556666'] } },
      ForwardedFromOrganization: {
        ...events,
        Principal: '*',
        Condition: { StringEquals: { 'aws:PrincipalOrgID': EVERYTHING.forwardingOrganization } },
      },
    });
    expect(ofBuses(least)).toEqual({});
    expect(ofBuses(trial)).toEqual({});
  });
});
