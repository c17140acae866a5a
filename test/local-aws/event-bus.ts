// EventBridge: rules and their targets on one bus. An event that AWS would drop for want of a permission is a fault here: it would be lost
// without a word.

import { randomUUID } from 'node:crypto';
import { ACCOUNT, nameInArn, REGION, ruleArn } from './arns.ts';
import type { Background } from './background.ts';
import type { AwsEvent } from './buckets.ts';
import type { ServiceRequest } from './calls.ts';
import { ServiceError, unknownOperation } from './errors.ts';
import { type EventPattern, matchesPattern, readEventPattern } from './event-pattern.ts';
import { type Answer, json, type Service } from './front.ts';

export interface RuleTarget {
  readonly Id: string;
  readonly Arn: string;
  readonly Input?: string;
  readonly InputTransformer?: {
    readonly InputPathsMap?: Readonly<Record<string, string>>;
    readonly InputTemplate: string;
  };
  readonly SqsParameters?: { readonly MessageGroupId: string };
  readonly DeadLetterConfig?: { readonly Arn: string };
  readonly RetryPolicy?: unknown;
  readonly RoleArn?: string;
}

export interface Rule {
  readonly name: string;
  /** `default`, or the name of a bus of one's own. */
  readonly bus: string;
  readonly arn: string;
  readonly pattern: EventPattern | null;
  readonly schedule: string;
  readonly state: string;
  readonly targets: RuleTarget[];
}

export interface EventBus {
  readonly service: Service;
  /** What a service of AWS itself tells: customers may not put events whose source begins with `aws.`. */
  emit(event: AwsEvent, bus?: string): void;
  /** As if the time of a schedule had come. */
  runSchedule(rule: string): void;
  createBus(name: string): void;
  putRule(rule: RuleSettings): Rule;
  putTargets(rule: Rule, targets: readonly RuleTarget[]): void;
  rules(): readonly Rule[];
}

export interface RuleSettings {
  readonly name: string;
  readonly bus?: string;
  readonly pattern?: string;
  readonly schedule?: string;
  readonly state?: string;
}

/** Hands an event to a queue, function or topic; throws where that is not allowed. */
export type DeliverEvent = (target: RuleTarget, body: string, ruleArn: string) => Promise<void>;

const STATES = ['ENABLED', 'DISABLED', 'ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS'];
/** An entry of PutEvents, in bytes: https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-putevent-size.html */
const MOST_BYTES = 1_048_576;

export function createEventBus(background: Background, now: () => number, deliver: DeliverEvent): EventBus {
  const buses = new Set(['default']);
  /** By ARN. */
  const rules = new Map<string, Rule>();

  function busNamed(nameOrArn: string): string {
    const name =
      nameOrArn === '' ? 'default' : nameOrArn.startsWith('arn:') ? nameInArn(nameOrArn) : nameOrArn;
    if (!buses.has(name))
      throw new ServiceError('ResourceNotFoundException', `Event bus ${name} does not exist.`);
    return name;
  }

  function known(name: string, bus: string): Rule {
    const rule = rules.get(arnOf(name, busNamed(bus)));
    if (rule === undefined)
      throw new ServiceError('ResourceNotFoundException', `Rule ${name} does not exist.`);
    return rule;
  }

  function spread(event: Readonly<Record<string, unknown>>, bus: string): void {
    for (const rule of rules.values()) {
      if (rule.bus !== bus || rule.pattern === null || rule.state === 'DISABLED') continue;
      if (!matchesPattern(rule.pattern, event)) continue;
      if (isReadOnlyCall(event) && rule.state !== 'ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS') continue;
      send(rule, event);
    }
  }

  function send(rule: Rule, event: Readonly<Record<string, unknown>>): void {
    for (const target of rule.targets) {
      const { Input: constant, InputTransformer: transformer } = target;
      const body =
        constant ?? (transformer === undefined ? JSON.stringify(event) : transformed(transformer, event));
      background.run(`event to ${target.Arn}`, async () => {
        try {
          await deliver(target, body, rule.arn);
        } catch (error) {
          if (target.DeadLetterConfig === undefined) throw error;
          await deliver({ Id: 'dead-letter', Arn: target.DeadLetterConfig.Arn }, body, rule.arn);
        }
      });
    }
  }

  const bus: Omit<EventBus, 'service'> = {
    rules: () => [...rules.values()],
    createBus: (name) => void buses.add(name),
    emit: (event, name = 'default') => spread(eventOf({ ...event, timeMs: now() }), busNamed(name)),
    runSchedule(name) {
      const rule = known(name, 'default');
      if (rule.schedule === '') throw new Error(`${name} has no schedule`);
      if (rule.state === 'DISABLED') throw new Error(`${name} is disabled`);
      send(
        rule,
        eventOf({
          source: 'aws.events',
          detailType: 'Scheduled Event',
          resources: [rule.arn],
          detail: {},
          timeMs: now(),
        }),
      );
    },
    putRule({ name, bus: onBus = '', pattern, schedule = '', state = 'ENABLED' }) {
      const invalid = (what: string): ServiceError => new ServiceError('ValidationException', what);
      if (pattern === undefined && schedule === '')
        throw invalid('Parameter(s) EventPattern or ScheduleExpression must be specified.');
      if (schedule !== '' && !/^(rate\(\d+ (minute|hour|day)s?\)|cron\([^()]+\))$/.test(schedule)) {
        throw invalid('Parameter ScheduleExpression is not valid.');
      }
      if (!STATES.includes(state)) throw invalid(`State ${state} is not valid.`);
      const named = busNamed(onBus);
      if (schedule !== '' && named !== 'default')
        throw invalid('ScheduleExpression is supported only on the default event bus.');
      const arn = arnOf(name, named);
      const read = pattern === undefined ? null : readEventPattern(pattern);
      const rule = {
        name,
        bus: named,
        arn,
        schedule,
        state,
        pattern: read,
        targets: rules.get(arn)?.targets ?? [],
      };
      rules.set(arn, rule);
      return rule;
    },
    putTargets(rule, targets) {
      for (const target of targets) {
        const unknown = Object.keys(target).filter((field) => !TARGET_FIELDS.includes(field));
        if (unknown.length > 0)
          throw new ServiceError('ValidationException', `Target ${unknown.join(', ')} is not emulated.`);
        const at = rule.targets.findIndex(({ Id }) => Id === target.Id);
        if (at >= 0) rule.targets.splice(at, 1);
        rule.targets.push(target);
      }
    },
  };

  async function service({ operation, input }: ServiceRequest): Promise<Answer> {
    const text = (name: string): string => String(input[name] ?? '');
    if (operation === 'PutRule') {
      const { arn } = bus.putRule({
        name: text('Name'),
        bus: text('EventBusName'),
        ...(input.EventPattern === undefined ? {} : { pattern: text('EventPattern') }),
        schedule: text('ScheduleExpression'),
        ...(input.State === undefined ? {} : { state: text('State') }),
      });
      return json({ RuleArn: arn });
    }
    if (operation === 'PutTargets') {
      bus.putTargets(known(text('Rule'), text('EventBusName')), input.Targets as RuleTarget[]);
      return json({ FailedEntryCount: 0, FailedEntries: [] });
    }
    if (operation === 'ListTargetsByRule')
      return json({ Targets: known(text('Rule'), text('EventBusName')).targets });
    if (operation === 'PutEvents') return json(putEvents(input.Entries as Record<string, unknown>[]));
    throw unknownOperation('events', operation);
  }

  function putEvents(entries: readonly Readonly<Record<string, unknown>>[]): object {
    const answers = entries.map((entry) => {
      const {
        Source: source = '',
        DetailType: detailType = '',
        Detail: detail = '',
        Resources: resources = [],
        Time,
        EventBusName: onBus = '',
      } = entry;
      if (Buffer.byteLength(JSON.stringify(entry)) > MOST_BYTES)
        return failed('EventSizeExceeded', 'The entry is too large.');
      if (source === '' || detailType === '' || detail === '')
        return failed('InvalidArgument', 'Source, DetailType and Detail are required.');
      if (String(source).startsWith('aws.')) {
        return failed('NotAuthorizedForSourceException', 'Not authorized for the source.');
      }
      let parsed: unknown;
      try {
        parsed = JSON.parse(String(detail));
      } catch {
        return failed('MalformedDetail', 'Detail is malformed.');
      }
      const event = eventOf({
        source: String(source),
        detailType: String(detailType),
        resources: resources as string[],
        detail: parsed,
        timeMs: typeof Time === 'number' ? Time * 1_000 : now(),
      });
      spread(event, busNamed(String(onBus)));
      return { EventId: event.id };
    });
    return { FailedEntryCount: answers.filter((answer) => 'ErrorCode' in answer).length, Entries: answers };
  }

  return { ...bus, service };
}

function arnOf(name: string, bus: string): string {
  return ruleArn(bus === 'default' ? name : `${bus}/${name}`);
}

const TARGET_FIELDS = [
  'Id',
  'Arn',
  'Input',
  'InputTransformer',
  'SqsParameters',
  'DeadLetterConfig',
  'RetryPolicy',
  'RoleArn',
];

function failed(ErrorCode: string, ErrorMessage: string): object {
  return { ErrorCode, ErrorMessage };
}

function eventOf({ source, detailType, resources, detail, timeMs }: AwsEvent & { readonly timeMs: number }) {
  return {
    version: '0',
    id: randomUUID(),
    'detail-type': detailType,
    source,
    account: ACCOUNT,
    time: new Date(timeMs).toISOString().replace(/\.\d+Z$/, 'Z'),
    region: REGION,
    resources,
    detail,
  };
}

/** Only rules of a state of their own see read-only calls: https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-service-event-cloudtrail.html */
function isReadOnlyCall(event: Readonly<Record<string, unknown>>): boolean {
  const detail = event.detail as { readonly readOnly?: unknown } | null;
  return event['detail-type'] === 'AWS API Call via CloudTrail' && detail?.readOnly === true;
}

/** https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-transform-target-input.html, with paths of plain names. */
function transformed(
  { InputPathsMap = {}, InputTemplate }: NonNullable<RuleTarget['InputTransformer']>,
  event: Readonly<Record<string, unknown>>,
): string {
  return InputTemplate.replaceAll(/"?<([A-Za-z0-9_.-]+)>"?/g, (whole, name: string) => {
    const path = InputPathsMap[name];
    if (path === undefined) throw new Error(`${name} of an input template has no path`);
    if (!/^\$(\.[\w-]+)*$/.test(path)) throw new Error(`the path ${path} is not emulated`);
    let value: unknown = event;
    for (const part of path.split('.').slice(1))
      value = (value as Record<string, unknown> | undefined)?.[part];
    const inQuotes = whole.startsWith('"') && whole.endsWith('"');
    return typeof value === 'string' && !inQuotes ? value : JSON.stringify(value ?? null);
  });
}
