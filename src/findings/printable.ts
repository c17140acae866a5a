// Log content is chosen by attackers: nothing of it reaches a terminal, a shell or a file unescaped.

/**
 * What is escaped. C0, DEL and C1 move the cursor and start escape sequences; the marks, overrides and isolates of
 * bidirectional text reorder what a person reads (https://www.unicode.org/reports/tr9/); U+2028 and U+2029 end a line in some
 * readers of JSON lines; zero-width characters, tag characters and the byte order mark hide text; lone surrogates are no text at all.
 */
const UNPRINTABLE =
  /[\u0000-\u001f\u007f-\u009f\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\u{e0000}-\u{e007f}\p{Surrogate}]/gu;

/** `\xNN` or `\u{NNNN}` in place of what would not show as itself; cut to `maxLength` UTF-16 units (of the escaped text), with an ellipsis. */
export function printable(text: string, maxLength = 256): string {
  // Only what can be shown is looked at: a text of megabytes costs no more than a short one.
  const escaped = text.slice(0, maxLength + 1).replace(UNPRINTABLE, escapeCharacter);
  if (escaped.length <= maxLength) return escaped;
  const cut = escaped.slice(0, Math.max(0, maxLength - 1));
  // The cut must not halve a pair.
  return `${/[\ud800-\udbff]$/.test(cut) ? cut.slice(0, -1) : cut}…`;
}

/** One POSIX shell word. https://pubs.opengroup.org/onlinepubs/9799919799/utilities/V3_chap02.html#tag_19_02_02 (single-quotes) */
export function shellQuote(text: string): string {
  const safe = printable(text, 2048);
  return /^[A-Za-z0-9_./][A-Za-z0-9_./:@=+-]*$/.test(safe) ? safe : `'${safe.replaceAll("'", "'\\''")}'`;
}

/**
 * JSON in one line, in which no character moves a cursor, reorders or hides text. JSON.stringify leaves DEL, C1, bidirectional
 * controls and line separators as they are (https://tc39.es/ecma262/#sec-quotejsonstring); `\uNNNN` means the same to every parser.
 */
export function printableJson(value: unknown, indent = 0): string {
  const json = JSON.stringify(value, null, indent);
  return json.replace(UNPRINTABLE, (character) =>
    character === '\n' && indent > 0 ? character : escapeForJson(character),
  );
}

function escapeCharacter(character: string): string {
  const code = character.codePointAt(0) ?? 0;
  return code < 256 ? `\\x${code.toString(16).padStart(2, '0')}` : `\\u{${code.toString(16)}}`;
}

function escapeForJson(character: string): string {
  let escaped = '';
  for (let at = 0; at < character.length; at++) {
    escaped += `\\u${character.charCodeAt(at).toString(16).padStart(4, '0')}`;
  }
  return escaped;
}
