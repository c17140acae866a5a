// Scans CloudTrail records in the WebAssembly kernel, a window of bytes at a time; in the twin where WebAssembly is not wanted
// (`node --jitless`), knows no SIMD, or does not pay. docs/decisions/0004-scan-kernel.md

import { randomFillSync } from 'node:crypto';
import { checksum32 } from '../../lib/checksum.ts';
import { hashJson } from '../../lib/json-hash.ts';
import { ABSENT, INCOMPLETE, type Level, MAX_JSON_DEPTH, type Slots, scanObject } from '../json-scan.ts';
import { CHANGING_PARAMETERS, F, FIELD_COUNT, NUMBERED_FIELDS, RECORD_LEVEL } from '../trail-fields.ts';
import { KERNEL_WASM } from './kernel-wasm.ts';

interface KernelExports {
  readonly memory: { readonly buffer: ArrayBuffer };
  windowAt(): number;
  windowBytes(): number;
  toldAt(): number;
  hashAt(): number;
  secretAt(): number;
  secretBytes(): number;
  setUp(levels: number, guidSlot: number, timeSlot: number): void;
  addLevel(): number;
  addKey(level: number, at: number, length: number, slot: number, below: number): number;
  chooseSlot(numbering: number, slot: number): void;
  ignoreKey(at: number, length: number): void;
  scan(level: number, start: number, end: number, shift: number): number;
  watchQuad(quad: number): void;
  holdsQuad(start: number, end: number): number;
  /** 0 when a string has an escape: then the twin must say. */
  hashJson(start: number, end: number, seed: number): number;
}

/** Where a record's fields lie, and what the kernel found out about it in passing. The twin leaves the rest at UNKNOWN. */
export interface RecordSlots extends Slots {
  /** See N. */
  readonly numbers: Int32Array;
  /** `times[0]`: eventTime in milliseconds since 1970; NaN when it stands in an unusual form, or is not known. */
  readonly times: Float64Array;
  /** All of the above in one piece. */
  readonly block: Int32Array;
}

/** Positions in `numbers`. */
export const N = {
  /**
   * Records of one number have the same bytes in all NUMBERED_FIELDS of that name, and none has a number of an earlier time: what was
   * worked out of these fields once is good for all of them. 0: not numbered.
   */
  operation: 0,
  identity: 1,
  client: 2,
  tls: 3,
  /** Identity, client and TLS together. */
  sender: 4,
  /** 0: eventID is no GUID; 1: one in lower case; 2: one that is not; UNKNOWN. */
  guidForm: 5,
  /** Four lanes. */
  guid: 6,
  /** checksum32 of the record; 0 when it is not known. */
  checksum: 10,
} as const;
export const UNKNOWN = -1;

const KERNEL_SLOTS = 64;
const COUNT_OF_NUMBERS = 12;
/** In 32-bit words: starts, ends, numbers, time, kinds. */
const TIME_WORD = KERNEL_SLOTS * 2 + COUNT_OF_NUMBERS;
const KINDS_WORD = TIME_WORD + 2;
const BLOCK_WORDS = KINDS_WORD + KERNEL_SLOTS / 4;

function slotsIn(buffer: ArrayBuffer, at: number): RecordSlots {
  return {
    starts: new Int32Array(buffer, at, FIELD_COUNT),
    ends: new Int32Array(buffer, at + KERNEL_SLOTS * 4, FIELD_COUNT),
    numbers: new Int32Array(buffer, at + KERNEL_SLOTS * 8, COUNT_OF_NUMBERS),
    times: new Float64Array(buffer, at + TIME_WORD * 4, 1),
    kinds: new Uint8Array(buffer, at + KINDS_WORD * 4, FIELD_COUNT),
    block: new Int32Array(buffer, at, BLOCK_WORDS),
  };
}

export function createRecordSlots(): RecordSlots {
  return slotsIn(new ArrayBuffer(BLOCK_WORDS * 4), 0);
}

/** As much of it as is used: the declarations of Node's types leave its values out. https://webassembly.github.io/spec/js-api/ */
interface Engine {
  readonly Module: new (bytes: Uint8Array) => object;
  readonly Instance: new (module: object) => { readonly exports: unknown };
}

interface Kernel {
  readonly scan: KernelExports['scan'];
  readonly hashJson: KernelExports['hashJson'];
  readonly watchQuad: KernelExports['watchQuad'];
  readonly holdsQuad: KernelExports['holdsQuad'];
  readonly recordLevel: number;
  readonly memory: Buffer;
  readonly window: number;
  readonly windowBytes: number;
  /** What the last scan told. */
  readonly told: Int32Array;
  /** What the last hash gave: two lanes. */
  readonly hash: Uint32Array;
}

/** A window holds this and many records more; what comes in smaller pieces (held records, wrapped ones) is not worth filling it. */
const SMALL_BYTES = 4096;

/** undefined: not tried yet. */
let kernel: Kernel | null | undefined;

/** The window holds `from..to` of `source`. */
let source: Buffer | null = null;
let from = 0;
let to = 0;

/** To be called when bytes are handed in anew: the buffer may be the one of last time, with other bytes in it. */
export function forgetBytes(b: Buffer): void {
  if (b === source) source = null;
}

/** scanObject for RECORD_LEVEL, with slots that are cleared first. */
export function scanRecord(b: Buffer, start: number, end: number, slots: RecordSlots): number {
  if (kernel === undefined) kernel = createKernel();
  if (kernel === null || end < SMALL_BYTES) return scanInTwin(b, start, end, slots);
  for (;;) {
    if (b !== source || start < from || start >= to) {
      from = start;
      to = Math.min(end, start + kernel.windowBytes);
      b.copy(kernel.memory, kernel.window, from, to);
      source = b;
    }
    const shift = from - kernel.window;
    const next = kernel.scan(kernel.recordLevel, start - shift, Math.min(to, end) - shift, shift);
    if (next !== INCOMPLETE || to >= end) {
      slots.block.set(kernel.told);
      return next;
    }
    // The record goes on behind the window: the next one begins with it, and when that was full already, none is long enough.
    if (to - start === kernel.windowBytes) return scanInTwin(b, start, end, slots);
    source = null;
  }
}

function scanInTwin(b: Buffer, start: number, end: number, slots: RecordSlots): number {
  slots.kinds.fill(ABSENT);
  slots.numbers.fill(0);
  slots.numbers[N.guidForm] = UNKNOWN;
  slots.times[0] = Number.NaN;
  return scanObject(b, start, end, RECORD_LEVEL, slots);
}

/** checksum32 of the record, worked out in passing or now. */
export function recordChecksum(b: Buffer, start: number, end: number, slots: RecordSlots): number {
  const known = slots.numbers[N.checksum]!;
  return known === 0 ? checksum32(b, start, end) : known >>> 0;
}

/** hashJson without CHANGING_PARAMETERS of a value of the record that was scanned last, in the kernel where the bytes lie there still. */
export function hashParameters(b: Buffer, start: number, end: number, seed: number, into: Uint32Array): void {
  if (kernel && b === source && start >= from && end <= to) {
    const shift = from - kernel.window;
    if (kernel.hashJson(start - shift, end - shift, seed) !== 0) {
      into[0] = kernel.hash[0]!;
      into[1] = kernel.hash[1]!;
      return;
    }
  }
  hashJson(b, start, end, seed, CHANGING_PARAMETERS, into);
}

const MAX_QUADS = 2048;
const quads = new Set<number>();
const toWatch: (() => readonly string[])[] = [];

/** From now on `mayHoldQuad` looks for these, too: four ASCII characters each, in either case. Asked for with the first record that is scanned. */
export function watchQuads(texts: () => readonly string[]): void {
  if (kernel) addQuads(texts(), kernel.watchQuad);
  else toWatch.push(texts);
}

function addQuads(texts: readonly string[], watchQuad: KernelExports['watchQuad']): void {
  for (const text of texts) {
    const quad = Buffer.from(text.toLowerCase(), 'latin1').readUInt32LE(0);
    if (quads.has(quad)) continue;
    if (quads.size >= MAX_QUADS) throw new RangeError(`more than ${MAX_QUADS} quads to watch for`);
    quads.add(quad);
    watchQuad(quad);
  }
}

/** False when none of the watched quads stands in the bytes; they belong to the record that was scanned last. Only the kernel looks. */
export function mayHoldQuad(b: Buffer, start: number, end: number): boolean {
  if (!kernel || b !== source || start < from || end > to) return true;
  const shift = from - kernel.window;
  return kernel.holdsQuad(start - shift, end - shift) !== 0;
}

function createKernel(): Kernel | null {
  let exports: KernelExports;
  try {
    const { WebAssembly: engine } = globalThis as unknown as { WebAssembly: Engine };
    const module = new engine.Module(Buffer.from(KERNEL_WASM, 'base64'));
    exports = new engine.Instance(module).exports as KernelExports;
  } catch {
    // The twin says the same, only later.
    return null;
  }
  const { buffer } = exports.memory;
  const memory = Buffer.from(buffer);
  exports.setUp(MAX_JSON_DEPTH, F.eventID, F.eventTime);
  for (const name of ['operation', 'identity', 'client', 'tls'] as const) {
    for (const slot of NUMBERED_FIELDS[name]) exports.chooseSlot(N[name], slot);
  }
  for (const key of CHANGING_PARAMETERS) {
    memory.write(key, exports.windowAt(), 'latin1');
    exports.ignoreKey(exports.windowAt(), key.length);
  }
  for (const texts of toWatch) addQuads(texts(), exports.watchQuad);
  randomFillSync(memory, exports.secretAt(), exports.secretBytes());
  return {
    scan: exports.scan,
    hashJson: exports.hashJson,
    watchQuad: exports.watchQuad,
    holdsQuad: exports.holdsQuad,
    recordLevel: addLevel(exports, memory, RECORD_LEVEL),
    memory,
    window: exports.windowAt(),
    windowBytes: exports.windowBytes(),
    told: slotsIn(buffer, exports.toldAt()).block,
    hash: new Uint32Array(buffer, exports.hashAt(), 2),
  };
}

function addLevel(exports: KernelExports, memory: Buffer, level: Level): number {
  const at = exports.addLevel();
  for (const key of level.byLength.flatMap((keys) => keys ?? [])) {
    // Keys without a slot are the twin's own memory of others.
    if (key.slot < 0) continue;
    const below = key.level === null ? 0 : addLevel(exports, memory, key.level);
    memory.set(key.bytes, exports.windowAt());
    exports.addKey(at, exports.windowAt(), key.bytes.length, key.slot, below);
  }
  return at;
}
