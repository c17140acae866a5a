// Signed URLs of Cloud Storage and CloudFront: whoever has one may do what it was made for until it ends. Those of AWS itself are SEC-06's.

import { parseAmzDate } from '../../../records/sigv4.ts';
import type { Candidate, Verdict } from '../secret-kind.ts';
import { refuseOpaque } from './opaque.ts';

const HOUR_MS = 3_600_000;
/** Characters of a URL on either side of its signature. */
const URL_CHARACTERS = 1_600;

/** `X-Goog-Date` and `X-Goog-Expires`, or `Expires` in seconds since 1970. */
export function checkGoogleUrl(candidate: Candidate): Verdict {
  const url = urlAround(candidate);
  if (!/[?&;](?:X-Goog-Credential|GoogleAccessId)=/i.test(url)) return { refused: 'name-says-no' };
  const signed = parseAmzDate(/X-Goog-Date=(\d{8}T\d{6}Z)/i.exec(url)?.[1] ?? '');
  const seconds = Number(/X-Goog-Expires=(\d{1,6})(?!\d)/i.exec(url)?.[1] ?? Number.NaN);
  return judge(candidate, Number.isNaN(signed) ? expiresOf(url) : signed + seconds * 1000);
}

export function checkCloudFrontUrl(candidate: Candidate): Verdict {
  const url = urlAround(candidate);
  if (!/Key-Pair-Id=(?:K|APKA)[A-Z0-9]{9,24}(?![A-Z0-9])/i.test(url)) return { refused: 'name-says-no' };
  return judge(candidate, expiresOf(url));
}

/** As SEC-06 judges: with more than an hour left it reaches the readers of a log alive. */
function judge(candidate: Candidate, untilMs: number): Verdict {
  const refused = refuseOpaque(candidate.secret);
  if (refused !== null) return { refused };
  if (Number.isNaN(untilMs)) return { confidence: 0.85, verified: false };
  const validUntil = new Date(untilMs).toISOString();
  const leftMs = untilMs - candidate.timeMs;
  return {
    confidence: 0.9,
    verified: false,
    facts: { validUntil },
    ...(leftMs > HOUR_MS
      ? { severity: 'HIGH' as const, why: `it opens what it was made for until ${validUntil}` }
      : leftMs <= 0
        ? { severity: 'LOW' as const, why: `it had ended when it was logged, at ${validUntil}` }
        : {}),
  };
}

function expiresOf(url: string): number {
  const seconds = /[?&;]Expires=(\d{9,10})(?!\d)/i.exec(url)?.[1];
  return seconds === undefined ? Number.NaN : Number(seconds) * 1000;
}

const ENDS_URL: ReadonlySet<string> = new Set(['"', "'", '<', '>', '\n']);

/** Up to the end of the line or a quote; the cookies of CloudFront stand beside each other. */
function urlAround({ text, start, end }: Candidate): string {
  let from = start;
  while (from > 0 && start - from < URL_CHARACTERS && !ENDS_URL.has(text[from - 1]!)) from--;
  let till = end;
  while (till < text.length && till - end < URL_CHARACTERS && !ENDS_URL.has(text[till]!)) till++;
  return text.slice(from, start) + text.slice(end, till);
}
