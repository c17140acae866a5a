// What the notifier remembers of what it has told Slack: of each story its message and what is in it, the days whose digests it told, and how
// many messages it sent of late.

import { SEVERITIES, type Severity } from '../findings/finding.ts';
import { WiretrailError } from '../lib/errors.ts';
import type { SlackPlace } from './slack-api.ts';
import type { RolledUpStory, SlackBlock } from './slack-blocks.ts';

/** The part of a live state (src/state/live-state.ts) that is used here. */
export interface SlackMemory {
  read(
    keys: readonly { readonly partition: string; readonly sort: string }[],
  ): Promise<readonly { readonly version: number; readonly body: Uint8Array }[]>;
  write(
    key: { readonly partition: string; readonly sort: string },
    body: Uint8Array,
    expectedVersion: number,
    expiresAtMs: number | null,
  ): Promise<boolean>;
}

/** Raised when the records below change. */
const FORMAT_VERSION = 1;
const DAY_MS = 86_400_000;
/** A story that nothing was heard of for this long may be forgotten: what comes then begins another one anyway. */
const STORY_KEPT_MS = 30 * DAY_MS;
const STORM_KEPT_MS = DAY_MS;
/** The queue keeps a message for at most 14 days, and its dead-letter queue for as long again. */
const DIGEST_KEPT_MS = 30 * DAY_MS;
/** Bytes of an item, somewhat below the state's bound. */
const MAX_RECORD_BYTES = 60_000;
/** Findings of a story that are remembered one by one: behind them a second delivery is told as another one. */
const MAX_FINDINGS = 200;

export interface ToldFinding {
  readonly revision: number;
  readonly count: number;
  readonly severity: Severity;
  readonly withdrawn: boolean;
}

export interface StoryRecord {
  /** Null where no message can be changed: told by a webhook, or in a roll-up. */
  readonly place: SlackPlace | null;
  /** The finding that the message is about, its title and its blocks. */
  readonly shown: string;
  readonly title: string;
  readonly body: readonly SlackBlock[];
  readonly firstSeen: string;
  readonly lastSeen: string;
  readonly findings: Readonly<Record<string, ToldFinding>>;
  /** Escaped lines. */
  readonly news: readonly string[];
}

export interface StormRecord {
  /** Milliseconds since the epoch. */
  readonly startedMs: number;
  /** Messages of a story of their own since then. */
  readonly messages: number;
  readonly rollUp: {
    readonly place: SlackPlace | null;
    readonly count: number;
    readonly bySeverity: Readonly<Record<Severity, number>>;
    readonly stories: readonly RolledUpStory[];
  } | null;
}

export interface Remembered<T> {
  /** 0: there is none yet. */
  readonly version: number;
  readonly record: T | null;
}

export async function recallStory(memory: SlackMemory, storyKey: string): Promise<Remembered<StoryRecord>> {
  return recall<StoryRecord>(memory, storyItem(storyKey));
}

export async function recallStorm(memory: SlackMemory): Promise<Remembered<StormRecord>> {
  return recall<StormRecord>(memory, STORM_ITEM);
}

/** False where it could not be kept, because somebody else wrote at the same time. */
export async function keepStory(
  memory: SlackMemory,
  storyKey: string,
  version: number,
  record: StoryRecord,
  nowMs: number,
): Promise<boolean> {
  const ids = Object.entries(record.findings);
  const kept = { ...record, findings: Object.fromEntries(ids.slice(-MAX_FINDINGS)) };
  const bytes = encode(kept);
  // Without its blocks the next message of the story shows the finding that came then.
  const body = bytes.byteLength <= MAX_RECORD_BYTES ? bytes : encode({ ...kept, body: [] });
  return memory.write(storyItem(storyKey), body, version, nowMs + STORY_KEPT_MS);
}

export async function keepStorm(
  memory: SlackMemory,
  version: number,
  record: StormRecord,
  nowMs: number,
): Promise<boolean> {
  return memory.write(STORM_ITEM, encode(record), version, nowMs + STORM_KEPT_MS);
}

/** `day`: `2026-11-01`. */
export async function isDigestTold(memory: SlackMemory, day: string): Promise<boolean> {
  return (await memory.read([digestItem(day)])).length > 0;
}

export async function keepDigest(memory: SlackMemory, day: string, nowMs: number): Promise<void> {
  await memory.write(digestItem(day), encode({}), 0, nowMs + DIGEST_KEPT_MS);
}

/** Of those that stand; where none does, of all. */
export function worstOf(findings: StoryRecord['findings']): Severity {
  const all = Object.values(findings);
  const standing = all.filter(({ withdrawn }) => !withdrawn);
  const severities = new Set((standing.length === 0 ? all : standing).map(({ severity }) => severity));
  return SEVERITIES.find((severity) => severities.has(severity)) ?? 'INFO';
}

const STORM_ITEM = { partition: 'slack|storm', sort: 'x' };

function storyItem(storyKey: string): { partition: string; sort: string } {
  return { partition: `slack|story|${storyKey}`, sort: 'x' };
}

function digestItem(day: string): { partition: string; sort: string } {
  return { partition: 'slack|digest', sort: day };
}

async function recall<T>(
  memory: SlackMemory,
  key: { partition: string; sort: string },
): Promise<Remembered<T>> {
  const [item] = await memory.read([key]);
  if (item === undefined) return { version: 0, record: null };
  const { formatVersion, ...record } = JSON.parse(Buffer.from(item.body).toString('utf8')) as T & {
    formatVersion: number;
  };
  if (formatVersion > FORMAT_VERSION) {
    throw new WiretrailError(
      'E_STATE_NEWER',
      key.partition,
      `has format ${formatVersion}, and ${FORMAT_VERSION} is the newest known here`,
      'Deploy the newer version again.',
    );
  }
  return { version: item.version, record: record as unknown as T };
}

function encode(record: StoryRecord | StormRecord | Record<string, never>): Buffer {
  return Buffer.from(JSON.stringify({ formatVersion: FORMAT_VERSION, ...record }));
}
