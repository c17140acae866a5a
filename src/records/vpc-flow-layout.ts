// The fields of flow logs of VPCs and transit gateways: which there are, in which order a log has them, and how to tell such a log by
// its first line. https://docs.aws.amazon.com/vpc/latest/userguide/flow-log-records.html
// and https://docs.aws.amazon.com/vpc/latest/tgw/tgw-flow-logs.html#flow-log-records

import { WiretrailError } from '../lib/errors.ts';

/** Every field by the version that brought it (6 is that of transit gateways). */
const FIELDS_BY_VERSION: Readonly<Record<number, string>> = {
  2: 'version account-id interface-id srcaddr dstaddr srcport dstport protocol packets bytes start end action log-status',
  3: 'vpc-id subnet-id instance-id tcp-flags type pkt-srcaddr pkt-dstaddr',
  4: 'region az-id sublocation-type sublocation-id',
  5: 'pkt-src-aws-service pkt-dst-aws-service flow-direction traffic-path',
  6:
    'resource-type tgw-id tgw-attachment-id tgw-src-vpc-account-id tgw-dst-vpc-account-id tgw-src-vpc-id tgw-dst-vpc-id ' +
    'tgw-src-subnet-id tgw-dst-subnet-id tgw-src-eni tgw-dst-eni tgw-src-az-id tgw-dst-az-id tgw-pair-attachment-id ' +
    'packets-lost-no-route packets-lost-blackhole packets-lost-mtu-exceeded packets-lost-ttl-expired',
  7:
    'ecs-cluster-arn ecs-cluster-name ecs-container-instance-arn ecs-container-instance-id ecs-container-id ' +
    'ecs-second-container-id ecs-service-name ecs-task-definition-arn ecs-task-arn ecs-task-id',
  8: 'reject-reason',
  9: 'resource-id',
  10: 'encryption-status',
};

/** The default format: version 2, in its fixed order. */
export const DEFAULT_FLOW_FIELDS: readonly string[] = FIELDS_BY_VERSION[2]!.split(' ');

/** The default format of transit gateways, in its fixed order: all fields that they have. */
const DEFAULT_TRANSIT_FIELDS: readonly string[] = (
  'version resource-type account-id tgw-id tgw-attachment-id tgw-src-vpc-account-id tgw-dst-vpc-account-id tgw-src-vpc-id ' +
  'tgw-dst-vpc-id tgw-src-subnet-id tgw-dst-subnet-id tgw-src-eni tgw-dst-eni tgw-src-az-id tgw-dst-az-id ' +
  'tgw-pair-attachment-id srcaddr dstaddr srcport dstport protocol packets bytes start end log-status type ' +
  'packets-lost-no-route packets-lost-blackhole packets-lost-mtu-exceeded packets-lost-ttl-expired tcp-flags region ' +
  'flow-direction pkt-src-aws-service pkt-dst-aws-service'
).split(' ');

const VERSION_OF_FIELD: ReadonlyMap<string, number> = new Map(
  Object.entries(FIELDS_BY_VERSION).flatMap(([version, names]) =>
    names.split(' ').map((name) => [name, Number(version)] as const),
  ),
);

/** Fields of one line; more is no flow log. All fields of all versions are 56. */
export const MAX_FLOW_COLUMNS = 64;

export interface FlowLayout {
  readonly fields: readonly string[];
  /** Highest version among the fields. */
  readonly version: number;
  /** Column of a field, -1 where the format has none. */
  column(field: string): number;
}

/** Layout of lines with these fields in this order; names as AWS writes them, unknown ones are passed over. */
export function flowLayout(names: readonly string[]): FlowLayout {
  const fields = names.map(fieldName);
  const columns = new Map(fields.map((field, column) => [field, column] as const));
  let version = 2;
  for (const field of fields) version = Math.max(version, VERSION_OF_FIELD.get(field) ?? 2);
  return { fields, version, column: (field) => columns.get(field) ?? -1 };
}

/**
 * The field names of `--flow-format`: as AWS takes them (`${version} ${account-id} ...`) or plain, with hyphens or underscores,
 * separated by spaces or commas. Throws a WiretrailError for names that no version has.
 */
export function parseFlowFormat(text: string): readonly string[] {
  const fields = text
    .split(/[\s,]+/)
    .filter((name) => name !== '')
    .map((name) => fieldName(name.replace(/^\$\{(.*)\}$/, '$1')));
  const unknown = fields.filter((field) => !VERSION_OF_FIELD.has(field));
  if (fields.length === 0 || unknown.length > 0) {
    throw new WiretrailError(
      'bad-flow-format',
      '--flow-format',
      fields.length === 0 ? 'no field names' : `no such field: ${unknown.slice(0, 5).join(', ')}`,
      'use the names of https://docs.aws.amazon.com/vpc/latest/userguide/flow-log-records.html in the order of the lines',
    );
  }
  return fields;
}

/** The fields that a header line names; null for any other line. Text files have hyphens in the names, Parquet exports underscores. */
export function parseFlowHeader(line: string): readonly string[] | null {
  if (line.length > MAX_HEADER_LENGTH || !/^[a-z][a-z_-]{2,}[ \t]/.test(line)) return null;
  const fields = line
    .trim()
    .split(/[ \t]+/)
    .map(fieldName);
  if (fields.length > MAX_FLOW_COLUMNS) return null;
  const known = fields.filter((field) => VERSION_OF_FIELD.has(field)).length;
  return known >= 4 && known * 2 >= fields.length ? fields : null;
}

/** All 56 names take less than 900 characters. */
const MAX_HEADER_LENGTH = 4096;

export function isFlowHeader(line: string): boolean {
  return parseFlowHeader(line) !== null;
}

const FORM_OF_FIELD: Readonly<Record<string, RegExp>> = {
  version: /^\d{1,2}$/,
  'account-id': /^(\d{12}|unknown|-)$/,
  srcaddr: /^[0-9a-fA-F.:-]{1,45}$/,
  dstaddr: /^[0-9a-fA-F.:-]{1,45}$/,
  srcport: /^(\d{1,5}|-)$/,
  dstport: /^(\d{1,5}|-)$/,
  protocol: /^(\d{1,3}|-)$/,
  start: /^(\d{9,11}|-)$/,
  end: /^(\d{9,11}|-)$/,
  action: /^(ACCEPT|REJECT|-)$/,
  'log-status': /^(OK|NODATA|SKIPDATA)$/,
  'vpc-id': /^(vpc-[0-9a-f]+|-)$/,
  'subnet-id': /^(subnet-[0-9a-f]+|-)$/,
  'resource-type': /^TransitGateway[A-Za-z]{0,20}$/,
};

/** The fields of a line without header: those that are given, else those of a default format; null where the line does not fit them. */
export function fieldsOfFlowLine(line: string, given: readonly string[] | null): readonly string[] | null {
  if (given !== null) return fits(line, given) ? given : null;
  if (fits(line, DEFAULT_FLOW_FIELDS)) return DEFAULT_FLOW_FIELDS;
  return fits(line, DEFAULT_TRANSIT_FIELDS) ? DEFAULT_TRANSIT_FIELDS : null;
}

/** As many values as names, and each in the form of its field, if that has one. */
function fits(line: string, names: readonly string[]): boolean {
  if (line.length > MAX_HEADER_LENGTH) return false;
  const values = line.split(' ');
  if (values.length !== names.length) return false;
  let checked = 0;
  for (const [column, name] of names.entries()) {
    const form = FORM_OF_FIELD[fieldName(name)];
    if (form === undefined) continue;
    if (!form.test(values[column]!)) return false;
    checked++;
  }
  return checked >= 3;
}

function fieldName(name: string): string {
  return name.toLowerCase().replaceAll('_', '-');
}
