// Tells people of findings: decided, claimed, sent, marked as sent.
//
//   outbox / id         findings of which an alert is due, or of which nobody had the time to decide: gone when that is done
//   finding|x / id      who is about to send, until when; and what was sent
//   told|DAY / id       what became of each finding on a day, for its digest
//
// Each alert is sent at least once: until it is marked, the outbox has it. At most once where nothing fails between claim and mark: nobody
// else sends while the claim holds, and a claim holds as long as its process can live. What the topic has is told; Slack has an outbox of its own.

import type { Alerts } from '../alerts/alerts.ts';
import {
  decideNotice,
  type Notice,
  type NoticeOutcome,
  type NoticeSettings,
  noticeAfter,
  outcomeOf,
  previousNotice,
  type SentNotice,
} from '../alerts/notice.ts';
import type { Finding } from '../findings/finding.ts';
import { WiretrailError } from '../lib/errors.ts';
import type { ItemKey } from '../state/live-state.ts';
import { DAY_MS, findingExpiry, type LiveContext } from './context.ts';
import { findingKey, readFindings, readStored, type StoredFinding } from './findings-store.ts';
import { type Item, type Items, itemName } from './items.ts';
import { isHeld, newHolder } from './leases.ts';
import { sendToSlack } from './slack-outbox.ts';
import { updateAll } from './updates.ts';

export interface Telling {
  readonly settings: NoticeSettings;
  /** Sends one alert to the topic; rejects when it is not known to be sent. */
  readonly send: (finding: Finding, notice: Notice) => Promise<void>;
  /** Told after the topic, and apart from it; null or left out: nothing goes to Slack. */
  readonly slack?: Alerts | null;
  /** Milliseconds that this process can live from now on. */
  readonly remainingMs: () => number;
  /** An alert that could not be sent: it stays in the outbox. */
  readonly onFailure: (findingId: string, error: unknown) => void;
}

/** What became of a finding on a day. */
export interface ToldEntry {
  readonly findingId: string;
  /** failed: an alert is due, and not known to be sent. withdrawn: it stands no more. */
  readonly outcome: NoticeOutcome | 'failed' | 'withdrawn';
  /** The digest of the day lists it. */
  readonly digested: boolean;
}

const OUTBOX = 'outbox';
/** A claim outlives its process by this much: clocks of two machines differ. */
const CLAIM_MARGIN_MS = 5_000;
/** Time that is left for sending and marking, or nothing is begun. */
const LEAST_REMAINING_MS = 3_000;
/** Time that is left for putting into the outbox what nobody has decided about: thousands of writes, some at once. */
const NOTING_MS = 10_000;
/** Decisions about one finding in a row: each sending may find that there is more news meanwhile. */
const MAX_DECISIONS = 4;
/** The digest of a day is written on the next one, and may be late. */
export const TOLD_KEPT_MS = 14 * DAY_MS;

/**
 * Decides about each finding, and sends what is due. Never rejects for an alert that cannot be sent: the outbox keeps it, and those for
 * which time runs out. Rejects with E_STATE_BUSY when not even that could be written: whatever brought the findings must come again.
 */
export async function tellFindings(
  context: LiveContext,
  telling: Telling,
  ids: Iterable<string>,
): Promise<void> {
  const { notBegun, cameUp } = await tellEach(context, telling, [...ids], () => true);
  await noteLeft(context, [...notBegun, ...cameUp]);
}

/**
 * Alerts whose sender has died, or that could not be sent, and findings that nobody had the time to decide about. `hasTime` is asked
 * before each: what is left stays due.
 */
export async function tellOutbox(
  context: LiveContext,
  telling: Telling,
  hasTime: () => boolean = () => true,
): Promise<void> {
  const ids: string[] = [];
  for await (const { key } of context.items.list(OUTBOX)) ids.push(key.sort);
  const { cameUp } = await tellEach(context, telling, ids, hasTime);
  await noteLeft(context, cameUp);
}

interface Left {
  /** Of those that were given, and what could not be decided for what stands in the state. */
  readonly notBegun: readonly string[];
  /** To be decided about because of what was told. */
  readonly cameUp: readonly string[];
}

async function tellEach(
  context: LiveContext,
  telling: Telling,
  ids: readonly string[],
  hasTime: () => boolean,
): Promise<Left> {
  const decided = new Map<string, number>();
  const cameUp: string[] = [];
  const unreadable: string[] = [];
  let at = 0;
  const isLeft = () => cameUp.length > 0 || at < ids.length;
  while (isLeft() && hasTime() && telling.remainingMs() >= NOTING_MS) {
    const id = cameUp.shift() ?? ids[at++]!;
    const times = (decided.get(id) ?? 0) + 1;
    if (times > MAX_DECISIONS) continue;
    decided.set(id, times);
    try {
      cameUp.push(...(await tellOne(context, telling, id)));
    } catch (error) {
      // It keeps no other one waiting, and stays due.
      if (!(error instanceof WiretrailError) || error.code !== 'E_STATE_FORMAT') throw error;
      context.count('alerts-failed', 1);
      telling.onFailure(id, error);
      unreadable.push(id);
    }
  }
  return { notBegun: [...unreadable, ...ids.slice(at)], cameUp };
}

async function noteLeft(context: LiveContext, ids: readonly string[]): Promise<void> {
  const failed = await noteDue(context, new Set(ids));
  if (failed.length === 0) return;
  const what = `${failed.length} findings could not be put into the outbox`;
  const hint = 'What brought them comes again, and they are decided about then.';
  throw new WiretrailError('E_STATE_BUSY', 'outbox', what, hint);
}

/** Returns the findings that are to be decided about again. */
async function tellOne(context: LiveContext, telling: Telling, id: string): Promise<readonly string[]> {
  const decision = await decide(context, telling, id);
  if (decision === null) return [];
  const { notice, finding, beside } = decision;
  const due = (await context.items.read([outboxKey(id)])).get(itemName(outboxKey(id))) ?? null;
  if (notice.send !== 'alert') {
    const settled = await settle(context, decision);
    if (settled && due !== null) await context.items.remove(due);
    return [];
  }
  await noteToldToday(context, { findingId: id, outcome: 'failed', digested: false });
  // Noted before the claim: whoever holds one now may not know of this news.
  const noted = await noteOneDue(context, id);
  if (telling.remainingMs() < LEAST_REMAINING_MS) return [];
  const holder = newHolder(context);
  const claimed = await claim(context, id, holder, telling.remainingMs() + CLAIM_MARGIN_MS, decision);
  if (claimed === 'held') return [];
  if (claimed === 'changed') return [id];
  try {
    await telling.send(finding, notice);
  } catch (error) {
    context.count('alerts-failed', 1);
    telling.onFailure(id, error);
    await mark(context, id, holder, null);
    return [];
  }
  context.count('alerts', 1);
  const { slack = null } = telling;
  if (slack !== null) await sendToSlack(context, slack, { finding, notice }, telling);
  const marked = await mark(context, id, holder, (own) =>
    noticeAfter(decision.previous ?? own, finding, notice, context.clock.nowMs()),
  );
  if (marked) {
    const outcome = finding.status === 'withdrawn' ? 'withdrawn' : 'alerted';
    await noteToldToday(context, { findingId: id, outcome, digested: false });
  }
  // It stays when somebody noted more news meanwhile.
  if (marked && noted !== null) await context.items.remove(noted);
  // The neighbours of what was taken back may have been silent because of it.
  return notice.why === 'withdrawn' ? [id, ...beside] : [id];
}

interface Decision {
  readonly stored: StoredFinding;
  readonly finding: Finding;
  readonly beside: readonly string[];
  readonly previous: SentNotice | null;
  readonly notice: Notice;
}

/** Null where there is nothing that anybody was ever told. */
async function decide(context: LiveContext, { settings }: Telling, id: string): Promise<Decision | null> {
  const stored = (await readFindings(context.items, [id])).get(id);
  if (stored === undefined || stored.told === null) return null;
  const { told: finding, beside } = stored;
  const others = [...(await readFindings(context.items, beside)).values()];
  const previous = previousNotice(
    id,
    stored.sent,
    others.flatMap(({ sent }) => (sent === null ? [] : [sent])),
  );
  return { stored, finding, beside, previous, notice: decideNotice(previous, finding, settings) };
}

/** Notes what needs no sending. False where the finding has changed meanwhile: whoever changed it decides again. */
async function settle(context: LiveContext, { finding, previous, notice }: Decision): Promise<boolean> {
  const nowMs = context.clock.nowMs();
  const { id } = finding;
  const after = noticeAfter(previous, finding, notice, nowMs);
  const outcome = finding.status === 'withdrawn' ? 'withdrawn' : outcomeOf(notice, after);
  await noteToldToday(context, { findingId: id, outcome, digested: notice.send === 'digest' });
  let settled = true;
  await updateAll(context, [id], {
    keyOf: findingKey,
    step(_id, item) {
      const stored = item === null ? null : readStored(item);
      settled = stored !== null && stored.told?.revision === finding.revision;
      if (!settled || stored === null) return { content: null, expiresAtMs: null };
      const same = JSON.stringify(after) === JSON.stringify(stored.sent);
      return {
        content: same ? null : JSON.stringify({ ...stored, sent: after }),
        expiresAtMs: findingExpiry(context),
      };
    },
  });
  return settled;
}

/** The outbox item as it is now; null when it could not be written. */
async function noteOneDue(context: LiveContext, id: string): Promise<Item | null> {
  const failed = await noteDue(context, [id]);
  const key = outboxKey(id);
  return failed.length > 0 ? null : ((await context.items.read([key])).get(itemName(key)) ?? null);
}

/** Returns those that could not be written. */
function noteDue(context: LiveContext, ids: Iterable<string>): Promise<string[]> {
  return updateAll(context, ids, {
    keyOf: outboxKey,
    // Written anew each time, so that whoever has sent older news does not take it away.
    step: () => ({ content: '{}', expiresAtMs: findingExpiry(context) }),
  });
}

async function claim(
  context: LiveContext,
  id: string,
  by: string,
  forMs: number,
  decision: Decision,
): Promise<'ours' | 'held' | 'changed'> {
  const sentBefore = JSON.stringify(decision.stored.sent);
  let result: 'ours' | 'held' | 'changed' = 'held';
  const failed = await updateAll(context, [id], {
    keyOf: findingKey,
    step(_id, item) {
      const nowMs = context.clock.nowMs();
      const stored = item === null ? null : readStored(item);
      const changed =
        stored?.told?.revision !== decision.finding.revision || JSON.stringify(stored.sent) !== sentBefore;
      // Somebody else may have sent it since it was decided.
      if (stored === null || changed) result = 'changed';
      else if (isHeld(stored.sending, by, nowMs)) result = 'held';
      else {
        result = 'ours';
        const content = JSON.stringify({ ...stored, sending: { by, untilMs: nowMs + forMs } });
        return { content, expiresAtMs: findingExpiry(context) };
      }
      return { content: null, expiresAtMs: null };
    },
  });
  return failed.length > 0 ? 'held' : result;
}

/** Ends the claim, with what was sent (null: nothing was). False when that could not be written: then the claim ends by its time. */
async function mark(
  context: LiveContext,
  id: string,
  by: string,
  sentNow: ((own: SentNotice | null) => SentNotice | null) | null,
): Promise<boolean> {
  const failed = await updateAll(context, [id], {
    keyOf: findingKey,
    step(_id, item) {
      const stored = item === null ? null : readStored(item);
      if (stored === null) return { content: null, expiresAtMs: null };
      const sending = stored.sending?.by === by ? null : stored.sending;
      const sent = sentNow === null ? stored.sent : sentNow(stored.sent);
      return { content: JSON.stringify({ ...stored, sent, sending }), expiresAtMs: findingExpiry(context) };
    },
  });
  return failed.length === 0;
}

async function noteToldToday(context: LiveContext, entry: ToldEntry): Promise<void> {
  const nowMs = context.clock.nowMs();
  await updateAll(context, [entry], {
    keyOf: ({ findingId }) => ({ partition: toldPartition(nowMs), sort: findingId }),
    step(value, item) {
      const known = item === null ? null : (JSON.parse(item.content.toString('utf8')) as ToldEntry);
      // What is for the digest stays in it, whatever is decided later that day.
      const content = JSON.stringify({ ...value, digested: value.digested || known?.digested === true });
      const same = item?.content.toString('utf8') === content;
      return { content: same ? null : content, expiresAtMs: nowMs + TOLD_KEPT_MS };
    },
  });
}

/** What became of findings on the UTC day that begins at `dayMs`. */
export async function toldOnDay(items: Items, dayMs: number): Promise<ToldEntry[]> {
  const entries: ToldEntry[] = [];
  for await (const item of items.list(toldPartition(dayMs))) {
    entries.push(JSON.parse(item.content.toString('utf8')) as ToldEntry);
  }
  return entries;
}

function toldPartition(timeMs: number): string {
  return `told|${new Date(timeMs).toISOString().slice(0, 10)}`;
}

function outboxKey(id: string): ItemKey {
  return { partition: OUTBOX, sort: id };
}
