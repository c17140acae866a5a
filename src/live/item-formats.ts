// Formats of what the live engine keeps. Raised when the meaning of any item changes; an older item is read as if it were of today.

import type { ItemKey } from '../state/live-state.ts';

export const FORMAT_VERSION = 1;

/** Content of an item of format `version` (1 to FORMAT_VERSION), in the form of today. */
export function migrate(_key: ItemKey, _version: number, content: Buffer): Buffer {
  return content;
}
