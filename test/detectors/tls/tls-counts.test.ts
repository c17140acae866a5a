import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CALL_CLASS, CALL_CLASSES } from '../../../src/detectors/tls/call-verdict.ts';
import { tlsOfPrincipals } from '../../../src/detectors/tls/tls-calibration.ts';
import { callsWithTls, type PrincipalCounts, THE_REST } from '../../../src/detectors/tls/tls-counts.ts';
import { tlsByService } from '../../../src/detectors/tls/tls-details-lost.ts';
import { foldAll, foldInParts, splits } from '../fold-laws.ts';
import { ME, OTHER } from './counted-days.ts';

describe('the counts', () => {
  it('of services are sums, in any order and any split', () => {
    fc.assert(
      fc.property(splits(fc.boolean(), 60), ({ whole, parts }) => {
        expect(foldAll(tlsByService, whole)).toEqual({ n: whole.length, k: whole.filter(Boolean).length });
        expect(foldInParts(tlsByService, parts)).toEqual(foldAll(tlsByService, whole));
      }),
    );
  });

  const seen = fc.record({
    principal: fc.constantFrom('a', 'b', 'c', '', '__proto__'),
    region: fc.constantFrom('us-east-1', 'eu-west-1', ''),
    callClass: fc.integer({ min: 0, max: CALL_CLASSES - 1 }),
  });

  it('of principals are too', () => {
    fc.assert(
      fc.property(splits(seen, 60), ({ whole, parts }) => {
        expect(foldInParts(tlsOfPrincipals, parts)).toEqual(foldAll(tlsOfPrincipals, whole));
      }),
    );
  });

  it('lose no call beyond their caps, and keep the smallest names whatever the order', () => {
    const number = fc.integer({ min: 0, max: 700 });
    const many = fc.record({
      principal: number.map((at) => `p${String(at).padStart(3, '0')}`),
      region: fc.integer({ min: 0, max: 80 }).map((at) => `r${String(at).padStart(2, '0')}`),
      callClass: fc.constantFrom(0, 3),
    });
    const everybody = Array.from({ length: 560 }, (_, at) => ({
      principal: `p${String(at).padStart(3, '0')}`,
      region: `r${String(at % 70).padStart(2, '0')}`,
      callClass: 3 as const,
    }));
    const oneEverywhere = Array.from({ length: 60 }, (_, at) => ({
      ...everybody[at]!,
      principal: 'p599',
    }));
    fc.assert(
      fc.property(splits(many, 30), fc.boolean(), ({ whole, parts }, back) => {
        const crowd = [...everybody, ...oneEverywhere];
        const summary = foldAll<unknown, PrincipalCounts>(tlsOfPrincipals, [...whole, ...crowd]);
        const merged = foldInParts<unknown, PrincipalCounts>(tlsOfPrincipals, [
          ...parts,
          back ? crowd.toReversed() : crowd,
        ]);
        expect(merged).toEqual(summary);
        const calls = [...summary.values()].flatMap((regions) => [...regions.values()].flat());
        expect(calls.reduce((sum, count) => sum + count, 0)).toBe(whole.length + crowd.length);
        expect(summary.size).toBe(501);
        expect(summary.get(THE_REST)!.size).toBe(51);
      }),
      { numRuns: 20 },
    );
  });

  it('of the first version are taken over', () => {
    const old = { [ME]: { n: 30, k: 10 }, [OTHER]: { n: 5, k: 5 } };
    const migrated = tlsOfPrincipals.fromJson!(tlsOfPrincipals.migrate!(old, 1));
    expect(callsWithTls(migrated, ME)).toBe(10);
    expect(callsWithTls(migrated, OTHER)).toBe(5);
    expect(migrated.get(ME)!.get('')![CALL_CLASS.absent]).toBe(20);
  });
});
