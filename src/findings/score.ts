// From what a judge says to a finding: identity, score, and every string made harmless. Pure.

import { createHash } from 'node:crypto';
import type {
  Compliance,
  Evidence,
  Family,
  Finding,
  Grade,
  RemediationStep,
  Severity,
  Status,
} from './finding.ts';
import { printable } from './printable.ts';

/** Score of a finding: lowest of its severity's band + confidence × width. A confidence never lifts a finding out of the severity that its rule gives. */
export const SEVERITY_BANDS: Readonly<
  Record<Severity, { readonly lowest: number; readonly highest: number }>
> = {
  CRITICAL: { lowest: 85, highest: 100 },
  HIGH: { lowest: 65, highest: 84 },
  MEDIUM: { lowest: 40, highest: 64 },
  LOW: { lowest: 15, highest: 39 },
  INFO: { lowest: 0, highest: 14 },
};

/** Pieces of evidence in one finding; the rest is in its count. SNS takes 256 KB a message, and a person reads a few. */
export const MAX_FINDING_EVIDENCE = 10;
/** UTF-16 units of a title: one line of a terminal or of a chat message. */
export const MAX_TITLE_LENGTH = 120;
/** UTF-16 units of a summary: two or three sentences. */
export const MAX_SUMMARY_LENGTH = 1_000;
/** UTF-16 units of any other text that comes from a log. */
export const MAX_TEXT_LENGTH = 512;
/** Lines of `why`. */
export const MAX_WHY = 16;

/** What a finding takes from its rule; a detector's `meta` fits. */
export interface FindingRule {
  readonly id: string;
  readonly name: string;
  readonly family: Family;
  readonly version: number;
  readonly identity: { readonly windowMs: number };
  readonly compliance: Partial<Compliance>;
}

/** What a finding takes from a judge; a detector's `Draft` fits. */
export interface FindingDraft {
  readonly account: string;
  readonly region: string;
  readonly entity: string;
  readonly evidenceKey: string;
  readonly timeMs: number;
  readonly severity: Severity;
  readonly confidence: number;
  readonly grade: Grade;
  readonly title: string;
  readonly summary: string;
  readonly firstMs: number;
  readonly lastMs: number;
  readonly count: number;
  readonly truncated?: boolean;
  readonly principal?: Finding['principal'];
  readonly actor?: Finding['actor'];
  readonly target?: Finding['target'];
  readonly evidence: readonly Evidence[];
  readonly why: readonly string[];
  readonly remediation: readonly RemediationStep[];
}

export interface FindingRun {
  readonly status: Status;
  /** 0 when it is said for the first time. */
  readonly revision: number;
  readonly fingerprintKeyId: string;
}

/** 16 hex: equal for the same rule, account, region, entity, evidence key and window of event time, whatever the order of arrival (docs/decisions/0002, contract 4). */
export function findingId(
  ruleId: string,
  windowMs: number,
  identity: Pick<FindingDraft, 'account' | 'region' | 'entity' | 'evidenceKey' | 'timeMs'>,
): string {
  const { account, region, entity, evidenceKey, timeMs } = identity;
  const parts = [ruleId, account, region, entity, evidenceKey, Math.floor(timeMs / windowMs)];
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, 16);
}

/** 0 to 100, whole: always inside the severity's band. A confidence outside 0 to 1 counts as the nearer end. */
export function scoreOf(severity: Severity, confidence: number): number {
  const { lowest, highest } = SEVERITY_BANDS[severity];
  return Math.round(lowest + clampConfidence(confidence) * (highest - lowest));
}

/** The finding of a draft. Texts are escaped and cut here, once: what comes after may print them. `related` is filled by `tellStories`. */
export function completeFinding(rule: FindingRule, draft: FindingDraft, run: FindingRun): Finding {
  return {
    schemaVersion: '1.0',
    id: findingId(rule.id, rule.identity.windowMs, draft),
    rule: { id: rule.id, name: rule.name, family: rule.family, version: rule.version },
    status: run.status,
    revision: run.revision,
    severity: draft.severity,
    confidence: Math.round(clampConfidence(draft.confidence) * 100) / 100,
    score: scoreOf(draft.severity, draft.confidence),
    grade: draft.grade,
    title: printable(draft.title, MAX_TITLE_LENGTH),
    summary: printable(draft.summary, MAX_SUMMARY_LENGTH),
    firstSeen: new Date(draft.firstMs).toISOString(),
    lastSeen: new Date(draft.lastMs).toISOString(),
    count: draft.count,
    truncated: draft.truncated ?? false,
    account: printable(draft.account, MAX_TEXT_LENGTH),
    region: printable(draft.region, MAX_TEXT_LENGTH),
    entity: printable(draft.entity, MAX_TEXT_LENGTH),
    principal: draft.principal ? printableValues(draft.principal) : null,
    actor: draft.actor ? printableValues(draft.actor) : null,
    target: draft.target ? printableValues(draft.target) : null,
    evidence: draft.evidence.slice(0, MAX_FINDING_EVIDENCE).map(printableEvidence),
    why: draft.why.slice(0, MAX_WHY).map((line) => printable(line, MAX_TEXT_LENGTH)),
    compliance: {
      cwe: rule.compliance.cwe ?? [],
      owasp: rule.compliance.owasp ?? [],
      pci: rule.compliance.pci ?? [],
      nist: rule.compliance.nist ?? [],
      gdpr: rule.compliance.gdpr ?? [],
    },
    remediation: draft.remediation,
    related: [],
    fingerprintKeyId: run.fingerprintKeyId,
  };
}

function clampConfidence(confidence: number): number {
  return Number.isNaN(confidence) ? 0 : Math.min(1, Math.max(0, confidence));
}

function printableEvidence(piece: Evidence): Evidence {
  return {
    source: piece.source,
    // A locator is whole or useless: S3 keys have up to 1,024 bytes, paths up to 4,096.
    locator: printable(piece.locator, 5_120),
    eventId: printable(piece.eventId, MAX_TEXT_LENGTH),
    time: piece.time,
    fields: printableValues(piece.fields),
  };
}

function printableValues<T extends Readonly<Record<string, unknown>>>(values: T): T {
  const entries = Object.entries(values).map(([name, value]) => [
    printable(name, MAX_TEXT_LENGTH),
    typeof value === 'string' ? printable(value, MAX_TEXT_LENGTH) : value,
  ]);
  return Object.fromEntries(entries) as T;
}
