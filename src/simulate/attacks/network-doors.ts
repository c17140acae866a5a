// POL-08 and POL-09: encryption that a VPC does not enforce any more, and doors that only plain DynamoDB or DAX traffic needs.

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

export function plantLowerVpcEncryption(context: AttackContext): void {
  const { random } = context;
  const control = (): string => `vpcec-0${random.hex(16)}`;
  const modify = (id: string, parts: string): ApiCall =>
    apiCall(
      'ec2',
      'ModifyVpcEncryptionControl',
      `{"ModifyVpcEncryptionControlRequest":{"VpcEncryptionControlId":"${id}",${parts}}}`,
    );
  const enforce = (id: string): ApiCall => modify(id, '"Mode":"enforce"');
  const [first, second, fresh] = [control(), control(), control()];
  const severity = 'MEDIUM';
  plantChanges(
    context,
    'POL-08',
    [
      {
        variant: 'enforce-to-monitor',
        description: 'a VPC that enforced encryption only watches now',
        severity,
        before: enforce(first),
        attack: modify(first, '"Mode":"monitor"'),
      },
      {
        variant: 'exclusion',
        description: 'traffic through the NAT gateway of an enforcing VPC is left out',
        severity,
        before: enforce(second),
        attack: modify(second, '"NatGatewayExclusion":"enable"'),
      },
      {
        variant: 'deleted',
        description: 'the encryption control of a VPC is deleted',
        severity,
        attack: apiCall(
          'ec2',
          'DeleteVpcEncryptionControl',
          `{"DeleteVpcEncryptionControlRequest":{"VpcEncryptionControlId":"${control()}"}}`,
        ),
      },
      {
        variant: 'account',
        description: 'the VPCs of an account are left to themselves',
        severity,
        attack: apiCall(
          'ec2',
          'ModifyAccountVpcEncryptionControl',
          '{"ModifyAccountVpcEncryptionControlRequest":{"Mode":"unmanaged"}}',
        ),
      },
    ],
    [
      [
        'a new control',
        'it begins by watching',
        apiCall(
          'ec2',
          'CreateVpcEncryptionControl',
          `{"CreateVpcEncryptionControlRequest":{"VpcId":"vpc-0${random.hex(16)}"}}`,
          {
            response: `{"CreateVpcEncryptionControlResponse":{"vpcEncryptionControl":{"vpcEncryptionControlId":"${fresh}","mode":"monitor"}}}`,
          },
        ),
      ],
      ['a new control told to watch', 'nothing is taken away', modify(fresh, '"Mode":"monitor"')],
      [
        'a step up with an exclusion',
        'nothing was enforced before',
        modify(fresh, '"Mode":"enforce","NatGatewayExclusion":"enable"'),
      ],
      ['an exclusion taken back', 'it protects', modify(fresh, '"NatGatewayExclusion":"disable"')],
      [
        'a refused step down',
        'nothing changed: LOW',
        modify(control(), '"Mode":"monitor"'),
        'Client.UnauthorizedOperation',
      ],
    ],
  );
}
