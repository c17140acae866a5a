// The function as it is deployed: the bundle that is packaged, in a Node of its own, against a real S3 on this machine.

import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bundleHandlers } from '../../scripts/bundle-handlers.ts';
import { LOCAL_CREDENTIALS, type LocalS3, startLocalS3 } from './local-s3.ts';

const BUCKET = 'trail-logs';
const FLOW_KEY =
  'AWSLogs/111122223333/vpcflowlogs/us-east-1/2026/11/01/111122223333_vpcflowlogs_us-east-1_fl-0a1b2c3d_20261101T1210Z_1a2b3c4d.log.gz';
const DAMAGED_KEY =
  'AWSLogs/111122223333/vpcflowlogs/us-east-1/2026/11/01/111122223333_vpcflowlogs_us-east-1_fl-0a1b2c3d_20261101T1215Z_5e6f7a8b.log.gz';
/** A client in the VPC sends five packets with a request in them to port 80 of DynamoDB, and one flow that is none of that. */
const FLOWS = [
  'version account-id interface-id srcaddr dstaddr srcport dstport protocol packets bytes start end action log-status pkt-dst-aws-service',
  '5 111122223333 eni-0123456789abcdef0 10.0.4.17 52.94.0.10 41022 80 6 9 4210 1793534700 1793534760 ACCEPT OK DYNAMODB',
  '5 111122223333 eni-0123456789abcdef0 10.0.4.17 52.94.0.10 41023 443 6 9 4210 1793534700 1793534760 ACCEPT OK DYNAMODB',
  '',
].join('\n');

let s3: LocalS3;
let folder: string;

beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'wiretrail-handlers-'));
  const sizes = await bundleHandlers(path.join(folder, 'handlers'));
  expect([...sizes.keys()]).toEqual(['archive-objects']);
  s3 = await startLocalS3(BUCKET);
  const flows = gzipSync(FLOWS);
  await s3.put(BUCKET, FLOW_KEY, flows);
  await s3.put(BUCKET, DAMAGED_KEY, flows.subarray(0, flows.length / 2));
  await s3.put(BUCKET, 'AWSLogs/readme.pdf', Buffer.from('%PDF-1.7 not a log'));
});

afterAll(async () => {
  await s3.close();
  rmSync(folder, { recursive: true, force: true });
});

interface Invocation {
  readonly status: number;
  readonly stderr: string;
  /** What the function wrote to its log, by kind of line. */
  readonly lines: readonly { readonly kind: string; readonly [name: string]: unknown }[];
  readonly response: unknown;
}

/** In the background: the S3 that it reads from answers in this very process. */
async function invoke(
  event: unknown,
  environment: Readonly<Record<string, string>> = {},
): Promise<Invocation> {
  const bundle = pathToFileURL(path.join(folder, 'handlers/archive-objects.mjs')).href;
  const script = `
    const { handler } = await import(${JSON.stringify(bundle)});
    console.log(JSON.stringify({ kind: 'response', response: await handler(JSON.parse(process.argv[1])) }));`;
  const env = {
    PATH: process.env.PATH,
    NODE_OPTIONS: '--enable-source-maps',
    AWS_REGION: 'us-east-1',
    AWS_ACCESS_KEY_ID: LOCAL_CREDENTIALS.accessKeyId,
    AWS_SECRET_ACCESS_KEY: LOCAL_CREDENTIALS.secretAccessKey,
    WIRETRAIL_ENDPOINT_URL: s3.endpointUrl,
    WIRETRAIL_FINGERPRINT_KEY: 'k'.repeat(64),
    ...environment,
  };
  const argv = ['--input-type=module', '-e', script, JSON.stringify(event)];
  const { status, stdout, stderr } = await new Promise<{ status: number; stdout: string; stderr: string }>(
    (resolve) => {
      execFile(process.execPath, argv, { env, timeout: 20_000 }, (error, out, err) => {
        resolve({ status: error === null ? 0 : Number(error.code ?? -1), stdout: out, stderr: err });
      });
    },
  );
  const lines = stdout
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as { kind: string; response?: unknown });
  return {
    status,
    stderr,
    lines: lines.filter(({ kind }) => kind !== 'response'),
    response: lines.find(({ kind }) => kind === 'response')?.response,
  };
}

function batch(...bodies: readonly unknown[]): object {
  return {
    Records: bodies.map((body, at) => ({
      messageId: `message-${at + 1}`,
      receiptHandle: 'handle',
      body: typeof body === 'string' ? body : JSON.stringify(body),
      eventSource: 'aws:sqs',
      eventSourceARN: 'arn:aws:sqs:us-east-1:111122223333:objects',
      awsRegion: 'us-east-1',
    })),
  };
}

function created(key: string): object {
  return {
    source: 'aws.s3',
    'detail-type': 'Object Created',
    detail: { bucket: { name: BUCKET }, object: { key, size: 1, etag: '0f343b0931126a20f133d67c2b018a3b' } },
  };
}

describe('archive-objects', () => {
  it('writes the findings of an object to its log, and answers that every message is done', async () => {
    const { status, stderr, lines, response } = await invoke(batch(created(FLOW_KEY)));
    expect([status, stderr]).toEqual([0, '']);
    expect(response).toEqual({ batchItemFailures: [] });
    const findings = lines.filter(({ kind }) => kind === 'finding');
    expect(findings).toHaveLength(1);
    expect(findings[0]).toMatchObject({
      finding: {
        rule: { id: 'TLS-06' },
        account: '111122223333',
        evidence: [{ locator: `s3://${BUCKET}/${FLOW_KEY}#2` }],
      },
    });
    expect(lines.filter(({ kind }) => kind === 'object')).toMatchObject([
      { ledger: { object: `s3://${BUCKET}/${FLOW_KEY}`, status: 'read', records: { total: 2, judged: 2 } } },
    ]);
  });

  it('fails only the messages that failed: the others of the batch are done', async () => {
    const { status, lines, response } = await invoke(
      batch(
        created(DAMAGED_KEY),
        { Service: 'Amazon S3', Event: 's3:TestEvent', Bucket: BUCKET },
        'not a notification',
        {
          s3Bucket: BUCKET,
          s3ObjectKey: ['AWSLogs/111122223333/CloudTrail/us-east-1/2026/11/01/gone.json.gz', FLOW_KEY],
        },
        created('AWSLogs/readme.pdf'),
        created(FLOW_KEY),
      ),
    );
    expect(status).toBe(0);
    expect(response).toEqual({
      batchItemFailures: ['message-1', 'message-3', 'message-4'].map((itemIdentifier) => ({
        itemIdentifier,
      })),
    });
    const problems = lines.filter(({ kind }) => kind === 'problem');
    expect(problems.map(({ where, code }) => [where, code])).toEqual([
      [`s3://${BUCKET}/${DAMAGED_KEY}`, 'truncated'],
      ['message message-3', 'E_NOTIFICATION'],
      [`s3://${BUCKET}/AWSLogs/111122223333/CloudTrail/us-east-1/2026/11/01/gone.json.gz`, 'not-found'],
    ]);
    // The object beside the missing one was judged, and so was the last message.
    const read = lines.filter(
      ({ kind, ledger }) => kind === 'object' && (ledger as { status: string }).status === 'read',
    );
    expect(read).toHaveLength(2);
    expect(lines.filter(({ kind }) => kind === 'skipped')).toEqual([
      { kind: 'skipped', object: `s3://${BUCKET}`, reason: 'test-event' },
    ]);
  });

  it('throws on an event that is no batch, so that nothing is taken for done', async () => {
    const { status, stderr } = await invoke({ Records: [{ eventSource: 'aws:s3' }] });
    expect(status).not.toBe(0);
    expect(stderr).toContain('is no batch of SQS messages');
  });

  it('does not start without a fingerprint key, and does not show a short one', async () => {
    const { status, stderr } = await invoke(batch(), { WIRETRAIL_FINGERPRINT_KEY: 'tooshort' });
    expect(status).not.toBe(0);
    expect(stderr).toContain('WIRETRAIL_FINGERPRINT_KEY: holds 8 characters');
    expect(stderr).not.toContain('tooshort');
  });

  it('is one file of a size that starts quickly, with a source map that names our sources', () => {
    const text = readFileSync(path.join(folder, 'handlers/archive-objects.mjs'), 'utf8');
    expect(text.length).toBeLessThan(2_000_000);
    const map = JSON.parse(readFileSync(path.join(folder, 'handlers/archive-objects.mjs.map'), 'utf8')) as {
      sources: string[];
    };
    expect(map.sources.some((source) => source.endsWith('src/pipeline.ts'))).toBe(true);
    expect(
      map.sources.filter((source) => /node_modules\/(commander|yaml|vitest|typescript)\//.test(source)),
    ).toEqual([]);
  });
});
