// POL-09: doors of a network that only plain DynamoDB or DAX traffic needs.

import type { ApiCall } from '../api-calls.ts';
import { type AttackContext, apiCall } from './context.ts';
import { plantChanges } from './protections.ts';

export function plantOpenedPorts(context: AttackContext): void {
  const { random } = context;
  const group = (way: 'Egress' | 'Ingress', port: number | string, peers: string): ApiCall =>
    apiCall(
      'ec2',
      `AuthorizeSecurityGroup${way}`,
      `{"groupId":"sg-0${random.hex(16)}","ipPermissions":{"items":[{"ipProtocol":"tcp","fromPort":${port},"toPort":${port},"groups":{},"ipRanges":{},"ipv6Ranges":{},"prefixListIds":{},${peers}}]}}`,
    );
  const cidr = (network: string): string => `"ipRanges":{"items":[{"cidrIp":"${network}"}]}`;
  const list = (description: string): string =>
    `"prefixListIds":{"items":[{"prefixListId":"pl-0${random.hex(16)}","description":"${description}"}]}`;
  const severity = 'LOW';
  plantChanges(
    context,
    'POL-09',
    [
      {
        variant: 'port-80-to-its-addresses',
        description: 'a security group lets port 80 to DynamoDB’s addresses out',
        severity,
        attack: group('Egress', 80, cidr('52.94.4.0/24')),
      },
      {
        variant: 'port-80-to-a-named-list',
        description: 'a security group lets port 80 to a prefix list out that is described as DynamoDB’s',
        severity,
        attack: group('Egress', 80, list('DynamoDB endpoint')),
      },
      {
        variant: 'port-8111',
        description: 'a security group lets DAX’s plain port in',
        severity,
        attack: group('Ingress', 8111, cidr('10.0.0.0/16')),
      },
      {
        variant: 'network-acl',
        description: 'a network ACL lets DAX’s plain port in',
        severity,
        attack: apiCall(
          'ec2',
          'CreateNetworkAclEntry',
          `{"networkAclId":"acl-0${random.hex(16)}","ruleNumber":90,"egress":false,"ruleAction":"allow","icmpTypeCode":{},"portRange":{"from":8111,"to":8111},"aclProtocol":"6","cidrBlock":"10.0.0.0/16"}`,
        ),
      },
    ],
    [
      ['a web server’s port', 'port 80 comes in from everywhere', group('Ingress', 80, cidr('0.0.0.0/0'))],
      ['port 80 to everywhere', 'package mirrors', group('Egress', 80, cidr('0.0.0.0/0'))],
      ['HTTPS to DynamoDB', 'the port that encrypts', group('Egress', 443, list('DynamoDB endpoint'))],
      ['DAX with TLS', 'the port that encrypts', group('Egress', 9111, cidr('10.0.0.0/16'))],
      ['a list of somebody', 'whose list it is cannot be seen: INFO', group('Egress', 80, list('mirrors'))],
    ],
  );
}
