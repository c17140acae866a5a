// Lambda: functions in processes of their own, invoked by request, asynchronously with two retries and an on-failure queue, or with the
// batches of a queue.

import { ACCOUNT, functionArn, logGroupArn, nameInArn, REGION } from './arns.ts';
import type { Background } from './background.ts';
import type { Call, ServiceRequest } from './calls.ts';
import { type Environment, type Outcome, startEnvironment } from './environment.ts';
import { ServiceError, unknownOperation } from './errors.ts';
import type { Effect } from './faults.ts';
import { type Answer, type Caller, denied, type Service } from './front.ts';
import type { Actor, Keys, May } from './keys.ts';
import type { LogGroups } from './log-groups.ts';
import { allows, type Statement } from './policies.ts';
import type { Message, Queues } from './queues.ts';

export interface FunctionSettings {
  readonly name: string;
  readonly folder: string;
  readonly handler: string;
  readonly role: string;
  readonly may: May;
  readonly timeoutSeconds: number;
  readonly memoryMb: number;
  readonly variables: Readonly<Record<string, string>>;
  readonly reservedConcurrency: number | null;
  readonly logGroup: string;
}

export interface AsyncSettings {
  readonly retries: number;
  /** Where an invocation goes that failed for good; '' for nowhere. */
  readonly onFailureQueueArn: string;
}

export interface QueueMapping {
  readonly queueArn: string;
  readonly functionName: string;
  readonly batchSize: number;
  readonly batchingWindowSeconds: number;
  readonly reportsItemFailures: boolean;
  readonly maximumConcurrency: number | null;
}

export interface Invoked extends Outcome {
  readonly functionName: string;
  readonly trigger: 'request' | 'event' | 'queue';
  readonly attempt: number;
  readonly event: string;
}

export interface Functions {
  readonly service: Service;
  callerOf(accessKeyId: string): Caller | null;
  create(settings: FunctionSettings): void;
  configureAsync(functionName: string, settings: AsyncSettings): void;
  permit(functionName: string, statement: Statement): void;
  map(mapping: QueueMapping): void;
  /** A service of AWS invokes: the function's policy must let it. */
  invokeAs(functionArn: string, payload: unknown, from: Actor): Promise<void>;
  /** Every invocation that has ended, in order. */
  readonly invocations: readonly Invoked[];
  environments(functionName: string): number;
  /** Ends all idle processes: the next invocation of each function starts cold. */
  cool(): Promise<void>;
  close(): Promise<void>;
}

/** Environments of one function at a time where none is reserved: AWS has a thousand, a test machine two cores. */
const CONCURRENCY = 10;
/** Payload of an asynchronous invocation, bytes: https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html */
const MOST_EVENT_BYTES = 1_048_576;
/** Payload of a synchronous one. Same page. */
const MOST_REQUEST_BYTES = 6 * 1_048_576;

interface Deployed {
  readonly settings: FunctionSettings;
  readonly free: Environment[];
  readonly all: Set<Environment>;
  readonly waiting: (() => void)[];
  readonly policy: Statement[];
  async: AsyncSettings;
  busy: number;
  started: number;
}

export interface FunctionsOptions {
  readonly background: Background;
  readonly queues: Queues;
  readonly keys: Keys;
  readonly logs: Pick<LogGroups, 'write'>;
  readonly endpointUrl: () => string;
  /** Milliseconds since the epoch, as it is here. */
  readonly now: () => number;
  /** Processes of one function compile its code once: Lambda has no such thing, and a cold start there is longer. */
  readonly compileCache: boolean;
  /** Hosts of the world that are played on this machine, and where. */
  readonly hosts: Readonly<Record<string, string>>;
  /** Writes a call down that AWS makes with the role of a function, and says what fault it meets. */
  readonly record: (call: Call) => Effect | null;
}

export function createFunctions({
  background,
  queues,
  keys,
  logs,
  endpointUrl,
  now,
  compileCache,
  hosts,
  record,
}: FunctionsOptions): Functions {
  const functions = new Map<string, Deployed>();
  const callers = new Map<string, Caller>();
  const invocations: Invoked[] = [];
  const mappings: (() => void)[] = [];
  queues.onArrival(() => {
    for (const look of mappings) look();
  });

  function known(name: string): Deployed {
    const found = functions.get(name.startsWith('arn:') ? nameInArn(name) : name);
    if (found === undefined)
      throw new ServiceError('ResourceNotFoundException', `Function not found: ${functionArn(name)}`, 404);
    return found;
  }

  /** AWS acts with the role of the function: polling its queue, writing its log. */
  function actAs({ settings }: Deployed, operation: string, resource: string): Effect | null {
    const [service = '', name = ''] = operation.split(':');
    const call = {
      role: settings.role,
      functionName: settings.name,
      accessKeyId: '',
      action: `${service}:${name}`,
      operation: name,
      resource,
      atMs: Date.now(),
    };
    const effect = record(call);
    if (!settings.may(call.action, resource)) throw denied(call);
    return effect;
  }

  function actorOf({ settings }: Deployed): Actor {
    return { principal: `arn:aws:iam::${ACCOUNT}:role/${settings.role}`, may: settings.may };
  }

  async function start(deployed: Deployed): Promise<Environment> {
    const { settings } = deployed;
    const ordinal = ++deployed.started;
    const accessKeyId = `LOCAL${settings.name.replaceAll(/[^A-Za-z0-9]/g, '').toUpperCase()}${ordinal}`;
    const stream = `${new Date().toISOString().slice(0, 10).replaceAll('-', '/')}/[$LATEST]${String(ordinal).padStart(32, '0')}`;
    let ownGroup = false;
    const environment = await startEnvironment({
      folder: settings.folder,
      handler: settings.handler,
      functionArn: functionArn(settings.name),
      timeoutMs: settings.timeoutSeconds * 1_000,
      now,
      variables: {
        PATH: process.env.PATH ?? '',
        TZ: ':UTC',
        LANG: 'en_US.UTF-8',
        AWS_REGION: REGION,
        AWS_DEFAULT_REGION: REGION,
        AWS_EXECUTION_ENV: 'AWS_Lambda_nodejs24.x',
        AWS_LAMBDA_INITIALIZATION_TYPE: 'on-demand',
        AWS_LAMBDA_FUNCTION_NAME: settings.name,
        AWS_LAMBDA_FUNCTION_VERSION: '$LATEST',
        AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(settings.memoryMb),
        AWS_LAMBDA_LOG_GROUP_NAME: settings.logGroup,
        AWS_LAMBDA_LOG_STREAM_NAME: stream,
        AWS_ACCESS_KEY_ID: accessKeyId,
        AWS_SECRET_ACCESS_KEY: 'local',
        AWS_SESSION_TOKEN: 'local',
        AWS_ENDPOINT_URL: endpointUrl(),
        ...(compileCache ? { NODE_COMPILE_CACHE: `${settings.folder}.compiled` } : {}),
        LOCAL_CLOCK_MS: String(now() - Date.now()),
        LOCAL_HOSTS: JSON.stringify(hosts),
        // The SDKs look for settings of whoever runs the tests otherwise.
        AWS_CONFIG_FILE: '/dev/null',
        AWS_SHARED_CREDENTIALS_FILE: '/dev/null',
        AWS_EC2_METADATA_DISABLED: 'true',
        ...settings.variables,
      },
      onLines(lines) {
        const at = `${logGroupArn(settings.logGroup)}:log-stream:${stream}`;
        background.run('log of a function', async () => {
          if (!ownGroup) actAs(deployed, 'logs:CreateLogStream', at);
          ownGroup = true;
          actAs(deployed, 'logs:PutLogEvents', at);
          logs.write(
            settings.logGroup,
            stream,
            lines.map((message) => ({ timestamp: now(), message })),
          );
        });
      },
    });
    callers.set(accessKeyId, {
      role: settings.role,
      functionName: settings.name,
      may: settings.may,
      end: environment.end,
    });
    deployed.all.add(environment);
    return environment;
  }

  async function invoke(
    deployed: Deployed,
    event: string,
    trigger: Invoked['trigger'],
    attempt: number,
  ): Promise<Outcome> {
    const most = deployed.settings.reservedConcurrency ?? CONCURRENCY;
    if (deployed.busy >= most) {
      if (trigger === 'request') throw new ServiceError('TooManyRequestsException', 'Rate Exceeded.', 429);
      await new Promise<void>((resolve) => deployed.waiting.push(resolve));
    } else deployed.busy++;
    try {
      const environment = deployed.free.pop() ?? (await start(deployed));
      const outcome = await environment.invoke(event);
      if (environment.isDead) {
        deployed.all.delete(environment);
        await environment.close();
      } else deployed.free.push(environment);
      invocations.push({ ...outcome, functionName: deployed.settings.name, trigger, attempt, event });
      return outcome;
    } finally {
      // Whoever waits takes over the place.
      const next = deployed.waiting.shift();
      if (next === undefined) deployed.busy--;
      else next();
    }
  }

  async function attempt(deployed: Deployed, event: string, number: number): Promise<void> {
    const outcome = await invoke(deployed, event, 'event', number);
    if (!outcome.failed) return;
    const { retries, onFailureQueueArn } = deployed.async;
    if (number <= retries) {
      background.later(`retry of ${deployed.settings.name}`, () => attempt(deployed, event, number + 1));
      return;
    }
    if (onFailureQueueArn === '') return;
    // https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html
    const body = JSON.stringify({
      version: '1.0',
      timestamp: new Date().toISOString(),
      requestContext: {
        requestId: outcome.requestId,
        functionArn: `${functionArn(deployed.settings.name)}:$LATEST`,
        condition: 'RetriesExhausted',
        approximateInvokeCount: number,
      },
      requestPayload: JSON.parse(event),
      responseContext: { statusCode: 200, executedVersion: '$LATEST', functionError: 'Unhandled' },
      responsePayload: JSON.parse(outcome.payload),
    });
    actAs(deployed, 'sqs:SendMessage', onFailureQueueArn);
    await queues.deliver(onFailureQueueArn, { body }, actorOf(deployed));
  }

  function begin(deployed: Deployed, event: string): void {
    if (Buffer.byteLength(event) > MOST_EVENT_BYTES) {
      throw new ServiceError(
        'RequestTooLargeException',
        `an event of ${Buffer.byteLength(event)} bytes is too large`,
        413,
      );
    }
    background.run(`invocation of ${deployed.settings.name}`, () => attempt(deployed, event, 1));
  }

  async function service({ operation, input, headers, body }: ServiceRequest): Promise<Answer> {
    if (operation !== 'Invoke') throw unknownOperation('lambda', operation);
    const deployed = known(String(input.FunctionName));
    const event = body.length === 0 ? '{}' : body.toString('utf8');
    const kind = headers['x-amz-invocation-type'] ?? 'RequestResponse';
    if (kind === 'Event') {
      begin(deployed, event);
      return { status: 202, body: '' };
    }
    if (kind !== 'RequestResponse') throw unknownOperation('lambda', `Invoke as ${String(kind)}`);
    if (body.length > MOST_REQUEST_BYTES)
      throw new ServiceError('RequestTooLargeException', 'too large', 413);
    const { payload, failed } = await invoke(deployed, event, 'request', 1);
    return {
      status: 200,
      headers: {
        'content-type': 'application/json',
        ...(failed ? { 'x-amz-function-error': 'Unhandled' } : {}),
      },
      body: payload,
    };
  }

  function map(mapping: QueueMapping): void {
    const deployed = known(mapping.functionName);
    const most = mapping.maximumConcurrency ?? CONCURRENCY;
    let pollers = 0;
    /** Something arrived while a poller was looking: it looks once more. */
    let word = false;
    /** Pollers in their batching window, told of what arrives. */
    const awaiting = new Set<() => void>();

    function look(): void {
      word = true;
      for (const tell of awaiting) tell();
      if (pollers >= most) return;
      pollers++;
      background.run(`polling ${mapping.queueArn}`, poll);
    }

    async function poll(): Promise<void> {
      try {
        while (word) {
          word = false;
          const messages = await take();
          if (messages.length === 0) continue;
          // There may be more than one batch: others look while this one is worked on.
          look();
          await work(messages);
          word = true;
        }
      } finally {
        pollers--;
      }
    }

    async function take(): Promise<readonly Message[]> {
      if (mapping.batchingWindowSeconds > 0 && !(await waitForCompany())) return [];
      const taken: Message[] = [];
      while (taken.length < mapping.batchSize) {
        actAs(deployed, 'sqs:ReceiveMessage', mapping.queueArn);
        const { KmsMasterKeyId: key = '' } = await queues.attributes(mapping.queueArn);
        keys.use(actorOf(deployed), key, ['kms:Decrypt'], 'sqs');
        const received = await queues.receive(
          mapping.queueArn,
          Math.min(10, mapping.batchSize - taken.length),
        );
        if (received.length === 0) break;
        taken.push(...received);
      }
      return taken;
    }

    /** Until the window is over, the batch is full, or nothing is there any more: false then. */
    async function waitForCompany(): Promise<boolean> {
      const ready = async (): Promise<number> =>
        Number((await queues.attributes(mapping.queueArn)).ApproximateNumberOfMessages ?? 0);
      let count = await ready();
      if (count === 0 || count >= mapping.batchSize) return count > 0;
      const window = background.window();
      let isOver = false;
      void window.over.then(() => {
        isOver = true;
      });
      do {
        let tell = (): void => undefined;
        const arrival = new Promise<void>((resolve) => {
          tell = resolve;
        });
        awaiting.add(tell);
        await Promise.race([window.over, arrival]);
        awaiting.delete(tell);
        count = await ready();
      } while (!isOver && count > 0 && count < mapping.batchSize);
      window.leave();
      return count > 0;
    }

    async function work(messages: readonly Message[]): Promise<void> {
      const event = JSON.stringify({
        Records: messages.map((message) => queueRecord(mapping.queueArn, message)),
      });
      const outcome = await invoke(deployed, event, 'queue', 1);
      const failed = failedMessages(outcome, messages, mapping.reportsItemFailures);
      for (const { MessageId, ReceiptHandle } of messages) {
        const lost = failed.has(MessageId) ? null : actAs(deployed, 'sqs:DeleteMessage', mapping.queueArn);
        if (!failed.has(MessageId) && lost === null) await queues.remove(mapping.queueArn, ReceiptHandle);
        else background.later('visibility timeout', () => queues.show(mapping.queueArn, ReceiptHandle));
      }
    }

    // Lambda asks for it to know how fast to poll.
    actAs(deployed, 'sqs:GetQueueAttributes', mapping.queueArn);
    mappings.push(look);
    look();
  }

  return {
    service,
    invocations,
    callerOf: (accessKeyId) => callers.get(accessKeyId) ?? null,
    create(settings) {
      functions.set(settings.name, {
        settings,
        free: [],
        all: new Set(),
        waiting: [],
        policy: [],
        async: { retries: 2, onFailureQueueArn: '' },
        busy: 0,
        started: 0,
      });
    },
    configureAsync(name, settings) {
      known(name).async = settings;
    },
    permit: (name, statement) => void known(name).policy.push(statement),
    map,
    async invokeAs(arn, payload, { principal, context = {} }) {
      const deployed = known(arn);
      const question = {
        action: 'lambda:InvokeFunction',
        resource: functionArn(deployed.settings.name),
        principal,
        context: { 'aws:SourceAccount': ACCOUNT, ...context },
      };
      if (!allows(deployed.policy, question)) {
        throw new ServiceError(
          'AccessDeniedException',
          `${principal} (${context['aws:SourceArn'] ?? ''}) may not invoke ${arn}`,
          403,
        );
      }
      begin(deployed, typeof payload === 'string' ? payload : JSON.stringify(payload));
    },
    environments: (name) => known(name).all.size,
    async cool() {
      for (const { free, all } of functions.values()) {
        for (const environment of free.splice(0)) {
          all.delete(environment);
          await environment.close();
        }
      }
    },
    async close() {
      const open = [...functions.values()].flatMap(({ all }) => [...all]);
      await Promise.all(open.map((environment) => environment.close()));
    },
  };
}

/** https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-errorhandling.html: what cannot be read fails the whole batch. */
function failedMessages(
  { failed, payload }: Outcome,
  messages: readonly Message[],
  reports: boolean,
): ReadonlySet<string> {
  const all = new Set(messages.map(({ MessageId }) => MessageId));
  if (failed) return all;
  if (!reports) return new Set();
  const answer = JSON.parse(payload) as {
    readonly batchItemFailures?: readonly { readonly itemIdentifier?: unknown }[];
  } | null;
  const items = answer?.batchItemFailures ?? [];
  if (!Array.isArray(items)) return all;
  const named = items.map(({ itemIdentifier }) => itemIdentifier);
  return named.every((id): id is string => typeof id === 'string' && all.has(id))
    ? new Set(named as string[])
    : all;
}

/** https://docs.aws.amazon.com/lambda/latest/dg/with-sqs.html */
function queueRecord(arn: string, message: Message): object {
  return {
    messageId: message.MessageId,
    receiptHandle: message.ReceiptHandle,
    body: message.Body,
    attributes: message.Attributes ?? {},
    messageAttributes: Object.fromEntries(
      Object.entries((message.MessageAttributes ?? {}) as Record<string, Record<string, string>>).map(
        ([name, { DataType, StringValue, BinaryValue }]) => [
          name,
          {
            dataType: DataType,
            stringValue: StringValue,
            binaryValue: BinaryValue,
            stringListValues: [],
            binaryListValues: [],
          },
        ],
      ),
    ),
    md5OfBody: message.MD5OfBody,
    eventSource: 'aws:sqs',
    eventSourceARN: arn,
    awsRegion: REGION,
  };
}
