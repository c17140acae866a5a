// What a deployed function says of itself: log lines and metrics, by Powertools for AWS Lambda. Facts only, and redacted: these logs
// are read by people who may not read the logs that are judged.

import { Logger } from '@aws-lambda-powertools/logger';
import { Metrics, MetricUnit } from '@aws-lambda-powertools/metrics';
import { WiretrailError } from '../lib/errors.ts';
import type { RunProblem } from '../reports/run-summary.ts';
import { redact } from './redact.ts';

/** Dimension of every metric: `service`. Alarms and dashboard (deploy/watch.cjs) name them. */
export const METRIC_NAMESPACE = 'wiretrail';

/** Names in CloudWatch of what is counted. */
export const COUNTED = {
  /** Records that were read, of any outcome. */
  records: 'Records',
  /** Objects of a trail that were read: an hour without one is an alarm. */
  'trail-objects': 'TrailObjects',
  /** Findings that were raised or changed. */
  findings: 'Findings',
  'findings-capped': 'FindingsCapped',
  /** Objects and records that could not be read. */
  unreadable: 'Unreadable',
  /** Objects that were announced and lie outside of what is read: a topic tells of the whole bucket. */
  'outside-prefix': 'OutsidePrefix',
  duplicates: 'Duplicates',
  late: 'Late',
  'state-conflicts': 'StateConflicts',
  /** State of a newer wiretrail was met: this one must not go on. */
  'state-newer': 'StateNewer',
  /** Events that no reader knows. */
  'unknown-input': 'UnknownInput',
  /** Everything that went wrong and was told, of whatever kind. */
  problems: 'Problems',
  alerts: 'Alerts',
  'alerts-failed': 'AlertsFailed',
  'own-calls': 'OwnCalls',
  /** What looked like a secret in a log and was none; the reasons stand in a line of the function's log. */
  'secrets-refused': 'SecretsRefused',
  'windows-closed': 'WindowsClosed',
} as const;
export type Counted = keyof typeof COUNTED;

/** Milliseconds from when something happened until it was read. */
export const LAG_METRIC = 'Lag';

/** Names, numbers, places: never a text of a log. */
export type Facts = Readonly<Record<string, string | number | boolean>>;

/** What Lambda hands to a handler: https://docs.aws.amazon.com/lambda/latest/dg/nodejs-context.html */
export interface Invocation {
  readonly awsRequestId: string;
  readonly functionName: string;
  readonly functionVersion: string;
  readonly invokedFunctionArn: string;
  readonly memoryLimitInMB: string;
}

export interface Telemetry {
  readonly count: (what: Counted, by: number) => void;
  /** Milliseconds; what is negative (clocks differ) is told as 0. */
  readonly lag: (ms: number) => void;
  readonly info: (message: string, facts: Facts) => void;
  readonly warn: (message: string, facts: Facts) => void;
  /** Tells it as an error, and counts it. Returns what was told. */
  readonly problem: (error: unknown, where: string) => RunProblem;
  /**
   * Runs one invocation: its lines carry the request id, what it throws is told, and its metrics are written however it ends. Throws on
   * an error of the same code, without what an error that is none of ours says: Lambda writes it into the log, and into the queue of
   * failed events.
   */
  readonly invocation: <T>(invocation: Invocation, work: () => Promise<T>) => Promise<T>;
}

/** Logs and metrics go to standard output, which is the function's log; CloudWatch takes the metrics out of it (EMF). */
export function createTelemetry(service: string): Telemetry {
  const logger = new Logger({ serviceName: service });
  const metrics = new Metrics({ namespace: METRIC_NAMESPACE, serviceName: service });
  const counts = new Map<Counted, number>();

  function count(what: Counted, by: number): void {
    counts.set(what, (counts.get(what) ?? 0) + by);
  }

  function problem(error: unknown, where: string): RunProblem {
    const told = problemOf(error, where);
    count('problems', 1);
    if (told.code === 'E_STATE_NEWER') count('state-newer', 1);
    logger.error(told.message, { code: told.code, where: told.where, hint: told.hint });
    return told;
  }

  function writeMetrics(functionName: string): void {
    for (const [what, total] of counts) metrics.addMetric(COUNTED[what], MetricUnit.Count, total);
    counts.clear();
    if (!metrics.hasStoredMetrics()) return;
    metrics.addMetadata('function_name', functionName);
    metrics.publishStoredMetrics();
  }

  return {
    count,
    lag: (ms) => void metrics.addMetric(LAG_METRIC, MetricUnit.Milliseconds, Math.max(0, ms)),
    info: (message, facts) => logger.info(redact(message), redactFacts(facts)),
    warn: (message, facts) => logger.warn(redact(message), redactFacts(facts)),
    problem,
    async invocation(invocation, work) {
      logger.addContext(invocation);
      try {
        return await work();
      } catch (error) {
        const { code, message } = problem(error, invocation.functionName);
        throw Object.assign(new Error(message), { name: code });
      } finally {
        writeMetrics(invocation.functionName);
      }
    },
  };
}

const MAX_FRAMES = 5;
/** A place in code. The message stands before the frames, and whoever makes up a message can make up lines of it. */
const FRAME = /^ {4}at .{1,300}:\d{1,9}:\d{1,9}\)?$/;

/** Of an error that is none of ours only the kind and the place are told: its message may quote a log. */
export function problemOf(error: unknown, where: string): RunProblem {
  if (error instanceof WiretrailError) {
    return {
      where: redact(error.where),
      code: error.code,
      message: redact(error.message),
      hint: redact(error.hint),
    };
  }
  const { name, message, stack = '' } = error instanceof Error ? error : new Error();
  const at = stack.indexOf(message);
  const frames = (at < 0 ? '' : stack.slice(at + message.length))
    .split('\n')
    .filter((line) => FRAME.test(line))
    .slice(0, MAX_FRAMES);
  return {
    where: redact(where),
    code: 'E_UNEXPECTED',
    message: /^\w{1,60}$/.test(name) ? name : 'Error',
    hint: redact(`Please report it:${frames.join(';')}`),
  };
}

function redactFacts(facts: Facts): Facts {
  return Object.fromEntries(
    Object.entries(facts).map(([name, value]) => [name, typeof value === 'string' ? redact(value) : value]),
  );
}
