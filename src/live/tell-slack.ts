// The queue of alerts for Slack, and its one reader.

import * as z from 'zod/mini';
import { createSlackApi, createSlackPace, type SlackPace, type SlackSecret } from '../alerts/slack-api.ts';
import type { SlackMemory } from '../alerts/slack-memory.ts';
import { notifySlack, type ReceivedMessage } from '../alerts/slack-notifier.ts';
import { SLACK_QUEUE_VERSION, type SlackQueueMessage } from '../alerts/slack-queue.ts';
import { parseSlackSecret } from '../alerts/slack-secret.ts';
import { SEVERITIES } from '../findings/finding.ts';
import { WiretrailError } from '../lib/errors.ts';
import { failedMessages, type PartialBatchResponse, readSqsBatch } from '../sources/sqs-batch.ts';
import { createDynamoDbState, makeDynamoDbClient } from '../state/dynamodb-state.ts';
import { type Clock, systemClock } from './clock.ts';
import type { LambdaContext } from './monitor.ts';
import { nameOf, readNamedSecret } from './named-secret.ts';
import { type Environment, readSlackSettings, type SlackSettings } from './settings.ts';
import { createTelemetry, type Telemetry } from './telemetry.ts';

/** Milliseconds of an invocation that are kept for the request that is under way and for what is remembered of it. */
const MARGIN_MS = 15_000;

export interface SlackNotifier {
  readonly telemetry: Telemetry;
  readonly memory: SlackMemory;
  readonly clock: Clock;
  readonly pace: SlackPace;
  /** In place of Slack's own address. */
  readonly baseUrl?: string;
  /** Asked for once; again after `forgetSecret`. */
  readonly secret: () => Promise<SlackSecret>;
  readonly forgetSecret: () => void;
}

/** The secret is read with the first message, and again after Slack has refused it: somebody may have renewed it. */
export function slackNotifierHandler(
  environment: Environment,
): (event: unknown, lambda: LambdaContext) => Promise<PartialBatchResponse> {
  const settings = readSlackSettings(environment);
  const telemetry = createTelemetry(settings.service);
  let asked: Promise<SlackSecret> | null = null;
  const forgetSecret = (): void => {
    asked = null;
  };
  const notifier: SlackNotifier = {
    telemetry,
    memory: createDynamoDbState({
      client: makeDynamoDbClient(settings.endpointUrl),
      table: settings.stateTable,
    }),
    clock: systemClock,
    pace: createSlackPace(systemClock.nowMs()),
    secret: () => {
      asked ??= readSecret(settings).catch((error: unknown) => {
        forgetSecret();
        throw error;
      });
      return asked;
    },
    forgetSecret,
  };
  return (event, lambda) => telemetry.invocation(lambda, () => tellSlack(notifier, event, lambda));
}

async function readSecret({ slackSecret, slackChannel, endpointUrl }: SlackSettings): Promise<SlackSecret> {
  const bytes = await readNamedSecret(slackSecret, endpointUrl);
  return parseSlackSecret(Buffer.from(bytes).toString('utf8'), slackChannel, nameOf(slackSecret));
}

/** Messages that Slack did not take, and those that nobody can read, are named in the answer: the queue sets them aside after the last try. */
export async function tellSlack(
  { telemetry, memory, clock, pace, baseUrl, secret, forgetSecret }: SlackNotifier,
  event: unknown,
  lambda: Pick<LambdaContext, 'getRemainingTimeInMillis'>,
): Promise<PartialBatchResponse> {
  const deadlineMs = clock.nowMs() + lambda.getRemainingTimeInMillis() - MARGIN_MS;
  const { messages, unreadable } = readMessages(event, telemetry);
  if (messages.length === 0) return failedMessages(unreadable);
  const api = createSlackApi({
    secret: await secret(),
    now: clock.nowMs,
    wait: clock.sleep,
    deadlineMs: () => deadlineMs,
    pace,
    ...(baseUrl === undefined ? {} : { baseUrl }),
  });
  const result = await notifySlack(messages, {
    api,
    memory,
    now: clock.nowMs,
    report(error) {
      if (error.code === 'E_SLACK_SECRET') forgetSecret();
      telemetry.problem(error, 'Slack');
    },
  });
  const { posted, updated, duplicates, failed } = result;
  telemetry.info('Slack was told', { posted, updated, duplicates, failed: failed.length });
  if (failed.length > 0) telemetry.count('alerts-failed', failed.length);
  return failedMessages([...unreadable, ...failed]);
}

function readMessages(
  event: unknown,
  telemetry: Telemetry,
): { readonly messages: readonly ReceivedMessage[]; readonly unreadable: readonly string[] } {
  let queued: ReturnType<typeof readSqsBatch>;
  try {
    queued = readSqsBatch(event);
  } catch (error) {
    telemetry.count('unknown-input', 1);
    throw error;
  }
  const messages: ReceivedMessage[] = [];
  const unreadable: string[] = [];
  for (const { id, body } of queued) {
    try {
      messages.push({ id, body: readSlackMessage(body, `message ${id}`) });
    } catch (error) {
      telemetry.count('unknown-input', 1);
      telemetry.problem(error, `message ${id}`);
      unreadable.push(id);
    }
  }
  return { messages, unreadable };
}

const text = z.string().check(z.maxLength(16_384));
const listOf = <T extends z.ZodMiniType>(item: T) => z.array(item).check(z.maxLength(64));
const texts = listOf(text);
const wholeCount = z.int().check(z.nonnegative());
const alertSchema = z.object({
  withdrawn: z.boolean(),
  severity: z.enum(SEVERITIES),
  title: text,
  reason: text,
  summary: text,
  facts: listOf(z.object({ label: text, text })),
  strength: text,
  why: texts,
  unknown: texts,
  steps: listOf(z.object({ step: text, command: z.nullable(text), risk: text, undo: text })),
  evidence: listOf(z.object({ locator: text, time: text, fields: text })),
  moreRecords: wholeCount,
  identity: text,
});
const messageSchema = z.discriminatedUnion('kind', [
  z.object({
    formatVersion: z.literal(SLACK_QUEUE_VERSION),
    kind: z.literal('finding'),
    findingId: z.string().check(z.minLength(1), z.maxLength(64)),
    revision: wholeCount,
    storyKey: z.string().check(z.regex(/^[0-9a-f]{16}$/)),
    ruleId: z.string().check(z.maxLength(64)),
    severity: z.enum(SEVERITIES),
    count: z.number().check(z.nonnegative()),
    firstSeen: z.iso.datetime(),
    lastSeen: z.iso.datetime(),
    onlyIfTold: z.boolean(),
    alert: alertSchema,
  }),
  z.object({
    formatVersion: z.literal(SLACK_QUEUE_VERSION),
    kind: z.literal('digest'),
    day: z.optional(z.iso.date()),
    subject: text,
    text: z.string().check(z.maxLength(65_536)),
  }),
]);

/** Throws a WiretrailError (E_SLACK_MESSAGE) that repeats nothing of it. */
function readSlackMessage(body: string, where: string): SlackQueueMessage {
  let value: unknown;
  try {
    value = JSON.parse(body);
  } catch {
    value = null;
  }
  const read = messageSchema.safeParse(value);
  if (read.success) return read.data;
  throw new WiretrailError(
    'E_SLACK_MESSAGE',
    where,
    'is no alert that this version knows',
    'Only the functions of the monitor send to this queue; where two versions of them are at work, deploy the newer one again.',
  );
}
