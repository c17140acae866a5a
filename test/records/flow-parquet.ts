// Makes the Parquet form of flow lines, with the types that AWS gives to the fields:
// https://docs.aws.amazon.com/vpc/latest/userguide/flow-log-records.html

import { brotliCompressSync, gzipSync, zstdCompressSync } from 'node:zlib';
import { parquetWriteBuffer } from 'hyparquet-writer';
import type { ColumnSource } from 'hyparquet-writer/src/types.js';

const INT32 = new Set([
  'version',
  'srcport',
  'dstport',
  'protocol',
  'tcp-flags',
  'traffic-path',
  'encryption-status',
]);
const INT64 = new Set([
  'packets',
  'bytes',
  'start',
  'end',
  'packets-lost-no-route',
  'packets-lost-blackhole',
  'packets-lost-mtu-exceeded',
  'packets-lost-ttl-expired',
]);

export interface ParquetForm {
  readonly codec?: 'UNCOMPRESSED' | 'SNAPPY' | 'GZIP' | 'ZSTD' | 'BROTLI';
  readonly rowGroupSize?: number;
  readonly pageSize?: number;
  /** Encoding of each column; the writer chooses (a dictionary where values repeat) when absent. */
  readonly encoding?: 'PLAIN' | 'DELTA_BINARY_PACKED';
  /** `-` stands as text and as -1 is never written: columns in which none is missing are required ones. */
  readonly required?: true;
}

/** `lines`: a header and lines of values. */
export function flowParquet(lines: readonly string[], form: ParquetForm = {}): Buffer {
  const [header = '', ...rows] = lines;
  const values = rows.map((row) => row.split(' '));
  const columnData = header.split(' ').map((name, column) => columnOf(name, values, column, form));
  return parquetOf(columnData, form);
}

export function parquetOf(columnData: ColumnSource[], form: ParquetForm = {}): Buffer {
  const { codec = 'SNAPPY', rowGroupSize = 100_000, pageSize = 1024 * 1024 } = form;
  const compressors = {
    GZIP: (bytes: Uint8Array) => gzipSync(bytes),
    ZSTD: (bytes: Uint8Array) => zstdCompressSync(bytes),
    BROTLI: (bytes: Uint8Array) => brotliCompressSync(bytes),
  };
  return Buffer.from(
    parquetWriteBuffer({ columnData, codec, rowGroupSize, pageSize, compressors } as Parameters<
      typeof parquetWriteBuffer
    >[0]),
  );
}

function columnOf(
  name: string,
  rows: readonly (readonly string[])[],
  column: number,
  form: ParquetForm,
): ColumnSource {
  const type = INT32.has(name) ? 'INT32' : INT64.has(name) ? 'INT64' : 'STRING';
  const data = rows.map((row) => {
    const value = row[column]!;
    if (value === '-' && !(type === 'STRING' && form.required)) return null;
    return type === 'INT32' ? Number(value) : type === 'INT64' ? BigInt(value) : value;
  });
  const encoding = form.encoding === 'PLAIN' || type !== 'STRING' ? form.encoding : undefined;
  return {
    name: name.replaceAll('-', '_'),
    data,
    type,
    nullable: !form.required,
    ...(encoding === undefined ? {} : { encoding }),
  } as ColumnSource;
}
