// What the engine does for the worst that somebody can write into a log, counted and not timed: characters that patterns are shown.

import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { KINDS } from '../../../src/detectors/secrets/kinds/index.ts';
import { MAX_WINDOW_CHARACTERS } from '../../../src/detectors/secrets/record-text.ts';
import { scanSecrets } from '../../../src/detectors/secrets/scan-secrets.ts';
import { BEYOND_BOUNDS } from '../../../src/detectors/secrets/scan-text.ts';
import type { SecretKind } from '../../../src/detectors/secrets/secret-kind.ts';
import { viewsOf } from '../../../src/detectors/secrets/views/decode.ts';

let shown = 0;
let stretches = 0;

class CountingPattern extends RegExp {
  override exec(text: string): RegExpExecArray | null {
    const from = this.lastIndex;
    const match = super.exec(text);
    shown += (match === null ? text.length : this.lastIndex) - from;
    stretches++;
    return match;
  }
}

/** The same kinds, counting what they are shown. */
const counting: readonly SecretKind[] = KINDS.map((kind) => ({
  ...kind,
  ...(kind.pattern === undefined
    ? {}
    : { pattern: new CountingPattern(kind.pattern.source, kind.pattern.flags) }),
  ...(kind.find === undefined
    ? {}
    : {
        find(text: string, timeMs: number) {
          shown += text.length;
          stretches++;
          return kind.find!(text, timeMs);
        },
      }),
}));

function work(text: string): { shown: number; stretches: number } {
  shown = 0;
  stretches = 0;
  scanSecrets(text, { kinds: counting });
  return { shown, stretches };
}

const LINE_BYTES = 32 * 1024;
/** Windows of a line overlap by a quarter, and are looked at in up to this many views. */
const WINDOWS = Math.ceil(LINE_BYTES / (MAX_WINDOW_CHARACTERS * 0.75));
/** Literals that several kinds share are shown to each of them, in each view. */
const MOST_TIMES = 72;
/** Stretches of one kind in one text, its matches in each, and the kinds that share a literal. */
const MOST_STRETCHES = 64 * MOST_TIMES * WINDOWS;

describe('the work for one hostile line', () => {
  const literals = [...new Set(KINDS.flatMap((kind) => kind.literals.slice(0, 1).map(({ text }) => text)))];
  // One of several kinds at a time, each literal in several notations: all of them together would take minutes.
  const groups = Array.from({ length: 24 }, (_, group) =>
    literals.filter((_, index) => index % 24 === group),
  );

  it.each(groups.map((group, index) => [index, group] as const))(
    'made of literals, group %i',
    (index, group) => {
      // One notation a group: each costs a third of a second.
      for (const behind of [['=', '": "aB3$x', '%22%3A%22Zm9v'][index % 3]!]) {
        const piece = group.map((text) => `${text}${behind} `).join('');
        const line = piece.repeat(Math.ceil(LINE_BYTES / piece.length)).slice(0, LINE_BYTES);
        const done = work(line);
        expect(done.shown, piece).toBeLessThan(LINE_BYTES * MOST_TIMES);
        expect(done.stretches, piece).toBeLessThan(MOST_STRETCHES);
      }
    },
  );

  it('made of what opens and never closes', () => {
    for (const piece of [
      '{"a":',
      '[{"password":"',
      '\\',
      '\\\\\\"',
      '%25',
      '<a>',
      '\u001b[',
      '"eyJ',
      '=',
      '-----BEGIN ',
      'Zm9vYmFyYmF6',
      '${',
    ]) {
      const done = work(piece.repeat(Math.ceil(LINE_BYTES / piece.length)));
      expect(done.shown, piece).toBeLessThan(LINE_BYTES * MOST_TIMES);
    }
  });

  it('made of gzip that grows a thousand times: decoded in part, and told', () => {
    for (const said of ['password=hunter-2x {"a":"b\\"c%41"}\n', '{"a":"b\\"c%41"}']) {
      const bomb = gzipSync(said.repeat(20_000)).toString('base64');
      const text = `${bomb} `
        .repeat(Math.ceil(MAX_WINDOW_CHARACTERS / bomb.length))
        .slice(0, MAX_WINDOW_CHARACTERS);
      const { views, cut } = viewsOf(text, (inflated) => inflated.includes('password'));
      expect(cut, said).toBeGreaterThan(0);
      // Each of 16 is looked at as it stands, without its escapes, and without its percent signs.
      expect(
        views.reduce((sum, view) => sum + view.text.length, 0),
        said,
      ).toBeLessThan(MAX_WINDOW_CHARACTERS * 20);
    }
  });

  it('with more than is looked at: told', () => {
    const beyond = (text: string): number => {
      let count = 0;
      scanSecrets(text, { onRefused: (name, more) => (count += name === BEYOND_BOUNDS ? more : 0) });
      return count;
    };
    const run = (at: number): string => Buffer.from(`a text that says nothing, ${at}`).toString('base64');
    expect(beyond(Array.from({ length: 10 }, (_, at) => run(at)).join(' '))).toBe(0);
    expect(beyond(Array.from({ length: 100 }, (_, at) => run(at)).join(' '))).toBeGreaterThan(0);
    expect(beyond('password=abcD1234efgh, '.repeat(60))).toBe(0);
    expect(beyond('password=abcD1234efgh, '.repeat(600))).toBeGreaterThan(0);
  });

  it('without a literal: none', () => {
    expect(work('GET /orders HTTP/1.1 200 12 ms\n'.repeat(2000))).toEqual({ shown: 0, stretches: 0 });
  });
});
