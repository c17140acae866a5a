// Records of which a better copy may still come: a call in the trail of another account than the caller's, or one of several bodies
// under one event id. Of each only the best copy is held, as bytes, until nothing better can come.

import { sha256Hex } from '../lib/digest.ts';
import type { ObjectFacts } from './reader.ts';
import type { CallRecord, EpochMs } from './record.ts';

/** Bytes held before the oldest are let go as they are: copies follow each other within minutes, so it hardly ever comes to that. */
export const MAX_WAITING_BYTES = 16 * 1024 * 1024;

export interface WaitingCopy {
  readonly name: string;
  /** Smaller is better. */
  readonly rank: string;
  readonly bytes: Buffer;
  readonly facts: ObjectFacts;
  readonly ordinal: number;
  readonly timeMs: EpochMs;
}

export interface WaitingCopies {
  /** first: nothing of this name waited. better: it takes the place of the one that did. Otherwise that one stays. */
  hold(
    name: string,
    rank: string,
    call: CallRecord,
    facts: ObjectFacts,
  ): 'first' | 'better' | 'equal' | 'worse';
  /** Lets go of everything older than `beforeMs`, in order of time. */
  takeBefore(beforeMs: EpochMs): WaitingCopy[];
  /** When more is held than may be: the time up to which half of it is let go; null otherwise. */
  overflowMs(): EpochMs | null;
}

export function createWaitingCopies(maxBytes = MAX_WAITING_BYTES): WaitingCopies {
  const waiting = new Map<string, WaitingCopy>();
  let heldBytes = 0;
  return {
    hold(name, rank, call, facts) {
      const known = waiting.get(name);
      if (known !== undefined && rank >= known.rank) return rank === known.rank ? 'equal' : 'worse';
      const bytes = Buffer.from(call.bytes.subarray(call.start, call.end));
      waiting.set(name, { name, rank, bytes, facts, ordinal: call.ordinal, timeMs: call.timeMs });
      heldBytes += bytes.length - (known?.bytes.length ?? 0);
      return known === undefined ? 'first' : 'better';
    },
    takeBefore(beforeMs) {
      const due = [...waiting.values()].filter((copy) => copy.timeMs < beforeMs);
      for (const copy of due) {
        waiting.delete(copy.name);
        heldBytes -= copy.bytes.length;
      }
      return due.sort((a, b) => a.timeMs - b.timeMs || (a.name < b.name ? -1 : 1));
    },
    overflowMs() {
      if (heldBytes <= maxBytes) return null;
      const times = [...waiting.values()].map((copy) => copy.timeMs).sort((a, b) => a - b);
      return times[times.length >> 1]! + 1;
    },
  };
}

/** docs/decisions/0002, contract 1: of different bodies under one id the smaller canonical form counts. */
export function canonicalRank(call: CallRecord): string {
  const text = call.bytes.toString('utf8', call.start, call.end);
  let canonical = text;
  try {
    canonical = JSON.stringify(sortedKeys(JSON.parse(text)));
  } catch {
    // The scan is lenient inside of values that nobody asked for; such a record ranks by its bytes.
  }
  return sha256Hex(canonical);
}

function sortedKeys(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sortedKeys);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(entries.map(([key, inner]) => [key, sortedKeys(inner)]));
}
