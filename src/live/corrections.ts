// Corrections that CloudTrail delivered of earlier events (addendum UPDATED_DATA): what has such an event as evidence names them.

import type { Draft } from '../detectors/detector.ts';
import { withCorrections } from '../findings/finding-book.ts';
import type { ItemKey } from '../state/live-state.ts';
import { claimExpiry, type LiveContext } from './context.ts';
import { type Items, itemName, sortOf } from './items.ts';
import { updateAll } from './updates.ts';

/** Locators kept of one event: the smallest. One correction is rare, a second one of the same event unheard of. */
const MAX_LOCATORS = 16;

/** `corrections`: event ids to the locators of their corrections. False when not all could be kept. */
export async function keepCorrections(
  context: LiveContext,
  corrections: ReadonlyMap<string, ReadonlySet<string>>,
): Promise<boolean> {
  const failed = await updateAll(context, corrections, {
    keyOf: ([eventId]) => keyOf(eventId),
    step([, locators], item) {
      const known = item === null ? [] : (JSON.parse(item.content.toString('utf8')) as string[]);
      const all = [...new Set([...known, ...locators])].sort().slice(0, MAX_LOCATORS);
      const content = all.length === known.length ? null : JSON.stringify(all);
      return { content, expiresAtMs: claimExpiry(context) };
    },
  });
  return failed.length === 0;
}

/** The drafts, with the corrections of their evidence as they are known now. */
export async function correctDrafts(items: Items, drafts: readonly Draft[]): Promise<Draft[]> {
  const ids = new Set(drafts.flatMap((draft) => draft.evidence.filter(isCall).map((piece) => piece.eventId)));
  const found = await items.read([...ids].map(keyOf));
  if (found.size === 0) return [...drafts];
  return drafts.map((draft) => ({
    ...draft,
    evidence: draft.evidence.map((piece) => {
      const item = isCall(piece) ? found.get(itemName(keyOf(piece.eventId))) : undefined;
      if (item === undefined) return piece;
      return withCorrections(piece, JSON.parse(item.content.toString('utf8')) as string[]);
    }),
  }));
}

function isCall({ source, eventId }: Draft['evidence'][number]): boolean {
  return source === 'cloudtrail' && eventId !== '';
}

function keyOf(eventId: string): ItemKey {
  const sort = sortOf(eventId);
  return { partition: `correction|${sort.slice(0, 1)}`, sort };
}
