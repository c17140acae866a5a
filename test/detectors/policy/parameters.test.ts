import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  booleanField,
  field,
  listField,
  numberField,
  objectField,
  textField,
  textsIn,
} from '../../../src/detectors/policy/parameters.ts';

test('names are compared without case, and the exact one wins', () => {
  expect(field({ SSESpecification: 1 }, 'sSESpecification')).toBe(1);
  expect(field({ NAME: 1, name: 2 }, 'name')).toBe(2);
  expect(field(null, 'name')).toBeUndefined();
});

test('what is written as text counts as what it says', () => {
  expect(numberField({ days: '7' }, 'days')).toBe(7);
  expect(numberField({ days: ' ' }, 'days')).toBeNaN();
  expect(booleanField({ enabled: 'False' }, 'enabled')).toBe(false);
  expect(booleanField({ enabled: 'maybe' }, 'enabled')).toBeNull();
});

test('any JSON is read without a word', () => {
  fc.assert(
    fc.property(
      fc.dictionary(fc.constantFrom('a', 'A', '__proto__', 'toString'), fc.jsonValue()),
      (object) => {
        for (const read of [textField, numberField, booleanField, objectField, listField]) {
          expect(() => read(object, 'a')).not.toThrow();
        }
        expect(field(object, 'hasOwnProperty')).toBeUndefined();
      },
    ),
  );
});

test('texts are found inside, within bounds', () => {
  const ids = {
    request: {
      id: [{ tag: 1, content: 'fl-1' }, { tag: 2, content: 'fl-2' }, { content: 'fl-1' }, { content: 'x' }],
    },
  };
  expect(textsIn(ids, /^fl-/, 9)).toEqual(['fl-1', 'fl-2']);
  expect(textsIn(ids, /^fl-/, 1)).toEqual(['fl-1']);
  const deep = Array.from({ length: 10_000 }).reduce<unknown>((inner) => [inner], 'fl-3');
  expect(textsIn(deep, /^fl-/, 9)).toEqual([]);
});
