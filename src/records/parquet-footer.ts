// The end of a Parquet file, where it says what it holds: https://parquet.apache.org/docs/file-format/metadata/
// A footer is read by the library only after it was walked through once: numbers in it decide about memory and time.

import { parquetMetadata } from 'hyparquet/src/metadata.js';
import type { ColumnMetaData } from 'hyparquet/src/types.js';
import type { UnreadableReason } from './record.ts';

/** Two million bytes describe 38 columns in 300 row groups; a flow log of AWS has a few. */
const MAX_FOOTER_BYTES = 2 * 1024 * 1024;
/** Fields and items of lists in one footer or page header: each becomes a value in memory. */
const MAX_THRIFT_VALUES = 400_000;
/** Footers nest 8 structures at most. */
const MAX_THRIFT_DEPTH = 24;
/** A number of 64 bits takes ten bytes. */
const MAX_VARINT_BYTES = 10;
const MAGIC = 'PAR1';
const ENCRYPTED_MAGIC = 'PARE';
const MAGIC_BYTES = 4;
/** Length of the footer and the magic word. */
const TAIL_BYTES = 8;

/** Why a Parquet file, or the rest of it, cannot be read; `message` is in words, without content. */
export class ParquetProblem extends Error {
  readonly reason: UnreadableReason;

  constructor(reason: UnreadableReason, detail: string) {
    super(detail);
    this.reason = reason;
  }
}

export interface ParquetColumn {
  readonly name: string;
  /** Values may be missing. */
  readonly optional: boolean;
}

export interface ParquetRowGroup {
  readonly rows: number;
  /** Chunks of columns, in the order of the schema. */
  readonly chunks: readonly ColumnMetaData[];
}

export interface ParquetFooter {
  readonly columns: readonly ParquetColumn[];
  readonly rowGroups: readonly ParquetRowGroup[];
}

export function readParquetFooter(file: Buffer): ParquetFooter {
  if (file.length < MAGIC_BYTES + TAIL_BYTES)
    throw new ParquetProblem('truncated', 'the Parquet file ends before its footer');
  const magic = file.toString('latin1', file.length - MAGIC_BYTES);
  if (magic === ENCRYPTED_MAGIC) throw new ParquetProblem('unknown-format', 'an encrypted Parquet file');
  if (magic !== MAGIC) throw new ParquetProblem('truncated', 'the Parquet file ends before its footer');
  const bytes = file.readUInt32LE(file.length - TAIL_BYTES);
  const room = file.length - MAGIC_BYTES - TAIL_BYTES;
  if (bytes > room)
    throw new ParquetProblem(
      'damaged-parquet',
      `the footer says that it has ${bytes} bytes, the file holds ${room}`,
    );
  if (bytes > MAX_FOOTER_BYTES)
    throw new ParquetProblem('inflated-too-large', `a footer of ${bytes} bytes, above ${MAX_FOOTER_BYTES}`);
  const end = file.length - TAIL_BYTES;
  checkThrift(file, end - bytes, end);
  const metadata = readWith(() =>
    parquetMetadata(file.subarray(end - bytes), {
      geoparquet: false,
      // Smallest and largest values of columns are not asked for.
      parsers: { stringFromBytes: () => '' },
    }),
  );
  const leaves = metadata.schema.slice(1);
  if (leaves.some((element) => element.num_children !== undefined || element.repetition_type === 'REPEATED'))
    throw new ParquetProblem('unknown-format', 'Parquet with columns inside columns');
  return {
    columns: leaves.map(({ name, repetition_type }) => ({ name, optional: repetition_type === 'OPTIONAL' })),
    rowGroups: metadata.row_groups.map(({ num_rows, columns }) => ({
      rows: Number(num_rows),
      chunks: columns.map(({ meta_data, file_path }) => {
        if (meta_data === undefined || (file_path ?? '') !== '')
          throw new ParquetProblem('unknown-format', 'Parquet whose columns lie in other files');
        return meta_data;
      }),
    })),
  };
}

/** Runs the library over bytes: whatever it throws is the fault of the bytes. */
export function readWith<T>(read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (error instanceof ParquetProblem) throw error;
    throw new ParquetProblem('damaged-parquet', 'the Parquet data contradict themselves');
  }
}

/** Wire types of https://github.com/apache/thrift/blob/master/doc/specs/thrift-compact-protocol.md */
const T = { stop: 0, true: 1, false: 2, byte: 3, i16: 4, i64: 6, double: 7, binary: 8, list: 9, struct: 12 };

/**
 * Walks through the structure that begins at `start` and ends before `end`, and gives the position behind it. Throws where the library
 * would take memory or time out of all proportion to the bytes: lengths beyond them, endless numbers, deep nests.
 */
export function checkThrift(b: Buffer, start: number, end: number): number {
  let p = start;
  let values = 0;
  struct(1);
  return p;

  function struct(depth: number): void {
    if (depth > MAX_THRIFT_DEPTH) throw damaged();
    for (;;) {
      const head = byte();
      const type = head & 0x0f;
      if (type === T.stop) return;
      if (head >> 4 === 0) number();
      if (type !== T.true && type !== T.false) value(type, depth);
      counted(1);
    }
  }

  function value(type: number, depth: number): void {
    if (type <= T.byte) byte();
    else if (type >= T.i16 && type <= T.i64) number();
    else if (type === T.double) skip(8);
    else if (type === T.binary) skip(number());
    else if (type === T.struct) struct(depth + 1);
    else if (type === T.list) {
      const head = byte();
      const count = head >> 4 === 15 ? number() : head >> 4;
      // Every item takes a byte at least.
      if (count > end - p) throw damaged();
      counted(count);
      for (let item = 0; item < count; item++) value(head & 0x0f, depth + 1);
    } else throw damaged();
  }

  function byte(): number {
    if (p >= end) throw damaged();
    return b[p++]!;
  }

  function number(): number {
    let result = 0;
    for (let count = 0; count < MAX_VARINT_BYTES; count++) {
      const next = byte();
      result += (next & 0x7f) * 2 ** (7 * count);
      if (next < 0x80) return result;
    }
    throw damaged();
  }

  function skip(count: number): void {
    if (count > end - p) throw damaged();
    p += count;
  }

  function counted(count: number): void {
    values += count;
    if (values > MAX_THRIFT_VALUES)
      throw new ParquetProblem(
        'inflated-too-large',
        `more than ${MAX_THRIFT_VALUES} values in a Parquet header`,
      );
  }
}

function damaged(): ParquetProblem {
  return new ParquetProblem('damaged-parquet', 'a header of the Parquet file does not hold together');
}
