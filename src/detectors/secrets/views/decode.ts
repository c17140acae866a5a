// The encodings that a text may be under, taken off one by one: colours, JSON in JSON, XML, escapes, percent-encoding, base64, gzip in base64.

import { inflateAtMost } from '../../../lib/inflate.ts';
import { latin1Bytes, latin1Scratch } from '../../../lib/latin1.ts';
import { Base64Runs, findBase64Runs, SHORTEST_RUN } from '../base64-runs.ts';
import { flattenJson, unescapeInto } from './flatten-json.ts';
import { withoutLayout } from './layout.ts';
import { createViewBuilder, rawView, type View } from './view.ts';

/** JSON in JSON in JSON: a record of an application in an envelope of its log router in one of its subscription. */
const MAX_JSON_LEVELS = 3;
const MAX_ESCAPE_LEVELS = 4;
/** A URL in the query of another. */
const MAX_URL_LEVELS = 2;
/** Base64 in base64. */
const MAX_ENCODED_LEVELS = 2;
/** Encoded stretches of one record that are decoded, and characters of one of them: more is data, no log text. */
const MAX_ENCODED_RUNS = 16;
const MAX_ENCODED_CHARACTERS = 16 * 1024;
/** Bytes that the gzip stretches of a text may grow to, together: so many, and so many more for each of its characters. */
const INFLATED_BYTES = 8 * 1024;
const INFLATED_FOR_EACH = 12;
/** Bytes that one may grow to. Logs grow 5 to 25 times: what grows more says the same again and again, and its beginning is enough. */
const MAX_INFLATED_BYTES = 128 * 1024;
const MAX_INFLATE_RATIO = 40;
const BEGINNING_BYTES = 4 * 1024;
/** Views of one text. */
const MAX_VIEWS = 24;

export interface Decoded {
  /** The text and what it says, the least encoded last. Never empty. */
  readonly views: View[];
  /** Stretches that were decoded in part or not at all, since there are too many, or they grow too large. */
  readonly cut: number;
}

/** What decoding one text may still cost. */
interface Bounds {
  inflatedBytes: number;
  cut: number;
  readonly isWorthIt: (text: string) => boolean;
}

/** `isWorthIt` is asked of what gzip hid: its encodings are taken off only where something may stand in it. */
export function viewsOf(text: string, isWorthIt: (text: string) => boolean = () => true): Decoded {
  const views: View[] = [];
  const bounds = { inflatedBytes: INFLATED_BYTES + INFLATED_FOR_EACH * text.length, cut: 0, isWorthIt };
  addViews(rawView(text), views, 0, bounds);
  return { views, cut: bounds.cut };
}

/** What base64, and gzip in it, hides in a text. */
export function hiddenTexts(text: string): string[] {
  return viewsOf(text)
    .views.filter(({ steps }) => steps.includes('base64') || steps.includes('gzip'))
    .map((view) => view.text);
}

function addViews(source: View, views: View[], level: number, bounds: Bounds): void {
  let plain = withoutLayout(withoutColours(source));
  for (let depth = 0; depth < MAX_JSON_LEVELS; depth++) {
    const flat = flattenJson(plain);
    if (flat === plain) break;
    plain = flat;
  }
  // Flattening shows everything that stood in the text; the other steps may garble what was not encoded, so both are kept.
  const own: View[] = [plain];
  let bare = plain;
  for (let depth = 0; depth < MAX_ESCAPE_LEVELS; depth++) {
    const next = withoutEscapes(bare);
    if (next === bare) break;
    bare = next;
  }
  if (QUOTE_ENTITY.test(bare.text)) bare = flattenJson(withoutEntities(bare));
  if (bare !== plain) own.push(bare);
  if (bare.text.includes('</')) own.push(withoutTags(bare));
  let url = bare;
  for (let depth = 0; depth < MAX_URL_LEVELS; depth++) {
    // Plus signs are spaces in what was written, not in what it says.
    if (!PERCENT.test(url.text) && !(depth === 0 && SPACED.test(url.text))) break;
    url = withoutPercent(url);
    own.push(url);
    const plainUrl = withoutEscapes(url);
    if (plainUrl !== url) own.push(plainUrl);
    if (QUOTE_ENTITY.test(url.text)) own.push(withoutEntities(url));
  }
  if (url !== bare && url.text.includes('</')) own.push(withoutTags(url));
  for (const view of own) if (views.length < MAX_VIEWS) views.push(view);
  if (level >= MAX_ENCODED_LEVELS) return;
  for (const view of own) {
    for (const decoded of decodedRuns(view, own, bounds)) {
      if (views.length >= MAX_VIEWS) bounds.cut++;
      else addViews(decoded, views, level + 1, bounds);
    }
  }
}

const ESCAPED = /\\(?:["'\\/nrt]|u00[0-7]|x[2-7][0-9a-f])/;

/** The same view where it has none, or only those of bytes that are no text. */
function withoutEscapes(source: View): View {
  if (!ESCAPED.test(source.text)) return source;
  const builder = createViewBuilder(source);
  unescapeInto(builder, source.text, 0, source.text.length);
  const plain = builder.build('escapes');
  return plain.text === source.text ? source : flattenJson(plain);
}

const PERCENT = /%[2-7][0-9A-Fa-f]/;
/** A value of a form or query with a space in it. */
const SPACED = /[?&][\w.-]{1,64}=[^&\s"'#+]{0,512}\+/;
const QUERY_VALUE = /[?&][\w.-]{1,64}=[^&\s"'#]{1,4096}/g;
/** ECMA-48 control sequences for colours and emphasis (SGR). */
const COLOUR = /\u001b\[[0-9;]{0,24}m/g;

function withoutColours(source: View): View {
  if (!source.text.includes('\u001b[')) return source;
  const builder = createViewBuilder(source);
  let copied = 0;
  for (const match of source.text.matchAll(COLOUR)) {
    builder.copy(copied, match.index);
    copied = match.index + match[0].length;
  }
  builder.copy(copied, source.text.length);
  return builder.build('ansi');
}

/** An element that holds a text. What closes it is compared by hand: a pattern that refers back to itself is slow. */
const ELEMENT = /<([A-Za-z_][\w.:-]{0,63})(?:[ \t][^<>]{0,256})?>([^<>]{1,4096})<\//g;
const ENTITY = /&(?:amp|lt|gt|quot|apos|#39|#34|#x27|#x22|#x2[Ff]);/g;
/** Text that a page shows has its quotes so. https://html.spec.whatwg.org/multipage/named-characters.html */
const QUOTE_ENTITY = /&(?:quot|apos|#39|#34|#x27|#x22);/;
const CHARACTERS: Readonly<Record<string, string>> = {
  '&amp;': '&',
  '&lt;': '<',
  '&gt;': '>',
  '&quot;': '"',
  '&apos;': "'",
  '&#39;': "'",
  '&#34;': '"',
  '&#x27;': "'",
  '&#x22;': '"',
  '&#x2F;': '/',
  '&#x2f;': '/',
};

/** Django, Jinja and React escape what a page shows. */
function withoutEntities(source: View): View {
  const { text } = source;
  const builder = createViewBuilder(source);
  let copied = 0;
  for (const entity of text.matchAll(ENTITY)) {
    builder.copy(copied, entity.index);
    copied = entity.index + entity[0].length;
    builder.put(CHARACTERS[entity[0]]!, entity.index, copied);
  }
  builder.copy(copied, text.length);
  return builder.build('xml');
}

/** Elements of XML as members: `"password": "..."`. */
function withoutTags(source: View): View {
  const { text } = source;
  const builder = createViewBuilder(source);
  let copied = 0;
  for (const match of text.matchAll(ELEMENT)) {
    const [whole, name = '', value = ''] = match;
    const end = match.index + whole.length;
    if (!text.startsWith(`${name}>`, end)) continue;
    const from = end - 2 - value.length;
    builder.copy(copied, match.index);
    builder.put(`\n"${name}": "`, match.index, from);
    builder.inside(true);
    let at = from;
    for (const entity of value.matchAll(ENTITY)) {
      builder.copy(at, from + entity.index);
      at = from + entity.index + entity[0].length;
      builder.put(CHARACTERS[entity[0]]!, from + entity.index, at);
    }
    builder.copy(at, end - 2);
    builder.inside(false);
    copied = end + name.length + 1;
    builder.put('"\n', end - 2, copied);
  }
  builder.copy(copied, text.length);
  return builder.build('xml');
}

function withoutPercent(source: View): View {
  const builder = createViewBuilder(source);
  let copied = 0;
  for (const match of withSpaces(source.text).matchAll(/ |%([0-9A-Fa-f]{2})/g)) {
    const [sign, digits] = match;
    if (digits === undefined && source.text[match.index] === ' ') continue;
    builder.copy(copied, match.index);
    copied = match.index + sign.length;
    const character = digits === undefined ? ' ' : String.fromCharCode(Number.parseInt(digits, 16));
    builder.put(character, match.index, copied);
  }
  builder.copy(copied, source.text.length);
  return builder.build('url');
}

/** A plus sign in the value of a form or query is a space. As long as the text. */
function withSpaces(text: string): string {
  return SPACED.test(text) ? text.replace(QUERY_VALUE, (value) => value.replaceAll('+', ' ')) : text;
}

const runs = new Base64Runs();

function decodedRuns(source: View, own: readonly View[], bounds: Bounds): View[] {
  findBase64Runs(latin1Scratch(source.text), 0, source.text.length, runs);
  if (runs.count === 0) return [];
  const views: View[] = [];
  for (let run = 0; run < runs.count; run++) {
    const start = runs.start[run]!;
    let end = runs.end[run]!;
    while (source.text[end] === '=') end++;
    // Decoded where it was seen first.
    if (stoodIn(own, source, start, end)) continue;
    if (views.length >= MAX_ENCODED_RUNS) {
      bounds.cut += runs.count - run;
      break;
    }
    const decoded = decodeRun(source.text.slice(start, runs.end[run]!), bounds);
    if (decoded === null) continue;
    const builder = createViewBuilder(source);
    builder.put(decoded.text, start, end);
    views.push(builder.build(decoded.inflated ? 'gzip' : 'base64'));
  }
  return views;
}

/** Whether a stretch stands in one of some views as it stands in this one, which was made of them. Its neighbours count. */
export function stoodIn(views: readonly View[], view: View, start: number, end: number): boolean {
  let from = start;
  for (let inner = view; inner.source !== null; inner = inner.source) {
    from = inner.unchanged(from, from + end - start);
    if (from < 0) return false;
    if (views.includes(inner.source)) return true;
  }
  return false;
}

/** What a stretch of base64 says, where it is text or compressed text; null otherwise. */
function decodeRun(
  run: string,
  bounds: Bounds,
): { readonly text: string; readonly inflated: boolean } | null {
  const begin = decodeBase64(run.slice(0, SHORTEST_RUN));
  if (begin.startsWith('\u001f\u008b\u0008')) {
    const text = inflated(run, bounds);
    return text === null ? null : { text, inflated: true };
  }
  if (!isText(begin)) return null;
  if (run.length > MAX_ENCODED_CHARACTERS) {
    bounds.cut++;
    return null;
  }
  const text = decodeBase64(run);
  return isText(text) ? { text, inflated: false } : null;
}

function inflated(run: string, bounds: Bounds): string | null {
  const most = Math.min(bounds.inflatedBytes, MAX_INFLATED_BYTES);
  if (run.length > MAX_ENCODED_CHARACTERS || most < BEGINNING_BYTES) {
    bounds.cut++;
    return null;
  }
  const stored = latin1Bytes(decodeBase64(run));
  const asLogsGrow = BEGINNING_BYTES + stored.length * MAX_INFLATE_RATIO;
  const result = inflateAtMost(stored, Math.min(most, asLogsGrow));
  if (result === null) return null;
  if (result.isCut) bounds.cut++;
  const isBomb = result.isCut && result.bytes.length > result.storedBytes * MAX_INFLATE_RATIO;
  const bytes = isBomb ? result.bytes.subarray(0, BEGINNING_BYTES) : result.bytes;
  bounds.inflatedBytes -= bytes.length;
  const text = bytes.toString('latin1');
  return bounds.isWorthIt(text) ? text : null;
}

export function decodeBase64(text: string): string {
  let end = text.length;
  while (end > 0 && text[end - 1] === '=') end--;
  const plain = text.slice(0, end).replaceAll('-', '+').replaceAll('_', '/');
  try {
    return atob(plain.length % 4 === 1 ? plain.slice(0, -1) : plain);
  } catch {
    return '';
  }
}

/** Nine of ten characters can be printed: UTF-8 above ASCII counts as half a text. */
function isText(text: string): boolean {
  if (text === '') return false;
  let printable = 0;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if ((code >= 0x20 && code < 0x7f) || code === 0x0a || code === 0x0d || code === 0x09) printable++;
  }
  return printable >= text.length * 0.9;
}
