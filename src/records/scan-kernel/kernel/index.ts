// AssemblyScript, not TypeScript: the scan of a record, then what every record is asked for (checksum, GUID, time, who sent it), and the hash of
// JSON values. `npm run kernel` compiles this file and those beside it into ../kernel-wasm.ts. First the caller hands in keys, then bytes.
// https://www.assemblyscript.org/concepts.html

import { CHECKSUM, COMBINED, GUID_FORM, KINDS, MAX_SLOTS, NUMBERS, TIME, TOLD, WINDOW, WINDOW_BYTES } from './layout';
import { NUMBERINGS, SECRET, SECRET_BYTES, combination, numberOf } from './numbers';
import { checksum, chooseFacts, readGuid, readTime } from './record-facts';
import { Level, boundDepth, scanObject } from './scan';

export { addKey, addLevel } from './scan';
export { hashAt, hashJson, ignoreKey } from './json-hash';
export { chooseSlot } from './numbers';
export { holdsQuad, watchQuad } from './quads';

export function windowAt(): usize { return WINDOW; }
export function windowBytes(): usize { return WINDOW_BYTES; }
export function toldAt(): usize { return TOLD; }
export function secretAt(): usize { return SECRET; }
export function secretBytes(): usize { return SECRET_BYTES; }
export function setUp(levels: i32, guid: usize, time: usize): void {
  boundDepth(levels);
  chooseFacts(guid, time);
}

/** Scans the object whose `{` is at `start` in the window; `shift` is added to every position that is told. */
export function scan(level: Level, start: usize, end: usize, shift: i32): i32 {
  memory.fill(KINDS, 0, MAX_SLOTS);
  const p = scanObject(level, start, end, shift);
  if (p < 0) return p;
  for (let i: usize = 0; i < NUMBERINGS; i++) store<i32>(NUMBERS + (i << 2), numberOf(i, shift));
  store<i32>(COMBINED, combination());
  store<i32>(GUID_FORM, readGuid(shift));
  store<i32>(CHECKSUM, checksum(start, <usize>p));
  store<f64>(TIME, readTime(shift));
  return p + shift;
}
