// What stands between a name and its value in the notations of programs and says nothing: taken out, so that one pattern reads them all.

import { createViewBuilder, type View } from './view.ts';

interface Part {
  /** One of these stands in every text that holds it. */
  readonly markers: readonly string[];
  /** What is taken out; of its groups `head` stays, `colon` becomes one, `bytes` become what they say. A pattern of its own, so that `npm run check:redos` sees it. */
  readonly pattern: RegExp;
}

/** Ends of names that may be the first of two in brackets. */
const TUPLE_NAME =
  '(?:password|passwd|pwd|passphrase|secret|token|api[_-]?key|_key|_KEY|-key|PASSWORD|SECRET|TOKEN)';
const TUPLE_VALUE = '(?=[^"\'\\n]{0,128}[0-9A-Z])[^"\'\\n]{3,256}';
const CALLS =
  'Some|Just|Ok|String|Str|Text|Secret(?:Str(?:ing)?|Box|Bytes)?|Password|Sensitive|ByteString|bytearray|bytes|b?crypt|md5|MD5|sha\\d{1,3}|SHA\\d{0,3}|PASSWORD';

const PARTS: readonly Part[] = [
  {
    // Columns of blanks in front of an equals sign and behind it: Terraform, YAML, `kubectl describe`.
    markers: ['   '],
    pattern: /[ \t]{3,64}(?=[=:])|(?<=[=:])[ \t]{3,64}(?=[^\s=:])/,
  },
  {
    // The type that DynamoDB gives each value, as Python (`{'S': '...'}`) and Java (`AttributeValue(S=...)`) print it.
    markers: ["S'", '(S='],
    pattern: /(?<=[=:] ?)(?:\{ ?['"]?[SNB]['"]?: ?(?=['"])|AttributeValue\([SN]=)/,
  },
  {
    // `Some("...")` of Rust, `SecretStr('...')` of pydantic, `String("...")` of serde, `crypt('...'` of SQL.
    markers: ['("', "('", "(b'"],
    pattern: new RegExp(`(?<=[=:] ?)(?:(?:${CALLS})\\(){1,2}(?=b?["'\`])`),
  },
  {
    // Two texts in brackets of which the first is a name: `('password', '...')`. Lists of JSON are read as JSON.
    markers: ["('", '("', "['", "(b'"],
    pattern: new RegExp(
      `(?<head>\\( ?b?"[\\w.$-]{0,40}${TUPLE_NAME}")(?<colon>,)(?= ?b?"${TUPLE_VALUE}" ?\\))|` +
        `(?<head2>[(\\[] ?b?'[\\w.$-]{0,40}${TUPLE_NAME}')(?<colon2>,)(?= ?b?'${TUPLE_VALUE}' ?[)\\]])`,
    ),
  },
  // `string(12) "..."` of PHP's var_dump: https://www.php.net/var_dump
  { markers: ['string('], pattern: /(?<==>)\s{0,24}string\(\d{1,6}\) (?=")/ },
  // `(string) (len=12) "..."` of Go's spew: https://github.com/davecgh/go-spew
  { markers: [') (len='], pattern: /(?<=[:=] )\([a-z]{1,12}\) \(len=\d{1,6}\) (?=")/ },
  {
    // `[password:protected] =>`, `["password":"User":private]=>`, `[password:User:private] =>`: https://www.php.net/print_r
    markers: [':protected]', ':private]'],
    pattern: /(?::"?[\w\\]{1,64}"?)?:(?:protected|private)(?=\]\s?=>)/,
  },
  // `s:8:"password";s:12:"..."`: https://www.php.net/serialize
  { markers: ['";s:'], pattern: /(?<=")(?<colon3>;s:\d{1,6}:)(?=")/ },
  // Ends of lines as Apache's HttpClient writes them: https://hc.apache.org/httpcomponents-client-5.5.x/logging.html
  { markers: ['[\\r]', '[\\n]'], pattern: /\[\\r\](?:\[\\n\])?|\[\\n\]/ },
  // https://nodejs.org/api/buffer.html
  { markers: ['<Buffer '], pattern: /<Buffer (?<bytes>[0-9a-f]{2}(?: [0-9a-f]{2}){5,63})>/ },
];

/** Of the parts whose markers stand in a text: one pattern for each set of them that was met. */
const patterns = new Map<number, RegExp>();
const MAX_PATTERNS = 64;

function patternFor(text: string): RegExp | null {
  let set = 0;
  PARTS.forEach(({ markers }, index) => {
    if (markers.some((marker) => text.includes(marker))) set |= 1 << index;
  });
  if (set === 0) return null;
  let pattern = patterns.get(set);
  if (pattern === undefined) {
    const parts = PARTS.filter((_, index) => ((set >> index) & 1) === 1);
    pattern = new RegExp(parts.map((part) => part.pattern.source).join('|'), 'g');
    if (patterns.size >= MAX_PATTERNS) patterns.clear();
    patterns.set(set, pattern);
  }
  return pattern;
}

/** The same view where nothing of it stands in the text. */
export function withoutLayout(source: View): View {
  const { text } = source;
  const pattern = patternFor(text);
  if (pattern === null) return source;
  const builder = createViewBuilder(source);
  let copied = 0;
  for (const match of text.matchAll(pattern)) {
    const [whole] = match;
    const groups = match.groups ?? {};
    const bytes = groups.bytes === undefined ? '' : textOfBytes(groups.bytes.split(' '), 16);
    if (bytes === null) continue;
    const head = groups.head ?? groups.head2 ?? '';
    builder.copy(copied, match.index + head.length);
    copied = match.index + whole.length;
    const put =
      groups.bytes !== undefined ? `"${bytes}"` : isColon(groups) ? ': ' : whole.trim() === '' ? ' ' : '';
    builder.put(put, match.index + head.length, copied);
  }
  if (copied === 0) return source;
  builder.copy(copied, text.length);
  return builder.build(null);
}

function isColon(groups: Readonly<Record<string, string | undefined>>): boolean {
  return groups.colon !== undefined || groups.colon2 !== undefined || groups.colon3 !== undefined;
}

/** What bytes say, where all of them can be printed; null otherwise. */
export function textOfBytes(bytes: readonly string[], radix: 10 | 16): string | null {
  let text = '';
  for (const byte of bytes) {
    const code = Number.parseInt(byte, radix);
    if (!(code >= 0x20 && code < 0x7f) || code === 0x22) return null;
    text += String.fromCharCode(code);
  }
  return text;
}
