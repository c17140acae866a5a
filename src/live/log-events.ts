// Messages of subscribed log groups, as CloudWatch Logs hands them to a function.

import * as z from 'zod/mini';
import { WiretrailError } from '../lib/errors.ts';
import { inflateWhole } from '../lib/inflate.ts';
import type { KeyFacts } from '../records/object-key.ts';
import { batchOfPayload } from './batch.ts';
import { type BatchInput, judgeBatches } from './judge-batches.ts';
import { type LambdaContext, liveHandler, type Monitor } from './monitor.ts';
import type { Environment } from './settings.ts';

/** https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/SubscriptionFilters.html: gzip in base64. */
const subscriptionEvent = z.looseObject({
  awslogs: z.looseObject({ data: z.string().check(z.minLength(1)) }),
});
/** Up to so many UTF-16 units; '' where it is left out. */
const name = (maxLength: number) => z._default(z.string().check(z.maxLength(maxLength)), '');
const payloadSchema = z.looseObject({
  messageType: z.enum(['DATA_MESSAGE', 'CONTROL_MESSAGE']),
  owner: name(64),
  logGroup: name(512),
  logStream: name(512),
  logEvents: z._default(z.array(z.looseObject({ id: name(256) })), []),
});

/** Findings of payloads without the name of a group are bounded together. */
const UNNAMED = 'log group without a name';

interface Payload {
  readonly content: Buffer;
  readonly isControl: boolean;
  readonly owner: string;
  readonly group: string;
  readonly stream: string;
  readonly eventIds: readonly string[];
}

export function logEventsHandler(
  environment: Environment,
): (event: unknown, lambda: LambdaContext) => Promise<void> {
  return liveHandler(environment, (monitor, event, lambda) =>
    judgeLogEvent(monitor, event, lambda, environment.AWS_REGION ?? ''),
  );
}

/** Throws when the payload is none, or could not be judged wholly: Lambda invokes again, and then sets it aside in the on-failure queue. */
export async function judgeLogEvent(
  monitor: Monitor,
  event: unknown,
  lambda: LambdaContext,
  region: string,
): Promise<void> {
  const { telemetry, settings } = monitor;
  let payload: Payload;
  try {
    payload = readPayload(event);
  } catch (error) {
    telemetry.count('unknown-input', 1);
    throw error;
  }
  // Sent when a subscription is made, to see whether the function can be reached.
  if (payload.isControl) return;
  // What is said about it would come back through it. The deployment refuses such a subscription; this is for one that was made by hand.
  if (settings.ownResources.includes(payload.group)) return;
  const again = await judgeBatches(
    monitor,
    [inputOf(payload, monitor.context.clock.nowMs(), region)],
    lambda,
  );
  if (again.size === 0) return;
  const hint = 'Lambda invokes the function again; what fails then goes to its on-failure queue.';
  throw new WiretrailError('E_LOG_EVENTS', payload.group, 'messages could not be judged', hint);
}

function readPayload(event: unknown): Payload {
  const outer = subscriptionEvent.safeParse(event);
  if (!outer.success) throw badPayload('is no subscription event');
  const content = inflateWhole(Buffer.from(outer.data.awslogs.data, 'base64'));
  if (content === null) throw badPayload('holds no gzip of the size that it says');
  let value: unknown;
  try {
    value = JSON.parse(content.toString('utf8'));
  } catch {
    // The cause would quote a log.
    throw badPayload('holds no JSON');
  }
  const payload = payloadSchema.safeParse(value);
  if (!payload.success) throw badPayload('holds no messages of CloudWatch Logs');
  const { messageType, owner, logGroup, logStream, logEvents } = payload.data;
  return {
    content,
    isControl: messageType === 'CONTROL_MESSAGE',
    owner,
    group: logGroup,
    stream: logStream,
    eventIds: logEvents.map(({ id }) => id),
  };
}

/** It is late by when it came here (docs/decisions/0002, contract 6). */
function inputOf(
  { content, owner, group, stream, eventIds }: Payload,
  nowMs: number,
  region: string,
): BatchInput {
  const name = `${group}/${stream}`;
  const facts: KeyFacts = {
    name,
    key: '',
    kind: 'unknown',
    dayMs: Number.NaN,
    deliveredMs: nowMs,
    modifiedMs: nowMs,
    account: owner,
    region,
  };
  const object = {
    name,
    key: '',
    sizeBytes: content.length,
    version: '',
    modifiedMs: nowMs,
    named: true,
    open: async () => inOnePiece(content),
  };
  const id = batchOfPayload(group, stream, eventIds);
  return {
    name,
    open: async () => ({ id, log: group || UNNAMED, planned: { object, facts }, leaveOutOwnCalls: true }),
  };
}

async function* inOnePiece(content: Buffer): AsyncGenerator<Buffer> {
  yield content;
}

function badPayload(what: string): WiretrailError {
  const hint = 'Only subscription filters of CloudWatch Logs invoke this function.';
  return new WiretrailError('E_EVENT', 'invocation event', what, hint);
}
