// What text detectors look at: the parts of a record that the prefilter points to, decoded, in windows of bounded length.
// Application logs are looked at whole. Of CloudTrail only the fields that a caller fills with free text: the rest of a record holds
// ids and tokens by design (https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-record-contents.html).

import { latin1Bytes } from '../../lib/latin1.ts';
import type { CallRecord, LineRecord, RawFieldName } from '../../records/record.ts';
import { watchQuads } from '../../records/scan-kernel/scan-record.ts';
import type { ObserveContext, TextHints } from '../detector.ts';
import { createSenderMemo } from '../sender-memo.ts';
import { decodePercent } from './percent.ts';
import { callPrefilter, HINT, lineHints, type Prefilter, prefilter, rareQuads } from './prefilter.ts';
import { hiddenTexts } from './views/decode.ts';

/** Longest text that a pattern is shown, characters: bounds the work of one pattern on one hostile line. */
export const MAX_WINDOW_CHARACTERS = 16 * 1024;
/** Neighbouring windows share this many characters, more than a presigned URL with its session token has (about 2,500). */
export const WINDOW_OVERLAP_CHARACTERS = 4 * 1024;
/** Windows of one record that are looked at; 64 of them hold 768 KB, three times the longest CloudWatch Logs event (256 KB). */
export const MAX_WINDOWS = 64;
/** Levels of JSON in JSON in JSON that are unescaped (a record of an application in an envelope of its log router in one of its subscription has three). */
const MAX_UNESCAPE_DEPTH = 3;

export interface TextWindow {
  /** latin1 where it comes from a line. */
  readonly text: string;
  /** Where it stands: `message`, `requestParameters`, `errorMessage`, `userAgent`. */
  readonly field: string;
  /** Bits of HINT. */
  readonly hints: number;
  /** The text, and what it says once JSON escapes and percent-encoding are taken off. */
  readonly views: readonly string[];
  /** The record goes on behind it, or began before it: what touches that edge stands whole in the neighbouring window. */
  readonly cutBefore: boolean;
  readonly cutBehind: boolean;
}

export interface RecordText {
  /** Bits of HINT of the whole record; 0 means that no rule can find anything. */
  readonly hints: number;
  /** The windows that hold a hint; decoded on first use. */
  windows(): readonly TextWindow[];
}

const NOTHING: RecordText = { hints: 0, windows: () => [] };
const CALL_FIELDS: readonly RawFieldName[] = ['requestParameters', 'errorMessage', 'userAgent'];
/** Parameters that are tokens, ids or digests by design: they look like secrets and are none, or are short-lived paging state. */
const OPAQUE_PARAMETER =
  /(?:token|marker|cursor|requestid|eventid|iterator|uploadid|versionid|checksum|etag|md5|sha1|sha256|hash|signature|ciphertextblob)$/i;

/**
 * The text of a record. Several detectors ask for the same record in turn: it is worked out once, kept while `context.recordNumber` stays.
 * Without a number nothing is kept, since a record is a view that is filled again for the next one.
 */
export function recordText(record: LineRecord | CallRecord, context: ObserveContext): RecordText {
  const number = context.recordNumber;
  if (number === undefined) return readText(record);
  if (last.context !== context || last.number !== number) {
    last.context = context;
    last.number = number;
    last.text = readText(record);
  }
  return last.text;
}

const last: { context: ObserveContext | null; number: number; text: RecordText } = {
  context: null,
  number: -1,
  text: NOTHING,
};

function readText(record: LineRecord | CallRecord): RecordText {
  return record.kind === 'line' ? readLine(record) : readCall(record);
}

function readLine(line: LineRecord): RecordText {
  const hints = lineHints(line.bytes, line.start, line.end);
  if (hints === 0) return NOTHING;
  let windows: readonly TextWindow[] | null = null;
  return {
    hints,
    windows() {
      windows ??= cutLine(line, hints);
      return windows;
    },
  };
}

function cutLine(line: LineRecord, hints: number): TextWindow[] {
  if (line.end - line.start <= MAX_WINDOW_CHARACTERS) return [textWindow(line.text, 'message', hints)];
  const windows: TextWindow[] = [];
  const step = MAX_WINDOW_CHARACTERS - WINDOW_OVERLAP_CHARACTERS;
  for (let start = line.start; start < line.end && windows.length < MAX_WINDOWS; start += step) {
    const end = Math.min(line.end, start + MAX_WINDOW_CHARACTERS);
    const found = lineHints(line.bytes, start, end);
    if (found !== 0) {
      const text = line.bytes.toString('latin1', start, end);
      windows.push(textWindow(text, 'message', found, start > line.start, end < line.end));
    }
    if (end === line.end) break;
  }
  return windows;
}

/** Few user agents send everything: each is looked through once, and for all literals. What is found is kept with the sender, which is nearer. */
const agentHints = createSenderMemo((call) => hintsOfAgent(call));
const hintsOfAgent = createSenderMemo((call) => textHints(call, 'userAgent'), 'client');

watchQuads(rareQuads);

/** Every request has parameters: most are ruled out by quads that the scan saw on its way. Few have an error. */
function fieldHints(call: CallRecord, name: RawFieldName): number {
  if (name === 'requestParameters') return call.mayHoldWatched ? textHints(call, name) : 0;
  return name === 'errorMessage' ? errorHints(call) : textHints(call, name);
}

/** Who is denied is told so again and again, in the same words: those that hint at nothing are remembered, so many and so long. */
const MAX_ERRORS = 1000;
const MAX_ERROR_BYTES = 1024;
const plainErrors = new Set<string>();

function errorHints(call: CallRecord): number {
  const field = call.rawField('errorMessage');
  if (field === null) return 0;
  const { bytes, start, end } = field;
  if (end - start > MAX_ERROR_BYTES) return prefilter(bytes, start, end);
  const text = bytes.toString('latin1', start, end);
  if (plainErrors.has(text)) return 0;
  const hints = prefilter(bytes, start, end);
  // What may hold a secret is not kept.
  if (hints !== 0) return hints;
  if (plainErrors.size >= MAX_ERRORS) plainErrors.clear();
  plainErrors.add(text);
  return hints;
}

/** Parameters are asked for what their quads are watched for; user agents and errors for everything. */
function prefilterOf(field: string): Prefilter {
  return field === 'requestParameters' ? callPrefilter : prefilter;
}

function textHints(call: CallRecord, name: RawFieldName): number {
  const field = call.rawField(name);
  return field === null ? 0 : prefilterOf(name)(field.bytes, field.start, field.end);
}

/** The hints of a call's free text: bits of HINT. */
export function callHints(call: CallRecord): number {
  return agentHints(call) | fieldHints(call, 'requestParameters') | fieldHints(call, 'errorMessage');
}

/** For `needs` of who asks for the text of records. */
export const TEXT_HINTS: TextHints = {
  ofCall: callHints,
  ofLine: (line, context) => recordText(line, context).hints,
};

function readCall(call: CallRecord): RecordText {
  const hints = callHints(call);
  if (hints === 0) return NOTHING;
  let windows: readonly TextWindow[] | null = null;
  return {
    hints,
    windows() {
      windows ??= CALL_FIELDS.filter((name) => fieldHints(call, name) !== 0).flatMap((name) =>
        callWindows(call, name),
      );
      return windows;
    },
  };
}

function callWindows(call: CallRecord, name: RawFieldName): TextWindow[] {
  if (name === 'errorMessage') return cutText(call.errorMessage, name);
  if (name === 'userAgent') return cutText(call.userAgent, name);
  const parts: string[] = [];
  collectText(call.requestParameters, '', parts, 0);
  return cutText(parts.join('\n'), name);
}

/** One line a value, with its key before it, so that keyword rules read parameters as they read `key: value` in a log. */
function collectText(value: unknown, key: string, parts: string[], depth: number): void {
  if (typeof value === 'string') {
    if (value !== '' && !OPAQUE_PARAMETER.test(key)) parts.push(`"${key}": "${value}"`);
  } else if (typeof value === 'object' && value !== null && depth < 16) {
    for (const [name, child] of Object.entries(value))
      collectText(child, Array.isArray(value) ? key : name, parts, depth + 1);
  }
}

function cutText(text: string, field: string): TextWindow[] {
  const windows: TextWindow[] = [];
  const step = MAX_WINDOW_CHARACTERS - WINDOW_OVERLAP_CHARACTERS;
  for (let start = 0; start < text.length && windows.length < MAX_WINDOWS; start += step) {
    const part = text.slice(start, start + MAX_WINDOW_CHARACTERS);
    const bytes = latin1Bytes(part);
    const hints = prefilterOf(field)(bytes, 0, bytes.length);
    const cutBehind = start + part.length < text.length;
    if (hints !== 0) windows.push(textWindow(part, field, hints, start > 0, cutBehind));
    if (start + MAX_WINDOW_CHARACTERS >= text.length) break;
  }
  return windows;
}

function textWindow(
  text: string,
  field: string,
  hints: number,
  cutBefore = false,
  cutBehind = false,
): TextWindow {
  let views: string[] | null = null;
  return {
    text,
    field,
    hints,
    cutBefore,
    cutBehind,
    get views() {
      views ??= (hints & HINT.encoded) === 0 ? viewsOf(text) : [...viewsOf(text), ...hiddenTexts(text)];
      return views;
    },
  };
}

/** The text as it stands, without its JSON escapes, and without its percent-encoding. Equal views are given once. */
export function viewsOf(text: string): string[] {
  const views = [text];
  let plain = text;
  for (let depth = 0; depth < MAX_UNESCAPE_DEPTH && plain.includes('\\'); depth++) {
    const less = unescapeJson(plain);
    if (less === plain) break;
    views.push(less);
    plain = less;
  }
  if (/%[0-9A-Fa-f]{2}/.test(plain)) views.push(decodePercent(plain));
  return views;
}

const ESCAPES: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t', b: ' ', f: ' ' };

function unescapeJson(text: string): string {
  return text.replace(
    /\\(?:u00([0-9a-fA-F]{2})|(["\\/nrtbf]))/g,
    (_, hex: string | undefined, letter: string | undefined) =>
      hex !== undefined ? String.fromCharCode(Number.parseInt(hex, 16)) : (ESCAPES[letter!] ?? letter!),
  );
}
