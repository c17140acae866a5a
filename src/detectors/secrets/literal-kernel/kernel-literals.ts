// Literals found by a WebAssembly kernel, sixteen bytes at a time. Says what the automaton says (literal-automaton.ts), which serves where
// WebAssembly is not wanted (`node --jitless`) or knows no vectors. docs/decisions/0011-literal-kernel.md

import { MAY_ASSIGN } from '../assignment.ts';
import { VALUES } from '../base64-runs.ts';
import type { AutomatonLiteral } from '../literal-automaton.ts';
import { KERNEL_WASM } from './kernel-wasm.ts';
import { type Part, shortestFirst } from './parts.ts';
import { piecesOf } from './pieces.ts';

interface KernelExports {
  readonly memory: { readonly buffer: ArrayBuffer };
  windowAt(): number;
  windowBytes(): number;
  hitsAt(): number;
  hitCount(): number;
  mayAssignAt(): number;
  valuesAt(): number;
  textsAt(): number;
  textBytes(): number;
  maxLiterals(): number;
  addText(length: number, exact: number): number;
  lookFor(index: number, offset: number, flags: number, bucket: number): void;
  lookBehind(index: number, offset: number, flags: number, part: number): void;
  scan(from: number, limit: number, end: number, withRuns: number): number;
}

/** As much of it as is used: the declarations of Node's types leave its values out. https://webassembly.github.io/spec/js-api/ */
interface Engine {
  readonly Module: new (bytes: Uint8Array) => object;
  readonly Instance: new (module: object) => { readonly exports: unknown };
}

/** Of a literal that is `assigned`, places are left out where the byte behind it already says that nothing is. */
export interface KernelLiteral extends AutomatonLiteral {
  readonly assigned?: boolean;
}

/** Told of each literal that stands wholly in the bytes, in no order; of one letter of each run that may be base64 of something, in order. */
export type KernelSink = (literal: number, at: number) => void;
export type RunSink = (at: number) => void;

export type KernelScan = (
  bytes: Uint8Array,
  start: number,
  end: number,
  onLiteral: KernelSink,
  onRun?: RunSink,
) => void;

/** Windows share this many bytes: no literal is longer. */
const MAX_LITERAL_BYTES = 128;

/** undefined: not tried yet. */
let module: object | null | undefined;

function compile(): object | null {
  try {
    const { WebAssembly: engine } = globalThis as unknown as { WebAssembly: Engine };
    return new engine.Module(Uint8Array.from(atob(KERNEL_WASM), (letter) => letter.charCodeAt(0)));
  } catch {
    // The automaton says the same, only later.
    return null;
  }
}

/** In place of a literal. */
const RUN = 0xffffffff;
const EXACT = 1;
const ASSIGNED = 2;
const SEALED = 4;

/** null where the automaton is to be used. */
export function createKernelScan(literals: readonly KernelLiteral[]): KernelScan | null {
  module ??= compile();
  if (module === null || literals.length === 0) return null;
  if (literals.some(({ text }) => text.length < 3 || text.length > MAX_LITERAL_BYTES)) return null;
  const { WebAssembly: engine } = globalThis as unknown as { WebAssembly: Engine };
  const kernel = new engine.Instance(module).exports as KernelExports;
  const { buffer } = kernel.memory;
  const window = new Uint8Array(buffer, kernel.windowAt(), kernel.windowBytes());
  const hits = new Uint32Array(buffer, kernel.hitsAt());
  new Uint8Array(buffer, kernel.mayAssignAt(), MAY_ASSIGN.length).set(MAY_ASSIGN);
  new Uint8Array(buffer, kernel.valuesAt(), VALUES.length).set(VALUES);
  // The kernel numbers literals as it gets them: parts come before what holds them.
  const order = shortestFirst(literals);
  const ordered = order.map((index) => literals[index]!);
  const parts = addTexts(ordered, kernel);
  if (parts === null) return null;
  const pieceOf = piecesOf(ordered, parts);
  const sealed = sealedOf(ordered, parts);
  ordered.forEach(({ exact, assigned }, index) => {
    const flags = (exact ? EXACT : 0) | (assigned === true ? ASSIGNED : 0) | (sealed[index] ? SEALED : 0);
    const part = parts[index]!;
    if (part !== null) kernel.lookBehind(index, part.offset, flags, part.index);
    else {
      const { bucket, offset } = pieceOf.get(index)!;
      kernel.lookFor(index, offset, flags, bucket);
    }
  });
  const size = window.length;

  return (bytes, start, end, onLiteral, onRun) => {
    for (let from = start; from < end; ) {
      const length = Math.min(size, end - from);
      window.set(bytes.subarray(from, from + length));
      // What begins in the last bytes of a window may be cut: it stands whole in the next one.
      const limit = from + length === end ? length : length - MAX_LITERAL_BYTES;
      for (let next = 0; next < length; ) {
        next = kernel.scan(next, limit, length, onRun === undefined ? 0 : 1);
        const count = kernel.hitCount() * 2;
        for (let hit = 0; hit < count; hit += 2) {
          const literal = hits[hit]!;
          const at = from + hits[hit + 1]!;
          if (literal === RUN) onRun!(at);
          else onLiteral(order[literal]!, at);
        }
      }
      from += limit;
    }
  };
}

type KernelTexts = Pick<KernelExports, 'memory' | 'textsAt' | 'textBytes' | 'maxLiterals' | 'addText'>;

/**
 * Gives the kernel the texts of the literals, shortest first. Returns of each its part, as `partsOf` says it: code that runs once in a process
 * is slow, and this is most of what there is to do before the first byte is looked at. null: no room.
 */
export function addTexts(literals: readonly KernelLiteral[], kernel: KernelTexts): (Part | null)[] | null {
  const all = literals.map(({ text }) => text).join('');
  const texts = new Uint8Array(kernel.memory.buffer, kernel.textsAt(), kernel.textBytes());
  if (literals.length > kernel.maxLiterals() || all.length > texts.length) return null;
  // Of a text that is not ASCII the kernel would see more bytes than characters.
  if (new TextEncoder().encodeInto(all, texts).written !== all.length) return null;
  return literals.map(({ text, exact }) => {
    const part = kernel.addText(text.length, exact ? 1 : 0);
    return part === 0 ? null : { index: (part & 0xffff) - 1, offset: part >>> 16 };
  });
}

/** Those that are assigned and end where their part ends, as do all that they are a part of: what stands behind the part tells of them all. */
function sealedOf(literals: readonly KernelLiteral[], parts: readonly (Part | null)[]): boolean[] {
  const sealed = literals.map(({ text, assigned }, index) => {
    const part = parts[index]!;
    if (part === null || assigned !== true) return false;
    return part.offset + literals[part.index]!.text.length === text.length;
  });
  for (let index = literals.length - 1; index >= 0; index--) {
    const part = parts[index]!;
    if (part !== null && !sealed[index]) sealed[part.index] = false;
  }
  return sealed;
}
