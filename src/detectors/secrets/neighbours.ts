// Things that belong together and stand in neighbouring records of one stream: a key id and its secret, a PEM block split into lines.
// Only where something stood, what kind of thing it was and its fingerprint are kept, never text (docs/decisions/0002, contract 9),
// so that it does not matter in which order, or in which batch, the neighbours come.

import { compareText } from '../../lib/text-order.ts';
import type { EpochMs, LineRecord } from '../../records/record.ts';
import {
  type Draft,
  type Fold,
  HOUR_MS,
  type JudgeContext,
  joinKey,
  type Output,
  splitKey,
} from '../detector.ts';

/** Records with ordinals in the same block of this many come under one key: a hostile stream fills many keys, never a long list. */
export const NEIGHBOURHOOD_ORDINALS = 64;
/** Neighbours were written together: farther apart they are two objects whose ordinals happen to meet. */
export const NEIGHBOUR_TIME_MS = 60_000;
/** Marks of one block: the earliest by position. A block has 64 records, few of which hold several things. */
const MAX_MARKS = 256;
/** A mark in memory: nine fields, of which the event id, the locator and the fingerprint are texts of its own. Measured: about 400. */
const BYTES_OF_MARK = 400;

export interface Mark {
  readonly kind: string;
  readonly ordinal: number;
  readonly timeMs: EpochMs;
  /** Key id, label or '' - a declared public part. */
  readonly shown: string;
  /** '' where the thing is no secret. */
  readonly fingerprint: string;
  readonly length: number;
  readonly locator: string;
  readonly eventId: string;
}

export interface Marks {
  marks: Mark[];
  truncated: boolean;
}

export type NeighbourFold = Fold<Mark, Marks>;

/**
 * A fold of marks. `judge` gets the marks of a block (`own`) and those of the block before it, sorted by position: whatever is complete
 * with a mark of the block itself is said there, so that it is said once.
 */
export function neighbourFold(
  name: string,
  judge: (
    place: { account: string; region: string; group: string; stream: string },
    marks: readonly Mark[],
    own: ReadonlySet<Mark>,
  ) => readonly Draft[],
  keepMs = HOUR_MS,
  wakes?: NonNullable<NeighbourFold['wakes']>,
): NeighbourFold {
  const fold: NeighbourFold = {
    name,
    version: 1,
    windowMs: HOUR_MS,
    keepMs,
    bytesOfAddition: BYTES_OF_MARK,
    ...(wakes === undefined ? {} : { wakes }),
    empty: () => ({ marks: [], truncated: false }),
    add(summary, mark) {
      keepMark(summary, mark);
      return summary;
    },
    merge(a, b) {
      for (const mark of b.marks) keepMark(a, mark);
      a.truncated ||= b.truncated;
      return a;
    },
    judge(key, window, summary, context) {
      const [account = '', region = '', group = '', stream = '', block = '0'] = splitKey(key);
      const before = (at: number, windowAt: number): readonly Mark[] =>
        readMarks(fold, context, joinKey(account, region, group, stream, String(at)), windowAt);
      const at = Number(block);
      const marks = [
        ...summary.marks,
        ...before(at, window - 1),
        ...before(at - 1, window),
        ...before(at - 1, window - 1),
      ].sort(compareMarks);
      return judge({ account, region, group, stream }, marks, new Set(summary.marks));
    },
  };
  return fold;
}

export function addMark(
  fold: NeighbourFold,
  out: Output,
  line: LineRecord,
  mark: Omit<Mark, 'ordinal' | 'timeMs' | 'locator' | 'eventId'>,
): void {
  const block = Math.floor(line.ordinal / NEIGHBOURHOOD_ORDINALS);
  out.add(fold, joinKey(line.account, line.region, line.group, line.stream, String(block)), line, {
    ...mark,
    ordinal: line.ordinal,
    timeMs: line.timeMs,
    locator: line.locator,
    eventId: line.eventId,
  });
}

/** Where a mark lies, for those who look its neighbours up later. */
export interface MarkPlace {
  readonly key: string;
  readonly window: number;
  readonly ordinal: number;
  readonly timeMs: EpochMs;
}

export function placeOfMark({ account, region, group, stream, ordinal, timeMs }: LineRecord): MarkPlace {
  const block = Math.floor(ordinal / NEIGHBOURHOOD_ORDINALS);
  const key = joinKey(account, region, group, stream, String(block));
  return { key, window: Math.floor(timeMs / HOUR_MS), ordinal, timeMs };
}

/** Whether something of that kind stands in a neighbouring record. */
export function hasNeighbour(
  fold: NeighbourFold,
  place: MarkPlace,
  kind: string,
  mostOrdinals: number,
  context: JudgeContext,
): boolean {
  return marksAround(fold, place, context).some(
    (mark) => mark.kind === kind && areNeighbours(place, mark, mostOrdinals),
  );
}

/** The marks of a block and of those beside it, in the hour and those beside it. */
export function marksAround(
  fold: NeighbourFold,
  { key, window }: Pick<MarkPlace, 'key' | 'window'>,
  context: JudgeContext,
): Mark[] {
  const parts = splitKey(key);
  const block = Number(parts.pop());
  return [-1, 0, 1].flatMap((blocks) =>
    [-1, 0, 1].flatMap((windows) =>
      readMarks(fold, context, joinKey(...parts, String(block + blocks)), window + windows),
    ),
  );
}

export function areNeighbours(
  a: Pick<Mark, 'ordinal' | 'timeMs'>,
  b: Pick<Mark, 'ordinal' | 'timeMs'>,
  mostOrdinals: number,
): boolean {
  return (
    a.ordinal !== b.ordinal &&
    Math.abs(a.ordinal - b.ordinal) <= mostOrdinals &&
    Math.abs(a.timeMs - b.timeMs) <= NEIGHBOUR_TIME_MS
  );
}

function readMarks(fold: NeighbourFold, context: JudgeContext, key: string, window: number): readonly Mark[] {
  return context.read(fold as Fold<never, Marks>, key, window)?.marks ?? [];
}

function keepMark(summary: Marks, mark: Mark): void {
  const { marks } = summary;
  let at = marks.length;
  while (at > 0 && compareMarks(mark, marks[at - 1]!) < 0) at--;
  marks.splice(at, 0, mark);
  if (marks.length > MAX_MARKS) {
    marks.pop();
    summary.truncated = true;
  }
}

export function compareMarks(a: Mark, b: Mark): number {
  return (
    a.ordinal - b.ordinal ||
    a.timeMs - b.timeMs ||
    compareText(a.eventId, b.eventId) ||
    compareText(a.kind, b.kind) ||
    compareText(a.fingerprint, b.fingerprint) ||
    compareText(a.shown, b.shown)
  );
}
