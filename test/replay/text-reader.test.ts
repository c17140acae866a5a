// Texts in chunks, wherever the chunks are cut: the same secrets at the same lines.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ObjectFacts } from '../../src/records/reader.ts';
import { createTextReader } from '../../src/replay/find-secrets.ts';
import { createRandom } from '../../src/simulate/prng.ts';
import { SECRET_EXAMPLES } from '../../src/simulate/secret-examples/index.ts';

const FACTS: ObjectFacts = {
  name: 'app.txt',
  key: 'app.txt',
  deliveredMs: Number.NaN,
  account: '',
  region: '',
  modifiedMs: Date.UTC(2026, 10, 1),
};

const TEXTS = SECRET_EXAMPLES.map(
  ({ kind, make }) => make(createRandom(`chunks/${kind}`), FACTS.modifiedMs).text,
);

/** A key id and its secret on two lines are one pair, or two findings where a chunk (of a MiB) ends between them. */
const PAIRED: ReadonlySet<string> = new Set(['aws-key-id', 'aws-secret-key', 'aws-key-pair']);

function read(bytes: Buffer, chunks: readonly number[]): { found: string[]; lines: number } {
  const found: string[] = [];
  let lines = 0;
  const sink = { record() {}, skipped() {}, unreadable() {} };
  const reader = createTextReader(FACTS, sink, {
    onLines: (count) => {
      lines += count;
    },
    isWanted: () => true,
    onRefused: () => undefined,
    onMatch(match, line) {
      if (!PAIRED.has(match.kind.name)) found.push(`${match.kind.name} ${line} ${match.secret}`);
    },
  });
  let pending = Buffer.alloc(0);
  let at = 0;
  for (const size of [...chunks, bytes.length]) {
    const end = Math.min(bytes.length, at + size);
    const final = end === bytes.length;
    pending = Buffer.concat([pending, bytes.subarray(at, end)]);
    pending = pending.subarray(reader.push(pending, pending.length, final));
    at = end;
    if (final) break;
  }
  return { found, lines };
}

describe('a text in chunks', () => {
  const filler = Array.from({ length: 5 }, (_, n) => `2026-11-01T12:00:0${n}.000Z INFO nothing of note`);
  const text = TEXTS.flatMap((one, at) => [filler[at % 5]!, `2026-11-01T12:00:09.000Z INFO ${one}`]).join(
    '\n',
  );
  const bytes = Buffer.from(text, 'utf8');
  const whole = read(bytes, []);

  it('holds something', () => {
    expect(whole.found.length).toBeGreaterThanOrEqual(TEXTS.length / 2);
    expect(whole.lines).toBe(text.split('\n').length);
  });

  it('gives the same wherever it is cut', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 4_000 }), { maxLength: 30 }), (chunks) => {
        expect(read(bytes, chunks)).toEqual(whole);
      }),
      { numRuns: 30 },
    );
  });
});
