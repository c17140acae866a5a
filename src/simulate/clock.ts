// Times as AWS writes them. All UTC.

export const SECOND_MS = 1000;
export const MINUTE_MS = 60_000;
export const HOUR_MS = 3_600_000;
export const DAY_MS = 86_400_000;

const TWO_DIGITS = Array.from({ length: 100 }, (_, value) => String(value).padStart(2, '0'));

let cachedDay = Number.NaN;
let cachedDate = '';

/** `2026-10-05` of a time in milliseconds. */
export function isoDate(timeMs: number): string {
  const day = Math.floor(timeMs / DAY_MS);
  if (day !== cachedDay) {
    cachedDay = day;
    cachedDate = new Date(day * DAY_MS).toISOString().slice(0, 10);
  }
  return cachedDate;
}

/** `2026-10-05T07:03:09Z`: CloudTrail's eventTime has whole seconds. */
export function isoSeconds(timeMs: number): string {
  const second = Math.floor((((timeMs % DAY_MS) + DAY_MS) % DAY_MS) / SECOND_MS);
  const date = isoDate(timeMs);
  return `${date}T${TWO_DIGITS[Math.floor(second / 3600)]!}:${TWO_DIGITS[Math.floor(second / 60) % 60]!}:${TWO_DIGITS[second % 60]!}Z`;
}

/** `2026-10-05T07:03:09.123Z` */
export function isoMillis(timeMs: number): string {
  const millis = ((timeMs % SECOND_MS) + SECOND_MS) % SECOND_MS;
  return `${isoSeconds(timeMs).slice(0, 19)}.${TWO_DIGITS[Math.floor(millis / 10)]!}${millis % 10}Z`;
}

/** `20261005T0703Z`: the stamp in object keys. */
export function keyStamp(timeMs: number): string {
  return `${isoSeconds(timeMs).slice(0, 16).replaceAll(/[-:]/g, '')}Z`;
}

/** `20261005T070309Z`: X-Amz-Date. https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html */
export function amzDate(timeMs: number): string {
  return isoSeconds(timeMs).replaceAll(/[-:]/g, '');
}

/** `2026/10/05`: the date part of object keys. */
export function keyDate(timeMs: number): string {
  return isoDate(timeMs).replaceAll('-', '/');
}
