// State that ends with the process: Lambda invocations, tests, and small runs.

import type { State, StoredPart } from './state.ts';

export function createMemoryState(): State {
  const summaries = new Map<string, Map<number, [string, string][]>>();
  const pages = new Map<string, Uint8Array>();
  const objects = new Map<string, string>();
  const values = new Map<string, string>();
  let parts: StoredPart[] = [];

  return {
    durable: false,
    appendSummaries(fold, window, rows) {
      const windows = summaries.get(fold) ?? new Map<number, [string, string][]>();
      summaries.set(fold, windows);
      const list = windows.get(window) ?? [];
      windows.set(window, list);
      for (const [key, json] of rows) list.push([key, json]);
    },
    readSummaries: (fold, window) => [...(summaries.get(fold)?.get(window) ?? [])],
    summaryWindows: (fold) =>
      [...(summaries.get(fold) ?? [])]
        .filter(([, rows]) => rows.length > 0)
        .map(([window]) => window)
        .sort((a, b) => a - b),
    dropSummaries(fold, window) {
      summaries.get(fold)?.delete(window);
    },
    readPage: (name) => pages.get(name) ?? null,
    writePage(name, bytes) {
      pages.set(name, bytes.slice());
    },
    readParts: () => parts,
    replaceParts(next) {
      parts = [...next];
    },
    readObjectVersion: (name) => objects.get(name) ?? null,
    writeObject(name, version) {
      objects.set(name, version);
    },
    readValue: (name) => values.get(name) ?? null,
    writeValue(name, value) {
      values.set(name, value);
    },
    checkpoint() {},
    close() {},
  };
}
