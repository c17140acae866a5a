// Do the S3 data events of this account name their cipher? By principal and day: absence is evidence only where nearly all others have it.
// TLS-01 does the same for DynamoDB and its tlsDetails (tls-calibration.ts); S3 writes the cipher into additionalEventData as well.

import type { CallRecord } from '../../records/record.ts';
import { DAY_MS, type Fold, type JudgeContext, joinKey, type Output } from '../detector.ts';
import { createSenderMemo } from '../sender-memo.ts';
import { MIN_CALLS, MIN_SHARE } from './tls-calibration.ts';
import { DAYS_AFTER, DAYS_BEFORE } from './tls-counts.ts';

/** Principals of a day; beyond it those whose names come first are kept: an account has some hundred. */
const MAX_PRINCIPALS = 500;

interface CipherCount {
  n: number;
  k: number;
}

interface Counted {
  readonly principal: string;
  readonly cipher: boolean;
}

type Counts = Map<string, CipherCount>;

/** Key: account. */
export const s3Ciphers: Fold<Counted, Counts> = {
  name: 'tls-s3-ciphers',
  version: 1,
  windowMs: DAY_MS,
  bytesOfAddition: 0,
  keepMs: (DAYS_BEFORE + DAYS_AFTER + 3) * DAY_MS,
  empty: () => new Map(),
  add: (summary, { principal, cipher }) => count(summary, principal, 1, cipher ? 1 : 0),
  merge(a, b) {
    for (const [principal, { n, k }] of b) count(a, principal, n, k);
    return a;
  },
  toJson: (summary) => Object.fromEntries(summary),
  fromJson: (value) => new Map(Object.entries(value as Record<string, CipherCount>)),
};

function count(summary: Counts, principal: string, n: number, k: number): Counts {
  const known = summary.get(principal);
  if (known !== undefined) {
    known.n += n;
    known.k += k;
    return summary;
  }
  summary.set(principal, { n, k });
  if (summary.size > MAX_PRINCIPALS) {
    summary.delete([...summary.keys()].reduce((last, name) => (name > last ? name : last)));
  }
  return summary;
}

/** What is added for a principal: made once for all its calls. */
const countedOf = createSenderMemo(
  ({ account, principal }) => ({
    key: joinKey(account),
    with: { principal, cipher: true },
    without: { principal, cipher: false },
  }),
  'identity',
);

/** A direct data event of S3 whose record says how it was signed. */
export function countCipher(call: CallRecord, cipher: boolean, out: Output): void {
  const counted = countedOf(call);
  out.add(s3Ciphers, counted.key, call, cipher ? counted.with : counted.without);
}

/** Direct data events of the others around a day, and those with a cipher; null where they are too few, or too many lack it. */
export function ciphersOfOthers(
  account: string,
  principal: string,
  day: number,
  context: JudgeContext,
): CipherCount | null {
  const others = new Map<string, CipherCount>();
  for (let d = day - DAYS_BEFORE; d <= day + DAYS_AFTER; d++) {
    for (const [name, { n, k }] of context.read<Counts>(s3Ciphers, joinKey(account), d) ?? []) {
      if (name === principal) continue;
      const sum = others.get(name) ?? { n: 0, k: 0 };
      sum.n += n;
      sum.k += k;
      others.set(name, sum);
    }
  }
  const all = { n: 0, k: 0 };
  for (const { n, k } of others.values()) {
    // Who mostly lacks it may speak plain HTTP too: no witness for either.
    if (k < n / 2) continue;
    all.n += n;
    all.k += k;
  }
  return all.n >= MIN_CALLS && all.k >= all.n * MIN_SHARE ? all : null;
}
