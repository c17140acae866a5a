// What the findings of single calls over TLS have in common (TLS-02, TLS-03, TLS-05): who called what, from where, how often.

import type { CallRecord } from '../../records/record.ts';
import type { Draft } from '../detector.ts';
import type { HitSummary } from '../hits.ts';

/** Facts of a hit; `own` are those of the rule. */
export function callFacts(call: CallRecord, own: Readonly<Record<string, string>>): Record<string, string> {
  return {
    service: call.service,
    action: call.action,
    resource: call.resources[0]?.arn ?? '',
    ...own,
    type: call.principalType,
    name: call.principalName,
    keyId: call.keyId,
    ip: call.ip,
    class: call.networkClass,
    vpcEndpoint: call.vpcEndpoint,
    client: call.userAgentFamily,
  };
}

/** What a finding says of its calls, whatever is wrong with them. */
export function draftOfCalls(
  hits: HitSummary,
): Pick<
  Draft,
  | 'timeMs'
  | 'severity'
  | 'firstMs'
  | 'lastMs'
  | 'count'
  | 'truncated'
  | 'principal'
  | 'actor'
  | 'target'
  | 'evidence'
> {
  const fact = (name: string): string => firstFact(hits, name);
  return {
    timeMs: hits.firstMs,
    severity: hits.worst,
    firstMs: hits.firstMs,
    lastMs: hits.lastMs,
    count: hits.count,
    truncated: hits.truncated,
    principal: { type: fact('type'), name: fact('name'), session: '', keyId: fact('keyId') },
    actor: {
      ip: fact('ip'),
      class: fact('class'),
      vpcEndpoint: fact('vpcEndpoint'),
      userAgent: fact('client'),
    },
    target: { service: fact('service'), resource: fact('resource') },
    evidence: hits.evidence,
  };
}

export function firstFact(hits: HitSummary, name: string): string {
  return hits.facts[name]?.[0] ?? '';
}
