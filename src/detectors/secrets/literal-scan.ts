// Where the literals of the kinds stand, over a whole buffer of many records at once: nearly all of it holds none and is never looked at
// again. Runs of base64 that decode to something are told beside them, since what they hide holds no literal.

import { assignsAt, loginAt } from './assignment.ts';
import { addRunAround, Base64Runs, findBase64Runs } from './base64-runs.ts';
import { buildAutomaton, ENDS_HERE, standsAt } from './literal-automaton.ts';
import { createKernelScan } from './literal-kernel/kernel-literals.ts';
import type { Literal } from './secret-kind.ts';

/** Filled by a scan and used again by the next one: arrays grow and never shrink. */
export class LiteralHits {
  count = 0;
  /** Index of the literal, in the order that the scan was made with. Hits are sorted by where they begin, then by this. */
  literal = new Uint16Array(256);
  /** Where it begins. */
  at = new Int32Array(256);

  add(literal: number, at: number): void {
    if (this.count === this.at.length) this.#grow();
    let place = this.count++;
    // Literals are found by their ends: a longer one that began earlier comes late.
    for (; place > 0; place--) {
      const before = this.at[place - 1]!;
      if (before < at || (before === at && this.literal[place - 1]! < literal)) break;
      this.at[place] = before;
      this.literal[place] = this.literal[place - 1]!;
    }
    this.at[place] = at;
    this.literal[place] = literal;
  }

  #grow(): void {
    const { literal, at } = this;
    this.literal = new Uint16Array(literal.length * 2);
    this.literal.set(literal);
    this.at = new Int32Array(at.length * 2);
    this.at.set(at);
  }
}

export interface LiteralScan {
  readonly literals: readonly Literal[];
  /**
   * Fills `hits` with the literals that stand wholly in `bytes[start..end)`; those that are `assigned` only where an assignment stands
   * behind them; and `runs`, where they are given, with the runs of base64 that decode to text, JSON, PEM or gzip.
   * A buffer of many lines is faster than each of them: no literal and no assignment goes over the end of a line.
   */
  scan(bytes: Uint8Array, start: number, end: number, hits: LiteralHits, runs?: Base64Runs): void;
}

export { Base64Runs };

const SPACE = 0x20;
const QUOTE = 0x22;

/** What is asked of a literal beside its letters. */
function isMeant(literal: Literal, bytes: Uint8Array, start: number, begin: number, end: number): boolean {
  const behind = begin + literal.text.length;
  if (literal.assigned && !assignsAt(bytes, start, begin, behind, end)) return false;
  const { follows, login } = literal;
  if (login === true) return loginAt(bytes, behind, end);
  if (follows === undefined) return true;
  if (behind + follows > end) return false;
  for (let at = behind; at < behind + follows; at++)
    if (bytes[at]! <= SPACE || bytes[at] === QUOTE) return false;
  return true;
}

/** In the kernel, or by the automaton where there is none. Both say the same. */
export function createLiteralScan(literals: readonly Literal[]): LiteralScan {
  const kernel = createKernelScan(literals);
  if (kernel === null) return createPlainScan(literals);
  return {
    literals,
    scan(bytes, start, end, hits, runs) {
      hits.count = 0;
      const onLiteral = (index: number, begin: number): void => {
        if (isMeant(literals[index]!, bytes, start, begin, end)) hits.add(index, begin);
      };
      if (runs === undefined) return kernel(bytes, start, end, onLiteral);
      runs.count = 0;
      let from = start;
      kernel(bytes, start, end, onLiteral, (at) => {
        // Windows overlap, and a long run goes over several.
        if (at >= from) from = addRunAround(bytes, start, at, end, runs);
      });
    },
  };
}

/** One table look-up a byte. */
export function createPlainScan(literals: readonly Literal[]): LiteralScan {
  const { classOf, next, shift, endsAt } = buildAutomaton(literals);
  return {
    literals,
    scan(bytes, start, end, hits, runs) {
      if (runs !== undefined) findBase64Runs(bytes, start, end, runs);
      hits.count = 0;
      let state = 0;
      for (let at = start; at < end; at++) {
        state = next[(state << shift) | classOf[bytes[at]!]!]!;
        if (state < ENDS_HERE) continue;
        state ^= ENDS_HERE;
        for (const index of endsAt[state]!) {
          const literal = literals[index]!;
          const begin = at + 1 - literal.text.length;
          if (literal.exact && !standsAt(bytes, begin, literal.text)) continue;
          if (isMeant(literal, bytes, start, begin, end)) hits.add(index, begin);
        }
      }
    },
  };
}
