// Calls that take logs away, and what each takes: one function a call, in a table by service and name.

import type { Severity } from '../../findings/finding.ts';
import { FLOW_LOG_FIELDS } from '../../findings/remediation.ts';
import type { CallRecord } from '../../records/record.ts';
import type { DetectorSettings } from '../detector.ts';
import { plainActionName } from '../plain-action.ts';
import { isOwnResource } from './own-resources.ts';
import {
  booleanField,
  field,
  hasField,
  listField,
  numberField,
  objectField,
  type Parameters,
  textField,
  textsIn,
} from './parameters.ts';

type ResourceKind = 'trail' | 'flow log' | 'log group' | 'bucket' | 'rule' | 'function' | 'topic';

export interface LoggingChange {
  readonly kind: ResourceKind;
  /** Name or ARN, as the call has it. */
  readonly resource: string;
  /** What the call did, as the end of a title: `trail X: stopped`. */
  readonly what: string;
  readonly severity: Severity;
  readonly confidence: number;
  /** What makes it so, in words. */
  readonly why: string;
}

type Read = (call: CallRecord, settings: DetectorSettings) => readonly LoggingChange[];

/** Names of groups and buckets in which logs about logs usually lie. A name is a hint, never an exemption. */
const AUDIT_NAME = /cloud-?trail|flow-?logs?|vpc-?flow|audit|waf-?logs|guardduty/i;
/** No finding depends on these: a format without them is complete enough. */
const FIELDS_FOR_PEOPLE = ['version', 'account-id', 'subnet-id', 'region', 'pkt-src-aws-service'];
const NEEDED_FLOW_FIELDS = FLOW_LOG_FIELDS.filter((field) => !FIELDS_FOR_PEOPLE.includes(field));
const FLOW_LOG_ID = /^fl-[0-9a-f]{8,17}$/;
const FLOW_LOG_TARGET = /^(vpc|subnet|eni|tgw|tgw-attach)-[0-9a-f]{8,17}$/;
/** Flow logs named in one finding. */
const MAX_IDS = 16;

const CERTAIN = 0.95;
const LIKELY = 0.7;

/** A change that the call's name says all about, of the resource that a parameter names. */
function always(kind: ResourceKind, parameter: string, what: string): Read {
  return (call) => changeOf(call, kind, parameter, what, 'HIGH', CERTAIN, `${call.action} says it by itself`);
}

/** The same, only where the resource is the monitor's own: rules, functions and topics of others are none of its eyes. */
function ofOurs(kind: ResourceKind, parameter: string, what: string): Read {
  return (call, settings) =>
    isOwnResource(textField(call.requestParameters, parameter), settings.ownResources)
      ? changeOf(call, kind, parameter, what, 'HIGH', CERTAIN, `${call.action} on a resource of the monitor`)
      : [];
}

function changeOf(
  call: CallRecord,
  kind: ResourceKind,
  parameter: string,
  what: string,
  severity: Severity,
  confidence: number,
  why: string,
): LoggingChange[] {
  const resource = textField(call.requestParameters, parameter);
  return [{ kind, resource: resource || '(not recorded)', what, severity, confidence, why }];
}

const READS: Readonly<Record<string, Readonly<Record<string, Read>>>> = {
  cloudtrail: {
    StopLogging: always('trail', 'name', 'stopped'),
    DeleteTrail: always('trail', 'name', 'deleted'),
    UpdateTrail: readUpdateTrail,
    PutInsightSelectors: (call) =>
      listField(call.requestParameters, 'insightSelectors')?.length === 0
        ? changeOf(
            call,
            'trail',
            'trailName',
            'Insights switched off',
            'HIGH',
            CERTAIN,
            'insightSelectors is empty',
          )
        : [],
  },
  ec2: { DeleteFlowLogs: readDeleteFlowLogs, CreateFlowLogs: readCreateFlowLogs },
  logs: {
    DeleteLogGroup: always('log group', 'logGroupName', 'deleted'),
    DeleteLogStream: always('log group', 'logGroupName', 'a log stream deleted'),
    DeleteSubscriptionFilter: always('log group', 'logGroupName', 'a subscription filter deleted'),
    DeleteDataProtectionPolicy: always(
      'log group',
      'logGroupIdentifier',
      'its data protection policy deleted',
    ),
    PutRetentionPolicy: readRetention,
  },
  s3: { PutBucketNotification: readNotification, PutBucketNotificationConfiguration: readNotification },
  events: {
    DisableRule: ofOurs('rule', 'name', 'disabled'),
    DeleteRule: ofOurs('rule', 'name', 'deleted'),
    RemoveTargets: ofOurs('rule', 'rule', 'its targets removed'),
  },
  lambda: {
    DeleteFunction: ofOurs('function', 'functionName', 'deleted'),
    UpdateFunctionConfiguration: ofOurs('function', 'functionName', 'its configuration changed'),
    PutFunctionConcurrency: (call, settings) =>
      numberField(call.requestParameters, 'reservedConcurrentExecutions') === 0
        ? ofOurs('function', 'functionName', 'its concurrency set to 0')(call, settings)
        : [],
  },
  sns: {
    DeleteTopic: ofOurs('topic', 'topicArn', 'deleted'),
    Unsubscribe: ofOurs('topic', 'subscriptionArn', 'a subscriber removed'),
  },
};

/** The operations that are read, by service. */
export const LOGGING_OPERATIONS: Readonly<Record<string, readonly string[]>> = Object.fromEntries(
  Object.entries(READS).map(([service, reads]) => [service, Object.keys(reads)]),
);

/** What a call takes away; empty for every other call. Whether it succeeded is not asked here. */
export function loggingChangesOf(call: CallRecord, settings: DetectorSettings): readonly LoggingChange[] {
  const reads = READS[call.service];
  if (reads === undefined) return [];
  const name = plainActionName(call.action);
  return Object.hasOwn(reads, name) ? reads[name]!(call, settings) : [];
}

/** A change of a trail is judged by what the call sets: there is no earlier state to compare with. */
function readUpdateTrail(call: CallRecord): LoggingChange[] {
  const asked = call.requestParameters;
  const weak = [
    booleanField(asked, 'isMultiRegionTrail') === false ? 'one region only' : '',
    booleanField(asked, 'includeGlobalServiceEvents') === false ? 'no events of global services' : '',
    booleanField(asked, 'enableLogFileValidation') === false ? 'no digest files' : '',
    field(asked, 'cloudWatchLogsLogGroupArn') === '' ? 'no delivery to CloudWatch Logs' : '',
  ].filter((part) => part !== '');
  if (weak.length > 0) {
    const what = `weakened (${weak.join(', ')})`;
    return changeOf(
      call,
      'trail',
      'name',
      what,
      'HIGH',
      CERTAIN,
      `UpdateTrail sets it so: ${weak.join(', ')}`,
    );
  }
  if (hasField(asked, 's3BucketName')) {
    const what = 'a bucket to deliver to was set';
    return changeOf(
      call,
      'trail',
      'name',
      what,
      'MEDIUM',
      LIKELY,
      'UpdateTrail names a bucket; whether it is another one is not known',
    );
  }
  return [];
}

function readDeleteFlowLogs(call: CallRecord): LoggingChange[] {
  const ids = textsIn(call.requestParameters, FLOW_LOG_ID, MAX_IDS);
  // The call succeeds also when nothing could be deleted: what it did not delete stands in the answer.
  const answer = objectField(call.responseElements, 'DeleteFlowLogsResponse') ?? call.responseElements;
  const kept = textsIn(field(answer, 'unsuccessful'), FLOW_LOG_ID, MAX_IDS);
  return (ids.length > 0 ? ids : ['(not recorded)'])
    .filter((id) => !kept.includes(id))
    .map((id) => ({
      kind: 'flow log',
      resource: id,
      what: 'deleted',
      severity: 'HIGH',
      confidence: CERTAIN,
      why: 'DeleteFlowLogs says it by itself',
    }));
}

function readCreateFlowLogs(call: CallRecord): LoggingChange[] {
  const request: Parameters | null =
    objectField(call.requestParameters, 'CreateFlowLogsRequest') ?? call.requestParameters;
  if (request === null || Object.keys(request).length === 0) return [];
  const format = textField(request, 'LogFormat');
  const given = new Set([...format.matchAll(/\$\{([a-z0-9-]{1,64})\}/g)].map((match) => match[1]!));
  const missing = NEEDED_FLOW_FIELDS.filter((name) =>
    format === '' ? isBeyondDefault(name) : !given.has(name),
  );
  const traffic = textField(request, 'TrafficType').toUpperCase();
  const lacks = [
    missing.length > 0 ? `fields ${missing.join(', ')}` : '',
    traffic === 'REJECT' ? 'accepted traffic' : '',
  ].filter((part) => part !== '');
  if (lacks.length === 0) return [];
  const target = textsIn(request, FLOW_LOG_TARGET, 1)[0];
  return [
    {
      kind: 'flow log',
      resource: target === undefined ? '(not recorded)' : `of ${target}`,
      what: 'created without what the flow detectors need',
      severity: 'INFO',
      confidence: CERTAIN,
      why: `it lacks ${lacks.join(' and ')}${format === '' ? ' (the default format has 14 fields)' : ''}`,
    },
  ];
}

/** The default format ends with log-status. */
function isBeyondDefault(name: string): boolean {
  return NEEDED_FLOW_FIELDS.indexOf(name) > NEEDED_FLOW_FIELDS.indexOf('log-status');
}

/**
 * Below the floor. Short retention of an application's group is everyday life and LOW; of a group that holds audit logs, or is
 * the monitor's own, it is the loss that this rule is about.
 */
function readRetention(call: CallRecord, settings: DetectorSettings): LoggingChange[] {
  const days = numberField(call.requestParameters, 'retentionInDays');
  if (!(days < settings.minimumRetentionDays)) return [];
  const group = textField(call.requestParameters, 'logGroupName');
  const matters = AUDIT_NAME.test(group) || isOwnResource(group, settings.ownResources);
  const why = `${days} ${days === 1 ? 'day is' : 'days are'} below the floor of ${settings.minimumRetentionDays}`;
  return changeOf(
    call,
    'log group',
    'logGroupName',
    `its events kept for ${days === 1 ? 'one day' : `${days} days`} only`,
    matters ? 'HIGH' : 'LOW',
    CERTAIN,
    matters
      ? `${why}, and the group holds logs about logs by its name`
      : `${why}; the group is not known to hold audit logs`,
  );
}

/** Notifications are replaced as a whole: a configuration without any target removes them all. */
function readNotification(call: CallRecord): LoggingChange[] {
  if (!hasField(call.requestParameters, 'NotificationConfiguration')) return [];
  const configuration = objectField(call.requestParameters, 'NotificationConfiguration') ?? {};
  if (Object.keys(configuration).some((name) => /configurations?$/i.test(name))) return [];
  return changeOf(
    call,
    'bucket',
    'bucketName',
    'all notifications removed',
    'HIGH',
    LIKELY,
    'the new configuration names no queue, topic, function or event bus; whether logs arrive in this bucket is not known',
  );
}
