// Pages as nobody but an attacker writes them: the header of each is made by hand.

import { deflateRawSync, gzipSync } from 'node:zlib';
import type { ColumnMetaData } from 'hyparquet/src/types.js';
import { describe, expect, it } from 'vitest';
import {
  type ColumnReader,
  createColumnReader,
  type ParquetBudget,
} from '../../src/records/parquet-column.ts';
import { checkThrift, readParquetFooter } from '../../src/records/parquet-footer.ts';

const varint = (value: number): number[] => {
  const bytes: number[] = [];
  let rest = value;
  for (; rest > 127; rest = Math.floor(rest / 128)) bytes.push((rest % 128) + 128);
  return [...bytes, rest];
};
const i32 = (value: number): number[] => [0x15, ...varint(value * 2)];
/** https://github.com/apache/parquet-format/blob/master/src/main/thrift/parquet.thrift (PageHeader): type, sizes, then the facts of a data page. */
function dataPage(
  body: Buffer,
  facts: { rows: number; encoding?: number; size?: number; stored?: number },
): Buffer {
  const { rows, encoding = 0, size = body.length, stored = body.length } = facts;
  const inner = [...i32(rows), ...i32(encoding), ...i32(3), ...i32(3), 0];
  return Buffer.from([...i32(0), ...i32(size), ...i32(stored), 0x2c, ...inner, 0, ...body]);
}
const RLE_DICTIONARY = 8;

function column(pages: Buffer, over: Partial<ColumnMetaData> = {}, optional = false): ColumnReader {
  const file = Buffer.concat([Buffer.from('PAR1'), pages]);
  const budget: ParquetBudget = { open: 0, spend() {} };
  const chunk = {
    type: 'INT32',
    codec: 'UNCOMPRESSED',
    data_page_offset: 4n,
    total_compressed_size: BigInt(pages.length),
    ...over,
  } as ColumnMetaData;
  return createColumnReader(file, chunk, optional, budget);
}
const first = (reader: ColumnReader): string => {
  const out = Buffer.alloc(100);
  return out.toString('latin1', 0, reader.write(out, 0));
};
const reasonOf = (run: () => unknown): string => {
  try {
    run();
  } catch (error) {
    return `${(error as { reason: string }).reason}: ${(error as Error).message}`;
  }
  return 'read';
};

describe('a column of a hostile file', () => {
  it('is read where it is an honest one', () => {
    expect(first(column(dataPage(Buffer.from([7, 0, 0, 0]), { rows: 1 })))).toBe('7');
  });

  const run = Buffer.from([4, 0, 0, 0, ...varint(2 * (2 ** 27 - 1)), 1]);
  it.each([
    [
      'a page of two billion rows',
      () => column(dataPage(Buffer.alloc(8), { rows: 2 ** 30 })),
      /^inflated-too-large/,
    ],
    [
      'a page of a gigabyte',
      () => column(dataPage(Buffer.alloc(8), { rows: 1, size: 2 ** 29 })),
      /^inflated-too-large/,
    ],
    [
      'a page beyond its column',
      () => column(dataPage(Buffer.alloc(4), { rows: 1, stored: 900 })),
      /^damaged-parquet/,
    ],
    ['more values than bytes', () => column(dataPage(Buffer.alloc(4), { rows: 900 })), /^damaged-parquet/],
    ['a run beyond the page', () => column(dataPage(run, { rows: 5 }), {}, true), /^damaged-parquet/],
    [
      'a dictionary that is none',
      () => column(dataPage(Buffer.from([1, 2, 0]), { rows: 1, encoding: RLE_DICTIONARY })),
      /^damaged-parquet/,
    ],
    ['no page at all', () => column(Buffer.alloc(0)), /^damaged-parquet/],
    [
      'gzip that holds more than its page says',
      () => {
        const body = gzipSync(Buffer.alloc(1024 * 1024));
        return column(dataPage(body, { rows: 1, size: 4 }), { codec: 'GZIP' });
      },
      /^damaged-parquet/,
    ],
    [
      'a codec that nobody reads',
      () => column(dataPage(deflateRawSync('x'), { rows: 1 }), { codec: 'LZO' }),
      /^unknown-format.*LZO/,
    ],
    ['a place before the file', () => column(Buffer.alloc(9), { data_page_offset: -9n }), /^damaged-parquet/],
    [
      'a place behind the file',
      () => column(Buffer.alloc(9), { total_compressed_size: 2n ** 62n }),
      /^damaged-parquet/,
    ],
    [
      'a type of other tables',
      () => column(dataPage(Buffer.alloc(8), { rows: 1 }), { type: 'DOUBLE' }),
      /^unknown-format/,
    ],
  ])('with %s is refused', (_name, make, expected) => {
    expect(reasonOf(() => first(make()))).toMatch(expected);
  });
});

describe('headers', () => {
  const footer = (bytes: readonly number[]): Buffer => {
    const tail = Buffer.alloc(8, 'PAR1');
    tail.writeUInt32LE(bytes.length, 0);
    return Buffer.concat([Buffer.from('PAR1'), Buffer.from(bytes), tail]);
  };

  it.each([
    ['a list longer than the file', [0x19, 0xfc, ...varint(2 ** 31)]],
    ['a text longer than the file', [0x18, ...varint(2 ** 31)]],
    ['a number without end', [0x15, ...new Array<number>(5000).fill(0xff)]],
    ['structures in each other without end', new Array<number>(5000).fill(0x1c)],
    ['no end', [0x15, 2]],
    ['nothing that a footer must have', [0]],
  ])('with %s are refused', (_name, bytes) => {
    expect(reasonOf(() => readParquetFooter(footer(bytes)))).toMatch(/^damaged-parquet/);
  });

  it('with too many values are refused', () => {
    const count = 500_000;
    const bytes = Buffer.from([0x19, 0xf3, ...varint(count), ...new Array<number>(count).fill(1), 0]);
    expect(reasonOf(() => checkThrift(bytes, 0, bytes.length))).toMatch(/^inflated-too-large/);
  });
});
