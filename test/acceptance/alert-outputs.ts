// What is told of findings, on every way out: SNS, Slack by way of its queue, the digest, and the notifier's memory.

import { expect } from 'vitest';
import { tellAlert } from '../../src/alerts/alert-text.ts';
import { renderDigest } from '../../src/alerts/digest.ts';
import type { Notice } from '../../src/alerts/notice.ts';
import { createSlackApi, createSlackPace } from '../../src/alerts/slack-api.ts';
import { notifySlack, type ReceivedMessage } from '../../src/alerts/slack-notifier.ts';
import { createSlackQueue } from '../../src/alerts/slack-queue.ts';
import { digestSnsMessage, MAX_SNS_BYTES, snsBytes, snsMessage } from '../../src/alerts/sns-message.ts';
import { detectors } from '../../src/detectors/index.ts';
import type { Finding } from '../../src/findings/finding.ts';
import { createLiveMemoryState } from '../../src/state/live-memory-state.ts';
import { aDigest } from '../alerts/sample-digest.ts';
import { startSlack, TOKEN } from '../alerts/slack-server.ts';
import type { LeakedPiece } from './planted-secrets.ts';

const rules = (ruleId: string) => detectors.find(({ meta }) => meta.id === ruleId)?.meta ?? null;
const notices: readonly Notice[] = [
  { send: 'alert', why: 'first', detail: '' },
  { send: 'alert', why: 'new-target', detail: 'Orders' },
  { send: 'alert', why: 'withdrawn', detail: '' },
];

export async function alertOutputs(findings: readonly Finding[]): Promise<Map<string, string>> {
  let nowMs = Date.UTC(2026, 10, 1);
  const slack = await startSlack(() => nowMs);
  const outputs = new Map<string, string>();
  const queued: ReceivedMessage[] = [];
  const client = {
    send: async ({ input }: { readonly input: { readonly MessageBody?: string } }) => {
      queued.push({ id: `${queued.length}`, body: JSON.parse(input.MessageBody!) });
      return {};
    },
  };
  const queue = createSlackQueue({
    client: client as never,
    queueUrl: 'https://queue',
    rules,
    from: 'INFO',
  });
  for (const finding of findings) {
    for (const [at, notice] of notices.entries()) {
      const told: Finding =
        notice.why === 'withdrawn'
          ? { ...finding, status: 'withdrawn', revision: 9 }
          : { ...finding, revision: at };
      for (const https of ['finding', 'amazon-q'] as const) {
        const message = snsMessage(told, notice, { rules, https });
        expect(snsBytes(message)).toBeLessThanOrEqual(MAX_SNS_BYTES);
        outputs.set(`SNS ${told.id} ${notice.why} ${https}`, JSON.stringify(message));
      }
      await queue.send(told, notice);
    }
    expect(tellAlert(finding, notices[0]!, rules).unknown.join(' ')).toContain('Not seen by this rule: ');
  }
  const digest = renderDigest(aDigest({ digested: findings, suppressed: findings }));
  outputs.set('digest', JSON.stringify(digestSnsMessage(digest, 'amazon-q')));
  await queue.sendDigest(digest);

  const memory = createLiveMemoryState();
  const api = createSlackApi({
    secret: { kind: 'token', token: TOKEN, channel: '#alerts' },
    baseUrl: slack.baseUrl,
    now: () => nowMs,
    wait: async (milliseconds) => {
      nowMs += milliseconds;
    },
    deadlineMs: () => Number.POSITIVE_INFINITY,
    pace: createSlackPace(),
  });
  const problems: string[] = [];
  for (let at = 0; at < queued.length; at += 10) {
    // Storms are rolled up: every tenth batch begins a new time.
    if (at % 100 === 0) nowMs += 3_600_000;
    const batch = queued.slice(at, at + 10);
    const options = {
      api,
      memory,
      now: () => nowMs,
      report: (error: Error) => problems.push(error.message),
    };
    expect((await notifySlack(batch, options)).failed).toEqual([]);
  }
  expect(problems).toEqual([]);
  expect(slack.messages.size).toBeGreaterThan(10);
  for (const [at, { body }] of queued.entries()) outputs.set(`queue ${at}`, JSON.stringify(body));
  for (const [at, { body }] of slack.requests.entries()) outputs.set(`Slack ${at}`, JSON.stringify(body));
  for (const { body } of queued) {
    if (body.kind !== 'finding') continue;
    const [item] = await memory.read([{ partition: `slack|story|${body.storyKey}`, sort: 'x' }]);
    outputs.set(`memory ${body.storyKey}`, Buffer.from(item!.body).toString());
  }
  await slack.close();
  return outputs;
}

/** The same lines stand in many places: each is searched once. How many there were. */
export function expectNoLeak(
  outputs: ReadonlyMap<string, string>,
  search: (text: string) => LeakedPiece[],
): number {
  const searched = new Set<string>();
  for (const [name, text] of outputs) {
    const lines = text.split(/\\+n|\\*",\\*"/).filter((line) => !searched.has(line));
    for (const line of lines) searched.add(line);
    expect(search(lines.join('\n')).slice(0, 3), name).toEqual([]);
  }
  return searched.size;
}
