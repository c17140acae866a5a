// The engine by itself, for texts that come from anywhere: what the library gives out. Whole buffers are scanned at once, and only the
// lines around a literal are decoded and looked at.

import { createJsonLine, readJsonLine } from '../../records/json-line.ts';
import { createLineHead, readLineHead } from '../../records/line-head.ts';
import type { EpochMs } from '../../records/record.ts';
import { spliceMessages } from '../../records/spliced-text.ts';
import { Base64Runs, LiteralHits } from './literal-scan.ts';
import { maskedContext } from './masked-context.ts';
import { MAX_WINDOW_CHARACTERS, WINDOW_OVERLAP_CHARACTERS } from './record-text.ts';
import {
  createTextScanner,
  type SecretMatch,
  type TextScanner,
  type TimeAt,
  textScanner,
} from './scan-text.ts';
import type { SecretKind } from './secret-kind.ts';

/** A secret in a text, as it may be told: nothing of it but the beginning that all of its kind have. */
export interface FoundInText {
  /** Name of the kind: `github-personal-token`. */
  readonly kind: string;
  /** `GitHub personal access token` */
  readonly title: string;
  /** `SEC-14` */
  readonly rule: string;
  readonly severity: 'CRITICAL' | 'HIGH' | 'MEDIUM' | 'LOW' | 'INFO';
  /** 0 to 1. */
  readonly confidence: number;
  /** Checksum, decoding or structure leave no doubt. */
  readonly verified: boolean;
  /** Where it stands, from 1; columns count bytes. */
  readonly line: number;
  readonly column: number;
  /** Bytes from the beginning of the text, end exclusive: all of an encoded stretch where it stands in one. */
  readonly start: number;
  readonly end: number;
  /** Characters of the secret. */
  readonly length: number;
  /** The beginning that all of its kind have: `ghp_`; '' without one. */
  readonly prefix: string;
  /** Encodings that were taken off, outermost first: `['json', 'base64']`. */
  readonly decoded: readonly string[];
  /** `request.headers.authorization`; '' where it stands in no object. */
  readonly keyPath: string;
  /** What the check found out: issuer, account, expiry. */
  readonly facts: Readonly<Record<string, string>>;
  /** What stands around it, masked; '' where nothing can be shown. */
  readonly context: string;
  /** Keyed, where `fingerprint` was given. */
  readonly fingerprint: string;
}

export interface ScanOptions {
  /** When lines without a time of their own were written, milliseconds since the epoch: JWTs and signatures are judged by it. Not known: NaN. */
  readonly timeMs?: number;
  /** Says a secret again without telling it: an HMAC with a key of yours. */
  readonly fingerprint?: (secret: string) => string;
  /** Called for each that looked like a secret and was none: `SEC-11 placeholder`, and how often. */
  readonly onRefused?: (name: string, count: number) => void;
  /** Looks for these alone; all of SECRET_KINDS when left out. */
  readonly kinds?: readonly SecretKind[];
}

const hits = new LiteralHits();
const runs = new Base64Runs();

/**
 * The secrets in the text of a log, by where they stand. A string is looked at as UTF-8. Lines end with a line feed.
 * CloudTrail, whose fields hold ids and tokens by design, is for `replay` and `wiretrail secrets`, which know its fields.
 */
export function scanSecrets(text: string | Uint8Array, options: ScanOptions = {}): FoundInText[] {
  const given = typeof text === 'string' ? Buffer.from(text, 'utf8') : bufferOf(text);
  // Messages that a container runtime cut are looked at whole.
  const spliced = spliceMessages(given, 0, given.length).text;
  const bytes = spliced?.bytes ?? given;
  const scanner = options.kinds === undefined ? textScanner() : scannerOf(options.kinds);
  const found: FoundInText[] = [];
  const places = spliced ?? createPlaces(bytes);
  for (const block of blocksOf(bytes, bytes.length, scanner)) {
    const timeAt = clockOf(bytes, block, options.timeMs ?? Number.NaN);
    const tell: OnMatch = (match, base, text, all) =>
      found.push(tellOf(match, base, text, all, places, options));
    scanBlock(bytes, block, timeAt, scanner, tell, options.onRefused);
  }
  return found;
}

const scanners = new WeakMap<readonly SecretKind[], TextScanner>();

/** Made once for a list. */
function scannerOf(kinds: readonly SecretKind[]): TextScanner {
  let scanner = scanners.get(kinds);
  if (scanner === undefined) {
    scanner = createTextScanner(kinds);
    scanners.set(kinds, scanner);
  }
  return scanner;
}

function bufferOf(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

/** Bytes of a text, end exclusive: whole lines. */
export type Block = [from: number, till: number];

/** A member of an object that is written over many lines, with what a logger puts in front. Chosen. */
const SHORT_LINE_BYTES = 200;

/** The lines that hold something, with the lines around them that their kinds want to see; those that overlap as one. */
export function blocksOf(bytes: Buffer, end: number, { literals, reach }: TextScanner): Block[] {
  const blocks: Block[] = [];
  const add = (from: number, till: number): void => {
    let block: Block = [from, till];
    // One that reaches back may overlap several.
    for (let last = blocks.at(-1); last !== undefined && block[0] <= last[1]; last = blocks.at(-1)) {
      block = [Math.min(last[0], block[0]), Math.max(last[1], block[1])];
      blocks.pop();
    }
    blocks.push(block);
  };
  /** The lines from one position to another. Most lie in the last block, in a line that may be long: its ends are looked for once. */
  const cover = (first: number, behind: number): void => {
    const last = blocks.at(-1);
    if (last !== undefined && last[0] <= Math.max(0, first) && (behind < last[1] || last[1] === end)) return;
    add(...linesAround(bytes, end, first, behind));
  };
  literals.scan(bytes, 0, end, hits, runs);
  let run = 0;
  const coverRunsBefore = (at: number): void => {
    for (; run < runs.count && runs.start[run]! <= at; run++) cover(runs.start[run]!, runs.end[run]!);
  };
  for (let hit = 0; hit < hits.count; hit++) {
    const at = hits.at[hit]!;
    coverRunsBefore(at);
    const { before, behind, inShortLine } = reach(hits.literal[hit]!);
    if (inShortLine && !isInShortLine(bytes, end, at)) cover(at, at);
    else cover(at - before, at + behind);
  }
  coverRunsBefore(end);
  return blocks;
}

function isInShortLine(bytes: Buffer, end: number, at: number): boolean {
  let from = at;
  while (from > 0 && at - from < SHORT_LINE_BYTES && bytes[from - 1] !== 0x0a) from--;
  let till = at;
  while (till < end && till - from <= SHORT_LINE_BYTES && bytes[till] !== 0x0a) till++;
  return till - from <= SHORT_LINE_BYTES;
}

function linesAround(bytes: Buffer, end: number, first: number, last: number): Block {
  const from = first <= 0 ? 0 : bytes.lastIndexOf(0x0a, first - 1) + 1;
  const newline = last >= end ? -1 : bytes.indexOf(0x0a, last);
  return [from, newline < 0 || newline > end ? end : newline];
}

/** What was found in a block, where the text that was looked at begins, and the text, with all that was found in it. */
export type OnMatch = (match: SecretMatch, base: number, text: string, all: readonly SecretMatch[]) => void;

/** A block in windows of bounded length, as records are looked at. */
export function scanBlock(
  bytes: Buffer,
  [from, till]: Block,
  timeAt: TimeAt,
  scanner: TextScanner,
  onMatch: OnMatch,
  onRefused: ((name: string, count: number) => void) | undefined,
): void {
  const said = new Set<string>();
  const step = MAX_WINDOW_CHARACTERS - WINDOW_OVERLAP_CHARACTERS;
  for (let start = from; start < till; start += step) {
    const end = Math.min(till, start + MAX_WINDOW_CHARACTERS);
    const text = bytes.toString('latin1', start, end);
    const scan = scanner.scan(text, (at) => timeAt(start + at));
    if (onRefused !== undefined) for (const [name, count] of scan.refused) onRefused(name, count);
    for (const match of scan.matches) {
      // What a window's edge cuts stands whole in its neighbour.
      if ((match.end === text.length && end < till) || (match.start === 0 && start > from)) continue;
      // Windows overlap.
      const mark = `${start + match.start} ${start + match.end} ${match.kind.name} ${match.secret}`;
      if (said.has(mark)) continue;
      said.add(mark);
      onMatch(match, start, text, scan.matches);
    }
    if (end === till) break;
  }
}

function tellOf(
  match: SecretMatch,
  base: number,
  text: string,
  all: readonly SecretMatch[],
  places: Places,
  options: ScanOptions,
): FoundInText {
  const { kind, verdict, secret } = match;
  const start = base + match.start;
  const { line, column } = places.placeOf(start);
  return {
    kind: kind.name,
    title: kind.title,
    rule: kind.rule,
    severity: verdict.severity ?? kind.severity,
    confidence: verdict.confidence,
    verified: verdict.verified,
    line,
    column,
    start: places.originOf(start),
    end: places.originOf(base + match.end - 1) + 1,
    length: secret.length,
    prefix: kind.publicPrefix === undefined ? '' : secret.slice(0, kind.publicPrefix),
    decoded: match.steps,
    keyPath: match.keyPath,
    facts: verdict.facts ?? {},
    context: maskedContext(text, match, all),
    fingerprint: options.fingerprint?.(secret) ?? '',
  };
}

const head = createLineHead();
const json = createJsonLine();

/** When the lines of a block were written, by themselves: one that does not say so when the one before it was, the first one `beforeMs`. */
export function clockOf(bytes: Buffer, [from, till]: Block, beforeMs: EpochMs): TimeAt {
  const starts: number[] = [];
  const times: EpochMs[] = [];
  let lastMs = beforeMs;
  for (let start = from; start <= till; ) {
    const newline = bytes.indexOf(0x0a, start);
    const end = newline < 0 || newline > till ? till : newline;
    lastMs = timeOfLine(bytes, start, end) ?? lastMs;
    starts.push(start);
    times.push(lastMs);
    start = end + 1;
  }
  if (starts.length === 1) return () => lastMs;
  return (at) => {
    let line = 0;
    // Of the lines from `line` up to `behind` one holds it.
    for (let behind = starts.length; behind - line > 1; ) {
      const middle = (line + behind) >> 1;
      if (starts[middle]! <= at) line = middle;
      else behind = middle;
    }
    return times[line]!;
  };
}

function timeOfLine(bytes: Buffer, from: number, end: number): EpochMs | null {
  let timeMs: EpochMs;
  if (bytes[from] === 0x7b) {
    readJsonLine(bytes, from, end, json);
    timeMs = json.timeMs;
  } else {
    readLineHead(bytes, from, end, head);
    timeMs = head.timeMs;
  }
  return Number.isNaN(timeMs) ? null : timeMs;
}

interface Places {
  originOf(at: number): number;
  placeOf(at: number): { readonly line: number; readonly column: number };
}

/** Counts on from where it was asked last: places are asked for nearly in order. */
function createPlaces(bytes: Buffer): Places {
  let line = 1;
  let lineStart = 0;
  return {
    originOf: (at) => at,
    placeOf(at) {
      if (at < lineStart) {
        line = 1;
        lineStart = 0;
      }
      for (let newline = bytes.indexOf(0x0a, lineStart); newline >= 0 && newline < at; ) {
        line++;
        lineStart = newline + 1;
        newline = bytes.indexOf(0x0a, lineStart);
      }
      return { line, column: at - lineStart + 1 };
    },
  };
}
