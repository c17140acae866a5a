import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { logFactsJson, mergeLogFacts, newLogFacts, rowsOfTable } from '../../src/coverage/log-facts.ts';
import { flowFieldBits, noteObject } from '../../src/coverage/watch-logs.ts';
import { lineRecord } from '../detectors/plain-records.ts';
import { ALL_FIELDS, dataCall, factsOf, flow, managementCall, PLAIN_FIELDS } from './sample-logs.ts';

const names = (facts: ReturnType<typeof factsOf>, table: Parameters<typeof rowsOfTable>[1]) =>
  rowsOfTable(facts, table).map(({ parts }) => parts.join(' '));

describe('what a log shows of itself', () => {
  it('is which events are selected, by account and region', () => {
    const facts = factsOf([
      managementCall(),
      managementCall({ eventName: 'ListTables' }),
      managementCall({ eventName: 'DescribeStream' }),
      managementCall({ eventName: 'DescribeTable', errorCode: 'ResourceNotFoundException' }),
      dataCall(),
      dataCall({ eventName: 'GetRecords' }),
      dataCall({ eventSource: 's3.amazonaws.com', eventName: 'GetObject' }),
      managementCall({ eventSource: 's3.amazonaws.com', eventName: 'GetObject', eventCategory: undefined }),
      managementCall({ awsRegion: 'eu-west-1', eventSource: 'iam.amazonaws.com', readOnly: false }),
    ]);
    const [, first] = rowsOfTable(facts, 'calls');
    const counts = [
      'management',
      'reads',
      'dynamodb',
      'dynamodbUse',
      'dynamodbData',
      'streamUse',
      'streamData',
      's3Data',
    ] as const;
    expect(names(facts, 'calls')).toEqual(['111122223333 eu-west-1', '111122223333 us-east-1']);
    expect(counts.map((count) => first!.of(count))).toEqual([4, 4, 6, 2, 1, 1, 1, 2]);
  });

  it('sees that a table has a stream by what its calls name', () => {
    const arn = 'arn:aws:dynamodb:us-east-1:111122223333:table/Orders';
    const resources = [
      { type: 'AWS::DynamoDB::Table', ARN: arn, accountId: '111122223333' },
      {
        type: 'AWS::DynamoDB::Stream',
        ARN: `${arn}/stream/2026-11-01T00:00:00.000`,
        accountId: '111122223333',
      },
    ];
    expect(rowsOfTable(factsOf([dataCall({ resources })]), 'calls')[0]!.of('streamUse')).toBe(1);
    expect(rowsOfTable(factsOf([dataCall()]), 'calls')[0]!.of('streamUse')).toBe(0);
  });

  it('is whether TLS is recorded: with details, without, and in records too old for them', () => {
    const facts = factsOf([
      dataCall(),
      dataCall({ tlsDetails: undefined }),
      dataCall({ tlsDetails: undefined, eventVersion: '1.05' }),
      dataCall({ tlsDetails: undefined, sourceIPAddress: 'lambda.amazonaws.com' }),
      dataCall({ eventSource: 'kms.amazonaws.com', eventName: 'Decrypt' }),
      dataCall({ eventSource: 'guardduty.amazonaws.com', eventName: 'ListDetectors', tlsDetails: undefined }),
    ]);
    const counted = rowsOfTable(facts, 'tls').map(({ parts, of }) => [
      ...parts,
      of('full'),
      of('absent'),
      of('old'),
    ]);
    expect(counted).toEqual([
      ['111122223333', 'dynamodb', 1, 1, 1],
      ['111122223333', 'other', 1, 0, 0],
      ['111122223333', 'unlisted', 0, 1, 0],
    ]);
  });

  it('is from where in a VPC DynamoDB is called, and by which functions', () => {
    const facts = factsOf([
      dataCall({ sourceIPAddress: '198.51.100.7', vpcEndpointId: 'vpce-0123456789abcdef0' }),
      dataCall({ sourceIPAddress: '10.0.3.17' }),
      dataCall({ userAgent: 'aws-sdk-js/3 exec-env/AWS_Lambda_nodejs22.x' }),
      dataCall({ sourceIPAddress: 'AWS Internal' }),
    ]);
    expect(names(facts, 'callers')).toEqual([
      '111122223333 us-east-1  vpce-0123456789abcdef0',
      '111122223333 us-east-1 10.0.3.17 ',
    ]);
    expect(names(facts, 'functions')).toEqual(['111122223333 us-east-1 i-0abc']);
  });

  it('is which trails there are, as calls name them', () => {
    const trailCall = (eventName: string, requestParameters: object, over: object = {}) =>
      managementCall({ eventSource: 'cloudtrail.amazonaws.com', eventName, requestParameters, ...over });
    const facts = factsOf([
      trailCall('GetTrailStatus', { name: 'main' }),
      trailCall('PutEventSelectors', { trailName: 'data' }),
      trailCall('StopLogging', { name: 'denied' }, { errorCode: 'AccessDenied' }),
      trailCall('DeleteTrail', { name: 'gone' }),
      trailCall('StartLogging', { name: { not: 'text' } }),
    ]);
    expect(names(facts, 'trails')).toEqual(['111122223333 us-east-1 data', '111122223333 us-east-1 main']);
  });

  it('is the fields, actions and networks of flow logs', () => {
    const facts = factsOf([
      flow(ALL_FIELDS),
      flow(ALL_FIELDS, { action: 'REJECT' }),
      flow(PLAIN_FIELDS, { dstaddr: '10.9.9.9', srcaddr: '2001:db8::1' }),
    ]);
    expect(names(facts, 'flows')).toEqual(['111122223333  0000000111', '111122223333 us-east-1 1111111111']);
    expect(names(facts, 'networks')).toEqual(['111122223333 us-east-1 10.0.3.0/24']);
    expect(flowFieldBits([...PLAIN_FIELDS, 'ecs-task-id', 'pkt-dst-aws-service'])).toBe('0000001111');
  });

  it('is the network of the interface that has the flow log, not of whom it talks to', () => {
    const networks = (over: Record<string, string>) =>
      names(factsOf([flow(ALL_FIELDS, { srcaddr: '10.1.1.1', dstaddr: '10.2.2.2', ...over })]), 'networks');
    const ofPacket = { 'pkt-srcaddr': '10.3.3.3', 'pkt-dstaddr': '10.4.4.4' };
    const at = (network: string) => `111122223333 us-east-1 ${network}`;
    expect(networks({ 'flow-direction': 'egress' })).toEqual([at('10.1.1.0/24')]);
    expect(networks({ 'flow-direction': 'ingress' })).toEqual([at('10.2.2.0/24')]);
    expect(networks({})).toEqual([at('10.1.1.0/24')]);
    // A NAT gateway, and an instance with an address for each container.
    expect(networks({ ...ofPacket, 'flow-direction': 'egress' })).toEqual([at('10.1.1.0/24')]);
    const instance = { ...ofPacket, 'instance-id': 'i-0123456789abcdef0' };
    expect(networks({ ...instance, 'flow-direction': 'egress' })).toEqual([
      at('10.1.1.0/24'),
      at('10.3.3.0/24'),
    ]);
    expect(networks({ ...instance, 'flow-direction': 'ingress' })).toEqual([
      at('10.2.2.0/24'),
      at('10.4.4.0/24'),
    ]);
  });

  it('is whose lines there are', () => {
    const facts = factsOf([
      lineRecord('a'),
      lineRecord('b', { group: '/app/orders' }),
      lineRecord('c', { group: '' }),
    ]);
    expect(names(facts, 'groups')).toEqual(['/app/orders', '/aws/lambda/orders']);
    expect(facts.totals.rows.get('lines')).toEqual([3]);
  });

  it('is what could not be read, by the kind of its log', () => {
    const facts = newLogFacts();
    const line = (over: object) => ({
      object: 'x',
      status: 'read' as const,
      reason: '',
      format: '',
      records: { skipped: {} },
      ...over,
    });
    noteObject(facts, line({}));
    noteObject(facts, line({ status: 'partly', reason: 'truncated', format: 'cloudtrail' }));
    noteObject(facts, line({ status: 'partly', reason: 'bad-time', format: 'cloudtrail' }));
    noteObject(facts, line({ status: 'skipped', reason: 'not-a-log' }));
    const key = 'AWSLogs/111122223333/CloudTrail/us-east-1/2026/11/01/x.json.gz';
    noteObject(facts, line({ object: key, status: 'skipped', reason: 'archived-storage-class' }));
    noteObject(facts, line({ object: 'other.log', status: 'failed', reason: 'damaged-gzip' }));
    noteObject(facts, line({ format: 'vpc-flow', records: { skipped: { skipdata: 3, nodata: 9 } } }));
    expect(Object.fromEntries(facts.totals.rows)).toEqual({ 'unread-trail': [2], skipdata: [3] });
  });

  it('does not depend on the order of records, nor on how they were split', () => {
    const records = [
      dataCall(),
      dataCall({ awsRegion: 'eu-west-1', sourceIPAddress: '10.1.2.3' }),
      managementCall({ recipientAccountId: '444455556666' }),
      flow(ALL_FIELDS),
      flow(PLAIN_FIELDS, { srcaddr: '10.5.5.5' }),
      flow(ALL_FIELDS, { 'account-id': '444455556666', action: 'REJECT' }),
      lineRecord('a'),
      lineRecord('b', { group: '/app/x' }),
    ];
    const whole = logFactsJson(factsOf(records));
    fc.assert(
      fc.property(fc.shuffledSubarray(records, { minLength: records.length }), fc.nat(8), (some, at) => {
        const merged = mergeLogFacts(factsOf(some.slice(at)), factsOf(some.slice(0, at)));
        expect(logFactsJson(merged)).toEqual(whole);
      }),
      { numRuns: 50 },
    );
  });
});
