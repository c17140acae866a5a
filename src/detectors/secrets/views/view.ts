// A text as it reads once an encoding is taken off, with the way back: every position in it stands for a stretch of the text it was made
// of. Positions are UTF-16 units of latin1 text, so they are bytes of the record.

export type ViewStep = 'ansi' | 'json' | 'xml' | 'escapes' | 'url' | 'base64' | 'gzip';

export interface View {
  readonly text: string;
  /** How it was reached, outermost first: `['json', 'base64']`. Empty for the record's own text. */
  readonly steps: readonly ViewStep[];
  /** Where `[start, end)` stands in the record's own text. */
  origin(start: number, end: number): readonly [start: number, end: number];
  /** Names on the way to the value at a position: `request.headers.authorization`; '' outside an object. */
  keyPath(at: number): string;
}

export function rawView(text: string): View {
  return { text, steps: [], origin: (start, end) => [start, end], keyPath: () => '' };
}

interface Piece {
  /** Where it begins in the view. */
  readonly at: number;
  /** What it stands for in the source, end exclusive; of the same length: character by character, otherwise as a whole. */
  readonly from: number;
  readonly till: number;
}

/** Puts a view together, piece by piece. */
export interface ViewBuilder {
  /** The source's own characters. */
  copy(from: number, till: number): void;
  /** What stands for `source[from..till)`. */
  put(text: string, from: number, till: number): void;
  /** From here on, values have this key path. */
  key(path: string): void;
  readonly length: number;
  build(step: ViewStep): View;
}

export function createViewBuilder(source: View): ViewBuilder {
  const parts: string[] = [];
  const pieces: Piece[] = [];
  const keys: { readonly at: number; readonly path: string }[] = [];
  let length = 0;
  const append = (text: string, from: number, till: number): void => {
    if (text === '') return;
    parts.push(text);
    pieces.push({ at: length, from, till });
    length += text.length;
  };
  return {
    copy: (from, till) => append(source.text.slice(from, till), from, till),
    put: append,
    key: (path) => keys.push({ at: length, path }),
    get length() {
      return length;
    },
    build: (step) => makeView(source, parts.join(''), pieces, keys, [...source.steps, step]),
  };
}

function makeView(
  source: View,
  text: string,
  pieces: readonly Piece[],
  keys: readonly { readonly at: number; readonly path: string }[],
  steps: readonly ViewStep[],
): View {
  function sourceOf(position: number, isEnd: boolean): number {
    const index = lastNotAfter(pieces, isEnd ? position - 1 : position);
    if (index < 0) return 0;
    const piece = pieces[index]!;
    const length = (pieces[index + 1]?.at ?? text.length) - piece.at;
    if (length === piece.till - piece.from) return piece.from + (position - piece.at);
    return isEnd ? piece.till : piece.from;
  }
  return {
    text,
    steps,
    origin(start, end) {
      return source.origin(sourceOf(start, false), sourceOf(Math.max(end, start + 1), true));
    },
    keyPath(at) {
      const own = keys[lastNotAfter(keys, at)]?.path ?? '';
      const outer = source.keyPath(sourceOf(at, false));
      return own === '' || outer === '' ? own || outer : `${outer}.${own}`;
    },
  };
}

/** Index of the last item that begins at or before a position; -1 without one. */
function lastNotAfter(items: readonly { readonly at: number }[], position: number): number {
  let low = 0;
  let high = items.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (items[middle]!.at <= position) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}
