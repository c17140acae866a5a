// Alerts on their way to Slack, through a real FIFO queue.

import {
  CreateQueueCommand,
  DeleteMessageCommand,
  ReceiveMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import { buildApp } from 'fauxqs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { storyKeyOf, tellAlert } from '../../src/alerts/alert-text.ts';
import type { Alerts } from '../../src/alerts/alerts.ts';
import { renderDigest } from '../../src/alerts/digest.ts';
import { createSlackQueue } from '../../src/alerts/slack-queue.ts';
import type { Finding } from '../../src/findings/finding.ts';
import { LOCAL_CREDENTIALS } from '../handlers/local-s3.ts';
import { anAlertFinding, FIRST, rules } from './sample-alert.ts';
import { aDigest } from './sample-digest.ts';

const app = buildApp({ logger: false });
let client: SQSClient;
let queueUrl: string;
let number = 0;
beforeAll(async () => {
  await app.listen({ host: '127.0.0.1', port: 0 });
  const address = app.server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  client = new SQSClient({
    endpoint: `http://127.0.0.1:${address.port}`,
    region: 'us-east-1',
    credentials: LOCAL_CREDENTIALS,
    maxAttempts: 1,
  });
});
afterAll(async () => {
  client.destroy();
  await app.close();
});

async function newQueue(): Promise<Alerts> {
  const { QueueUrl } = await client.send(
    new CreateQueueCommand({ QueueName: `slack-${++number}.fifo`, Attributes: { FifoQueue: 'true' } }),
  );
  queueUrl = QueueUrl!;
  return createSlackQueue({ client, queueUrl, rules, from: 'HIGH' });
}

/** All of it: a group is locked while one of its messages is out. */
async function taken() {
  const all: { readonly body: ReturnType<typeof JSON.parse>; readonly attributes: unknown }[] = [];
  for (;;) {
    const { Messages = [] } = await client.send(
      new ReceiveMessageCommand({
        QueueUrl: queueUrl,
        MaxNumberOfMessages: 10,
        MessageSystemAttributeNames: ['MessageGroupId', 'MessageDeduplicationId'],
      }),
    );
    if (Messages.length === 0) return all;
    for (const { Body, Attributes, ReceiptHandle } of Messages) {
      all.push({ body: JSON.parse(Body!), attributes: Attributes });
      await client.send(new DeleteMessageCommand({ QueueUrl: queueUrl, ReceiptHandle }));
    }
  }
}

describe('the queue to Slack', () => {
  it('takes what an alert says, in one group, by id and revision', async () => {
    const queue = await newQueue();
    const finding = anAlertFinding({ revision: 2 });
    await queue.send(finding, FIRST);
    expect(await taken()).toEqual([
      {
        body: {
          formatVersion: 1,
          kind: 'finding',
          findingId: finding.id,
          revision: 2,
          storyKey: storyKeyOf(finding),
          ruleId: 'TLS-06',
          severity: 'HIGH',
          count: 212,
          firstSeen: finding.firstSeen,
          lastSeen: finding.lastSeen,
          onlyIfTold: false,
          alert: tellAlert(finding, FIRST, rules),
        },
        attributes: { MessageGroupId: 'slack', MessageDeduplicationId: `${finding.id}-2` },
      },
    ]);
  });

  it('takes one of two deliveries, and what is severe enough, in order', async () => {
    const queue = await newQueue();
    await queue.send(anAlertFinding(), FIRST);
    await queue.send(anAlertFinding(), FIRST);
    await queue.send(anAlertFinding({ id: '0000000000000001', severity: 'MEDIUM' }), FIRST);
    await queue.send(anAlertFinding({ id: '0000000000000002', severity: 'CRITICAL' }), FIRST);
    const gone = anAlertFinding({ id: '0000000000000003', severity: 'LOW', status: 'withdrawn' });
    await queue.send(gone, { ...FIRST, why: 'withdrawn' });
    await queue.sendDigest(renderDigest(aDigest()));
    // Sent again after a crash, when more was counted.
    await queue.sendDigest({ ...renderDigest(aDigest()), text: 'another' });
    const bodies = (await taken()).map(({ body }) => [body.findingId ?? body.subject, body.onlyIfTold]);
    expect(bodies).toEqual([
      [anAlertFinding().id, false],
      ['0000000000000002', false],
      ['0000000000000003', true],
      [renderDigest(aDigest()).subject, undefined],
    ]);
  });

  it('takes a finding of any size', async () => {
    const queue = await newQueue();
    const evidence = Array.from({ length: 10 }, (_, n) => ({
      ...anAlertFinding().evidence[0]!,
      locator: `${'界'.repeat(5_000)}#${n}`,
      fields: { long: '界'.repeat(500) },
    }));
    const large: Finding = anAlertFinding({ evidence, why: Array(16).fill('界'.repeat(500)) });
    await queue.send(large, FIRST);
    const [{ body } = { body: null }] = await taken();
    expect(body.findingId).toBe(large.id);
    expect(Buffer.byteLength(JSON.stringify(body))).toBeLessThanOrEqual(262_144);
  });

  it('takes a finding whose least words are too many', async () => {
    const queue = await newQueue();
    const finding = anAlertFinding();
    const long: Finding = { ...finding, rule: { ...finding.rule, id: `TLS-${'9'.repeat(300_000)}` } };
    await queue.send(long, FIRST);
    const [{ body } = { body: null }] = await taken();
    expect(body).toMatchObject({ findingId: finding.id, alert: { title: finding.title } });
    expect(Buffer.byteLength(JSON.stringify(body))).toBeLessThanOrEqual(262_144);
  });

  it('that is gone is an error that tells nothing of the alert', async () => {
    const gone = createSlackQueue({
      client,
      queueUrl: `${queueUrl.replace('.fifo', '')}-gone.fifo`,
      rules,
      from: 'INFO',
    });
    await expect(gone.send(anAlertFinding(), FIRST)).rejects.toMatchObject({
      code: 'E_SLACK_QUEUE',
      message: expect.stringMatching(/gone\.fifo: could not be sent to \(/),
    });
  });
});
