// Log groups of CloudWatch Logs: `logs:/log/group`. A group is read as one object whose bytes are what a subscription of it would have
// delivered, so that the same events have the same identity whichever way they come (docs/decisions/0002, contract 1).

import { setTimeout as sleep } from 'node:timers/promises';
import {
  CloudWatchLogsClient,
  DescribeLogGroupsCommand,
  type FilteredLogEvent,
  FilterLogEventsCommand,
  type FilterLogEventsCommandOutput,
} from '@aws-sdk/client-cloudwatch-logs';
import { WiretrailError } from '../lib/errors.ts';
import { errorName, httpStatus } from '../lib/service-error.ts';
import { type ClientFailure, clientFailure } from './client-failure.ts';
import type { Listed, ListFilters } from './source.ts';

/**
 * Tries of one request, the first included. FilterLogEvents may be called five times a second, by everybody in the account and region
 * together: https://repost.aws/knowledge-center/cloudwatch-logs-throttling. Ten tries wait for a minute and a half at most.
 */
export const MAX_TRIES = 10;
/** Milliseconds before a request is tried again: a random part of 500, 1000, 2000, ..., which keeps several readers apart. */
const FIRST_WAIT_MS = 500;
const MAX_WAIT_MS = 20_000;
/** Events of one millisecond that are held back for their page to be complete: as many as the largest page has. */
const MAX_HELD_EVENTS = 10_000;
/** https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_CreateLogGroup.html */
const GROUP_NAME = /^[\w./#-]{1,512}$/;
/** https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/CommonErrors.html, and what the service says of itself. */
const PASSING =
  /^(Throttl|TooManyRequests|RequestLimitExceeded|ServiceUnavailable|InternalFailure|ECONNRESET|EPIPE|ETIMEDOUT|Timeout)/;

export interface LogGroupOptions {
  /** No event after this moment is asked for: a group that is being written to would have no end. Milliseconds since the epoch. */
  readonly nowMs: number;
  readonly wait?: (ms: number) => Promise<unknown>;
  /** 0 up to 1. */
  readonly random?: () => number;
}

/** Milliseconds to connect, and for an answer of at most 1 MB. */
const CONNECT_MS = 5_000;
const ANSWER_MS = 60_000;

/** `endpointUrl`: another CloudWatch Logs (--endpoint-url); null for AWS. Credentials and region come from the environment or the profile. */
export function makeLogsClient(endpointUrl: string | null): CloudWatchLogsClient {
  const region = process.env.AWS_REGION ?? process.env.AWS_DEFAULT_REGION;
  // The tries are counted here, where they can wait for as long as the service needs; one without an answer is one that failed.
  const shared = {
    maxAttempts: 1,
    requestHandler: {
      connectionTimeout: CONNECT_MS,
      requestTimeout: ANSWER_MS,
      socketTimeout: ANSWER_MS,
      throwOnRequestTimeout: true,
    },
  };
  if (endpointUrl === null)
    return new CloudWatchLogsClient({ ...shared, ...(region === undefined ? {} : { region }) });
  return new CloudWatchLogsClient({ ...shared, endpoint: endpointUrl, region: region ?? 'us-east-1' });
}

/** `/app/orders` of `logs:/app/orders`; null when it is no such name. */
export function parseLogsUrl(url: string): string | null {
  const name = /^logs:(.*)$/is.exec(url)?.[1] ?? '';
  return GROUP_NAME.test(name) ? name : null;
}

/** One object a group. It is asked for at once, so that a wrong name shows before anything is read; its events only when it is opened. */
export async function* listLogGroup(
  client: CloudWatchLogsClient,
  url: string,
  filters: ListFilters,
  options: LogGroupOptions,
): AsyncGenerator<Listed> {
  const name = parseLogsUrl(url);
  if (name === null) {
    const hint = 'write logs:/name/of/the/group';
    yield failedEntry(url, { code: 'bad-log-group', what: 'not the name of a log group', hint });
    return;
  }
  let group: Group | null;
  try {
    group = await findGroup(client, name, options);
  } catch (error) {
    yield failedEntry(url, describe(error, name, 'logs:DescribeLogGroups'));
    return;
  }
  if (group === null) {
    const hint = 'check the name, which is case-sensitive, and AWS_REGION';
    yield failedEntry(url, { code: 'no-such-log-group', what: 'the log group does not exist', hint });
    return;
  }
  const { account, region, storedBytes } = group;
  const whole = filters.fromMs === -Infinity && filters.toMs === Infinity;
  yield {
    kind: 'object',
    object: {
      name: url,
      // Where a bucket says whose logs it holds: account and region are read from it as from any key.
      key: `AWSLogs/${account}/logs/${region}/${encodeURIComponent(name)}`,
      sizeBytes: whole ? storedBytes : null,
      // Grows all the time: no two readings are of the same content. Events that were read before count once all the same.
      version: '',
      modifiedMs: Number.NaN,
      named: true,
      open: async () => readGroup(client, { name, account }, filters, options),
    },
  };
}

interface Group {
  readonly account: string;
  readonly region: string;
  /** What the group takes in storage, all of it. */
  readonly storedBytes: number | null;
}

/** Groups are listed in the order of their names: the one that is the prefix itself comes first. */
async function findGroup(
  client: CloudWatchLogsClient,
  name: string,
  options: LogGroupOptions,
): Promise<Group | null> {
  const answer = await patiently(
    () => client.send(new DescribeLogGroupsCommand({ logGroupNamePrefix: name, limit: 1 })),
    options,
  );
  const [found] = answer.logGroups ?? [];
  if (found?.logGroupName !== name) return null;
  const [, , , region = '', account = ''] = (found.arn ?? '').split(':');
  return { account, region, storedBytes: found.storedBytes ?? null };
}

/**
 * All events of the range, as payloads of a subscription. Events come in the order of their times; those of a page's last millisecond
 * wait for the next page, because equal messages of one millisecond are told apart by how many there are in a payload.
 * https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_FilterLogEvents.html
 */
async function* readGroup(
  client: CloudWatchLogsClient,
  group: { readonly name: string; readonly account: string },
  filters: ListFilters,
  options: LogGroupOptions,
): AsyncGenerator<Buffer> {
  const from = Math.max(0, filters.fromMs);
  // Both ends belong to the range there; here its end does not.
  const to = Math.min(filters.toMs - 1, options.nowMs);
  if (to < from) return;
  let token: string | undefined;
  let held: FilteredLogEvent[] = [];
  do {
    const page = await readPage(client, group.name, from, to, token, options);
    if (page.nextToken !== undefined && page.nextToken === token) {
      const hint = 'run again, with a shorter range of time if it goes on';
      throw new WiretrailError('read-failed', `logs:${group.name}`, 'the same page is offered again', hint);
    }
    token = page.nextToken;
    const events = [...held, ...(page.events ?? [])];
    const complete = token === undefined ? events.length : completeUpTo(events);
    held = events.slice(complete);
    yield* payloadsOf(group, events.slice(0, complete));
  } while (token !== undefined);
}

async function readPage(
  client: CloudWatchLogsClient,
  name: string,
  startTime: number,
  endTime: number,
  nextToken: string | undefined,
  options: LogGroupOptions,
): Promise<FilterLogEventsCommandOutput> {
  const command = new FilterLogEventsCommand({
    logGroupName: name,
    startTime,
    endTime,
    ...(nextToken === undefined ? {} : { nextToken }),
  });
  try {
    return await patiently(() => client.send(command), options);
  } catch (error) {
    const { code, what, hint } = describe(error, name, 'logs:FilterLogEvents');
    throw new WiretrailError(code, `logs:${name}`, what, hint, error);
  }
}

/** How many of the events are certain to have all others of their millisecond among them. */
function completeUpTo(events: readonly FilteredLogEvent[]): number {
  let first = events.length;
  while (first > 0 && events[first - 1]!.timestamp === events.at(-1)!.timestamp) first--;
  return events.length - first > MAX_HELD_EVENTS ? events.length : first;
}

/** One payload a stream, in the order in which streams first appear. */
function* payloadsOf(
  { name, account }: { readonly name: string; readonly account: string },
  events: readonly FilteredLogEvent[],
): Generator<Buffer> {
  const streams = Map.groupBy(events, ({ logStreamName }) => logStreamName ?? '');
  for (const [stream, own] of streams) {
    const payload = {
      messageType: 'DATA_MESSAGE',
      owner: account,
      logGroup: name,
      logStream: stream,
      subscriptionFilters: [],
      logEvents: own.map(({ eventId, timestamp, message }) => ({ id: eventId, timestamp, message })),
    };
    yield Buffer.from(`${JSON.stringify(payload)}\n`, 'utf8');
  }
}

/** Tries again, later and later, while the service asks for that. Throws the last error. */
async function patiently<T>(
  request: () => Promise<T>,
  { wait = sleep, random = Math.random }: LogGroupOptions,
): Promise<T> {
  for (let tried = 1; ; tried++) {
    try {
      return await request();
    } catch (error) {
      const passing = PASSING.test(errorName(error)) || httpStatus(error) >= 500;
      if (!passing || tried === MAX_TRIES) throw error;
      await wait(random() * Math.min(MAX_WAIT_MS, FIRST_WAIT_MS * 2 ** (tried - 1)));
    }
  }
}

function describe(error: unknown, name: string, action: string): ClientFailure {
  const errorCode = errorName(error);
  const status = httpStatus(error);
  if (errorCode === 'ResourceNotFoundException') {
    return {
      code: 'no-such-log-group',
      what: 'the log group does not exist',
      hint: 'check the name, which is case-sensitive, and AWS_REGION',
    };
  }
  if (/^AccessDenied|^UnrecognizedClient|^Forbidden/.test(errorCode) || status === 403) {
    return {
      code: 'access-denied',
      what: `access denied (${errorCode})`,
      hint: `the caller needs ${action} on the log group ${name}, and kms:Decrypt where a key encrypts it`,
    };
  }
  if (PASSING.test(errorCode) && status > 0) {
    return {
      code: 'throttled',
      what: `CloudWatch Logs refused ${MAX_TRIES} tries (${errorCode})`,
      hint: 'run again when fewer others read logs in this region',
    };
  }
  const failure = clientFailure(error, 'CloudWatch Logs', 'the log group');
  if (failure !== null) return failure;
  return {
    code: 'read-failed',
    what: `CloudWatch Logs answered ${errorCode || 'with an error'}${status === 0 ? '' : ` (${status})`}`,
    hint: 'run again; groups of the class Infrequent Access cannot be read this way',
  };
}

function failedEntry(url: string, { code, what, hint }: ClientFailure): Listed {
  return { kind: 'failed', failed: { name: url, key: url, code, message: what, hint } };
}
