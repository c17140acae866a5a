import { describe, expect, test } from 'vitest';
import { type Coverage, coverageOf } from '../../../src/detectors/policy/event-selectors.ts';
import { callRecord } from '../plain-records.ts';

function coverage(requestParameters: object | null, responseElements: object | null = null): Coverage | null {
  return coverageOf(
    callRecord({
      eventID: 'event',
      eventTime: '2026-11-03T02:00:00Z',
      eventSource: 'cloudtrail.amazonaws.com',
      eventName: 'PutEventSelectors',
      requestParameters,
      responseElements,
    }),
  );
}
const selector = (...fields: [field: string, operators: object][]): object => ({
  fieldSelectors: fields.map(([field, operators]) => ({ field, ...operators })),
});
const advanced = (...selectors: object[]): Coverage | null => coverage({ advancedEventSelectors: selectors });
const basic = (changes: object): Coverage | null =>
  coverage({
    eventSelectors: [{ readWriteType: 'All', includeManagementEvents: true, dataResources: [], ...changes }],
  });
const tables = (values: unknown): object => ({ dataResources: [{ type: 'AWS::DynamoDB::Table', values }] });
const DATA: [string, object] = ['eventCategory', { equals: ['Data'] }];
const MANAGEMENT: [string, object] = ['eventCategory', { equals: ['Management'] }];
const TABLE: [string, object] = ['resources.type', { equals: ['AWS::DynamoDB::Table'] }];

describe('basic selectors', () => {
  test.each([
    ['everything', tables(['arn:aws:dynamodb']), 'all', 'all'],
    ['another partition', tables(['arn:aws-cn:dynamodb']), 'all', 'all'],
    ['one table', tables(['arn:aws:dynamodb:us-east-1:111122223333:table/Orders']), 'all', 'part'],
    ['no values', tables([]), 'all', 'none'],
    ['odd values', tables([7, null]), 'all', 'none'],
    ['only S3', { dataResources: [{ type: 'AWS::S3::Object', values: ['arn:aws:s3'] }] }, 'all', 'none'],
    [
      'without KMS',
      { ...tables(['arn:aws:dynamodb']), excludeManagementEventSources: ['kms.amazonaws.com'] },
      'all',
      'all',
    ],
    ['reads only', { readWriteType: 'ReadOnly', ...tables(['arn:aws:dynamodb']) }, 'none', 'part'],
    ['writes only', { readWriteType: 'WriteOnly', ...tables(['arn:aws:dynamodb']) }, 'part', 'part'],
    ['no management', { includeManagementEvents: false, ...tables(['arn:aws:dynamodb']) }, 'none', 'all'],
  ])('%s', (_, changes, management, data) => {
    expect(basic(changes)).toEqual({ management, tables: data, streams: data });
  });
});

describe('advanced selectors', () => {
  test('tables bring the events of their streams', () => {
    expect(advanced(selector(MANAGEMENT), selector(DATA, TABLE))).toEqual({
      management: 'all',
      tables: 'all',
      streams: 'all',
    });
  });
  test('streams alone', () => {
    const streams: [string, object] = ['resources.type', { equals: ['AWS::DynamoDB::Stream'] }];
    expect(advanced(selector(DATA, streams))).toEqual({ management: 'none', tables: 'none', streams: 'all' });
  });
  test.each([
    ['eventName', { notEquals: ['GetRecords'] }],
    ['resources.ARN', { startsWith: ['arn:aws:dynamodb:us-east-1:111122223333:table/Orders'] }],
    ['readOnly', { equals: ['false'] }],
  ])('a condition on %s keeps a part', (field, operators) => {
    expect(advanced(selector(DATA, TABLE, [field, operators]))).toMatchObject({ tables: 'part' });
  });
  test.each([
    ['no condition', [], 'all'],
    ['without KMS', [['eventSource', { notEquals: ['kms.amazonaws.com'] }]], 'all'],
    ['one service only', [['eventSource', { equals: ['iam.amazonaws.com'] }]], 'part'],
    ['writes only', [['readOnly', { equals: ['false'] }]], 'part'],
    ['reads only', [['readOnly', { equals: ['true'] }]], 'none'],
  ] as [string, [string, object][], string][])('management events, %s', (_, conditions, management) => {
    expect(advanced(selector(MANAGEMENT, ...conditions))).toMatchObject({ management });
  });
  test('names of fields in any case', () => {
    expect(
      coverage({
        AdvancedEventSelectors: [{ FieldSelectors: [{ Field: 'eventCategory', Equals: ['Management'] }] }],
      }),
    ).toMatchObject({
      management: 'all',
    });
  });
});

test('what the call does not show is not known', () => {
  expect(coverage(null)).toBeNull();
  expect(coverage({ trailName: 'org-trail' })).toBeNull();
  expect(coverage({ trailName: 'org-trail', advancedEventSelectors: [], eventSelectors: [] })).toEqual({
    management: 'none',
    tables: 'none',
    streams: 'none',
  });
  expect(
    coverage(null, { eventSelectors: [{ readWriteType: 'All', includeManagementEvents: true }] }),
  ).toMatchObject({ management: 'all' });
  expect(coverage({ eventSelectors: [7, null, 'x'] })).not.toBeNull();
});
