// The clock of the monitor: windows are judged for good, alerts whose sender died are sent, and once a day people are told that it lives.

import { closeWindows } from './closing.ts';
import { writeDigest } from './daily-digest.ts';
import { withLease } from './leases.ts';
import { type LambdaContext, liveHandler, type Monitor, tellingOf } from './monitor.ts';
import type { Environment } from './settings.ts';
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
/** A lease outlives its process by this much: clocks of two machines differ. */
const LEASE_MARGIN_MS = 5_000;

export function windowCloserHandler(
  environment: Environment,
): (event: unknown, lambda: LambdaContext) => Promise<CloserAnswer> {
  return liveHandler(environment, (monitor, _event, lambda) => runCloser(monitor, lambda));
}

export async function runCloser(monitor: Monitor, lambda: LambdaContext): Promise<CloserAnswer> {
  const { context, telemetry, alerts, suppressions } = monitor;
  const telling = tellingOf(monitor, lambda);
  const leaseMs = lambda.getRemainingTimeInMillis() + LEASE_MARGIN_MS;
  const closed = await withLease(context, 'window-closer', leaseMs, async () => {
    // What is due to people first: however much there is to close, they are told.
    await tellOutbox(context, telling);
    // A digest that cannot be sent now is sent by a later run, and keeps no window open.
    await writeDigest(context, alerts, suppressions).catch((error: unknown) => {
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
