// What alerts quote of the rules. By itself: a function loads these words with its first alert, and its detectors are bundled without them
// (scripts/bundle-handlers.ts).

import { detectors } from './index.ts';

/** By rule id. */
export const RULE_WORDS: ReadonlyMap<string, { readonly blindSpots: readonly string[] }> = new Map(
  detectors.map(({ meta: { id, blindSpots } }) => [id, { blindSpots }]),
);
