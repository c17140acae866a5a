// A story is what a person should read together: one thing that went on through neighbouring windows, or one key or principal that
// several rules speak of. Groups depend on the findings alone, never on their order.

import { compareText } from '../lib/text-order.ts';
import { type Finding, SEVERITIES, type Severity } from './finding.ts';

/** Findings that share a link belong together when less than this lies between them: the longest window of a rule. */
export const STORY_GAP_MS = 24 * 3_600_000;
/** Ids in `related`: what a person follows; the worst ones are kept. */
export const MAX_RELATED = 50;

export interface Story {
  /** The smallest id among its findings. */
  readonly id: string;
  readonly severity: Severity;
  readonly score: number;
  /** ISO, event time. */
  readonly firstSeen: string;
  readonly lastSeen: string;
  /** Worst first; never empty. */
  readonly findings: readonly Finding[];
}

/** Stories, worst first. Withdrawn findings are left out. */
export function groupStories(findings: readonly Finding[]): Story[] {
  const standing = findings.filter((finding) => finding.status !== 'withdrawn').sort(worstFirst);
  const groups = joinLinked(standing);
  return groups.map(storyOf).sort(worstStoryFirst);
}

/** The same findings in the same order, with `related` filled. */
export function tellStories(findings: readonly Finding[]): Finding[] {
  const relatedById = new Map<string, readonly string[]>();
  for (const story of groupStories(findings)) {
    // One more than fits, since each finding leaves itself out.
    const ids = story.findings.slice(0, MAX_RELATED + 1).map((finding) => finding.id);
    for (const { id } of story.findings) {
      relatedById.set(id, ids.filter((other) => other !== id).slice(0, MAX_RELATED));
    }
  }
  return findings.map((finding) => ({ ...finding, related: relatedById.get(finding.id) ?? [] }));
}

/** Worst first: severity, score, then the earlier, then the id. */
export function worstFirst(a: Finding, b: Finding): number {
  return (
    SEVERITIES.indexOf(a.severity) - SEVERITIES.indexOf(b.severity) ||
    b.score - a.score ||
    compareText(a.firstSeen, b.firstSeen) ||
    compareText(a.id, b.id)
  );
}

function worstStoryFirst(a: Story, b: Story): number {
  return worstFirst(a.findings[0]!, b.findings[0]!);
}

function storyOf(findings: readonly Finding[]): Story {
  const worst = findings[0]!;
  return {
    id: findings.map((finding) => finding.id).reduce((a, b) => (a < b ? a : b)),
    severity: worst.severity,
    score: worst.score,
    firstSeen: findings.map((finding) => finding.firstSeen).reduce((a, b) => (a < b ? a : b)),
    lastSeen: findings.map((finding) => finding.lastSeen).reduce((a, b) => (a > b ? a : b)),
    findings,
  };
}

/** What two findings of one story have in common. */
function linksOf(finding: Finding): string[] {
  const links = [JSON.stringify(['rule', finding.rule.id, finding.account, finding.region, finding.entity])];
  const { principal } = finding;
  if (principal !== null && principal.name !== '') {
    links.push(JSON.stringify(['principal', finding.account, principal.type, principal.name]));
  }
  for (const keyId of keyIdsOf(finding)) links.push(JSON.stringify(['key', keyId]));
  // One secret in two logs, or found by two rules.
  for (const { fields } of finding.evidence) {
    if (typeof fields.fingerprint === 'string') links.push(JSON.stringify(['secret', fields.fingerprint]));
  }
  return links;
}

/** Ids of access keys (https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html#identifiers-unique-ids), not of roles or users. */
const KEY_ID = /^(AKIA|ASIA)[A-Z0-9]{12,124}$/;

function keyIdsOf(finding: Finding): Set<string> {
  const values: unknown[] = [finding.principal?.keyId];
  for (const piece of finding.evidence) values.push(...Object.values(piece.fields));
  return new Set(values.filter((value): value is string => typeof value === 'string' && KEY_ID.test(value)));
}

/** Union-find over the links; each group keeps the order of `findings`. */
function joinLinked(findings: readonly Finding[]): Finding[][] {
  const parents = findings.map((_, at) => at);
  const rootOf = (at: number): number => {
    let root = at;
    while (parents[root] !== root) {
      parents[root] = parents[parents[root]!]!;
      root = parents[root]!;
    }
    return root;
  };
  for (const linked of membersByLink(findings).values()) {
    linked.sort((a, b) => compareText(findings[a]!.firstSeen, findings[b]!.firstSeen));
    let reachMs = -Infinity;
    let before = linked[0]!;
    for (const at of linked) {
      const { firstSeen, lastSeen } = findings[at]!;
      if (Date.parse(firstSeen) - reachMs < STORY_GAP_MS) parents[rootOf(at)] = rootOf(before);
      reachMs = Math.max(reachMs, Date.parse(lastSeen));
      before = at;
    }
  }
  return [...Map.groupBy(findings.keys(), rootOf).values()].map((group) => group.map((at) => findings[at]!));
}

function membersByLink(findings: readonly Finding[]): Map<string, number[]> {
  const members = new Map<string, number[]>();
  for (const [at, finding] of findings.entries()) {
    for (const link of linksOf(finding)) {
      const group = members.get(link);
      if (group === undefined) members.set(link, [at]);
      else group.push(at);
    }
  }
  return members;
}
