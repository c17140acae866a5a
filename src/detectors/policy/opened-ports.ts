// What a call opens in a security group or a network ACL, and whether that is aimed at plain DynamoDB or DAX traffic.

import type { CallRecord } from '../../records/record.ts';
import { PLAIN_DAX_PORT } from './dax-cluster.ts';
import {
  asObject,
  booleanField,
  field,
  numberField,
  objectField,
  type Parameters,
  textField,
} from './parameters.ts';

/** AWS allows 60 rules of a direction in a group by default; https://docs.aws.amazon.com/vpc/latest/userguide/amazon-vpc-limits.html */
const MAX_RULES = 120;
/** Of one rule. */
const MAX_PEERS = 64;
/** A range of so many ports is still about the one in it; wider ones hold thousands of ports that nobody thought of. */
export const NARROW_PORTS = 16;
/** A network that begins in DynamoDB's range and is wider than any of its ranges is about something else. */
const WIDEST_IPV4 = 16;
const WIDEST_IPV6 = 32;

export type Direction = 'egress' | 'ingress';
/**
 * What says that a rule is about DynamoDB or DAX: its addresses are DynamoDB's, its description names them, it names some prefix list
 * (whose, no log says), or it has DAX's plain port.
 */
export type OpenProof = 'addresses' | 'description' | 'prefix list' | 'port';

export interface Opening {
  readonly port: 80 | typeof PLAIN_DAX_PORT;
  readonly direction: Direction;
  readonly proof: OpenProof;
  /** Network, group or prefix list on the other side; ''. */
  readonly peer: string;
}

/** One rule in the form of either service. */
interface Rule {
  /** Null where the call does not say. */
  readonly direction: Direction | null;
  readonly from: number;
  readonly to: number;
  readonly cidrs: readonly string[];
  readonly prefixLists: readonly string[];
  readonly groups: readonly string[];
  readonly descriptions: readonly string[];
}

export interface OpenedRules {
  readonly kind: 'security group' | 'network ACL';
  readonly id: string;
  readonly openings: readonly Opening[];
}

type IsDynamoDb = (address: string) => boolean;

/** Null when the call opens nothing of that kind. */
export function openingsOf(call: CallRecord, action: string, isDynamoDb: IsDynamoDb): OpenedRules | null {
  const ofAcl = action.endsWith('NetworkAclEntry');
  const asked =
    objectField(call.requestParameters, 'ModifySecurityGroupRulesRequest') ?? call.requestParameters;
  const openings: Opening[] = [];
  for (const rule of ofAcl ? aclRules(asked) : groupRules(asked, action)) {
    for (const opening of aimedAt(rule, isDynamoDb)) {
      if (
        !openings.some(
          (known) =>
            known.port === opening.port &&
            known.direction === opening.direction &&
            known.proof === opening.proof,
        )
      )
        openings.push(opening);
    }
  }
  if (openings.length === 0) return null;
  const id = ofAcl
    ? textField(asked, 'networkAclId')
    : textField(asked, 'groupId') || textField(asked, 'groupName');
  return { kind: ofAcl ? 'network ACL' : 'security group', id, openings };
}

function aimedAt(rule: Rule, isDynamoDb: IsDynamoDb): Opening[] {
  const peer = rule.cidrs[0] ?? rule.prefixLists[0] ?? rule.groups[0] ?? '';
  if (isAbout(rule, PLAIN_DAX_PORT)) {
    const named = rule.descriptions.some((text) => /(?<![a-z])dax(?![a-z])/i.test(text));
    return [
      {
        port: PLAIN_DAX_PORT,
        direction: rule.direction ?? 'ingress',
        proof: named ? 'description' : 'port',
        peer,
      },
    ];
  }
  // DynamoDB opens no connection to anybody.
  if (!isAbout(rule, 80) || rule.direction === 'ingress') return [];
  const cidr = rule.cidrs.find((each) => isInside(each, isDynamoDb));
  if (cidr !== undefined) return [{ port: 80, direction: 'egress', proof: 'addresses', peer: cidr }];
  const named = rule.descriptions.some((text) => /dynamo/i.test(text));
  if (named) return [{ port: 80, direction: 'egress', proof: 'description', peer }];
  const list = rule.prefixLists[0];
  return list === undefined ? [] : [{ port: 80, direction: 'egress', proof: 'prefix list', peer: list }];
}

/** The range begins or ends with the port, or is so narrow that it is meant. */
function isAbout({ from, to }: Rule, port: number): boolean {
  if (!(from <= port && port <= to)) return false;
  return from === port || (to === port && from > 0) || to - from < NARROW_PORTS;
}

function isInside(cidr: string, isDynamoDb: IsDynamoDb): boolean {
  const slash = cidr.indexOf('/');
  const address = slash < 0 ? cidr : cidr.slice(0, slash);
  const bits = slash < 0 ? Number.POSITIVE_INFINITY : Number(cidr.slice(slash + 1));
  return bits >= (address.includes(':') ? WIDEST_IPV6 : WIDEST_IPV4) && isDynamoDb(address);
}

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_IpPermission.html and API_ModifySecurityGroupRules.html */
function groupRules(asked: Parameters | null, action: string): Rule[] {
  const direction = action.endsWith('Egress') ? 'egress' : action.endsWith('Ingress') ? 'ingress' : null;
  const listed =
    direction === null
      ? itemsOf(field(asked, 'securityGroupRule'), MAX_RULES).map(
          (item) => objectField(item, 'securityGroupRule') ?? item,
        )
      : itemsOf(field(asked, 'ipPermissions'), MAX_RULES);
  // One rule may be given without a list.
  return [...(asked === null ? [] : [asked]), ...listed].flatMap((item) => {
    if (!isTcp(textOrNumber(item, 'ipProtocol'))) return [];
    const v4 = itemsOf(field(item, 'ipRanges'), MAX_PEERS);
    const v6 = itemsOf(field(item, 'ipv6Ranges'), MAX_PEERS);
    const lists = itemsOf(field(item, 'prefixListIds'), MAX_PEERS);
    const groups = itemsOf(field(item, 'groups'), MAX_PEERS);
    const texts = (from: readonly Parameters[], name: string): string[] =>
      [item, ...from].map((each) => textField(each, name)).filter((text) => text !== '');
    return [
      {
        direction,
        from: numberField(item, 'fromPort'),
        to: numberField(item, 'toPort'),
        cidrs: [...texts(v4, 'cidrIp'), ...texts(v6, 'cidrIpv6'), ...texts([], 'cidrIpv4')],
        prefixLists: texts(lists, 'prefixListId'),
        groups: [...texts(groups, 'groupId'), ...texts([], 'referencedGroupId')],
        descriptions: texts([...v4, ...v6, ...lists, ...groups], 'description'),
      },
    ];
  });
}

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateNetworkAclEntry.html; CloudTrail writes Protocol as aclProtocol. */
function aclRules(asked: Parameters | null): Rule[] {
  const egress = booleanField(asked, 'egress');
  const protocol = textOrNumber(asked, 'aclProtocol') || textOrNumber(asked, 'protocol');
  if (egress === null || !isTcp(protocol) || textField(asked, 'ruleAction').toLowerCase() !== 'allow')
    return [];
  const ports = objectField(asked, 'portRange');
  return [
    {
      direction: egress ? 'egress' : 'ingress',
      from: numberField(ports, 'from'),
      to: numberField(ports, 'to'),
      cidrs: [textField(asked, 'cidrBlock'), textField(asked, 'ipv6CidrBlock')].filter((cidr) => cidr !== ''),
      prefixLists: [],
      groups: [],
      descriptions: [],
    },
  ];
}

/** https://www.iana.org/assignments/protocol-numbers: 6 is TCP. All protocols (-1) are aimed at nothing. */
function isTcp(protocol: string): boolean {
  return protocol === '6' || protocol.toLowerCase() === 'tcp';
}

function textOrNumber(object: Parameters | null, name: string): string {
  const value = field(object, name);
  return typeof value === 'number' ? String(value) : textField(object, name);
}

/** EC2's lists stand in CloudTrail as `{"items": [...]}`; lists of one sometimes as that one. */
function itemsOf(value: unknown, most: number): Parameters[] {
  const object = asObject(value);
  const list = Array.isArray(value) ? value : (field(object, 'items') ?? (object === null ? [] : [object]));
  if (!Array.isArray(list)) return [];
  return list.slice(0, most).flatMap((item) => {
    const found = asObject(item);
    return found === null ? [] : [found];
  });
}
