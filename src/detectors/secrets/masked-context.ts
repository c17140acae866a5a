// What stands around a secret, for a person who looks for it in the log: with every secret that any rule knows masked, and with all else
// that may be one, known or not. Then it is scanned again, and dropped if anything is still found.

import { type SecretMatch, scanText } from './scan-text.ts';

/** Characters in front of a secret and behind it. */
const BEFORE = 80;
const BEHIND = 24;

/** `INFO login user=… password=[password, 12 characters] from …`; '' where nothing can be shown. */
export function maskedContext(text: string, match: SecretMatch, all: readonly SecretMatch[]): string {
  const lineStart = text.lastIndexOf('\n', Math.max(0, match.start - 1)) + 1;
  const lineEnd = text.indexOf('\n', match.end);
  const from = Math.max(lineStart, match.start - BEFORE);
  const till = Math.min(lineEnd < 0 ? text.length : lineEnd, match.end + BEHIND);
  // A secret that the line's edge cuts is masked from there.
  const spans = all.filter(({ start, end }) => start < till && end > from).sort((a, b) => a.start - b.start);
  let shown = '';
  let at = from;
  for (const span of spans) {
    if (span.start > at) shown += masked(text.slice(at, span.start));
    if (span.end > at) shown += `[${span.kind.name}, ${span.secret.length} characters]`;
    at = Math.max(at, span.end);
  }
  if (at < till) shown += masked(text.slice(at, till));
  const line = shown.trim();
  return isQuiet(line) ? line : '';
}

/** Masked lines of one program are alike. One in which something is still found is not kept. */
const quietLines = new Set<string>();
const MAX_LINES = 1024;

function isQuiet(line: string): boolean {
  if (quietLines.has(line)) return true;
  if (scanText(line, Number.NaN).matches.length > 0) return false;
  if (quietLines.size >= MAX_LINES) quietLines.clear();
  quietLines.add(line);
  return true;
}

/** Words stay: letters alone, shorter than any key. Values behind a sign, and whatever holds a digit or is long, do not. */
function masked(text: string): string {
  return text
    .replace(/[^\x20-\x7e]+/g, ' ')
    .replace(/([=:]["'\s]{0,2})[^\s"'=:,;&{}[\]()]+/g, '$1…')
    .replace(/[A-Za-z0-9+/_.@%~$!#^*-]{1,400}/g, (run) =>
      /^[A-Za-z][A-Za-z._-]{0,14}$/.test(run) ? run : '…',
    );
}
