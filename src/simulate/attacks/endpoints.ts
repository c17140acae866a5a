// POL-02: VPC endpoints of DynamoDB that are opened, lose their route tables or are deleted, and those of other services.

import type { ApiCall } from '../api-calls.ts';
import { type AttackContext, apiCall } from './context.ts';
import { allow, text } from './policies.ts';
import { plantChanges } from './protections.ts';

const EVERYTHING = allow({ Sid: 'Everything', Principal: '*', Action: '*' });
const OWN_TABLES = {
  ...EVERYTHING,
  Condition: {
    StringEquals: { 'aws:ResourceOrgID': 'o-example0000', 'aws:PrincipalOrgID': 'o-example0000' },
  },
};

export function plantWeakerEndpoints(context: AttackContext): void {
  const { random } = context;
  const id = (): string => `vpce-0${random.hex(16)}`;
  const [opened, reset, routes, deleted, other, kept] = [id(), id(), id(), id(), id(), id()];
  const table = `rtb-0${random.hex(16)}`;
  plantChanges(
    context,
    'POL-02',
    [
      {
        variant: 'policy-opened',
        description: 'the policy of an endpoint lets everybody through to every table',
        severity: 'MEDIUM',
        before: create(opened, 'dynamodb', OWN_TABLES),
        attack: modify(opened, `"PolicyDocument":${text(EVERYTHING)}`),
      },
      {
        variant: 'policy-reset',
        description: 'the policy of an endpoint falls back to the default',
        severity: 'MEDIUM',
        before: create(reset, 'dynamodb', OWN_TABLES),
        attack: modify(reset, '"ResetPolicy":true'),
      },
      {
        variant: 'route-tables-removed',
        description: 'subnets lose their way to the endpoint',
        severity: 'MEDIUM',
        before: create(routes, 'dynamodb'),
        attack: modify(routes, `"RemoveRouteTableId":{"tag":1,"content":"${table}"}`),
      },
      {
        variant: 'endpoint-deleted',
        description: 'an endpoint of DynamoDB is deleted',
        severity: 'MEDIUM',
        before: create(deleted, 'dynamodb'),
        attack: remove(deleted),
      },
      {
        variant: 'unknown-policy-reset',
        description: 'the policy of an endpoint without a past falls back to the default',
        severity: 'LOW',
        attack: modify(id(), '"ResetPolicy":true'),
      },
    ],
    [
      ['an endpoint of S3', 'another service', create(other, 's3', OWN_TABLES)],
      ['an endpoint of S3 is opened', 'another service', modify(other, '"ResetPolicy":true')],
      ['an endpoint of S3 is deleted', 'another service', remove(other)],
      ['a closed endpoint', 'it protects', create(kept, 'dynamodb', OWN_TABLES)],
      [
        'the same policy in other words',
        'it stays closed',
        modify(kept, `"PolicyDocument":${text({ ...OWN_TABLES, Sid: 'Same', Action: ['*'] })}`),
      ],
      [
        'route tables added',
        'nothing is lost',
        modify(kept, `"AddRouteTableId":{"tag":1,"content":"${table}"}`),
      ],
      ['an endpoint of which nothing is known is deleted', 'it may lead anywhere: INFO', remove(id())],
      ['a refused deletion', 'nothing changed: LOW', remove(kept), 'Client.UnauthorizedOperation'],
    ],
  );
}

function create(endpoint: string, service: string, statement?: object): ApiCall {
  const policy = statement === undefined ? '' : `,"PolicyDocument":${text(statement)}`;
  return apiCall(
    'ec2',
    'CreateVpcEndpoint',
    `{"CreateVpcEndpointRequest":{"VpcId":"vpc-0123456789abcdef0","ServiceName":"com.amazonaws.us-east-1.${service}"${policy}}}`,
    { response: `{"CreateVpcEndpointResponse":{"vpcEndpoint":{"vpcEndpointId":"${endpoint}"}}}` },
  );
}

function modify(endpoint: string, change: string): ApiCall {
  return apiCall(
    'ec2',
    'ModifyVpcEndpoint',
    `{"ModifyVpcEndpointRequest":{"VpcEndpointId":"${endpoint}",${change}}}`,
  );
}

function remove(endpoint: string): ApiCall {
  return apiCall(
    'ec2',
    'DeleteVpcEndpoints',
    `{"DeleteVpcEndpointsRequest":{"VpcEndpointId":{"tag":1,"content":"${endpoint}"}}}`,
    { response: '{"DeleteVpcEndpointsResponse":{"unsuccessful":""}}' },
  );
}
