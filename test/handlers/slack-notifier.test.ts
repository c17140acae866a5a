// The function that tells Slack: its queue's messages in, its table and secret behind it, a server that plays Slack in front of it.

import { PutParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { tellAlert } from '../../src/alerts/alert-text.ts';
import { createSlackPace } from '../../src/alerts/slack-api.ts';
import type { QueuedFinding, SlackQueueMessage } from '../../src/alerts/slack-queue.ts';
import { createTelemetry } from '../../src/live/telemetry.ts';
import { type SlackNotifier, slackNotifierHandler, tellSlack } from '../../src/live/tell-slack.ts';
import type { PartialBatchResponse } from '../../src/sources/sqs-batch.ts';
import { createLiveMemoryState } from '../../src/state/live-memory-state.ts';
import { anAlertFinding, FIRST, rules } from '../alerts/sample-alert.ts';
import { type SlackServer, startSlack, TOKEN, WEBHOOK_PATH } from '../alerts/slack-server.ts';
import { type LocalMonitor, metric, problems, startLocalMonitor } from './local-monitor.ts';

let nowMs: number;
let slack: SlackServer;
beforeEach(async () => {
  nowMs = Date.UTC(2026, 10, 1, 12);
  slack = await startSlack(() => nowMs);
});
afterEach(() => slack.close());

function queued(findingId: string, changes: Partial<QueuedFinding> = {}): QueuedFinding {
  const { firstSeen, lastSeen } = anAlertFinding();
  return {
    formatVersion: 1,
    kind: 'finding',
    findingId,
    revision: 0,
    storyKey: '0123456789abcdef',
    ruleId: 'TLS-06',
    severity: 'HIGH',
    count: 1,
    firstSeen,
    lastSeen,
    onlyIfTold: false,
    alert: tellAlert(anAlertFinding(), FIRST, rules),
    ...changes,
  };
}

function batch(...bodies: readonly (SlackQueueMessage | string)[]): object {
  return {
    Records: bodies.map((body, at) => ({
      messageId: `message-${at + 1}`,
      eventSource: 'aws:sqs',
      body: typeof body === 'string' ? body : JSON.stringify(body),
    })),
  };
}

const failedOf = ({ batchItemFailures }: PartialBatchResponse) =>
  batchItemFailures.map(({ itemIdentifier }) => itemIdentifier);

describe('tellSlack', () => {
  let secretsRead: number;
  let forgotten: number;
  function notifier(changes: Partial<SlackNotifier> = {}): SlackNotifier {
    return {
      telemetry: createTelemetry('test'),
      memory: createLiveMemoryState(),
      clock: {
        nowMs: () => nowMs,
        random: () => 0.5,
        sleep: async (milliseconds) => {
          nowMs += milliseconds;
        },
      },
      pace: createSlackPace(),
      baseUrl: slack.baseUrl,
      secret: async () => {
        secretsRead++;
        return { kind: 'token', token: TOKEN, channel: '#alerts' };
      },
      forgetSecret: () => void forgotten++,
      ...changes,
    };
  }
  const lambda = { getRemainingTimeInMillis: () => 120_000 };
  beforeEach(() => {
    secretsRead = 0;
    forgotten = 0;
    vi.spyOn(process.stdout, 'write').mockReturnValue(true);
    vi.spyOn(process.stderr, 'write').mockReturnValue(true);
  });

  it('names the messages that nobody can read, and tells the others', async () => {
    const answer = await tellSlack(
      notifier(),
      batch(
        'not JSON',
        queued('f1'),
        JSON.stringify({ ...queued('f2'), formatVersion: 2 }),
        JSON.stringify({ ...queued('f3'), alert: { title: 'x' } }),
        '{"kind":"other"}',
      ),
      lambda,
    );
    expect(failedOf(answer)).toEqual(['message-1', 'message-3', 'message-4', 'message-5']);
    expect(slack.messages.size).toBe(1);
  });

  it('asks for no secret where there is nothing to tell', async () => {
    await tellSlack(notifier(), batch('not JSON'), lambda);
    expect(secretsRead).toBe(0);
  });

  it('takes what the queue takes', async () => {
    const digest: SlackQueueMessage = { formatVersion: 1, kind: 'digest', subject: 's', text: 'a\nb' };
    const large = Array(10).fill({ locator: 'l'.repeat(5_120), time: 't', fields: 'f'.repeat(600) });
    const { alert } = queued('f1');
    const answer = await tellSlack(
      notifier(),
      batch(queued('f1', { alert: { ...alert, evidence: large } }), digest),
      lambda,
    );
    expect(failedOf(answer)).toEqual([]);
    expect(slack.messages.size).toBe(2);
  });

  it('ends in time: what Slack does not take before that comes again', async () => {
    slack.misbehave.push({ status: 429, retryAfter: '106' });
    const answer = await tellSlack(notifier(), batch(queued('f1')), lambda);
    expect(failedOf(answer)).toEqual(['message-1']);
    expect([slack.requests.length, nowMs]).toEqual([1, Date.UTC(2026, 10, 1, 12)]);
    slack.misbehave.push({ status: 429, retryAfter: '104' });
    nowMs += 200_000;
    expect(failedOf(await tellSlack(notifier(), batch(queued('f1')), lambda))).toEqual([]);
  });

  it('forgets a secret that Slack refused, so that a new one is read', async () => {
    slack.misbehave.push({ status: 200, body: '{"ok":false,"error":"token_revoked"}' });
    expect(failedOf(await tellSlack(notifier(), batch(queued('f1')), lambda))).toEqual(['message-1']);
    expect(forgotten).toBe(1);
  });

  it('throws on what is no batch, so that nothing is taken for done', async () => {
    await expect(tellSlack(notifier(), { Records: [{}] }, lambda)).rejects.toMatchObject({ code: 'E_EVENT' });
  });
});

describe('the handler', () => {
  let monitor: LocalMonitor;
  let ssm: SSMClient;
  // Each time: what stands in the environment and what is listened to ends with a test.
  beforeEach(async () => {
    monitor = await startLocalMonitor();
    ssm = new SSMClient(monitor.aws.settings);
  });
  afterEach(async () => {
    ssm.destroy();
    await monitor.close();
  });

  async function keep(value: string): Promise<void> {
    await ssm.send(
      new PutParameterCommand({ Name: '/slack', Value: value, Type: 'SecureString', Overwrite: true }),
    );
  }

  /** What goes to Slack goes to the server that plays it; nothing else goes anywhere. */
  function redirectSlack(): string[] {
    const asked: string[] = [];
    const real = globalThis.fetch;
    vi.stubGlobal('fetch', (url: URL, init: RequestInit) => {
      asked.push(url.host);
      return real(new URL(url.pathname, slack.baseUrl), init);
    });
    return asked;
  }

  const environment = () => ({
    ...monitor.environment,
    WIRETRAIL_SLACK_SECRET: 'ssm:/slack',
    WIRETRAIL_SLACK_CHANNEL: '#alerts',
  });
  const lambda = { getRemainingTimeInMillis: () => 60_000 };

  it('reads its secret, tells Slack, and remembers it in its table', async () => {
    await keep(`${TOKEN}\n`);
    const asked = redirectSlack();
    const handler = slackNotifierHandler(environment());
    const event = batch(queued('f1'));
    expect(failedOf(await handler(event, { ...monitor.lambda, ...lambda }))).toEqual([]);
    // Another instance of the function, the same table: it was told.
    expect(
      failedOf(await slackNotifierHandler(environment())(event, { ...monitor.lambda, ...lambda })),
    ).toEqual([]);
    expect(slack.messages.size).toBe(1);
    expect(asked).toEqual(['slack.com']);
    const log = monitor.log();
    expect(log).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ message: 'Slack was told', duplicates: 1, posted: 0 }),
      ]),
    );
    expect(JSON.stringify(log)).not.toContain(TOKEN);
  });

  it('by a webhook goes to the webhook’s host', async () => {
    await keep(`https://hooks.slack.com${WEBHOOK_PATH}`);
    const asked = redirectSlack();
    const handler = slackNotifierHandler(environment());
    expect(
      failedOf(
        await handler(batch(queued('g1', { storyKey: 'f'.repeat(16) })), { ...monitor.lambda, ...lambda }),
      ),
    ).toEqual([]);
    expect([asked, slack.messages.size]).toEqual([['hooks.slack.com'], 1]);
  });

  it('with a secret that is none fails every message, and shows nothing of it', async () => {
    await keep('correct-horse-battery-staple');
    redirectSlack();
    const handler = slackNotifierHandler(environment());
    await expect(handler(batch(queued('h1')), { ...monitor.lambda, ...lambda })).rejects.toMatchObject({
      name: 'E_SLACK_SECRET',
    });
    const log = monitor.log();
    expect(problems(log)).toEqual(['E_SLACK_SECRET']);
    expect(JSON.stringify(log)).not.toContain('horse');
    expect(slack.requests).toEqual([]);
  });

  it('counts what it could not tell', async () => {
    await keep(TOKEN);
    redirectSlack();
    slack.misbehave.push({ status: 200, body: '{"ok":false,"error":"channel_not_found"}' });
    const handler = slackNotifierHandler(environment());
    const answer = await handler(batch(queued('i1', { storyKey: 'a'.repeat(16) })), {
      ...monitor.lambda,
      ...lambda,
    });
    expect(failedOf(answer)).toEqual(['message-1']);
    const log = monitor.log();
    expect(metric(log, 'AlertsFailed')).toBe(1);
    expect(problems(log)).toEqual(['E_SLACK']);
  });
});
