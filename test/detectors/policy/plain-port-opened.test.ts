import fc from 'fast-check';
import { expect, test } from 'vitest';
import { plainPortOpened } from '../../../src/detectors/policy/plain-port-opened.ts';
import type { CallRecord } from '../../../src/records/record.ts';
import { plainReplay } from '../plain-replay.ts';
import { expectFoldLaws, someError, someTime, toldOf, trailCall } from './trail-calls.ts';

const DYNAMODB = '52.94.4.0/24';
const LIST = 'pl-0123456789abcdef0';

function group(way: 'Egress' | 'Ingress', permission: object, changes: object = {}): CallRecord {
  const ipPermissions = { items: [{ ipProtocol: 'tcp', ...permission }] };
  return trailCall(
    'ec2',
    `AuthorizeSecurityGroup${way}`,
    { groupId: 'sg-0123456789abcdef0', ipPermissions },
    changes,
  );
}
const to = (cidrIp: string, description?: string) => ({ ipRanges: { items: [{ cidrIp, description }] } });
const list = (description?: string) => ({
  prefixListIds: { items: [{ prefixListId: LIST, description }] },
});
const ports = (fromPort: number, toPort = fromPort) => ({ fromPort, toPort });
const acl = (from: number, toPort: number, changes: object = {}) =>
  trailCall('ec2', 'CreateNetworkAclEntry', {
    networkAclId: 'acl-0123456789abcdef0',
    egress: true,
    ruleAction: 'allow',
    aclProtocol: '6',
    portRange: { from, to: toPort },
    cidrBlock: DYNAMODB,
    ...changes,
  });

test.each<[string, CallRecord, (readonly [string, number])[]]>([
  ['port 80 to DynamoDB', group('Egress', { ...ports(80), ...to(DYNAMODB) }), [['LOW', 0.95]]],
  ['80 to 443 to DynamoDB', group('Egress', { ...ports(80, 443), ...to(DYNAMODB) }), [['LOW', 0.95]]],
  ['from DynamoDB, which calls nobody', group('Ingress', { ...ports(80), ...to(DYNAMODB) }), []],
  ['port 80 to all', group('Egress', { ...ports(80), ...to('0.0.0.0/0') }), []],
  ['port 80 to a wide network', group('Egress', { ...ports(80), ...to('52.94.0.0/8') }), []],
  ['a list', group('Egress', { ...ports(80), ...list() }), [['INFO', 0.3]]],
  ['a list that is named', group('Egress', { ...ports(80), ...list('to DynamoDB') }), [['LOW', 0.8]]],
  ['a refused list', group('Egress', { ...ports(80), ...list() }, { errorCode: 'AccessDenied' }), []],
  ['the plain port of DAX', group('Ingress', { ...ports(8111), ...to('10.0.0.0/8') }), [['LOW', 0.5]]],
  ['named so', group('Ingress', { ...ports(8111), ...to('10.0.0.0/8', 'for DAX') }), [['LOW', 0.8]]],
  ['in a word', group('Ingress', { ...ports(8111), ...to('10.0.0.0/8', 'daxter') }), [['LOW', 0.5]]],
  ['a narrow range', group('Ingress', { ...ports(8105, 8115), ...to('10.0.0.0/8') }), [['LOW', 0.5]]],
  ['a wide range', group('Ingress', { ...ports(8000, 8200), ...to('10.0.0.0/8') }), []],
  ['all ports up to it', group('Ingress', { ...ports(0, 8111), ...to('10.0.0.0/8') }), []],
  ['UDP', group('Ingress', { ipProtocol: 'udp', ...ports(8111), ...to('10.0.0.0/8') }), []],
  ['all traffic', group('Egress', { ipProtocol: '-1', ...ports(-1), ...to(DYNAMODB) }), []],
  ['no ports', group('Egress', to(DYNAMODB)), []],
  [
    'one rule without a list',
    trailCall('ec2', 'AuthorizeSecurityGroupEgress', {
      groupId: 'sg-0123456789abcdef0',
      ipProtocol: 'tcp',
      ...ports(8111),
      cidrIp: '10.0.0.0/8',
    }),
    [['LOW', 0.5]],
  ],
  ['an entry of a network ACL', acl(80, 80), [['LOW', 0.95]]],
  ['an entry that denies', acl(80, 80, { ruleAction: 'deny' }), []],
  ['an entry without a direction', acl(80, 80, { egress: null }), []],
  [
    'several rules that are modified',
    trailCall('ec2', 'ModifySecurityGroupRules', {
      ModifySecurityGroupRulesRequest: {
        GroupId: 'sg-0123456789abcdef0',
        SecurityGroupRule: [
          { SecurityGroupRule: { IpProtocol: '6', FromPort: 8111, ToPort: 8111 } },
          { SecurityGroupRule: { IpProtocol: 'tcp', FromPort: 80, ToPort: 80, PrefixListId: LIST } },
        ],
      },
    }),
    [
      ['LOW', 0.5],
      ['INFO', 0.3],
    ],
  ],
  ['nothing', trailCall('ec2', 'AuthorizeSecurityGroupEgress', null), []],
])('%s', (_, call, expected) => {
  expect(toldOf(plainPortOpened, [call]).sort()).toEqual([...expected].sort());
});

test('DAX in use makes port 8111 likelier', () => {
  const dax = trailCall(
    'dax',
    'DescribeClusters',
    { clusterNames: ['orders'] },
    { eventTime: '2026-10-20T02:00:00Z' },
  );
  const opened = group('Ingress', { ...ports(8111), ...to('10.0.0.0/8') });
  expect(toldOf(plainPortOpened, [opened, dax])).toEqual([['LOW', 0.8]]);
});

test('names the group, the port and the command that closes it', () => {
  const [finding] = plainReplay([plainPortOpened], [group('Egress', { ...ports(80), ...list() })]).findings;
  expect(finding!.title).toBe(`security group sg-0123456789abcdef0: TCP 80 opened to ${LIST} in us-east-1`);
  expect(finding!.remediation.map(({ command }) => command).join('\n')).toContain(
    'aws ec2 revoke-security-group-egress --group-id sg-0123456789abcdef0',
  );
});

test('any order and split, and parameters of any kind', () => {
  const port = fc.oneof(fc.constantFrom(80, 443, 8111, '8111', -1), fc.jsonValue());
  expectFoldLaws(
    plainPortOpened,
    fc
      .record({
        name: fc.constantFrom(
          'AuthorizeSecurityGroupEgress',
          'ModifySecurityGroupRules',
          'CreateNetworkAclEntry',
        ),
        fromPort: port,
        toPort: port,
        cidrIp: fc.oneof(fc.constantFrom(DYNAMODB, '10.0.0.0/8'), fc.jsonValue()),
        items: fc.jsonValue(),
        errorCode: someError,
        eventTime: someTime,
      })
      .map(({ name, fromPort, toPort, cidrIp, items, errorCode, eventTime }) =>
        trailCall(
          'ec2',
          name,
          {
            groupId: 'sg-1',
            networkAclId: 'acl-1',
            egress: true,
            ruleAction: 'allow',
            aclProtocol: 6,
            cidrBlock: cidrIp,
            portRange: { from: fromPort, to: toPort },
            securityGroupRule: items,
            ipPermissions: {
              items: [
                { ipProtocol: 'tcp', fromPort, toPort, ipRanges: { items: [{ cidrIp }, items] } },
                items,
              ],
            },
          },
          { errorCode, eventTime },
        ),
      ),
  );
});
