// The one sender to Slack: takes alerts off the queue and tells each story in one message, which it changes when there is news; where it cannot
// (a webhook), what came together stands in one message. When too much comes at once it is told in a roll-up.

import { SEVERITIES, type Severity } from '../findings/finding.ts';
import { STORY_GAP_MS } from '../findings/stories.ts';
import { WiretrailError } from '../lib/errors.ts';
import { countText } from './inert-text.ts';
import type { SlackApi, SlackPlace } from './slack-api.ts';
import {
  alertBody,
  digestMessage,
  MAX_NEWS,
  MAX_ROLLED_UP,
  type RollUp,
  rollUpMessage,
  type SlackMessage,
  storyLine,
  storyMessage,
} from './slack-blocks.ts';
import {
  isDigestTold,
  keepDigest,
  keepStorm,
  keepStory,
  type Remembered,
  recallStorm,
  recallStory,
  type SlackMemory,
  type StormRecord,
  type StoryRecord,
  worstOf,
} from './slack-memory.ts';
import type { QueuedFinding, SlackQueueMessage } from './slack-queue.ts';

/** More messages of new stories than this in one STORM_WINDOW_MS nobody reads: those behind it are rolled up. Our own, not Slack's. */
export const MAX_STORIES_A_STORM = 10;
export const STORM_WINDOW_MS = 5 * 60_000;
/** The message is built in another way than Slack wants it now: it is sent as plain text, so that the alert arrives. */
const LAYOUT_ERRORS = new Set([
  'invalid_blocks',
  'invalid_blocks_format',
  'invalid_payload',
  'msg_too_long',
  'msg_blocks_too_long',
]);

export interface ReceivedMessage {
  /** Of the queue. */
  readonly id: string;
  readonly body: SlackQueueMessage;
}

export interface NotifierOptions {
  readonly api: SlackApi;
  readonly memory: SlackMemory;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** What went wrong without ending the run; never with a secret in it. */
  readonly report: (error: WiretrailError) => void;
}

export interface NotifierResult {
  /** Ids of messages that must come again. */
  readonly failed: readonly string[];
  /** Requests that Slack took. */
  readonly posted: number;
  readonly updated: number;
  /** Findings and digests that the queue brought twice, and findings that are taken back and were never told to Slack. */
  readonly duplicates: number;
}

/** In order; what Slack does not take for now ends the batch, since what comes behind it would not be taken either. */
export async function notifySlack(
  messages: readonly ReceivedMessage[],
  options: NotifierOptions,
): Promise<NotifierResult> {
  const { api, memory, now, report } = options;
  const done = new Set<string>();
  const totals = { posted: 0, updated: 0, duplicates: 0 };
  const rolled: { readonly group: FindingGroup; readonly telling: Telling }[] = [];
  let storm: Remembered<StormRecord> | null = null;
  let rollUp: StormRecord['rollUp'] = null;
  let sent = 0;

  const post = async (message: SlackMessage): Promise<SlackPlace | null> => {
    const place = await postOrText(api, message, report);
    totals.posted++;
    return place;
  };

  try {
    for (const group of groupsOf(messages)) {
      if (group.kind === 'digest') {
        const { id, day, subject, text } = group;
        if (day !== null && (await isDigestTold(memory, day))) totals.duplicates++;
        else {
          await post(digestMessage({ subject, text }));
          if (day !== null) await rememberDigest(day);
        }
        done.add(id);
        continue;
      }
      const before = await recallStory(memory, group.storyKey);
      const telling = tell(before, group, now());
      totals.duplicates += telling.duplicates;
      if (telling.record === null) {
        for (const { id } of group.messages) done.add(id);
        continue;
      }
      const changed = telling.place === null ? false : await change(api, telling.place, telling, report);
      if (changed) {
        totals.updated++;
        await remember(telling, telling.place);
      } else {
        storm ??= await recallStorm(memory);
        if (messagesOfStorm(storm.record, now()) + sent >= MAX_STORIES_A_STORM) {
          rolled.push({ group, telling });
          continue;
        }
        const place = await post(messageOf(telling.record));
        sent++;
        await remember(telling, place);
      }
      for (const { id } of group.messages) done.add(id);
    }
    if (rolled.length > 0) rollUp = await tellRollUp(storm?.record ?? null, now());
    for (const { group, telling } of rolled) {
      await remember(telling, null);
      for (const { id } of group.messages) done.add(id);
    }
  } catch (error) {
    if (!(error instanceof WiretrailError)) throw error;
    report(error);
  }
  if (storm !== null) await rememberStorm(storm);
  return { failed: messages.flatMap(({ id }) => (done.has(id) ? [] : [id])), ...totals };

  /** What was told is told: where it cannot be remembered the message is not sent again for that. */
  async function remember(telling: Telling, place: SlackPlace | null): Promise<void> {
    try {
      const record = { ...telling.record!, place };
      if (await keepStory(memory, telling.storyKey, telling.version, record, now())) return;
      const { version, record: other } = await recallStory(memory, telling.storyKey);
      const both = { ...record, findings: { ...other?.findings, ...record.findings } };
      await keepStory(memory, telling.storyKey, version, both, now());
    } catch (error) {
      if (!(error instanceof WiretrailError)) throw error;
      report(error);
    }
  }

  async function rememberDigest(day: string): Promise<void> {
    try {
      await keepDigest(memory, day, now());
    } catch (error) {
      if (!(error instanceof WiretrailError)) throw error;
      report(error);
    }
  }

  async function tellRollUp(before: StormRecord | null, nowMs: number): Promise<StormRecord['rollUp']> {
    const goesOn = api.canUpdate && before !== null && isSameStorm(before, nowMs) ? before.rollUp : null;
    const all = addToRollUp(
      goesOn,
      rolled.map(({ telling }) => telling.record!),
    );
    const message = rollUpMessage(all);
    const place = goesOn?.place ?? null;
    if (place !== null && (await updateOrText(api, place, message, report))) {
      totals.updated++;
      return { ...all, place };
    }
    return { ...all, place: await post(message) };
  }

  async function rememberStorm({ version, record }: Remembered<StormRecord>): Promise<void> {
    const nowMs = now();
    const same = record !== null && isSameStorm(record, nowMs) ? record : null;
    const next: StormRecord = {
      startedMs: same?.startedMs ?? nowMs,
      messages: (same?.messages ?? 0) + sent,
      rollUp: rollUp ?? same?.rollUp ?? null,
    };
    try {
      await keepStorm(memory, version, next, nowMs);
    } catch (error) {
      if (!(error instanceof WiretrailError)) throw error;
      report(error);
    }
  }
}

interface FindingGroup {
  readonly kind: 'findings';
  readonly storyKey: string;
  readonly messages: { readonly id: string; readonly body: QueuedFinding }[];
}

interface DigestGroup {
  readonly kind: 'digest';
  readonly id: string;
  /** Null: not known, told each time. */
  readonly day: string | null;
  readonly subject: string;
  readonly text: string;
}

type Group = FindingGroup | DigestGroup;

/** What belongs to one story together, in order of the first of each. */
function groupsOf(messages: readonly ReceivedMessage[]): Group[] {
  const groups: Group[] = [];
  const byStory = new Map<string, FindingGroup>();
  for (const { id, body } of messages) {
    if (body.kind === 'digest') {
      groups.push({ kind: 'digest', id, day: body.day ?? null, subject: body.subject, text: body.text });
      continue;
    }
    let group = byStory.get(body.storyKey);
    if (group === undefined) {
      group = { kind: 'findings', storyKey: body.storyKey, messages: [] };
      byStory.set(body.storyKey, group);
      groups.push(group);
    }
    group.messages.push({ id, body });
  }
  return groups;
}

/** What a group makes of its story. */
interface Telling {
  readonly storyKey: string;
  readonly version: number;
  /** Null: nothing in the group is new. */
  readonly record: StoryRecord | null;
  /** Of the story's message, where it goes on and can be changed. */
  readonly place: SlackPlace | null;
  /** The story became worse than it was told. */
  readonly louder: boolean;
  readonly duplicates: number;
}

function tell({ version, record }: Remembered<StoryRecord>, group: FindingGroup, nowMs: number): Telling {
  let story: StoryRecord | null = record;
  let duplicates = 0;
  let fresh = false;
  let goesOn = record !== null;
  for (const { body } of group.messages) {
    const known = story?.findings[body.findingId];
    if (known === undefined ? body.onlyIfTold : known.revision >= body.revision) {
      duplicates++;
      continue;
    }
    // A finding that the story knows belongs to it, whenever it was; and what came together is told together.
    if (story !== null && !fresh && known === undefined && !isNear(story, body)) {
      story = null;
      goesOn = false;
    }
    fresh = true;
    story = addToStory(story, body, nowMs);
  }
  const louder =
    goesOn &&
    record !== null &&
    story !== null &&
    SEVERITIES.indexOf(worstOf(story.findings)) < SEVERITIES.indexOf(worstOf(record.findings));
  return {
    storyKey: group.storyKey,
    version,
    record: fresh ? story : null,
    place: goesOn ? (record?.place ?? null) : null,
    louder,
    duplicates,
  };
}

/** Less than a day between them: the same measure as a report's (src/findings/stories.ts). */
function isNear(story: StoryRecord, { firstSeen, lastSeen }: QueuedFinding): boolean {
  const gapMs = Math.max(
    Date.parse(firstSeen) - Date.parse(story.lastSeen),
    Date.parse(story.firstSeen) - Date.parse(lastSeen),
  );
  return gapMs < STORY_GAP_MS;
}

function addToStory(story: StoryRecord | null, body: QueuedFinding, nowMs: number): StoryRecord {
  const { findingId, revision, count, severity, alert, firstSeen, lastSeen, ruleId } = body;
  const told = { revision, count, severity, withdrawn: alert.withdrawn };
  if (story === null) {
    return {
      place: null,
      shown: findingId,
      title: alert.title,
      body: alertBody(alert),
      firstSeen,
      lastSeen,
      findings: { [findingId]: told },
      news: [],
    };
  }
  const worse = SEVERITIES.indexOf(severity) < SEVERITIES.indexOf(worstOf(story.findings));
  const shows = worse || findingId === story.shown || story.body.length === 0;
  const at = `${new Date(nowMs).toISOString().slice(5, 16).replace('T', ' ')}`;
  return {
    place: story.place,
    shown: shows ? findingId : story.shown,
    title: shows ? alert.title : story.title,
    body: shows ? alertBody(alert) : story.body,
    firstSeen: firstSeen < story.firstSeen ? firstSeen : story.firstSeen,
    lastSeen: lastSeen > story.lastSeen ? lastSeen : story.lastSeen,
    findings: { ...story.findings, [findingId]: told },
    news: [...story.news, `${at}  *${severity}*  ${storyLine(alert, `${ruleId} ${findingId}`)}`].slice(
      -MAX_NEWS,
    ),
  };
}

function messageOf({ title, body, findings, news }: StoryRecord): SlackMessage {
  const all = Object.values(findings);
  return storyMessage(title, body, {
    severity: worstOf(findings),
    findings: all.length,
    occurrences: all.reduce((sum, { count }) => sum + count, 0),
    withdrawn: all.every(({ withdrawn }) => withdrawn),
    news,
  });
}

/** False when the message is gone: then the story is told in a new one. */
async function change(
  api: SlackApi,
  place: SlackPlace,
  { record, louder }: Telling,
  report: (error: WiretrailError) => void,
): Promise<boolean> {
  const message = messageOf(record!);
  if (!(await updateOrText(api, place, message, report))) return false;
  // Nobody hears a message that is changed.
  if (louder) await api.reply(place, { text: message.text, blocks: message.blocks.slice(0, 1) });
  return true;
}

async function updateOrText(
  api: SlackApi,
  place: SlackPlace,
  message: SlackMessage,
  report: (error: WiretrailError) => void,
): Promise<boolean> {
  try {
    return await api.update(place, message);
  } catch (error) {
    if (!isLayoutError(error)) throw error;
    report(error);
    return api.update(place, plain(message));
  }
}

async function postOrText(
  api: SlackApi,
  message: SlackMessage,
  report: (error: WiretrailError) => void,
): Promise<SlackPlace | null> {
  try {
    return await api.post(message);
  } catch (error) {
    if (!isLayoutError(error)) throw error;
    report(error);
    return api.post(plain(message));
  }
}

function isLayoutError(error: unknown): error is WiretrailError {
  return error instanceof WiretrailError && LAYOUT_ERRORS.has(error.where);
}

function plain({ text }: SlackMessage): SlackMessage {
  return {
    text: `${text}\nSlack did not take this message as it was laid out: the e-mail has all of it.`,
    blocks: [],
  };
}

function isSameStorm({ startedMs }: StormRecord, nowMs: number): boolean {
  return nowMs - startedMs < STORM_WINDOW_MS;
}

function messagesOfStorm(storm: StormRecord | null, nowMs: number): number {
  return storm !== null && isSameStorm(storm, nowMs) ? storm.messages : 0;
}

function addToRollUp(before: StormRecord['rollUp'], stories: readonly StoryRecord[]): RollUp {
  const bySeverity: Record<Severity, number> = before?.bySeverity ?? {
    CRITICAL: 0,
    HIGH: 0,
    MEDIUM: 0,
    LOW: 0,
    INFO: 0,
  };
  const counts = { ...bySeverity };
  const lines = [...(before?.stories ?? [])];
  for (const story of stories) {
    const severity = worstOf(story.findings);
    counts[severity]++;
    const all = Object.entries(story.findings);
    const occurrences = all.reduce((sum, [, { count }]) => sum + count, 0);
    lines.push({
      severity,
      line: storyLine(
        { title: story.title, reason: `${countText(occurrences)} times, id ${all[0]![0]}` },
        `${all.length === 1 ? 'one finding' : `${countText(all.length)} findings`}`,
      ),
    });
  }
  // Stable: of equal ones the earlier stands first.
  lines.sort((a, b) => SEVERITIES.indexOf(a.severity) - SEVERITIES.indexOf(b.severity));
  return {
    count: (before?.count ?? 0) + stories.length,
    bySeverity: counts,
    stories: lines.slice(0, MAX_ROLLED_UP),
  };
}
