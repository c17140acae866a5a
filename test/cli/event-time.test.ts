import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseEventTime } from '../../src/cli/event-time.ts';

describe('a time that a user types', () => {
  it('is what a real date says, in UTC', () => {
    fc.assert(
      fc.property(
        fc.date({ min: new Date('1970-01-01'), max: new Date('2199-12-31'), noInvalidDate: true }),
        (date) => {
          const iso = date.toISOString();
          expect(parseEventTime(iso)).toBe(date.getTime());
          expect(parseEventTime(iso.slice(0, 10))).toBe(Date.parse(`${iso.slice(0, 10)}T00:00:00Z`));
          expect(parseEventTime(iso.slice(0, 16))).toBe(Date.parse(`${iso.slice(0, 16)}:00Z`));
          expect(parseEventTime(`${iso.slice(0, 19).replace('T', ' ')}+00:00`)).toBe(
            Date.parse(`${iso.slice(0, 19)}Z`),
          );
        },
      ),
    );
  });

  it.each([
    '',
    'now',
    '2026',
    '2026-11',
    '2026-02-29',
    '2026-11-31',
    '2026-1-1',
    '01.11.2026',
    '2026-11-01T24:00Z',
    '2026-11-01T12',
    '2026-11-01T12:00+02:00',
    ' 2026-11-01',
  ])('%j is none', (text) => expect(parseEventTime(text)).toBeNaN());
});
