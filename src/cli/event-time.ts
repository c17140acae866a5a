// Times that a user types: UTC, always.

import { utcMs } from '../lib/time.ts';

const FORM = /^(\d{4})-(\d{2})-(\d{2})(?:[T ](\d{2}):(\d{2})(?::(\d{2})(?:\.(\d{1,3}))?)?(?:Z|\+00:?00)?)?$/;

/** `2026-11-01`, `2026-11-01T12:30`, `2026-11-01T12:30:15.5Z`. Milliseconds since the epoch; NaN for anything else, other time zones too. */
export function parseEventTime(text: string): number {
  const match = FORM.exec(text);
  if (match === null) return Number.NaN;
  const [, year, month, day, hour = '0', minute = '0', second = '0', fraction = '0'] = match;
  return utcMs(
    Number(year),
    Number(month),
    Number(day),
    Number(hour),
    Number(minute),
    Number(second),
    Number(fraction.padEnd(3, '0')),
  );
}
