// Where a secret stood, in the words that findings use.

import type { CallRecord, LineRecord } from '../../records/record.ts';
import type { HitSummary } from '../hits.ts';

/**
 * Log group or file of a line, its stream where an export names no group; the API call whose parameters a CloudTrail record shows.
 * Part of identities: a fact of the record.
 */
export function logPlace(record: LineRecord | CallRecord): string {
  if (record.kind === 'line') return placeOfLog(record.group, record.stream);
  return `CloudTrail ${record.service}:${record.action}`;
}

export function placeOfLog(group: string, stream: string): string {
  if (group !== '') return group;
  return stream === '' ? 'log without a name' : `log stream ${stream}`;
}

/** The log group for commands; '' where the place is no log group. */
export function logGroupOf(place: string): string {
  return /^[A-Za-z0-9_/.#-]{1,512}$/.test(place) && !/\.(?:txt|log|json|gz|ndjson|jsonl)$/.test(place)
    ? place
    : '';
}

/** `a, b and 3 more` */
export function listed(values: readonly string[] | undefined, most = 3): string {
  const all = values ?? [];
  if (all.length <= most) return all.join(', ');
  return `${all.slice(0, most).join(', ')} and ${all.length - most} more`;
}

/** The parts that every judge copies from its hits. */
export function spanOf(hits: HitSummary) {
  return {
    severity: hits.worst,
    timeMs: hits.firstMs,
    firstMs: hits.firstMs,
    lastMs: hits.lastMs,
    count: hits.count,
    truncated: hits.truncated,
    evidence: hits.evidence,
  } as const;
}

/** Until when what the evidence of a finding shows opens the door, as its summary says it; '' where nothing says. */
export function validityWords({ count, evidence }: Pick<HitSummary, 'count' | 'evidence'>): string {
  const ends = evidence
    .map(({ fields }) => fields.validUntil)
    .filter((end) => typeof end === 'string')
    .sort();
  if (ends.length === 0) return '';
  if (count === 1) return ` Good until ${ends[0]}.`;
  return ` Good until ${ends[0]}${ends.at(-1) === ends[0] ? '' : ` to ${ends.at(-1)}`}${count > evidence.length ? `, of the ${evidence.length} listed` : ''}.`;
}
