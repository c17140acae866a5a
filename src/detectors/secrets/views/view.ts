// A text as it reads once an encoding is taken off, with the way back: every position in it stands for a stretch of the text it was made
// of. Positions are UTF-16 units of latin1 text, so they are bytes of the record.

export type ViewStep = 'ansi' | 'json' | 'xml' | 'escapes' | 'url' | 'base64' | 'gzip';

export interface View {
  readonly text: string;
  /** What it was made of; null for the record's own text. */
  readonly source: View | null;
  /** Encodings that were taken off all of it, outermost first: `['json', 'base64']`. Empty for the record's own text. */
  readonly steps: readonly ViewStep[];
  /** Those of them that `[start, end)` itself was under: a plain line beside a line of JSON was under none. */
  stepsOf(start: number, end: number): readonly ViewStep[];
  /** Where `[start, end)` begins in `source` when it stands there with the same characters and the same neighbours; -1 otherwise. */
  unchanged(start: number, end: number): number;
  /** Where `[start, end)` stands in the record's own text. */
  origin(start: number, end: number): readonly [start: number, end: number];
  /** Names on the way to the value at a position: `request.headers.authorization`; '' outside an object. */
  keyPath(at: number): string;
}

const NO_STEPS: readonly ViewStep[] = [];

export function rawView(text: string): View {
  return {
    text,
    source: null,
    steps: NO_STEPS,
    stepsOf: () => NO_STEPS,
    unchanged: () => -1,
    origin: (start, end) => [start, end],
    keyPath: () => '',
  };
}

/** Puts a view together, piece by piece. */
export interface ViewBuilder {
  /** The source's own characters. */
  copy(from: number, till: number): void;
  /** What stands for `source[from..till)`. */
  put(text: string, from: number, till: number): void;
  /** What is copied from here on was under the encoding (a value of an object), or no longer. */
  inside(isEncoded: boolean): void;
  /** From here on, values have this key path. */
  key(path: string): void;
  readonly length: number;
  /** Null: no encoding was taken off. */
  build(step: ViewStep | null): View;
}

/** Where each piece of a view begins, and what of the source it stands for, end exclusive: of the same length character by character. */
interface Pieces {
  readonly at: number[];
  readonly from: number[];
  readonly till: number[];
  /** Whether it is as it stood in the source, and under no encoding there. */
  readonly plain: boolean[];
}

interface Keys {
  readonly at: number[];
  readonly path: string[];
}

export function createViewBuilder(source: View): ViewBuilder {
  // Text is put together as it comes: engines keep it as a tree until it is read. Numbers in lists of their own take no objects.
  let text = '';
  let isEncoded = false;
  const pieces: Pieces = { at: [], from: [], till: [], plain: [] };
  const keys: Keys = { at: [], path: [] };
  const append = (part: string, from: number, till: number, plain: boolean): void => {
    if (part === '') return;
    pieces.at.push(text.length);
    pieces.from.push(from);
    pieces.till.push(till);
    pieces.plain.push(plain);
    text += part;
  };
  return {
    copy: (from, till) => append(source.text.slice(from, till), from, till, !isEncoded),
    put: (part, from, till) => append(part, from, till, false),
    inside(encoded) {
      isEncoded = encoded;
    },
    key(path) {
      keys.at.push(text.length);
      keys.path.push(path);
    },
    get length() {
      return text.length;
    },
    build: (step) => makeView(source, text, pieces, keys, step),
  };
}

function makeView(source: View, text: string, pieces: Pieces, keys: Keys, step: ViewStep | null): View {
  function sourceOf(position: number, isEnd: boolean): number {
    const index = lastNotAfter(pieces.at, isEnd ? position - 1 : position);
    if (index < 0) return 0;
    const at = pieces.at[index]!;
    const from = pieces.from[index]!;
    const till = pieces.till[index]!;
    const length = (pieces.at[index + 1] ?? text.length) - at;
    if (length === till - from) return from + (position - at);
    return isEnd ? till : from;
  }
  function unchanged(start: number, end: number): number {
    const first = Math.max(0, start - 1);
    const index = lastNotAfter(pieces.at, first);
    if (index < 0 || !pieces.plain[index]) return -1;
    if ((pieces.at[index + 1] ?? text.length) < Math.min(text.length, end + 1)) return -1;
    const from = pieces.from[index]! + first - pieces.at[index]!;
    // What begins or ends the text stands beside nothing there, too.
    if (start === 0 && from !== 0) return -1;
    if (end >= text.length && from + text.length - first !== source.text.length) return -1;
    return from + start - first;
  }
  return {
    text,
    source,
    steps: step === null ? source.steps : [...source.steps, step],
    stepsOf(start, end) {
      const same = unchanged(start, end);
      if (same >= 0) return source.stepsOf(same, same + end - start);
      const outer = source.stepsOf(sourceOf(start, false), sourceOf(Math.max(end, start + 1), true));
      return step === null ? outer : [...outer, step];
    },
    unchanged,
    origin(start, end) {
      return source.origin(sourceOf(start, false), sourceOf(Math.max(end, start + 1), true));
    },
    keyPath(at) {
      const own = keys.path[lastNotAfter(keys.at, at)] ?? '';
      const outer = source.keyPath(sourceOf(at, false));
      return own === '' || outer === '' ? own || outer : `${outer}.${own}`;
    },
  };
}

/** Index of the last place at or before a position; -1 without one. */
function lastNotAfter(places: readonly number[], position: number): number {
  let low = 0;
  let high = places.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (places[middle]! <= position) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}
