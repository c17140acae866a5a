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

/** Shorter ones first; of the same text those that either case matches. */
export function compareParts(literals: readonly Text[], a: number, b: number): number {
  const one = literals[a]!;
  const other = literals[b]!;
  return one.text.length - other.text.length || Number(one.exact) - Number(other.exact) || a - b;
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
