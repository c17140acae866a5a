import { closeSync, openSync, readSync } from 'node:fs';

const PIECE_BYTES = 4 << 20;

/** A file in pieces of whole lines, always in the same buffer. */
export function readPieces(file: string, onPiece: (bytes: Buffer) => void): void {
  const input = openSync(file, 'r');
  const buffer = Buffer.alloc(PIECE_BYTES);
  for (let kept = 0; ; ) {
    const read = readSync(input, buffer, kept, PIECE_BYTES - kept, null);
    const end = kept + read;
    const whole = read === 0 ? end : buffer.lastIndexOf(0x0a, end - 1) + 1;
    if (whole > 0) onPiece(buffer.subarray(0, whole));
    if (read === 0) break;
    buffer.copyWithin(0, whole, end);
    kept = end - whole;
  }
  closeSync(input);
}
