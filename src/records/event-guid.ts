// A GUID as four unsigned 32-bit lanes, and back.

import { sha256Lanes } from '../lib/digest.ts';

const GUID = /^([0-9a-f]{8})-([0-9a-f]{4})-([0-9a-f]{4})-([0-9a-f]{4})-([0-9a-f]{4})([0-9a-f]{8})$/;

/** The lanes of a GUID in lower case; of any other text those of its SHA-256. */
export function identityOf(text: string, lanes: Uint32Array): void {
  if (!guidLanesOf(text, lanes)) sha256Lanes(text, lanes);
}

/** False, and `lanes` as they were, for what is no GUID in lower case. */
export function guidLanesOf(text: string, lanes: Uint32Array): boolean {
  const digits = GUID.exec(text);
  if (digits === null) return false;
  lanes[0] = Number.parseInt(digits[1]!, 16);
  lanes[1] = Number.parseInt(digits[2]! + digits[3]!, 16);
  lanes[2] = Number.parseInt(digits[4]! + digits[5]!, 16);
  lanes[3] = Number.parseInt(digits[6]!, 16);
  return true;
}

export function guidText(lanes: ArrayLike<number>, at: number): string {
  const hex = (lane: number): string => lanes[at + lane]!.toString(16).padStart(8, '0');
  const middle = hex(1) + hex(2);
  return `${hex(0)}-${middle.slice(0, 4)}-${middle.slice(4, 8)}-${middle.slice(8, 12)}-${middle.slice(12)}${hex(3)}`;
}
