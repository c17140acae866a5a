// `*` for any text; in policies also `?` for one character.

export function matchesWildcard(pattern: string, text: string, options: { readonly one: boolean }): boolean {
  const source = [...pattern]
    .map((letter) =>
      letter === '*'
        ? '.*'
        : letter === '?' && options.one
          ? '.'
          : letter.replace(/[$()*+.?[\\\]^{|}]/, '\\$&'),
    )
    .join('');
  return new RegExp(`^${source}$`, 'su').test(text);
}
