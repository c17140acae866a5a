// Reads one batch (an object, or a payload of a subscription) to rows of summaries, with every event claimed for it.
//
// An event counts for the batch that claimed it first, and a batch is folded before its claims are known to hold. Nearly always they
// all do, so it is folded as if; where another batch has some of its events, it is read again without those.

import type { LogFacts } from '../coverage/log-facts.ts';
import { createLogWatcher, noteObject } from '../coverage/watch-logs.ts';
import type { ObjectKind } from '../records/object-key.ts';
import { type EpochMs, UNREADABLE_REASONS } from '../records/record.ts';
import type { RecordCounts } from '../records/record-counts.ts';
import type { PlannedObject } from '../replay/plan.ts';
import type { ReadLine } from '../replay/read-planned.ts';
import { readPlanned } from '../replay/read-planned.ts';
import { createTurns } from '../replay/turns.ts';
import { type Claim, type EventClaims, hexOf } from '../state/event-claims.ts';
import type { BatchId } from './batch.ts';
import { claimEvents, pageName } from './claims.ts';
import { claimExpiry, type LiveContext } from './context.ts';
import type { HeldCopy } from './held-copies.ts';
import type { SummaryAddress } from './merge-summaries.ts';
import { foldingPipeline, foldOneCall, rowsOf, type SummaryRow } from './summary-rows.ts';

export interface ReadBatch {
  readonly id: BatchId;
  /** Log group, or folder of the objects that it came in: whose findings are bounded together. Null: AWS wrote and delivered all of it. */
  readonly log: string | null;
  readonly deliveredMs: EpochMs;
  readonly rows: readonly SummaryRow[];
  /** Summaries that its events would have been in, had no other batch claimed them: AWS says the same as that one now. */
  readonly confirmed: readonly SummaryAddress[];
  /** Claims of this batch, as `markName` of the findings' store. */
  readonly claimed: ReadonlySet<string>;
  readonly copies: readonly HeldCopy[];
  /** Event ids to the locators of their corrections. */
  readonly corrections: ReadonlyMap<string, ReadonlySet<string>>;
  readonly counts: RecordCounts;
  /** What looked like a secret and was none, by rule and reason. */
  readonly refusedSecrets: ReadonlyMap<string, number>;
  /** What it shows of its log, whatever is in it: for the digest of the day. */
  readonly facts: LogFacts;
  readonly line: ReadLine;
}

export type BatchReading =
  | { readonly outcome: 'read'; readonly batch: ReadBatch }
  /** The source failed, or not all events could be claimed: nothing of it counts yet, and it must come again. */
  | { readonly outcome: 'again'; readonly line: ReadLine };

export interface BatchSource {
  readonly id: BatchId;
  /** Log group, or folder of the object. */
  readonly log: string;
  /** Its `open` gives the same bytes each time. */
  readonly planned: PlannedObject;
  /** What the monitor's own functions called is left to the archive: judged here, it would make calls that come here again. */
  readonly leaveOutOwnCalls?: true;
}

/** Times that a batch is read: once as a rule, and once more for events of other batches, and for shared events of others. */
const MAX_READINGS = 8;

export async function readBatch(context: LiveContext, source: BatchSource): Promise<BatchReading> {
  const foreign = new Map<string, Set<string>>();
  let confirmed: readonly SummaryAddress[] = [];
  for (let reading = 1; ; reading++) {
    const claims = createBatchClaims(foreign);
    const watcher = createLogWatcher();
    const pipeline = foldingPipeline(context, claims, {
      leaveOutOwnCalls: source.leaveOutOwnCalls === true,
      observers: [watcher.observer],
    });
    const line = await readPlanned(source.planned, pipeline, context, createTurns());
    if (isSourceError(line)) return { outcome: 'again', line };
    // The call itself first: who owns a shared event must own the call that it was claimed with.
    const calls = await claimSome(context, source.id, claims, (kind) => kind !== 'shared', foreign);
    const shared =
      calls === 'all' && (await claimSome(context, source.id, claims, (kind) => kind === 'shared', foreign));
    if (calls === 'not-all' || shared === 'not-all' || reading >= MAX_READINGS)
      return { outcome: 'again', line };
    const log = isDelivered(source, line) ? null : source.log;
    if (calls === 'some' || shared === 'some') {
      if (log === null && reading === 1) confirmed = rowsOf(context, pipeline).map(addressOf);
      continue;
    }
    const batch: ReadBatch = {
      id: source.id,
      log,
      deliveredMs: source.planned.facts.deliveredMs,
      rows: rowsOf(context, pipeline),
      confirmed,
      claimed: claims.names(),
      copies: pipeline.takeWaiting().map((copy) => ({
        sharedEventId: copy.name.slice('shared '.length),
        rank: copy.rank,
        timeMs: copy.timeMs,
        rows: foldOneCall(context, copy.facts, copy.bytes, copy.ordinal).rows,
      })),
      corrections: pipeline.corrections,
      counts: pipeline.counts,
      refusedSecrets: pipeline.refusedSecrets,
      facts: watcher.facts,
      line,
    };
    noteObject(batch.facts, line.ledger);
    return { outcome: 'read', batch };
  }
}

/** What the services of AWS call the folders that they deliver to, and what they write there. */
const DELIVERED_FORMATS: Partial<Record<ObjectKind, ReadLine['ledger']['format']>> = {
  cloudtrail: 'cloudtrail',
  'cloudtrail-insight': 'cloudtrail',
  'cloudtrail-network': 'cloudtrail',
  'cloudtrail-aggregated': 'cloudtrail',
  vpcflow: 'vpc-flow',
};

/**
 * Whether AWS wrote the records: an object of CloudTrail or of flow logs under the key that the service gives it
 * (src/records/object-key.ts). Whatever else looks like a call or a flow may be a line that somebody wrote into a log.
 */
function isDelivered({ planned: { facts } }: BatchSource, { ledger }: ReadLine): boolean {
  return /(^|\/)AWSLogs\//.test(facts.key) && DELIVERED_FORMATS[facts.kind] === ledger.format;
}

function addressOf({ fold, window, key }: SummaryRow): SummaryAddress {
  return { fold, window, key };
}

/** all: they are this batch's. some: others had some of them, which are in `foreign` now. not-all: the state could not be written. */
async function claimSome(
  context: LiveContext,
  id: BatchId,
  claims: BatchClaims,
  wanted: (kind: string) => boolean,
  foreign: Map<string, Set<string>>,
): Promise<'all' | 'some' | 'not-all'> {
  const pages = claims.pages().filter(({ kind }) => wanted(kind));
  const outcome = await claimEvents(context, id, pages, claimExpiry(context));
  for (const [name, identities] of outcome.foreign) {
    const known = foreign.get(name) ?? new Set();
    foreign.set(name, known);
    for (const identity of identities) known.add(identity);
  }
  if (!outcome.complete) return 'not-all';
  return outcome.foreign.size === 0 ? 'all' : 'some';
}

/** What is wrong lies between us and the object, and will be right another time. */
function isSourceError({ ledger }: ReadLine): boolean {
  if (ledger.status !== 'failed' && ledger.status !== 'partly') return false;
  return !(UNREADABLE_REASONS as readonly string[]).includes(ledger.reason);
}

interface BatchClaims extends EventClaims {
  pages(): { kind: string; page: number; identities: Iterable<string> }[];
  names(): ReadonlySet<string>;
}

/** Claims of one reading: an event of another batch is a duplicate, and so is one that comes twice in this one. */
function createBatchClaims(foreign: ReadonlyMap<string, ReadonlySet<string>>): BatchClaims {
  const pages = new Map<string, { kind: string; page: number; bodies: Map<string, number> }>();
  return {
    claim(kind, page, identity, body): Claim {
      const name = pageName(kind, page);
      const hex = hexOf(identity);
      if (foreign.get(name)?.has(hex)) return 'duplicate';
      let entry = pages.get(name);
      if (entry === undefined) {
        entry = { kind, page, bodies: new Map() };
        pages.set(name, entry);
      }
      const known = entry.bodies.get(hex);
      if (known !== undefined) return known === body ? 'duplicate' : 'conflict';
      entry.bodies.set(hex, body);
      return 'new';
    },
    claimedInSeveralPages: () => new Set(),
    seesSeveralPages: true,
    save() {},
    pages: () =>
      [...pages.values()].map(({ kind, page, bodies }) => ({ kind, page, identities: bodies.keys() })),
    names() {
      const names = new Set<string>();
      for (const [name, { bodies }] of pages)
        for (const identity of bodies.keys()) names.add(`${name}|${identity}`);
      return names;
    },
  };
}
