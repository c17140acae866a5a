// What a format reader is, and what it tells. One reader reads one object once.

import type { AnyRecord, SkipReason, UnreadableReason } from './record.ts';

/** Where a reader puts what it finds. Ordinals count records of the object from 1 (line numbers for texts). */
export interface RecordSink {
  record(record: AnyRecord): void;
  skipped(reason: SkipReason, ordinal: number): void;
  /** A correction of an earlier event (addendum UPDATED_DATA) was skipped: findings with that event as evidence name it. */
  correction?(originalEventId: string, locator: string): void;
  /** `detail` says what was wrong in words, without log content. */
  unreadable(reason: UnreadableReason, ordinal: number, detail: string): void;
}

export interface FormatReader {
  /**
   * Reads whole records from `bytes[0..end)` and returns how many bytes it is done with (0 to end). What is left is handed in again,
   * with more bytes behind it. With `final` there is no more: what is left then is read as it is, or told as unreadable, and `end` returned.
   */
  push(bytes: Buffer, end: number, final: boolean): number;
}

/** What is known of an object before it is opened, read from its key. */
export interface ObjectFacts {
  readonly name: string;
  readonly key: string;
  /** Delivery stamp in the key (`20261101T1205Z`); NaN when there is none. */
  readonly deliveredMs: number;
  /** '' when the key does not say. */
  readonly account: string;
  readonly region: string;
  /** Last modification of a local file: the time of text lines that hold none; NaN when unknown. */
  readonly modifiedMs: number;
}

export interface ReadOptions {
  /** Names of the fields of flow lines that come without a header; the 14 default fields when null. */
  readonly flowFields: readonly string[] | null;
  /** In place of the reader of application and access logs: for who wants the text and not its records. */
  readonly textReader?: (facts: ObjectFacts, sink: RecordSink) => FormatReader;
}
