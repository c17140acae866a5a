// Every kind of the web families finds the examples that are made without its pattern, in several notations.

import { describe, expect, it } from 'vitest';
import { scanText } from '../../../src/detectors/secrets/scan-text.ts';
import { createRandom } from '../../../src/simulate/prng.ts';
import { WEB_EXAMPLES } from '../../../src/simulate/secret-examples/web.ts';

const TIME_MS = Date.UTC(2026, 10, 1);
/** Of each kind. */
const EXAMPLES = 60;

describe('examples', () => {
  it.each(WEB_EXAMPLES.map((example) => [example.kind, example] as const))('%s', (kind, example) => {
    const random = createRandom(`web ${kind}`);
    const missed: string[] = [];
    let looked = 0;
    for (let index = 0; index < EXAMPLES; index++) {
      const { text, member } = example.make(random, TIME_MS);
      const object =
        member === undefined ? null : { level: 'debug', request: { [member.key]: member.value } };
      const texts = [
        `DEBUG ${text}`,
        ...(object === null
          ? []
          : [JSON.stringify(object), JSON.stringify({ message: JSON.stringify(object) })]),
      ];
      for (const written of texts) {
        looked++;
        const kinds = scanText(written, TIME_MS).matches.map((match) => match.kind.name);
        if (!kinds.includes(kind)) missed.push(`${kinds.join(',')} ${written}`);
      }
    }
    expect(missed.slice(0, 5)).toEqual([]);
    expect(looked).toBeGreaterThanOrEqual(EXAMPLES);
  });
});
