// How many different secrets of one rule one log shows within an hour. A program that gives a secret's name to something else (a cache
// key, a page token) writes hundreds of them, a program that leaks writes few again and again: where nearly none is told by its form,
// that hour's findings there are left to the digest.

import type { CallRecord, LineRecord } from '../../records/record.ts';
import { DAY_MS, type Fold, HOUR_MS, type JudgeContext, joinKey, splitKey } from '../detector.ts';
import type { RecordSecret } from './record-secrets.ts';

/** So many different ones an hour are no leak any more, unless their form tells. */
export const MOST_AN_HOUR = 20;
/** Share of secrets whose form tells, below which a log is noisy. */
export const LEAST_TOLD_BY_FORM = 0.2;
/** Kept secrets of an hour: those with the smallest fingerprints, which are a fair sample, since fingerprints are random. */
const MAX_SAMPLE = 64;

/** Whether a finding is one for a secret or one for a log. */
export type Per = 'secret' | 'place';

interface Noise {
  /** Fingerprint and kind to whether the form tells: of a typed kind, or proven. */
  sample: Record<string, 0 | 1>;
}

interface NoiseSeen {
  readonly fingerprint: string;
  readonly kind: string;
  readonly toldByForm: boolean;
}

export const secretNoise: Fold<NoiseSeen, Noise> = {
  name: 'secret-noise',
  version: 1,
  windowMs: HOUR_MS,
  // A finding of a day is judged when all its hours are long closed.
  keepMs: DAY_MS,
  empty: () => ({ sample: {} }),
  add(summary, { fingerprint, kind, toldByForm }) {
    keep(summary, joinKey(fingerprint, kind), toldByForm ? 1 : 0);
    return summary;
  },
  merge(a, b) {
    for (const [name, told] of Object.entries(b.sample)) keep(a, name, told);
    return a;
  },
  wakes(key, window, context) {
    const seen = Object.entries(context.read(secretNoise, key, window)?.sample ?? {});
    // Fewer have never been noise.
    if (seen.length <= MOST_AN_HOUR) return [];
    const [account = '', region = '', fold = '', per = '', place = ''] = splitKey(key);
    const day = Math.floor((window * HOUR_MS) / DAY_MS);
    const keys = seen.flatMap(([name, told]) => {
      const [fingerprint = '', kind = ''] = splitKey(name);
      return told === 1 ? [] : [joinKey(account, region, kind, per === 'secret' ? fingerprint : place)];
    });
    return [...new Set(keys)].map((one) => ({ fold, key: one, window: day }));
  },
};

/** An evicted one never comes back: those that stay have smaller fingerprints. */
function keep({ sample }: Noise, name: string, told: 0 | 1): void {
  const known = sample[name];
  if (known !== undefined) {
    if (told > known) sample[name] = told;
    return;
  }
  sample[name] = told;
  const names = Object.keys(sample);
  if (names.length > MAX_SAMPLE) delete sample[names.reduce((last, one) => (one > last ? one : last))];
}

/** `fold` is the rule's own. */
export function noiseKey(account: string, region: string, fold: string, per: Per, place: string): string {
  return joinKey(account, region, fold, per, place);
}

export function noiseOf({ fingerprint, kind, verdict }: RecordSecret): NoiseSeen {
  return { fingerprint, kind: kind.name, toldByForm: kind.rank === 1 || verdict.verified };
}

function isNoise({ sample }: Noise): boolean {
  const all = Object.values(sample);
  const told = all.filter((one) => one === 1).length;
  return all.length - told > MOST_AN_HOUR && told < all.length * LEAST_TOLD_BY_FORM;
}

/** Facts of a hit: the hours of the day, in two lists, since a list of facts holds 16. */
export function hourFact(record: LineRecord | CallRecord): Readonly<Record<string, string>> {
  const hour = Math.floor((record.timeMs % DAY_MS) / HOUR_MS);
  return { [hour < 12 ? 'hoursBeforeNoon' : 'hoursAfterNoon']: String(hour) };
}

/** Whether all the hours and places in which a secret was seen are noisy ones. `keyOf` gives the noise's key of a place. */
export function isOnlyNoise(
  facts: Readonly<Record<string, readonly string[]>>,
  day: number,
  context: JudgeContext,
  keyOf: (place: string) => string,
): boolean {
  let noisy = false;
  for (const place of facts.place ?? []) {
    for (const hour of [...(facts.hoursBeforeNoon ?? []), ...(facts.hoursAfterNoon ?? [])]) {
      const window = day * (DAY_MS / HOUR_MS) + Number(hour);
      const noise = context.read(secretNoise, keyOf(place), window);
      // Seen in this place in another hour.
      if (noise === null) continue;
      if (!isNoise(noise)) return false;
      noisy = true;
    }
  }
  return noisy;
}
