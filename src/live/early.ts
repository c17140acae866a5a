// What an event shows before any batch has brought it: EventBridge is minutes ahead of the archive. It is judged on top of the summaries
// as they are, and never joins them: once its batch has come, what was said early goes.

import { SEVERITIES } from '../findings/finding.ts';
import { type BookedDraft, bookById } from '../findings/finding-book.ts';
import { claimedEvents, pageName } from './claims.ts';
import type { LiveContext } from './context.ts';
import {
  dropEarly,
  type EarlyMark,
  type EarlyPart,
  factsOfRule,
  markName,
  type PutResult,
  putEarly,
  readFindings,
} from './findings-store.ts';
import { judgeAll, type LoadSummaries } from './judging.ts';
import { addressName, loadSummaries, type SummaryAddress } from './merge-summaries.ts';
import type { SummaryRow } from './summary-rows.ts';

export interface EarlyNews {
  readonly rows: readonly SummaryRow[];
  /** How batches will claim these events. */
  readonly marks: readonly EarlyMark[];
  /** As `ReadBatch.log`; null for what EventBridge brings: only AWS sends events of its services. */
  readonly log: string | null;
}

/** Marks of one early part: the rest of a long list says nothing more. */
const MAX_MARKS = 16;
const NOTHING: PutResult = { touched: new Set(), complete: true };

/**
 * Touched is everything that these events say and that stands, new or not: an invocation that died may have kept it and told nobody, and
 * the one that comes after it finds nothing new.
 */
export async function judgeEarly(context: LiveContext, news: EarlyNews): Promise<PutResult> {
  const marks = news.marks.slice(0, MAX_MARKS);
  const wereClaimed = await areClaimed(context, marks);
  const addresses = new Map(news.rows.map((row) => [addressName(row), row]));
  const judged = await judgeAll([...addresses.values()], withRows(context, news.rows), context.settings);
  const said = judged.flatMap((judgement) => {
    const rule = factsOfRule(context.ruleOf.get(judgement.fold)!);
    const drafts = judgement.drafts.map((draft) => ({ rule, draft, provisional: true }));
    return [...bookById(drafts)].map(([id, booked]) => ({ id, address: judgement, booked }));
  });
  const known = await readFindings(
    context.items,
    said.map(({ id }) => id),
  );
  const names = new Set(marks.map(markName));
  if (wereClaimed) {
    // An invocation that died may have left something. The rest is told by whoever brings the batch.
    const left = [...known].filter(([, { early }]) => early.some((one) => isOf(one, names)));
    return left.length === 0
      ? NOTHING
      : dropEarly(
          context,
          left.map(([id]) => id),
          names,
        );
  }
  const standing = [...known].filter(([, { told }]) => told !== null && told.status !== 'withdrawn');
  const touched = new Set(standing.map(([id]) => id));
  const worth = said.filter(({ id, booked }) => isWorse(booked, known.get(id)?.told ?? null));
  if (worth.length === 0) return { touched, complete: true };
  const put = await putEarly(
    context,
    worth.map(({ address, booked }) => ({
      address,
      early: { part: addressName(address), marks, booked } satisfies EarlyPart,
    })),
    news.log,
  );
  for (const id of put.touched) touched.add(id);
  // Its batch may have come in between, and found nothing to take back yet.
  if (!(await areClaimed(context, marks))) return { touched, complete: put.complete };
  const dropped = await dropEarly(context, put.touched, names);
  return { touched, complete: put.complete && dropped.complete };
}

/** Marks among these that a batch has claimed by now, as `markName`. */
export async function claimedMarks(
  context: LiveContext,
  marks: Iterable<EarlyMark>,
): Promise<ReadonlySet<string>> {
  const pages = Map.groupBy(marks, ({ kind, page }) => pageName(kind, page));
  const claimed = await claimedEvents(
    context,
    [...pages.values()].map((group) => ({
      kind: group[0]!.kind,
      page: group[0]!.page,
      identities: group.map(({ identity }) => identity),
    })),
  );
  return new Set(
    [...claimed].flatMap(([name, identities]) => [...identities].map((one) => `${name}|${one}`)),
  );
}

async function areClaimed(context: LiveContext, marks: readonly EarlyMark[]): Promise<boolean> {
  const claimed = await claimedMarks(context, marks);
  return marks.every((mark) => claimed.has(markName(mark)));
}

/** Summaries as they would be with these rows. */
function withRows({ items }: LiveContext, rows: readonly SummaryRow[]): LoadSummaries {
  const extra = Map.groupBy(rows, addressName);
  return async (addresses: readonly SummaryAddress[]) => {
    const loaded = await loadSummaries(items, addresses);
    for (const address of addresses) {
      const name = addressName(address);
      const { fold } = address;
      for (const { json } of extra.get(name) ?? []) {
        const known = loaded.get(name);
        const value: unknown = JSON.parse(json);
        const row = fold.fromJson ? fold.fromJson(value) : value;
        const summary = known === undefined ? row : fold.merge(known.summary, row);
        loaded.set(name, { summary, basis: known?.basis ?? 0 });
      }
    }
    return loaded;
  };
}

function isOf({ marks }: EarlyPart, names: ReadonlySet<string>): boolean {
  return marks.every((mark) => names.has(markName(mark)));
}

function isWorse({ draft }: BookedDraft, told: { status: string; severity: string } | null): boolean {
  if (told === null || told.status === 'withdrawn') return true;
  const severities: readonly string[] = SEVERITIES;
  return severities.indexOf(draft.severity) < severities.indexOf(told.severity);
}
