// One secret under every encoding: the same secret, whose fingerprint is then the same.

import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { scanText } from '../../../src/detectors/secrets/scan-text.ts';
import { viewsOf } from '../../../src/detectors/secrets/views/decode.ts';
import { createRandom } from '../../../src/simulate/prng.ts';
import { SECRET_EXAMPLES } from '../../../src/simulate/secret-examples/index.ts';

const MADE_MS = Date.UTC(2026, 10, 1);
const latin1 = (text: string): string => Buffer.from(text, 'utf8').toString('latin1');
const base64 = (text: string): string => Buffer.from(text, 'latin1').toString('base64');

const ENCODINGS: readonly (readonly [string, (text: string) => string])[] = [
  ['JSON', (text) => JSON.stringify({ level: 'info', message: text })],
  ['JSON in JSON', (text) => JSON.stringify({ log: JSON.stringify({ msg: text }) })],
  ['percent', (text) => `GET /search?q=${encodeURIComponent(text).replaceAll("'", '%27')} 200`],
  ['base64', (text) => `payload ${base64(`the text: ${text} and its end`)} done`],
  ['gzip in base64', (text) => `payload ${gzipSync(Buffer.from(text, 'latin1')).toString('base64')} done`],
  ['colours', (text) => `\u001b[32mINFO\u001b[0m ${text}\u001b[0m`],
];

const found = (text: string) =>
  scanText(text, MADE_MS).matches.map(({ kind, secret }) => `${kind.name} ${secret}`);

describe.each(ENCODINGS)('%s', (_, encode) => {
  it('hides no secret, and changes none', () => {
    const changed: string[] = [];
    let told = 0;
    for (const { kind, make } of SECRET_EXAMPLES) {
      const text = latin1(make(createRandom(`views/${kind}`), MADE_MS).text).replace(/[^\x20-\x7e]+/g, ' ');
      const plain = found(text);
      told += plain.length;
      const encoded = found(encode(text));
      if (plain.some((one) => !encoded.includes(one)))
        changed.push(`${kind}: ${plain.length} ${encoded.length}`);
    }
    expect(told).toBeGreaterThan(SECRET_EXAMPLES.length * 0.9);
    expect(changed).toEqual([]);
  });
});

describe('bytes that Python, Go and servers print', () => {
  const escaped = (bytes: readonly number[]): string =>
    bytes.map((byte) => `\\x${byte.toString(16).padStart(2, '0')}`).join('');
  const said = (line: string): string => viewsOf(line).views.at(-1)!.text;

  it('those of a binary key stay as they stand, in one view', () => {
    const line = `Plaintext: b'${escaped([0x8f, 0x20, 0x41, 0x03, 0x7f, 0xc2, 0x5c, 0x99, 0x41])}'`;
    expect(said(line)).toBe(line);
    expect(viewsOf(line).views).toHaveLength(1);
  });

  it('what is escaped beside them is read', () => {
    const key = escaped([0x8f, 0x20, 0x41, 0x03, 0x7f, 0xc2, 0x5c, 0x99]);
    expect(said(`b'${key}' and \\"${escaped([0x68, 0x69])}\\"`)).toBe(`b'${key}' and "hi"`);
  });

  it.each([
    ['text', 'a long text', 'a long text'],
    ['text in UTF-8', 'h\u00fcbsch und h\u00fcbsch', 'h\\xc3\\xbcbsch und h\\xc3\\xbcbsch'],
  ])('%s is read', (_, text, expected) => {
    expect(said(`b'${escaped([...Buffer.from(text, 'utf8')])}'`)).toBe(`b'${expected}'`);
  });
});
