// CRC-32 as zip and Ethernet have it: tokens of several vendors end with one, so that a scanner need not ask the vendor.

import { crc32 } from 'node:zlib';

/** Of ASCII text: unsigned 32 bits. */
export function crc32Of(text: string): number {
  return crc32(text);
}
