// Bytes in. A source lists objects; an object is read as a stream of chunks. Nothing here knows what the bytes mean.

export interface SourceObject {
  /** What a person would type to look at it: a path, `s3://bucket/key`, `-` for standard input. */
  readonly name: string;
  /** The part that the layout is read from: the key, or the path below the folder that was named. Slashes are forward. */
  readonly key: string;
  /** Compressed size as listed; null when unknown (standard input). */
  readonly sizeBytes: number | null;
  /** Changes when the content does: ETag, or size and modification time. '' when unknown. */
  readonly version: string;
  /** Last modification, milliseconds since the epoch: the time of text lines that hold none. NaN when unknown. */
  readonly modifiedMs: number;
  /** Named by the user, or listed from a folder: a named one that cannot be read is an error, a listed one of no known kind is a skip. */
  readonly named: boolean;
  /** The bytes as stored (still compressed). Rejects with a WiretrailError. */
  open(): Promise<AsyncIterable<Buffer>>;
}

/** What a user asked for: objects whose key says that they are outside are not worth listing or opening. */
export interface ListFilters {
  /** Event time, milliseconds since the epoch, half-open [fromMs, toMs); -Infinity and Infinity where not given. */
  readonly fromMs: number;
  readonly toMs: number;
  /** Empty: all. */
  readonly accounts: readonly string[];
  readonly regions: readonly string[];
}

export const NO_FILTERS: ListFilters = { fromMs: -Infinity, toMs: Infinity, accounts: [], regions: [] };

/** Listed but not to be opened, and why; counted in `objects listed`. */
export interface SkippedObject {
  readonly name: string;
  readonly key: string;
  readonly reason: ObjectSkipReason;
  /** What to do about it, e.g. the restore command of an archived object. */
  readonly hint: string;
}

/** Could not be listed or opened at all. */
export interface FailedObject {
  readonly name: string;
  readonly key: string;
  readonly code: string;
  readonly message: string;
  readonly hint: string;
}

export type Listed =
  | { readonly kind: 'object'; readonly object: SourceObject }
  | { readonly kind: 'skipped'; readonly skipped: SkippedObject }
  | { readonly kind: 'failed'; readonly failed: FailedObject };

export const OBJECT_SKIP_REASONS = [
  'digest', // CloudTrail-Digest: proof about logs, not a log
  'test-event', // s3:TestEvent and the access test files that AWS writes
  'not-a-log', // a listed file of no kind that is known
  'archived-storage-class',
  'outside-date-range',
  'outside-account',
  'outside-region',
  'empty-folder-marker',
  'already-read', // --state has read this very version
] as const;
export type ObjectSkipReason = (typeof OBJECT_SKIP_REASONS)[number];
