import fc from 'fast-check';
import { expect, test } from 'vitest';
import { endpointWeakened } from '../../../src/detectors/policy/endpoint-weakened.ts';
import type { CallRecord } from '../../../src/records/record.ts';
import { plainReplay } from '../plain-replay.ts';
import { allowAll, policy } from './policy-documents.ts';
import { expectFoldLaws, someError, someTime, toldOf, trailCall } from './trail-calls.ts';

const ENDPOINT = 'vpce-0123456789abcdef0';
const ROUTES = { tag: 1, content: 'rtb-0123456789abcdef0' };
const text = (statement: ReturnType<typeof allowAll>): string => JSON.stringify(policy(statement));
const OPEN = text(allowAll());
const OWN = { StringEquals: { 'aws:ResourceAccount': '111122223333' } };
const CLOSED = text(allowAll({ Condition: OWN }));
const CLOSED_BY_NAME = text(
  allowAll({ Action: ['dynamodb:GetItem'], Resource: 'arn:aws:dynamodb:*:111122223333:table/*' }),
);

const told = (...calls: CallRecord[]) => toldOf(endpointWeakened, calls);
const create = (service: string, document?: string, changes: object = {}): CallRecord =>
  trailCall(
    'ec2',
    'CreateVpcEndpoint',
    {
      CreateVpcEndpointRequest: {
        VpcId: 'vpc-0123456789abcdef0',
        ServiceName: `com.amazonaws.us-east-1.${service}`,
        ...(document === undefined ? {} : { PolicyDocument: document }),
      },
    },
    {
      responseElements: { CreateVpcEndpointResponse: { vpcEndpoint: { vpcEndpointId: ENDPOINT } } },
      ...changes,
    },
  );
const modify = (request: object, changes: object = {}): CallRecord =>
  trailCall(
    'ec2',
    'ModifyVpcEndpoint',
    { ModifyVpcEndpointRequest: { VpcEndpointId: ENDPOINT, ...request } },
    changes,
  );
const remove = (changes: object = {}): CallRecord =>
  trailCall(
    'ec2',
    'DeleteVpcEndpoints',
    { DeleteVpcEndpointsRequest: { VpcEndpointId: { tag: 1, content: ENDPOINT } } },
    changes,
  );
const refused = { errorCode: 'Client.UnauthorizedOperation' };

test.each([
  [
    'a known policy opened',
    () => [create('dynamodb', CLOSED), modify({ PolicyDocument: OPEN })],
    [['MEDIUM', 0.95]],
  ],
  [
    'a known policy reset',
    () => [create('dynamodb', CLOSED), modify({ ResetPolicy: true })],
    [['MEDIUM', 0.95]],
  ],
  [
    'known by the policy’s own words',
    () => [modify({ PolicyDocument: CLOSED_BY_NAME }), modify({ PolicyDocument: OPEN })],
    [['MEDIUM', 0.95]],
  ],
  [
    'closed before, leads nobody knows where',
    () => [modify({ PolicyDocument: CLOSED }), modify({ PolicyDocument: OPEN })],
    [['LOW', 0.7]],
  ],
  ['reset, nothing known', () => [modify({ ResetPolicy: true })], [['LOW', 0.5]]],
  ['open, nothing known', () => [modify({ PolicyDocument: OPEN })], []],
  ['open as before', () => [create('dynamodb'), modify({ PolicyDocument: OPEN })], []],
  ['reset where it was open', () => [create('dynamodb'), modify({ ResetPolicy: true })], []],
  ['closed', () => [create('dynamodb'), modify({ PolicyDocument: CLOSED })], []],
  ['a policy that cannot be read', () => [create('dynamodb', CLOSED), modify({ PolicyDocument: '{' })], []],
  [
    'an endpoint of S3',
    () => [create('s3', CLOSED), modify({ ResetPolicy: true, RemoveRouteTableId: ROUTES }), remove()],
    [],
  ],
  [
    'route tables removed',
    () => [create('dynamodb'), modify({ RemoveRouteTableId: ROUTES })],
    [['MEDIUM', 0.95]],
  ],
  [
    'route tables exchanged',
    () => [create('dynamodb'), modify({ RemoveRouteTableId: ROUTES, AddRouteTableId: ROUTES })],
    [['LOW', 0.95]],
  ],
  ['route tables added', () => [create('dynamodb'), modify({ AddRouteTableId: ROUTES })], []],
  ['route tables removed, nothing known', () => [modify({ RemoveRouteTableId: ROUTES })], [['LOW', 0.5]]],
  ['deleted', () => [create('dynamodb'), remove()], [['MEDIUM', 0.95]]],
  ['one of DAX deleted', () => [create('dax-fips'), remove()], [['MEDIUM', 0.95]]],
  ['one of Streams deleted', () => [create('dynamodb-streams'), remove()], [['MEDIUM', 0.95]]],
  ['deleted, nothing known', () => [remove()], [['INFO', 0.3]]],
  ['a refused deletion', () => [create('dynamodb'), remove(refused)], [['LOW', 0.95]]],
  ['a refused deletion, nothing known', () => [remove(refused)], []],
  [
    'a deletion that the answer takes back',
    () => [
      create('dynamodb'),
      remove({
        responseElements: {
          DeleteVpcEndpointsResponse: {
            unsuccessful: { item: { resourceId: ENDPOINT, error: { code: 'InUse' } } },
          },
        },
      }),
    ],
    [],
  ],
  [
    'an endpoint that was not created',
    () => [create('dynamodb', CLOSED, refused), modify({ PolicyDocument: OPEN })],
    [],
  ],
  [
    'opened and deleted on one day: one finding',
    () => [create('dynamodb', CLOSED), modify({ PolicyDocument: OPEN }), remove()],
    [['MEDIUM', 0.95]],
  ],
])('%s', (_, calls, expected) => {
  expect(told(...calls())).toEqual(expected);
});

const at = (minute: number): object => ({
  eventTime: `2026-11-03T02:${String(minute).padStart(2, '0')}:00Z`,
});
const removeVpc = (changes: object = {}): CallRecord =>
  trailCall('ec2', 'DeleteVpc', { vpcId: 'vpc-0123456789abcdef0' }, changes);
const createOther = (service: string, document: string | undefined, changes: object): CallRecord =>
  create(service, document, {
    responseElements: {
      CreateVpcEndpointResponse: { vpcEndpoint: { vpcEndpointId: 'vpce-0fedcba9876543210' } },
    },
    ...changes,
  });

test.each([
  [
    'deleted, and its VPC soon after',
    () => [create('dynamodb'), remove(at(1)), removeVpc(at(2))],
    [['INFO', 0.95]],
  ],
  [
    'deleted, and its VPC much later, or not',
    () => [create('dynamodb'), remove(at(1)), removeVpc({ ...at(2), ...refused }), removeVpc(at(40))],
    [['MEDIUM', 0.95]],
  ],
  [
    'replaced by another one',
    () => [create('dynamodb', CLOSED), remove(at(1)), createOther('dynamodb', CLOSED, at(3))],
    [['INFO', 0.95]],
  ],
  [
    'replaced by another one, which was created first',
    () => [create('dynamodb'), createOther('dynamodb', undefined, at(20)), remove(at(23))],
    [['INFO', 0.95]],
  ],
  [
    'a closed one replaced by an open one',
    () => [create('dynamodb', CLOSED), remove(at(1)), createOther('dynamodb', OPEN, at(3))],
    [['MEDIUM', 0.95]],
  ],
  [
    'another service’s is created',
    () => [create('dynamodb'), remove(at(1)), createOther('s3', undefined, at(3))],
    [['MEDIUM', 0.95]],
  ],
  [
    'its own creation explains nothing',
    () => [create('dynamodb', CLOSED, at(0)), remove(at(1))],
    [['MEDIUM', 0.95]],
  ],
  [
    'route tables added in one call and removed in the next',
    () => [
      create('dynamodb'),
      modify({ AddRouteTableId: ROUTES }, at(1)),
      modify({ RemoveRouteTableId: ROUTES }, at(2)),
    ],
    [['LOW', 0.95]],
  ],
  [
    'route tables removed, and others added after it',
    () => [
      create('dynamodb'),
      modify({ RemoveRouteTableId: ROUTES }, at(1)),
      modify({ AddRouteTableId: ROUTES }, at(2)),
    ],
    [['LOW', 0.95]],
  ],
  [
    'route tables removed, others added without success, or an hour later',
    () => [
      create('dynamodb'),
      modify({ RemoveRouteTableId: ROUTES }, at(1)),
      modify({ AddRouteTableId: ROUTES }, { ...at(2), ...refused }),
      modify({ AddRouteTableId: ROUTES }, at(59)),
    ],
    [['MEDIUM', 0.95]],
  ],
])('%s', (_, calls, expected) => {
  expect(told(...calls())).toEqual(expected);
});

test('where it leads is remembered over days, and over settings that do not say it', () => {
  const on = (day: string) => ({ eventTime: `2026-11-${day}T02:00:00Z` });
  const calls = [create('dynamodb', CLOSED, { ...on('01') }), modify({ AddRouteTableId: ROUTES }, on('05'))];
  expect(told(...calls, modify({ PolicyDocument: CLOSED }, on('09')), remove(on('20')))).toEqual([
    ['MEDIUM', 0.95],
  ]);
});

test('the remedy names what is to be given back', () => {
  const [finding] = plainReplay(
    [endpointWeakened],
    [create('dynamodb', CLOSED), modify({ RemoveRouteTableId: ROUTES, ResetPolicy: true })],
  ).findings;
  const commands = finding?.remediation.map(({ command }) => command ?? '').join('\n');
  expect(commands).toContain(
    `--vpc-endpoint-id ${ENDPOINT} --region us-east-1 --add-route-table-ids rtb-0123456789abcdef0`,
  );
  expect(commands).toContain('"aws:ResourceAccount":"111122223333"');
});

test('any order and split, and parameters of any kind', () => {
  const document = fc.oneof(fc.constantFrom(OPEN, CLOSED, CLOSED_BY_NAME), fc.jsonValue());
  const one = fc
    .record({
      name: fc.constantFrom('CreateVpcEndpoint', 'ModifyVpcEndpoint', 'DeleteVpcEndpoints', 'DeleteVpc'),
      document,
      service: fc.constantFrom('com.amazonaws.us-east-1.dynamodb', 'com.amazonaws.us-east-1.s3', 'x'),
      routes: fc.oneof(fc.constant(ROUTES), fc.jsonValue()),
      resetPolicy: fc.boolean(),
      errorCode: someError,
      eventTime: someTime,
    })
    .map(({ name, errorCode, eventTime, ...given }) =>
      trailCall(
        'ec2',
        name,
        {
          [`${name}Request`]: {
            VpcEndpointId: ENDPOINT,
            VpcId: 'vpc-0123456789abcdef0',
            ServiceName: given.service,
            PolicyDocument: given.document,
            ResetPolicy: given.resetPolicy,
            RemoveRouteTableId: given.routes,
          },
        },
        {
          errorCode,
          eventTime,
          responseElements: { [`${name}Response`]: { vpcEndpoint: { vpcEndpointId: ENDPOINT } } },
        },
      ),
    );
  expectFoldLaws(endpointWeakened, one);
});
