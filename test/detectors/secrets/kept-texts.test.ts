// What is remembered of texts must not keep them: an engine keeps a whole text for as long as a part that was cut out of it.

import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { expect, test } from 'vitest';
import { readName } from '../../../src/detectors/secrets/value-tests/secret-names.ts';

const MEGABYTE = 1 << 20;
const TEXTS = 16;

test('names that were read keep no text that they stood in', () => {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  const heldBy = (work: () => void): number => {
    collect();
    const before = process.memoryUsage().heapUsed;
    work();
    collect();
    return process.memoryUsage().heapUsed - before;
  };
  const numbers = Array.from({ length: TEXTS }, (_, index) => index + 10);
  const names: string[] = [];
  const cutting = (): void => {
    for (const number of numbers) names.push(nameIn(number));
  };
  expect(heldBy(cutting), 'else this says nothing').toBeGreaterThan((TEXTS / 2) * MEGABYTE);
  names.length = 0;
  const reading = (): void => {
    for (const number of numbers) readName(nameIn(number));
  };
  expect(heldBy(reading)).toBeLessThan((TEXTS / 4) * MEGABYTE);
});

/** The name alone, as a pattern cuts it out of a text of a megabyte. */
function nameIn(number: number): string {
  const text = `${'a text '.repeat(MEGABYTE / 7)} somebodysdatabase_password_of_${number}_password= `;
  return /(?<name>\w+)=/.exec(text)!.groups!.name!;
}
