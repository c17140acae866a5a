// A flow log line as detectors see it. One view serves all lines of an object; it is valid until the reader goes on.

import { sha256Hex } from '../lib/digest.ts';
import type { Interner } from '../lib/interner.ts';
import type { ObjectFacts } from './reader.ts';
import type { FlowRecord, TransitFacts } from './record.ts';
import type { FlowLayout } from './vpc-flow-layout.ts';

/** What the view shows, by the name of its field. */
const FIELDS = {
  account: 'account-id',
  region: 'region',
  interface: 'interface-id',
  source: 'srcaddr',
  destination: 'dstaddr',
  action: 'action',
  direction: 'flow-direction',
  vpc: 'vpc-id',
  subnet: 'subnet-id',
  instance: 'instance-id',
  ecsTask: 'ecs-task-id',
  packetSource: 'pkt-srcaddr',
  packetDestination: 'pkt-dstaddr',
  tcpFlags: 'tcp-flags',
  trafficPath: 'traffic-path',
  packetSourceService: 'pkt-src-aws-service',
  packetDestinationService: 'pkt-dst-aws-service',
  encryptionStatus: 'encryption-status',
  gateway: 'tgw-id',
  attachment: 'tgw-attachment-id',
  sourceAccount: 'tgw-src-vpc-account-id',
  destinationAccount: 'tgw-dst-vpc-account-id',
  sourceVpc: 'tgw-src-vpc-id',
  destinationVpc: 'tgw-dst-vpc-id',
  lostNoRoute: 'packets-lost-no-route',
  lostBlackhole: 'packets-lost-blackhole',
  lostTooLong: 'packets-lost-mtu-exceeded',
  lostExpired: 'packets-lost-ttl-expired',
} as const;

/** Fields that somebody reads: of formats that are read by columns no others are decoded. */
export const VIEWED_FIELDS: readonly string[] = Object.values(FIELDS);

type Columns = Record<keyof typeof FIELDS, number>;

function columnsOf(column: (field: string) => number): Columns {
  return Object.fromEntries(Object.entries(FIELDS).map(([name, field]) => [name, column(field)])) as Columns;
}

export class FlowView implements FlowRecord {
  readonly kind = 'flow';
  timeMs = 0;
  startMs = 0;
  endMs = 0;
  ordinal = 0;
  version = 2;
  fields: readonly string[] = [];
  /** Numbers that the format lacks or has as `-` are 0; such a protocol is -1. */
  sourcePort = 0;
  destinationPort = 0;
  protocol = 0;
  packets = 0;
  bytes = 0;
  buffer: Buffer = Buffer.alloc(0);
  private readonly facts: ObjectFacts;
  private readonly strings: Interner;
  private readonly starts: Int32Array;
  private readonly ends: Int32Array;
  private readonly locatorOf: (ordinal: number) => string;
  private columns: Columns = columnsOf(() => -1);

  /** `starts` and `ends` hold the fields of the current line in `buffer`. */
  constructor(
    facts: ObjectFacts,
    strings: Interner,
    starts: Int32Array,
    ends: Int32Array,
    locatorOf: (ordinal: number) => string,
  ) {
    this.facts = facts;
    this.strings = strings;
    this.starts = starts;
    this.ends = ends;
    this.locatorOf = locatorOf;
  }

  useLayout(layout: FlowLayout, version: number): void {
    this.version = version;
    this.fields = layout.fields;
    this.columns = columnsOf(layout.column);
  }

  get deliveredMs(): number {
    return this.facts.deliveredMs;
  }
  get locator(): string {
    return this.locatorOf(this.ordinal);
  }
  get account(): string {
    const account = this.text(this.columns.account);
    return account === null || account === 'unknown' ? this.facts.account : account;
  }
  get region(): string {
    return this.text(this.columns.region) ?? this.facts.region;
  }
  get interfaceId(): string {
    return this.text(this.columns.interface) ?? '';
  }
  get vpcId(): string | null {
    return this.text(this.columns.vpc);
  }
  get subnetId(): string | null {
    return this.text(this.columns.subnet);
  }
  get instanceId(): string | null {
    return this.text(this.columns.instance);
  }
  get ecsTaskId(): string | null {
    return this.text(this.columns.ecsTask);
  }
  get source(): string {
    return this.text(this.columns.source) ?? '';
  }
  get destination(): string {
    return this.text(this.columns.destination) ?? '';
  }
  get packetSource(): string | null {
    return this.text(this.columns.packetSource);
  }
  get packetDestination(): string | null {
    return this.text(this.columns.packetDestination);
  }
  get action(): 'ACCEPT' | 'REJECT' | '' {
    if (this.columns.action < 0 && this.isTransit) return this.lostAll ? 'REJECT' : 'ACCEPT';
    const first = this.firstByte(this.columns.action);
    return first === 0x41 ? 'ACCEPT' : first === 0x52 ? 'REJECT' : '';
  }
  get direction(): 'ingress' | 'egress' | null {
    const first = this.firstByte(this.columns.direction);
    return first === 0x69 ? 'ingress' : first === 0x65 ? 'egress' : null;
  }
  get tcpFlags(): number | null {
    return this.number(this.columns.tcpFlags);
  }
  get trafficPath(): number | null {
    return this.number(this.columns.trafficPath);
  }
  get packetSourceService(): string | null {
    return this.text(this.columns.packetSourceService);
  }
  get packetDestinationService(): string | null {
    return this.text(this.columns.packetDestinationService);
  }
  get encryptionStatus(): number | null {
    return this.number(this.columns.encryptionStatus);
  }

  get transit(): TransitFacts | null {
    if (!this.isTransit) return null;
    const { gateway, attachment, sourceAccount, destinationAccount, sourceVpc, destinationVpc } =
      this.columns;
    return {
      gatewayId: this.text(gateway) ?? '',
      attachmentId: this.text(attachment) ?? '',
      sourceAccount: this.text(sourceAccount) ?? '',
      destinationAccount: this.text(destinationAccount) ?? '',
      sourceVpc: this.text(sourceVpc) ?? '',
      destinationVpc: this.text(destinationVpc) ?? '',
    };
  }

  private get isTransit(): boolean {
    return this.columns.attachment >= 0 || this.columns.gateway >= 0;
  }

  private get lostAll(): boolean {
    const { lostNoRoute, lostBlackhole, lostTooLong, lostExpired } = this.columns;
    let lost = 0;
    for (const column of [lostNoRoute, lostBlackhole, lostTooLong, lostExpired])
      lost += this.number(column) ?? 0;
    return lost > 0 && lost >= this.packets;
  }

  get eventId(): string {
    const attachment = this.text(this.columns.attachment);
    const parts = [
      this.interfaceId,
      this.source,
      this.destination,
      this.sourcePort,
      this.destinationPort,
      this.protocol,
      this.startMs,
      this.endMs,
      this.action,
      this.direction,
      ...(attachment === null ? [] : [attachment]),
    ];
    return sha256Hex(JSON.stringify(parts)).slice(0, 32);
  }

  /** The same facts as in eventId, hashed from the bytes: millions of lines are told apart without a string. */
  identityHash(into: Uint32Array): void {
    hash1 = Math.imul(this.startMs / 1000, 0x9e3779b1) ^ this.sourcePort;
    hash2 = Math.imul(this.endMs / 1000, 0x85ebca6b) ^ this.destinationPort;
    hash3 = Math.imul(this.protocol + 2, 0xc2b2ae35) ^ this.firstByte(this.columns.action);
    hash4 = Math.imul(this.firstByte(this.columns.direction) + 1, 0x27d4eb2f);
    this.mixField(this.columns.interface);
    this.mixField(this.columns.source);
    this.mixField(this.columns.destination);
    this.mixField(this.columns.attachment);
    into[0] = finish(hash1 ^ rotate(hash3, 16));
    into[1] = finish(hash2 ^ rotate(hash4, 16));
    into[2] = finish(hash3 ^ rotate(hash2, 8));
    into[3] = finish(hash4 ^ rotate(hash1, 8));
  }

  private mixField(column: number): void {
    if (column < 0) return;
    const b = this.buffer;
    const end = this.ends[column]!;
    let word = 0;
    let lane = 0;
    for (let p = this.starts[column]!; ; p++) {
      // Four bytes a step; the end of a field counts like a byte that no field holds.
      const atEnd = p >= end;
      word = (word << 8) | (atEnd ? 0x0a : b[p]!);
      if (!atEnd && (++lane & 3) !== 0) continue;
      hash1 = Math.imul(rotate(hash1 ^ word, 13), 0x9e3779b1);
      hash2 = Math.imul(rotate(hash2 + word, 17), 0x85ebca6b);
      hash3 = Math.imul(rotate(hash3 ^ Math.imul(word, 0x27d4eb2f), 15), 0xc2b2ae35);
      hash4 = Math.imul(rotate(hash4 + Math.imul(word, 0x165667b1), 11), 0x5bd1e995);
      word = 0;
      if (atEnd) return;
    }
  }

  /** Null where the format lacks the field or the line has `-`. */
  private text(column: number): string | null {
    if (column < 0) return null;
    const start = this.starts[column]!;
    const end = this.ends[column]!;
    if (end - start === 1 && this.buffer[start] === 0x2d) return null;
    return this.strings.text(this.buffer, start, end);
  }

  /** Null also for what is no number of at most 9 digits: no field read here has more. */
  private number(column: number): number | null {
    if (column < 0) return null;
    const end = this.ends[column]!;
    const start = this.starts[column]!;
    if (end === start || end - start > 9) return null;
    let value = 0;
    for (let p = start; p < end; p++) {
      const digit = this.buffer[p]! - 0x30;
      if (digit < 0 || digit > 9) return null;
      value = value * 10 + digit;
    }
    return value;
  }

  private firstByte(column: number): number {
    return column < 0 ? 0 : this.buffer[this.starts[column]!]!;
  }
}

let hash1 = 0;
let hash2 = 0;
let hash3 = 0;
let hash4 = 0;

function rotate(h: number, bits: number): number {
  return (h << bits) | (h >>> (32 - bits));
}

/** Finaliser of MurmurHash3, public domain: https://github.com/aappleby/smhasher/blob/master/src/MurmurHash3.cpp (fmix32). */
function finish(h: number): number {
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}
