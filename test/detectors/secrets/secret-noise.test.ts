import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { HOUR_MS, joinKey } from '../../../src/detectors/detector.ts';
import { passwordInLog } from '../../../src/detectors/secrets/password-in-log.ts';
import { noiseKey, secretNoise } from '../../../src/detectors/secrets/secret-noise.ts';
import { createRandom } from '../../../src/simulate/prng.ts';
import { generatedPassword } from '../../../src/simulate/secret-examples/passwords.ts';
import { foldAll, foldInParts, splits } from '../fold-laws.ts';
import { lineRecord } from '../plain-records.ts';
import { batchReplay, plainReplay } from '../plain-replay.ts';

const NOON_MS = Date.UTC(2026, 10, 1, 12);

/** `count` lines with a password each, all different, `stepMs` apart. */
function lines(
  count: number,
  stepMs: number,
  given: { readonly group?: string; readonly seed?: string } = {},
) {
  const random = createRandom(given.seed ?? 'noise');
  return Array.from({ length: count }, (_, ordinal) =>
    lineRecord(`DEBUG item password=${generatedPassword(random)} stored`, {
      timeMs: NOON_MS + ordinal * stepMs,
      ordinal,
      ...(given.group === undefined ? {} : { group: given.group }),
    }),
  );
}

const severities = (records: ReturnType<typeof lines>) => {
  const counts: Record<string, number> = {};
  for (const { severity } of plainReplay([passwordInLog], records).findings)
    counts[severity] = (counts[severity] ?? 0) + 1;
  return counts;
};

describe('a log that shows secrets by the dozen', () => {
  it('is left to the digest, which says why', () => {
    const { findings } = plainReplay([passwordInLog], lines(21, 1000));
    expect(findings).toHaveLength(21);
    for (const { severity, summary, why, grade } of findings) {
      expect(severity).toBe('LOW');
      expect(grade).toBe('weak');
      expect(summary).toContain('The log is noisy');
      expect(why.join()).toContain('more than 20 different ones within the hour');
    }
  });

  it('is not one with 20, nor with 40 over two hours, nor with the same one again and again', () => {
    expect(severities(lines(20, 1000))).toEqual({ HIGH: 20 });
    expect(severities(lines(40, (2 * HOUR_MS) / 40))).toEqual({ HIGH: 40 });
    const same = lines(1, 0)[0]!;
    const again = Array.from({ length: 60 }, (_, ordinal) =>
      lineRecord(same.text, { timeMs: NOON_MS + ordinal, ordinal }),
    );
    expect(severities(again)).toEqual({ HIGH: 1 });
  });

  it('does not touch other logs, nor what was also seen in a quiet one', () => {
    const noisy = lines(30, 1000);
    const elsewhere = lineRecord(noisy[7]!.text, {
      timeMs: NOON_MS + HOUR_MS,
      group: '/app/other',
      ordinal: 99,
    });
    expect(severities([...noisy, elsewhere])).toEqual({ HIGH: 1, LOW: 29 });
    expect(severities([...noisy, ...lines(5, 1000, { group: '/app/other', seed: 'other' })])).toEqual({
      HIGH: 5,
      LOW: 30,
    });
  });

  it('is the same in any order and any parts', () => {
    const records = lines(90, 60_000);
    const whole = plainReplay([passwordInLog], records).findings;
    const shuffled = createRandom('order').shuffle([...records]);
    const parts = [shuffled.slice(0, 11), shuffled.slice(11, 50), shuffled.slice(50)];
    expect(batchReplay([passwordInLog], parts).findings).toEqual(whole);
    expect(whole.filter(({ severity }) => severity === 'LOW')).toHaveLength(60 + 30);
  });
});

describe('the fold', () => {
  const seen = fc.record({
    fingerprint: fc.integer({ min: 0, max: 120 }).map((number) => String(number).padStart(4, '0')),
    kind: fc.constantFrom('assigned-password', 'assigned-token'),
    toldByForm: fc.boolean(),
  });

  it('keeps the laws', () => {
    fc.assert(
      fc.property(splits(seen, 200), ({ whole, parts }) => {
        expect(foldInParts(secretNoise, parts)).toEqual(foldAll(secretNoise, whole));
      }),
      { numRuns: 60 },
    );
  });

  it('wakes the findings of its hour once they may be noise', () => {
    const observations = Array.from({ length: 21 }, (_, number) => ({
      fingerprint: String(number).padStart(4, '0'),
      kind: 'assigned-password',
      toldByForm: number === 3,
    }));
    const key = noiseKey('1', 'r', 'password-in-log', 'secret', '/app');
    const wakes = (most: number) => {
      const summary = foldAll(secretNoise, observations.slice(0, most));
      return secretNoise.wakes!(key, 49, {
        settings: {} as never,
        read: () => summary as never,
      });
    };
    expect(wakes(20)).toEqual([]);
    const woken = wakes(21);
    expect(woken).toHaveLength(20);
    expect(woken[0]).toEqual({
      fold: 'password-in-log',
      key: joinKey('1', 'r', 'assigned-password', '0000'),
      window: 2,
    });
  });
});
