// The clock of the monitor: windows are judged for good, alerts whose sender died are sent, and once a day people are told that it lives.

import { closeWindows } from './closing.ts';
import { writeDigests } from './daily-digest.ts';
import { withLease } from './leases.ts';
import { type LambdaContext, liveHandler, type Monitor, tellingOf } from './monitor.ts';
import type { Environment } from './settings.ts';
import { tellSlackOutbox } from './slack-outbox.ts';
import { tellFindings, tellOutbox } from './tell-findings.ts';

export interface CloserAnswer {
  /** False where another run is at it. */
  readonly ran: boolean;
  readonly closedWindows: number;
  /** Windows that the next run goes on with. */
  readonly left: number;
}

/** Time that is kept for what is under way when a run ends, milliseconds. */
const RESERVED_MS = 30_000;
/**
 * Shares of a run's time that are left when no further old alert is begun, no further one for Slack, and no further digest: where the topic
 * or a queue is away, windows are closed all the same.
 */
const LEFT_BY = { outbox: 0.75, slack: 0.65, digests: 0.5 };
/** A lease outlives its process by this much: clocks of two machines differ. */
const LEASE_MARGIN_MS = 5_000;

export function windowCloserHandler(
  environment: Environment,
): (event: unknown, lambda: LambdaContext) => Promise<CloserAnswer> {
  // Whatever the event is, a run is right: it closes what is due and nothing else, one run at a time, and people may start one by hand.
  return liveHandler(environment, (monitor, _event, lambda) => runCloser(monitor, lambda));
}

export async function runCloser(monitor: Monitor, lambda: LambdaContext): Promise<CloserAnswer> {
  const { context, telemetry, alerts, suppressions } = monitor;
  const telling = tellingOf(monitor, lambda);
  const lifeMs = lambda.getRemainingTimeInMillis();
  const leaves = (share: number) => () => lambda.getRemainingTimeInMillis() > lifeMs * share;
  const leaseMs = lifeMs + LEASE_MARGIN_MS;
  const closed = await withLease(context, 'window-closer', leaseMs, async () => {
    // What is due to people first: however much there is to close, they are told.
    await tellOutbox(context, telling, leaves(LEFT_BY.outbox));
    const onFailure = (what: string, error: unknown) => void telemetry.problem(error, what);
    if (alerts.slack !== null) {
      await tellSlackOutbox(context, alerts.slack, { hasTime: leaves(LEFT_BY.slack), onFailure });
    }
    // A digest that cannot be sent now is sent by a later run, and keeps no window open.
    const digests = { alerts, suppressions, hasTime: leaves(LEFT_BY.digests), onFailure };
    await writeDigests(context, digests).catch((error: unknown) => {
      telemetry.count('alerts-failed', 1);
      telemetry.problem(error, 'daily digest');
    });
    return closeWindows(context, {
      hasTime: () => lambda.getRemainingTimeInMillis() > RESERVED_MS,
      onTouched: (ids) => tellFindings(context, telling, ids),
      onProblem: (error, where) => void telemetry.problem(error, where),
    });
  });
  if (closed === null) {
    telemetry.warn('another run is closing windows', {});
    return { ran: false, closedWindows: 0, left: 0 };
  }
  telemetry.info('windows closed', { windows: closed.windows, left: closed.left });
  return { ran: true, closedWindows: closed.windows, left: closed.left };
}
