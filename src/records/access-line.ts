// Whether a line is one of an access log that AWS writes, and of which.

import { albAccessTimeMs } from './alb-access.ts';
import type { EpochMs, LineFormat } from './record.ts';
import { s3AccessTimeMs } from './s3-access.ts';

export interface AccessLine {
  format: LineFormat;
  /** Of no meaning for `text`. */
  timeMs: EpochMs;
}

/** A few bytes tell nearly every other line. */
export function readAccessLine(b: Buffer, start: number, end: number, into: AccessLine): void {
  into.format = 'text';
  const first = b[start]!;
  // Most logs begin their lines with a date, a bracket or a capital. Behind a canonical user id stands a space.
  if (first !== 0x2d && b[start + 4] === 0x2d) return;
  if (b[start + 64] === 0x20 || (first === 0x2d && b[start + 1] === 0x20)) {
    const timeMs = s3AccessTimeMs(b, start, end);
    if (!Number.isNaN(timeMs)) {
      into.format = 's3-access';
      into.timeMs = timeMs;
      return;
    }
  }
  if (first < 0x61 || first > 0x7a) return;
  const timeMs = albAccessTimeMs(b, start, end);
  if (Number.isNaN(timeMs)) return;
  into.format = 'alb-access';
  into.timeMs = timeMs;
}

export function createAccessLine(): AccessLine {
  return { format: 'text', timeMs: Number.NaN };
}
