import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { configuredTexts } from '../../../src/detectors/policy/configured-texts.ts';
import { plainEndpointConfigured } from '../../../src/detectors/policy/plain-endpoint-configured.ts';
import type { CallRecord } from '../../../src/records/record.ts';
import { plainReplay } from '../plain-replay.ts';
import { expectFoldLaws, someError, someTime, toldOf, trailCall } from './trail-calls.ts';

const PLAIN = 'http://dynamodb.us-east-1.amazonaws.com';
const task = (environment: unknown, changes: object = {}, more: object = {}): CallRecord =>
  trailCall(
    'ecs',
    'RegisterTaskDefinition',
    { family: 'orders', containerDefinitions: [{ name: 'app', environment, ...more }] },
    changes,
  );
const variable = (name: string, value: string) => [{ name, value }];

const build = (buildspec: string, endpoint: string): CallRecord =>
  trailCall('codebuild', 'CreateProject', {
    name: 'tests',
    source: { buildspec },
    environment: { environmentVariables: variable('AWS_ENDPOINT_URL_DYNAMODB', endpoint) },
  });

test.each<[string, CallRecord, (readonly [string, number])[]]>([
  ['an endpoint', task(variable('AWS_ENDPOINT_URL', PLAIN)), [['HIGH', 0.9]]],
  ['of another name', task(variable('TABLES', PLAIN)), [['HIGH', 0.9]]],
  ['in a command', task([], {}, { command: ['aws', '--endpoint-url', PLAIN] }), [['HIGH', 0.9]]],
  [
    'in a health check',
    task([], {}, { healthCheck: { command: ['CMD-SHELL', `curl ${PLAIN}`] } }),
    [['HIGH', 0.9]],
  ],
  ['a proxy', task(variable('AWS_ENDPOINT_URL', 'http://proxy.corp.internal')), [['MEDIUM', 0.7]]],
  ['a switch', task(variable('NODE_TLS_REJECT_UNAUTHORIZED', '0')), [['MEDIUM', 0.75]]],
  ['a switch that is on', task(variable('NODE_TLS_REJECT_UNAUTHORIZED', '1')), []],
  ...(
    [
      ['http:\\/\\/', 'dynamodb.us-east-1.amazonaws.com'],
      ['http:\\\\/\\\\/', 'dynamodb.us-east-1.amazonaws.com'],
      ['http:\\u002F\\u002F', 'dynamodb.us-east-1.amazonaws.com'],
      ['http%3A%2F%2F', 'dynamodb.us-east-1.amazonaws.com%2F'],
      ['http%253a%252f%252f', 'dynamodb.us-east-1.amazonaws.com'],
      ['HTTP%3a//', 'dynamodb.us-east-1.amazonaws.com'],
    ] as const
  ).map(
    ([scheme, host]) =>
      [`written as ${scheme}`, task(variable('AWS_ENDPOINT_URL', scheme + host)), [['HIGH', 0.9]]] as [
        string,
        CallRecord,
        (readonly [string, number])[],
      ],
  ),
  [
    'HTTPS, written otherwise',
    task(variable('AWS_ENDPOINT_URL', 'https%3A%2F%2Fdynamodb.us-east-1.amazonaws.com')),
    [],
  ],
  ['DynamoDB Local in a build', build('docker run -d amazon/dynamodb-local', 'http://172.17.0.2:8000'), []],
  [
    'DynamoDB Local in one text',
    build('docker run -d amazon/dynamodb-local; export AWS_ENDPOINT_URL=http://172.17.0.2:8000', ''),
    [],
  ],
  ['that port without it', build('make test', 'http://172.17.0.2:8000'), [['MEDIUM', 0.7]]],
  [
    'another port beside it',
    build('docker run -d amazon/dynamodb-local', 'http://172.17.0.2:80'),
    [['MEDIUM', 0.7]],
  ],
  [
    'a name beside it',
    build('docker run -d amazon/dynamodb-local', 'http://proxy.corp.internal:8000'),
    [['MEDIUM', 0.7]],
  ],
  ['DynamoDB itself beside it', build('docker run -d amazon/dynamodb-local', PLAIN), [['HIGH', 0.9]]],
  ['an emulator', task(variable('AWS_ENDPOINT_URL', 'http://localhost:8000')), []],
  ['HTTPS', task(variable('AWS_ENDPOINT_URL', 'https://dynamodb.us-east-1.amazonaws.com')), []],
  [
    'by a pipeline',
    task(variable('A', PLAIN), {
      userIdentity: {
        type: 'IAMUser',
        accountId: '111122223333',
        userName: 'dana',
        invokedBy: 'cloudformation.amazonaws.com',
      },
    }),
    [['MEDIUM', 0.9]],
  ],
  ['a refused call', task(variable('A', PLAIN), { errorCode: 'AccessDenied' }), [['LOW', 0.9]]],
  [
    'a parameter',
    trailCall('ssm', 'PutParameter', {
      name: '/orders/AWS_ENDPOINT_URL',
      value: 'http://proxy.corp.internal',
    }),
    [['MEDIUM', 0.7]],
  ],
  [
    'a hidden parameter',
    trailCall('ssm', 'PutParameter', { name: '/orders/x', value: 'HIDDEN_DUE_TO_SECURITY_REASONS' }),
    [],
  ],
  [
    'a description',
    trailCall('codebuild', 'CreateProject', { name: 'docs', description: PLAIN, tags: variable('a', PLAIN) }),
    [],
  ],
  ['a service of ECS', trailCall('ecs', 'CreateService', { serviceName: PLAIN }), []],
  ['no parameters', trailCall('ecs', 'RegisterTaskDefinition', null), []],
])('%s', (_, call, expected) => {
  expect(toldOf(plainEndpointConfigured, [call])).toEqual(expected);
});

test('tells one setting once, and both kinds apart', () => {
  const call = task([
    { name: 'AWS_ENDPOINT_URL', value: PLAIN },
    { name: 'DYNAMODB', value: PLAIN },
    { name: 'NODE_TLS_REJECT_UNAUTHORIZED', value: '0' },
  ]);
  const { findings } = plainReplay([plainEndpointConfigured], [call]);
  expect(findings.map(({ title, count }) => [title, count]).sort()).toEqual([
    ['task definition orders: no check of certificates (node-tls-reject-unauthorized) in us-east-1', 1],
    ['task definition orders: plain HTTP to dynamodb.us-east-1.amazonaws.com in us-east-1', 1],
  ]);
});

test('keeps nothing of the setting but the host', () => {
  const secret = ['pass', 'word', '123'].join('');
  const call = task(variable('URL', `${PLAIN}/?token=${secret}`));
  expect(JSON.stringify(plainReplay([plainEndpointConfigured], [call]))).not.toContain(secret);
});

describe('texts of a call', () => {
  test('names and values in one line', () => {
    expect(
      configuredTexts({
        name: '/orders/url',
        value: 'x',
      }),
    ).toEqual(['url=x']);
    expect(
      configuredTexts({
        runtime: { A: 'b' },
        command: ['c', 'd'],
        list: [{ parameterKey: 'k', parameterValue: 'v' }],
      }),
    ).toEqual(['A=b', 'c d', 'k=v']);
  });
  test('are bounded', () => {
    let deep: unknown = 'x';
    for (let level = 0; level < 50; level++) deep = { deep };
    const wide = Array.from({ length: 9000 }, (_, at) => ({ name: `n${at}`, value: 'v'.repeat(100) }));
    expect(configuredTexts({ deep })).toEqual([]);
    expect(configuredTexts({ wide }).join('').length).toBeLessThanOrEqual(64 * 1024);
  });
});

test('any order and split, and parameters of any kind', () => {
  expectFoldLaws(
    plainEndpointConfigured,
    fc
      .record({
        value: fc.oneof(
          fc.constantFrom(PLAIN, 'dax://a.b.dax-clusters.us-east-1.amazonaws.com'),
          fc.jsonValue(),
        ),
        name: fc.oneof(fc.constantFrom('AWS_ENDPOINT_URL', 'A'), fc.jsonValue()),
        more: fc.jsonValue(),
        errorCode: someError,
        eventTime: someTime,
      })
      .map(({ value, name, more, errorCode, eventTime }) =>
        task([{ name, value }, more], { errorCode, eventTime }, { command: more }),
      ),
  );
});
