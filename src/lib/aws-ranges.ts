// Address ranges of AWS services, for logs that do not name the service themselves: what AWS publishes, made into a small
// dated table, and the table made into something to look addresses up in.

import { WiretrailError } from './errors.ts';
import { type Cidr, mappedIpv4, parseCidr, parseIpv4, parseIpv6Into } from './ip-address.ts';

/** Most specific first: in overlaps DYNAMODB and S3 win over EC2, EC2 over AMAZON (https://docs.aws.amazon.com/vpc/latest/userguide/aws-ip-syntax.html). */
export const AWS_SERVICES = ['DYNAMODB', 'S3', 'EC2', 'AMAZON'] as const;
export type AwsService = (typeof AWS_SERVICES)[number];

/**
 * Days after which the table counts as old. AWS changes its ranges several times a week and announces new ones days before
 * they are used, so a table of a month is likely to lack some (https://docs.aws.amazon.com/vpc/latest/userguide/subscribe-notifications.html).
 */
const AWS_RANGES_STALE_DAYS = 30;

/** What AWS published, read and checked: prefixes of the four services only. */
export interface IpRanges {
  /** `2026-08-22`: AWS's own createDate. */
  readonly date: string;
  readonly prefixes: readonly AwsPrefix[];
}
interface AwsPrefix {
  readonly service: AwsService;
  readonly region: string;
  readonly cidr: Cidr;
}

/**
 * Ranges that do not overlap, each with the one service and region that a lookup answers. In a row the ranges of a family stand in
 * ascending order as `gap.size`, separated by spaces: addresses between the end of the one before and the start, and addresses in it.
 * A number is a mantissa in base 36, and `~` and a power of two in base 36 where that is not 0: `1~8` is 256.
 */
export interface AwsRangesTable {
  readonly formatVersion: 1;
  readonly date: string;
  readonly rows: readonly (readonly [service: AwsService, region: string, ipv4: string, ipv6: string])[];
}

export interface AwsRange {
  readonly service: AwsService;
  readonly region: string;
}
export interface AwsRanges {
  readonly date: string;
  /** The most specific service that holds the address; null for other addresses and for what is no address. */
  lookup(address: string): AwsRange | null;
}

/**
 * Reads AWS's ip-ranges.json. Throws a WiretrailError that names `where` (the file) and the entry that is wrong.
 * https://docs.aws.amazon.com/vpc/latest/userguide/aws-ip-syntax.html
 */
export function parseIpRanges(text: string, where: string): IpRanges {
  const wrong = (what: string, cause?: unknown): never => {
    throw new WiretrailError(
      'E_IP_RANGES',
      where,
      what,
      'Give the ip-ranges.json that AWS publishes: https://ip-ranges.amazonaws.com/ip-ranges.json',
      cause,
    );
  };
  let document: unknown;
  try {
    document = JSON.parse(text);
  } catch (error) {
    return wrong('is not JSON', error);
  }
  if (!isObject(document)) return wrong('is not a JSON object');
  const date = typeof document.createDate === 'string' ? document.createDate.slice(0, 10) : '';
  if (!/^\d{4}-\d{2}-\d{2}$/.test(date) || Number.isNaN(Date.parse(date)))
    return wrong('has no createDate such as 2026-08-22-15-17-05');
  const prefixes: AwsPrefix[] = [];
  for (const [list, field, family] of [
    ['prefixes', 'ip_prefix', 4],
    ['ipv6_prefixes', 'ipv6_prefix', 6],
  ] as const) {
    const entries = document[list];
    if (!Array.isArray(entries)) return wrong(`has no list ${list}`);
    for (const [index, entry] of entries.entries()) {
      if (!isObject(entry)) return wrong(`${list}[${index}] is not an object`);
      const { service, region, [field]: prefix } = entry;
      if (typeof service !== 'string' || typeof region !== 'string' || typeof prefix !== 'string')
        return wrong(`${list}[${index}] lacks ${field}, region or service`);
      // GLOBAL stands beside the region names.
      if (!/^[A-Za-z0-9-]{1,64}$/.test(region)) return wrong(`${list}[${index}] has an odd region`);
      const cidr = parseCidr(prefix);
      if (cidr?.family !== family) return wrong(`${list}[${index}].${field} is no IPv${family} prefix`);
      if (isAwsService(service)) prefixes.push({ service, region, cidr });
    }
  }
  // Without them every plain DynamoDB flow of a log that does not name services would go unseen.
  if (!prefixes.some((prefix) => prefix.service === 'DYNAMODB')) return wrong('holds no DYNAMODB prefix');
  return { date, prefixes };
}

/** Merges prefixes per (service, region) where they touch; where they overlap the most specific service keeps the addresses, then the longest prefix. */
export function buildAwsRanges(ranges: IpRanges): AwsRangesTable {
  const rows = new Map<string, { service: AwsService; region: string; ipv4: Span[]; ipv6: Span[] }>();
  for (const family of ['ipv4', 'ipv6'] as const) {
    const spans = ranges.prefixes
      .filter((prefix) => prefix.cidr.family === (family === 'ipv4' ? 4 : 6))
      .map(toSpan);
    for (const span of flatten(spans)) {
      const name = `${AWS_SERVICES.indexOf(span.service)} ${span.region}`;
      let row = rows.get(name);
      if (row === undefined) {
        row = { service: span.service, region: span.region, ipv4: [], ipv6: [] };
        rows.set(name, row);
      }
      row[family].push(span);
    }
  }
  return {
    formatVersion: 1,
    date: ranges.date,
    rows: [...rows]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([, row]) => [row.service, row.region, writeSpans(row.ipv4), writeSpans(row.ipv6)] as const),
  };
}

/** Binary search over the table's ranges, which are decoded (some 20 ms) at the first lookup: most runs over CloudTrail need none. */
export function createAwsRanges(table: AwsRangesTable): AwsRanges {
  let search: ((address: string) => AwsRange | null) | null = null;
  return {
    date: table.date,
    lookup: (address) => {
      search ??= decode(table);
      return search(address);
    },
  };
}

function decode(table: AwsRangesTable): (address: string) => AwsRange | null {
  const ipv4: { first: number; last: number; range: AwsRange }[] = [];
  const ipv6: { first: bigint; last: bigint; range: AwsRange }[] = [];
  for (const [service, region, text4, text6] of table.rows) {
    const range = { service, region };
    for (const { first, last } of readSpans(text4))
      ipv4.push({ first: Number(first), last: Number(last), range });
    for (const { first, last } of readSpans(text6)) ipv6.push({ first, last, range });
  }
  ipv4.sort((a, b) => a.first - b.first);
  ipv6.sort((a, b) => compare(a.first, b.first));
  const first4 = Uint32Array.from(ipv4, (span) => span.first);
  const last4 = Uint32Array.from(ipv4, (span) => span.last);
  const first6 = new Uint16Array(ipv6.length * 8);
  const last6 = new Uint16Array(ipv6.length * 8);
  ipv6.forEach((span, index) => {
    writeGroups(span.first, first6, index * 8);
    writeGroups(span.last, last6, index * 8);
  });
  const groups = new Uint16Array(8);

  const lookup4 = (address: number): AwsRange | null => {
    let low = 0;
    let high = first4.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (first4[middle]! <= address) low = middle + 1;
      else high = middle;
    }
    return low > 0 && address <= last4[low - 1]! ? ipv4[low - 1]!.range : null;
  };
  const lookup6 = (): AwsRange | null => {
    let low = 0;
    let high = ipv6.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (compareGroups(first6, middle * 8, groups) <= 0) low = middle + 1;
      else high = middle;
    }
    return low > 0 && compareGroups(last6, (low - 1) * 8, groups) >= 0 ? ipv6[low - 1]!.range : null;
  };
  return (address) => {
    const number = parseIpv4(address);
    if (number >= 0) return lookup4(number);
    if (!address.includes(':') || !parseIpv6Into(address, groups)) return null;
    const mapped = mappedIpv4(groups);
    return mapped >= 0 ? lookup4(mapped) : lookup6();
  };
}

/** How old the table is at `nowMs`; whole days, never negative. */
export function ageOfAwsRanges(
  date: string,
  nowMs: number,
): { readonly ageDays: number; readonly stale: boolean } {
  const ageDays = Math.max(0, Math.floor((nowMs - Date.parse(date)) / 86_400_000));
  return { ageDays, stale: ageDays > AWS_RANGES_STALE_DAYS };
}

interface Span {
  first: bigint;
  /** Inclusive. */
  last: bigint;
}
interface ServiceSpan extends Span {
  readonly service: AwsService;
  readonly region: string;
}

/** CIDR blocks nest or lie apart, so that the blocks around an address are always a stack. */
function flatten(spans: ServiceSpan[]): ServiceSpan[] {
  spans.sort((a, b) => compare(a.first, b.first) || compare(b.last, a.last));
  const flat: ServiceSpan[] = [];
  const around: ServiceSpan[] = [];
  let from = 0n;
  const emitUpTo = (to: bigint): void => {
    if (to < from) return;
    const { service, region } = around.reduce((best, span) => (isMoreSpecific(span, best) ? span : best));
    const before = flat.at(-1);
    if (before?.last === from - 1n && before.service === service && before.region === region)
      before.last = to;
    else flat.push({ first: from, last: to, service, region });
    from = to + 1n;
  };
  const leave = (): void => {
    emitUpTo(around.at(-1)!.last);
    around.pop();
  };
  for (const span of spans) {
    while (around.length > 0 && around.at(-1)!.last < span.first) leave();
    if (around.length > 0) emitUpTo(span.first - 1n);
    from = span.first;
    around.push(span);
  }
  while (around.length > 0) leave();
  return flat;
}

function isMoreSpecific(a: ServiceSpan, b: ServiceSpan): boolean {
  return (
    (AWS_SERVICES.indexOf(a.service) - AWS_SERVICES.indexOf(b.service) ||
      compare(a.last - a.first, b.last - b.first) ||
      compare(a.region, b.region)) < 0
  );
}

function toSpan({ service, region, cidr }: AwsPrefix): ServiceSpan {
  return cidr.family === 4
    ? { service, region, first: BigInt(cidr.first), last: BigInt(cidr.last) }
    : { service, region, first: readGroups(cidr.first), last: readGroups(cidr.last) };
}

function writeSpans(spans: readonly Span[]): string {
  let end = 0n;
  return spans
    .map(({ first, last }) => {
      const text = `${writeNumber(first - end)}.${writeNumber(last - first + 1n)}`;
      end = last + 1n;
      return text;
    })
    .join(' ');
}

function readSpans(text: string): Span[] {
  let end = 0n;
  return text === ''
    ? []
    : text.split(' ').map((range) => {
        const dot = range.indexOf('.');
        const first = end + readNumber(range.slice(0, dot));
        end = first + readNumber(range.slice(dot + 1));
        return { first, last: end - 1n };
      });
}

function writeNumber(value: bigint): string {
  let mantissa = value;
  let power = 0;
  while (mantissa !== 0n && (mantissa & 1n) === 0n) {
    mantissa >>= 1n;
    power++;
  }
  return power === 0 ? mantissa.toString(36) : `${mantissa.toString(36)}~${power.toString(36)}`;
}

function readNumber(text: string): bigint {
  const tilde = text.indexOf('~');
  let mantissa = 0n;
  for (const digit of tilde < 0 ? text : text.slice(0, tilde))
    mantissa = mantissa * 36n + BigInt(Number.parseInt(digit, 36));
  return tilde < 0 ? mantissa : mantissa << BigInt(Number.parseInt(text.slice(tilde + 1), 36));
}

function readGroups(groups: Uint16Array): bigint {
  return groups.reduce((value, group) => value * 65_536n + BigInt(group), 0n);
}

function writeGroups(value: bigint, into: Uint16Array, at: number): void {
  for (let index = 7, rest = value; index >= 0; index--, rest >>= 16n)
    into[at + index] = Number(rest & 0xffffn);
}

function compareGroups(list: Uint16Array, at: number, groups: Uint16Array): number {
  for (let index = 0; index < 8; index++) {
    const difference = list[at + index]! - groups[index]!;
    if (difference !== 0) return difference;
  }
  return 0;
}

function compare<T extends bigint | string>(a: T, b: T): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function isAwsService(service: string): service is AwsService {
  return (AWS_SERVICES as readonly string[]).includes(service);
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
