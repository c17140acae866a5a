// Many literals in one table of next states: one look-up a byte, whatever their number.
// Aho and Corasick, Efficient string matching, CACM 18(6), 1975.

export interface AutomatonLiteral {
  /** ASCII; in lower case where either case matches. */
  readonly text: string;
  /** Only with these very letters; otherwise ASCII letters match in either case. */
  readonly exact: boolean;
}

export interface Automaton {
  /** Bytes that no literal holds share class 0, so that the table stays small enough for the caches. */
  readonly classOf: Uint8Array;
  /** The next state, at `(state << shift) | class`; with ENDS_HERE set where a literal ends in it. */
  readonly next: Uint16Array;
  readonly shift: number;
  /** The literals that end in a state, as indexes; those that are `exact` are to be compared once more. */
  readonly endsAt: readonly (readonly number[])[];
}

/** Nearly every byte costs two look-ups and one comparison with this. */
export const ENDS_HERE = 0x8000;

const UPPER_A = 0x41;
const UPPER_Z = 0x5a;
export const toLower = (byte: number): number => (byte >= UPPER_A && byte <= UPPER_Z ? byte + 32 : byte);

export function buildAutomaton(literals: readonly AutomatonLiteral[]): Automaton {
  const classOf = new Uint8Array(256);
  let classes = 1;
  for (const { text } of literals) {
    for (let at = 0; at < text.length; at++) {
      const byte = toLower(text.charCodeAt(at));
      if (classOf[byte] === 0) classOf[byte] = classes++;
    }
  }
  for (let byte = UPPER_A; byte <= UPPER_Z; byte++) classOf[byte] = classOf[byte + 32]!;
  let shift = 0;
  while (1 << shift < classes) shift++;

  const children: Map<number, number>[] = [new Map()];
  const endsAt: number[][] = [[]];
  literals.forEach(({ text }, index) => {
    let state = 0;
    for (let at = 0; at < text.length; at++) {
      const letter = classOf[toLower(text.charCodeAt(at))]!;
      let next = children[state]!.get(letter);
      if (next === undefined) {
        next = children.length;
        children[state]!.set(letter, next);
        children.push(new Map());
        endsAt.push([]);
      }
      state = next;
    }
    endsAt[state]!.push(index);
  });
  if (children.length >= ENDS_HERE)
    throw new RangeError(`${children.length} states of the automaton; it numbers ${ENDS_HERE}`);

  const next = new Uint16Array(children.length << shift);
  const fallback = new Uint16Array(children.length);
  const queue: number[] = [];
  for (const [letter, child] of children[0]!) {
    next[letter] = child;
    queue.push(child);
  }
  // Breadth first, so that the state to fall back to is always complete already.
  for (const state of queue) {
    const back = fallback[state]!;
    endsAt[state]!.push(...endsAt[back]!);
    next.copyWithin(state << shift, back << shift, (back + 1) << shift);
    for (const [letter, child] of children[state]!) {
      fallback[child] = next[(back << shift) | letter]!;
      next[(state << shift) | letter] = child;
      queue.push(child);
    }
  }
  for (let entry = 0; entry < next.length; entry++)
    if (endsAt[next[entry]!]!.length > 0) next[entry]! |= ENDS_HERE;
  return { classOf, next, shift, endsAt };
}

export function standsAt(bytes: Uint8Array, start: number, text: string): boolean {
  for (let at = 0; at < text.length; at++) if (bytes[start + at] !== text.charCodeAt(at)) return false;
  return true;
}
