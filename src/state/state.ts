// What a run must remember, behind one small interface. Values are opaque: text that the engine wrote, or pages of hashes.
// Never raw log text, never a secret (docs/decisions/0002, contract 9).

/** Raised when the meaning of stored values changes: a newer state is refused, an older one migrated (docs/decisions/0002, contract 10). */
export const STATE_VERSION = 1;

export interface StoredPart {
  /** `fold|window|key` that a draft came from. */
  readonly part: string;
  readonly findingId: string;
  readonly json: string;
}

export interface State {
  /** True where the state outlives the run: open windows stay open for the next one. */
  readonly durable: boolean;

  /** Adds partial summaries. Rows of one key are merged by whoever reads them: that is what makes spilling cheap. */
  appendSummaries(fold: string, window: number, rows: Iterable<readonly [key: string, json: string]>): void;
  /** Every row of a window, in no particular order; a key may come several times. */
  readSummaries(fold: string, window: number): Iterable<readonly [key: string, json: string]>;
  /** Windows of a fold that hold rows, ascending. */
  summaryWindows(fold: string): number[];
  dropSummaries(fold: string, window: number): void;

  /** Pages of claimed event identities, by name. */
  readPage(name: string): Uint8Array | null;
  writePage(name: string, bytes: Uint8Array): void;

  /** Drafts that findings were made of, so that a later run revises what an earlier one said. */
  readParts(): Iterable<StoredPart>;
  replaceParts(parts: Iterable<StoredPart>): void;

  /** Objects that were read, by name, with the version that was read. */
  readObjectVersion(name: string): string | null;
  writeObject(name: string, version: string, ledgerLine: string): void;

  /** Small named values: key id, versions. */
  readValue(name: string): string | null;
  writeValue(name: string, value: string): void;

  /** Everything written since the last checkpoint becomes lasting together; a crash goes back to the last one. */
  checkpoint(): void;
  /** Without a checkpoint what was written since the last one is gone. */
  close(): void;
}
