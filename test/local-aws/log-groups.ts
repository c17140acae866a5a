// CloudWatch Logs: groups, streams, events, and subscription filters that hand what is put to a function, gzipped as AWS does it.

import { createHash, randomUUID } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { ACCOUNT, logGroupArn } from './arns.ts';
import type { Background } from './background.ts';
import type { ServiceRequest } from './calls.ts';
import { ServiceError, unknownOperation } from './errors.ts';
import { type Answer, json, type Service } from './front.ts';

export interface StoredEvent {
  readonly id: string;
  readonly stream: string;
  readonly timestamp: number;
  readonly message: string;
  readonly ingestedMs: number;
}

export interface LogGroups {
  readonly service: Service;
  createGroup(name: string, retentionInDays?: number): void;
  putSubscription(group: string, filter: SubscriptionFilter): void;
  /** What a function wrote; makes group and stream where they are not there. */
  write(
    group: string,
    stream: string,
    lines: readonly { readonly timestamp: number; readonly message: string }[],
  ): void;
  /** All events of a group, by time. [] for a group that is not there. */
  events(group: string): readonly StoredEvent[];
  groups(): readonly string[];
}

export interface SubscriptionFilter {
  readonly name: string;
  readonly pattern: string;
  readonly functionArn: string;
}

/** Invokes a function asynchronously; throws where its permissions do not let log groups in. */
export type DeliverLogs = (functionArn: string, payload: unknown, groupArn: string) => Promise<void>;

/** https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutLogEvents.html */
const MOST_EVENTS = 10_000;
const MOST_BATCH_BYTES = 1_048_576;
const EVENT_OVERHEAD_BYTES = 26;
const MOST_SPAN_MS = 24 * 3_600_000;
const OLDEST_MS = 14 * 24 * 3_600_000;
const NEWEST_MS = 2 * 3_600_000;
/** Filters of a group: https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/cloudwatch_limits_cwl.html */
const MOST_FILTERS = 2;

interface Group {
  readonly createdMs: number;
  readonly streams: Set<string>;
  readonly events: StoredEvent[];
  readonly filters: SubscriptionFilter[];
  retentionInDays: number | null;
}

export function createLogGroups(background: Background, deliver: DeliverLogs): LogGroups {
  const groups = new Map<string, Group>();
  let ordinal = 0;

  function known(name: string): Group {
    const group = groups.get(name);
    if (group === undefined) throw notFound('The specified log group does not exist.');
    return group;
  }

  function createGroup(name: string, retentionInDays: number | null = null): void {
    if (groups.has(name))
      throw new ServiceError('ResourceAlreadyExistsException', 'The specified log group already exists');
    groups.set(name, { createdMs: Date.now(), streams: new Set(), events: [], filters: [], retentionInDays });
  }

  function store(
    name: string,
    stream: string,
    lines: readonly { readonly timestamp: number; readonly message: string }[],
  ): void {
    const group = known(name);
    const ingestedMs = Date.now();
    const stored = lines.map(({ timestamp, message }) => ({
      // 56 digits that grow, as those of AWS do.
      id: String(timestamp).padStart(20, '3').concat(String(ordinal++).padStart(36, '0')),
      stream,
      timestamp,
      message,
      ingestedMs,
    }));
    group.events.push(...stored);
    if (stored.length === 0) return;
    for (const { name: filter, functionArn } of group.filters) {
      subscribed(functionArn, name, {
        messageType: 'DATA_MESSAGE',
        owner: ACCOUNT,
        logGroup: name,
        logStream: stream,
        subscriptionFilters: [filter],
        logEvents: stored.map(({ id, timestamp, message }) => ({ id, timestamp, message })),
      });
    }
  }

  function subscribed(functionArn: string, group: string, message: object): void {
    const data = gzipSync(JSON.stringify(message)).toString('base64');
    background.run(`subscription of ${group}`, () =>
      deliver(functionArn, { awslogs: { data } }, `${logGroupArn(group)}:*`),
    );
  }

  function putSubscription(name: string, filter: SubscriptionFilter): void {
    const group = known(name);
    if (filter.pattern.trim() !== '') {
      throw new ServiceError(
        'InvalidParameterException',
        `the filter pattern ${filter.pattern} is not emulated`,
      );
    }
    const at = group.filters.findIndex((held) => held.name === filter.name);
    if (at >= 0) group.filters.splice(at, 1);
    if (group.filters.length >= MOST_FILTERS)
      throw new ServiceError('LimitExceededException', 'Resource limit exceeded.');
    group.filters.push(filter);
    subscribed(filter.functionArn, name, {
      messageType: 'CONTROL_MESSAGE',
      owner: 'CloudwatchLogs',
      logGroup: '',
      logStream: '',
      subscriptionFilters: [],
      logEvents: [
        {
          id: '',
          timestamp: Date.now(),
          message: 'CWL CONTROL MESSAGE: Checking health of destination Lambda function.',
        },
      ],
    });
  }

  async function service({ operation, input }: ServiceRequest): Promise<Answer> {
    const name = nameOf(input);
    const stream = String(input.logStreamName ?? '');
    if (operation === 'CreateLogGroup') createGroup(name);
    else if (operation === 'DeleteLogGroup') {
      known(name);
      groups.delete(name);
    } else if (operation === 'PutRetentionPolicy')
      known(name).retentionInDays = Number(input.retentionInDays);
    else if (operation === 'CreateLogStream') {
      const { streams } = known(name);
      if (streams.has(stream))
        throw new ServiceError('ResourceAlreadyExistsException', 'The specified log stream already exists');
      streams.add(stream);
    } else if (operation === 'PutLogEvents')
      return json(putEvents(name, stream, input.logEvents as { timestamp: number; message: string }[]));
    else if (operation === 'FilterLogEvents') return json(filtered(known(name), input));
    else if (operation === 'DescribeLogGroups') return json(described(input));
    else if (operation === 'DescribeLogStreams') {
      return json({
        logStreams: [...known(name).streams].sort().map((logStreamName) => ({
          logStreamName,
          arn: `${logGroupArn(name)}:log-stream:${logStreamName}`,
        })),
      });
    } else if (operation === 'PutSubscriptionFilter') {
      putSubscription(name, {
        name: String(input.filterName),
        pattern: String(input.filterPattern ?? ''),
        functionArn: String(input.destinationArn),
      });
    } else if (operation === 'DescribeSubscriptionFilters') {
      return json({
        subscriptionFilters: known(name).filters.map((filter) => ({
          filterName: filter.name,
          logGroupName: name,
          filterPattern: filter.pattern,
          destinationArn: filter.functionArn,
        })),
      });
    } else if (operation === 'DeleteSubscriptionFilter') {
      const { filters } = known(name);
      const at = filters.findIndex((filter) => filter.name === input.filterName);
      if (at < 0) throw notFound('The specified subscription filter does not exist.');
      filters.splice(at, 1);
    } else throw unknownOperation('logs', operation);
    return json({});
  }

  function putEvents(
    name: string,
    stream: string,
    lines: readonly { timestamp: number; message: string }[],
  ): object {
    if (!known(name).streams.has(stream)) throw notFound('The specified log stream does not exist.');
    const invalid = (what: string): ServiceError => new ServiceError('InvalidParameterException', what);
    if (lines.length === 0 || lines.length > MOST_EVENTS)
      throw invalid(`a batch has 1 to ${MOST_EVENTS} events`);
    let bytes = 0;
    for (const [i, { timestamp, message }] of lines.entries()) {
      if (message === '') throw invalid('a message has at least one character');
      bytes += Buffer.byteLength(message) + EVENT_OVERHEAD_BYTES;
      if (i > 0 && timestamp < lines[i - 1]!.timestamp)
        throw invalid('Log events in a single PutLogEvents request must be in chronological order.');
    }
    if (bytes > MOST_BATCH_BYTES) throw invalid(`a batch has at most ${MOST_BATCH_BYTES} bytes`);
    if (lines.at(-1)!.timestamp - lines[0]!.timestamp > MOST_SPAN_MS)
      throw invalid(
        'The batch of log events in a single PutLogEvents request cannot span more than 24 hours.',
      );
    const now = Date.now();
    const tooOld = lines.filter(({ timestamp }) => timestamp < now - OLDEST_MS).length;
    const taken = lines.filter(
      ({ timestamp }) => timestamp >= now - OLDEST_MS && timestamp <= now + NEWEST_MS,
    );
    store(name, stream, taken);
    return {
      nextSequenceToken: randomUUID(),
      ...(taken.length === lines.length
        ? {}
        : {
            rejectedLogEventsInfo: {
              ...(tooOld === 0 ? {} : { tooOldLogEventEndIndex: tooOld }),
              ...(taken.length + tooOld === lines.length
                ? {}
                : { tooNewLogEventStartIndex: tooOld + taken.length }),
            },
          }),
    };
  }

  function described(input: Readonly<Record<string, unknown>>): object {
    const prefix = String(input.logGroupNamePrefix ?? '');
    const most = Number(input.limit ?? 50);
    const after = String(input.nextToken ?? '');
    const names = [...groups.keys()].sort().filter((name) => name.startsWith(prefix) && name > after);
    const page = names.slice(0, most);
    return {
      logGroups: page.map((logGroupName) => ({
        logGroupName,
        arn: `${logGroupArn(logGroupName)}:*`,
        creationTime: groups.get(logGroupName)!.createdMs,
        ...(groups.get(logGroupName)!.retentionInDays === null
          ? {}
          : { retentionInDays: groups.get(logGroupName)!.retentionInDays }),
      })),
      ...(page.length < names.length ? { nextToken: page.at(-1) } : {}),
    };
  }

  return {
    service,
    createGroup: (name, retentionInDays) => createGroup(name, retentionInDays ?? null),
    putSubscription,
    write(name, stream, lines) {
      if (!groups.has(name)) createGroup(name);
      known(name).streams.add(stream);
      store(name, stream, lines);
    },
    events: (name) => [...(groups.get(name)?.events ?? [])].sort(byTime),
    groups: () => [...groups.keys()],
  };
}

/** https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_FilterLogEvents.html: both ends belong to the range. */
function filtered(group: Group, input: Readonly<Record<string, unknown>>): object {
  if (String(input.filterPattern ?? '').trim() !== '') {
    throw new ServiceError(
      'InvalidParameterException',
      `the filter pattern ${String(input.filterPattern)} is not emulated`,
    );
  }
  const {
    startTime = 0,
    endTime = Number.MAX_SAFE_INTEGER,
    limit = MOST_EVENTS,
  } = input as Record<string, number>;
  const streams = input.logStreamNames as readonly string[] | undefined;
  const prefix = String(input.logStreamNamePrefix ?? '');
  const fitting = [...group.events]
    .sort(byTime)
    .filter(
      ({ timestamp, stream }) =>
        timestamp >= startTime! && timestamp <= endTime! && stream.startsWith(prefix),
    )
    .filter(({ stream }) => streams === undefined || streams.includes(stream));
  const offered = String(input.nextToken ?? '');
  const from = offered === '' ? 0 : Number(offered.split('.')[0]);
  // A token belongs to the question that it came from.
  const question = createHash('sha256')
    .update(JSON.stringify([startTime, endTime, streams, prefix]))
    .digest('hex')
    .slice(0, 16);
  if (offered !== '' && offered.split('.')[1] !== question) {
    throw new ServiceError('InvalidParameterException', 'The specified nextToken is invalid.');
  }
  let bytes = 0;
  let to = from;
  while (to < fitting.length && to - from < limit! && bytes < MOST_BATCH_BYTES)
    bytes += Buffer.byteLength(fitting[to++]!.message);
  return {
    events: fitting.slice(from, to).map(({ id, stream, timestamp, message, ingestedMs }) => ({
      eventId: id,
      logStreamName: stream,
      timestamp,
      message,
      ingestionTime: ingestedMs,
    })),
    searchedLogStreams: [],
    ...(to < fitting.length ? { nextToken: `${to}.${question}` } : {}),
  };
}

function byTime(a: StoredEvent, b: StoredEvent): number {
  return a.timestamp - b.timestamp || (a.id < b.id ? -1 : 1);
}

function nameOf(input: Readonly<Record<string, unknown>>): string {
  const named = String(input.logGroupName ?? input.logGroupIdentifier ?? '');
  const prefix = logGroupArn('');
  return named.startsWith(prefix) ? named.slice(prefix.length).replace(/:\*$/, '') : named;
}

function notFound(what: string): ServiceError {
  return new ServiceError('ResourceNotFoundException', what);
}
