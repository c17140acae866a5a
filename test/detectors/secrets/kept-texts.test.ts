// What is remembered of texts must not keep them: an engine keeps a whole text for as long as a part that was cut out of it.

import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { expect, test } from 'vitest';
import { secretsOf } from '../../../src/detectors/secrets/record-secrets.ts';
import { readName } from '../../../src/detectors/secrets/value-tests/secret-names.ts';
import { lineRecord } from '../plain-records.ts';
import { observeContext } from '../plain-replay.ts';

const MEGABYTE = 1 << 20;
const TEXTS = 16;
const numbers = Array.from({ length: TEXTS }, (_, index) => index + 10);

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;

/** Bytes of the heap. */
function heldBy(work: () => void): number {
  collect();
  const before = process.memoryUsage().heapUsed;
  work();
  collect();
  return process.memoryUsage().heapUsed - before;
}

test('names that were read keep no text that they stood in', () => {
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

test('what findings say of a secret keeps no text that it stood in', () => {
  const kept: unknown[] = [];
  // The last one may stay on the stack, with the objects that it was made of (some 110 KB): of many texts that is little.
  const texts = 4 * TEXTS;
  const finding = (): void => {
    for (let number = 10; number < 10 + texts; number++) {
      const members = Array.from({ length: 600 }, (_, index) => [`member${index}`, { a: index }]);
      const id = `AKIA${'QRST'.repeat(3)}${'UVWX'.slice(0, 2)}${number}`.replaceAll(/[01]/g, 'Z');
      const text = JSON.stringify({ ...Object.fromEntries(members), aws_credentials_found_there: id });
      for (const { field, verdict } of secretsOf(lineRecord(text), observeContext()))
        kept.push(field, verdict.facts, verdict.why);
    }
  };
  // The engine is made when it is first asked for, and compiled when it was asked again.
  finding();
  finding();
  expect(heldBy(finding)).toBeLessThan(texts * 4 * 1024);
  expect(kept.length).toBeGreaterThanOrEqual(TEXTS);
  expect(kept).toContain('aws_credentials_found_there');
});
