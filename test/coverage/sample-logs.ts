// Logs in a few words: records for the watcher of logs, and facts that come out of them.

import type { LogFacts } from '../../src/coverage/log-facts.ts';
import { createLogWatcher, type LogWatcher } from '../../src/coverage/watch-logs.ts';
import type { ObserveContext, Output } from '../../src/detectors/detector.ts';
import { FLOW_LOG_FIELDS } from '../../src/findings/remediation.ts';
import type { AnyRecord, CallRecord, FlowRecord } from '../../src/records/record.ts';
import { DEFAULT_FLOW_FIELDS } from '../../src/records/vpc-flow-layout.ts';
import { callRecord, flowRecord } from '../detectors/plain-records.ts';
import { trailRecord } from '../records/trail-records.ts';

export const ACCOUNT = '111122223333';
const UNUSED = {} as unknown as Output & ObserveContext;

export function show({ observer }: LogWatcher, record: AnyRecord): void {
  if (record.kind === 'call') observer.observeCall!(record, UNUSED, UNUSED);
  else if (record.kind === 'flow') observer.observeFlow!(record, UNUSED, UNUSED);
  else observer.observeLine!(record, UNUSED, UNUSED);
}

export function factsOf(records: readonly AnyRecord[]): LogFacts {
  const watcher = createLogWatcher();
  for (const record of records) show(watcher, record);
  return watcher.facts;
}

let events = 0;

/** A data event: GetItem by a role, from outside. */
export function dataCall(over: Record<string, unknown> = {}): CallRecord {
  return callRecord(trailRecord({ eventID: `event-${++events}`, ...over }));
}

export function managementCall(over: Record<string, unknown> = {}): CallRecord {
  return dataCall({ eventName: 'DescribeTable', eventCategory: 'Management', ...over });
}

export const ALL_FIELDS = [...FLOW_LOG_FIELDS, 'ecs-task-id', 'encryption-status'];

/** A flow of a log with these fields. */
export function flow(fields: readonly string[], over: Record<string, string> = {}): FlowRecord {
  const values: Record<string, string> = {
    version: '5',
    'account-id': ACCOUNT,
    'interface-id': 'eni-0123456789abcdef0',
    srcaddr: '10.0.3.17',
    dstaddr: '52.94.5.1',
    action: 'ACCEPT',
    region: 'us-east-1',
    start: '1793534400',
  };
  const given = Object.fromEntries(fields.map((field) => [field, values[field] ?? '-']));
  return flowRecord({ ...given, ...over });
}

export const PLAIN_FIELDS = DEFAULT_FLOW_FIELDS;
