// The digest of a day, which is the heartbeat too: written once the day is over, whether there is anything to say or not.

import type { Alerts } from '../alerts/alerts.ts';
import { type DigestInput, type FindingCounts, renderDigest } from '../alerts/digest.ts';
import type { Finding } from '../findings/finding.ts';
import { applySuppressions, type Suppressions } from '../findings/suppressions.ts';
import { blindRules } from '../replay/blind-rules.ts';
import { DAY_MS, type LiveContext } from './context.ts';
import { dailyCounts } from './daily-counts.ts';
import { cappedLogs } from './finding-cap.ts';
import { readFindings } from './findings-store.ts';
import { itemName } from './items.ts';
import { type ToldEntry, toldOnDay } from './tell-findings.ts';
import { updateAll } from './updates.ts';
import { lastTrailObjectMs } from './windows.ts';

const WRITTEN = { partition: 'value', sort: 'digest' };
/** Findings that are read for the lists of one digest; their counts have all. */
const MAX_READ = 2_000;

/**
 * Writes the digest of yesterday (UTC), unless it was written. A crash between sending and noting it sends it again. On the first day of a
 * monitor there is no yesterday, and nothing is written. One run at a time: `withLease` sees to it. True when it was sent.
 */
export async function writeDigest(
  context: LiveContext,
  alerts: Pick<Alerts, 'sendDigest'>,
  suppressions: Suppressions,
): Promise<boolean> {
  const nowMs = context.clock.nowMs();
  const todayMs = Math.floor(nowMs / DAY_MS) * DAY_MS;
  const item = (await context.items.read([WRITTEN])).get(itemName(WRITTEN));
  const writtenMs = item === undefined ? null : (JSON.parse(item.content.toString('utf8')) as number);
  if (writtenMs !== null && writtenMs >= todayMs) return false;
  if (writtenMs !== null) {
    // After days without a run only the last one is told: the others were told by the alarms.
    const input = await digestInput(context, suppressions, todayMs - DAY_MS);
    await alerts.sendDigest(renderDigest(input));
  }
  await updateAll(context, [todayMs], {
    keyOf: () => WRITTEN,
    step: (day) => ({ content: JSON.stringify(day), expiresAtMs: null }),
  });
  return writtenMs !== null;
}

async function digestInput(
  context: LiveContext,
  suppressions: Suppressions,
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
    suppressions: applySuppressions(suppressions, suppressed, context.clock.nowMs()).uses,
    blind: blindRules(context.detectors, counts.kinds),
    capped: (await cappedLogs(items, dayMs)).map(({ log, severity, capped }) => ({ log, severity, capped })),
    read: counts,
    lastTrailObjectMs: await lastTrailObjectMs(items),
  };
}

function findingCounts(entries: readonly ToldEntry[]): FindingCounts {
  const of = (outcome: ToldEntry['outcome']): number =>
    entries.filter((entry) => entry.outcome === outcome).length;
  const counts = {
    alerted: of('alerted'),
    digested: of('digested'),
    belowMinimum: of('below-minimum'),
    suppressed: of('suppressed'),
    failed: of('failed'),
  };
  return { total: entries.length - of('withdrawn'), ...counts };
}

async function findingsOf(context: LiveContext, entries: readonly ToldEntry[]): Promise<Finding[]> {
  const ids = entries.slice(0, MAX_READ).map(({ findingId }) => findingId);
  const found = await readFindings(context.items, ids);
  return [...found.values()].flatMap(({ told }) => (told === null ? [] : [told]));
}
