// Text in Slack's markup: https://docs.slack.dev/messaging/formatting-message-text/

/** `&`, `<` and `>` are all that Slack's markup is made of: mentions (`<!channel>`), links and dates among them. */
const ESCAPED: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;' };

/**
 * At most `maxLength` UTF-16 units of the escaped text, never cut inside an entity or a pair, with an ellipsis where it was cut. A backtick
 * could begin or end code: it becomes a quote.
 */
export function escapeMrkdwn(text: string, maxLength: number): string {
  return escapeWithin(text.replaceAll('`', "'"), maxLength);
}

/** For a command between three backticks, which stays as it is; null where it does not fit, or would end its own code block. */
export function escapeCode(text: string, maxLength: number): string | null {
  if (text.includes('`') || text.includes('\n')) return null;
  const escaped = text.replaceAll(/[&<>]/g, (character) => ESCAPED[character]!);
  return escaped.length <= maxLength ? escaped : null;
}

function escapeWithin(text: string, maxLength: number): string {
  let escaped = '';
  // One unit is kept for the ellipsis.
  let kept = 0;
  for (const character of text) {
    const next = ESCAPED[character] ?? character;
    if (escaped.length + next.length > maxLength) return `${escaped.slice(0, kept)}…`;
    escaped += next;
    if (escaped.length < maxLength) kept = escaped.length;
  }
  return escaped;
}
