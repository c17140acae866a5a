// What `npm run package` makes: the compiled template and the zip, as they would be deployed. Works without an account and a network.

import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bundleHandlers } from '../../scripts/bundle-handlers.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));

interface Resource {
  readonly Type: string;
  readonly Condition?: string;
  // biome-ignore lint/suspicious/noExplicitAny: CloudFormation's own shapes, looked at field by field
  readonly Properties: any;
}

let folder: string;
let resources: Readonly<Record<string, Resource>>;

beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'wiretrail-package-'));
  await bundleHandlers(path.join(root, 'dist/handlers'));
  const serverless = path.join(root, 'node_modules/serverless/bin/serverless.js');
  const argv = [serverless, 'package', '--package', folder, '--param=bucket=trail-logs'];
  const env = { PATH: process.env.PATH, HOME: folder, SLS_TRACKING_DISABLED: '1' };
  await new Promise<void>((resolve, reject) => {
    execFile(process.execPath, argv, { cwd: root, env }, (error, stdout, stderr) => {
      if (error === null) resolve();
      else reject(new Error(`serverless package failed:\n${stdout}${stderr}`));
    });
  });
  const template = readFileSync(path.join(folder, 'cloudformation-template-update-stack.json'), 'utf8');
  resources = (JSON.parse(template) as { Resources: Record<string, Resource> }).Resources;
}, 60_000);

afterAll(() => rmSync(folder, { recursive: true, force: true }));

function only(type: string): Resource {
  const found = Object.values(resources).filter((resource) => resource.Type === type);
  expect(found, type).toHaveLength(1);
  return found[0]!;
}

describe('the deployment package', () => {
  it('runs one function on Node 24 and arm64, with a role of its own', () => {
    const lambda = only('AWS::Lambda::Function').Properties;
    expect(lambda).toMatchObject({
      Runtime: 'nodejs24.x',
      Architectures: ['arm64'],
      Handler: 'dist/handlers/archive-objects.handler',
    });
    expect(lambda.Role).toEqual({ 'Fn::GetAtt': ['ArchiveObjectsRole', 'Arn'] });
  });

  it('retries only what failed, sets aside what keeps failing, and is bounded', () => {
    const mapping = only('AWS::Lambda::EventSourceMapping').Properties;
    expect(mapping.FunctionResponseTypes).toEqual(['ReportBatchItemFailures']);
    expect(mapping.ScalingConfig.MaximumConcurrency).toBeGreaterThanOrEqual(2);
    const queue = resources.Objects!.Properties;
    expect(queue.RedrivePolicy.deadLetterTargetArn).toEqual({ 'Fn::GetAtt': ['ObjectsDead', 'Arn'] });
    expect(queue.VisibilityTimeout).toBeGreaterThanOrEqual(
      6 * only('AWS::Lambda::Function').Properties.Timeout,
    );
    // A dead letter keeps the age of its message: where it may stay shorter than that, it is deleted unseen.
    expect(resources.ObjectsDead!.Properties.MessageRetentionPeriod).toBeGreaterThanOrEqual(
      queue.MessageRetentionPeriod,
    );
  });

  it('lets the function do what it must and nothing else', () => {
    const { Policies } = only('AWS::IAM::Role').Properties;
    const statements = Policies.flatMap(
      (policy: Resource['Properties']) => policy.PolicyDocument.Statement,
    ).map((statement: Resource['Properties']) => statement['Fn::If']?.[1] ?? statement);
    const actions = statements.flatMap((statement: Resource['Properties']) => statement.Action).sort();
    expect(actions).toEqual([
      'kms:Decrypt',
      'logs:CreateLogStream',
      'logs:PutLogEvents',
      's3:GetObject',
      'sqs:DeleteMessage',
      'sqs:GetQueueAttributes',
      'sqs:ReceiveMessage',
    ]);
    for (const { Resource: resource } of statements)
      expect(JSON.stringify(resource)).not.toMatch(/^"\*"$|:::\*/);
    expect(JSON.stringify(statements)).toContain('s3:::trail-logs/AWSLogs/*');
  });

  it('takes messages only over TLS, from one rule or one topic', () => {
    const { Statement } = resources.ObjectsPolicy!.Properties.PolicyDocument;
    expect(Statement[0]).toMatchObject({
      Effect: 'Deny',
      Condition: { Bool: { 'aws:SecureTransport': false } },
    });
    for (const allowed of Statement[1]['Fn::If'].slice(1)) {
      expect(Object.keys(allowed.Condition.ArnEquals)).toEqual(['aws:SourceArn']);
    }
    expect([resources.ObjectCreated!.Condition, resources.TopicSubscription!.Condition]).toEqual([
      'EventBridgeNotifies',
      'TopicNotifies',
    ]);
  });

  it('holds the bundle, its map and the licences, and nothing else', () => {
    expect(namesInZip(readFileSync(path.join(folder, 'archiveObjects.zip')))).toEqual([
      'LICENSE',
      'NOTICE',
      'THIRD_PARTY_NOTICES.md',
      'dist/handlers/archive-objects.mjs',
      'dist/handlers/archive-objects.mjs.map',
    ]);
  });
});

/** File names in the central directory. https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT, 4.3.12 */
function namesInZip(zip: Buffer): string[] {
  const names: string[] = [];
  const signature = Buffer.from([0x50, 0x4b, 0x01, 0x02]);
  for (let at = zip.indexOf(signature); at >= 0; at = zip.indexOf(signature, at + 46)) {
    names.push(zip.toString('utf8', at + 46, at + 46 + zip.readUInt16LE(at + 28)));
  }
  return names.sort();
}
