// A call that takes protection away, as a hit and as a draft. Failed calls are attempts (LOW); those of services count one step less.

import type { Evidence, Severity } from '../../findings/finding.ts';
import type { CallRecord } from '../../records/record.ts';
import type { Draft } from '../detector.ts';
import { evidenceOf, type Hit, type HitSummary } from '../hits.ts';
import { callerFacts, principalOfHits, throughOf } from './caller.ts';
import { oneStepLower } from './steps.ts';

/** Names of resources are written by the caller: longer ones are cut. AWS allows ARNs of 2,048 characters, names are shorter. */
const MAX_NAME = 256;

export interface Weakening {
  /** Name or ARN as the call has it. */
  readonly resource: string;
  /** What the call did, as the end of a title: `key X: scheduled for deletion`. */
  readonly what: string;
  readonly severity: Severity;
  readonly confidence: number;
  readonly why: string;
  /** What else the judge needs; kept only of calls that succeeded. */
  readonly facts?: Readonly<Record<string, string>>;
  /** What held before and what holds now, for the evidence. */
  readonly fields?: Evidence['fields'];
}

export function hitOfWeakening(call: CallRecord, change: Weakening): Hit {
  return weakened(hitOfChange(call, change.resource), change);
}

/** A change before it is known what it takes away. */
export function hitOfChange(call: CallRecord, resource: string): Hit {
  const name = boundedName(resource);
  return {
    evidence: evidenceOf(call, {
      action: call.action,
      resource: name,
      principal: call.principal,
      invokedBy: call.invokedBy,
      errorCode: call.errorCode,
      sourceIp: call.ip,
    }),
    timeMs: call.timeMs,
    severity: 'INFO',
    facts: {
      ...callerFacts(call),
      resource: name,
      ...(call.errorCode === '' ? {} : { error: call.errorCode }),
    },
  };
}

/** The hit of a change that takes something away. */
export function weakened(hit: Hit, change: Omit<Weakening, 'resource'>): Hit {
  const failed = hit.facts?.error !== undefined;
  return {
    ...hit,
    ...(change.fields === undefined
      ? {}
      : { evidence: { ...hit.evidence, fields: { ...hit.evidence.fields, ...change.fields } } }),
    severity: failed ? 'LOW' : hit.facts?.through ? oneStepLower(change.severity) : change.severity,
    facts: {
      ...hit.facts,
      ...(failed
        ? {}
        : {
            ...change.facts,
            done: 'yes',
            what: change.what,
            why: `${change.why}: ${change.confidence}`,
          }),
      // Facts keep the smallest texts: the largest confidence must be among them.
      doubt: (1 - change.confidence).toFixed(2),
    },
  };
}

export function boundedName(resource: string): string {
  return resource === '' ? '(not recorded)' : resource.slice(0, MAX_NAME);
}

/** The key, table or policy belongs to the account whose trail tells of the call. */
export function accountOf(call: CallRecord): string {
  return call.recipientAccount || call.account;
}

export function isAttempt(hits: Pick<HitSummary, 'facts'>): boolean {
  return hits.facts.done === undefined;
}

/** All of a draft but its remediation, and what a rule wants to say in more words. */
export function draftOfWeakening(
  [account = '', region = '', entity = '', evidenceKey = '']: readonly string[],
  hits: HitSummary,
  service: string,
): Omit<Draft, 'remediation'> {
  const attempt = isAttempt(hits);
  const what = hits.facts.what?.join('; ') ?? '';
  const who = hits.facts.principal?.join(', ') || 'Somebody';
  const errors = hits.facts.error ?? [];
  const actions = [...new Set(hits.evidence.map((piece) => String(piece.fields.action)))].join(', ');
  return {
    account,
    region,
    entity,
    evidenceKey,
    timeMs: hits.firstMs,
    severity: hits.worst,
    confidence: 1 - Number(hits.facts.doubt?.[0] ?? 0.5),
    grade: Number(hits.facts.doubt?.[0] ?? 0.5) <= 0.1 ? 'certain' : 'probable',
    title: `${entity}: ${attempt ? `attempt (${actions})` : what} in ${region}`,
    summary: `${who} called ${actions} on ${entity} in account ${account}, ${region}${attempt ? `, without success (${errors.join(', ')})` : `: ${what}`}.`,
    firstMs: hits.firstMs,
    lastMs: hits.lastMs,
    count: hits.count,
    truncated: hits.truncated,
    ...principalOfHits(hits),
    target: { service, resource: hits.facts.resource?.[0] ?? entity },
    evidence: hits.evidence,
    why: [
      ...(hits.facts.why ?? []),
      ...(attempt ? [`every such call failed (${errors.join(', ')}): attempts only`] : []),
      ...throughOf(hits),
    ],
  };
}
