// Which windows hold anything, how far the delivery stamps have come, and which windows are judged for good.
//
//   window|open            windows that the window closer has yet to judge for good, one item each
//   window|judged|FOLD     those that it has judged; a batch that changes one of them opens it again, and those that read it
//   value / stamps         the newest delivery stamp, and when it came
//   value / closing        up to which stamp windows are closed

import type { AnyFold } from '../detectors/detector.ts';
import { WiretrailError } from '../lib/errors.ts';
import { judgedUntil, keptMs } from '../pipeline.ts';
import type { EpochMs } from '../records/record.ts';
import type { Item, Items } from './items.ts';
import { itemName } from './items.ts';
import { type UpdateContext, updateAll } from './updates.ts';

export interface FoldWindow {
  readonly fold: AnyFold;
  readonly window: number;
}

export interface OpenWindow extends FoldWindow {
  readonly item: Item;
}

const OPEN = 'window|open';
const STAMPS = { partition: 'value', sort: 'stamps' };
const CLOSING = { partition: 'value', sort: 'closing' };
/** Stamps come in their thousands; closing goes by the day. Also how often it is noted that batches come at all. */
const STAMP_STEP_MS = 10 * 60_000;
/**
 * Without any batch for so long windows close by the clock. CloudTrail delivers every 5 minutes where anything happens, and within 15 minutes as
 * a rule (https://docs.aws.amazon.com/awscloudtrail/latest/userguide/how-cloudtrail-works.html); the queue in between waits 12 minutes for a retry.
 */
export const QUIET_MS = 60 * 60_000;
/** A stamp this far ahead of the clock is a wrong name, and closes nothing. */
const MAX_AHEAD_MS = 24 * 3_600_000;
/** Digits of a window's number in a sort key: minutes since 1970 have 8. */
const WINDOW_DIGITS = 12;

/**
 * Notes that these windows hold something. To be called before anything is merged into them (a crash must not leave a summary that nobody
 * judges), and again after it (the closer may have finished in between). Where a window was closed before, it is opened again together with
 * those that read it, and the closer notices even if it is at one of them. Throws E_STATE_BUSY where one could not be noted.
 */
export async function openWindows(
  context: UpdateContext,
  folds: readonly AnyFold[],
  touched: readonly FoldWindow[],
  closingMs: EpochMs,
): Promise<void> {
  const wanted = new Map<string, FoldWindow & { readonly anew: boolean }>();
  for (const { fold, window } of touched) {
    const anew = window < judgedUntil(fold, closingMs);
    wanted.set(openSort(fold, window), { fold, window, anew });
  }
  const late = touched.filter(({ fold, window }) => window < judgedUntil(fold, closingMs));
  for (const reader of await readersOf(context.items, folds, late, closingMs)) {
    wanted.set(openSort(reader.fold, reader.window), { ...reader, anew: true });
  }
  const failed = await updateAll(context, wanted, {
    keyOf: ([sort]) => ({ partition: OPEN, sort }),
    step: ([, { fold, window, anew }], item) => ({
      content: item === null || anew ? JSON.stringify({ fold: fold.name, window }) : null,
      expiresAtMs: null,
    }),
  });
  if (failed.length > 0) throw busy('an open window');
}

/** Windows due or judged whose judges may have read one of `changed`. */
async function readersOf(
  items: Items,
  folds: readonly AnyFold[],
  changed: readonly FoldWindow[],
  closingMs: EpochMs,
): Promise<FoldWindow[]> {
  if (changed.length === 0) return [];
  const due = await windowsToClose(items, folds, closingMs);
  const readers: FoldWindow[] = [];
  for (const fold of folds) {
    if (fold.judge === undefined) continue;
    const spans = changed
      .filter((one) => one.fold === fold || fold.reads?.includes(one.fold.name))
      .map((one) => readingSpan(fold, one));
    if (spans.length === 0) continue;
    const isReader = (window: number): boolean => spans.some(([from, to]) => window >= from && window <= to);
    const first = Math.min(...spans.map(([from]) => from));
    const last = Math.max(...spans.map(([, to]) => to));
    for (const { fold: other, window } of due) {
      if (other === fold && isReader(window)) readers.push({ fold, window });
    }
    for await (const { key } of items.list(judgedPartition(fold), windowSort(Math.max(0, first) - 1))) {
      const window = Number(key.sort);
      if (window > last) break;
      if (isReader(window)) readers.push({ fold, window });
    }
  }
  return readers;
}

/** Windows of `fold` whose judges may read the other one: they look back as far as it is kept, and ahead as far as they wait. */
function readingSpan(fold: AnyFold, { fold: other, window }: FoldWindow): readonly [number, number] {
  const startMs = window * other.windowMs;
  const endMs = startMs + other.windowMs + keptMs(other);
  const from = Math.floor((startMs - (fold.judgeDelayMs ?? 0)) / fold.windowMs) - 1;
  return [from, Math.floor(endMs / fold.windowMs)];
}

/** Windows that are open and may be judged for good once stamps have come to `closingMs`, the oldest first. */
export async function windowsToClose(
  items: Items,
  folds: readonly AnyFold[],
  closingMs: EpochMs,
): Promise<OpenWindow[]> {
  const byName = new Map(folds.map((fold) => [fold.name, fold]));
  const due: OpenWindow[] = [];
  for await (const item of items.list(OPEN)) {
    const stored = JSON.parse(item.content.toString('utf8')) as { fold: string; window: number };
    const fold = byName.get(stored.fold);
    // A fold that is no more: its windows are of no use to anybody, and go.
    if (fold === undefined) await items.remove(item);
    else if (stored.window < judgedUntil(fold, closingMs)) due.push({ fold, window: stored.window, item });
  }
  return due.sort((a, b) => a.window * a.fold.windowMs - b.window * b.fold.windowMs);
}

/** A window was judged for good. It stays open where a batch noted it again meanwhile, or where it could not be noted as judged: E_STATE_BUSY. */
export async function closeWindow(
  context: UpdateContext,
  { fold, window, item }: OpenWindow,
  expiresAtMs: EpochMs,
): Promise<void> {
  const failed = await updateAll(context, [windowSort(window)], {
    keyOf: (sort) => ({ partition: judgedPartition(fold), sort }),
    step: (_sort, known) => ({ content: known === null ? '{}' : null, expiresAtMs }),
  });
  // What is neither open nor judged is found by nobody who changes what it read.
  if (failed.length > 0) throw busy('a judged window');
  await context.items.remove(item);
}

/** Notes that batches come, how far their stamps are (`stampMs` NaN: they have none), and whether a CloudTrail object is among them. */
export async function noteStamp(
  context: UpdateContext,
  stampMs: EpochMs,
  hasTrailObject: boolean,
): Promise<void> {
  const nowMs = context.clock.nowMs();
  await updateAll(context, [stampMs], {
    keyOf: () => STAMPS,
    step(_stamp, item) {
      const known = readStamps(item);
      const usable = stampMs <= nowMs + MAX_AHEAD_MS ? stampMs : Number.NEGATIVE_INFINITY;
      const isNews =
        known === null ||
        usable >= known.stampMs + STAMP_STEP_MS ||
        nowMs >= known.atMs + STAMP_STEP_MS ||
        (hasTrailObject && (known.trailAtMs === null || nowMs >= known.trailAtMs + STAMP_STEP_MS));
      const stored: Stamps = {
        stampMs: Math.max(usable, known?.stampMs ?? 0),
        atMs: nowMs,
        trailAtMs: hasTrailObject ? nowMs : (known?.trailAtMs ?? null),
      };
      return { content: isNews ? JSON.stringify(stored) : null, expiresAtMs: null };
    },
  });
}

/** When a CloudTrail object came last, to within ten minutes; null: none ever. */
export async function lastTrailObjectMs(items: Items): Promise<EpochMs | null> {
  return readStamps((await items.read([STAMPS])).get(itemName(STAMPS)) ?? null)?.trailAtMs ?? null;
}

/** Windows are closed up to this stamp; -Infinity before the first closing. */
export async function closedUntilMs(items: Items): Promise<EpochMs> {
  const item = (await items.read([CLOSING])).get(itemName(CLOSING));
  if (item === undefined) return Number.NEGATIVE_INFINITY;
  return (JSON.parse(item.content.toString('utf8')) as { stampMs: number }).stampMs;
}

/**
 * Moves the closing on: to the newest stamp while batches come, by the clock once none has come for QUIET_MS. Never back.
 * The new value is noted before anything is judged by it: from then on batches judge for good what they change in closed windows.
 */
export async function moveClosing(context: UpdateContext): Promise<EpochMs> {
  const nowMs = context.clock.nowMs();
  const stamps = readStamps((await context.items.read([STAMPS])).get(itemName(STAMPS)) ?? null);
  if (stamps === null) return closedUntilMs(context.items);
  const quiet = nowMs - stamps.atMs >= QUIET_MS;
  const wantedMs = quiet ? Math.max(stamps.stampMs, nowMs - QUIET_MS) : stamps.stampMs;
  await updateAll(context, [wantedMs], {
    keyOf: () => CLOSING,
    step(stampMs, item) {
      const known =
        item === null ? -1 : (JSON.parse(item.content.toString('utf8')) as { stampMs: number }).stampMs;
      return { content: stampMs > known ? JSON.stringify({ stampMs }) : null, expiresAtMs: null };
    },
  });
  return closedUntilMs(context.items);
}

interface Stamps {
  readonly stampMs: EpochMs;
  /** By the clock: when a batch came last. */
  readonly atMs: EpochMs;
  readonly trailAtMs: EpochMs | null;
}

function readStamps(item: Item | null): Stamps | null {
  return item === null ? null : (JSON.parse(item.content.toString('utf8')) as Stamps);
}

function openSort(fold: AnyFold, window: number): string {
  return `${fold.name}|${windowSort(window)}`;
}

function judgedPartition(fold: AnyFold): string {
  return `window|judged|${fold.name}`;
}

function windowSort(window: number): string {
  // '-1' is before every padded number.
  return window < 0 ? String(window) : String(window).padStart(WINDOW_DIGITS, '0');
}

function busy(what: string): WiretrailError {
  const hint = 'It is tried again by the next delivery or run.';
  return new WiretrailError('E_STATE_BUSY', 'windows', `${what} could not be noted`, hint);
}
