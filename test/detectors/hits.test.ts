import { describe, expect, it } from 'vitest';
import { addHit, emptyHits, MAX_EVIDENCE } from '../../src/detectors/hits.ts';
import type { Evidence } from '../../src/findings/finding.ts';

const START_MS = Date.UTC(2026, 10, 1, 12);

function evidence(second: number): Evidence {
  const time = new Date(START_MS + second * 1000).toISOString();
  return { source: 'cloudtrail', locator: `o#${second}`, eventId: `e${second}`, time, fields: {} };
}

describe('the evidence of frequent hits', () => {
  const orders = {
    forwards: (second: number) => second,
    backwards: (second: number) => 59 - second,
    mixed: (second: number) => (second * 37) % 60,
    'at one time': () => 7,
  };
  it.each(Object.entries(orders))('is that of all others: %s', (_name, secondOf) => {
    const frequent = emptyHits();
    const others = emptyHits();
    for (let at = 0; at < 60; at++) {
      const piece = { ...evidence(secondOf(at)), eventId: `e${(at * 13) % 60}` };
      const rest = { timeMs: Date.parse(piece.time), severity: 'LOW' as const };
      addHit(frequent, { ...rest, evidence: () => piece });
      addHit(others, { ...rest, evidence: piece });
    }
    expect(frequent).toEqual(others);
  });

  it('is not made when it is too late', () => {
    const hits = emptyHits();
    let made = 0;
    for (let second = 0; second < 60; second++) {
      const late = () => {
        made++;
        return evidence(second);
      };
      addHit(hits, { timeMs: START_MS + second * 1000, severity: 'LOW', evidence: late });
    }
    expect(made).toBe(MAX_EVIDENCE);
  });
});
