// Times as logs write them.

/**
 * `2026-10-05T12:00:00Z`, with optional fraction of a second; also the basic form `20261005T120000Z`. UTC only.
 * Milliseconds since the epoch; NaN when it is anything else or no real date.
 */
export function parseIsoMs(bytes: Buffer, start: number, end: number): number {
  const length = end - start;
  if (length === 16) return basic(bytes, start);
  if (length < 20 || length > 30 || bytes[end - 1] !== 0x5a) return Number.NaN;
  if (
    bytes[start + 4] !== 0x2d ||
    bytes[start + 7] !== 0x2d ||
    bytes[start + 13] !== 0x3a ||
    bytes[start + 16] !== 0x3a
  ) {
    return Number.NaN;
  }
  const separator = bytes[start + 10];
  if (separator !== 0x54 && separator !== 0x20) return Number.NaN;
  let fraction = 0;
  if (length > 20) {
    if (bytes[start + 19] !== 0x2e) return Number.NaN;
    for (let i = 0; i < length - 21; i++) {
      const digit = bytes[start + 20 + i]! - 0x30;
      if (digit < 0 || digit > 9) return Number.NaN;
      if (i < 3) fraction += digit * (i === 0 ? 100 : i === 1 ? 10 : 1);
    }
  }
  return utcMs(
    digits(bytes, start, 4),
    digits(bytes, start + 5, 2),
    digits(bytes, start + 8, 2),
    digits(bytes, start + 11, 2),
    digits(bytes, start + 14, 2),
    digits(bytes, start + 17, 2),
    fraction,
  );
}

function basic(bytes: Buffer, start: number): number {
  if (bytes[start + 8] !== 0x54 || bytes[start + 15] !== 0x5a) return Number.NaN;
  return utcMs(
    digits(bytes, start, 4),
    digits(bytes, start + 4, 2),
    digits(bytes, start + 6, 2),
    digits(bytes, start + 9, 2),
    digits(bytes, start + 11, 2),
    digits(bytes, start + 13, 2),
    0,
  );
}

/** Milliseconds since the epoch of a UTC date and time; NaN when there is no such date. */
export function utcMs(
  y: number,
  mo: number,
  d: number,
  h: number,
  mi: number,
  s: number,
  ms: number,
): number {
  // A leap second (60) counts as the second before it.
  if (!(y >= 1970 && mo >= 1 && mo <= 12 && d >= 1 && h <= 23 && mi <= 59 && s <= 60)) return Number.NaN;
  if (d > daysInMonth(y, mo)) return Number.NaN;
  return daysSinceEpoch(y, mo, d) * 86_400_000 + ((h * 60 + mi) * 60 + Math.min(s, 59)) * 1000 + ms;
}

/** NaN when one of the bytes is no digit. */
function digits(bytes: Buffer, start: number, count: number): number {
  let value = 0;
  for (let i = 0; i < count; i++) {
    const digit = bytes[start + i]! - 0x30;
    if (digit < 0 || digit > 9) return Number.NaN;
    value = value * 10 + digit;
  }
  return value;
}

function daysInMonth(year: number, month: number): number {
  if (month === 2) return (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0 ? 29 : 28;
  return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31;
}

/** Proleptic Gregorian days, counted from March so that the leap day is the last of a year. */
function daysSinceEpoch(year: number, month: number, day: number): number {
  const y = month <= 2 ? year - 1 : year;
  const era = Math.floor(y / 400);
  const yearOfEra = y - era * 400;
  const dayOfYear = Math.floor((153 * (month + (month > 2 ? -3 : 9)) + 2) / 5) + day - 1;
  const dayOfEra = yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + dayOfYear;
  return era * 146_097 + dayOfEra - 719_468;
}
