// Log content is chosen by attackers: nothing of it reaches a terminal, a shell or a chat unescaped.

/** Control characters (C0, C1, DEL, bidirectional overrides, line separators) as `\xNN` or `\u{NNNN}`; cut to `maxLength` UTF-16 units with an ellipsis. */
export function printable(text: string, maxLength = 256): string {
  const cut = text.length > maxLength ? `${text.slice(0, maxLength - 1)}…` : text;
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is escaped
  return cut.replace(/[\u0000-\u001f\u007f-\u009f\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]/g, (character) => {
    const code = character.codePointAt(0) ?? 0;
    return code < 256 ? `\\x${code.toString(16).padStart(2, '0')}` : `\\u{${code.toString(16)}}`;
  });
}

/** One POSIX shell word. https://pubs.opengroup.org/onlinepubs/9799919799/utilities/V3_chap02.html#tag_19_02_02 (single-quotes) */
export function shellQuote(text: string): string {
  const safe = printable(text, 2048);
  return /^[A-Za-z0-9_./:@=+-]+$/.test(safe) ? safe : `'${safe.replaceAll("'", "'\\''")}'`;
}
