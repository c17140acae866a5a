// Which listed objects are opened, and in which order.

import { compareText } from '../lib/text-order.ts';
import { type KeyFacts, objectFacts } from '../records/object-key.ts';
import type {
  FailedObject,
  Listed,
  ListFilters,
  ObjectSkipReason,
  SkippedObject,
  SourceObject,
} from '../sources/source.ts';

const DAY_MS = 86_400_000;

export interface PlannedObject {
  readonly object: SourceObject;
  readonly facts: KeyFacts;
}

export interface Plan {
  /** Everything that was listed: planned + skipped + failed. */
  readonly listed: number;
  /** In reading order. */
  readonly objects: readonly PlannedObject[];
  readonly skipped: readonly SkippedObject[];
  readonly failed: readonly FailedObject[];
}

/**
 * Reading order: objects without a delivery stamp first, by key; then by stamp. The engine closes windows of event time as stamps
 * advance, so what cannot say when it was delivered must come before all that can. The same object named twice is read twice:
 * its records are duplicates, and count as such.
 */
export async function planObjects(
  listing: AsyncIterable<Listed> | Iterable<Listed>,
  filters: ListFilters,
): Promise<Plan> {
  const objects: PlannedObject[] = [];
  const skipped: SkippedObject[] = [];
  const failed: FailedObject[] = [];
  for await (const listed of listing) {
    if (listed.kind === 'skipped') skipped.push(listed.skipped);
    else if (listed.kind === 'failed') failed.push(listed.failed);
    else {
      const { object } = listed;
      const facts = objectFacts(object.name, object.key, object.modifiedMs);
      const reason = unwanted(facts, filters);
      if (reason === null) objects.push({ object, facts });
      else skipped.push({ name: object.name, key: object.key, reason, hint: '' });
    }
  }
  return {
    listed: objects.length + skipped.length + failed.length,
    objects: objects.sort(byStampThenKey),
    skipped,
    failed,
  };
}

/** Why an object need not be opened, by its key alone; null when it must be. Days are widened by one: files hold records of their neighbours. */
export function unwanted(facts: KeyFacts, filters: ListFilters): ObjectSkipReason | null {
  if (facts.kind === 'cloudtrail-digest') return 'digest';
  if (facts.account !== '' && filters.accounts.length > 0 && !filters.accounts.includes(facts.account))
    return 'outside-account';
  if (facts.region !== '' && filters.regions.length > 0 && !filters.regions.includes(facts.region))
    return 'outside-region';
  if (facts.dayMs + DAY_MS <= filters.fromMs - DAY_MS || facts.dayMs >= filters.toMs + DAY_MS)
    return 'outside-date-range';
  return null;
}

function byStampThenKey(a: PlannedObject, b: PlannedObject): number {
  const stampA = Number.isNaN(a.facts.deliveredMs) ? -Infinity : a.facts.deliveredMs;
  const stampB = Number.isNaN(b.facts.deliveredMs) ? -Infinity : b.facts.deliveredMs;
  if (stampA !== stampB) return stampA < stampB ? -1 : 1;
  return compareText(a.facts.key, b.facts.key) || compareText(a.facts.name, b.facts.name);
}
