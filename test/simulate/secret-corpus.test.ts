// The corpus of logs is what it says, and the engine finds in small ones what is planted, and nothing else.

import { gunzipSync } from 'node:zlib';
import { beforeAll, describe, expect, it } from 'vitest';
import { judgeEntries, scanFile } from '../../scripts/scanned-corpus.ts';
import { KINDS } from '../../src/detectors/secrets/kinds/index.ts';
import { scanSecrets } from '../../src/detectors/secrets/scan-secrets.ts';
import { createRandom } from '../../src/simulate/prng.ts';
import { BENIGN_KINDS } from '../../src/simulate/secret-corpus/benign.ts';
import { type CorpusFile, LOG_FORMATS, makeCorpus } from '../../src/simulate/secret-corpus/corpus.ts';
import {
  type CorpusMatch,
  emptyScore,
  overall,
  scoreFile,
} from '../../src/simulate/secret-corpus/corpus-score.ts';
import { SECRET_EXAMPLES } from '../../src/simulate/secret-examples/index.ts';
import type { SecretExample } from '../../src/simulate/secret-examples/secret-example.ts';

const LEAST = 0.97;
const TIME_MS = Date.UTC(2026, 10, 1, 12);
const rules = new Map<string, string>(KINDS.map(({ name, rule }) => [name, rule]));
const ruleOf = (kind: string): string => rules.get(kind) ?? '';

/** A made-up kind, so that the corpus can be held to its word without the engine. */
const word: SecretExample = {
  kind: 'word',
  make(random) {
    const secret = `w%${random.text('abcdefghijklm"\'&\\', 30)}=`;
    return {
      secrets: [secret],
      text: `WORD: ${secret}`,
      member: { key: 'word', value: secret },
      lines: ['begin', secret, 'end'],
    };
  },
};

const READINGS: readonly ((text: string) => string)[] = [
  (text) => text.replaceAll(/\\(.)/g, '$1'),
  (text) => text.replaceAll('&lt;', '<').replaceAll('&amp;', '&'),
  (text) =>
    text
      .replaceAll('+', ' ')
      .replaceAll(/%([0-9A-F]{2})/g, (_, hex) => String.fromCharCode(Number.parseInt(hex, 16))),
  (text) => text.replaceAll("'\\''", "'"),
  (text) => {
    const bytes = Buffer.from(/[A-Za-z0-9+/]{24,}={0,2}/.exec(text)?.[0] ?? '', 'base64');
    return unpacked(bytes).toString('latin1');
  },
];

function unpacked(bytes: Buffer): Buffer {
  if (bytes[0] !== 0x1f || bytes[1] !== 0x8b) return bytes;
  try {
    return gunzipSync(bytes);
  } catch {
    // Another reading changed it before.
    return bytes;
  }
}

/** All that a reader makes of a text who knows the encodings, up to four of them one in another. */
function readingsOf(text: string): string {
  let texts = new Set([text]);
  for (let depth = 0; depth < 4; depth++)
    texts = new Set([...texts, ...[...texts].flatMap((one) => READINGS.map((read) => read(one)))]);
  return [...texts].join('\n');
}

describe('the corpus', () => {
  const options = { seed: 'building/shape', examples: [word], perKind: 120, perBenignKind: 30 };
  let files: CorpusFile[];
  beforeAll(() => {
    files = makeCorpus(options);
  });

  it('is the same for the same seed, and another for another', () => {
    expect(makeCorpus(options)).toEqual(files);
    expect(makeCorpus({ ...options, seed: 'building/other' })[0]!.text).not.toBe(files[0]!.text);
  });

  it('has at least twelve formats and ten kinds of tempting text, each in several of them', () => {
    expect(LOG_FORMATS.length).toBeGreaterThanOrEqual(12);
    expect(BENIGN_KINDS.length).toBeGreaterThanOrEqual(10);
    for (const { name } of BENIGN_KINDS) {
      const places = files.filter(({ entries }) => entries.some(({ benign }) => benign === name));
      expect(places.length, name).toBeGreaterThanOrEqual(10);
    }
  });

  it.each(LOG_FORMATS.map(({ name }) => name))('%s: every secret is where its label says', (format) => {
    const { text, entries } = files.find((file) => file.format === format)!;
    const planted = entries.filter((entry) => entry.planted !== null);
    expect(planted.length).toBeGreaterThanOrEqual(3);
    const lines = text.split('\n');
    for (const entry of planted) {
      const { start, end, secrets } = entry.planted!;
      expect(readingsOf(text.slice(start, end)).includes(secrets[0]!)).toBe(true);
      expect(lines.slice(entry.firstLine - 1, entry.lastLine).join('\n')).toBe(
        text.slice(entry.start, entry.end),
      );
      expect(start).toBeGreaterThanOrEqual(entry.start);
      expect(end).toBeLessThanOrEqual(entry.end);
    }
  });

  it('every line belongs to one entry', () => {
    for (const { text, entries, name } of files) {
      expect(entries[0]!.firstLine, name).toBe(1);
      for (const [at, entry] of entries.entries()) {
        const next = entries[at + 1];
        expect(next?.firstLine ?? text.split('\n').length, name).toBe(entry.lastLine + 1);
      }
    }
  });
});

describe('the score', () => {
  const file = makeCorpus({ seed: 'building/score', examples: [word], perKind: 60, perBenignKind: 10 })[0]!;
  const planted = file.entries.filter((entry) => entry.planted !== null);
  const benign = file.entries.find((entry) => entry.benign === 'hashes' || entry.benign === 'ordinary')!;
  const match = (start: number, changes: Partial<CorpusMatch> = {}): CorpusMatch => ({
    kind: 'word',
    rule: 'SEC-99',
    alarming: true,
    start,
    end: start + 1,
    ...changes,
  });
  const scoreOf = (matches: readonly CorpusMatch[]) => {
    const score = emptyScore();
    scoreFile(score, file, matches, () => 'SEC-99');
    return score;
  };

  it('counts what is found by its kind, by its rule, by another rule, and not at all', () => {
    const at = (n: number): number => planted[n]!.planted!.start;
    const { total } = overall(
      scoreOf([match(at(0)), match(at(1), { kind: 'other' }), match(at(2), { kind: 'x', rule: 'SEC-98' })])
        .kinds,
    );
    expect(total).toEqual({ planted: planted.length, rightKind: 1, found: 2, otherwise: 1, false: 0 });
  });

  it('counts as false what overlaps nothing planted, on tempting lines and beside a secret, from MEDIUM on', () => {
    const beside = planted[0]!;
    const score = scoreOf([
      match(benign.start),
      match(benign.start, { alarming: false }),
      match(beside.planted!.start - 1),
      match(beside.planted!.start),
    ]);
    expect(score.falseMatches.map(({ on }) => on)).toEqual([benign.benign, 'beside word']);
    expect(overall(score.kinds).precision).toBeCloseTo(1 / 3);
  });
});

describe('the engine', () => {
  it('has an example of every kind', () => {
    const made = new Set(SECRET_EXAMPLES.map(({ kind }) => kind));
    expect(KINDS.filter(({ name }) => !made.has(name)).map(({ name }) => name)).toEqual([]);
    expect([...made].filter((kind) => !rules.has(kind))).toEqual([]);
  });

  it('finds each as it is written on one line', () => {
    const missed = SECRET_EXAMPLES.flatMap(({ kind, make }) => {
      const random = createRandom(`building/bare/${kind}`);
      return Array.from({ length: 4 }, () => make(random, TIME_MS))
        .filter(({ text }) => {
          const found = scanSecrets(text, { timeMs: TIME_MS });
          return !found.some((secret) => secret.kind === kind || secret.rule === ruleOf(kind));
        })
        .map(() => kind);
    });
    expect(missed).toEqual([]);
  });

  const small = { seed: 'building/suite', examples: SECRET_EXAMPLES, perKind: 2, perBenignKind: 20 };

  it('finds them in all formats, and little else', () => {
    const score = emptyScore();
    for (const file of makeCorpus(small)) scoreFile(score, file, scanFile(file), ruleOf);
    const { recall, precision } = overall(score.kinds);
    expect(recall).toBeGreaterThanOrEqual(LEAST);
    expect(precision).toBeGreaterThanOrEqual(LEAST);
  });

  it('and so do the rules, through the whole pipeline', async () => {
    const score = emptyScore();
    for (const file of makeCorpus({ ...small, perKind: 1, perBenignKind: 10 }))
      scoreFile(score, file, await judgeEntries(file), ruleOf);
    const { recall, precision } = overall(score.kinds);
    expect(recall).toBeGreaterThanOrEqual(LEAST);
    expect(precision).toBeGreaterThanOrEqual(LEAST);
  });
});
