// The services of AWS that wiretrail uses, on this machine only: real HTTP on 127.0.0.1, real queues, tables and buckets, functions in
// processes of their own. Small and honest: what it does not do is an error. See README.md beside this file.

import { nameInArn, REGION } from './arns.ts';
import { type Background, createBackground } from './background.ts';
import { type AwsEvent, type Buckets, createBuckets } from './buckets.ts';
import type { Call } from './calls.ts';
import { ServiceError } from './errors.ts';
import { createEventBus, type EventBus } from './event-bus.ts';
import { createFaults, type Faults } from './faults.ts';
import { startFauxqs } from './fauxqs-server.ts';
import { type Caller, type Front, startFront } from './front.ts';
import { createFunctions, type Functions } from './functions.ts';
import { type Actor, createKeys, type Keys } from './keys.ts';
import { createLogGroups, type LogGroups } from './log-groups.ts';
import { createQueues } from './queues.ts';
import { createSecrets, type Secrets } from './secrets.ts';
import { loadStack, type Stack, type StackOptions } from './stack.ts';
import { startTables, type Tables } from './tables.ts';
import { createTopics, type Mail, type Topics } from './topics.ts';

/** Settings of an SDK client that speaks to the local servers as whoever deploys. */
export interface ClientSettings {
  readonly endpoint: string;
  readonly region: string;
  readonly credentials: { readonly accessKeyId: string; readonly secretAccessKey: string };
}

/** What the loader of templates works with. */
export interface LocalServices {
  readonly settings: ClientSettings;
  readonly secrets: Secrets;
  readonly keys: Keys;
  readonly functions: Functions;
  readonly logs: LogGroups;
  readonly bus: EventBus;
  readonly buckets: Buckets;
  readonly topics: Topics;
}

export interface LocalAws extends Pick<Background, 'idle' | 'letTimePass' | 'settle' | 'pending'> {
  readonly settings: ClientSettings;
  readonly faults: Faults;
  /** Every call so far: of functions, of AWS with their roles, and of the operator. */
  readonly calls: readonly Call[];
  readonly invocations: Functions['invocations'];
  readonly mails: readonly Mail[];
  /** Counts the capacity units of tables from now on. */
  readonly meter: Tables['meter'];
  deploy(options: StackOptions): Promise<Stack>;
  /** An event that a service of AWS sends: what customers put themselves may not begin with `aws.`. */
  emit(event: AwsEvent, bus?: string): void;
  runSchedule(rule: string): void;
  /** Lines that functions wrote to their logs. */
  logLines(group: string): readonly string[];
  /** The next invocation of each function starts a new process. */
  cool(): Promise<void>;
  /** The clock of the functions and of what happens goes ahead, and what waits for time begins. Idle processes end: their clock is an old one. */
  advance(milliseconds: number): Promise<void>;
  close(): Promise<void>;
}

const OPERATOR_KEY = 'LOCALOPERATOR';
const OPERATOR: Caller = { role: 'operator', functionName: '', may: null, end: null };

export interface LocalAwsOptions {
  /** What functions fetch from these hosts goes to the address given: `{ 'slack.com': 'http://127.0.0.1:40001' }`. */
  readonly hosts?: Readonly<Record<string, string>>;
  /** False: each process compiles its code, as on Lambda. */
  readonly compileCache?: boolean;
}

export async function startLocalAws({
  hosts = {},
  compileCache = true,
}: LocalAwsOptions = {}): Promise<LocalAws> {
  const background = createBackground();
  const faults = createFaults();
  const calls: Call[] = [];
  const stacks: Stack[] = [];
  let aheadMs = 0;
  const now = (): number => Date.now() + aheadMs;
  let front: Front | null = null;
  const endpointUrl = (): string => front!.endpointUrl;

  const fauxqs = await startFauxqs();
  const tables = await startTables();
  const keys = createKeys(({ principal }, action, resource) => {
    const role = principal.startsWith('arn:') ? nameInArn(principal) : principal;
    calls.push({
      role,
      functionName: '',
      accessKeyId: '',
      action,
      operation: action.split(':')[1]!,
      resource,
      atMs: Date.now(),
    });
  });
  const secrets = createSecrets();
  const queues = createQueues(fauxqs, keys, endpointUrl);
  const topics = createTopics(fauxqs, keys, queues, background, endpointUrl);
  const functions: Functions = createFunctions({
    background,
    queues,
    keys,
    // Functions write logs, and logs invoke functions.
    logs: {
      write: (...line) => logs.write(...line),
    },
    endpointUrl,
    now,
    compileCache,
    hosts,
    record(call) {
      calls.push(call);
      return faults.meet(call);
    },
  });
  const logs: LogGroups = createLogGroups(background, (functionArn, payload, groupArn) =>
    functions.invokeAs(functionArn, payload, {
      principal: 'logs.amazonaws.com',
      may: null,
      context: { 'aws:SourceArn': groupArn },
    }),
  );

  const bus = createEventBus(background, now, async (target, body, ruleArn) => {
    const from: Actor = {
      principal: 'events.amazonaws.com',
      may: null,
      context: { 'aws:SourceArn': ruleArn },
    };
    await deliverTo(target.Arn, body, from, target.SqsParameters?.MessageGroupId);
  });
  const buckets = createBuckets(fauxqs, background, {
    toBus: (event) => bus.emit(event),
    toTarget: ({ arn }, body, from) => deliverTo(arn, body, from),
  });

  async function deliverTo(arn: string, body: string, from: Actor, groupId?: string): Promise<void> {
    const service = arn.split(':')[2];
    if (service === 'sqs')
      await queues.deliver(arn, { body, ...(groupId === undefined ? {} : { groupId }) }, from);
    else if (service === 'lambda') await functions.invokeAs(arn, body, from);
    else if (service === 'sns') await topics.publish(arn, { body }, from);
    else throw new ServiceError('ValidationException', `delivery to ${arn} is not emulated`);
  }

  front = await startFront({
    faults,
    record: (call) => void calls.push(call),
    callerOf: (accessKeyId) => (accessKeyId === OPERATOR_KEY ? OPERATOR : functions.callerOf(accessKeyId)),
    unsigned: (url) => topics.confirm(url),
    services: {
      s3: buckets.service,
      sqs: queues.service,
      sns: topics.service,
      dynamodb: tables.service,
      logs: logs.service,
      events: bus.service,
      lambda: functions.service,
      secretsmanager: secrets.secretsManager,
      ssm: secrets.parameters,
    },
  });
  const settings: ClientSettings = {
    endpoint: front.endpointUrl,
    region: REGION,
    credentials: { accessKeyId: OPERATOR_KEY, secretAccessKey: 'local' },
  };

  return {
    settings,
    faults,
    calls,
    invocations: functions.invocations,
    mails: topics.mails,
    idle: background.idle,
    letTimePass: background.letTimePass,
    settle: background.settle,
    pending: background.pending,
    meter: tables.meter,
    async deploy(options) {
      const stack = await loadStack(
        { settings, secrets, keys, functions, logs, bus, buckets, topics },
        options,
      );
      stacks.push(stack);
      return stack;
    },
    emit: bus.emit,
    runSchedule: bus.runSchedule,
    logLines: (group) => logs.events(group).map(({ message }) => message),
    cool: functions.cool,
    async advance(milliseconds) {
      aheadMs += milliseconds;
      await functions.cool();
      background.letTimePass();
    },
    async close() {
      await functions.close();
      await front?.close();
      await tables.close();
      await fauxqs.close();
      for (const stack of stacks) stack.remove();
    },
  };
}
