// VPC flow logs in Parquet form. Only the columns that somebody reads are decoded, a page of each at a time, and every row goes
// through the reader of text lines: the same flow is the same record in both forms.

import { VIEWED_FIELDS } from './flow-view.ts';
import { type ColumnReader, createColumnReader, type ParquetBudget } from './parquet-column.ts';
import { ParquetProblem, type ParquetRowGroup, readParquetFooter } from './parquet-footer.ts';
import type { ObjectFacts, RecordSink } from './reader.ts';
import { createFlowLines, MAX_FLOW_LINE_BYTES, NUMBER_FIELDS } from './vpc-flow.ts';
import { flowLayout, parseFlowHeader } from './vpc-flow-layout.ts';

export interface ParquetLimits {
  /** Bytes of decoded pages and lines of one file. */
  readonly maxBytes: number;
  /** The same for each stored byte, once `ratioFromBytes` were decoded. */
  readonly maxRatio: number;
  readonly ratioFromBytes: number;
}

/** Why the file, or the rest of it, was not read. `notFlows`: it is sound, and holds something else. */
export interface ParquetFailure {
  readonly problem: ParquetProblem;
  readonly notFlows: boolean;
}

const LF = 0x0a;
const SPACE = 0x20;
const READ_FIELDS = new Set<string>([...VIEWED_FIELDS, ...NUMBER_FIELDS, 'log-status']);

/** Tells the rows of a whole file; null when all of them were told. Rows before damage are told. */
export function readParquetFlows(
  file: Buffer,
  facts: ObjectFacts,
  sink: RecordSink,
  limits: ParquetLimits,
): ParquetFailure | null {
  try {
    const footer = readParquetFooter(file);
    const names = parseFlowHeader(footer.columns.map(({ name }) => name).join(' '));
    if (names === null || names.length !== footer.columns.length) {
      const problem = new ParquetProblem(
        'unknown-format',
        'Parquet whose columns are not those of a flow log',
      );
      return { problem, notFlows: true };
    }
    const picked = names.flatMap((name, column) =>
      READ_FIELDS.has(name) && names.indexOf(name) === column ? [column] : [],
    );
    const lines = createFlowLines(facts, sink, [], (ordinal) => `${facts.name}#${ordinal}`);
    lines.useFields(
      picked.map((column) => names[column]!),
      flowLayout(names).version,
    );
    const budget = createBudget(file.length, limits);
    const line = Buffer.alloc(MAX_FLOW_LINE_BYTES);
    let ordinal = 0;
    for (const group of footer.rowGroups) {
      const columns = columnReaders(file, group, names.length, picked, footer.columns, budget);
      for (let row = 0; row < group.rows; row++) {
        ordinal++;
        const end = writeLine(columns, line);
        if (end < 0) throw new ParquetProblem('too-long', `a row of more than ${MAX_FLOW_LINE_BYTES} bytes`);
        budget.spend(end);
        lines.read(line, 0, ordinal);
      }
    }
    return null;
  } catch (error) {
    if (error instanceof ParquetProblem) return { problem: error, notFlows: false };
    throw error;
  }
}

function columnReaders(
  file: Buffer,
  { rows, chunks }: ParquetRowGroup,
  columnCount: number,
  picked: readonly number[],
  columns: readonly { readonly optional: boolean }[],
  budget: ParquetBudget,
): readonly ColumnReader[] {
  if (chunks.length !== columnCount || !Number.isSafeInteger(rows) || rows < 0)
    throw new ParquetProblem('damaged-parquet', 'a row group has not the columns of the schema');
  budget.open = 0;
  return picked.map((column) => {
    const chunk = chunks[column]!;
    if (Number(chunk.num_values) !== rows)
      throw new ParquetProblem(
        'damaged-parquet',
        `a row group of ${rows} rows has a column of ${chunk.num_values} values`,
      );
    return createColumnReader(file, chunk, columns[column]!.optional, budget);
  });
}

/** The position of the line feed; -1 where the row does not fit. */
function writeLine(columns: readonly ColumnReader[], line: Buffer): number {
  let at = 0;
  for (const column of columns) {
    at = column.write(line, at);
    if (at < 0 || at + 1 >= line.length) return -1;
    line[at++] = SPACE;
  }
  line[at - 1] = LF;
  return at - 1;
}

function createBudget(storedBytes: number, limits: ParquetLimits): ParquetBudget {
  const most = Math.min(limits.maxBytes, Math.max(limits.ratioFromBytes, storedBytes * limits.maxRatio));
  let spent = 0;
  return {
    open: 0,
    spend(bytes) {
      spent += bytes;
      if (spent > most)
        throw new ParquetProblem('inflated-too-large', `more than ${most} bytes came out of ${storedBytes}`);
    },
  };
}
