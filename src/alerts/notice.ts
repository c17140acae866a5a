// Is this finding worth telling, and again? A finding is told once; again only when there is news. Pure.

import { type Evidence, type Finding, SEVERITIES, type Severity } from '../findings/finding.ts';
import { ipv4Prefix24, ipv6Prefix48, parseCidr } from '../lib/ip-address.ts';

/**
 * What people were told of a finding, by itself or with a window beside it. The live engine stores it beside the finding.
 */
export interface SentNotice {
  /** Whose message it was: the finding's own id, or that of a neighbouring window's finding which told this one too. */
  readonly findingId: string;
  readonly via: 'alert' | 'digest';
  /** The worst that was told. */
  readonly severity: Severity;
  /** The highest that was told. */
  readonly count: number;
  /** All that were told, at most MAX_TOLD_PLACES. */
  readonly networks: readonly string[];
  readonly targets: readonly string[];
  /** It named a principal. Absent in notices of versions that did not note it: then a name is no news. */
  readonly named?: boolean;
  readonly revision: number;
  /** The message was taken back. */
  readonly withdrawn: boolean;
  readonly atMs: number;
}

export interface NoticeSettings {
  /** An alert from this severity on. */
  readonly alertFrom: Severity;
  /** What is less than that goes into the digest, from this severity on; less than this is only counted. */
  readonly digestFrom: Severity;
  /** Id of the suppression that holds for the finding; null: none does. */
  readonly suppressedBy: (finding: Finding) => string | null;
}

/** LOW and INFO wake nobody. */
export const DEFAULT_ALERT_FROM: Severity = 'MEDIUM';
export const DEFAULT_DIGEST_FROM: Severity = 'INFO';

export type NoticeReason =
  | 'first'
  | 'more-severe'
  | 'ten-times'
  | 'new-network'
  | 'new-target'
  /** It was told without a principal, and now names one. */
  | 'named'
  /** It was told, taken back, and stands again. */
  | 'stands-again'
  /** It was told and does not stand any more. */
  | 'withdrawn'
  /** Told already, and nothing is new. */
  | 'told'
  /** Withdrawn before anybody heard of it. */
  | 'not-told'
  | 'below-minimum'
  | 'suppressed';

export interface Notice {
  readonly send: 'alert' | 'digest' | 'nothing' | 'suppressed';
  readonly why: NoticeReason;
  /** What the reason is about: the severity or count before, the new network or target, the suppression; '' otherwise. */
  readonly detail: string;
}

/** A count this many times the one that was told is news. */
const NEWS_FACTOR = 10;
/**
 * Networks, and targets, that are remembered as told. Whoever writes logs can make up any number of them: behind this many another one
 * is no news, so that one finding never alerts without end.
 */
export const MAX_TOLD_PLACES = 50;

/** `previous` as `previousNotice` gives it. */
export function decideNotice(
  previous: SentNotice | null,
  finding: Finding,
  settings: NoticeSettings,
): Notice {
  const suppression = settings.suppressedBy(finding);
  if (suppression !== null) return { send: 'suppressed', why: 'suppressed', detail: suppression };
  const told = previous === null || previous.withdrawn ? null : previous;
  if (finding.status === 'withdrawn') {
    if (told === null || told.findingId !== finding.id)
      return { send: 'nothing', why: 'not-told', detail: '' };
    return { send: told.via, why: 'withdrawn', detail: '' };
  }
  const news = newsOf(previous, told, finding);
  if (news === null) return { send: 'nothing', why: 'told', detail: '' };
  if (reaches(finding.severity, settings.alertFrom)) return { send: 'alert', ...news };
  if (reaches(finding.severity, settings.digestFrom)) return { send: 'digest', ...news };
  return { send: 'nothing', why: 'below-minimum', detail: '' };
}

function newsOf(
  previous: SentNotice | null,
  told: SentNotice | null,
  finding: Finding,
): Pick<Notice, 'why' | 'detail'> | null {
  if (told === null) {
    const again = previous !== null && previous.findingId === finding.id;
    return { why: again ? 'stands-again' : 'first', detail: '' };
  }
  if (isWorse(finding.severity, told.severity)) return { why: 'more-severe', detail: told.severity };
  if (finding.count >= NEWS_FACTOR * Math.max(1, told.count))
    return { why: 'ten-times', detail: String(told.count) };
  if (told.named === false && finding.principal !== null)
    return { why: 'named', detail: finding.principal.name };
  const network = firstNew(networksOf(finding), told.networks);
  if (network !== null) return { why: 'new-network', detail: network };
  const target = firstNew(targetsOf(finding), told.targets);
  if (target !== null) return { why: 'new-target', detail: target };
  return null;
}

/** What is stored beside the finding once `notice` was sent, or needed no sending; null: nothing was ever told. */
export function noticeAfter(
  previous: SentNotice | null,
  finding: Finding,
  notice: Notice,
  atMs: number,
): SentNotice | null {
  if (notice.send !== 'alert' && notice.send !== 'digest') return previous;
  if (notice.why === 'withdrawn' && previous !== null)
    return { ...previous, withdrawn: true, revision: finding.revision, atMs };
  const told = previous === null || previous.withdrawn ? null : previous;
  return {
    findingId: finding.id,
    via: told?.via === 'alert' ? 'alert' : notice.send,
    severity: told === null || isWorse(finding.severity, told.severity) ? finding.severity : told.severity,
    count: Math.max(finding.count, told?.count ?? 0),
    networks: joinTold(told?.networks ?? [], networksOf(finding)),
    targets: joinTold(told?.targets ?? [], targetsOf(finding)),
    named: finding.principal !== null || told?.named === true,
    revision: finding.revision,
    withdrawn: false,
    atMs,
  };
}

/**
 * Which notice counts for a finding: its own; else that of a window beside it (the finding of the same identity one window earlier or
 * later: `findingId` with `timeMs` less or more one window), since neighbouring windows of one identity are one story and are told once.
 * Its own counts no more where it only shared a message that was taken back since: whoever withdraws a finding decides its neighbours again.
 */
export function previousNotice(
  findingId: string,
  own: SentNotice | null,
  beside: readonly SentNotice[],
): SentNotice | null {
  if (own !== null && own.findingId === findingId && !own.withdrawn) return own;
  const all = [own, ...beside].filter((notice) => notice !== null);
  // Its own message too: a neighbour that shared it still has it as it was.
  const takenBack = new Set(all.filter(({ withdrawn }) => withdrawn).map((notice) => notice.findingId));
  const standing = all.filter((notice) => !notice.withdrawn && !takenBack.has(notice.findingId));
  // The same whatever order they come in.
  standing.sort((a, b) => b.atMs - a.atMs || (a.findingId < b.findingId ? -1 : 1));
  return standing[0] ?? (own?.findingId === findingId ? own : null);
}

/** Where a standing finding counts in `findings = alerted + digested + below minimum + suppressed`. */
export type NoticeOutcome = 'alerted' | 'digested' | 'below-minimum' | 'suppressed';

export function outcomeOf(notice: Notice, after: SentNotice | null): NoticeOutcome {
  if (notice.send === 'suppressed') return 'suppressed';
  if (after === null || after.withdrawn) return 'below-minimum';
  return after.via === 'alert' ? 'alerted' : 'digested';
}

export function reaches(severity: Severity, minimum: Severity): boolean {
  return SEVERITIES.indexOf(severity) <= SEVERITIES.indexOf(minimum);
}

function isWorse(severity: Severity, than: Severity): boolean {
  return SEVERITIES.indexOf(severity) < SEVERITIES.indexOf(than);
}

/** Fields in which rules write the address that a record came from. */
const ADDRESS_FIELDS = ['network', 'sourceIp', 'sourceIPAddress', 'source', 'client'];
/** Fields in which rules write what was reached for. */
const TARGET_FIELDS = ['resource', 'table'];

/** /24 of IPv4 and /48 of IPv6 addresses, sorted: a household or a subnet, not a device. AWS's own sources are none. */
export function networksOf({ actor, evidence }: Finding): string[] {
  const networks = new Set<string>();
  for (const text of [actor?.ip, ...valuesOf(evidence, ADDRESS_FIELDS)]) {
    if (typeof text !== 'string') continue;
    const network = parseCidr(text) === null ? networkOf(text) : text;
    if (network !== '') networks.add(network);
  }
  return [...networks].sort();
}

/** Resources, sorted. */
export function targetsOf({ target, evidence }: Finding): string[] {
  const targets = new Set<string>();
  for (const text of [target?.resource, ...valuesOf(evidence, TARGET_FIELDS)]) {
    if (typeof text === 'string' && text !== '') targets.add(targetName(text));
  }
  return [...targets].sort();
}

function valuesOf(evidence: readonly Evidence[], names: readonly string[]): unknown[] {
  return evidence.flatMap(({ fields }) => names.map((name) => fields[name]));
}

function networkOf(address: string): string {
  return ipv4Prefix24(address) || ipv6Prefix48(address);
}

/** A table is one target by its ARN and by its name; the addresses of one service are one target by their network. */
function targetName(resource: string): string {
  const table = /^arn:[^/]*:table\/([^/]+)/.exec(resource);
  if (table !== null) return table[1]!;
  const address = /^([0-9.]{7,15}):\d{1,5}$/.exec(resource);
  return (address !== null && networkOf(address[1]!)) || resource;
}

function firstNew(now: readonly string[], told: readonly string[]): string | null {
  if (told.length >= MAX_TOLD_PLACES) return null;
  const known = new Set(told);
  return now.find((place) => !known.has(place)) ?? null;
}

function joinTold(told: readonly string[], now: readonly string[]): string[] {
  return [...new Set([...told, ...now])].slice(0, MAX_TOLD_PLACES);
}
