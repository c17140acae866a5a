// Which parts of a bucket can hold what was asked for: decides on a prefix alone, so that the rest is never even listed.
// Layouts: https://docs.aws.amazon.com/awscloudtrail/latest/userguide/get-and-view-cloudtrail-log-files.html
// and, with `name=value` folders, https://docs.aws.amazon.com/vpc/latest/userguide/flow-logs-s3-path.html

import type { ListFilters } from './source.ts';

const DAY_MS = 86_400_000;
/** Records are filed by the hour of delivery, which comes after the event and may be late across midnight: one day on both sides. */
const WIDENED_MS = DAY_MS;
/** Folders in front of `AWSLogs` (the trail's own prefix); deeper buckets are listed as a whole. */
const MAX_PREFIX_FOLDERS = 4;

/** out: nothing below can be wanted. all: nothing below can be left out. descend: it depends on the next folder. */
export type PrefixVerdict = 'out' | 'all' | 'descend';

export function hasFilters(filters: ListFilters): boolean {
  return (
    filters.accounts.length > 0 ||
    filters.regions.length > 0 ||
    filters.fromMs !== -Infinity ||
    filters.toMs !== Infinity
  );
}

/** `prefix` ends with a slash (or is empty). What does not look like the layout is never pruned. */
export function judgePrefix(prefix: string, filters: ListFilters): PrefixVerdict {
  const segments = prefix.split('/').slice(0, -1);
  let at = segments.lastIndexOf('AWSLogs') + 1;
  if (at === 0) return segments.length > MAX_PREFIX_FOLDERS ? 'all' : 'descend';
  if (/^o-[a-z0-9]{4,32}$/.test(segments[at] ?? '')) at++;
  const [account, , region, year, month, day] = segments
    .slice(at)
    .map((segment) => segment.slice(segment.indexOf('=') + 1));
  if (account === undefined) return 'descend';
  if (/^\d{12}$/.test(account)) {
    if (filters.accounts.length > 0 && !filters.accounts.includes(account)) return 'out';
  } else return 'all';
  if (region === undefined) return 'descend';
  if (!/^[a-z]{2}(-[a-z]{2,12}){1,3}-\d{1,2}$/.test(region)) return 'all';
  if (filters.regions.length > 0 && !filters.regions.includes(region)) return 'out';
  if (year === undefined) return 'descend';
  const period = periodOf(year, month, day);
  if (period === null) return 'all';
  if (period.toMs <= filters.fromMs - WIDENED_MS || period.fromMs >= filters.toMs + WIDENED_MS) return 'out';
  return day === undefined ? 'descend' : 'all';
}

/** The year, month or day that the folders name, half-open; null when they name none. */
function periodOf(
  year: string,
  month: string | undefined,
  day: string | undefined,
): { readonly fromMs: number; readonly toMs: number } | null {
  if (!/^\d{4}$/.test(year)) return null;
  if (month === undefined) return { fromMs: Date.UTC(Number(year)), toMs: Date.UTC(Number(year) + 1) };
  if (!/^(0[1-9]|1[0-2])$/.test(month)) return null;
  const inYear = Number(month) - 1;
  if (day === undefined)
    return { fromMs: Date.UTC(Number(year), inYear), toMs: Date.UTC(Number(year), inYear + 1) };
  if (!/^(0[1-9]|[12]\d|3[01])$/.test(day)) return null;
  const fromMs = Date.UTC(Number(year), inYear, Number(day));
  return { fromMs, toMs: fromMs + DAY_MS };
}
