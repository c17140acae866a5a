// Literals that stand wherever others do: the kernel looks for a shorter one and compares the rest.

interface Text {
  readonly text: string;
  /** Only with these very letters; in lower case where either case matches. */
  readonly exact: boolean;
}

export interface Part {
  readonly index: number;
  readonly offset: number;
}

/** The indexes of the literals, shorter ones first; of the same length those that either case matches. */
export function shortestFirst(literals: readonly Text[]): number[] {
  const folded: number[][] = [];
  const exactly: number[][] = [];
  literals.forEach(({ text, exact }, index) => {
    const ofCase = exact ? exactly : folded;
    ofCase[text.length] ??= [];
    ofCase[text.length]!.push(index);
  });
  return Array.from({ length: Math.max(folded.length, exactly.length) }, (_, length) => [
    ...(folded[length] ?? []),
    ...(exactly[length] ?? []),
  ]).flat();
}

/** Of each literal the longest other one that it begins or ends with, and that stands wherever it does; null where it has none. */
export function partsOf(literals: readonly Text[]): (Part | null)[] {
  const anyCase = new Map<string, number>();
  const exactly = new Map<string, number>();
  literals.forEach(({ text, exact }, index) => {
    const known = exact ? exactly : anyCase;
    if (!known.has(text)) known.set(text, index);
  });
  return literals.map(({ text, exact }, index) => {
    const lower = text.toLowerCase();
    const find = (from: number, till: number): number | undefined => {
      const folded = anyCase.get(lower.slice(from, till));
      const found = folded ?? (exact ? exactly.get(text.slice(from, till)) : undefined);
      return found === index ? undefined : found;
    };
    for (let length = text.length; length >= 3; length--) {
      const tail = find(text.length - length, text.length);
      if (tail !== undefined) return { index: tail, offset: text.length - length };
      const head = find(0, length);
      if (head !== undefined) return { index: head, offset: 0 };
    }
    return null;
  });
}
