// What CloudWatch Logs sends to a subscription: a batch of messages of one log stream, as it is, or as Lambda gets it
// ({"awslogs":{"data":"<base64 of gzip>"}}). Firehose writes several behind each other.
// https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/SubscriptionFilters.html

import { sha256Lanes } from '../lib/digest.ts';
import { inflateWhole } from '../lib/inflate.ts';
import { createAccessLine, readAccessLine } from './access-line.ts';
import { createCloudTrailReader } from './cloudtrail-reader.ts';
import { type JoinedMessage, MessageJoiner } from './joined-messages.ts';
import { createJsonLine, readJsonLine } from './json-line.ts';
import { skipNest, skipSpace } from './json-scan.ts';
import { LineView } from './line-view.ts';
import type { FormatReader, ObjectFacts, ReadOptions, RecordSink } from './reader.ts';
import { createFlowLines } from './vpc-flow.ts';
import { fieldsOfFlowLine } from './vpc-flow-layout.ts';

/** Bytes of one payload: CloudWatch's batches hold 1 MiB of messages (PutLogEvents), which JSON escapes at most sixfold. */
const MAX_PAYLOAD_BYTES = 8 * 1024 * 1024;

interface LogEvent {
  readonly id: string;
  readonly timestamp: number;
  readonly message: string;
}

interface EventMark {
  readonly name: string;
  /** How often the same message stood before it in its millisecond. */
  readonly repeat: number;
}

export function createAwslogsReader(
  facts: ObjectFacts,
  sink: RecordSink,
  options: ReadOptions,
): FormatReader {
  const view = new LineView(facts, new Uint32Array(4), (line) => `${line.group}/${line.stream}/${eventName}`);
  view.hashesMessage = true;
  view.countsOrdinal = false;
  const json = createJsonLine();
  const access = createAccessLine();
  const joiner = new MessageJoiner<EventMark>(tell);
  let ordinal = 0;
  let eventName = '';
  return { push };

  function push(b: Buffer, end: number, final: boolean): number {
    let p = 0;
    for (;;) {
      p = skipSpace(b, p, end);
      if (p >= end) return end;
      if (b[p] !== 0x7b) {
        // Separators of array-like exports and a byte order mark are passed over up to the next payload.
        const next = b.indexOf(0x7b, p);
        p = next < 0 || next >= end ? end : next;
        continue;
      }
      const close = skipNest(b, p, end, Number.MAX_SAFE_INTEGER);
      if (close < 0) {
        if (!final && end - p <= MAX_PAYLOAD_BYTES) return p;
        sink.unreadable(final ? 'truncated' : 'too-long', ++ordinal, 'the payload has no end');
        return end;
      }
      readPayload(b.toString('utf8', p, close), 0);
      p = close;
    }
  }

  function readPayload(text: string, depth: number): void {
    const payload = objectOf(parse(text));
    if (payload === null) return sink.unreadable('not-json', ++ordinal, 'the payload is not valid JSON');
    const wrapped = objectOf(payload.awslogs)?.data;
    if (typeof wrapped === 'string' && depth === 0) {
      const inflated = inflateWhole(Buffer.from(wrapped, 'base64'));
      if (inflated === null)
        return sink.unreadable('damaged-gzip', ++ordinal, 'awslogs.data is no gzip of the size that it says');
      return readPayload(inflated.toString('utf8'), 1);
    }
    if (payload.messageType === 'CONTROL_MESSAGE') return sink.skipped('control-message', ++ordinal);
    if (!Array.isArray(payload.logEvents)) return sink.unreadable('missing-field', ++ordinal, 'no logEvents');
    view.group = typeof payload.logGroup === 'string' ? payload.logGroup : '';
    view.stream = typeof payload.logStream === 'string' ? payload.logStream : '';
    view.account = typeof payload.owner === 'string' && payload.owner !== '' ? payload.owner : facts.account;
    readEvents(payload.logEvents);
  }

  function readEvents(events: readonly unknown[]): void {
    /** How often a message stood in the same millisecond of this batch: two equal ones are two events. */
    const repeats = new Map<string, number>();
    for (const [index, value] of events.entries()) {
      ordinal++;
      const event = logEventOf(value);
      if (event === null) {
        sink.unreadable('missing-field', ordinal, 'a log event without message or timestamp');
        continue;
      }
      eventName = event.id === '' ? `${event.timestamp}.${index}` : event.id;
      const bytes = Buffer.from(event.message, 'utf8');
      if (readOtherKind(bytes)) continue;
      const key = `${event.timestamp} ${event.message}`;
      const repeat = repeats.get(key) ?? 0;
      repeats.set(key, repeat + 1);
      const mark = { name: eventName, repeat };
      if (takePiece(bytes, event.timestamp, mark)) continue;
      const isObject = bytes[0] === 0x7b;
      tell({
        bytes,
        message: 0,
        end: bytes.length,
        saidFrom: isObject ? json.saidFrom : joiner.criFrom,
        saidTill: isObject ? json.saidTill : bytes.length,
        ordinal,
        timeMs: event.timestamp,
        mark,
      });
    }
    joiner.close();
  }

  function tell(said: Omit<JoinedMessage<EventMark>, 'parts'>): void {
    const { bytes, message, end, timeMs, mark } = said;
    const current = eventName;
    eventName = mark.name;
    sha256Lanes(JSON.stringify([view.group, view.stream, timeMs, mark.repeat]), view.base);
    view.reset(bytes, message, end, said.ordinal, timeMs);
    view.wraps(said.saidFrom, said.saidTill);
    readAccessLine(bytes, message, end, access);
    view.format = access.format;
    sink.record(view);
    eventName = current;
  }

  /** Whether the event is a piece of a message that somebody cut, and goes with the others of it. `json` is of this event, if it is an object. */
  function takePiece(bytes: Buffer, timeMs: number, mark: EventMark): boolean {
    const { length } = bytes;
    if (!joiner.reads(bytes, 0, length, json.isPartial, true)) return false;
    const taken = joiner.take({ bytes, start: 0, message: 0, end: length, ordinal, timeMs, mark });
    if (taken === 'next') sink.skipped('joined', ordinal);
    return taken !== 'none';
  }

  /** CloudTrail and flow logs that are delivered to a log group hold one record in each message. */
  function readOtherKind(bytes: Buffer): boolean {
    const here = { ...facts, name: `${view.group}/${view.stream}/${eventName}`, account: view.account };
    if (bytes[0] === 0x7b) {
      readJsonLine(bytes, 0, bytes.length, json);
      if (!json.isObject || !json.isTrailRecord) return false;
      createCloudTrailReader(here, sink, undefined, ordinal).push(bytes, bytes.length, true);
      return true;
    }
    const fields =
      bytes.length > 4096 ? null : fieldsOfFlowLine(bytes.toString('latin1'), options.flowFields);
    if (fields === null) return false;
    createFlowLines(here, sink, fields, () => here.name).read(bytes, 0, ordinal);
    return true;
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

function objectOf(value: unknown): Readonly<Record<string, unknown>> | null {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Record<string, unknown>)
    : null;
}

function logEventOf(value: unknown): LogEvent | null {
  const event = objectOf(value);
  if (event === null || typeof event.message !== 'string') return null;
  const { timestamp } = event;
  if (typeof timestamp !== 'number' || !(timestamp >= 0 && timestamp < 253_402_300_800_000)) return null;
  return { id: typeof event.id === 'string' ? event.id : '', timestamp, message: event.message };
}
