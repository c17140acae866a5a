// The secret engine alone over whatever a replay can read: every secret as it is met, nothing folded, nothing judged by what else there is.
// Texts are scanned as they lie, whole chunks at once; records of CloudTrail and of CloudWatch Logs payloads one by one.

import { DEFAULT_SETTINGS } from '../detectors/default-settings.ts';
import type { ObserveContext, Observer } from '../detectors/detector.ts';
import { logPlace } from '../detectors/secrets/log-place.ts';
import { maskedContext } from '../detectors/secrets/masked-context.ts';
import { HINT } from '../detectors/secrets/prefilter.ts';
import { fieldOf, secretsOf } from '../detectors/secrets/record-secrets.ts';
import { TEXT_HINTS } from '../detectors/secrets/record-text.ts';
import { type Block, blocksOf, clockOf, scanBlock } from '../detectors/secrets/scan-secrets.ts';
import { BEYOND_BOUNDS, type SecretMatch, type TimeAt, textScanner } from '../detectors/secrets/scan-text.ts';
import { SEVERITIES, type Severity } from '../findings/finding.ts';
import { createFingerprint } from '../lib/digest.ts';
import { createCloudTrailReader } from '../records/cloudtrail-reader.ts';
import { createJsonLine, readJsonLine } from '../records/json-line.ts';
import { createLineHead, readLineHead } from '../records/line-head.ts';
import type { FormatReader, ObjectFacts, RecordSink } from '../records/reader.ts';
import type { CallRecord, LineRecord } from '../records/record.ts';
import { spliceMessages } from '../records/spliced-text.ts';
import type { RunSummary } from '../reports/run-summary.ts';
import type { SecretLine } from '../reports/secret-lines.ts';
import { type ReplayOptions, replay } from './run.ts';

export type FindSecretsOptions = Pick<
  ReplayOptions,
  | 'inputs'
  | 'fromMs'
  | 'toMs'
  | 'accounts'
  | 'regions'
  | 'awsRanges'
  | 'fingerprintKey'
  | 'endpointUrl'
  | 's3'
  | 'stdin'
  | 'now'
  | 'onProgress'
  | 'shouldStop'
> & {
  readonly onSecret: (line: SecretLine) => void;
  /** Told each time, not once for a secret and object. */
  readonly everyTime?: boolean;
};

export interface FoundSecrets {
  /** Counts the records of what is no text. */
  readonly summary: RunSummary;
  /** Lines of texts. */
  readonly lines: number;
  /** By severity, each secret once an object. */
  readonly counts: Readonly<Record<Severity, number>>;
  /** Those that stood there again, not told. */
  readonly repeats: number;
  /** What looked like a secret and was none. */
  readonly refused: number;
  /** What was not looked at, or only its beginning, since no text may cost more. */
  readonly beyondBounds: number;
}

/** Secrets that are remembered, so that each is told once an object: beyond these every one is told. */
const MAX_REMEMBERED = 1_000_000;

export async function findSecrets(options: FindSecretsOptions): Promise<FoundSecrets> {
  const counts: Record<Severity, number> = { CRITICAL: 0, HIGH: 0, MEDIUM: 0, LOW: 0, INFO: 0 };
  const fingerprint = createFingerprint(options.fingerprintKey);
  const told = new Set<string>();
  let object = '';
  let repeats = 0;
  let refused = 0;
  let beyondBounds = 0;
  let lines = 0;

  function tell(
    match: SecretMatch,
    at: { where: string; place: string; timeMs: number; field: string },
    context: () => string,
  ): void {
    const { kind, verdict, secret, steps } = match;
    const within = at.where.replace(/#\d+$/, '');
    if (within !== object) {
      object = within;
      told.clear();
    }
    const print = fingerprint(secret);
    const mark = `${kind.name} ${print}`;
    if (told.has(mark)) {
      repeats++;
      if (options.everyTime !== true) return;
    } else if (told.size < MAX_REMEMBERED) told.add(mark);
    const severity = verdict.severity ?? kind.severity;
    counts[severity]++;
    options.onSecret({
      rule: kind.rule,
      kind: kind.name,
      title: kind.title,
      severity,
      confidence: verdict.confidence,
      verified: verdict.verified,
      where: at.where,
      place: at.place,
      time: Number.isNaN(at.timeMs) ? '' : new Date(at.timeMs).toISOString(),
      field: at.field,
      decoded: steps,
      prefix: kind.publicPrefix === undefined ? '' : secret.slice(0, kind.publicPrefix),
      length: secret.length,
      fingerprint: print,
      facts: verdict.facts ?? {},
      context: context(),
    });
  }

  function observe(record: LineRecord | CallRecord, _out: unknown, context: ObserveContext): void {
    for (const secret of secretsOf(record, context)) {
      const { field } = secret;
      tell(
        secret,
        { where: record.locator, place: logPlace(record), timeMs: record.timeMs, field },
        secret.context,
      );
    }
  }

  function onRefused(name: string, count: number): void {
    if (name === BEYOND_BOUNDS) beyondBounds += count;
    else refused += count;
  }

  function textReader(facts: ObjectFacts, sink: RecordSink): FormatReader {
    return createTextReader(facts, sink, {
      onLines: (count) => {
        lines += count;
      },
      isWanted: (timeMs) =>
        !(timeMs < (options.fromMs ?? -Infinity)) && !(timeMs >= (options.toMs ?? Infinity)),
      onRefused,
      onMatch(match, line, timeMs, context) {
        const field = fieldOf('message', match.keyPath);
        tell(match, { where: `${facts.name}#${line}`, place: facts.name, timeMs, field }, context);
      },
    });
  }

  const observer: Observer = {
    needs: { calls: ['*'], callText: HINT.secret, lineText: HINT.secret, textHints: TEXT_HINTS },
    observeCall: observe,
    observeLine: observe,
  };
  let readings = 0;
  const { summary } = await replay({
    ...options,
    detectors: [],
    // Where one event has two bodies everything is read again: what stands in it has been told.
    observers: () => (readings++ === 0 ? [observer] : []),
    textReader: (facts, sink) => (readings > 1 ? NO_READER : textReader(facts, sink)),
    settings: DEFAULT_SETTINGS,
  });
  for (const [name, count] of Object.entries(summary.refusedSecrets)) onRefused(name, count);
  return { summary, lines, counts, repeats, refused, beyondBounds };
}

const NO_READER: FormatReader = { push: (_bytes, end) => end };

interface TextOutput {
  readonly onLines: (count: number) => void;
  readonly isWanted: (timeMs: number) => boolean;
  readonly onRefused: (name: string, count: number) => void;
  readonly onMatch: (match: SecretMatch, line: number, timeMs: number, context: () => string) => void;
}

/** A line that goes on for longer is looked at in pieces. */
const MAX_LINE_BYTES = 4 * 1024 * 1024;
/** What every CloudTrail record holds: its fields are told apart. */
const TRAIL_WORD = Buffer.from('"eventSource"', 'latin1');

/** What waits for its end is not told before; what is kept was told. More than the longest key has. */
const MAX_WAITING_BYTES = 64 * 1024;
const MAX_KEPT_BYTES = 16 * 1024;
/** A message that a container runtime cut waits for its other pieces: as much as is put together, and what another output says meanwhile. */
const MAX_CUT_BYTES = 1024 * 1024;
const NOTHING = Buffer.alloc(0);

interface Told {
  readonly start: number;
  readonly end: number;
  readonly severity: number;
}

function holdsTrail(bytes: Buffer, [from, till]: Block): boolean {
  // In the block alone: looked for to the end of the buffer it took as long as all the rest.
  return bytes.subarray(from, till).indexOf(TRAIL_WORD) >= 0;
}

/** A private key that has begun and not ended. */
function isOpenKey(bytes: Buffer, [from, till]: Block): boolean {
  const block = bytes.subarray(from, till);
  return block.lastIndexOf(KEY_BEGINS) > block.lastIndexOf(KEY_ENDS);
}
const KEY_BEGINS = Buffer.from('-----BEGIN ', 'latin1');
const KEY_ENDS = Buffer.from('-----END ', 'latin1');

/** Exported for its test. */
export function createTextReader(facts: ObjectFacts, sink: RecordSink, output: TextOutput): FormatReader {
  const scanner = textScanner();
  const head = createLineHead();
  const json = createJsonLine();
  /** Somebody writes it while it is read, and waits for what stands in it. */
  const flows = facts.name === '-';
  const ownMs = Number.isNaN(facts.deliveredMs) ? facts.modifiedMs : facts.deliveredMs;
  /** Lines in front of the bytes that are being read. */
  let lineNumber = 0;
  let lastMs = Number.NaN;
  let clock: TimeAt = () => lastMs;
  /** The end of what was read, which is looked at again with what follows, and what was told of it. */
  let kept: Buffer = NOTHING;
  let told: Told[] = [];
  /** What was refused in the block whose end is kept, and of this what was not met again yet. */
  let keptRefused = new Map<string, number>();
  let blockRefused = new Map<string, number>();
  let reported = 0;
  return {
    push(chunk, chunkEnd, final) {
      const before = kept.length;
      const read = before === 0 ? chunk : Buffer.concat([kept, chunk.subarray(0, chunkEnd)]);
      const end = before + chunkEnd;
      let readTill = end;
      if (!final) {
        readTill = read.lastIndexOf(0x0a, end - 1) + 1;
        if (readTill <= before) {
          if (chunkEnd <= MAX_LINE_BYTES) return 0;
          readTill = end;
        }
      }
      let { text: spliced, openFrom } = spliceMessages(read, before, readTill);
      if (!final && openFrom < readTill && waitsFor(read, openFrom, readTill)) {
        if (openFrom === before) return 0;
        readTill = openFrom;
        spliced = spliceMessages(read, before, readTill).text;
      }
      const bytes = spliced?.bytes ?? read;
      let till = spliced?.end ?? readTill;
      const movedEnd = spliced?.movedEnd ?? 0;
      let counted = 0;
      let line = lineNumber + 1;
      const readLineAt = (at: number): number => {
        // Windows of a long block overlap.
        if (at < counted) {
          counted = 0;
          line = lineNumber + 1;
        }
        for (let newline = read.indexOf(0x0a, counted); newline >= 0 && newline < at; ) {
          line++;
          counted = newline + 1;
          newline = read.indexOf(0x0a, counted);
        }
        return line;
      };
      const lineAt = (at: number): number =>
        spliced === null ? readLineAt(at) : lineNumber + spliced.placeOf(at).line;
      const readAt = (at: number): number => spliced?.originOf(at) ?? at;
      let keepFrom = till;
      for (const block of blocksOf(bytes, till, scanner)) {
        // What goes over lines may go on behind the end: it is looked at again with what comes.
        if (!final && block[1] >= till - 1) {
          const waits = !flows || isOpenKey(bytes, block);
          if (waits && block[0] >= Math.max(before, movedEnd) && till - block[0] <= MAX_WAITING_BYTES) {
            till = block[0];
            keepFrom = till;
            break;
          }
          if (!holdsTrail(bytes, block)) keepFrom = keptFrom(bytes, block, till);
          // What was moved cannot be looked at again.
          if (keepFrom < movedEnd) keepFrom = till;
        }
        blockRefused = new Map();
        readBlock(bytes, block, lineAt);
      }
      keptRefused = keepFrom < till ? blockRefused : new Map();
      told = told
        .filter(({ end: last }) => last > keepFrom)
        .map((one) => ({ ...one, start: one.start - keepFrom, end: one.end - keepFrom }));
      readTill = readAt(till);
      let lines = readLineAt(readTill) - 1;
      if (final && readTill > 0 && read[readTill - 1] !== 0x0a) lines++;
      output.onLines(lines - reported);
      reported = lines;
      lineNumber = readLineAt(readAt(keepFrom)) - 1;
      if (keepFrom < till) lastMs = clock(keepFrom);
      kept = keepFrom < till ? Buffer.from(bytes.subarray(keepFrom, till)) : NOTHING;
      return readTill - before;
    },
  };

  /** Where somebody waits for what stands in it, the next lines say soon whether more comes. */
  function waitsFor(read: Buffer, openFrom: number, till: number): boolean {
    return flows ? read.indexOf(0x0a, openFrom) >= till - 1 : till - openFrom <= MAX_CUT_BYTES;
  }

  /** Where a line begins from which on a block is kept. */
  function keptFrom(bytes: Buffer, [from]: Block, till: number): number {
    if (till - from <= MAX_KEPT_BYTES) return from;
    const newline = bytes.indexOf(0x0a, till - MAX_KEPT_BYTES);
    return newline < 0 || newline >= till ? till : newline + 1;
  }

  function readBlock(bytes: Buffer, block: Block, lineAt: (at: number) => number): void {
    if (!holdsTrail(bytes, block)) return scanLines(bytes, block, lineAt);
    for (let from = block[0]; from < block[1]; ) {
      const newline = bytes.indexOf(0x0a, from);
      const till = newline < 0 || newline > block[1] ? block[1] : newline;
      const record = trailRecordIn(bytes, from, till);
      if (record < 0) scanLines(bytes, [from, till], lineAt);
      else
        createCloudTrailReader(facts, sink, undefined, lineAt(from)).push(
          bytes.subarray(record, till),
          till - record,
          true,
        );
      from = till + 1;
    }
  }

  /** Where a CloudTrail record begins in a line, -1 where it is none. */
  function trailRecordIn(bytes: Buffer, from: number, till: number): number {
    readLineHead(bytes, from, till, head);
    const at = head.cloudWatchMessage >= 0 ? head.cloudWatchMessage : from;
    if (bytes[at] !== 0x7b) return -1;
    readJsonLine(bytes, at, till, json);
    return json.isObject && json.isTrailRecord ? at : -1;
  }

  function scanLines(bytes: Buffer, block: Block, lineAt: (at: number) => number): void {
    const timeAt = clockOf(bytes, block, Number.isNaN(lastMs) ? ownMs : lastMs);
    lastMs = timeAt(block[1]);
    clock = timeAt;
    scanBlock(
      bytes,
      block,
      timeAt,
      scanner,
      (match, base, text, all) => {
        const timeMs = timeAt(base + match.start);
        if (!output.isWanted(timeMs)) return;
        const start = base + match.start;
        const end = base + match.end;
        const severity = SEVERITIES.indexOf(match.verdict.severity ?? match.kind.severity);
        // A key id that its secret follows is told again, since it is more than it was.
        if (
          start < kept.length &&
          told.some((one) => one.start < end && start < one.end && one.severity <= severity)
        )
          return;
        told.push({ start, end, severity });
        output.onMatch(match, lineAt(base + match.start), timeMs, () => maskedContext(text, match, all));
      },
      (name, count) => {
        blockRefused.set(name, (blockRefused.get(name) ?? 0) + count);
        if (block[0] < kept.length) countMore(name, count);
        else output.onRefused(name, count);
      },
    );
  }

  /** What was kept is counted once. */
  function countMore(name: string, count: number): void {
    const known = keptRefused.get(name) ?? 0;
    keptRefused.set(name, Math.max(0, known - count));
    if (count > known) output.onRefused(name, count - known);
  }
}
