// What has been said so far. A finding may come from several summaries (parts); when one of them is judged again the finding is
// completed anew, and only a change is told: a higher revision, or withdrawn.

import type { Evidence, Finding } from './finding.ts';
import { SEVERITIES } from './finding.ts';
import {
  completeFinding,
  type FindingDraft,
  type FindingRule,
  findingId,
  MAX_FINDING_EVIDENCE,
} from './score.ts';

/** What a part said: enough to say it again in another run. */
export interface BookedDraft {
  readonly rule: FindingRule;
  readonly draft: FindingDraft;
  readonly provisional: boolean;
}

export interface FindingBook {
  /** Replaces what `part` (fold, window and key) said before. */
  put(part: string, drafts: readonly BookedDraft[]): void;
  /** Completes every finding anew at the next `changes`: corrections have come. */
  recheck(): void;
  /** Findings that are new or changed since the last call; withdrawn ones last. */
  changes(): Finding[];
  /** Everything that stands, in order of id. */
  standing(): Finding[];
  /** Everything that was ever told and does not stand any more. */
  withdrawn(): Finding[];
  entries(): Iterable<{ readonly part: string; readonly findingId: string; readonly booked: BookedDraft }>;
}

export function createFindingBook(
  fingerprintKeyId: string,
  /** Locators of corrections (addendum UPDATED_DATA) of an event. */
  correctionsOf: (eventId: string) => readonly string[] = () => [],
): FindingBook {
  const byPart = new Map<string, Map<string, BookedDraft>>();
  const byFinding = new Map<string, Map<string, BookedDraft>>();
  const told = new Map<string, { readonly finding: Finding; readonly content: string }>();
  const touched = new Set<string>();

  function complete(id: string): Finding | null {
    const drafts = byFinding.get(id);
    if (drafts === undefined || drafts.size === 0) return null;
    return completeBooked(drafts, fingerprintKeyId, correctionsOf);
  }

  return {
    put(part, drafts) {
      const before = byPart.get(part);
      if (before !== undefined) {
        for (const id of before.keys()) {
          byFinding.get(id)?.delete(part);
          touched.add(id);
        }
        byPart.delete(part);
      }
      if (drafts.length === 0) return;
      const now = bookById(drafts);
      for (const [id, one] of now) {
        let parts = byFinding.get(id);
        if (parts === undefined) {
          parts = new Map();
          byFinding.set(id, parts);
        }
        parts.set(part, one);
        touched.add(id);
      }
      byPart.set(part, now);
    },
    recheck() {
      for (const id of byFinding.keys()) touched.add(id);
    },
    changes() {
      const changed: Finding[] = [];
      const gone: Finding[] = [];
      for (const id of [...touched].sort()) {
        const finding = complete(id);
        const before = told.get(id);
        if (finding === null) {
          if (before === undefined || before.finding.status === 'withdrawn') continue;
          const withdrawn: Finding = {
            ...before.finding,
            status: 'withdrawn',
            revision: before.finding.revision + 1,
          };
          told.set(id, { finding: withdrawn, content: '' });
          gone.push(withdrawn);
          continue;
        }
        const content = JSON.stringify(finding);
        if (before?.content === content) continue;
        const next = before === undefined ? finding : { ...finding, revision: before.finding.revision + 1 };
        told.set(id, { finding: next, content });
        changed.push(next);
      }
      touched.clear();
      return [...changed, ...gone];
    },
    standing: () =>
      sorted([...told.values()].map((entry) => entry.finding).filter((f) => f.status !== 'withdrawn')),
    withdrawn: () =>
      sorted([...told.values()].map((entry) => entry.finding).filter((f) => f.status === 'withdrawn')),
    *entries() {
      for (const [part, drafts] of byPart)
        for (const [id, booked] of drafts) yield { part, findingId: id, booked };
    },
  };
}

/** Drafts of one part by the id of their finding: two of one id are one. */
export function bookById(drafts: readonly BookedDraft[]): Map<string, BookedDraft> {
  const byId = new Map<string, BookedDraft>();
  for (const booked of drafts) {
    const id = findingId(booked.rule.id, booked.rule.identity.windowMs, booked.draft);
    const twin = byId.get(id);
    byId.set(id, twin === undefined ? booked : { ...booked, draft: combine(twin.draft, booked.draft) });
  }
  return byId;
}

/** The finding that parts make together, in revision 0; `drafts` by part, not empty. */
export function completeBooked(
  drafts: ReadonlyMap<string, BookedDraft>,
  fingerprintKeyId: string,
  correctionsOf: (eventId: string) => readonly string[] = () => [],
): Finding {
  const booked = [...drafts].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, value]) => value);
  const rule = booked[0]!.rule;
  const draft = booked.map((value) => value.draft).reduce(combine);
  const status = booked.some((value) => value.provisional) ? 'provisional' : 'final';
  const evidence = draft.evidence.map((piece) => withCorrections(piece, correctionsOf(piece.eventId)));
  return completeFinding(rule, { ...draft, evidence }, { status, revision: 0, fingerprintKeyId });
}

function sorted(findings: Finding[]): Finding[] {
  return findings.sort((a, b) => (a.id < b.id ? -1 : a.id > b.id ? 1 : 0));
}

/** Two parts of one finding: counts add up, the worse one gives the words, ties go to the earlier. */
function combine(a: FindingDraft, b: FindingDraft): FindingDraft {
  const main = outranks(b, a) ? b : a;
  const evidence = [...a.evidence, ...b.evidence].sort(compareEvidence).slice(0, MAX_FINDING_EVIDENCE);
  return {
    ...main,
    timeMs: Math.min(a.timeMs, b.timeMs),
    firstMs: Math.min(a.firstMs, b.firstMs),
    lastMs: Math.max(a.lastMs, b.lastMs),
    count: a.count + b.count,
    confidence: Math.max(a.confidence, b.confidence),
    truncated: (a.truncated ?? false) || (b.truncated ?? false),
    evidence,
  };
}

function outranks(b: FindingDraft, a: FindingDraft): boolean {
  const bySeverity = SEVERITIES.indexOf(b.severity) - SEVERITIES.indexOf(a.severity);
  if (bySeverity !== 0) return bySeverity < 0;
  if (b.confidence !== a.confidence) return b.confidence > a.confidence;
  if (b.firstMs !== a.firstMs) return b.firstMs < a.firstMs;
  return JSON.stringify(b) < JSON.stringify(a);
}

function compareEvidence(a: Evidence, b: Evidence): number {
  const keyA = `${a.time} ${a.eventId} ${a.locator}`;
  const keyB = `${b.time} ${b.eventId} ${b.locator}`;
  return keyA < keyB ? -1 : keyA > keyB ? 1 : 0;
}

/** Evidence that names the locators of its corrections. */
export function withCorrections(piece: Evidence, corrections: readonly string[]): Evidence {
  if (corrections.length === 0) return piece;
  return { ...piece, fields: { ...piece.fields, correctedBy: [...corrections].sort().join(' ') } };
}
