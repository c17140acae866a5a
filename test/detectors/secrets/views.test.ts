// One secret under every encoding: the same secret, whose fingerprint is then the same.

import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { scanText } from '../../../src/detectors/secrets/scan-text.ts';
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
