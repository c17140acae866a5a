// Who may do what. The actions of each role are written out here: a new one needs a line, and somebody who reads it.

import { beforeAll, describe, expect, it } from 'vitest';
import { EVERYTHING, KEY_ARN, LEAST, type Packaged, packaged, type Resource } from './packaged.ts';
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

beforeAll(async () => {
  all = await packaged(EVERYTHING);
  least = await packaged(LEAST);
}, 60_000);

const statementsOf = (packaged: Packaged): [string, RoleStatement][] =>
  [...rolesOf(resolveTemplate(packaged.template))].flatMap(([role, statements]) =>
    statements.map((statement): [string, RoleStatement] => [role, statement]),
  );

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

  it('names every action in full', () => {
    for (const [role, { Action }] of [...statementsOf(all), ...statementsOf(least)])
      for (const action of [Action].flat()) expect(action, role).toMatch(/^[a-z0-9]+:[A-Z][A-Za-z]+$/);
  });

  it('names every resource, but for what stands in the table with its reason', () => {
    for (const [role, { Sid, Action, Resource }] of [...statementsOf(all), ...statementsOf(least)]) {
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
    expect(joined).toEqual([':s3:::trail-logs/org/AWSLogs/*', ':s3:::flow-logs/flows/*']);
    for (const Sid of ['DecryptTrail', 'DecryptFlows']) {
      const { Resource, Condition } = statements.find((statement) => statement.Sid === Sid)!;
      expect(Resource).toBe(KEY_ARN);
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
  /** Statements that allow, of every policy that is no role's. */
  const allowing = (packaged: Packaged): [string, RoleStatement & { Principal: unknown }][] =>
    Object.entries(resolveTemplate(packaged.template)).flatMap(
      ([id, { Type, Properties }]: [string, Resource]) => {
        const document = Type === 'AWS::KMS::Key' ? Properties.KeyPolicy : Properties.PolicyDocument;
        if (document === undefined) return [];
        return document.Statement.filter(({ Effect }: RoleStatement) => Effect === 'Allow').map(
          (statement: unknown) => [id, statement],
        );
      },
    );

  it('allow nobody everything, but the account its own key', () => {
    const wide = allowing(all).filter(([, { Action }]) =>
      [Action].flat().some((action) => action.includes('*')),
    );
    // A key that the account's policies cannot reach can never be changed: https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-default.html
    expect(wide.map(([id, { Sid }]) => `${id} ${Sid}`)).toEqual(['AlertKey Account']);
  });

  it('allow services only with the account or the source named', () => {
    for (const [id, { Principal, Condition, Sid }] of allowing(all)) {
      expect(Principal, id).not.toBe('*');
      if (Sid === 'Account') continue;
      expect(JSON.stringify(Condition ?? {}), `${id} ${Sid}`).toMatch(/aws:Source(Arn|Account)/);
    }
  });
});
