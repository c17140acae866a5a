// How much memory a replay takes beside what it holds.

import { setFlagsFromString } from 'node:v8';

/**
 * Keeps V8's young generation at its first size. A replay makes little that lives on, so V8 lets it grow to 32 MB twice over for nothing:
 * with this the resident peak over 500,000 CloudTrail records is 240 MB instead of 360, for the same CPU (bench/runs).
 * https://nodejs.org/api/v8.html#v8setflagsfromstringflags; `node --v8-options` describes the flag. To be called before the heap grows.
 */
export function keepYoungGenerationSmall(): void {
  setFlagsFromString('--semi-space-growth-factor=1');
}
