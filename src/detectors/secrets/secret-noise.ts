// How many different values one name is given in one log within an hour. A program that gives a secret's name to something else (a cache
// key, a page token) writes hundreds of them: where nearly none is told by its form, that hour's findings of that name there are left to
// the digest. Another name, another kind and what its form tells keep their severity: only what is noise itself is demoted.

import type { CallRecord, LineRecord } from '../../records/record.ts';
import { DAY_MS, type Fold, HOUR_MS, type JudgeContext, joinKey, splitKey } from '../detector.ts';
import type { RecordSecret } from './record-secrets.ts';
import { readName } from './value-tests/secret-names.ts';

/** So many different ones an hour are no leak any more, unless their form tells. */
export const MOST_AN_HOUR = 20;
/** Share of secrets whose form tells, below which a name is noisy. */
export const LEAST_TOLD_BY_FORM = 0.2;
/** Kept secrets of an hour: those with the smallest fingerprints, which are a fair sample, since fingerprints are random. */
const MAX_SAMPLE = 64;

interface Noise {
  /** Fingerprint to whether the form tells. */
  sample: Record<string, 0 | 1>;
}

interface NoiseSeen {
  readonly fingerprint: string;
  readonly toldByForm: boolean;
}

export const secretNoise: Fold<NoiseSeen, Noise> = {
  name: 'secret-noise',
  version: 1,
  windowMs: HOUR_MS,
  // A finding of a day is judged when all its hours are long closed.
  keepMs: DAY_MS,
  empty: () => ({ sample: {} }),
  add(summary, { fingerprint, toldByForm }) {
    keep(summary, fingerprint, toldByForm ? 1 : 0);
    return summary;
  },
  merge(a, b) {
    for (const [fingerprint, told] of Object.entries(b.sample)) keep(a, fingerprint, told);
    return a;
  },
  wakes(key, window, context) {
    const seen = Object.entries(context.read(secretNoise, key, window)?.sample ?? {});
    // Fewer have never been noise.
    if (seen.length <= MOST_AN_HOUR) return [];
    const [account = '', region = '', fold = '', kind = ''] = splitKey(key);
    const day = Math.floor((window * HOUR_MS) / DAY_MS);
    return seen.flatMap(([fingerprint, told]) =>
      told === 1 ? [] : [{ fold, key: joinKey(account, region, kind, fingerprint), window: day }],
    );
  },
};

/** An evicted one never comes back: those that stay have smaller fingerprints. */
function keep({ sample }: Noise, fingerprint: string, told: 0 | 1): void {
  const known = sample[fingerprint];
  if (known !== undefined) {
    if (told > known) sample[fingerprint] = told;
    return;
  }
  sample[fingerprint] = told;
  const names = Object.keys(sample);
  if (names.length > MAX_SAMPLE) delete sample[names.reduce((last, one) => (one > last ? one : last))];
}

/** `fold` is the rule's own; `name` is a mark of the name (`markOfName`). */
export function noiseKey(
  account: string,
  region: string,
  fold: string,
  kind: string,
  place: string,
  name: string,
): string {
  return joinKey(account, region, fold, kind, place, name);
}

/** Parts of a name that hold a number are counts and ids: `user_8f3a_token` and `user_77c1_token` are one. */
export function nameForNoise(name: string): string {
  return name
    .toLowerCase()
    .split(/[^a-z0-9]+/)
    .map((part) => (/\d/.test(part) ? '0' : part))
    .join('_');
}

/** Ciphertexts, digests and ids: what stands under the name of a password and is none. */
const MACHINE_MADE = /^[A-Za-z0-9+/=_.-]{16,256}$/;

/**
 * Whether a secret is told by more than its name: by a check, or, under the name of a password, by looking like what people choose. A log
 * that writes what its users sign in with shows a new one with every line, and is no noise.
 */
export function isToldByForm({ kind, verdict, name, secret }: RecordSecret): boolean {
  if (kind.rank === 1 || verdict.verified) return true;
  return (
    verdict.severity === undefined && readName(name).nameClass === 'password' && !MACHINE_MADE.test(secret)
  );
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

/** Whether a secret was seen in noisy hours only, in all its places and under all its names. `keyOf` gives the noise's key. */
export function isOnlyNoise(
  facts: Readonly<Record<string, readonly string[]>>,
  day: number,
  context: JudgeContext,
  keyOf: (place: string, name: string) => string,
): boolean {
  const hours = [...(facts.hoursBeforeNoon ?? []), ...(facts.hoursAfterNoon ?? [])];
  let noisy = false;
  for (const place of facts.place ?? []) {
    for (const name of facts.name ?? []) {
      for (const hour of hours) {
        const window = day * (DAY_MS / HOUR_MS) + Number(hour);
        const noise = context.read(secretNoise, keyOf(place, name), window);
        // Seen in this place, or under this name, in another hour.
        if (noise === null) continue;
        if (!isNoise(noise)) return false;
        noisy = true;
      }
    }
  }
  return noisy;
}
