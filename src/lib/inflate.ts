// Bounded gunzip. Every member's checksum and length are verified (zlib does it), several members follow each other, and what
// could be inflated before damage is still handed out: a damaged log must neither be lost nor read as a short one.

import { constants, createGunzip, type Gunzip, gunzipSync } from 'node:zlib';

export interface InflateLimits {
  /** Inflated bytes of one object. */
  readonly maxBytes: number;
  /** Inflated bytes for each stored byte, once `ratioFromBytes` are inflated. */
  readonly maxRatio: number;
  readonly ratioFromBytes: number;
}

/** Why inflating stopped before the end. `detail` is in words, without content. */
export interface InflateProblem {
  readonly reason: 'truncated' | 'damaged-gzip' | 'inflated-too-large';
  readonly detail: string;
}

/**
 * Inflated bytes up to which an object is inflated in one call. Objects of AWS hold 0.1 to a few MB; two of this size fit beside
 * everything else in the 256 MB that a run may take.
 */
export const WHOLE_INFLATE_BYTES = 8 * 1024 * 1024;
/** DEFLATE cannot do better than 1032 to 1 (RFC 1951 codes 258 bytes in 2 bits): a length field that claims more lies. */
const MAX_DEFLATE_RATIO = 1032;
/** Output of one step of the streaming way: 16 KiB steps cost a third more. */
const OUTPUT_BYTES = 1024 * 1024;
/**
 * Input of one step, at most and at least. A step is inflated before the limits are looked at: at 1032 to 1 the longest gives 33 MB,
 * the shortest 2 MB. Steps begin short, grow while they inflate as logs do, and are short again when one inflates like a bomb.
 */
const INPUT_BYTES = 32 * 1024;
const SHORT_INPUT_BYTES = 2 * 1024;
const BOMB_LIKE_RATIO = 100;
/** Stored bytes that are kept to win back what an error takes: an archive object is hardly ever larger. */
const SALVAGE_BYTES = 1024 * 1024;
/** A member has 10 bytes of header, 2 of data at least, and 8 of checksum and length (RFC 1952). */
const SMALLEST_MEMBER_BYTES = 20;

/** RFC 1952: the two magic bytes; the method (deflate) follows. */
export function isGzip(head: Uint8Array): boolean {
  return head.length >= 2 && head[0] === 0x1f && head[1] === 0x8b;
}

/**
 * Inflates in one call when the stored length field promises at most WHOLE_INFLATE_BYTES and keeps its word; null otherwise
 * (several members, a field that lies, damage): then `inflateStream` reads the same bytes step by step.
 */
export function inflateWhole(stored: Buffer): Buffer | null {
  if (stored.length < SMALLEST_MEMBER_BYTES || !isGzip(stored)) return null;
  const promised = stored.readUInt32LE(stored.length - 4);
  if (promised > WHOLE_INFLATE_BYTES || promised > stored.length * MAX_DEFLATE_RATIO) return null;
  try {
    // One byte more than promised, so that zlib sees the end without a second buffer.
    const options = { chunkSize: Math.max(promised + 1, 64), maxOutputLength: promised + 1, info: true };
    // With `info` the engine comes along, which the type declarations leave out.
    const done = gunzipSync(stored, options) as unknown as {
      buffer: Buffer;
      engine: { bytesWritten: number };
    };
    return done.engine.bytesWritten === stored.length ? done.buffer : null;
  } catch {
    return null;
  }
}

/** Larger than this Node never takes a buffer from its shared pool (half of Buffer.poolSize). */
const POOLED_BYTES = 8192;

/**
 * Gives the memory of a buffer that `inflateWhole` returned back at once; it must not be used any more. Ten thousand objects leave their
 * inflated bytes to the garbage collector otherwise, which then runs for their sake and walks the whole heap each time.
 */
export function releaseInflated(buffer: Buffer): void {
  const memory = buffer.buffer;
  if (!(memory instanceof ArrayBuffer) || buffer.length <= POOLED_BYTES) return;
  if (buffer.byteOffset === 0 && memory.byteLength === buffer.length + 1) memory.transfer(0);
}

/** Yields what `chunks` inflate to, in order; returns why it stopped early, or null. Errors of `chunks` themselves are thrown. */
export async function* inflateStream(
  chunks: AsyncIterable<Buffer>,
  limits: InflateLimits,
): AsyncGenerator<Buffer, InflateProblem | null> {
  const gunzip = createGunzip({ chunkSize: OUTPUT_BYTES });
  const outputs: Buffer[] = [];
  const fed: Buffer[] = [];
  let storedBytes = 0;
  let inflatedBytes = 0;
  let atEnd = false;
  let inputBytes = SHORT_INPUT_BYTES;
  gunzip.on('error', () => {}); // told by the step that met it
  gunzip.on('data', (output: Buffer) => {
    inflatedBytes += output.length;
    outputs.push(output);
  });
  try {
    for await (const chunk of chunks) {
      let at = 0;
      while (at < chunk.length) {
        const piece = chunk.subarray(at, at + inputBytes);
        at += piece.length;
        const before = storedBytes;
        const inflatedBefore = inflatedBytes;
        storedBytes += piece.length;
        if (storedBytes <= SALVAGE_BYTES) fed.push(piece);
        if (!atEnd) {
          const error = await step(gunzip, (done) => gunzip.write(piece, done));
          yield* outputs.splice(0);
          if (error !== null) {
            if (storedBytes <= SALVAGE_BYTES) yield* salvage(fed, before, storedBytes, inflatedBytes);
            return problemOf(error);
          }
          const tooLarge = overLimit(inflatedBytes, storedBytes, limits);
          if (tooLarge !== null) return tooLarge;
          const bombLike = inflatedBytes - inflatedBefore > piece.length * BOMB_LIKE_RATIO;
          inputBytes = bombLike ? SHORT_INPUT_BYTES : Math.min(inputBytes * 2, INPUT_BYTES);
        }
        // zlib stops at a zero byte behind a member, for padding is zeros: anything else there would be passed over in silence.
        const unread = Math.min(storedBytes - gunzip.bytesWritten, piece.length);
        if (unread > 0) {
          atEnd = true;
          if (!allZero(piece.subarray(piece.length - unread)))
            return { reason: 'damaged-gzip', detail: TRAILING };
        }
      }
    }
    if (atEnd) return null;
    const error = await finish(gunzip);
    yield* outputs.splice(0);
    return error === null ? null : problemOf(error);
  } finally {
    gunzip.destroy();
  }
}

type ZlibError = Error & { readonly code?: string };

/** Runs one write or end until zlib is done with it. An error comes by event, by call back, or both. */
function step(
  gunzip: Gunzip,
  start: (done: (error?: Error | null) => void) => void,
): Promise<ZlibError | null> {
  return new Promise((resolve) => {
    const onError = (error: ZlibError) => resolve(error);
    gunzip.once('error', onError);
    start((error) => {
      gunzip.off('error', onError);
      resolve(error ?? null);
    });
  });
}

/** The call back of `end` comes before zlib has looked whether the data are complete: only the events tell. */
function finish(gunzip: Gunzip): Promise<ZlibError | null> {
  return new Promise((resolve) => {
    gunzip.once('error', resolve);
    gunzip.once('end', () => resolve(null));
    gunzip.end();
  });
}

/**
 * With an error zlib keeps back what it inflated from the same input. The longest beginning of the input that inflates without
 * an error holds all of that; it is found by halving, since every longer one fails too.
 */
function* salvage(fed: readonly Buffer[], good: number, bad: number, known: number): Generator<Buffer> {
  const stored = Buffer.concat(fed);
  const options = {
    finishFlush: constants.Z_SYNC_FLUSH,
    maxOutputLength: known + INPUT_BYTES * MAX_DEFLATE_RATIO,
  };
  let best: Buffer | null = null;
  let low = good;
  let high = bad;
  while (high - low > 1) {
    const middle = (low + high) >>> 1;
    try {
      best = gunzipSync(stored.subarray(0, middle), options);
      low = middle;
    } catch {
      high = middle;
    }
  }
  if (best !== null && best.length > known) yield best.subarray(known);
}

function problemOf(error: ZlibError): InflateProblem {
  if (error.code === 'Z_BUF_ERROR')
    return { reason: 'truncated', detail: 'the gzip data ends before its end' };
  // zlib's own words ("incorrect data check"): they hold nothing of the content.
  return { reason: 'damaged-gzip', detail: `not valid gzip: ${error.message}` };
}

function allZero(bytes: Buffer): boolean {
  return bytes.every((byte) => byte === 0);
}

const TRAILING = 'bytes behind the last gzip member are no gzip';

function overLimit(inflated: number, stored: number, limits: InflateLimits): InflateProblem | null {
  if (inflated > limits.maxBytes) {
    return { reason: 'inflated-too-large', detail: `more than ${limits.maxBytes} bytes inflated` };
  }
  if (inflated > limits.ratioFromBytes && inflated > stored * limits.maxRatio) {
    const detail = `${inflated} bytes inflated from ${stored}: more than ${limits.maxRatio} to 1`;
    return { reason: 'inflated-too-large', detail };
  }
  return null;
}

/** One gzip member of which at most `maxBytes` are wanted, whole or cut; null where it is damaged from the start. */
export function inflateAtMost(
  stored: Uint8Array,
  maxBytes: number,
): { readonly bytes: Buffer; readonly isCut: boolean; readonly storedBytes: number } | null {
  // Flushing without an end: a stretch that a log cut off still says how it began.
  const options = { finishFlush: constants.Z_SYNC_FLUSH, maxOutputLength: maxBytes };
  // What grows too large is inflated from its beginning alone: who pads a log must not hide what stands there.
  for (let end = stored.length; end >= SMALLEST_MEMBER_BYTES; end >>>= 1) {
    try {
      const bytes = gunzipSync(stored.subarray(0, end), options);
      return bytes.length === 0 ? null : { bytes, isCut: end < stored.length, storedBytes: end };
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ERR_BUFFER_TOO_LARGE') return null;
    }
  }
  return null;
}
