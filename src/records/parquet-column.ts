// One column of a row group, page by page: https://parquet.apache.org/docs/file-format/data-pages/
// Values come out as the text that a flow log in text form has, so that one flow is the same record in both forms.

import { brotliDecompressSync, constants, crc32, gunzipSync, zstdDecompressSync } from 'node:zlib';
import { parquetHeader } from 'hyparquet/src/column.js';
import { deltaBinaryUnpack } from 'hyparquet/src/delta.js';
import { readRleBitPackedHybrid } from 'hyparquet/src/encoding.js';
import { readPlain } from 'hyparquet/src/plain.js';
import { snappyUncompress } from 'hyparquet/src/snappy.js';
import type { ColumnMetaData, PageHeader } from 'hyparquet/src/types.js';
import { checkThrift, ParquetProblem, readWith } from './parquet-footer.ts';

/** Writers make pages of 1 MB, dictionaries of 2 MB at most. */
const MAX_PAGE_BYTES = 16 * 1024 * 1024;
/** Rows of one page: those of a whole row group as most writers make it. */
const MAX_PAGE_ROWS = 1024 * 1024;
/** What the pages of all columns that are open at once may take in memory: a page for each of some twenty columns. */
const MAX_OPEN_BYTES = 96 * 1024 * 1024;
/** Bits of a place in a dictionary: one of 16 million values would not fit into its page. */
const MAX_INDEX_BITS = 24;
const MAX_DELTA_BLOCK = 65_536;
const DASH = 0x2d;
/** Digits of 64 bits, and a sign. */
const NUMBER_ROOM = 20;

/** What reading a file has taken so far. */
export interface ParquetBudget {
  /** Bytes that came out of pages, all in all. Throws where that is too much. */
  spend(bytes: number): void;
  open: number;
}

export interface ColumnReader {
  /** Writes the value of the next row into `out` at `at`; gives the position behind it, or -1 where it does not fit. */
  write(out: Buffer, at: number): number;
}

/** Texts, one behind the other. */
interface Texts {
  readonly bytes: Buffer;
  readonly starts: Int32Array;
  readonly ends: Int32Array;
}

interface Page {
  readonly rows: number;
  /** 1 where a row has a value; null where each has. */
  readonly levels: Uint8Array | null;
  /** Numbers, places in the dictionary (then `isIndex`), or null where `texts` holds the values. */
  readonly numbers: Int32Array | Uint32Array | BigInt64Array | null;
  readonly isIndex: boolean;
  readonly texts: Texts | null;
  readonly bytesHeld: number;
}

export function createColumnReader(
  file: Buffer,
  chunk: ColumnMetaData,
  optional: boolean,
  budget: ParquetBudget,
): ColumnReader {
  // Some writers leave the place of the dictionary at 0.
  const first = Number(chunk.dictionary_page_offset || chunk.data_page_offset);
  const end = first + Number(chunk.total_compressed_size);
  if (!(first >= 4 && end >= first && end <= file.length))
    throw new ParquetProblem('damaged-parquet', 'a column lies outside of the file');
  let at = first;
  let dictionary: Texts | null = null;
  let dictionaryBytes = 0;
  let page: Page | null = null;
  let row = 0;
  let value = 0;
  return { write };

  function write(out: Buffer, to: number): number {
    while (page === null || row >= page.rows) nextPage();
    const present = page.levels === null || page.levels[row] === 1;
    row++;
    if (!present) {
      out[to] = DASH;
      return to + 1;
    }
    const index = value++;
    if (page.isIndex) return writeText(dictionary!, page.numbers![index] as number, out, to);
    if (page.texts !== null) return writeText(page.texts, index, out, to);
    return writeNumber(page.numbers![index]!, out, to);
  }

  function nextPage(): void {
    if (at >= end)
      throw new ParquetProblem('damaged-parquet', 'a column has fewer values than its row group rows');
    const bodyAt = checkThrift(file, at, end);
    const header = readWith(() =>
      parquetHeader({ view: new DataView(file.buffer, file.byteOffset + at, bodyAt - at), offset: 0 }),
    );
    const { compressed_page_size: stored, uncompressed_page_size: size } = header;
    // A number of 64 bits in the place of one of 32 comes as a bigint.
    if (!Number.isInteger(stored) || !Number.isInteger(size)) throw contradiction();
    if (stored < 0 || stored > end - bodyAt || size < 0)
      throw new ParquetProblem('damaged-parquet', 'a page lies outside of its column');
    if (size > MAX_PAGE_BYTES)
      throw new ParquetProblem('inflated-too-large', `a page of ${size} bytes, above ${MAX_PAGE_BYTES}`);
    at = bodyAt + stored;
    const body = file.subarray(bodyAt, at);
    if (header.crc !== undefined && crc32(body) !== Number(header.crc) >>> 0)
      throw new ParquetProblem('damaged-parquet', 'the checksum of a page is wrong');
    budget.spend(size);
    if (header.type === 'DICTIONARY_PAGE') {
      dictionary = readDictionary(header, body);
      budget.open -= dictionaryBytes;
      dictionaryBytes = size + dictionary.starts.length * 8;
      hold(dictionaryBytes);
    } else if (header.type === 'DATA_PAGE' || header.type === 'DATA_PAGE_V2') {
      budget.open -= page?.bytesHeld ?? 0;
      page = null;
      page = header.type === 'DATA_PAGE' ? readPage(header, body) : readPageV2(header, body);
      hold(page.bytesHeld);
      row = 0;
      value = 0;
    }
  }

  function hold(bytes: number): void {
    budget.open += bytes;
    if (budget.open > MAX_OPEN_BYTES)
      throw new ParquetProblem('inflated-too-large', `pages of more than ${MAX_OPEN_BYTES} bytes at once`);
  }

  function readDictionary(header: PageHeader, body: Buffer): Texts {
    const count = header.dictionary_page_header?.num_values ?? -1;
    const bytes = inflated(body, header.uncompressed_page_size, chunk.codec);
    checkCount(count, bytes.length);
    if (chunk.type === 'BYTE_ARRAY') return plainTexts(bytes, 0, count);
    const numbers = plainNumbers(bytes, 0, count);
    const texts = Buffer.alloc((count + 1) * NUMBER_ROOM);
    const starts = new Int32Array(count);
    const ends = new Int32Array(count);
    let p = 0;
    for (let n = 0; n < count; n++) {
      starts[n] = p;
      p = writeNumber(numbers[n]!, texts, p);
      ends[n] = p;
    }
    return { bytes: texts, starts, ends };
  }

  function readPage(header: PageHeader, body: Buffer): Page {
    const { num_values: rows, encoding } = header.data_page_header ?? { num_values: -1, encoding: 'PLAIN' };
    checkCount(rows, MAX_PAGE_ROWS);
    const bytes = inflated(body, header.uncompressed_page_size, chunk.codec);
    if (!optional) return readValues(bytes, 0, rows, null, encoding);
    if (bytes.length < 4) throw contradiction();
    const levelsEnd = 4 + bytes.readUInt32LE(0);
    if (levelsEnd > bytes.length) throw contradiction();
    return readValues(
      bytes,
      levelsEnd,
      rows,
      readRuns(bytes, 4, levelsEnd, 1, new Uint8Array(rows)),
      encoding,
    );
  }

  function readPageV2(header: PageHeader, body: Buffer): Page {
    const facts = header.data_page_header_v2;
    if (facts === undefined) throw contradiction();
    const { num_values: rows, encoding } = facts;
    checkCount(rows, MAX_PAGE_ROWS);
    const levelsBytes = facts.definition_levels_byte_length;
    if (facts.repetition_levels_byte_length !== 0 || !Number.isInteger(levelsBytes)) throw contradiction();
    if (levelsBytes < 0 || levelsBytes > body.length) throw contradiction();
    const rest = body.subarray(levelsBytes);
    const size = header.uncompressed_page_size - levelsBytes;
    if (size < 0) throw contradiction();
    const bytes = inflated(rest, size, facts.is_compressed === false ? 'UNCOMPRESSED' : chunk.codec);
    const levels =
      optional && levelsBytes > 0 ? readRuns(body, 0, levelsBytes, 1, new Uint8Array(rows)) : null;
    return readValues(bytes, 0, rows, levels, encoding);
  }

  function readValues(
    bytes: Buffer,
    from: number,
    rows: number,
    levels: Uint8Array | null,
    encoding: string,
  ): Page {
    let count = rows;
    if (levels !== null) for (const level of levels) count -= 1 - level;
    const shared = { rows, levels, isIndex: false, texts: null, bytesHeld: bytes.length + rows * 9 };
    if (count === 0) return { ...shared, numbers: new Int32Array(0) };
    switch (encoding) {
      case 'PLAIN':
        if (chunk.type === 'BYTE_ARRAY')
          return { ...shared, numbers: null, texts: plainTexts(bytes, from, count) };
        return { ...shared, numbers: plainNumbers(bytes, from, count) };
      case 'PLAIN_DICTIONARY':
      case 'RLE_DICTIONARY': {
        const places = readPlaces(bytes, from, count);
        return { ...shared, numbers: places, isIndex: true };
      }
      case 'DELTA_BINARY_PACKED':
        return { ...shared, numbers: deltaNumbers(bytes, from, count) };
      default:
        throw new ParquetProblem(
          'unknown-format',
          `Parquet with the encoding ${encoding}, which is not read`,
        );
    }
  }

  function readPlaces(bytes: Buffer, from: number, count: number): Uint32Array {
    const bits = bytes[from];
    if (bits === undefined || bits > MAX_INDEX_BITS || dictionary === null) throw contradiction();
    const places = new Uint32Array(count);
    if (bits > 0) readRuns(bytes, from + 1, bytes.length, bits, places);
    for (const place of places) if (place >= dictionary.starts.length) throw contradiction();
    return places;
  }

  function plainNumbers(bytes: Buffer, from: number, count: number): Int32Array | BigInt64Array {
    if (chunk.type !== 'INT32' && chunk.type !== 'INT64')
      throw new ParquetProblem('unknown-format', `a column of the type ${chunk.type}, which no flow log has`);
    if (count * (chunk.type === 'INT32' ? 4 : 8) > bytes.length - from) throw contradiction();
    const read = readWith(() =>
      readPlain({ view: viewOf(bytes), offset: from }, chunk.type, count, undefined),
    );
    return read as Int32Array | BigInt64Array;
  }

  function deltaNumbers(bytes: Buffer, from: number, count: number): Int32Array | BigInt64Array {
    if (chunk.type !== 'INT32' && chunk.type !== 'INT64') throw contradiction();
    const [block, afterBlock] = smallNumber(bytes, from);
    const [parts] = smallNumber(bytes, afterBlock);
    if (block > MAX_DELTA_BLOCK || parts === 0 || parts > block) throw contradiction();
    const numbers = chunk.type === 'INT32' ? new Int32Array(count) : new BigInt64Array(count);
    readWith(() => deltaBinaryUnpack({ view: viewOf(bytes), offset: from }, count, numbers));
    return numbers;
  }
}

function contradiction(): ParquetProblem {
  return new ParquetProblem('damaged-parquet', 'the Parquet data contradict themselves');
}

function checkCount(count: number, most: number): void {
  if (!Number.isInteger(count) || count < 0) throw contradiction();
  if (count > Math.min(most, MAX_PAGE_ROWS))
    throw new ParquetProblem(
      'inflated-too-large',
      `a page of ${count} values, above ${Math.min(most, MAX_PAGE_ROWS)}`,
    );
}

function viewOf(bytes: Buffer): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

/** Runs of equal or packed numbers: https://parquet.apache.org/docs/file-format/data-pages/encodings/#RLE */
function readRuns<A extends Uint8Array | Uint32Array>(
  bytes: Buffer,
  from: number,
  end: number,
  bits: number,
  into: A,
): A {
  // The library writes out a run as long as it says: it must not say more than there are values.
  let p = from;
  let seen = 0;
  while (seen < into.length) {
    const [head, next] = smallNumber(bytes, p, end);
    const isPacked = (head & 1) === 1;
    const count = isPacked ? (head >>> 1) * 8 : head >>> 1;
    // The last packed run is filled up to eight values.
    if (count === 0 || count > into.length - seen + (isPacked ? 7 : 0)) throw contradiction();
    p = next + (isPacked ? (count / 8) * bits : (bits + 7) >> 3);
    if (p > end && !isPacked) throw contradiction();
    seen += count;
  }
  readWith(() =>
    readRleBitPackedHybrid({ view: viewOf(bytes), offset: from }, bits, into as Uint8Array, end - from),
  );
  return into;
}

/** A number of at most four bytes (28 bits), and the position behind it. */
function smallNumber(bytes: Buffer, from: number, end = bytes.length): readonly [number, number] {
  let value = 0;
  for (let n = 0; n < 4 && from + n < end; n++) {
    const byte = bytes[from + n]!;
    value |= (byte & 0x7f) << (7 * n);
    if (byte < 0x80) return [value, from + n + 1];
  }
  throw contradiction();
}

function plainTexts(bytes: Buffer, from: number, count: number): Texts {
  const starts = new Int32Array(count);
  const ends = new Int32Array(count);
  let p = from;
  for (let n = 0; n < count; n++) {
    if (p + 4 > bytes.length) throw contradiction();
    const length = bytes.readUInt32LE(p);
    p += 4;
    if (length > bytes.length - p) throw contradiction();
    starts[n] = p;
    p += length;
    ends[n] = p;
  }
  return { bytes, starts, ends };
}

/** An empty text is what a text log writes as `-`; what would part fields or lines there stands as `?`. */
function writeText({ bytes, starts, ends }: Texts, index: number, out: Buffer, at: number): number {
  const start = starts[index]!;
  const length = ends[index]! - start;
  if (at + length + 1 >= out.length) return -1;
  if (length === 0) {
    out[at] = DASH;
    return at + 1;
  }
  for (let n = 0; n < length; n++) {
    const byte = bytes[start + n]!;
    out[at + n] = byte > 0x20 ? byte : 0x3f;
  }
  return at + length;
}

const DIGITS = new Uint8Array(NUMBER_ROOM);

/** Decimal digits. 64 bits come as bigint: beyond what a double holds exactly they are written all the same, and are no number of a flow. */
function writeNumber(value: number | bigint, out: Buffer, at: number): number {
  if (at + NUMBER_ROOM > out.length) return -1;
  let rest = typeof value === 'bigint' ? Number(value) : value;
  if (!Number.isSafeInteger(rest) || rest < 0) return at + out.write(String(value), at, 'latin1');
  let count = 0;
  do {
    const next = Math.floor(rest / 10);
    DIGITS[count++] = 0x30 + rest - next * 10;
    rest = next;
  } while (rest > 0);
  for (let n = 0; n < count; n++) out[at + n] = DIGITS[count - 1 - n]!;
  return at + count;
}

/** Bytes of a page as they were before they were compressed: exactly as many as its header says. */
function inflated(body: Buffer, size: number, codec: string): Buffer {
  const bytes = decompressed(body, size, codec);
  if (bytes.length !== size) throw contradiction();
  return bytes;
}

function decompressed(body: Buffer, size: number, codec: string): Buffer {
  // A page of no bytes has no compressed form in some writers.
  if (size === 0) return Buffer.alloc(0);
  const maxOutputLength = size;
  switch (codec) {
    case 'UNCOMPRESSED':
      return body;
    case 'SNAPPY':
      return readWith(() => {
        const bytes = Buffer.alloc(size);
        snappyUncompress(body, bytes);
        return bytes;
      });
    case 'GZIP':
      return readWith(() => gunzipSync(body, { maxOutputLength }));
    case 'ZSTD':
      return readWith(() => zstdDecompressSync(body, { maxOutputLength }));
    case 'BROTLI':
      return readWith(() =>
        brotliDecompressSync(body, {
          maxOutputLength,
          params: { [constants.BROTLI_DECODER_PARAM_LARGE_WINDOW]: 0 },
        }),
      );
    default:
      throw new ParquetProblem('unknown-format', `Parquet compressed with ${codec}, which is not read`);
  }
}
