// Which events a trail keeps, by the selectors that a call gives it.

import type { CallRecord } from '../../records/record.ts';
import { asObject, booleanField, field, listField, type Parameters, textField } from './parameters.ts';

/** 'part': some of them, e.g. reads only, or some tables only. */
export type Kept = 'all' | 'part' | 'none';

export interface Coverage {
  /** Writes are what POL and REP need most: 'none' as soon as write management events are not kept. */
  readonly management: Kept;
  readonly tables: Kept;
  readonly streams: Kept;
}

/** What a trail keeps by itself: all management events, no data events. https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_PutEventSelectors.html */
export const DEFAULT_COVERAGE: Coverage = { management: 'all', tables: 'none', streams: 'none' };

const TABLE = 'AWS::DynamoDB::Table';
const STREAM = 'AWS::DynamoDB::Stream';
/** Basic selectors name all tables so; an ARN prefix of one partition. https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_DataResource.html */
const ALL_TABLES = /^arn:aws[a-z-]{0,12}:dynamodb$/;

/** Null where the call does not show its selectors. Basic and advanced selectors replace each other. */
export function coverageOf(call: CallRecord): Coverage | null {
  for (const source of [call.requestParameters, call.responseElements]) {
    const advanced = listField(source, 'advancedEventSelectors');
    if (advanced !== null && advanced.length > 0)
      return union(advanced.map((entry) => advancedCoverage(asObject(entry))));
    const basic = listField(source, 'eventSelectors');
    if (basic !== null) return union(basic.map((entry) => basicCoverage(asObject(entry))));
    if (advanced !== null) return union([]);
  }
  return null;
}

function basicCoverage(selector: Parameters | null): Coverage {
  const kind = textField(selector, 'readWriteType').toLowerCase();
  const kept: Kept = kind === 'readonly' || kind === 'writeonly' ? 'part' : 'all';
  // Leaving out single noisy sources (KMS, the RDS data API) is usual and keeps the rest.
  const isManagement = booleanField(selector, 'includeManagementEvents') !== false;
  const management: Kept = !isManagement || kind === 'readonly' ? 'none' : kept;
  let tables: Kept = 'none';
  for (const entry of listField(selector, 'dataResources') ?? []) {
    const resource = asObject(entry);
    if (textField(resource, 'type') !== TABLE) continue;
    const values = (listField(resource, 'values') ?? []).filter((value) => typeof value === 'string');
    if (values.some((value) => ALL_TABLES.test(value))) tables = kept;
    else if (values.length > 0 && tables === 'none') tables = 'part';
  }
  return { management, tables, streams: tables };
}

/** https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_AdvancedFieldSelector.html */
function advancedCoverage(selector: Parameters | null): Coverage {
  const none: Coverage = { management: 'none', tables: 'none', streams: 'none' };
  const fields = new Map<string, Parameters>();
  for (const entry of listField(selector, 'fieldSelectors') ?? []) {
    const condition = asObject(entry);
    if (condition !== null) fields.set(textField(condition, 'field').toLowerCase(), condition);
  }
  const category = texts(fields.get('eventcategory'), 'equals')[0] ?? '';
  const readOnly = texts(fields.get('readonly'), 'equals')[0]?.toLowerCase() ?? '';
  if (category === 'Management') {
    if (readOnly === 'true') return none;
    const leavesOutOnly = [...fields].every(
      ([name, condition]) =>
        name === 'eventcategory' ||
        name === 'readonly' ||
        (name === 'eventsource' && !hasPositive(condition)),
    );
    return { ...none, management: readOnly === '' && leavesOutOnly ? 'all' : 'part' };
  }
  if (category !== 'Data') return none;
  const types = texts(fields.get('resources.type'), 'equals');
  // Any further condition (readOnly, eventName, resources.ARN, userIdentity.arn) keeps a part of the events.
  const kept: Kept = [...fields.keys()].every((name) => name === 'eventcategory' || name === 'resources.type')
    ? 'all'
    : 'part';
  // Events of a stream carry the table's type as well, so that a selector of tables keeps both.
  if (types.includes(TABLE)) return { management: 'none', tables: kept, streams: kept };
  return types.includes(STREAM) ? { management: 'none', tables: 'none', streams: kept } : none;
}

function hasPositive(condition: Parameters): boolean {
  return ['equals', 'startsWith', 'endsWith'].some((operator) => texts(condition, operator).length > 0);
}

function texts(condition: Parameters | undefined, operator: string): string[] {
  const value = field(condition ?? null, operator);
  if (typeof value === 'string') return [value];
  return Array.isArray(value) ? value.filter((entry) => typeof entry === 'string') : [];
}

function union(parts: readonly Coverage[]): Coverage {
  return parts.reduce(
    (sum, part) => ({
      management: more(sum.management, part.management),
      tables: more(sum.tables, part.tables),
      streams: more(sum.streams, part.streams),
    }),
    { management: 'none', tables: 'none', streams: 'none' },
  );
}

const RANK: Readonly<Record<Kept, number>> = { none: 0, part: 1, all: 2 };
function more(a: Kept, b: Kept): Kept {
  return RANK[a] >= RANK[b] ? a : b;
}

export function isLess(now: Kept, before: Kept): boolean {
  return RANK[now] < RANK[before];
}
