// How names are given values in the notations of logs, for the patterns of the web kinds.

/**
 * Behind a name: `"value": "` where names and values are members of their own (AWS WAF), `=`, `: `, `": "`, `' => '`, `]=`, `: ['`, `>` of XML, the blank of an option, and the pairs in which Python and Node print
 * raw headers (`b'x-api-key', b'...'`).
 */
export const GIVEN = String.raw`(?:["'\]]{0,2}\s{0,3}(?:=>|[:=])\s{0,3}(?:\[\]string\{|[[(][ ]?)?(?:b?["'])?|["'],?\s{0,4}["']value["']\s?:\s?["']|["']?,?\s(?:b?["'])?|>)`;
/** A token does not begin inside a longer word. */
export const WORD_START = '(?<![A-Za-z0-9])';

/** `parts` after each other; `source` as in a pattern. */
export function pattern(...parts: readonly string[]): RegExp {
  return new RegExp(parts.join(''), 'gid');
}
