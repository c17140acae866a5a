// A live state that does not answer to some writes, as a throttled partition does.

import { WiretrailError } from '../../src/lib/errors.ts';
import type { ItemKey, LiveState } from '../../src/state/live-state.ts';

export interface RefusingState extends LiveState {
  /** Which writes are refused; none at first. */
  refuses: (key: ItemKey) => boolean;
  /** Writes that were refused. */
  refused: number;
}

export function createRefusingState(inner: LiveState): RefusingState {
  const state: RefusingState = {
    ...inner,
    refuses: () => false,
    refused: 0,
    async write(key, body, expectedVersion, expiresAtMs) {
      if (!state.refuses(key)) return inner.write(key, body, expectedVersion, expiresAtMs);
      state.refused++;
      throw new WiretrailError('E_STATE_UNAVAILABLE', 'refusing state', 'is throttled', 'Try later.');
    },
  };
  return state;
}

/** A body that none of ours wrote: it is packed in no known way. */
export const SPOILT = Buffer.of(1, 77);
