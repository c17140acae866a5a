// Tells people of findings: decided, claimed, sent, marked as sent.
//
//   outbox / id         findings of which an alert is due: written first, gone when it was sent
//   finding|x / id      who is about to send, until when; and what was sent
//   told|DAY / id       what became of each finding on a day, for its digest
//
// Each alert is sent at least once: until it is marked, the outbox has it. At most once where nothing fails between claim and mark: nobody
// else sends while the claim holds, and a claim holds as long as its process can live.

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
import type { ItemKey } from '../state/live-state.ts';
import { DAY_MS, findingExpiry, type LiveContext } from './context.ts';
import { findingKey, readFindings, readStored, type StoredFinding } from './findings-store.ts';
import { type Item, type Items, itemName } from './items.ts';
import { isHeld, newHolder } from './leases.ts';
import { updateAll } from './updates.ts';

export interface Telling {
  readonly settings: NoticeSettings;
  /** Sends one alert; rejects when it is not known to be sent. */
  readonly send: (finding: Finding, notice: Notice) => Promise<void>;
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
/** Decisions about one finding in a row: each sending may find that there is more news meanwhile. */
const MAX_DECISIONS = 4;
/** The digest of a day is written on the next one, and may be late. */
const TOLD_KEPT_MS = 14 * DAY_MS;

/** Decides about each finding, and sends what is due. Never rejects for an alert that cannot be sent: the outbox keeps it. */
export async function tellFindings(
  context: LiveContext,
  telling: Telling,
  ids: Iterable<string>,
): Promise<void> {
  const waiting = [...ids];
  const decided = new Map<string, number>();
  while (waiting.length > 0) {
    const id = waiting.shift()!;
    const times = (decided.get(id) ?? 0) + 1;
    if (times > MAX_DECISIONS) continue;
    decided.set(id, times);
    for (const next of await tellOne(context, telling, id)) waiting.push(next);
  }
}

/** Alerts whose sender has died, or that could not be sent. */
export async function tellOutbox(context: LiveContext, telling: Telling): Promise<void> {
  const ids: string[] = [];
  for await (const { key } of context.items.list(OUTBOX)) ids.push(key.sort);
  await tellFindings(context, telling, ids);
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
  const noted = await noteDue(context, id);
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
async function noteDue(context: LiveContext, id: string): Promise<Item | null> {
  const key = outboxKey(id);
  const failed = await updateAll(context, [id], {
    keyOf: () => key,
    // Written anew each time, so that whoever has sent older news does not take it away.
    step: () => ({ content: '{}', expiresAtMs: findingExpiry(context) }),
  });
  return failed.length > 0 ? null : ((await context.items.read([key])).get(itemName(key)) ?? null);
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
