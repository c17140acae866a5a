// `*` for any text; in policies also `?` for one character.

export function matchesWildcard(pattern: string, text: string, options: { readonly one: boolean }): boolean {
  const name = `${options.one}${pattern}`;
  const known = compiled.get(name);
  if (known !== undefined) return known.test(text);
  const source = [...pattern]
    .map((letter) =>
      letter === '*'
        ? '.*'
        : letter === '?' && options.one
          ? '.'
          : letter.replace(/[$()*+.?[\\\]^{|}]/, '\\$&'),
    )
    .join('');
  const made = new RegExp(`^${source}$`, 'su');
  compiled.set(name, made);
  return made.test(text);
}

/** Patterns come from a template, and there are no more of them than it has. */
const compiled = new Map<string, RegExp>();
