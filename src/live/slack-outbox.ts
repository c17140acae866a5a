// What the topic has, and the queue to Slack did not take: tried again there alone, so that nobody gets the e-mail twice. No claim is needed:
// the queue and its reader know what they have had.
//
//   slack-outbox / id            a finding, and why it is told
//   slack-outbox / digest|DAY    a digest

import type { Alerts } from '../alerts/alerts.ts';
import type { Digest } from '../alerts/digest.ts';
import type { Notice } from '../alerts/notice.ts';
import type { Finding } from '../findings/finding.ts';
import { WiretrailError } from '../lib/errors.ts';
import { DAY_MS, type LiveContext } from './context.ts';
import { readFindings } from './findings-store.ts';
import { updateAll } from './updates.ts';

export interface SlackFailures {
  /** Of what could not be sent to the queue, and stays due. */
  readonly onFailure: (what: string, error: unknown) => void;
}

type Due =
  | { readonly kind: 'finding'; readonly notice: Notice }
  | { readonly kind: 'digest'; readonly digest: Digest };

const OUTBOX = 'slack-outbox';
/** What waited for this long is no news any more, and the topic had it: as long as a queue keeps a message at most. */
const KEPT_MS = 14 * DAY_MS;

/** Never rejects for the queue. */
export async function sendToSlack(
  context: LiveContext,
  slack: Alerts,
  told: { readonly finding: Finding; readonly notice: Notice },
  failures: SlackFailures,
): Promise<void> {
  const { finding, notice } = told;
  try {
    await slack.send(finding, notice);
  } catch (error) {
    await sendLater(context, finding.id, { kind: 'finding', notice }, error, failures);
  }
}

/** As `sendToSlack`. */
export async function sendDigestToSlack(
  context: LiveContext,
  slack: Alerts,
  digest: Digest,
  failures: SlackFailures,
): Promise<void> {
  try {
    await slack.sendDigest(digest);
  } catch (error) {
    await sendLater(context, `digest|${digest.day}`, { kind: 'digest', digest }, error, failures);
  }
}

/** What is due, until the queue does not take it either, or `hasTime` (asked before each) is false. */
export async function tellSlackOutbox(
  context: LiveContext,
  slack: Alerts,
  options: SlackFailures & { readonly hasTime: () => boolean },
): Promise<void> {
  for await (const item of context.items.list(OUTBOX)) {
    if (!options.hasTime()) return;
    const { sort } = item.key;
    const due = JSON.parse(item.content.toString('utf8')) as Due;
    try {
      if (due.kind === 'digest') await slack.sendDigest(due.digest);
      else {
        // As it stands by now.
        const finding = (await readFindings(context.items, [sort])).get(sort)?.told ?? null;
        if (finding !== null) await slack.send(finding, due.notice);
      }
    } catch (error) {
      failed(context, sort, error, options);
      // What comes behind it would not be taken either.
      if (error instanceof WiretrailError && error.code === 'E_SLACK_QUEUE') return;
      continue;
    }
    // It stays when newer news were noted meanwhile.
    await context.items.remove(item);
  }
}

/** Where it cannot be noted either, it is on the topic, and the failure is an alarm. */
async function sendLater(
  context: LiveContext,
  sort: string,
  due: Due,
  error: unknown,
  failures: SlackFailures,
): Promise<void> {
  failed(context, sort, error, failures);
  await updateAll(context, [due], {
    keyOf: () => ({ partition: OUTBOX, sort }),
    step: (value) => ({ content: JSON.stringify(value), expiresAtMs: context.clock.nowMs() + KEPT_MS }),
  });
}

function failed(context: LiveContext, what: string, error: unknown, { onFailure }: SlackFailures): void {
  context.count('alerts-failed', 1);
  onFailure(what, error);
}
