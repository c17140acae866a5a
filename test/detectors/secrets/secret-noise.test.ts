import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { HOUR_MS, joinKey } from '../../../src/detectors/detector.ts';
import { passwordInLog } from '../../../src/detectors/secrets/password-in-log.ts';
import { nameForNoise, noiseKey, secretNoise } from '../../../src/detectors/secrets/secret-noise.ts';
import { sessionInLog } from '../../../src/detectors/secrets/session-in-log.ts';
import { createRandom } from '../../../src/simulate/prng.ts';
import { chosenPassword } from '../../../src/simulate/secret-examples/passwords.ts';
import { foldAll, foldInParts, splits } from '../fold-laws.ts';
import { lineRecord } from '../plain-records.ts';
import { batchReplay, plainReplay } from '../plain-replay.ts';

const NOON_MS = Date.UTC(2026, 10, 1, 12);
const BASE62 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';

type Random = ReturnType<typeof createRandom>;
/** What machines make, and what a page token or a cache key looks like. */
const machineMade = (random: Random) => `${random.text(BASE62, 30)}a7Q`;

/** `count` lines with a value each, all different, `stepMs` apart. */
function lines(
  count: number,
  stepMs: number,
  given: {
    readonly group?: string;
    readonly seed?: string;
    readonly text?: (value: string) => string;
    readonly value?: (random: Random) => string;
  } = {},
) {
  const random = createRandom(given.seed ?? 'noise');
  const { text = (value) => `DEBUG item auth_token=${value} stored`, value = machineMade } = given;
  return Array.from({ length: count }, (_, ordinal) =>
    lineRecord(text(value(random)), {
      timeMs: NOON_MS + ordinal * stepMs,
      ordinal,
      ...(given.group === undefined ? {} : { group: given.group }),
    }),
  );
}

type Records = ReturnType<typeof lines>;
const findingsOf = (records: Records) => plainReplay([passwordInLog], records).findings;
const severities = (records: Records) => {
  const counts: Record<string, number> = {};
  for (const { severity } of findingsOf(records)) counts[severity] = (counts[severity] ?? 0) + 1;
  return counts;
};

describe('a name that is given values by the dozen', () => {
  it('is left to the digest, which says why', () => {
    const findings = findingsOf(lines(21, 1000));
    expect(findings).toHaveLength(21);
    for (const { severity, summary, why, grade } of findings) {
      expect(severity).toBe('LOW');
      expect(grade).toBe('weak');
      expect(summary).toContain('Its name is noisy in this log');
      expect(why.join()).toContain('more than 20 different values within the hour');
    }
  });

  it('is not noisy with 20, nor with 40 over two hours, nor with the same one again and again', () => {
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

  it('hides neither another kind nor another name in the same log', () => {
    const noisy = lines(60, 1000, { text: (value) => `GET /items?token=${value}` });
    const others = [
      ...lines(1, 0, { text: (value) => `raw={"password":"${value}"}`, value: chosenPassword }),
      ...lines(1, 0, { seed: 'other', text: (value) => `login {"cluster_token":"${value}"}` }),
    ];
    const findings = findingsOf([...noisy, ...others]);
    const counts = Object.groupBy(findings, ({ entity, severity }) => `${entity} ${severity}`);
    expect(Object.entries(counts).map(([name, some]) => [name, some!.length])).toEqual(
      expect.arrayContaining([
        ['assigned-password HIGH', 1],
        ['assigned-token LOW', 60],
        ['assigned-token MEDIUM', 1],
      ]),
    );
  });

  it('does not hide a secret that stands under another name, too', () => {
    const noisy = lines(30, 1000);
    const token = /auth_token=(\S+)/.exec(noisy[3]!.text)![1]!;
    const again = lineRecord(`registered access_token=${token}`, { timeMs: NOON_MS, ordinal: 99 });
    // Of another kind it is another finding; of one kind the quiet name counts.
    const other = lineRecord(`registered bot_token=${token}`, { timeMs: NOON_MS, ordinal: 100 });
    expect(severities([...noisy, again, other])).toEqual({ HIGH: 1, LOW: 29 });
  });

  it('counts names with numbers in them as one', () => {
    expect(nameForNoise('user_8f3a2b_token')).toBe(nameForNoise('user-77.token'.replace('.', '_')));
    expect(nameForNoise('DB.Password')).toBe('db_password');
    let number = 1;
    expect(severities(lines(30, 1000, { text: (value) => `user_${number++}_auth_token=${value}` }))).toEqual({
      LOW: 30,
    });
  });

  it('is no noise where people sign in: their passwords look like what people choose', () => {
    const text = (value: string) => `DEBUG body {"user":"u","password":"${value}"}`;
    const found = findingsOf(lines(60, 1000, { text, value: chosenPassword }));
    expect(found.length).toBeGreaterThan(21);
    expect(found.filter(({ severity }) => severity === 'LOW')).toEqual([]);
    // Ciphertexts under that name are noise, and one of people among them is none.
    const ciphertexts = lines(60, 1000, { text });
    expect(
      severities([
        ...ciphertexts,
        ...lines(1, 0, { text, value: () => ['Nala', 'Kyoto1987', '!'].join('-') }),
      ]),
    ).toEqual({
      HIGH: 1,
      LOW: 60,
    });
  });

  it('says nothing of rules that tell of a log once: a log of sessions shows a new one with every line', () => {
    const records = lines(60, 1000, {
      text: (value) => `Set-Cookie: sessionid=${value.slice(0, 32)}; Path=/`,
    });
    const { findings } = plainReplay([sessionInLog], records);
    expect(findings.map(({ severity, count }) => [severity, count])).toEqual([['MEDIUM', 60]]);
  });

  it('is the same in any order and any parts', () => {
    const records = [
      ...lines(90, 60_000),
      ...lines(3, 60_000, { seed: 'other', text: (value) => `bot_token=${value}` }),
    ];
    const whole = findingsOf(records);
    const shuffled = createRandom('order').shuffle([...records]);
    const parts = [shuffled.slice(0, 11), shuffled.slice(11, 50), shuffled.slice(50)];
    expect(batchReplay([passwordInLog], parts).findings).toEqual(whole);
    expect(whole.filter(({ severity }) => severity === 'LOW')).toHaveLength(60 + 30);
    expect(whole.filter(({ severity }) => severity === 'HIGH')).toHaveLength(3);
  });
});

describe('the fold', () => {
  const seen = fc.record({
    fingerprint: fc.integer({ min: 0, max: 120 }).map((number) => String(number).padStart(4, '0')),
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
      toldByForm: number === 3,
    }));
    const key = noiseKey('1', 'r', 'password-in-log', 'assigned-password', '/app', 'n');
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
