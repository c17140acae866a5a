// Findings in the live state. A finding is made of parts (fold, window and key of the summary that said it); a part that is judged again
// replaces what it said before, and the finding is completed anew: a higher revision, or withdrawn.
//
//   part|FOLD|WINDOW / key    which findings a part ever said: when it is judged again, those that it says no more lose it
//   finding|x / id            the finding, its parts, and what people were told of it
//
// A part is noted before the findings that it says: after a crash in between the next judgement still knows which findings to look at.

import type { SentNotice } from '../alerts/notice.ts';
import type { AnyFold } from '../detectors/detector.ts';
import { type Finding, SEVERITIES, type Severity } from '../findings/finding.ts';
import { type BookedDraft, bookById, completeBooked } from '../findings/finding-book.ts';
import { type FindingRule, findingId } from '../findings/score.ts';
import type { ItemKey } from '../state/live-state.ts';
import { findingExpiry, type LiveContext } from './context.ts';
import { correctDrafts } from './corrections.ts';
import { type Candidate, candidateName, capFindings } from './finding-cap.ts';
import { inParallel } from './in-parallel.ts';
import { type Item, type Items, itemName, sortOf } from './items.ts';
import type { Judgement } from './judging.ts';
import { addressName, type SummaryAddress } from './merge-summaries.ts';
import { updateAll } from './updates.ts';

/** An event that was judged by itself before any batch brought it: a claim that is not made yet. */
export interface EarlyMark {
  readonly kind: string;
  readonly page: number;
  readonly identity: string;
}

export interface EarlyPart {
  readonly part: string;
  readonly marks: readonly EarlyMark[];
  readonly booked: BookedDraft;
}

interface FindingPart {
  /** Judged for good: a provisional judgement that was under way comes too late. */
  readonly final: boolean;
  /** `LoadedSummary.basis`: of two judgements the one that saw more counts. */
  readonly basis: number;
  /** Null: the part says this finding no more. */
  readonly booked: BookedDraft | null;
}

/** Who is about to tell people of a finding, and until when nobody else may. */
export interface Sending {
  readonly by: string;
  readonly untilMs: number;
}

export interface StoredFinding {
  readonly parts: Readonly<Record<string, FindingPart>>;
  readonly early: readonly EarlyPart[];
  /** As it stands; null before the first part. */
  readonly told: Finding | null;
  /** Ids of the findings of the same identity one window earlier and one later. */
  readonly beside: readonly string[];
  readonly sent: SentNotice | null;
  readonly sending: Sending | null;
}

/** What a part says now. */
export interface PartVerdict extends Judgement {
  readonly final: boolean;
  /**
   * What the judged records came in: the name of a log, whose new findings are bounded; null where AWS wrote and delivered some of them;
   * '' where nothing came and a window closes.
   */
  readonly log: string | null;
}

export interface PutResult {
  /** Findings that a part says or said, changed or not: what is to be told of them is decided again. */
  readonly touched: ReadonlySet<string>;
  /** False when something could not be written: the batch must come again. */
  readonly complete: boolean;
}

/** Pieces of early news kept of one finding: each only fills the minutes until the archive has the event. */
const MAX_EARLY = 8;

interface StoredPart {
  readonly key: string;
  readonly findings: readonly string[];
  /** Findings that were not raised, because their log had raised too many. They are when AWS delivers something of them, or a log has room. */
  readonly capped: readonly string[];
  /** The first log that brought something of it; null: AWS delivered some of it since. Not there: AWS alone did. */
  readonly log?: string | null;
}

/**
 * Books what judges said. `claimed`: events that batches have by now, as `markName`; what was said early of them goes with the next
 * judgement of its part.
 */
export async function putVerdicts(
  context: LiveContext,
  verdicts: readonly PartVerdict[],
  claimed: ReadonlySet<string>,
): Promise<PutResult> {
  const known = await context.items.read(verdicts.map(partKey));
  const speaking = verdicts.filter(
    (verdict) => verdict.drafts.length > 0 || known.has(itemName(partKey(verdict))) || isOfLog(verdict.log),
  );
  if (speaking.length === 0) return { touched: new Set(), complete: true };
  const said = await inParallel(speaking, (verdict) => bookedOf(context, verdict));
  const capped = await capFindings(
    context,
    said.flatMap(({ verdict, byId }) => candidatesOf({ address: verdict, log: verdict.log, byId }, known)),
  );
  const parts = await noteParts(
    context,
    said.map(({ verdict, byId }) => ({ address: verdict, ids: [...byId.keys()], log: verdict.log })),
    capped,
  );
  const changes = new Map<string, FindingChange>();
  for (const { verdict, byId } of said) {
    const name = addressName(verdict);
    for (const id of parts.said.get(name)?.findings ?? []) {
      const { final, basis } = verdict;
      changeOf(changes, id).parts[name] = { final, basis, booked: byId.get(id) ?? null };
    }
  }
  const complete = await changeFindings(context, changes.values(), claimed);
  return { touched: new Set(changes.keys()), complete: complete && parts.complete };
}

/** Books what was judged of events that no batch has brought yet. `log`: as that of a `PartVerdict`. */
export async function putEarly(
  context: LiveContext,
  news: readonly { readonly address: SummaryAddress; readonly early: EarlyPart }[],
  log: string | null,
): Promise<PutResult> {
  const known =
    log === null ? NO_ITEMS : await context.items.read(news.map(({ address }) => partKey(address)));
  const capped = await capFindings(
    context,
    news.flatMap(({ address, early: { booked } }) =>
      candidatesOf({ address, log, byId: new Map([[idOf(booked), booked]]) }, known),
    ),
  );
  const parts = await noteParts(
    context,
    news.map(({ address, early }) => ({ address, ids: [idOf(early.booked)], log })),
    capped,
  );
  const changes = new Map<string, FindingChange>();
  for (const { address, early } of news) {
    const id = idOf(early.booked);
    if (parts.said.get(addressName(address))?.findings.includes(id)) changeOf(changes, id).early.push(early);
  }
  const complete = await changeFindings(context, changes.values(), new Set());
  return { touched: new Set(changes.keys()), complete: complete && parts.complete };
}

/** Takes back what was said early of events that batches have by now. */
export async function dropEarly(
  context: LiveContext,
  ids: Iterable<string>,
  claimed: ReadonlySet<string>,
): Promise<PutResult> {
  const changes = Array.from(ids, (id): FindingChange => ({ id, parts: {}, early: [] }));
  const complete = await changeFindings(context, changes, claimed);
  return { touched: new Set(changes.map(({ id }) => id)), complete };
}

export function markName({ kind, page, identity }: EarlyMark): string {
  return `${kind}|${page}|${identity}`;
}

export async function readFindings(
  items: Items,
  ids: readonly string[],
): Promise<Map<string, StoredFinding>> {
  const found = await items.read(ids.map(findingKey));
  const findings = new Map<string, StoredFinding>();
  for (const id of ids) {
    const item = found.get(itemName(findingKey(id)));
    if (item !== undefined) findings.set(id, readStored(item));
  }
  return findings;
}

/** Everything that stands or stood, in no particular order. */
export async function* listFindings(items: Items): AsyncGenerator<StoredFinding> {
  for (const digit of '0123456789abcdef') {
    for await (const item of items.list(`finding|${digit}`)) yield readStored(item);
  }
}

/** Findings that parts of a window ever said, by the part's key; `sort` as that of the key's summary. */
export async function* partsOfWindow(
  items: Items,
  fold: AnyFold,
  window: number,
): AsyncGenerator<{ readonly key: string; readonly sort: string; readonly findings: readonly string[] }> {
  for await (const item of items.list(partPartition(fold, window))) {
    yield { ...readPart(item), sort: item.key.sort };
  }
}

export function findingKey(id: string): ItemKey {
  return { partition: `finding|${id.slice(0, 1)}`, sort: id };
}

export function readStored(item: Item): StoredFinding {
  return JSON.parse(item.content.toString('utf8')) as StoredFinding;
}

// --- parts ---------------------------------------------------------------------------------------------------------

interface Said {
  readonly verdict: PartVerdict;
  readonly byId: ReadonlyMap<string, BookedDraft>;
}

async function bookedOf(context: LiveContext, verdict: PartVerdict): Promise<Said> {
  const rule = factsOfRule(context.ruleOf.get(verdict.fold)!);
  const drafts = await correctDrafts(context.items, verdict.drafts);
  const booked = drafts.map((draft) => ({ rule, draft, provisional: !verdict.final }));
  return { verdict, byId: bookById(booked) };
}

/** What a finding takes of its rule: the rest of a detector's `meta` is text for people. */
export function factsOfRule({ id, name, family, version, identity, compliance }: FindingRule): FindingRule {
  return { id, name, family, version, identity: { windowMs: identity.windowMs }, compliance };
}

/** Findings that a part says and that are not raised yet, where their number is bounded. */
function candidatesOf(
  { address, log, byId }: Omit<Said, 'verdict'> & { address: SummaryAddress; log: string | null },
  known: ReadonlyMap<string, Item>,
): Candidate[] {
  if (log === null) return [];
  const item = known.get(itemName(partKey(address)));
  const { findings, capped, log: first } = item === undefined ? NOTHING_SAID : readPart(item);
  const of = log === '' ? (first ?? null) : log;
  if (of === null) return [];
  return [...byId]
    .filter(([id]) => !findings.includes(id) && !(log === '' && capped.includes(id)))
    .map(([id, { draft }]) => ({ log: of, id, severity: draft.severity, again: capped.includes(id) }));
}

function isOfLog(log: string | null): log is string {
  return log !== null && log !== '';
}

const NO_ITEMS: ReadonlyMap<string, Item> = new Map();
const NOTHING_SAID: Omit<StoredPart, 'key'> = { findings: [], capped: [] };

interface PartNote {
  readonly address: SummaryAddress;
  readonly ids: readonly string[];
  /** As that of a `PartVerdict`. */
  readonly log: string | null;
}

/** Notes which findings parts say, and which logs they are of; `said` is what each ever said, these included. */
async function noteParts(
  context: LiveContext,
  parts: readonly PartNote[],
  cappedNow: ReadonlySet<string>,
): Promise<{ said: ReadonlyMap<string, Omit<StoredPart, 'key'>>; complete: boolean }> {
  const said = new Map<string, Omit<StoredPart, 'key'>>();
  const failed = await updateAll(context, parts, {
    keyOf: ({ address }) => partKey(address),
    step({ address, ids, log }, item) {
      const known = item === null ? NOTHING_SAID : readPart(item);
      const after = partAfter(known, ids, log, cappedNow);
      said.set(addressName(address), after);
      const content = JSON.stringify({ key: address.key, ...after } satisfies StoredPart);
      const before = JSON.stringify({ key: address.key, ...known } satisfies StoredPart);
      return { content: content === before ? null : content, expiresAtMs: findingExpiry(context) };
    },
  });
  return { said, complete: failed.length === 0 };
}

function partAfter(
  known: Omit<StoredPart, 'key'>,
  ids: readonly string[],
  log: string | null,
  cappedNow: ReadonlySet<string>,
): Omit<StoredPart, 'key'> {
  const of = log === '' ? (known.log ?? null) : log;
  const isHeldBack = (id: string): boolean => of !== null && cappedNow.has(candidateName({ log: of, id }));
  // What was held back stays so while nothing new comes.
  const asked = ids.filter(
    (id) => !known.findings.includes(id) && !(log === '' && known.capped.includes(id)),
  );
  const raised = asked.filter((id) => !isHeldBack(id));
  const held = asked.filter((id) => isHeldBack(id) && !known.capped.includes(id));
  const first = isOfLog(log) && known.log === undefined && !hasSaid(known) ? log : known.log;
  const after = log === null && known.log !== undefined ? null : first;
  return {
    findings: [...known.findings, ...raised],
    capped: [...known.capped.filter((id) => !raised.includes(id)), ...held],
    ...(after === undefined ? {} : { log: after }),
  };
}

/** AWS alone brought what it said: otherwise the log would be noted. */
function hasSaid({ findings, capped }: Omit<StoredPart, 'key'>): boolean {
  return findings.length > 0 || capped.length > 0;
}

function partKey({ fold, window, key }: SummaryAddress): ItemKey {
  return { partition: partPartition(fold, window), sort: sortOf(key) };
}

function partPartition(fold: AnyFold, window: number): string {
  return `part|${fold.name}|${window}`;
}

function readPart(item: Item): StoredPart {
  return JSON.parse(item.content.toString('utf8')) as StoredPart;
}

// --- findings ------------------------------------------------------------------------------------------------------

interface FindingChange {
  readonly id: string;
  readonly parts: Record<string, FindingPart>;
  readonly early: EarlyPart[];
}

function changeOf(changes: Map<string, FindingChange>, id: string): FindingChange {
  let change = changes.get(id);
  if (change === undefined) {
    change = { id, parts: {}, early: [] };
    changes.set(id, change);
  }
  return change;
}

async function changeFindings(
  context: LiveContext,
  changes: Iterable<FindingChange>,
  claimed: ReadonlySet<string>,
): Promise<boolean> {
  const news = new Set<string>();
  const failed = await updateAll(context, changes, {
    keyOf: ({ id }) => findingKey(id),
    step(change, item) {
      const before = item === null ? NO_FINDING : readStored(item);
      const after = completed(context, applied(before, change, claimed), change.id);
      if (before.told?.revision !== after.told?.revision) news.add(change.id);
      // A part that was noted before a crash, and says nothing now: there is nothing to withdraw.
      const nothing = item === null && after.told === null;
      const content = JSON.stringify(after);
      const same = nothing || (item !== null && content === JSON.stringify(before));
      return { content: same ? null : content, expiresAtMs: findingExpiry(context) };
    },
  });
  if (news.size > 0) context.count('findings', news.size);
  return failed.length === 0;
}

const NO_FINDING: StoredFinding = {
  parts: {},
  early: [],
  told: null,
  beside: [],
  sent: null,
  sending: null,
};

function applied(before: StoredFinding, change: FindingChange, claimed: ReadonlySet<string>): StoredFinding {
  const parts = { ...before.parts };
  for (const [name, part] of Object.entries(change.parts)) {
    const known = parts[name];
    if (known === undefined && part.booked === null) continue;
    if (known === undefined || !isOlder(part, known)) parts[name] = part;
  }
  const early = [...before.early.filter((one) => !change.early.some((other) => isSameNews(one, other)))];
  early.push(...change.early);
  const unclaimed = early.filter(({ marks }) => marks.some((mark) => !claimed.has(markName(mark))));
  return { ...before, parts, early: unclaimed.slice(0, MAX_EARLY) };
}

function isOlder(a: FindingPart, b: FindingPart): boolean {
  return a.final === b.final ? a.basis < b.basis : !a.final;
}

function isSameNews(a: EarlyPart, b: EarlyPart): boolean {
  return a.part === b.part && JSON.stringify(a.marks) === JSON.stringify(b.marks);
}

/** With the finding that the parts make, a revision further where it changed. */
function completed(context: LiveContext, stored: StoredFinding, id: string): StoredFinding {
  const finding = findingOf(stored, context.fingerprintKeyId);
  const { told } = stored;
  if (finding === null) {
    if (told === null || told.status === 'withdrawn') return stored;
    return { ...stored, told: { ...told, status: 'withdrawn', revision: told.revision + 1 } };
  }
  if (told !== null && JSON.stringify({ ...told, revision: 0 }) === JSON.stringify(finding)) return stored;
  const revision = told === null ? 0 : told.revision + 1;
  return { ...stored, told: { ...finding, revision }, beside: besideOf(stored, id) };
}

/** What batches brought counts; what came early only where it says something worse, or the batches nothing yet. */
function findingOf(stored: StoredFinding, keyId: string): Finding | null {
  const parts = new Map<string, BookedDraft>();
  for (const [name, { booked }] of Object.entries(stored.parts)) if (booked !== null) parts.set(name, booked);
  const finding = parts.size === 0 ? null : completeBooked(parts, keyId);
  const early = stored.early
    .map(({ part, booked }) => completeBooked(new Map([[part, booked]]), keyId))
    .sort((a, b) => rankOf(a.severity) - rankOf(b.severity) || (a.firstSeen < b.firstSeen ? -1 : 1))[0];
  if (early === undefined) return finding;
  return finding === null || rankOf(early.severity) < rankOf(finding.severity) ? early : finding;
}

function rankOf(severity: Severity): number {
  return SEVERITIES.indexOf(severity);
}

/** The same thing in the windows before and after: told once. */
function besideOf(stored: StoredFinding, id: string): string[] {
  const booked =
    Object.values(stored.parts).find((part) => part.booked !== null)?.booked ?? stored.early[0]?.booked;
  if (booked === undefined || booked === null) return [...stored.beside];
  const { rule, draft } = booked;
  const { windowMs } = rule.identity;
  return [-windowMs, windowMs]
    .map((aside) => findingId(rule.id, windowMs, { ...draft, timeMs: draft.timeMs + aside }))
    .filter((other) => other !== id);
}

function idOf({ rule, draft }: BookedDraft): string {
  return findingId(rule.id, rule.identity.windowMs, draft);
}
