// One string for all equal ones: maps then find it without comparing letters, and it is kept in memory once.

/** `most` strings are remembered before they start anew. */
export function createOneString(most: number): (text: string) => string {
  const strings = new Map<string, string>();
  return (text) => {
    const known = strings.get(text);
    if (known !== undefined) return known;
    if (strings.size >= most) strings.clear();
    strings.set(text, text);
    return text;
  };
}
