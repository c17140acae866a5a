// POL-11: settings that send programs to DynamoDB and DAX without TLS, and settings that look like it.

import type { ApiCall } from '../api-calls.ts';
import { type AttackContext, apiCall } from './context.ts';
import { plantChanges } from './protections.ts';

const PLAIN = 'http://dynamodb.us-east-1.amazonaws.com';

export function plantConfiguredEndpoints(context: AttackContext): void {
  const { random } = context;
  const name = (): string => `app-${random.hex(6)}`;
  const task = (variable: string, value: string): ApiCall =>
    apiCall(
      'ecs',
      'RegisterTaskDefinition',
      `{"family":"${name()}","containerDefinitions":[{"name":"app","image":"app:1","cpu":0,"environment":[{"name":"STAGE","value":"prod"},{"name":"${variable}","value":"${value}"}]}]}`,
    );
  const build = (step: string): ApiCall =>
    apiCall(
      'codebuild',
      'UpdateProject',
      `{"name":"${name()}","source":{"type":"NO_SOURCE","buildspec":"version: 0.2\\nphases:\\n  build:\\n    commands:\\n      - ${step}\\n"}}`,
    );
  plantChanges(
    context,
    'POL-11',
    [
      {
        variant: 'task-definition',
        description: 'a container gets an http:// endpoint of DynamoDB',
        severity: 'HIGH',
        attack: task('AWS_ENDPOINT_URL_DYNAMODB', PLAIN),
      },
      {
        variant: 'dax',
        description: 'a container gets a dax:// endpoint',
        severity: 'HIGH',
        attack: task('DAX_ENDPOINT', 'dax://cache.abc123.dax-clusters.us-east-1.amazonaws.com:8111'),
      },
      {
        variant: 'build-project',
        description: 'a build step calls DynamoDB in plain HTTP',
        severity: 'HIGH',
        attack: build(`aws dynamodb scan --table-name t --endpoint-url ${PLAIN}`),
      },
      {
        variant: 'proxy',
        description: 'a container sends all calls to AWS to a proxy in plain HTTP',
        severity: 'MEDIUM',
        attack: task('AWS_ENDPOINT_URL', 'http://proxy.corp.internal:3128'),
      },
      {
        variant: 'verification-off',
        description: 'a container does not check certificates',
        severity: 'MEDIUM',
        attack: task('NODE_TLS_REJECT_UNAUTHORIZED', '0'),
      },
      {
        variant: 'stack-parameter',
        description: 'a stack gets an http:// endpoint of DynamoDB',
        severity: 'HIGH',
        attack: apiCall(
          'cloudformation',
          'UpdateStack',
          `{"stackName":"${name()}","parameters":[{"parameterKey":"Endpoint","parameterValue":"${PLAIN}"}]}`,
        ),
      },
    ],
    [
      [
        'an HTTPS endpoint',
        'it encrypts',
        task('AWS_ENDPOINT_URL', 'https://dynamodb.us-east-1.amazonaws.com'),
      ],
      ['an emulator', 'nothing leaves the host', task('AWS_ENDPOINT_URL', 'http://dynamodb-local:8000')],
      [
        'tests of a build',
        'nothing leaves the host',
        build('AWS_ENDPOINT_URL=http://localhost:8000 make test'),
      ],
      [
        'DAX with TLS',
        'it encrypts',
        task('DAX_ENDPOINT', 'daxs://cache.abc123.dax-clusters.us-east-1.amazonaws.com'),
      ],
      [
        'plain HTTP to something else',
        'it is not DynamoDB',
        task('HEALTH_URL', 'http://health.corp.internal/'),
      ],
      [
        'a hidden value',
        'the log does not hold it',
        apiCall(
          'ssm',
          'PutParameter',
          `{"name":"/${name()}/AWS_ENDPOINT_URL","type":"String","value":"HIDDEN_DUE_TO_SECURITY_REASONS"}`,
        ),
      ],
      [
        'a refused definition',
        'nothing changed: LOW',
        task('AWS_ENDPOINT_URL', PLAIN),
        'AccessDeniedException',
      ],
    ],
  );
}
