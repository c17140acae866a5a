// The compiled template for a choice of parameters, as `serverless package` makes it offline.

import { readFileSync } from 'node:fs';
import path from 'node:path';
import { packageOnce } from '../system/package-once.ts';

export interface Resource {
  readonly Type: string;
  readonly Condition?: string;
  readonly DependsOn?: string | readonly string[];
  readonly DeletionPolicy?: string;
  readonly UpdateReplacePolicy?: string;
  // biome-ignore lint/suspicious/noExplicitAny: CloudFormation's own shapes, looked at field by field
  readonly Properties: any;
}

export interface Template {
  readonly Resources: Readonly<Record<string, Resource>>;
  readonly Conditions: Readonly<Record<string, unknown>>;
  readonly Outputs: Readonly<Record<string, { readonly Condition?: string; readonly Value: unknown }>>;
}

export interface Packaged {
  /** Holds the compiled template and one zip a function. */
  readonly folder: string;
  readonly template: Template;
  /** `provider` of serverless.yml with all variables resolved: what of it is no part of the template, `serverless` does itself. */
  readonly provider: Readonly<Record<string, unknown>>;
}

/** `trailBucket`, `trial`, ...: what a user gives as --param="name=value". */
export type Parameters = Readonly<Record<string, string>>;

const keyArn = (digit: number): string =>
  `arn:aws:kms:eu-west-1:111122223333:key/00000000-0000-4000-8000-00000000000${digit}`;

/** What is needed at least: a bucket that exists. */
export const LEAST: Parameters = { trailBucket: 'trail-logs' };
/** A bucket and a trail of its own. */
export const TRIAL: Parameters = {
  trial: 'true',
  trialRetentionDays: '7',
  slackSecret: 'secretsmanager:wiretrail/slack',
};
/** All that goes together, and nothing as it is by default. */
export const EVERYTHING: Parameters = {
  trailBucket: 'org-logs',
  trailPrefix: 'org/AWSLogs/',
  trailTopicArn: 'arn:aws:sns:eu-west-1:111122223333:trail',
  trailKeyArn: keyArn(1),
  flowBucket: 'flow-logs',
  flowPrefix: 'flows/',
  flowTopicArn: 'arn:aws:sns:us-east-1:111122223333:flows',
  flowKeyArn: keyArn(2),
  logGroups: '/app/orders,/app/front',
  alertEmail: 'security@example.com',
  minimumSeverity: 'low',
  slackMinimumSeverity: 'critical',
  httpsAlerts: 'amazon-q',
  slackSecret: 'ssm:/wiretrail/slack',
  slackKeyArn: keyArn(3),
  slackChannel: 'C0123456789',
  retentionDays: '90',
  logRetentionDays: '30',
  archiveConcurrency: '2',
  reservedConcurrency: '3',
  forwardingAccounts: '111122223333,444455556666',
  forwardingOrganization: 'o-a1b2c3d4e5',
  ownResources: 'organization-trail',
  dynamodbEndpoints:
    'vpce-0a1b2c3d4e5f60718 us-east-1 10.0.4.17 10.0.5.17, vpce-0a1b2c3d eu-west-1 10.1.0.0/28',
  keepData: 'true',
  deletionProtection: 'false',
};

export async function packaged(parameters: Parameters): Promise<Packaged> {
  const given = Object.entries(parameters).map(([name, value]) => `${name}=${value}`);
  const { folder, templateFile } = await packageOnce(given);
  const state = JSON.parse(readFileSync(path.join(folder, 'serverless-state.json'), 'utf8')) as {
    readonly service: { readonly provider: Readonly<Record<string, unknown>> };
  };
  return {
    folder,
    template: JSON.parse(readFileSync(templateFile, 'utf8')) as Template,
    provider: state.service.provider,
  };
}
