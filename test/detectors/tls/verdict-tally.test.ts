import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { VerdictCount } from '../../../src/detectors/tls/tls-calibration.ts';
import { THE_REST } from '../../../src/detectors/tls/tls-counts.ts';
import { createVerdictTally } from '../../../src/detectors/tls/verdict-tally.ts';
import { callsOf } from '../../../src/findings/call-verdicts.ts';

const count = (over: Partial<VerdictCount>): VerdictCount =>
  ({
    account: '111122223333',
    region: 'us-east-1',
    service: 'dynamodb',
    category: 'Data',
    day: 20_000,
    verdict: 'ok',
    why: 'tls',
    calls: 1,
    ...over,
  }) as VerdictCount;

function tallied(counts: readonly VerdictCount[], maxRows?: number) {
  const tally = createVerdictTally(maxRows);
  for (const one of counts) tally.add([one]);
  return tally.verdicts();
}

describe('verdicts that are added up', () => {
  it('are told by account, region and service, worst first, with every why', () => {
    const { rows, totals } = tallied([
      count({ calls: 900 }),
      count({ calls: 100, category: 'Management', day: 20_040 }),
      count({ account: '222233334444', verdict: 'weak', why: 'old-version-or-cipher', calls: 50 }),
      count({ account: '333344445555', verdict: 'absent-suspicious', why: 'host-only', calls: 1 }),
      count({ account: '333344445555', verdict: 'absent-suspicious', why: 'absent', calls: 2 }),
      count({ service: 'dax', region: THE_REST, verdict: 'absent-explained', why: 'service-caller' }),
    ]);
    expect(rows.map(({ account, region, service, calls }) => [account, region, service, calls])).toEqual([
      ['333344445555', 'us-east-1', 'dynamodb', 3],
      ['222233334444', 'us-east-1', 'dynamodb', 50],
      ['111122223333', '', 'dax', 1],
      ['111122223333', 'us-east-1', 'dynamodb', 1_000],
    ]);
    expect(Object.entries(rows[0]!.whys.suspicious)).toEqual([
      ['absent', 2],
      ['host-only', 1],
    ]);
    expect(totals).toEqual({ suspicious: 3, weak: 50, unknown: 0, explained: 1, ok: 1_000 });
  });

  it('are the same in any order, however many they are, and no call is lost', () => {
    const some = fc.record({
      account: fc.constantFrom('1', '2', '3', '4', '5', '6', '7', '8'),
      region: fc.constantFrom('a', 'b', THE_REST),
      service: fc.constantFrom('dynamodb', 'dax'),
      said: fc.constantFrom(
        { verdict: 'ok', why: 'tls' } as const,
        { verdict: 'unknown', why: 'no-address' } as const,
        { verdict: 'absent-suspicious', why: 'absent' } as const,
      ),
      calls: fc.integer({ min: 1, max: 9 }),
      place: fc.nat(),
    });
    fc.assert(
      fc.property(fc.array(some, { maxLength: 60 }), fc.integer({ min: 1, max: 10 }), (all, maxRows) => {
        const counts = all.map(({ said, place: _place, ...rest }) => count({ ...rest, ...said }));
        const shuffled = counts
          .map((one, at) => [all[at]!.place, one] as const)
          .sort(([a], [b]) => a - b)
          .map(([, one]) => one);
        const first = tallied(counts, maxRows);
        expect(tallied(shuffled, maxRows)).toEqual(first);
        expect(first.rows.length).toBeLessThanOrEqual(maxRows + 1);
        const calls = counts.reduce((sum, one) => sum + one.calls, 0);
        expect(callsOf(first.totals)).toBe(calls);
        expect(first.rows.reduce((sum, row) => sum + row.calls, 0)).toBe(calls);
      }),
    );
  });
});
