// Seeded schedules of faults: invocations that run at once, are killed between any two steps, lose answers of the state, and get their
// messages twice. What EventBridge brings comes again after a kill too, and some of it has no copy in the archive. In half of the schedules
// days pass, and what has expired is collected. Whatever happens, the findings in the end are those of a replay, and every alert was sent.

import { setImmediate as nextTurn } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import { decideNotice, type NoticeSettings, previousNotice } from '../../src/alerts/notice.ts';
import { WiretrailError } from '../../src/lib/errors.ts';
import { closeWindows } from '../../src/live/closing.ts';
import type { LiveContext } from '../../src/live/context.ts';
import { listFindings, readFindings } from '../../src/live/findings-store.ts';
import { withLease } from '../../src/live/leases.ts';
import type { BatchSource } from '../../src/live/read-batch.ts';
import { type Telling, tellFindings, tellOutbox } from '../../src/live/tell-findings.ts';
import { createLiveMemoryState } from '../../src/state/live-memory-state.ts';
import type { LiveState } from '../../src/state/live-state.ts';
import { trailRecord } from '../records/trail-records.ts';
import {
  closeAll,
  comparable,
  invoke,
  judgeCall,
  rethrow,
  standingFindings,
  type TestArchive,
  testClock,
  testContext,
} from './live-run.ts';

/** The invocation is over: the machine is gone. */
class Killed extends Error {}

export interface ScheduleResult {
  /** But for those of calls that EventBridge alone brings: what is wrong with them is among the problems. */
  readonly findings: Awaited<ReturnType<typeof standingFindings>>;
  readonly invocations: number;
  readonly killed: number;
  readonly conflicts: number;
  /** In words; empty when all is well. */
  readonly alertProblems: readonly string[];
  /** Items that were collected, and that no finding may miss. */
  readonly expired: number;
  readonly alerts: number;
}

export interface Faults {
  /** Chance of an invocation to be killed at one of its calls, done or not. */
  readonly kill: number;
  /** Chance of an invocation to meet one call that the state does not answer. */
  readonly unanswered: number;
  /** Chance of each write to be done, or not, without an answer. */
  readonly lostWrite: number;
  /** Chance of each alert not to be sent, or not to be known to be. */
  readonly sendFails: number;
}

export const NO_FAULTS: Faults = { kill: 0, unanswered: 0, lostWrite: 0, sendFails: 0 };
export const MANY_FAULTS: Faults = { kill: 0.4, unanswered: 0.2, lostWrite: 0.02, sendFails: 0.1 };

const SETTINGS: NoticeSettings = { alertFrom: 'MEDIUM', digestFrom: 'INFO', suppressedBy: () => null };
/** Time-out of an invocation. */
const LIFE_MS = 60_000;
/** Calls of an invocation behind which no fault strikes any more. */
const LAST_STRIKE = 600;
const MAX_INVOCATIONS = 5_000;
const DAY_MS = 86_400_000;
/** Behind the first records of the archives. */
const NEAR_MS = Date.parse('2026-10-07T00:00:00Z');
/** Days that pass while messages are in the queue: SQS keeps them for 14. */
const MAX_QUEUE_DAYS = 12;
/** An account whose calls no archive brings: what is said of them has nothing to do with anything else. */
const ALONE = '999988887777';

interface Sent {
  readonly id: string;
  readonly revision: number;
  readonly why: string;
  readonly invocation: Invocation;
}

interface Invocation {
  alive: boolean;
  /** Lambda ends it then. */
  readonly deadlineMs: number;
  readonly sent: Set<string>;
}

export async function runSchedule(
  archive: TestArchive,
  seed: number,
  faults: Faults,
): Promise<ScheduleResult> {
  const random = seededRandom(seed);
  const collects = seed % 2 === 0;
  // Near the records, windows close while what is older expires; far behind them, all close at once.
  const clock = { ...(collects ? testClock(NEAR_MS) : testClock()), random };
  const store = createLiveMemoryState();
  const turns: (() => void)[] = [];
  const sent: Sent[] = [];
  /** Findings whose alert may have been sent without anybody knowing. */
  const doubtful = new Set<string>();
  const totals = { invocations: 0, killed: 0, conflicts: 0, expired: 0 };

  /** Which of the calls that are under way goes on is chance. */
  const turn = (): Promise<void> => new Promise((resolve) => turns.push(resolve));

  function contextOf(invocation: Invocation): LiveContext {
    // Early calls more often: there the claims and the first merges are.
    const strikes = (chance: number): number =>
      random() < chance ? Math.floor(random() ** 2 * LAST_STRIKE) : Number.NaN;
    const killAt = strikes(faults.kill);
    const unansweredAt = strikes(faults.unanswered);
    let calls = 0;
    const die = (): never => {
      invocation.alive = false;
      throw new Killed();
    };
    async function call<Result>(run: () => Promise<Result>, isWrite: boolean): Promise<Result> {
      await turn();
      if (!invocation.alive || clock.nowMs() > invocation.deadlineMs) die();
      const number = calls++;
      const done = random() < 0.5;
      if (number === killAt && !done) die();
      const lost = number === unansweredAt || (isWrite && random() < faults.lostWrite);
      const result = lost && !done ? null : await run();
      if (number === killAt) die();
      if (lost) throw new WiretrailError('E_STATE_UNAVAILABLE', 'state', 'does not answer', 'Try again.');
      return result!;
    }
    const state: LiveState = {
      read: (keys) => call(() => store.read(keys), false),
      write: (key, body, version, expiry) => call(() => store.write(key, body, version, expiry), true),
      remove: (key, version) => call(() => store.remove(key, version), true),
      async *list(partition, after) {
        for await (const item of store.list(partition, after)) {
          await call(async () => item, false);
          yield item;
        }
      },
    };
    return testContext({
      state,
      clock,
      settings: archive.settings,
      count(what, by) {
        if (what === 'state-conflicts') totals.conflicts += by;
      },
    });
  }

  function tellingOf(invocation: Invocation): Telling {
    return {
      settings: SETTINGS,
      remainingMs: () => invocation.deadlineMs - clock.nowMs(),
      onFailure: () => {},
      async send(finding, notice) {
        await turn();
        if (!invocation.alive || clock.nowMs() > invocation.deadlineMs) throw new Killed();
        const fails = random() < faults.sendFails;
        if (fails) doubtful.add(finding.id);
        if (!fails || random() < 0.5) {
          sent.push({ id: finding.id, revision: finding.revision, why: notice.why, invocation });
          invocation.sent.add(finding.id);
        }
        if (fails) throw new Error('not known to be sent');
      },
    };
  }

  /** Runs to its end or its death; the messages that must come again. */
  async function run<Message>(
    work: (invocation: Invocation) => Promise<readonly Message[]>,
    messages: readonly Message[],
  ): Promise<readonly Message[]> {
    const invocation: Invocation = { alive: true, deadlineMs: clock.nowMs() + LIFE_MS, sent: new Set() };
    totals.invocations++;
    try {
      return await work(invocation);
    } catch (error) {
      if (!(error instanceof Killed) && !(error instanceof WiretrailError)) throw error;
      totals.killed++;
      for (const id of invocation.sent) doubtful.add(id);
      return messages;
    } finally {
      invocation.alive = false;
    }
  }

  const takeObjects = (sources: readonly BatchSource[]) =>
    run(async (invocation) => {
      const context = contextOf(invocation);
      const { again, touched } = await invoke(context, sources);
      await tellFindings(context, tellingOf(invocation), touched);
      return again;
    }, sources);
  const takeCall = (call: unknown) =>
    run(
      async (invocation) => {
        const context = contextOf(invocation);
        const { touched, complete } = await judgeCall(context, call);
        await tellFindings(context, tellingOf(invocation), touched);
        return complete ? [] : [call];
      },
      [call],
    );
  const closeSome = () =>
    run(async (invocation) => {
      const context = contextOf(invocation);
      const telling = tellingOf(invocation);
      await withLease(context, 'closer', LIFE_MS, async () => {
        const onTouched = (ids: ReadonlySet<string>) => tellFindings(context, telling, ids);
        const hasTime = () => random() < 0.8;
        if (archive.closesOnTheWay) await closeWindows(context, { hasTime, onTouched, onProblem: rethrow });
        await tellOutbox(context, telling);
      });
      return [];
    }, NO_MESSAGES);

  // The queue: every object, some twice, in any order.
  let queue = shuffled([...archive.sources, ...archive.sources.filter(() => random() < 0.2)], random);
  // Calls that EventBridge brings, at least once: those of the archive now and then, those that are nowhere else all of them. Lambda tries
  // an event three times; what fails then is sent back from the on-failure queue.
  let calls = shuffled(callsAlone(archive), random);
  let days = 0;
  const active = new Set<Promise<void>>();
  while (queue.length > 0 || calls.length > 0 || active.size > 0) {
    while (active.size < 3 && (queue.length > 0 || calls.length > 0 || random() < 0.3)) {
      if (totals.invocations > MAX_INVOCATIONS) throw new Error(`seed ${seed}: no end`);
      const isOther = random() < 0.4 || queue.length === 0;
      const group = isOther ? [] : distinct(queue.splice(0, 1 + Math.floor(random() * 5)));
      const known = archive.calls[Math.floor(random() * archive.calls.length)];
      const begin = async (): Promise<void> => {
        // Delivered again when it is not hidden any more, which may be after the claims of the dead are over.
        if (!isOther) {
          const again = await takeObjects(group);
          queue = shuffled([...queue, ...again], random);
        } else if (random() < 0.7) {
          const call = random() < 0.5 ? (calls.pop() ?? known) : known;
          const again = call === undefined ? [] : await takeCall(call);
          // Some come twice although nothing failed.
          const twice = call !== undefined && again.length === 0 && random() < 0.2 ? [call] : [];
          calls = shuffled([...calls, ...again, ...twice], random);
        } else await closeSome();
      };
      const work = begin().then(() => {
        active.delete(work);
        // Whoever is at work when the clock jumps may be dead by its time-out.
        const chance = active.size === 0 ? 0.5 : faults.kill > 0 ? 0.1 : 0;
        if (random() < chance) clock.advance(20 * 60_000 * random());
        if (!collects || random() > 0.1) return;
        const passing = active.size === 0 ? Math.min(3 * random(), MAX_QUEUE_DAYS - days) : 0;
        days += passing;
        clock.advance(passing * DAY_MS);
        totals.expired += store.collectExpired(clock.nowMs());
      });
      active.add(work);
    }
    const before = active.size;
    while (active.size === before && before > 0) {
      turns.splice(Math.floor(random() * turns.length), 1)[0]?.();
      await nextTurn();
    }
  }

  // Nothing fails any more, and all windows close.
  const after: Invocation = { alive: true, deadlineMs: Number.POSITIVE_INFINITY, sent: new Set() };
  const healthy = testContext({ state: store, clock, settings: archive.settings });
  const telling: Telling = {
    ...tellingOf(after),
    send: async (finding, notice) => {
      sent.push({ id: finding.id, revision: finding.revision, why: notice.why, invocation: after });
    },
  };
  for (let day = 0; day < 100; day += collects ? 4 : 100) {
    clock.advance((collects ? 4 : 100) * DAY_MS);
    await closeAll(healthy, (ids) => tellFindings(healthy, telling, ids));
    await tellOutbox(healthy, telling);
    if (collects) totals.expired += store.collectExpired(clock.nowMs());
  }
  const standing = await standingFindings(healthy);
  return {
    findings: standing.filter(({ account }) => account !== ALONE),
    ...totals,
    alerts: sent.length,
    alertProblems: [
      ...(await alertProblems(healthy, sent, doubtful)),
      ...(await problemsOfAlone(
        archive,
        standing.filter(({ account }) => account === ALONE),
      )),
    ],
  };
}

const NO_MESSAGES: readonly BatchSource[] = [];

/** Nothing where the archive has no calls at all. */
function callsAlone({ calls }: TestArchive): unknown[] {
  const first = calls[0] as { eventTime: string } | undefined;
  if (first === undefined) return [];
  const { userIdentity } = trailRecord();
  return [1, 2, 3].map((number) =>
    trailRecord({
      userIdentity: { ...(userIdentity as object), accountId: ALONE },
      recipientAccountId: ALONE,
      eventID: `00000000-2222-4000-8000-${String(number).padStart(12, '0')}`,
      eventTime: first.eventTime,
      eventSource: 'cloudtrail.amazonaws.com',
      eventName: 'StopLogging',
      eventCategory: 'Management',
      readOnly: false,
      requestParameters: { name: `alone-${number}` },
    }),
  );
}

/** Each of them is a provisional finding, as it is when nothing else ever came. */
async function problemsOfAlone(
  archive: TestArchive,
  standing: Awaited<ReturnType<typeof standingFindings>>,
): Promise<string[]> {
  const fresh = testContext({ settings: archive.settings });
  for (const call of callsAlone(archive)) await judgeCall(fresh, call);
  const expected = await standingFindings(fresh);
  if (isDeepStrictEqual(comparable(standing), comparable(expected))) return [];
  return [`of ${expected.length} findings that EventBridge alone saw, ${standing.length} stand, or others`];
}

async function alertProblems(
  context: LiveContext,
  sent: readonly Sent[],
  doubtful: ReadonlySet<string>,
): Promise<string[]> {
  const problems: string[] = [];
  for await (const { key } of context.items.list('outbox')) problems.push(`${key.sort} is still due`);
  const sentIds = new Set(sent.map(({ id }) => id));
  for await (const { told, sent: own, beside, sending } of listFindings(context.items)) {
    if (told === null) continue;
    // A sender that was killed leaves its claim behind, until its time is over.
    if (sending !== null && sending.untilMs > context.clock.nowMs())
      problems.push(`${told.id} is still being sent`);
    const others = [...(await readFindings(context.items, beside)).values()].flatMap((one) => one.sent ?? []);
    const previous = previousNotice(told.id, own, others);
    const notice = decideNotice(previous, told, SETTINGS);
    if (notice.send === 'alert') problems.push(`${told.id} was not told: ${notice.why}`);
    if (previous?.via === 'alert' && !sentIds.has(previous.findingId))
      problems.push(`${previous.findingId} counts as sent and was not`);
  }
  const seen = new Set<string>();
  for (const { id, revision, why } of sent) {
    const name = `${id} revision ${revision} ${why}`;
    if (seen.has(name) && !doubtful.has(id)) problems.push(`${name} was sent twice`);
    seen.add(name);
    if (why === 'first' && !doubtful.has(id)) {
      if (seen.has(`${id} first`)) problems.push(`${id} was told twice for the first time`);
      seen.add(`${id} first`);
    }
  }
  return problems;
}

function distinct(sources: readonly BatchSource[]): BatchSource[] {
  return [...new Map(sources.map((source) => [source.id, source])).values()];
}

function shuffled<T>(list: readonly T[], random: () => number): T[] {
  const copy = [...list];
  for (let at = copy.length - 1; at > 0; at--) {
    const other = Math.floor(random() * (at + 1));
    [copy[at], copy[other]] = [copy[other]!, copy[at]!];
  }
  return copy;
}

/** mulberry32: https://gist.github.com/tommyettinger/46a874533244883189143505d203312c */
export function seededRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
