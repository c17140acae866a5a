import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createEventClaims } from '../../src/state/event-claims.ts';
import { createMemoryState } from '../../src/state/memory-state.ts';
import { openTemporaryState } from '../../src/state/sqlite-state.ts';

const event = fc.record({
  hour: fc.integer({ min: 0, max: 3 }),
  lanes: fc.tuple(fc.nat(3), fc.nat(1), fc.constant(0), fc.nat(2)),
  body: fc.nat(2),
});

describe('claims', () => {
  it('say what a set would say', () => {
    fc.assert(
      fc.property(
        fc.array(event, { maxLength: 300 }),
        fc.constantFrom(1, 4000, 1 << 20),
        (events, memoryBytes) => {
          const claims = createEventClaims(createMemoryState(), memoryBytes);
          const known = new Map<string, number>();
          for (const { hour, lanes, body } of events) {
            const name = `${hour} ${lanes}`;
            const before = known.get(name);
            const expected = before === undefined ? 'new' : before === body ? 'duplicate' : 'conflict';
            if (before === undefined) known.set(name, body);
            expect(claims.claim('call', hour, Uint32Array.from(lanes), body)).toBe(expected);
          }
        },
      ),
    );
  });

  it('stay exact when pages come and go, and through growth', () => {
    const state = openTemporaryState();
    const claims = createEventClaims(state, 10_000);
    const lanes = (i: number): Uint32Array => Uint32Array.from([i, i * 7, ~i, 1]);
    for (let i = 0; i < 5000; i++) expect(claims.claim('call', i % 5, lanes(i), i)).toBe('new');
    for (let i = 4999; i >= 0; i--) expect(claims.claim('call', i % 5, lanes(i), i)).toBe('duplicate');
    expect(claims.claim('flow', 0, lanes(0), 0)).toBe('new');
    state.close();
  });

  it('outlive the run that saved them', () => {
    const state = createMemoryState();
    const first = createEventClaims(state);
    first.claim('call', 1, Uint32Array.from([1, 2, 3, 4]), 5);
    first.save();
    const second = createEventClaims(state);
    expect(second.claim('call', 1, Uint32Array.from([1, 2, 3, 4]), 5)).toBe('duplicate');
    expect(second.claim('call', 1, Uint32Array.from([0, 0, 0, 0]), 5)).toBe('new');
    expect(second.claim('call', 1, Uint32Array.from([0, 0, 0, 0]), 5)).toBe('duplicate');
  });
});
