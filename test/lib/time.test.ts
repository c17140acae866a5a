import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseIsoMs, utcMs } from '../../src/lib/time.ts';

function parse(text: string): number {
  const bytes = Buffer.from(`9${text}9`);
  return parseIsoMs(bytes, 1, bytes.length - 1);
}

const dates = fc.date({
  min: new Date('1970-01-01T00:00:00Z'),
  max: new Date('9999-12-31T23:59:59.999Z'),
  noInvalidDate: true,
});

describe('parseIsoMs', () => {
  it.each([
    ['2026-10-05T12:00:00Z', '2026-10-05T12:00:00.000Z'],
    ['2026-10-05 12:00:00Z', '2026-10-05T12:00:00.000Z'],
    ['20261005T120000Z', '2026-10-05T12:00:00.000Z'],
    ['2026-10-05T12:00:00.5Z', '2026-10-05T12:00:00.500Z'],
    ['2026-10-05T12:00:00.05Z', '2026-10-05T12:00:00.050Z'],
    ['2026-10-05T12:00:00.123456789Z', '2026-10-05T12:00:00.123Z'],
    ['1970-01-01T00:00:00Z', '1970-01-01T00:00:00.000Z'],
    ['2024-02-29T23:59:59Z', '2024-02-29T23:59:59.000Z'],
    ['2000-02-29T00:00:00Z', '2000-02-29T00:00:00.000Z'],
    ['2016-12-31T23:59:60Z', '2016-12-31T23:59:59.000Z'],
    ['9999-12-31T23:59:59Z', '9999-12-31T23:59:59.000Z'],
  ])('%s is %s', (text, expected) => {
    expect(new Date(parse(text)).toISOString()).toBe(expected);
  });

  it.each([
    '',
    'timestamp',
    '2026-10-05T12:00:00',
    '2026-10-05T12:00:00+00:00',
    '2026-10-05T12:00:00z',
    '2026-10-05t12:00:00Z',
    '2026-10-05T12:00:00.Z ',
    '2026-10-05T12:00:00,5Z',
    '2026-10-05T12:00:00.1x3Z',
    '2026-10-05T12:00:00.1234567890Z',
    '2026-13-05T12:00:00Z',
    '2026-00-05T12:00:00Z',
    '2026-02-29T12:00:00Z',
    '1900-02-29T12:00:00Z',
    '2100-02-29T12:00:00Z',
    '2026-04-31T12:00:00Z',
    '2026-10-00T12:00:00Z',
    '2026-10-05T24:00:00Z',
    '2026-10-05T12:60:00Z',
    '2026-10-05T12:00:61Z',
    '1969-12-31T23:59:59Z',
    '2026-1a-05T12:00:00Z',
    '2026/10/05T12:00:00Z',
    '20261005T120000 ',
    '20261005 120000Z',
    '20260230T120000Z',
    '-026-10-05T12:00:00Z',
  ])('%j is no time', (text) => {
    expect(parse(text)).toBeNaN();
  });

  it('agrees with Date about every time there is', () => {
    fc.assert(
      fc.property(dates, (date) => {
        const text = date.toISOString();
        expect(parse(text)).toBe(date.getTime());
        const seconds = Math.floor(date.getTime() / 1000) * 1000;
        expect(parse(`${text.slice(0, 19)}Z`)).toBe(seconds);
        expect(parse(text.slice(0, 19).replace(/[-:]/g, '').concat('Z'))).toBe(seconds);
      }),
      { numRuns: 2000 },
    );
  });

  it('agrees with Date about what is none, among texts of this form', () => {
    const two = (max: number) => fc.integer({ min: 0, max }).map((n) => String(n).padStart(2, '0'));
    const forms = fc
      .tuple(fc.integer({ min: 1970, max: 2400 }), two(13), two(32), two(23), two(61), two(59))
      .map(
        ([year, month, day, hour, minute, second]) => `${year}-${month}-${day}T${hour}:${minute}:${second}Z`,
      );
    fc.assert(
      fc.property(forms, (text) => {
        // Date takes the 31st of a short month for the first of the next.
        const date = new Date(text);
        const real = !Number.isNaN(date.getTime()) && date.toISOString().startsWith(text.slice(0, 19));
        expect(parse(text)).toBe(real ? date.getTime() : Number.NaN);
      }),
      { numRuns: 2000 },
    );
  });

  it('never throws, and reads no byte outside', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 40 }), (bytes) => {
        expect(typeof parseIsoMs(Buffer.from(bytes), 0, bytes.length)).toBe('number');
      }),
    );
    const bytes = Buffer.from('2026-10-05T12:00:00Z');
    expect(parseIsoMs(bytes, 0, bytes.length - 1)).toBeNaN();
  });
});

describe('utcMs', () => {
  it('agrees with Date.UTC for every day of a century and a half', () => {
    for (let year = 1970; year < 2120; year++) {
      for (let month = 1; month <= 12; month++) {
        const last = new Date(Date.UTC(year, month, 0)).getUTCDate();
        for (const day of [1, 28, last]) {
          expect(utcMs(year, month, day, 1, 2, 3, 4)).toBe(Date.UTC(year, month - 1, day, 1, 2, 3, 4));
        }
        expect(utcMs(year, month, last + 1, 0, 0, 0, 0)).toBeNaN();
      }
    }
  });

  it('takes what is no number for no time', () => {
    for (let at = 0; at < 6; at++) {
      const parts: [number, number, number, number, number, number] = [2026, 10, 5, 12, 30, 30];
      parts[at] = Number.NaN;
      expect(utcMs(...parts, 0)).toBeNaN();
    }
  });
});
