// Scans CloudTrail records in the WebAssembly kernel, a window of bytes at a time; in the twin where WebAssembly is not wanted
// (`node --jitless`), knows no SIMD, or does not pay. docs/decisions/0004-scan-kernel.md

import { ABSENT, INCOMPLETE, type Level, MAX_JSON_DEPTH, type Slots, scanObject } from '../json-scan.ts';
import { FIELD_COUNT, RECORD_LEVEL } from '../trail-fields.ts';
import { KERNEL_WASM } from './kernel-wasm.ts';

interface KernelExports {
  readonly memory: { readonly buffer: ArrayBuffer };
  windowAt(): number;
  windowBytes(): number;
  startsAt(): number;
  endsAt(): number;
  kindsAt(): number;
  setMaxDepth(levels: number): void;
  addLevel(): number;
  addKey(level: number, at: number, length: number, slot: number, below: number): number;
  scan(level: number, start: number, end: number, shift: number): number;
}

/** As much of it as is used: the declarations of Node's types leave its values out. https://webassembly.github.io/spec/js-api/ */
interface Engine {
  readonly Module: new (bytes: Uint8Array) => object;
  readonly Instance: new (module: object) => { readonly exports: unknown };
}

interface Kernel {
  readonly scan: KernelExports['scan'];
  readonly recordLevel: number;
  readonly memory: Buffer;
  readonly window: number;
  readonly windowBytes: number;
  readonly slots: Slots;
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
export function scanRecord(b: Buffer, start: number, end: number, slots: Slots): number {
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
      slots.starts.set(kernel.slots.starts);
      slots.ends.set(kernel.slots.ends);
      slots.kinds.set(kernel.slots.kinds);
      return next;
    }
    // The record goes on behind the window: the next one begins with it, and when that was full already, none is long enough.
    if (to - start === kernel.windowBytes) return scanInTwin(b, start, end, slots);
    source = null;
  }
}

function scanInTwin(b: Buffer, start: number, end: number, slots: Slots): number {
  slots.kinds.fill(ABSENT);
  return scanObject(b, start, end, RECORD_LEVEL, slots);
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
  exports.setMaxDepth(MAX_JSON_DEPTH);
  return {
    scan: exports.scan,
    recordLevel: addLevel(exports, memory, RECORD_LEVEL),
    memory,
    window: exports.windowAt(),
    windowBytes: exports.windowBytes(),
    slots: {
      starts: new Int32Array(buffer, exports.startsAt(), FIELD_COUNT),
      ends: new Int32Array(buffer, exports.endsAt(), FIELD_COUNT),
      kinds: new Uint8Array(buffer, exports.kindsAt(), FIELD_COUNT),
    },
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
