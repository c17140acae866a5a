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

function read(
  bytes: Buffer,
  chunks: readonly number[],
  name = FACTS.name,
  onPush: (found: readonly string[], end: number) => void = () => undefined,
): { found: string[]; lines: number; refused: number } {
  const found: string[] = [];
  let lines = 0;
  let refused = 0;
  const sink = { record() {}, skipped() {}, unreadable() {} };
  const reader = createTextReader({ ...FACTS, name }, sink, {
    onLines: (count) => {
      lines += count;
    },
    isWanted: () => true,
    onRefused: (_name, count) => {
      refused += count;
    },
    onMatch(match, line) {
      found.push(`${match.kind.name} ${line} ${match.secret}`);
    },
  });
  let pending = Buffer.alloc(0);
  let at = 0;
  for (const size of [...chunks, bytes.length]) {
    const end = Math.min(bytes.length, at + size);
    const final = end === bytes.length;
    pending = Buffer.concat([pending, bytes.subarray(at, end)]);
    pending = pending.subarray(reader.push(pending, pending.length, final));
    onPush(found, end);
    at = end;
    if (final) break;
  }
  return { found, lines, refused };
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
        const { found, lines, refused } = read(bytes, chunks);
        expect({ found, lines }).toEqual({ found: whole.found, lines: whole.lines });
        // What overlaps is counted with what stands beside it in the same piece of text.
        expect(Math.abs(refused - whole.refused) / whole.refused).toBeLessThan(0.1);
      }),
      { numRuns: 30 },
    );
  });
});

describe('a text that somebody is writing', () => {
  const lines = TEXTS.filter((text) => !text.includes('\n')).map(
    (text) => `2026-11-01T12:00:09.000Z INFO ${text}\n`,
  );
  const bytes = Buffer.from(lines.join(''), 'utf8');
  const sizes = lines.map((line) => Buffer.byteLength(line));

  it('is told line by line, as soon as a line has ended', () => {
    const late: string[] = [];
    let at = 0;
    read(bytes, sizes, '-', (found, end) => {
      if (end === bytes.length) return;
      const alone = read(Buffer.from(lines[at]!), []).found;
      for (const one of alone) {
        const [kind, , ...secret] = one.split(' ');
        if (!found.some((told) => told.endsWith(` ${secret.join(' ')}`))) late.push(`${kind} ${at}`);
      }
      at++;
    });
    expect(at).toBeGreaterThan(200);
    expect(late).toEqual([]);
  });

  it('says a secret again only where more is known of it', () => {
    const whole = read(bytes, []).found;
    const slowly = read(bytes, sizes, '-');
    expect(slowly.lines).toBe(lines.length);
    expect(whole.filter((one) => !slowly.found.includes(one))).toEqual([]);
    expect(new Set(slowly.found).size).toBe(slowly.found.length);
  });

  it('counts what is refused once, however often its end is looked at again', () => {
    const idle = Array.from({ length: 40 }, (_, at) =>
      [`INFO key ${'AK'}IA${'QRSTUVWX'.repeat(2)}`, `INFO row=${at} password=<none> token=<token>`].join(
        '\n',
      ),
    );
    const text = Buffer.from(`${idle.join('\n')}\n`);
    const once = read(text, []).refused;
    expect(once).toBeGreaterThan(40);
    const byLine = text
      .toString()
      .split('\n')
      .map((line) => line.length + 1);
    expect(read(text, byLine, '-').refused).toBeLessThan(once * 1.2);
    expect(read(text, byLine, '-').refused).toBeGreaterThan(once * 0.8);
  });

  it('puts a key together that comes line by line, one object a line', () => {
    const body = createRandom('a key').text(
      'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/',
      64 * 25,
    );
    const dashes = '-'.repeat(5);
    const pem = [
      `${dashes}BEGIN PRIVATE KEY${dashes}`,
      ...body.match(/.{64}/g)!,
      `${dashes}END PRIVATE KEY${dashes}`,
    ];
    const objects = ['start', ...pem, 'goes on', 'and on'].map(
      (line) =>
        `${JSON.stringify({ log: `${line}\n`, stream: 'stdout', time: '2026-11-01T12:00:09.000Z' })}\n`,
    );
    const written = Buffer.from(objects.join(''));
    for (const name of ['-', 'app.txt'])
      for (const chunks of [objects.map((line) => line.length), [100, 1000, 333, 2000], []])
        expect(read(written, chunks, name).found).toEqual([`private-key 3 ${body}`]);
  });
});
