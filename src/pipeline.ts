// The way of the data: records in, detectors over them, findings out. The only file that sees every stage.

import type {
  AnyFold,
  Detector,
  DetectorSettings,
  Draft,
  Fold,
  JudgeContext,
  ObserveContext,
  Observer,
  Output,
} from './detectors/detector.ts';
import { createShowing } from './detectors/show-record.ts';
import type { Finding } from './findings/finding.ts';
import { type BookedDraft, createFindingBook, type FindingBook } from './findings/finding-book.ts';
import type { AwsRanges } from './lib/aws-ranges.ts';
import { createFingerprint, fingerprintKeyId, hashSeed } from './lib/digest.ts';
import { WiretrailError } from './lib/errors.ts';
import { createCloudTrailReader } from './records/cloudtrail-reader.ts';
import { identityOf } from './records/event-guid.ts';
import type { ObjectFacts, RecordSink } from './records/reader.ts';
import { type AnyRecord, type CallRecord, CLAIM_PAGE_MS, type EpochMs } from './records/record.ts';
import {
  increment,
  newObjectCounts,
  newRecordCounts,
  type ObjectCounts,
  type RecordCounts,
} from './records/record-counts.ts';
import { canonicalRank, createWaitingCopies, type WaitingCopy } from './records/waiting-copies.ts';
import type { LedgerLine } from './reports/run-summary.ts';
import { createEventClaims, type EventClaims, hexOf } from './state/event-claims.ts';
import { createFoldTable, type FoldRows, type FoldTable } from './state/fold-table.ts';
import type { State } from './state/state.ts';

/**
 * A window is closed this long after its end, by the stamps of the objects that bring the events; later records are counted as late.
 * CloudTrail delivers within 15 minutes as a rule and retries a broken bucket for 30 days
 * (https://docs.aws.amazon.com/awscloudtrail/latest/userguide/how-cloudtrail-works.html): a day covers outages of a few hours.
 */
export const LATENESS_MS = 24 * 3_600_000;
const DAY_MS = 86_400_000;
/** Windows are looked through for closing no more often than this, in time of the stamps. */
const CLOSING_STEP_MS = 10 * 60_000;
/** Corrections remembered for the evidence of findings. */
const MAX_CORRECTIONS = 10_000;

export interface PipelineOptions {
  readonly detectors: readonly Detector[];
  /** Shown the same records. */
  readonly observers?: readonly Observer[];
  readonly settings: DetectorSettings;
  readonly fingerprintKey: Uint8Array;
  readonly awsRanges: AwsRanges;
  readonly state: State;
  /** Shared by the pipelines of one run, so that an event is folded by one of them only. */
  readonly claims?: EventClaims;
  /** Event time, half-open. */
  readonly fromMs?: EpochMs;
  readonly toMs?: EpochMs;
  readonly accounts?: readonly string[];
  readonly regions?: readonly string[];
  /** Identities (hex) that an earlier pass met with different bodies: all their copies wait for the end, the smallest canonical one counts. */
  readonly contested?: ReadonlySet<string>;
  /** Folds the copies of other accounts' calls like any record: whoever asks knows that no better copy comes. */
  readonly foldCopies?: boolean;
  /** Calls by sessions that are called like one of `settings.ownResources` are skipped. */
  readonly leaveOutOwnCalls?: boolean;
  readonly onFinding?: (finding: Finding) => void;
  /** Called beside each judge: once for a key and window, but for those that a durable state leaves open for another run. */
  readonly onJudged?: (fold: AnyFold, key: string, window: number, context: JudgeContext) => void;
}

export interface Problem {
  readonly where: string;
  readonly reason: string;
  readonly detail: string;
}

export interface Pipeline {
  /** A sink for the records of one object. `done` gives the object's own counts. */
  openObject(facts: ObjectFacts): { readonly sink: RecordSink; done(): LedgerLine['records'] };
  /** Objects with delivery stamps before `stampMs` have all been read: closes and judges what they alone could change. */
  advance(stampMs: EpochMs): void;
  /** Judges everything that is open. With a durable state open windows stay, and their findings are provisional. */
  finish(): void;
  /** Judges nothing, but folds what still waits for a better copy: before another pipeline takes this one's summaries over. */
  settle(): void;
  /** What still waits for a better copy, for somebody else to judge; it is forgotten here. */
  takeWaiting(): WaitingCopy[];
  /** Takes over the summaries of another pipeline that shares this one's claims. */
  mergeFrom(other: Pipeline): void;
  /** Everything so far becomes lasting in the state. */
  checkpoint(): void;
  readonly counts: RecordCounts;
  readonly problems: readonly Problem[];
  readonly problemCount: number;
  /** Event ids to the locators of their corrections. */
  readonly corrections: ReadonlyMap<string, ReadonlySet<string>>;
  /** Identities met with different bodies: after `finish`, of the whole pass. */
  contested(): ReadonlySet<string>;
  readonly book: FindingBook;
  readonly table: FoldTable;
  readonly fingerprintKeyId: string;
  /** What looked like a secret and was none, by rule and reason: `SEC-11 placeholder`. */
  readonly refusedSecrets: ReadonlyMap<string, number>;
}

/** Problems listed one by one; the rest is in the counts. */
const MAX_PROBLEMS = 100;

/** A fold of this run: windows before `closed` take no more records, those before `judged` have been judged for good. */
interface Running {
  readonly fold: AnyFold;
  readonly windowMs: number;
  readonly rows: FoldRows;
  closed: number;
  judged: number;
  /** Windows before it were dropped. */
  keptFrom: number;
}

export function createPipeline(options: PipelineOptions): Pipeline {
  const { detectors, settings, state } = options;
  const keyId = fingerprintKeyId(options.fingerprintKey);
  requireSameKey(state, keyId);
  const folds = [...new Set(detectors.flatMap((detector) => detector.folds))];
  const rules = new Map<AnyFold, Detector>();
  for (const detector of detectors) for (const fold of detector.folds) rules.set(fold, detector);
  migrateFolds(state, folds);

  const table = createFoldTable(state);
  const claims = options.claims ?? createEventClaims(state);
  const corrections = new Map<string, Set<string>>();
  for (const [eventId, locators] of JSON.parse(state.readValue('corrections') ?? '[]') as [
    string,
    string[],
  ][]) {
    corrections.set(eventId, new Set(locators));
  }
  const book = createFindingBook(keyId, (eventId) => [...(corrections.get(eventId) ?? [])]);
  const seed = hashSeed(options.fingerprintKey);
  const refusedSecrets = new Map<string, number>();
  const context: ObserveContext = {
    settings,
    fingerprint: createFingerprint(options.fingerprintKey),
    hashSeed: seed,
    tally: refusedSecrets,
    awsRange: (address) => options.awsRanges.lookup(address),
    get recordNumber() {
      return counts.judged;
    },
  };
  const counts = newRecordCounts();
  const problems: Problem[] = [];
  let problemCount = 0;
  const contestedNow = new Set<string>();
  const waiting = createWaitingCopies();
  const accounts = wanted(options.accounts);
  const regions = wanted(options.regions);
  const fromMs = options.fromMs ?? -Infinity;
  const toMs = options.toMs ?? Infinity;
  let closedStampMs = Number(state.readValue('closed-stamp') ?? Number.NEGATIVE_INFINITY);
  // Those that every call may add to come first, since they are looked for from the beginning.
  const ordered = [...detectors].sort((a, b) => Number(looksAtEveryCall(b)) - Number(looksAtEveryCall(a)));
  const running: readonly Running[] = [...new Set(ordered.flatMap((detector) => detector.folds))].map(
    (fold) => ({
      fold,
      windowMs: fold.windowMs,
      rows: table.rows(fold),
      closed: windowsClosedAt(fold, closedStampMs),
      judged: judgedUntil(fold, closedStampMs),
      keptFrom: Number.NEGATIVE_INFINITY,
    }),
  );

  function runningOf(fold: AnyFold): Running {
    for (const one of running) if (one.fold === fold) return one;
    throw new RangeError(`fold ${fold.name} belongs to no detector`);
  }

  restoreBook(state, book);

  // --- observing -------------------------------------------------------------------------------------------------

  const show = createShowing([...detectors, ...(options.observers ?? [])]);
  const ownSessions = settings.ownResources.length === 0 ? null : new Set(settings.ownResources);
  let lateRecord = false;

  const output: Output = {
    add(fold, key, record, observation, timeMs = record.timeMs) {
      const { windowMs, closed, rows } = runningOf(fold as AnyFold);
      const window = Math.floor(timeMs / windowMs);
      // Both by the object's own stamp and by what is closed already: the first makes live and replay equal, the second keeps a
      // resumed state from judging a closed window again with a part of its records.
      if (record.deliveredMs >= (window + 1) * windowMs + LATENESS_MS || window < closed) {
        lateRecord = true;
        return false;
      }
      rows.add(key, window, observation);
      return true;
    },
  };

  function judge(record: AnyRecord): void {
    counts.judged++;

    if (record.timeMs < counts.firstMs) counts.firstMs = record.timeMs;
    if (record.timeMs > counts.lastMs) counts.lastMs = record.timeMs;
    lateRecord = false;
    if (record.kind === 'call') {
      counts.calls++;
      if (ownSessions?.has(record.sessionName)) counts.ownCalls++;
      show.call(record, output, context);
    } else if (record.kind === 'flow') {
      counts.flows++;
      show.flow(record, output, context);
    } else {
      counts.lines++;
      show.line(record, output, context);
    }
    if (lateRecord) counts.late++;
  }

  // --- one event, once (docs/decisions/0002, contract 1) ---------------------------------------------------------

  const identity = new Uint32Array(4);

  function take(record: AnyRecord, facts: ObjectFacts, into: ObjectCounts): void {
    if (record.timeMs < fromMs || record.timeMs >= toMs) return skip('outside-time-range', into);
    if (!isWanted(record)) return skip('outside-account-or-region', into);
    if (options.leaveOutOwnCalls === true && record.kind === 'call' && ownSessions?.has(record.sessionName))
      return skip('own-call', into);
    record.identityHash(identity);
    const page = record.kind === 'line' ? record.claimPage : Math.floor(record.timeMs / CLAIM_PAGE_MS);
    if (record.kind !== 'call') {
      if (claims.claim(record.kind, page, identity, 0) === 'new') judgeHere(record, into);
      else duplicate(into);
      return;
    }
    if (options.contested?.has(hexOf(identity))) {
      return hold(`id ${hexOf(identity)}`, canonicalRank(record), record, facts, into);
    }
    const claim = claims.claim('call', page, identity, record.checksum());
    if (claim !== 'new') {
      if (claim === 'conflict' && options.contested === undefined) contestedNow.add(hexOf(identity));
      duplicate(into);
      if (claim === 'conflict') counts.conflicts++;
      return;
    }
    const shared = options.foldCopies === true ? '' : record.sharedEventId;
    if (shared !== '' && isCopy(record)) {
      return hold(`shared ${shared}`, record.recipientAccount, record, facts, into);
    }
    // A service's own event is told to every account that it concerns: nobody's call, and no copy of one.
    if (shared !== '' && record.principalType !== 'AWSService' && !claimShared(shared, page))
      return duplicate(into);
    judgeHere(record, into);
  }

  function judgeHere(record: AnyRecord, into: ObjectCounts): void {
    into.judged++;
    judge(record);
  }

  /** True for the first call of a shared event that is folded. */
  function claimShared(shared: string, page: number): boolean {
    const lanes = new Uint32Array(4);
    identityOf(shared, lanes);
    return claims.claim('shared', page, lanes, 0) === 'new';
  }

  /** Judges what waited, as far as nothing better can come for it: everything older than `beforeMs`. */
  function release(beforeMs: EpochMs): void {
    for (const held of waiting.takeBefore(beforeMs)) {
      const sink: RecordSink = {
        record(record) {
          const call = record as CallRecord;
          if (
            held.name.startsWith('shared ') &&
            !claimShared(call.sharedEventId, Math.floor(call.timeMs / CLAIM_PAGE_MS))
          ) {
            counts.duplicates++;
            return;
          }
          judge(call);
        },
        skipped() {},
        unreadable() {},
      };
      createCloudTrailReader(held.facts, sink, undefined, held.ordinal).push(
        held.bytes,
        held.bytes.length,
        true,
      );
    }
  }

  function isWanted(record: AnyRecord): boolean {
    if (accounts !== null && !accounts.has(record.account)) {
      if (record.kind !== 'call' || !accounts.has(record.recipientAccount)) return false;
    }
    return regions === null || record.region === '' || regions.has(record.region);
  }

  function skip(reason: string, into: ObjectCounts): void {
    increment(counts.skipped, reason);
    increment(into.skipped, reason);
  }

  function duplicate(into: ObjectCounts): void {
    counts.duplicates++;
    into.duplicates++;
  }

  function hold(name: string, rank: string, call: CallRecord, facts: ObjectFacts, into: ObjectCounts): void {
    const verdict = waiting.hold(name, rank, call, facts);
    if (verdict === 'first' || verdict === 'better') into.waiting++;
    else into.duplicates++;
    if (verdict === 'first') return overflow();
    counts.duplicates++;
    if (verdict !== 'equal' && name.startsWith('id ')) counts.conflicts++;
  }

  function overflow(): void {
    const untilMs = waiting.overflowMs();
    if (untilMs !== null) release(untilMs);
  }

  function correction(originalEventId: string, locator: string): void {
    const known = corrections.get(originalEventId);
    if (known !== undefined) known.add(locator);
    else if (corrections.size < MAX_CORRECTIONS) corrections.set(originalEventId, new Set([locator]));
  }

  // --- judging ---------------------------------------------------------------------------------------------------

  const judgeContext: JudgeContext = {
    settings,
    read<S>(fold: Fold<never, S>, key: string, window: number): S | null {
      return (table.window(fold as AnyFold, window).get(key) as S | undefined) ?? null;
    },
  };

  function judgeWindow(fold: AnyFold, window: number, provisional: boolean): void {
    const rule = rules.get(fold)!.meta;
    const summaries = table.window(fold, window);
    for (const key of [...summaries.keys()].sort()) {
      const drafts: readonly Draft[] = fold.judge!(key, window, summaries.get(key), judgeContext);
      const booked: BookedDraft[] = drafts.map((draft) => ({ rule, draft, provisional }));
      book.put(`${fold.name}|${window}|${key}`, booked);
      options.onJudged?.(fold, key, window, judgeContext);
    }
  }

  function tell(): void {
    for (const finding of book.changes()) options.onFinding?.(finding);
  }

  function closeWindows(stampMs: EpochMs): void {
    for (const fold of folds) {
      const until = runningOf(fold);
      const judged = Math.max(until.judged, judgedUntil(fold, stampMs));
      if (fold.judge !== undefined && judged > until.judged) {
        for (const window of table.windows(fold)) {
          if (window >= until.judged && window < judged) judgeWindow(fold, window, false);
        }
      }
      until.judged = judged;
      until.closed = Math.max(until.closed, windowsClosedAt(fold, stampMs));
    }
    for (const fold of folds) {
      const keepFrom = windowsClosedAt(fold, stampMs - keptMs(fold));
      const until = runningOf(fold);
      // Nothing is added to a window that is closed, and so none before it is there again.
      if (keepFrom <= until.keptFrom) continue;
      for (const window of table.windows(fold)) if (window < keepFrom) table.drop(fold, window);
      until.keptFrom = keepFrom;
    }
    closedStampMs = Math.max(closedStampMs, stampMs);
  }

  /** Closes window after window as if stamps went on: what is judged is let go before the next day is brought back from the state. */
  function closeAll(): void {
    const days = new Set<number>();
    for (const fold of folds) {
      for (const window of table.windows(fold)) days.add(Math.ceil(((window + 1) * fold.windowMs) / DAY_MS));
    }
    const last = Math.max(...folds.map((fold) => fold.judgeDelayMs ?? 0));
    for (const day of [...days].sort((a, b) => a - b)) closeWindows(day * DAY_MS + LATENESS_MS);
    if (days.size > 0) closeWindows(Math.max(...days) * DAY_MS + LATENESS_MS + last);
  }

  // --- the interface ---------------------------------------------------------------------------------------------

  const pipeline: Pipeline = {
    openObject(facts) {
      const own = newObjectCounts();
      const sink: RecordSink = {
        record(record) {
          counts.total++;
          own.total++;
          take(record, facts, own);
        },
        skipped(reason) {
          counts.total++;
          own.total++;
          skip(reason, own);
        },
        unreadable(reason, ordinal, detail) {
          counts.total++;
          own.total++;
          increment(counts.unreadable, reason);
          increment(own.unreadable, reason);
          problemCount++;
          if (problems.length < MAX_PROBLEMS)
            problems.push({ where: `${facts.name}#${ordinal}`, reason, detail });
        },
        correction,
      };
      return { sink, done: () => own };
    },
    advance(stampMs) {
      // Stamps come in their thousands, windows end by the hour.
      if (!(stampMs >= closedStampMs + CLOSING_STEP_MS)) return;
      release(stampMs - LATENESS_MS);
      closeWindows(stampMs);
      tell();
    },
    finish() {
      release(Number.POSITIVE_INFINITY);
      if (!state.durable) closeAll();
      for (const fold of folds) {
        if (fold.judge === undefined) continue;
        const { judged } = runningOf(fold);
        for (const window of table.windows(fold)) {
          if (window < judged) continue;
          judgeWindow(fold, window, state.durable);
          table.relieve();
        }
      }
      if (corrections.size > 0) book.recheck();
      tell();
    },
    settle() {
      release(Number.POSITIVE_INFINITY);
    },
    takeWaiting: () => waiting.takeBefore(Number.POSITIVE_INFINITY),
    corrections,
    mergeFrom(other) {
      table.mergeFrom(other.table, folds);
      for (const one of running) one.keptFrom = Number.NEGATIVE_INFINITY;
      for (const [eventId, locators] of other.corrections)
        for (const locator of locators) correction(eventId, locator);
    },
    checkpoint() {
      table.spill();
      claims.save();
      state.writeValue('closed-stamp', String(closedStampMs));
      state.writeValue(
        'corrections',
        JSON.stringify([...corrections].map(([id, locators]) => [id, [...locators]])),
      );
      state.replaceParts(
        [...book.entries()].map(({ part, findingId, booked }) => ({
          part,
          findingId,
          json: JSON.stringify(booked),
        })),
      );
      state.checkpoint();
    },
    counts,
    problems,
    get problemCount() {
      return problemCount;
    },
    contested: () => new Set([...contestedNow, ...claims.claimedInSeveralPages('call')]),
    book,
    table,
    fingerprintKeyId: keyId,
    refusedSecrets,
  };
  return pipeline;
}

/** What earlier runs said, part by part, so that this one revises it instead of saying it again. */
function restoreBook(state: State, book: FindingBook): void {
  const parts = new Map<string, BookedDraft[]>();
  for (const { part, json } of state.readParts()) {
    const list = parts.get(part) ?? [];
    list.push(JSON.parse(json) as BookedDraft);
    parts.set(part, list);
  }
  for (const [part, drafts] of parts) book.put(part, drafts);
  book.changes();
}

/** The first window of a fold that records with delivery stamps from `stampMs` on can still reach. */
export function windowsClosedAt(fold: AnyFold, stampMs: EpochMs): number {
  return Math.floor((stampMs - LATENESS_MS) / fold.windowMs);
}

/** The first window that is not to be judged at `stampMs`: closed, and closed long enough for what it reads. */
export function judgedUntil(fold: AnyFold, stampMs: EpochMs): number {
  return windowsClosedAt(fold, stampMs - (fold.judgeDelayMs ?? 0));
}

/** Summaries stay for the judgement of their neighbours and of those who read them. */
export function keptMs(fold: AnyFold): number {
  return Math.max(fold.keepMs ?? 0, fold.windowMs) + (fold.judgeDelayMs ?? 0);
}

/** The copy of a call in the trail of another account than the caller's (a service is nobody's account). */
function isCopy(call: CallRecord): boolean {
  return call.recipientAccount !== '' && call.account !== call.recipientAccount;
}

function wanted(values: readonly string[] | undefined): ReadonlySet<string> | null {
  return values === undefined || values.length === 0 ? null : new Set(values);
}

function looksAtEveryCall({ needs }: Detector): boolean {
  return needs.calls?.includes('*') === true && needs.callText === undefined;
}

function requireSameKey(state: State, keyId: string): void {
  const stored = state.readValue('fingerprint-key-id');
  if (stored === null) return state.writeValue('fingerprint-key-id', keyId);
  if (stored === keyId) return;
  throw new WiretrailError(
    'E_STATE_KEY',
    '--state',
    `was made with another fingerprint key (${stored}, not ${keyId})`,
    'Give the key that made it (--fingerprint-key), or begin a new state file.',
  );
}

/** Summaries that an older wiretrail wrote, in the form of today: at once, so that nobody who reads them need know of it. */
function migrateFolds(state: State, folds: readonly AnyFold[]): void {
  for (const fold of folds) {
    const name = `fold ${fold.name}`;
    const stored = state.readValue(name);
    const version = Number(stored);
    if (stored !== null && version > fold.version) {
      throw new WiretrailError(
        'E_STATE_NEWER',
        '--state',
        `holds ${fold.name} in version ${stored}; this wiretrail knows ${fold.version}`,
        'Use the wiretrail that wrote it, or begin a new state file.',
      );
    }
    if (stored !== null && version === fold.version) continue;
    for (const window of stored === null ? [] : state.summaryWindows(fold.name)) {
      const rows = [...state.readSummaries(fold.name, window)];
      state.dropSummaries(fold.name, window);
      state.appendSummaries(
        fold.name,
        window,
        rows.map(([key, json]) => [key, JSON.stringify(fold.migrate!(JSON.parse(json), version))] as const),
      );
    }
    state.writeValue(name, String(fold.version));
  }
}
