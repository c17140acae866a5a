// What was read, in numbers: a report and a digest say it beside what was found, since silence means little when nothing was read.

export interface ReadObjects {
  readonly listed: number;
  readonly read: number;
  readonly partlyRead: number;
  /** By reason. */
  readonly skipped: Readonly<Record<string, number>>;
  readonly failed: Readonly<Record<string, number>>;
}

export interface ReadRecords {
  readonly total: number;
  readonly judged: number;
  readonly duplicates: number;
  /** Judged, but too late for at least one window. */
  readonly late: number;
  /** By reason. */
  readonly skipped: Readonly<Record<string, number>>;
  readonly unreadable: Readonly<Record<string, number>>;
}

/** Counts of a time or a run (docs/command-line.md). */
export interface ReadCounts {
  readonly objects: ReadObjects;
  readonly records: ReadRecords;
}
