// Access keys and presigned URLs that stood in logs, kept for those who ask what became of them (REP-13). The rules that find them (SEC-01,
// SEC-05, SEC-06) add them: what was found and where, never a secret.

import type { Evidence } from '../../findings/finding.ts';
import { compareText } from '../../lib/text-order.ts';
import type { AnyRecord, EpochMs } from '../../records/record.ts';
import { DAY_MS, type Fold, type FoldKey, joinKey, MINUTE_MS, type Output } from '../detector.ts';
import { compareEvidence } from '../hits.ts';
import type { MarkPlace } from '../secrets/neighbours.ts';

/** What stood in the log beside the key id, worst first. */
export const LEAK_KINDS = [
  'secret key',
  'secret in the next record',
  'session token',
  'signed request',
  'presigned URL',
] as const;
export type LeakKind = (typeof LEAK_KINDS)[number];

export interface Leak {
  readonly kind: LeakKind;
  /** When it was logged. */
  readonly timeMs: EpochMs;
  /** Until when it opens anything; null: for as long as the key lives. */
  readonly untilMs: EpochMs | null;
  /** Of a signed request, which opens nothing else; '' for all. */
  readonly service: string;
  readonly region: string;
  readonly place: string;
  readonly evidence: Evidence;
  /** A named key id: a leak only where a secret stands in a neighbouring record of its stream. */
  readonly beside?: MarkPlace;
}

/** Name to the earliest leak of that name. */
export type Leaks = Record<string, Leak>;

/** Signed requests of a quarter of an hour are one leak: who logs one logs all of them. Chosen. */
const SLOT_MS = 15 * MINUTE_MS;
/** Of a key and window: secrets first, then signed requests by service and time. Six hours of them are 24. Chosen. */
const MAX_LEAKS = 64;
/** Measured: about 700 with its evidence. */
const BYTES_OF_LEAK = 700;

/**
 * How long a session lives at most: 12 hours of a role, 36 of GetSessionToken and GetFederationToken.
 * https://docs.aws.amazon.com/STS/latest/APIReference/API_GetSessionToken.html,
 * https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html
 */
export const LONGEST_SESSION_MS = 36 * 60 * MINUTE_MS;
/** How long a leaked key of a user is looked after. Chosen. */
export const LEAK_MEMORY_DAYS = 90;

/** Windows of one kind of key: session keys are many and short-lived, keys of users few and long-lived. */
export interface KeyLife {
  readonly windowMs: number;
  /** Windows before that a leak may lie in. */
  readonly windowsBack: number;
  readonly leaks: Fold<Leak, Leaks>;
  /** Name of the fold of uses, which is judged. */
  readonly uses: string;
}

export const SESSION_KEYS: KeyLife = keyLife('session-key', DAY_MS, 2);
export const USER_KEYS: KeyLife = keyLife('user-key', 30 * DAY_MS, LEAK_MEMORY_DAYS / 30);
/** By key id, signing time, validity and path. URLs live up to 7 days: https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-query-string-auth.html */
export const PRESIGNED: KeyLife = keyLife('presigned-url', 7 * DAY_MS, 1);

export function lifeOfKey(keyId: string): KeyLife {
  return keyId.startsWith('ASIA') ? SESSION_KEYS : USER_KEYS;
}

function keyLife(name: string, windowMs: number, windowsBack: number): KeyLife {
  const uses = `${name}-uses`;
  return { windowMs, windowsBack, uses, leaks: leakFold(`${name}-leaks`, windowMs, windowsBack, uses) };
}

function leakFold(name: string, windowMs: number, windowsBack: number, uses: string): Fold<Leak, Leaks> {
  return {
    name,
    version: 1,
    windowMs,
    keepMs: (windowsBack + 1) * windowMs,
    bytesOfAddition: BYTES_OF_LEAK,
    empty: () => ({}),
    add(leaks, leak) {
      keepLeak(leaks, nameOf(leak), leak);
      return leaks;
    },
    merge(a, b) {
      for (const [of, leak] of Object.entries(b)) keepLeak(a, of, leak);
      return a;
    },
    // The use may have come before the leak was read.
    wakes: (key, window) =>
      Array.from(
        { length: windowsBack + 1 },
        (_, ahead): FoldKey => ({ fold: uses, key, window: window + ahead }),
      ),
  };
}

/** Names sort as leaks are kept: the worst kind first, then in order of time. */
function nameOf({ kind, service, region, timeMs }: Leak): string {
  const perhaps = kind === 'secret in the next record';
  // What may be none goes first where there is no room.
  const rank = perhaps ? LEAK_KINDS.length : LEAK_KINDS.indexOf(kind);
  if (kind !== 'signed request' && !perhaps) return `${rank}`;
  return `${rank} ${String(Math.floor(timeMs / SLOT_MS)).padStart(9, '0')} ${service} ${region}`;
}

/** The earliest of one name, open as long as any of them; of too many names the smallest: one that is left out never comes back. */
function keepLeak(leaks: Leaks, name: string, leak: Leak): void {
  const known = Object.hasOwn(leaks, name) ? leaks[name]! : null;
  if (known !== null) {
    const first = compareLeaks(leak, known) < 0 ? leak : known;
    leaks[name] = { ...first, untilMs: later(leak.untilMs, known.untilMs) };
    return;
  }
  leaks[name] = leak;
  const names = Object.keys(leaks);
  if (names.length > MAX_LEAKS) delete leaks[names.reduce((last, one) => (one > last ? one : last))];
}

/** Total over all that a leak tells: one record may hold two of a name, and which of them is kept must not hang on the order they came in. */
function compareLeaks(a: Leak, b: Leak): number {
  return (
    compareEvidence(a.evidence, b.evidence) ||
    compareText(a.service, b.service) ||
    compareText(a.region, b.region) ||
    compareText(a.place, b.place) ||
    // Of one record: its fields are all that is left.
    compareText(JSON.stringify(a.evidence.fields), JSON.stringify(b.evidence.fields))
  );
}

function later(a: EpochMs | null, b: EpochMs | null): EpochMs | null {
  return a === null || b === null ? null : Math.max(a, b);
}

/** Notes that a record holds what a key opens with. */
export function addKeyLeak(out: Output, record: AnyRecord, keyId: string, leak: Omit<Leak, 'timeMs'>): void {
  out.add(lifeOfKey(keyId).leaks, keyId, record, { ...leak, timeMs: record.timeMs });
}

export function addUrlLeak(out: Output, record: AnyRecord, url: UrlName, leak: Omit<Leak, 'timeMs'>): void {
  out.add(PRESIGNED.leaks, urlKey(url), record, { ...leak, timeMs: record.timeMs });
}

/** What makes two presigned URLs the same one, and CloudTrail shows of it: its signature it does not. */
export interface UrlName {
  readonly keyId: string;
  /** X-Amz-Date, as written. */
  readonly signed: string;
  readonly expires: string;
  /** Fingerprint of `bucket/key`. */
  readonly path: string;
}

export function urlKey({ keyId, signed, expires, path }: UrlName): string {
  return joinKey(keyId, signed, expires, path);
}
