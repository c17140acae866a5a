// The digest of a day, which is the heartbeat too: written once the day is over, whether there is anything to say or not.

import type { AlertWays } from '../alerts/alerts.ts';
import { type Digest, type DigestInput, type FindingCounts, renderDigest } from '../alerts/digest.ts';
import { judgeCoverage } from '../coverage/coverage.ts';
import { blindReasons } from '../findings/coverage.ts';
import type { Finding } from '../findings/finding.ts';
import {
  applySuppressions,
  findSuppression,
  type Suppressions,
  type SuppressionUse,
  suppressionEndMs,
} from '../findings/suppressions.ts';
import { WiretrailError } from '../lib/errors.ts';
import { DAY_MS, type LiveContext } from './context.ts';
import { dailyCounts } from './daily-counts.ts';
import { dailyFacts } from './daily-facts.ts';
import { dailyVerdicts } from './daily-verdicts.ts';
import { cappedLogs } from './finding-cap.ts';
import { readFindings } from './findings-store.ts';
import { itemName } from './items.ts';
import { type SlackFailures, sendDigestToSlack } from './slack-outbox.ts';
import { TOLD_KEPT_MS, type ToldEntry, toldOnDay } from './tell-findings.ts';
import { updateAll } from './updates.ts';
import { lastTrailObjectMs } from './windows.ts';

export interface DigestOptions extends SlackFailures {
  readonly alerts: AlertWays;
  readonly suppressions: Suppressions;
  /** Asked before each digest; what is left is written by the next run. */
  readonly hasTime: () => boolean;
}

const WRITTEN = { partition: 'value', sort: 'digest' };
/** Days of which a digest is still written: what was told on the first of them is all there until today is over. */
const MAX_DAYS = TOLD_KEPT_MS / DAY_MS - 1;
/** Findings that are read for each list of one digest; its counts of findings have all, those of suppressions these. */
const MAX_READ = 10_000;
/** What the live engine keeps of them is larger than the findings themselves. */
const READ_AT_ONCE = 500;

/**
 * Writes the digests of the days (UTC) that are over and have none, at most MAX_DAYS of them, the oldest first. A crash between sending
 * and noting it sends it again. On the first day of a monitor there is no yesterday, and nothing is written. One run at a time:
 * `withLease` sees to it. Returns how many the topic has; rejects when it does not take one.
 */
export async function writeDigests(context: LiveContext, options: DigestOptions): Promise<number> {
  const todayMs = Math.floor(context.clock.nowMs() / DAY_MS) * DAY_MS;
  const item = (await context.items.read([WRITTEN])).get(itemName(WRITTEN));
  if (item === undefined) {
    await noteWritten(context, todayMs);
    return 0;
  }
  const writtenMs = JSON.parse(item.content.toString('utf8')) as number;
  let sent = 0;
  const firstMs = Math.max(writtenMs, todayMs - MAX_DAYS * DAY_MS);
  for (let dayMs = firstMs; dayMs < todayMs && options.hasTime(); dayMs += DAY_MS) {
    const digest = await digestOf(context, options, dayMs, dayMs + DAY_MS === todayMs);
    if (digest !== null) {
      await options.alerts.topic.sendDigest(digest);
      sent++;
      const { slack } = options.alerts;
      if (slack !== null) await sendDigestToSlack(context, slack, digest, options);
    }
    await noteWritten(context, dayMs + DAY_MS);
  }
  return sent;
}

async function noteWritten(context: LiveContext, untilMs: number): Promise<void> {
  await updateAll(context, [untilMs], {
    keyOf: () => WRITTEN,
    step: (day) => ({ content: JSON.stringify(day), expiresAtMs: null }),
  });
}

/** Null for an earlier day whose items cannot be read: it keeps the days behind it waiting for nothing. Yesterday's is tried again. */
async function digestOf(
  context: LiveContext,
  options: DigestOptions,
  dayMs: number,
  isYesterday: boolean,
): Promise<Digest | null> {
  try {
    return renderDigest(await digestInput(context, options, dayMs));
  } catch (error) {
    if (isYesterday || !(error instanceof WiretrailError) || error.code !== 'E_STATE_FORMAT') throw error;
    context.count('alerts-failed', 1);
    options.onFailure(`digest|${new Date(dayMs).toISOString().slice(0, 10)}`, error);
    return null;
  }
}

async function digestInput(
  context: LiveContext,
  options: DigestOptions,
  dayMs: number,
): Promise<DigestInput> {
  const { items } = context;
  const entries = await toldOnDay(items, dayMs);
  const counts = await dailyCounts(items, dayMs);
  const suppressed = await findingsOf(
    context,
    entries.filter(({ outcome }) => outcome === 'suppressed'),
  );
  return {
    fromMs: dayMs,
    toMs: dayMs + DAY_MS,
    findings: findingCounts(entries),
    digested: await findingsOf(
      context,
      entries.filter(({ digested }) => digested),
    ),
    suppressed,
    suppressions: await usesOf(context, options.suppressions, { dayMs, entries, suppressed }),
    blind: blindReasons(judgeCoverage(context.detectors, await dailyFacts(items, dayMs))),
    capped: (await cappedLogs(items, dayMs)).map(({ log, severity, capped }) => ({ log, severity, capped })),
    read: counts,
    verdicts: await verdictsOf(context, options, dayMs),
    lastTrailObjectMs: await lastTrailObjectMs(items),
  };
}

/** Null where a summary cannot be read: a digest is the heartbeat, and is written without them. */
async function verdictsOf(
  context: LiveContext,
  { onFailure }: DigestOptions,
  dayMs: number,
): Promise<DigestInput['verdicts']> {
  try {
    return await dailyVerdicts(context, dayMs);
  } catch (error) {
    if (!(error instanceof WiretrailError)) throw error;
    onFailure(`verdicts|${new Date(dayMs).toISOString().slice(0, 10)}`, error);
    return null;
  }
}

/**
 * An entry holds for whole days, so that any time of the day is as good. What the entries suppressed, and what the expired ones would
 * have: that was told.
 */
async function usesOf(
  context: LiveContext,
  suppressions: Suppressions,
  day: {
    readonly dayMs: number;
    readonly entries: readonly ToldEntry[];
    readonly suppressed: readonly Finding[];
  },
): Promise<readonly SuppressionUse[]> {
  const { dayMs, entries, suppressed } = day;
  const anyExpired = suppressions.entries.some((entry) => suppressionEndMs(entry) <= dayMs);
  const told = entries.filter(({ outcome }) => outcome !== 'suppressed' && outcome !== 'withdrawn');
  const missed = await findingsOf(
    context,
    anyExpired ? told : [],
    (finding) => findSuppression(suppressions, finding, dayMs)?.expired === true,
  );
  return applySuppressions(suppressions, [...suppressed, ...missed], dayMs).uses;
}

function findingCounts(entries: readonly ToldEntry[]): FindingCounts {
  const of = (outcome: ToldEntry['outcome']): number =>
    entries.filter((entry) => entry.outcome === outcome).length;
  return {
    alerted: of('alerted'),
    digested: of('digested'),
    belowMinimum: of('below-minimum'),
    suppressed: of('suppressed'),
    failed: of('failed'),
  };
}

async function findingsOf(
  context: LiveContext,
  entries: readonly ToldEntry[],
  isWanted: (finding: Finding) => boolean = () => true,
): Promise<Finding[]> {
  const ids = entries.slice(0, MAX_READ).map(({ findingId }) => findingId);
  const findings: Finding[] = [];
  for (let at = 0; at < ids.length; at += READ_AT_ONCE) {
    const found = await readFindings(context.items, ids.slice(at, at + READ_AT_ONCE));
    for (const { told } of found.values()) if (told !== null && isWanted(told)) findings.push(told);
  }
  return findings;
}
