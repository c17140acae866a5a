// A live state that fails as stores and functions do, by a seed: the same seed and the same calls meet the same faults.

import { setImmediate as nextTurn } from 'node:timers/promises';
import { WiretrailError } from '../../src/lib/errors.ts';
import { createRandom } from '../../src/simulate/prng.ts';
import type { ItemKey, LiveState } from '../../src/state/live-state.ts';

/**
 * throttled, fails: E_STATE_UNAVAILABLE, nothing is done. answer-lost: E_STATE_UNAVAILABLE, and it is done; of `list`, after some items.
 * overtaken: another writer is first, with the same body, and the call answers false. overtaken-after: the call is done, another writer
 * writes on top, and the call answers false (the one exception of LiveState.write). crash-before, crash-after: the process dies, the call
 * not done or done; every later call of this state throws Crash too, calls that are under way as soon as they come back.
 */
export const FAULTS = [
  'throttled',
  'fails',
  'answer-lost',
  'overtaken',
  'overtaken-after',
  'crash-before',
  'crash-after',
] as const;
export type FaultKind = (typeof FAULTS)[number];

/** No error of ours: only what catches everything catches it, as nothing survives the end of a process. */
export class Crash extends Error {
  constructor() {
    super('the process died');
    this.name = 'Crash';
  }
}

export interface FaultyLiveState extends LiveState {
  /** How often each fault struck: a schedule that never struck tests nothing. */
  readonly struck: Readonly<Record<FaultKind, number>>;
  /** Plain forwarding from now on; what crashed stays dead. */
  heal(): void;
}

export interface Faultiness {
  readonly seed: string;
  /** Probability of each fault, a call; not named: 0. Where a fault cannot strike (nobody can overtake a read) the call is plain. */
  readonly probabilities: Readonly<Partial<Record<FaultKind, number>>>;
  /** At most this many turns of the event loop pass before and after each call, so that concurrent callers meet in any order. Default 2. */
  readonly maxTurns?: number;
}

/** The probabilities of a bad day: about every fifth call meets something; nothing crashes. */
export const BAD_DAY: Faultiness['probabilities'] = {
  throttled: 0.04,
  fails: 0.04,
  'answer-lost': 0.04,
  overtaken: 0.06,
  'overtaken-after': 0.03,
};

export function createFaultyLiveState(inner: LiveState, faultiness: Faultiness): FaultyLiveState {
  const { seed, probabilities, maxTurns = 2 } = faultiness;
  const random = createRandom(`faulty live state ${seed}`);
  const struck = Object.fromEntries(FAULTS.map((kind) => [kind, 0])) as Record<FaultKind, number>;
  let healed = false;
  let dead = false;

  /** One draw a call, whatever the probabilities are: a fault more or less leaves the rest of the schedule as it was. */
  function draw(possible: readonly FaultKind[]): FaultKind | null {
    let left = random.float();
    for (const kind of FAULTS) {
      left -= probabilities[kind] ?? 0;
      if (left < 0) return healed || !possible.includes(kind) ? null : kind;
    }
    return null;
  }

  async function turns(): Promise<void> {
    for (let turn = random.below(maxTurns + 1); turn > 0; turn--) await nextTurn();
    if (dead) throw new Crash();
  }

  function strike(kind: FaultKind): void {
    struck[kind]++;
    if (kind === 'crash-before' || kind === 'crash-after') {
      dead = true;
      throw new Crash();
    }
    if (kind === 'throttled' || kind === 'fails' || kind === 'answer-lost') {
      throw new WiretrailError('E_STATE_UNAVAILABLE', 'faulty state', kind, 'Try later.');
    }
  }

  /** Faults that strike before and after the work of a call, but for those of which the call itself must know. */
  async function around<T>(kind: FaultKind | null, work: () => Promise<T>): Promise<T> {
    await turns();
    if (kind === 'throttled' || kind === 'fails' || kind === 'crash-before') strike(kind);
    const result = await work();
    if (kind === 'answer-lost' || kind === 'crash-after') strike(kind);
    await turns();
    return result;
  }

  /** Another writer writes what is there once more. False: there is nothing. */
  async function touch(key: ItemKey): Promise<boolean> {
    const [item] = await inner.read([key]);
    return item !== undefined && (await inner.write(key, item.body, item.version, item.expiresAtMs));
  }

  const PLAIN: readonly FaultKind[] = ['throttled', 'fails', 'answer-lost', 'crash-before', 'crash-after'];

  return {
    struck,
    heal() {
      healed = true;
    },
    read: (keys) => around(draw(PLAIN), () => inner.read(keys)),
    write(key, body, expectedVersion, expiresAtMs) {
      const kind = draw(FAULTS);
      return around(kind, async () => {
        if (kind === 'overtaken' && (await touch(key))) strike(kind);
        const done = await inner.write(key, body, expectedVersion, expiresAtMs);
        if (kind !== 'overtaken-after' || !done || !(await touch(key))) return done;
        strike(kind);
        return false;
      });
    },
    remove(key, expectedVersion) {
      const kind = draw([...PLAIN, 'overtaken']);
      return around(kind, async () => {
        if (kind === 'overtaken' && (await touch(key))) strike(kind);
        return inner.remove(key, expectedVersion);
      });
    },
    async *list(partition, after) {
      const kind = draw(PLAIN);
      let itemsLeft = random.below(4);
      await turns();
      if (kind === 'throttled' || kind === 'fails' || kind === 'crash-before') strike(kind);
      for await (const item of inner.list(partition, after)) {
        if (dead) throw new Crash();
        if (kind !== null && itemsLeft-- === 0) strike(kind);
        yield item;
      }
      if (kind !== null) strike(kind);
      await turns();
    },
  };
}
