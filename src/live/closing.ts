// Judges windows for good when no record that counts can come for them any more, in the order of their time.

import { WiretrailError } from '../lib/errors.ts';
import { LATENESS_MS } from '../pipeline.ts';
import type { EpochMs } from '../records/record.ts';
import { type LiveContext, summaryExpiry } from './context.ts';
import { claimedMarks } from './early.ts';
import { partsOfWindow, putVerdicts, readFindings } from './findings-store.ts';
import { releaseCopies } from './held-copies.ts';
import { itemName } from './items.ts';
import { judgeAll } from './judging.ts';
import { addressName, keysOfWindow, loadSummaries } from './merge-summaries.ts';
import { mergeAndOpen } from './take-batches.ts';
import { isStateWide, updateAll } from './updates.ts';
import { closeWindow, moveClosing, type OpenWindow, windowsToClose } from './windows.ts';

export interface ClosingOptions {
  /** Asked between pieces of work; false ends the run, and the next one goes on from there. */
  readonly hasTime: () => boolean;
  /** Findings of which it is to be decided whether people are told. */
  readonly onTouched: (ids: ReadonlySet<string>) => Promise<void>;
  /** Told of what could not be closed and is passed over: bad content of one item, or a judge that fails. */
  readonly onProblem: (error: unknown, where: string) => void;
}

export interface Closed {
  readonly closedUntilMs: EpochMs;
  readonly windows: number;
  /** Windows that are due and were not reached, or changed meanwhile. */
  readonly left: number;
}

/** Keys that are judged together, and behind which a run may end. */
const KEYS_AT_ONCE = 100;
const CURSOR = { partition: 'value', sort: 'cursor' };

/** Where the last run ended within a window. */
interface Cursor {
  readonly window: string;
  /** Of the open window's item: another one was opened anew. */
  readonly version: number;
  readonly after: string;
}

/**
 * One run at a time: `withLease` sees to it. What is wrong with one window keeps no other one open: the run goes on, and throws
 * E_WINDOWS_OPEN at its end. What is wrong with the state as a whole ends it at once.
 */
export async function closeWindows(context: LiveContext, options: ClosingOptions): Promise<Closed> {
  const problems: unknown[] = [];
  const passOver = (error: unknown, where: string): void => {
    problems.push(error);
    options.onProblem(error, where);
  };
  const closingMs = await moveClosing(context);
  await releaseCopies(context, {
    beforeMs: closingMs - LATENESS_MS,
    async merge(copies) {
      const failed = await mergeAndOpen(context, copies);
      if (failed.size > 0) throw busy('summaries');
    },
    onProblem: passOver,
  });
  let closed = 0;
  const due = await windowsToClose(context.items, context.folds, closingMs);
  try {
    for (const window of due) {
      if (!options.hasTime()) break;
      try {
        if (!(await judgeWindow(context, window, options))) break;
        await closeWindow(context, window, summaryExpiry(context, window.fold));
        closed++;
      } catch (error) {
        if (isStateWide(error)) throw error;
        passOver(error, `window ${window.window} of ${window.fold.name}`);
      }
    }
  } finally {
    context.count('windows-closed', closed);
  }
  if (problems.length > 0) throw leftOpen(problems, closed);
  return { closedUntilMs: closingMs, windows: closed, left: due.length - closed };
}

/** False when time ran out before its end. */
async function judgeWindow(
  context: LiveContext,
  open: OpenWindow,
  { hasTime, onTouched }: ClosingOptions,
): Promise<boolean> {
  const { fold, window } = open;
  if (fold.judge === undefined) return true;
  const cursor = await readCursor(context);
  const goesOn = cursor?.window === open.item.key.sort && cursor.version === open.item.version;
  let last = goesOn ? cursor.after : '';
  let keys: string[] = [];
  const said = new Map<string, readonly string[]>();
  for await (const { key, sort, findings } of partsOfWindow(context.items, fold, window)) {
    if (sort > last) said.set(key, findings);
  }

  const judgeKeys = async (): Promise<void> => {
    const addresses = keys.map((key) => ({ fold, window, key }));
    const ids = keys.flatMap((key) => said.get(key) ?? []);
    const judged = await judgeAll(
      addresses,
      (wanted) => loadSummaries(context.items, wanted),
      context.settings,
    );
    const early = [...(await readFindings(context.items, ids)).values()].flatMap((one) => one.early);
    const names = new Set(addresses.map(addressName));
    const marks = early.filter(({ part }) => names.has(part)).flatMap((one) => one.marks);
    const put = await putVerdicts(
      context,
      judged.map((judgement) => ({ ...judgement, final: true, log: '' })),
      await claimedMarks(context, marks),
    );
    if (!put.complete) throw busy('findings');
    await onTouched(put.touched);
    for (const key of keys) said.delete(key);
    keys = [];
  };

  for await (const { key, sort } of keysOfWindow(context.items, fold, window, last)) {
    keys.push(key);
    last = sort;
    if (keys.length < KEYS_AT_ONCE) continue;
    await judgeKeys();
    await writeCursor(context, {
      window: open.item.key.sort,
      version: open.item.version,
      after: last,
    });
    if (!hasTime()) return false;
  }
  await judgeKeys();
  // What was said of keys that hold nothing: of early events, or of summaries that have expired.
  keys = [...said.keys()];
  await judgeKeys();
  return true;
}

async function readCursor({ items }: LiveContext): Promise<Cursor | null> {
  const item = (await items.read([CURSOR])).get(itemName(CURSOR));
  return item === undefined ? null : (JSON.parse(item.content.toString('utf8')) as Cursor);
}

async function writeCursor(context: LiveContext, cursor: Cursor): Promise<void> {
  await updateAll(context, [cursor], {
    keyOf: () => CURSOR,
    step: (value) => ({ content: JSON.stringify(value), expiresAtMs: null }),
  });
}

function leftOpen(problems: readonly unknown[], closed: number): WiretrailError {
  const what = `${problems.length} windows or copies could not be closed; ${closed} windows were`;
  const hint = 'The log names each of them before this. Their findings stay provisional until it is mended.';
  return new WiretrailError('E_WINDOWS_OPEN', 'window closer', what, hint, problems[0]);
}

function busy(what: string): WiretrailError {
  const hint = 'The next run goes on from there.';
  return new WiretrailError('E_STATE_BUSY', 'window closer', `${what} could not be written`, hint);
}
