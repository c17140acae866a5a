// CloudTrail in every shape it is found in: {"Records":[...]}, an array, one record, one record a line, an EventBridge envelope.
// Cuts records out of the bytes one by one; a damaged record costs itself, never its neighbours.

import { createInterner } from '../lib/interner.ts';
import { parseIsoMs } from '../lib/time.ts';
import {
  ABSENT,
  ARRAY,
  ESCAPED_KEY,
  INCOMPLETE,
  MALFORMED,
  OBJECT,
  skipNest,
  skipSpace,
  TEXT,
  TOO_DEEP,
} from './json-scan.ts';
import { createPlaceOf } from './network.ts';
import type { FormatReader, ObjectFacts, RecordSink } from './reader.ts';
import type { SkipReason } from './record.ts';
import { createRecordSlots, forgetBytes, scanRecord } from './scan-kernel/scan-record.ts';
import { type DecodeCaches, TrailCall } from './trail-call.ts';
import { F } from './trail-fields.ts';
import { createOperations } from './trail-operation.ts';
import { createSenders } from './trail-sender.ts';

/**
 * Bytes of one record. CloudTrail's limit is 256 KB for a delivered event, with parts omitted above 100 KB
 * (https://docs.aws.amazon.com/awscloudtrail/latest/userguide/WhatIsCloudTrail-Limits.html); 4 MiB leaves room for what shippers add.
 */
export const MAX_RECORD_BYTES = 4 * 1024 * 1024;

/** Caches live as long as a run: pass the same ones to every reader of it. */
export function createDecodeCaches(): DecodeCaches {
  return {
    idle: [],
    strings: createInterner(),
    senders: createSenders(createPlaceOf()),
    operations: createOperations(),
  };
}

const SHARED_CACHES = createDecodeCaches();

/**
 * Where the reader stands: before anything; inside an array of records; behind it; between values that follow each other (one a
 * line); or lost in damage that has no end, looking for a line that begins with an object.
 */
type Stage = 'start' | 'array' | 'after-array' | 'values' | 'lost';

const OPEN_BRACE = 0x7b;
const OPEN_BRACKET = 0x5b;
const CLOSE_BRACKET = 0x5d;
const COMMA = 0x2c;
const NEWLINE = 0x0a;

export function createCloudTrailReader(
  facts: ObjectFacts,
  sink: RecordSink,
  caches: DecodeCaches = SHARED_CACHES,
  firstOrdinal = 1,
): FormatReader {
  const call = caches.idle.pop() ?? new TrailCall(createRecordSlots(), facts, caches);
  call.openObject(facts);
  const slots = call.slots;
  let stage: Stage = 'start';
  let ordinal = firstOrdinal - 1;
  let toldTruncated = false;

  return { push };

  function push(b: Buffer, end: number, final: boolean): number {
    forgetBytes(b);
    let p = 0;
    for (;;) {
      p = skipSpace(b, p, end);
      if (stage === 'start' && end - p >= 3 && b[p] === 0xef && b[p + 1] === 0xbb && b[p + 2] === 0xbf)
        p += 3;
      if (p >= end) {
        if (final && stage === 'array' && !toldTruncated) {
          sink.unreadable('truncated', ordinal + 1, 'the array of records is not closed');
          toldTruncated = true;
        }
        if (final) caches.idle.push(call);
        return end;
      }
      if (stage === 'lost') {
        p = resume(b, p, end);
        continue;
      }
      const c = b[p]!;
      if (stage === 'array') {
        if (c === COMMA) {
          p++;
          continue;
        }
        if (c === CLOSE_BRACKET) {
          stage = 'after-array';
          p++;
          continue;
        }
        const next = c === OPEN_BRACE ? readRecord(b, p, end, final) : skipStranger(b, p, end, final);
        if (next === INCOMPLETE) return p;
        p = next;
        continue;
      }
      if (stage === 'after-array') {
        // The rest of the wrapper object, then perhaps another file's content (concatenated objects).
        if (c === OPEN_BRACE || c === OPEN_BRACKET) stage = 'values';
        else {
          p++;
          continue;
        }
      }
      if (c === OPEN_BRACKET) {
        stage = 'array';
        p++;
        continue;
      }
      if (c !== OPEN_BRACE) {
        const next = skipStranger(b, p, end, final);
        if (next === INCOMPLETE) return p;
        p = next;
        stage = 'values';
        continue;
      }
      const records = recordsArray(b, p, end);
      if (records === INCOMPLETE && !final && end - p < MAX_RECORD_BYTES) return p;
      if (records >= 0) {
        stage = 'array';
        p = records;
        continue;
      }
      stage = 'values';
      const next = readRecord(b, p, end, final);
      if (next === INCOMPLETE) return p;
      p = next;
    }
  }

  /** Position behind the `[` of a `Records` array whose object begins at `start`; -1 when undecided; -2 when this object is no such wrapper. */
  function recordsArray(b: Buffer, start: number, end: number): number {
    let p = start + 1;
    for (;;) {
      p = skipSpace(b, p, end);
      if (p >= end) return INCOMPLETE;
      if (b[p] === COMMA) {
        p++;
        continue;
      }
      if (b[p] !== 0x22) return MALFORMED;
      const keyStart = p + 1;
      p = b.indexOf(0x22, keyStart);
      if (p < 0 || p >= end) return INCOMPLETE;
      const isRecords = p - keyStart === 7 && b.toString('latin1', keyStart, p) === 'Records';
      p = skipSpace(b, p + 1, end);
      if (p >= end) return INCOMPLETE;
      if (b[p] !== 0x3a) return MALFORMED;
      p = skipSpace(b, p + 1, end);
      if (p >= end) return INCOMPLETE;
      if (isRecords) return b[p] === OPEN_BRACKET ? p + 1 : MALFORMED;
      // Wrappers hold little besides Records: only plain values are passed over, so a record is recognised at its first nested field.
      const c = b[p]!;
      if (c === OPEN_BRACE || c === OPEN_BRACKET) return MALFORMED;
      if (c === 0x22) {
        p++;
        while (p < end && b[p] !== 0x22) p += b[p] === 0x5c ? 2 : 1;
        if (p >= end) return INCOMPLETE;
        p++;
      } else {
        while (p < end && b[p] !== COMMA && b[p] !== 0x7d) p++;
      }
      p = skipSpace(b, p, end);
      if (p >= end) return INCOMPLETE;
      if (b[p] === 0x7d) return MALFORMED;
    }
  }

  /** Reads the object at `start`; returns the position behind it, or INCOMPLETE when more bytes may complete it. */
  function readRecord(b: Buffer, start: number, end: number, final: boolean): number {
    const next = scanRecord(b, start, end, slots);
    if (next >= 0) {
      ordinal++;
      deliver(b, start, next);
      return next;
    }
    if (next === INCOMPLETE) {
      if (!final && end - start < MAX_RECORD_BYTES) return INCOMPLETE;
      ordinal++;
      if (final) {
        // In a file of one record a line the damage ends with the line.
        const line = stage === 'values' ? b.indexOf(NEWLINE, start) : -1;
        toldTruncated = true;
        sink.unreadable('truncated', ordinal, 'the record ends before it is complete');
        return line >= 0 && line < end ? line : end;
      }
      sink.unreadable('too-long', ordinal, `more than ${MAX_RECORD_BYTES} bytes without an end`);
      return resume(b, start, end);
    }
    const close = skipNest(b, start, end, Number.MAX_SAFE_INTEGER);
    if (close === INCOMPLETE && !final && end - start < MAX_RECORD_BYTES) return INCOMPLETE;
    ordinal++;
    if (next === ESCAPED_KEY && close >= 0) {
      normalise(b, start, close);
      return close;
    }
    if (next === TOO_DEEP) sink.unreadable('too-deep', ordinal, 'nested deeper than any CloudTrail record');
    else sink.unreadable('not-json', ordinal, 'not valid JSON');
    return close >= 0 ? close : resume(b, start, end);
  }

  /** After damage without an end: the next line that begins with an object, or nothing. */
  function resume(b: Buffer, start: number, end: number): number {
    let p = b.indexOf(NEWLINE, start);
    while (p >= 0 && p < end) {
      const next = skipSpace(b, p, end);
      if (b[next] === OPEN_BRACE) {
        stage = 'values';
        return next;
      }
      p = b.indexOf(NEWLINE, p + 1);
    }
    stage = 'lost';
    return end;
  }

  /** A value in the place of a record that is no object: counted, passed over. */
  function skipStranger(b: Buffer, start: number, end: number, final: boolean): number {
    let p = start;
    if (b[p] === OPEN_BRACKET) {
      const close = skipNest(b, p, end, Number.MAX_SAFE_INTEGER);
      if (close === INCOMPLETE && !final && end - start < MAX_RECORD_BYTES) return INCOMPLETE;
      p = close < 0 ? end : close;
    } else if (stage === 'array') {
      if (b[p] === 0x22) {
        p++;
        while (p < end && b[p] !== 0x22) p += b[p] === 0x5c ? 2 : 1;
        p++;
      }
      while (p < end && b[p] !== COMMA && b[p] !== CLOSE_BRACKET && b[p] !== OPEN_BRACE) p++;
      if (p >= end && !final && end - start < MAX_RECORD_BYTES) return INCOMPLETE;
    } else {
      const line = b.indexOf(NEWLINE, p);
      if ((line < 0 || line >= end) && !final && end - start < MAX_RECORD_BYTES) return INCOMPLETE;
      p = line < 0 || line >= end ? end : line + 1;
    }
    ordinal++;
    sink.unreadable('not-an-object', ordinal, 'a CloudTrail record is a JSON object');
    return Math.min(Math.max(p, start + 1), end);
  }

  /** A record with an escape in a key: JSON.parse says what the keys are (and which of equal ones counts). */
  function normalise(b: Buffer, start: number, end: number): void {
    let plain: Buffer;
    try {
      plain = Buffer.from(JSON.stringify(JSON.parse(b.toString('utf8', start, end))), 'utf8');
    } catch {
      sink.unreadable('not-json', ordinal, 'not valid JSON');
      return;
    }
    const next = scanRecord(plain, 0, plain.length, slots);
    if (next >= 0) deliver(plain, 0, plain.length);
    else sink.unreadable(next === TOO_DEEP ? 'too-deep' : 'not-json', ordinal, 'not valid JSON');
  }

  function deliver(b: Buffer, start: number, end: number): void {
    if (slots.kinds[F.detail] === OBJECT && slots.kinds[F.eventName] === ABSENT) {
      // EventBridge: the record is in `detail`. https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-service-event-cloudtrail.html
      const from = slots.starts[F.detail]!;
      const to = slots.ends[F.detail]!;
      const next = scanRecord(b, from, to, slots);
      if (next === ESCAPED_KEY) return normalise(b, from, to);
      if (next < 0)
        return sink.unreadable('not-json', ordinal, 'the detail of the envelope is not valid JSON');
      return judgeable(b, from, to);
    }
    if (slots.kinds[F.records] === ARRAY && slots.kinds[F.eventName] === ABSENT) {
      // A wrapper whose Records come behind a nested field.
      const inner = createCloudTrailReader(facts, wrapperSink(), caches);
      ordinal--;
      inner.push(
        b.subarray(slots.starts[F.records], slots.ends[F.records]),
        slots.ends[F.records]! - slots.starts[F.records]!,
        true,
      );
      return;
    }
    judgeable(b, start, end);
  }

  function wrapperSink(): RecordSink {
    return {
      record: (record) => {
        (record as TrailCall).ordinal = ++ordinal;
        sink.record(record);
      },
      skipped: (reason) => sink.skipped(reason, ++ordinal),
      correction: (eventId, locator) => sink.correction?.(eventId, locator),
      unreadable: (reason, _inner, detail) => sink.unreadable(reason, ++ordinal, detail),
    };
  }

  function judgeable(b: Buffer, start: number, end: number): void {
    call.reset(b, start, end, ordinal);
    const other = otherKind();
    if (other === 'correction') sink.correction?.(call.text(F.addendumOriginalEventID), call.locator);
    if (other !== null) return sink.skipped(other, ordinal);
    if (slots.kinds[F.eventName] === ABSENT || slots.kinds[F.eventSource] === ABSENT) {
      return sink.unreadable('missing-field', ordinal, 'no eventName or no eventSource');
    }
    const timeSlot = slots.kinds[F.eventTime] === TEXT ? F.eventTime : F.shipperTime;
    if (slots.kinds[timeSlot] !== TEXT) return sink.unreadable('missing-field', ordinal, 'no eventTime');
    let timeMs = timeSlot === F.eventTime ? slots.times[0]! : Number.NaN;
    if (Number.isNaN(timeMs)) timeMs = parseIsoMs(b, slots.starts[timeSlot]!, slots.ends[timeSlot]!);
    if (Number.isNaN(timeMs))
      return sink.unreadable('bad-time', ordinal, 'eventTime is not an ISO 8601 time');
    call.timeMs = timeMs;
    // AWS: the major is compared for equality, the minor as a number that may grow.
    if (call.versionMajor > 1) return sink.skipped('unknown-major-version', ordinal);
    sink.record(call);
  }

  /** Why the record is not judged. */
  function otherKind(): SkipReason | null {
    const { skipped } = call;
    if (skipped !== null || slots.kinds[F.addendumReason] === ABSENT) return skipped;
    return call.text(F.addendumReason) === 'UPDATED_DATA' ? 'correction' : null;
  }
}
