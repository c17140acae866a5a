// Formats of what the live engine keeps. Raised when the meaning of any item changes: an older item is read as if it were of today, and
// written so with its next change; a newer one is refused. test/live/formats has a state of each older format.

import type { ItemKey } from '../state/live-state.ts';

/**
 * 1: the first.
 * 2: `value / stamps` knows when the last CloudTrail object came.
 */
export const FORMAT_VERSION = 2;

type Migration = (key: ItemKey, content: Buffer) => Buffer;

/** From each format to the next one. */
const MIGRATIONS: Readonly<Record<number, Migration>> = {
  1: ({ partition, sort }, content) => {
    if (partition !== 'value' || sort !== 'stamps') return content;
    const stamps = JSON.parse(content.toString('utf8')) as object;
    return Buffer.from(JSON.stringify({ ...stamps, trailAtMs: null }));
  },
};

/** Content of an item of format `version` (1 to FORMAT_VERSION), in the form of today. */
export function migrate(key: ItemKey, version: number, content: Buffer): Buffer {
  let migrated = content;
  for (let from = version; from < FORMAT_VERSION; from++) migrated = MIGRATIONS[from]!(key, migrated);
  return migrated;
}
