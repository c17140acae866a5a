// Literals found by a WebAssembly kernel, sixteen bytes at a time. Says what the automaton says (literal-automaton.ts), which serves where
// WebAssembly is not wanted (`node --jitless`) or knows no vectors. docs/decisions/0011-literal-kernel.md

import { MAY_ASSIGN } from '../assignment.ts';
import { VALUES } from '../base64-runs.ts';
import type { AutomatonLiteral } from '../literal-automaton.ts';
import { KERNEL_WASM } from './kernel-wasm.ts';
import { type Part, partsOf, shortestFirst } from './parts.ts';
import { piecesOf } from './pieces.ts';

interface KernelExports {
  readonly memory: { readonly buffer: ArrayBuffer };
  windowAt(): number;
  windowBytes(): number;
  hitsAt(): number;
  hitCount(): number;
  mayAssignAt(): number;
  valuesAt(): number;
  addLiteral(length: number, offset: number, flags: number, bucket: number): number;
  addLonger(length: number, offset: number, flags: number, part: number): number;
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
  const parts = partsOf(literals);
  const pieceOf = piecesOf(literals, parts);
  /** The kernel numbers literals as it gets them: parts come before what holds them. */
  const order: number[] = [];
  const numberOf = new Map<number, number>();
  const byLength = shortestFirst(literals);
  const sealed = sealedOf(literals, parts, byLength);
  for (const index of byLength) {
    const { text, exact, assigned } = literals[index]!;
    const flags = (exact ? EXACT : 0) | (assigned === true ? ASSIGNED : 0) | (sealed[index] ? SEALED : 0);
    for (let at = 0; at < text.length; at++) window[at] = text.charCodeAt(at);
    const part = parts[index]!;
    let added: number;
    if (part !== null) added = kernel.addLonger(text.length, part.offset, flags, numberOf.get(part.index)!);
    else {
      const { bucket, offset } = pieceOf.get(index)!;
      added = kernel.addLiteral(text.length, offset, flags, bucket);
    }
    if (added === 0) return null;
    numberOf.set(index, order.length);
    order.push(index);
  }
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

/** Those that are assigned and end where their part ends, as do all that they are a part of: what stands behind the part tells of them all. */
function sealedOf(
  literals: readonly KernelLiteral[],
  parts: readonly (Part | null)[],
  byLength: readonly number[],
): boolean[] {
  const sealed = literals.map(({ text, assigned }, index) => {
    const part = parts[index]!;
    if (part === null || assigned !== true) return false;
    return part.offset + literals[part.index]!.text.length === text.length;
  });
  for (const index of byLength.toReversed()) {
    const part = parts[index]!;
    if (part !== null && !sealed[index]) sealed[part.index] = false;
  }
  return sealed;
}
