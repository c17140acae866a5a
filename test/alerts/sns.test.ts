// Alerts on a topic: what a message is made of, and that a real client gets it to a real subscriber.

import { CreateTopicCommand, SNSClient, SubscribeCommand } from '@aws-sdk/client-sns';
import {
  CreateQueueCommand,
  GetQueueAttributesCommand,
  ReceiveMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import fc from 'fast-check';
import { buildApp } from 'fauxqs';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { renderDigest } from '../../src/alerts/digest.ts';
import { makeSqsClient } from '../../src/alerts/slack-queue.ts';
import { createSnsAlerts, makeSnsClient } from '../../src/alerts/sns-alert.ts';
import {
  digestSnsMessage,
  MAX_SNS_BYTES,
  MAX_SUBJECT_LENGTH,
  type SnsMessage,
  snsBytes,
  snsMessage,
} from '../../src/alerts/sns-message.ts';
import type { Evidence, Finding } from '../../src/findings/finding.ts';
import { completeFinding } from '../../src/findings/score.ts';
import { WiretrailError } from '../../src/lib/errors.ts';
import { aDraft, aRule } from '../findings/sample-finding.ts';
import { LOCAL_CREDENTIALS } from '../handlers/local-s3.ts';
import { anAlertFinding, DANGEROUS, FIRST, HOSTILE, hostileFinding, rules } from './sample-alert.ts';
import { aDigest } from './sample-digest.ts';

const options = { rules, https: 'finding' } as const;
const bodiesOf = ({ Message }: SnsMessage) => JSON.parse(Message) as Record<string, string>;
const jsonOf = (message: SnsMessage, protocol = 'sqs') =>
  JSON.parse(bodiesOf(message)[protocol]!) as Finding & { trimmed?: boolean };

describe('a message', () => {
  const finding = anAlertFinding();
  const message = snsMessage(finding, FIRST, options);

  it('has what subscriptions filter on', () => {
    const values = Object.fromEntries(
      Object.entries(message.MessageAttributes).map(([name, { DataType, StringValue }]) => [
        name,
        `${DataType} ${StringValue}`,
      ]),
    );
    expect(values).toEqual({
      kind: 'String finding',
      severity: 'String HIGH',
      rule: 'String TLS-06',
      family: 'String TLS',
      account: 'String 111122223333',
      region: 'String us-east-1',
      status: 'String final',
      why: 'String first',
    });
  });

  it('has a text for people, and the finding for every program', () => {
    expect(message.MessageStructure).toBe('json');
    const bodies = bodiesOf(message);
    expect(Object.keys(bodies).sort()).toEqual(['default', 'firehose', 'http', 'https', 'lambda', 'sqs']);
    expect(bodies.default).toMatch(/^HIGH: DynamoDB called over plain HTTP/);
    for (const protocol of ['sqs', 'lambda', 'http', 'https', 'firehose'])
      expect(jsonOf(message, protocol)).toEqual(finding);
  });

  it('has a subject that tells what it is about', () => {
    expect(message.Subject).toBe(
      'HIGH TLS-06 111122223333: DynamoDB called over plain HTTP: eni-0123456789abcdef0, 212 requests',
    );
    expect(snsMessage(finding, { ...FIRST, why: 'ten-times', detail: '12' }, options).Subject).toMatch(
      /^HIGH \(again\) TLS-06/,
    );
    const gone = { ...finding, status: 'withdrawn' as const };
    expect(snsMessage(gone, { ...FIRST, why: 'withdrawn' }, options).Subject).toMatch(/^WITHDRAWN TLS-06/);
  });

  it('has no attribute without a value', () => {
    const { MessageAttributes } = snsMessage({ ...finding, account: '', region: '' }, FIRST, options);
    expect(MessageAttributes.region!.StringValue).toBe('unknown');
  });

  it('is harmless where its log is not', () => {
    const hostile = snsMessage(hostileFinding(), { ...FIRST, why: 'new-target', detail: HOSTILE }, options);
    expect(bodiesOf(hostile).default!.search(DANGEROUS)).toBe(-1);
    expect(hostile.Message.search(DANGEROUS)).toBe(-1);
    for (const { StringValue } of Object.values(hostile.MessageAttributes))
      expect(StringValue).toMatch(/^[ -~]{1,256}$/);
    expect(hostile.Subject).toMatch(/^[ -~]{1,99}$/);
    expect(jsonOf(hostile).evidence).toHaveLength(1);
  });
});

describe('a subject', () => {
  it('is a line of ASCII within its bound, whatever the title is', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 400 }), (title) => {
        const { Subject } = snsMessage(anAlertFinding({ title }), FIRST, options);
        expect(Subject).toMatch(/^[ -~]+$/);
        expect(Subject.length).toBeLessThanOrEqual(MAX_SUBJECT_LENGTH);
      }),
    );
  });

  it('keeps the signs that people write', () => {
    const title = 'The role’s “key” – used twice … 3× → gone';
    expect(snsMessage(anAlertFinding({ title }), FIRST, options).Subject).toBe(
      `HIGH TLS-06 111122223333: The role's "key" - used twice ... 3x -> gone`,
    );
  });
});

it('the bounds are those of SNS', () => {
  expect([MAX_SNS_BYTES, MAX_SUBJECT_LENGTH]).toEqual([262_144, 99]);
});

describe('a finding that is too large', () => {
  const pieces = (fields: number, locator: string): Evidence[] =>
    Array.from({ length: 10 }, (_, n) => ({
      source: 'cloudtrail',
      locator: `${locator}#${n}`,
      eventId: `event-${n}`,
      time: '2026-11-01T12:01:00.000Z',
      fields: Object.fromEntries(Array.from({ length: fields }, (_, at) => [`field${at}`, '"'.repeat(500)])),
    }));
  const key = `s3://${'b'.repeat(63)}/${'k'.repeat(1_024)}`;

  it('loses the fields of its evidence, and no locator', () => {
    const large = anAlertFinding({ evidence: pieces(20, key) });
    const message = snsMessage(large, FIRST, options);
    expect(snsBytes(message)).toBeLessThanOrEqual(MAX_SNS_BYTES);
    const json = jsonOf(message);
    expect(json.trimmed).toBe(true);
    expect(json.evidence.map(({ locator }) => locator)).toEqual(large.evidence.map(({ locator }) => locator));
    expect(json.evidence.every(({ fields }) => Object.keys(fields).length === 0)).toBe(true);
    expect(json.remediation).toEqual(large.remediation);
    for (const { locator } of large.evidence) expect(bodiesOf(message).default).toContain(locator);
  });

  it('that fits is whole', () => {
    expect(
      jsonOf(snsMessage(anAlertFinding({ evidence: pieces(1, 'a') }), FIRST, options)).trimmed,
    ).toBeUndefined();
  });

  it('loses its last locators only where they are longer than any place of AWS, and says so', () => {
    const large = anAlertFinding({ evidence: pieces(1, '\\u{1f600}'.repeat(500)) });
    const message = snsMessage(large, FIRST, options);
    expect(snsBytes(message)).toBeLessThanOrEqual(MAX_SNS_BYTES);
    const kept = jsonOf(message).evidence.length;
    expect(kept).toBeGreaterThan(0);
    expect(bodiesOf(message).default).toContain('more record');
  });

  const text = (maxLength: number) => fc.string({ unit: 'binary', maxLength });
  const evidence = fc.array(
    fc.record({
      source: fc.constant('application-log' as const),
      locator: text(5_000),
      eventId: text(600),
      time: fc.constant('2026-11-01T12:00:00.000Z'),
      fields: fc.dictionary(text(500), text(600), { maxKeys: 30 }),
    }),
    { maxLength: 12 },
  );
  it.each(['finding', 'amazon-q'] as const)('whatever it is, its message fits (%s)', (https) => {
    fc.assert(
      fc.property(
        text(2_000),
        fc.array(text(800), { maxLength: 20 }),
        evidence,
        fc.array(fc.record({ step: text(600), command: text(3_000), risk: text(600), undo: text(600) }), {
          maxLength: 20,
        }),
        (summary, why, found, remediation) => {
          const finding = completeFinding(
            aRule,
            { ...aDraft, summary, why, evidence: found, remediation, entity: summary, account: summary },
            { status: 'final', revision: 0, fingerprintKeyId: 'x' },
          );
          const message = snsMessage(finding, FIRST, { rules, https });
          expect(snsBytes(message)).toBeLessThanOrEqual(MAX_SNS_BYTES);
          expect(message.Message.isWellFormed()).toBe(true);
          for (const protocol of ['sqs', 'lambda', 'https', 'firehose', 'http'])
            JSON.parse(bodiesOf(message)[protocol]!);
        },
      ),
      { numRuns: 60 },
    );
  });
});

describe('for Amazon Q Developer', () => {
  const message = snsMessage(anAlertFinding({ revision: 2 }), FIRST, { rules, https: 'amazon-q' });

  it('HTTPS subscribers get its schema, and the others the finding', () => {
    expect(JSON.parse(bodiesOf(message).https!)).toMatchObject({
      version: '1.0',
      source: 'custom',
      id: '613ab208615ceac6-2',
      content: {
        textType: 'client-markdown',
        title: 'HIGH: DynamoDB called over plain HTTP: eni-0123456789abcdef0, 212 requests',
        description: expect.stringMatching(/^Seen for the first time\nInterface eni-.*\nWho: .*\nFrom: /),
        nextSteps: expect.arrayContaining([
          expect.stringContaining(
            'Command: aws ec2 describe-network-interfaces --network-interface-ids eni-0123456789abcdef0',
          ),
          expect.stringContaining('The command is in the e-mail.'),
        ]),
        keywords: ['HIGH', 'TLS-06', 'TLS', '111122223333'],
      },
      metadata: {
        threadId: expect.stringMatching(/^[0-9a-f]{16}$/),
        eventType: 'plaintext-dynamodb-flow',
        additionalContext: { severity: 'HIGH', why: 'first' },
      },
    });
    expect(jsonOf(message, 'sqs').id).toBe('613ab208615ceac6');
  });

  it('stays in its bounds, and mentions nobody', () => {
    const hostile = snsMessage(hostileFinding(), FIRST, { rules, https: 'amazon-q' });
    const { content, metadata } = JSON.parse(bodiesOf(hostile).https!);
    expect(content.title.length).toBeLessThanOrEqual(150);
    expect(content.description.length).toBeLessThanOrEqual(2_900);
    for (const text of [
      content.title,
      content.description,
      metadata.summary,
      ...content.nextSteps,
      ...metadata.relatedResources,
    ])
      expect(text).not.toMatch(/<[!@#h]/);
    for (const value of Object.values(metadata.additionalContext)) expect(typeof value).toBe('string');
  });

  it('a finding that was withdrawn has no steps but back', () => {
    const gone = anAlertFinding({ status: 'withdrawn' });
    const { content } = JSON.parse(
      bodiesOf(snsMessage(gone, { ...FIRST, why: 'withdrawn' }, { rules, https: 'amazon-q' })).https!,
    );
    expect(content.title).toMatch(/^WITHDRAWN HIGH: /);
    expect(content.nextSteps.join(' ')).not.toContain('Command:');
  });
});

describe('a digest as a message', () => {
  it('has its text, its JSON, and a kind to filter on', () => {
    const digest = renderDigest(aDigest());
    const message = digestSnsMessage(digest, 'amazon-q');
    const bodies = bodiesOf(message);
    expect(bodies.default).toBe(digest.text);
    expect(JSON.parse(bodies.sqs!)).toMatchObject({ kind: 'digest' });
    expect(JSON.parse(bodies.https!).content.title).toContain('wiretrail digest');
    expect(message.MessageAttributes).toEqual({ kind: { DataType: 'String', StringValue: 'digest' } });
    expect(snsBytes(message)).toBeLessThanOrEqual(MAX_SNS_BYTES);
  });
});

describe('a client that sends alerts', () => {
  it.each([
    ['SNS', makeSnsClient, (client: SNSClient) => client.send(new CreateTopicCommand({ Name: 'x' }))],
    ['SQS', makeSqsClient, (client: SQSClient) => client.send(new CreateQueueCommand({ QueueName: 'x' }))],
  ])('waits for no answer without end: %s', async (_name, make, ask) => {
    vi.stubEnv('AWS_ACCESS_KEY_ID', LOCAL_CREDENTIALS.accessKeyId);
    vi.stubEnv('AWS_SECRET_ACCESS_KEY', LOCAL_CREDENTIALS.secretAccessKey);
    const client = make('http://127.0.0.1:1');
    // It reads its settings with the first request, which nobody takes.
    await expect(ask(client as never)).rejects.toMatchObject({ code: 'ECONNREFUSED' });
    const handler = client.config.requestHandler as unknown as { httpHandlerConfigs(): object };
    expect(handler.httpHandlerConfigs()).toMatchObject({
      connectionTimeout: 5_000,
      requestTimeout: 10_000,
      throwOnRequestTimeout: true,
    });
    vi.unstubAllEnvs();
    client.destroy();
  });
});

describe('on a topic', () => {
  const app = buildApp({ logger: false });
  let sns: SNSClient;
  let sqs: SQSClient;
  let topicArn: string;
  let queueUrl: string;
  beforeAll(async () => {
    await app.listen({ host: '127.0.0.1', port: 0 });
    const address = app.server.address();
    if (address === null || typeof address === 'string') throw new Error('no port');
    const config = {
      endpoint: `http://127.0.0.1:${address.port}`,
      region: 'us-east-1',
      credentials: LOCAL_CREDENTIALS,
      maxAttempts: 1,
    };
    sns = new SNSClient(config);
    sqs = new SQSClient(config);
    topicArn = (await sns.send(new CreateTopicCommand({ Name: 'alerts' }))).TopicArn!;
    queueUrl = (await sqs.send(new CreateQueueCommand({ QueueName: 'heard' }))).QueueUrl!;
    const { Attributes } = await sqs.send(
      new GetQueueAttributesCommand({ QueueUrl: queueUrl, AttributeNames: ['QueueArn'] }),
    );
    await sns.send(
      new SubscribeCommand({
        TopicArn: topicArn,
        Protocol: 'sqs',
        Endpoint: Attributes!.QueueArn!,
        Attributes: { FilterPolicy: JSON.stringify({ severity: ['CRITICAL', 'HIGH'] }) },
      }),
    );
  });
  afterAll(async () => {
    sns.destroy();
    sqs.destroy();
    await app.close();
  });

  const heard = async () => {
    const { Messages = [] } = await sqs.send(
      new ReceiveMessageCommand({ QueueUrl: queueUrl, MaxNumberOfMessages: 10, VisibilityTimeout: 0 }),
    );
    return Messages.map(({ Body }) => JSON.parse(Body!) as { Subject: string; Message: string });
  };

  it('a subscriber gets what its filter lets through, as JSON', async () => {
    const alerts = createSnsAlerts({ client: sns, topicArn, rules });
    await alerts.send(anAlertFinding({ severity: 'MEDIUM', id: '0000000000000000' }), FIRST);
    await alerts.send(anAlertFinding(), FIRST);
    await alerts.sendDigest(renderDigest(aDigest()));
    const messages = await heard();
    expect(messages.map(({ Subject }) => Subject)).toEqual([
      expect.stringMatching(/^HIGH TLS-06 111122223333: DynamoDB called/),
    ]);
    // This SNS hands the bodies of all protocols over as they are.
    const { sqs: body } = JSON.parse(messages[0]!.Message) as { sqs: string };
    expect(JSON.parse(body)).toEqual(anAlertFinding());
  });

  it('that is gone is an error that tells nothing of the alert', async () => {
    const gone = createSnsAlerts({ client: sns, topicArn: `${topicArn}-gone`, rules });
    const error = await gone.send(anAlertFinding(), FIRST).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(WiretrailError);
    expect(error).toMatchObject({ code: 'E_SNS', where: `${topicArn}-gone` });
    expect((error as Error).message).toMatch(/could not be published to \(NotFound/);
    expect((error as Error).message).not.toContain('eni-');
  });
});
