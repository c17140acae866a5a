// A stack of a few lines for the emulator's own tests: functions as plain text, zipped as `serverless package` does it.

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { zipSync } from 'fflate';
import type { LocalAws } from './local-aws.ts';
import type { Stack } from './stack.ts';
import type { ResourceDefinition } from './template.ts';

/** `code`: source of index.mjs by logical id of the function, which must export `handler`. */
export async function deploySmall(
  aws: LocalAws,
  resources: Readonly<Record<string, ResourceDefinition>>,
  code: Readonly<Record<string, string>> = {},
): Promise<Stack> {
  const folder = mkdtempSync(path.join(tmpdir(), 'wiretrail-small-'));
  try {
    for (const [logicalId, text] of Object.entries(code)) {
      writeFileSync(path.join(folder, `${logicalId}.zip`), zipSync({ 'index.mjs': Buffer.from(text) }));
    }
    const templateFile = path.join(folder, 'template.json');
    writeFileSync(templateFile, JSON.stringify({ Resources: resources }));
    return await aws.deploy({ templateFile, stackName: 'small' });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

export function roleOf(...statements: readonly object[]): ResourceDefinition {
  return {
    Type: 'AWS::IAM::Role',
    Properties: {
      AssumeRolePolicyDocument: {
        Statement: [
          { Effect: 'Allow', Action: 'sts:AssumeRole', Principal: { Service: 'lambda.amazonaws.com' } },
        ],
      },
      Policies: [
        {
          PolicyName: 'own',
          PolicyDocument: {
            Statement: [
              {
                Effect: 'Allow',
                Action: ['logs:CreateLogStream', 'logs:PutLogEvents'],
                Resource: 'arn:aws:logs:*',
              },
              ...statements,
            ],
          },
        },
      ],
    },
  };
}

export function functionOf(
  logicalId: string,
  properties: Readonly<Record<string, unknown>> = {},
): ResourceDefinition {
  return {
    Type: 'AWS::Lambda::Function',
    Properties: {
      FunctionName: logicalId,
      Handler: 'index.handler',
      Runtime: 'nodejs24.x',
      Code: { S3Bucket: 'code', S3Key: `any/${logicalId}.zip` },
      Role: { 'Fn::GetAtt': ['Role', 'Arn'] },
      Timeout: 20,
      ...properties,
    },
  };
}
