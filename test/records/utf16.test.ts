// UTF-16 in chunks of any length reads as the UTF-8 of the same text; everything else stays as it is.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { utf16Of, withoutUtf16 } from '../../src/records/utf16.ts';

const MARK = '\ufeff';
const bigEndian = (text: string): Buffer => Buffer.from(text, 'utf16le').swap16();

async function read(bytes: Buffer, sizes: readonly number[]): Promise<{ text: string; end: unknown }> {
  async function* chunks(): AsyncGenerator<Buffer, string> {
    let at = 0;
    for (const size of [...sizes, bytes.length]) {
      if (at < bytes.length) yield bytes.subarray(at, at + size);
      at += size;
    }
    return 'the end';
  }
  const content = withoutUtf16(chunks());
  const read: Buffer[] = [];
  let next = await content.next();
  for (; !next.done; next = await content.next()) read.push(next.value);
  return { text: Buffer.concat(read).toString('latin1'), end: next.value };
}

const TEXT = '2026-11-01T12:00:00Z INFO café \u2022 \ud83d\ude00 said\r\n'.repeat(20);
const ASCII = TEXT.replace(/[^\x20-\x7e\r\n]/g, '');

describe('UTF-16', () => {
  it.each([
    ['little-endian', Buffer.from(MARK + TEXT, 'utf16le'), TEXT],
    ['big-endian', bigEndian(MARK + TEXT), TEXT],
    ['without a mark', Buffer.from(ASCII, 'utf16le'), ASCII],
    ['big-endian without a mark', bigEndian(ASCII), ASCII],
  ])('%s', async (_, bytes, text) => {
    const expected = { text: Buffer.from(text, 'utf8').toString('latin1'), end: 'the end' };
    // Without a mark the first bytes must tell.
    const first = utf16Of(bytes.subarray(0, 2)) === null ? 64 : 1;
    await fc.assert(
      fc.asyncProperty(fc.array(fc.integer({ min: 1, max: 99 }), { maxLength: 20 }), async (sizes) => {
        expect(await read(bytes, [first, ...sizes])).toEqual(expected);
      }),
      { numRuns: 20 },
    );
  });

  it.each([
    ['UTF-8', Buffer.from(TEXT, 'utf8')],
    ['UTF-8 with a mark', Buffer.from(MARK + TEXT, 'utf8')],
    ['zeros', Buffer.alloc(100)],
    ['UTF-32', Buffer.from([0xff, 0xfe, 0, 0, 0x61, 0, 0, 0])],
    ['one byte', Buffer.from('a')],
    ['nothing', Buffer.alloc(0)],
  ])('is not %s', async (_, bytes) => {
    expect(await read(bytes, [1, 2, 3])).toEqual({ text: bytes.toString('latin1'), end: 'the end' });
  });
});
