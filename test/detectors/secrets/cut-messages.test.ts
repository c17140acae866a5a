// A secret that lies over the cut of a container runtime is found as if nobody had cut, by records and by texts.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { scanSecrets } from '../../../src/detectors/secrets/scan-secrets.ts';
import { spliceMessages } from '../../../src/records/spliced-text.ts';
import { createTextReader } from '../../../src/replay/find-secrets.ts';
import { createRandom } from '../../../src/simulate/prng.ts';
import { SECRET_EXAMPLES } from '../../../src/simulate/secret-examples/index.ts';
import {
  criLines,
  DOCKER_BYTES,
  dockerLines,
  exportedLines,
  forwardedLines,
  journalLines,
  type Said,
  textOf,
} from '../../records/cut-lines.ts';

const NOON = Date.UTC(2026, 9, 5, 12);
const WORDS = 'the order was placed and nothing of note was said about it; ';
const FORMATS: readonly (readonly [string, (said: readonly Said[], bytes?: number) => Buffer[]])[] = [
  ['docker json-file', dockerLines],
  ['CRI', criLines],
  ['Fluent Bit', forwardedLines],
  ['journald', (said, bytes) => journalLines(said, false, bytes)],
  ['exported awslogs', (said, bytes = DOCKER_BYTES) => exportedLines(said, bytes)],
];

/** Every 25th kind, and pairs of keys: all of them go the same way. */
const EXAMPLES = SECRET_EXAMPLES.filter(
  ({ kind }, at) => at % 25 === 3 || kind === 'github-personal-token' || kind.includes('aws-'),
).map(({ kind, make }) => ({ kind, made: make(createRandom(`cut/${kind}`), NOON) }));

/** A message of two pieces, whose cut is in the middle of the text. */
function saidOver(text: string, shift = 0): string {
  const before = DOCKER_BYTES - Math.floor(text.length / 2) + shift;
  return `${WORDS.repeat(Math.ceil(before / WORDS.length)).slice(0, before - 1)} ${text} ${WORDS}`;
}

function foundIn(text: string | Buffer): string[] {
  const found = scanSecrets(text, { timeMs: NOON, fingerprint: (secret) => secret });
  return found.map(({ kind, fingerprint }) => `${kind} ${fingerprint}`).sort();
}

describe('a secret over a cut', () => {
  it.each(FORMATS)('is found in a text as without the cut: %s', (_name, write) => {
    const missed: string[] = [];
    for (const { kind, made } of EXAMPLES) {
      const text = saidOver(made.text);
      const said = [{ text: 'before' }, { text }];
      const lines = write(said);
      expect(lines.length).toBe(3);
      const whole = foundIn(textOf(write(said, 1_000_000)));
      expect(whole, kind).not.toEqual([]);
      const found = foundIn(textOf(lines));
      if (found.join() !== whole.join()) missed.push(kind);
    }
    expect(missed).toEqual([]);
  });

  it.each(FORMATS)('is told where it stands: %s', (_name, write) => {
    const { made } = EXAMPLES.find(({ kind }) => kind === 'github-personal-token')!;
    const [secret] = made.secrets;
    for (const shift of [-5, 0, 5]) {
      const text = textOf(write([{ text: 'before' }, { text: saidOver(secret!, shift) }]));
      const [found] = scanSecrets(text, { timeMs: NOON });
      expect(found).toMatchObject({ length: secret!.length });
      expect(found!.line).toBe(2);
      const lineStart = text.lastIndexOf(0x0a, found!.start) + 1;
      expect(found!.column).toBe(found!.start - lineStart + 1);
      expect(text.toString('latin1', found!.start, found!.start + 4)).toBe(secret!.slice(0, 4));
      expect(text.toString('latin1', found!.end - 4, found!.end)).toBe(secret!.slice(-4));
    }
  });

  it.each(FORMATS)('is read in chunks of any size as in one: %s', (_name, write) => {
    const said = EXAMPLES.slice(0, 6).flatMap(({ made }, at) => [
      { text: saidOver(made.text), output: at % 2 === 0 ? ('stdout' as const) : ('stderr' as const) },
      { text: `short ${made.text}` },
    ]);
    const bytes = textOf(write(said));
    const whole = read(bytes, bytes.length);
    expect(whole.found.length).toBeGreaterThanOrEqual(6);
    expect(whole.lines).toBe(bytes.toString('latin1').split('\n').length - 1);
    for (const size of [1_000, 16_000, 20_011, 70_000])
      expect({ size, ...read(bytes, size) }).toEqual({ size, ...whole });
  });

  it('is found beside what the other output says meanwhile, each at its own line', () => {
    const { made } = EXAMPLES.find(({ kind }) => kind === 'github-personal-token')!;
    const [secret] = made.secrets;
    const out = dockerLines([{ text: saidOver(secret!) }]);
    const err = dockerLines([
      { text: 'nothing', output: 'stderr' },
      { text: `api_key=${secret}`, output: 'stderr' },
    ]);
    const text = textOf([out[0]!, ...err, out[1]!, ...err]);
    const found = scanSecrets(text, { timeMs: NOON });
    expect(found.map(({ kind, line }) => [kind, line])).toEqual([
      ['github-personal-token', 1],
      ['github-personal-token', 3],
      ['github-personal-token', 6],
    ]);
    const { found: read1, lines } = read(text, text.length);
    expect(read1.map((one) => one.split(' ')[1])).toEqual(['1', '3', '6']);
    expect(lines).toBe(6);
  });
});

describe('any lines of pieces', () => {
  const { made } = EXAMPLES.find(({ kind }) => kind === 'github-personal-token')!;
  const secret = made.secrets[0]!;
  const line = fc
    .tuple(
      fc.constantFrom('stdout', 'stderr'),
      fc.constantFrom('P', 'P', 'F'),
      fc.constantFrom(
        '',
        'words ',
        ` ${secret.slice(0, 12)}`,
        secret.slice(12),
        ` ${secret} `,
        '-----BEGIN ',
      ),
    )
    .map(([output, tag, text]) => `2026-10-05T12:00:00.123456789Z ${output} ${tag} ${text}`);
  const lines = fc.array(
    fc.oneof({ weight: 5, arbitrary: line }, fc.constantFrom('', `plain ${secret}`, '{"log":"x"}', '\r')),
    { maxLength: 40 },
  );

  it('lead back to where they stood', () => {
    fc.assert(
      fc.property(lines, fc.nat(3), (all, before) => {
        const kept = Buffer.from('a line before\n'.repeat(before));
        const bytes = Buffer.concat([kept, Buffer.from(all.join('\n'))]);
        const { text, openFrom } = spliceMessages(bytes, kept.length, bytes.length);
        expect(openFrom === bytes.length || openFrom === 0 || bytes[openFrom - 1] === 0x0a).toBe(true);
        if (text === null) return;
        for (let at = 0; at < text.end; at++) {
          if (text.bytes[at] === 0x0a) continue;
          const origin = text.originOf(at);
          expect(text.bytes[at]).toBe(bytes[origin]);
          const lineStart = bytes.subarray(0, origin).lastIndexOf(0x0a) + 1;
          const lineNumber = bytes.subarray(0, origin).toString('latin1').split('\n').length;
          expect(text.placeOf(at)).toEqual({ line: lineNumber, column: origin - lineStart + 1 });
        }
        expect(text.originOf(text.end)).toBe(bytes.length);
      }),
      { numRuns: 60 },
    );
  });

  it('give the same in chunks of any size', () => {
    fc.assert(
      fc.property(lines, fc.integer({ min: 20, max: 900 }), (all, size) => {
        const bytes = Buffer.from(`${all.join('\n')}\n`);
        const whole = read(bytes, bytes.length);
        const pieces = read(bytes, size);
        expect({ ...pieces, found: pieces.found.sort() }).toEqual({ ...whole, found: whole.found.sort() });
      }),
      { numRuns: 60 },
    );
  });
});

function read(bytes: Buffer, size: number): { found: string[]; lines: number } {
  const found: string[] = [];
  let lines = 0;
  const facts = {
    name: 'app.log',
    key: 'app.log',
    deliveredMs: Number.NaN,
    modifiedMs: NOON,
    account: '',
    region: '',
  };
  const sink = { record() {}, skipped() {}, unreadable() {} };
  const reader = createTextReader(facts, sink, {
    onLines: (count) => {
      lines += count;
    },
    isWanted: () => true,
    onRefused: () => undefined,
    onMatch: (match, line) => found.push(`${match.kind.name} ${line} ${match.secret}`),
  });
  let pending = Buffer.alloc(0);
  for (let at = 0; at < bytes.length; at += size) {
    pending = Buffer.concat([pending, bytes.subarray(at, at + size)]);
    pending = pending.subarray(reader.push(pending, pending.length, at + size >= bytes.length));
  }
  return { found, lines };
}
