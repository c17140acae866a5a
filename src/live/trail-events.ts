// API calls as EventBridge brings them, minutes before the archive has them: judged by themselves, early.

import * as z from 'zod/mini';
import { WiretrailError } from '../lib/errors.ts';
import { judgeEarly } from './early.ts';
import { type LambdaContext, liveHandler, type Monitor, tellingOf } from './monitor.ts';
import type { Environment } from './settings.ts';
import { foldOneCall } from './summary-rows.ts';
import { tellFindings } from './tell-findings.ts';

/**
 * https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-service-event-cloudtrail.html: `detail` is a CloudTrail record. Sign-ins come
 * under both spellings.
 */
const trailEvent = z.looseObject({
  id: z.string().check(z.maxLength(256)),
  source: z.string().check(z.regex(/^aws\./)),
  'detail-type': z.enum([
    'AWS API Call via CloudTrail',
    'AWS Console Sign In via CloudTrail',
    'AWS Console Signin via CloudTrail',
  ]),
  detail: z.looseObject({}),
});

export function trailEventsHandler(
  environment: Environment,
): (event: unknown, lambda: LambdaContext) => Promise<void> {
  return liveHandler(environment, judgeTrailEvent);
}

/** Throws for what is no API call, and when it could not be judged: Lambda invokes again, and then sets it aside in the on-failure queue. */
export async function judgeTrailEvent(
  monitor: Monitor,
  event: unknown,
  lambda: LambdaContext,
): Promise<void> {
  const { context, telemetry, settings } = monitor;
  const read = trailEvent.safeParse(event);
  if (!read.success) {
    telemetry.count('unknown-input', 1);
    const hint = 'The rule of EventBridge for API calls invokes this function, and nothing else.';
    throw new WiretrailError('E_EVENT', 'invocation event', 'is no API call of EventBridge', hint);
  }
  const nowMs = context.clock.nowMs();
  const name = `eventbridge/${read.data.id}`;
  const facts = { name, key: '', account: '', region: '', deliveredMs: nowMs, modifiedMs: nowMs };
  const call = foldOneCall(context, facts, Buffer.from(JSON.stringify(read.data.detail)), 1);
  telemetry.count('records', 1);
  if (call.unreadable) {
    telemetry.count('unreadable', 1);
    const hint = 'The archive brings the same call in some minutes; look at it there.';
    throw new WiretrailError('E_EVENT', name, 'holds no CloudTrail record that can be read', hint);
  }
  // A record of a kind that is not judged.
  if (call.mark === null) return;
  telemetry.lag(nowMs - call.timeMs);
  // A session of a function is named after the function. Judged like any other: its credentials can be stolen too.
  if (settings.ownResources.includes(call.sessionName)) telemetry.count('own-calls', 1);
  const { touched, complete } = await judgeEarly(context, { rows: call.rows, marks: [call.mark], log: null });
  await tellFindings(context, tellingOf(monitor, lambda), touched);
  if (complete) return;
  const hint = 'Lambda invokes the function again; the archive brings the same call in some minutes.';
  throw new WiretrailError('E_STATE_BUSY', name, 'the finding could not be written', hint);
}
