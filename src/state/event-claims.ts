// Which events have been seen: exact sets of 128-bit identities, one page for a few minutes of event time. Pages beyond the
// memory budget go to the state and come back when an event of their time turns up: an archive in any order deduplicates exactly.

import { createSeenFilter } from '../lib/seen-filter.ts';
import type { State } from './state.ts';

/** new: first seen. duplicate: seen with the same body. conflict: seen with another body. */
export type Claim = 'new' | 'duplicate' | 'conflict';

export interface EventClaims {
  /**
   * `identity`: four unsigned 32-bit lanes; `body`: checksum of the record's bytes (0 where bodies are not compared).
   * `page`: a second delivery has the same one (its event time is the same), and neighbours have few.
   */
  claim(kind: string, page: number, identity: Uint32Array, body: number): Claim;
  /**
   * Identities of `kind` (32 hex) that were claimed in more than one page: one event id with different times, which the pages alone
   * cannot see. Exact; looks into every page that may hold one.
   */
  claimedInSeveralPages(kind: string): Set<string>;
  /** False when so many events were claimed that not all such identities can be found any more. */
  readonly seesSeveralPages: boolean;
  /** Writes every changed page to the state. */
  save(): void;
}

/** An entry: four lanes of identity, one of body. */
const LANES = 5;
const FIRST_CAPACITY = 64;
/** Above this load a page grows: open addressing stays short. */
const MAX_LOAD = 0.7;
/** Bytes of pages held in memory: about 1.1 million events at full load. The design allows 256 MB for everything. */
export const CLAIM_MEMORY_BYTES = 32 * 1024 * 1024;
/** Identities that may have been claimed in another page, remembered for the check at the end. */
const MAX_SUSPECTS = 100_000;

interface Page {
  readonly name: string;
  entries: Uint32Array;
  /** Entries it has room for: a power of two. */
  capacity: number;
  count: number;
  changed: boolean;
  usedAt: number;
}

export function createEventClaims(state: State, memoryBytes = CLAIM_MEMORY_BYTES): EventClaims {
  const pages = new Map<string, Map<number, Page>>();
  let heldBytes = 0;
  const firstCapacities = new Map<string, number>();
  let clock = 0;
  let lastKind = '';
  let lastNumber = Number.NaN;
  let lastPage: Page | null = null;
  const pagesOf = new Map<string, Set<number>>();
  const filters = new Map<string, ReturnType<typeof createSeenFilter>>();
  const suspects = new Map<string, Map<string, Uint32Array>>();
  let suspectCount = 0;

  /** Only kinds whose bodies are compared can conflict. */
  function suspect(kind: string, identity: Uint32Array): void {
    let filter = filters.get(kind);
    if (filter === undefined) {
      filter = createSeenFilter();
      filters.set(kind, filter);
      suspects.set(kind, new Map());
    }
    if (!filter.add(identity) || suspectCount >= MAX_SUSPECTS) return;
    suspectCount++;
    suspects.get(kind)!.set(hexOf(identity), Uint32Array.from(identity));
  }

  function pageOf(kind: string, number: number): Page {
    if (lastPage !== null && number === lastNumber && kind === lastKind) return lastPage;
    let ofKind = pages.get(kind);
    if (ofKind === undefined) {
      ofKind = new Map();
      pages.set(kind, ofKind);
      pagesOf.set(kind, new Set());
    }
    let page = ofKind.get(number);
    if (page === undefined) {
      const name = `claims|${kind}|${number}`;
      page = load(name, state.readPage(name), firstCapacities.get(kind) ?? FIRST_CAPACITY);
      ofKind.set(number, page);
      heldBytes += page.entries.byteLength;
      if (heldBytes > memoryBytes) shrink(page);
      pagesOf.get(kind)!.add(number);
    }
    page.usedAt = ++clock;
    lastKind = kind;
    lastNumber = number;
    lastPage = page;
    return page;
  }

  /** Sends the quarter of the pages that was used longest ago to the state, and more until the rest fits. */
  function shrink(keep: Page): void {
    const held = [...pages].flatMap(([kind, ofKind]) =>
      [...ofKind].map(([number, page]) => ({ kind, number, page })),
    );
    held.sort((a, b) => a.page.usedAt - b.page.usedAt);
    const quarter = held.length >> 2;
    for (const [index, { kind, number, page }] of held.entries()) {
      if (index >= quarter && heldBytes <= memoryBytes) return;
      if (page === keep) continue;
      if (page.changed) state.writePage(page.name, bytesOf(page));
      pages.get(kind)!.delete(number);
      heldBytes -= page.entries.byteLength;
    }
  }

  return {
    claim(kind, number, identity, body) {
      const page = pageOf(kind, number);
      const at = find(page, identity);
      const { entries } = page;
      if (!isEmpty(entries, at)) return entries[at + 4] === body >>> 0 ? 'duplicate' : 'conflict';
      writeEntry(entries, at, identity, body);
      if (body !== 0) suspect(kind, identity);
      page.count++;
      page.changed = true;
      if (page.count > page.capacity * MAX_LOAD) {
        heldBytes -= page.entries.byteLength;
        grow(page);
        // Pages of a kind grow to about one size: a quarter of the largest to begin with saves most of the growing.
        const first = firstCapacities.get(kind) ?? FIRST_CAPACITY;
        if (page.capacity > first * 4) firstCapacities.set(kind, first * 2);
        heldBytes += page.entries.byteLength;
        if (heldBytes > memoryBytes) shrink(page);
      }
      return 'new';
    },
    claimedInSeveralPages(kind) {
      const found = new Map<string, number>();
      const wanted = suspects.get(kind) ?? new Map<string, Uint32Array>();
      if (wanted.size > 0) {
        for (const number of pagesOf.get(kind) ?? []) {
          const page = pageOf(kind, number);
          for (const [name, identity] of wanted) {
            if (!isEmpty(page.entries, find(page, identity))) found.set(name, (found.get(name) ?? 0) + 1);
          }
        }
      }
      return new Set([...found].filter(([, times]) => times > 1).map(([name]) => name));
    },
    get seesSeveralPages() {
      return suspectCount < MAX_SUSPECTS && [...filters.values()].every((filter) => filter.reliable);
    },
    save() {
      for (const ofKind of pages.values()) {
        for (const page of ofKind.values()) {
          if (!page.changed) continue;
          state.writePage(page.name, bytesOf(page));
          page.changed = false;
        }
      }
    },
  };
}

/** 32 hex digits of an identity's four lanes. */
export function hexOf(identity: Uint32Array): string {
  let text = '';
  for (let lane = 0; lane < 4; lane++) text += identity[lane]!.toString(16).padStart(8, '0');
  return text;
}

function load(name: string, stored: Uint8Array | null, firstCapacity: number): Page {
  if (stored === null) {
    return {
      name,
      entries: new Uint32Array(firstCapacity * LANES),
      capacity: firstCapacity,
      count: 0,
      changed: false,
      usedAt: 0,
    };
  }
  const copy = new Uint32Array(stored.byteLength / 4);
  new Uint8Array(copy.buffer).set(stored);
  const capacity = copy.length / LANES;
  let count = 0;
  for (let at = 0; at < copy.length; at += LANES) if (!isEmpty(copy, at)) count++;
  return { name, entries: copy, capacity, count, changed: false, usedAt: 0 };
}

function bytesOf(page: Page): Uint8Array {
  return new Uint8Array(page.entries.buffer, page.entries.byteOffset, page.entries.byteLength);
}

function grow(page: Page): void {
  const old = page.entries;
  page.capacity *= 2;
  page.entries = new Uint32Array(page.capacity * LANES);
  const identity = new Uint32Array(4);
  for (let at = 0; at < old.length; at += LANES) {
    if (isEmpty(old, at)) continue;
    for (let lane = 0; lane < 4; lane++) identity[lane] = old[at + lane]!;
    writeEntry(page.entries, find(page, identity), identity, old[at + 4]!);
  }
}

/** Position of the identity's entry, or of the empty one where it belongs. */
function find(page: Page, identity: Uint32Array): number {
  const { entries, capacity } = page;
  let index = (Math.imul(identity[0]! ^ identity[3]!, 0x9e3779b1) >>> 7) & (capacity - 1);
  for (;;) {
    const at = index * LANES;
    if (isEmpty(entries, at)) return at;
    if (
      entries[at] === identity[0] &&
      entries[at + 1] === identity[1] &&
      entries[at + 2] === identity[2] &&
      entries[at + 3] === lastLane(identity)
    ) {
      return at;
    }
    index = (index + 1) & (capacity - 1);
  }
}

function isEmpty(entries: Uint32Array, at: number): boolean {
  return entries[at] === 0 && entries[at + 1] === 0 && entries[at + 2] === 0 && entries[at + 3] === 0;
}

/** The identity of nothing but zeros would look like an empty entry. */
function lastLane(identity: Uint32Array): number {
  return identity[0] === 0 && identity[1] === 0 && identity[2] === 0 && identity[3] === 0 ? 1 : identity[3]!;
}

function writeEntry(entries: Uint32Array, at: number, identity: Uint32Array, body: number): void {
  entries[at] = identity[0]!;
  entries[at + 1] = identity[1]!;
  entries[at + 2] = identity[2]!;
  entries[at + 3] = lastLane(identity);
  entries[at + 4] = body >>> 0;
}
