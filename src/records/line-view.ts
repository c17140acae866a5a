// A message of an application log as detectors see it. One view serves all messages of an object; it is valid until the reader goes on.

import { hash } from 'node:crypto';
import type { ObjectFacts } from './reader.ts';
import { CLAIM_PAGE_MS, type LineFormat, type LineRecord } from './record.ts';

export class LineView implements LineRecord {
  readonly kind = 'line';
  format: LineFormat = 'text';
  timeMs = 0;
  group = '';
  stream = '';
  account = '';
  region = '';
  bytes: Buffer = Buffer.alloc(0);
  start = 0;
  end = 0;
  saidStart = 0;
  saidEnd = 0;
  ordinal = 0;
  deliveredMs: number;
  /** Set by the reader, for whichever way the identity of its messages is made. */
  locatorOf: (line: LineView) => string;
  /** 16 bytes: what tells this object's or stream's messages from all others. */
  base: Uint32Array;
  /** Whether `ordinal` is part of the identity beside `base`: in files it is, in batches `base` holds what counts. */
  countsOrdinal = true;
  /** Whether the message itself is part of its identity too. */
  hashesMessage = false;
  private decoded: string | null = null;

  constructor(facts: ObjectFacts, base: Uint32Array, locatorOf: (line: LineView) => string) {
    this.account = facts.account;
    this.region = facts.region;
    this.deliveredMs = facts.deliveredMs;
    this.base = base;
    this.locatorOf = locatorOf;
  }

  reset(bytes: Buffer, start: number, end: number, ordinal: number, timeMs: number): void {
    this.bytes = bytes;
    this.start = start;
    this.end = end;
    this.saidStart = start;
    this.saidEnd = end;
    this.ordinal = ordinal;
    this.timeMs = timeMs;
    this.decoded = null;
  }

  /** Where in the message stands what the application said; nowhere, when `from` is negative. */
  wraps(from: number, till: number): void {
    if (from < 0) return;
    this.saidStart = from;
    this.saidEnd = till;
  }

  get text(): string {
    this.decoded ??= this.bytes.toString('latin1', this.start, this.end);
    return this.decoded;
  }
  get locator(): string {
    return this.locatorOf(this);
  }
  get eventId(): string {
    const lanes = new Uint32Array(4);
    this.identityHash(lanes);
    return Array.from(lanes, (lane) => lane.toString(16).padStart(8, '0')).join('');
  }

  get claimPage(): number {
    // Neighbours of a file lie in one page whatever their times are: a file without times has them all in one moment.
    if (this.countsOrdinal) return (this.base[0]! ^ this.base[2]!) + (this.ordinal >>> 16);
    return Math.floor(this.timeMs / CLAIM_PAGE_MS);
  }

  /** A SHA-256 is behind `base` (and behind the message, where it counts): nobody who writes logs can make two of them equal. */
  identityHash(into: Uint32Array): void {
    const { base } = this;
    const ordinal = this.countsOrdinal ? this.ordinal : 0;
    into[0] = base[0]! ^ Math.imul(ordinal, 0x9e3779b1);
    into[1] = base[1]!;
    into[2] = base[2]! + ordinal;
    into[3] = base[3]! ^ Math.imul(ordinal, 0x85ebca6b);
    if (!this.hashesMessage) return;
    // As a string: a fifth of what a Buffer takes.
    const digest = hash('sha256', this.bytes.subarray(this.start, this.end), 'binary');
    for (let lane = 0; lane < 4; lane++) into[lane] = into[lane]! ^ laneOf(digest, lane * 4);
  }
}

/** Four bytes of a latin1 string, little-endian. */
function laneOf(digest: string, at: number): number {
  return (
    digest.charCodeAt(at) |
    (digest.charCodeAt(at + 1) << 8) |
    (digest.charCodeAt(at + 2) << 16) |
    (digest.charCodeAt(at + 3) << 24)
  );
}
