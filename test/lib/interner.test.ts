import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createInterner } from '../../src/lib/interner.ts';

describe('the interner', () => {
  it('gives what decoding gives, whatever it was asked before', () => {
    const pieces = fc.oneof(
      fc.uint8Array({ maxLength: 40 }),
      fc.string({ unit: 'grapheme', maxLength: 20 }).map((text) => Buffer.from(text)),
      fc.integer({ min: 500, max: 530 }).map((length) => Buffer.alloc(length, 0x61)),
      // Bytes that decode to one unit each are not the only ones.
      fc.constantFrom('\ufffd', '\u00ff', 'a').map((text) => Buffer.from(text)),
    );
    fc.assert(
      fc.property(fc.array(pieces, { maxLength: 30 }), (list) => {
        const interner = createInterner();
        for (const piece of [...list, ...list]) {
          const around = Buffer.concat([Buffer.from('<'), piece, Buffer.from('>')]);
          expect(interner.text(around, 1, 1 + piece.length)).toBe(Buffer.from(piece).toString('utf8'));
        }
      }),
      { numRuns: 300 },
    );
  });

  it('tells apart what shares its length and its end', () => {
    const interner = createInterner();
    const end = 'x'.repeat(60);
    for (const start of ['one', 'two', 'one', 'six', 'two']) {
      const bytes = Buffer.from(start + end);
      expect(interner.text(bytes, 0, bytes.length)).toBe(start + end);
    }
  });

  it('is right when far more texts come by than it keeps', () => {
    const interner = createInterner();
    for (let round = 0; round < 2; round++) {
      for (let n = 0; n < 30_000; n++) {
        const bytes = Buffer.from(`arn:aws:iam::111122223333:role/role-${n}`);
        if (interner.text(bytes, 0, bytes.length) !== bytes.toString())
          expect(n).toBe('the text that was put in');
      }
    }
  });

  it.each([
    [0, 0],
    [3, 3],
    [3, 1],
  ])('reads nothing in [%d, %d)', (start, end) => {
    expect(createInterner().text(Buffer.from('abcdef'), start, end)).toBe('');
  });
});
