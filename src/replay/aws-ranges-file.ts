// AWS's published ip-ranges.json: read for one run (`--ip-ranges`), or written into the table that comes with the project.

import { readFileSync, writeFileSync } from 'node:fs';
import { type AwsRangesTable, buildAwsRanges, parseIpRanges } from '../lib/aws-ranges.ts';
import { WiretrailError } from '../lib/errors.ts';

/** Throws a WiretrailError when the file cannot be read or is not what AWS publishes. */
export function readAwsRanges(path: string): AwsRangesTable {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown error';
    throw new WiretrailError(
      'E_IP_RANGES_UNREADABLE',
      path,
      `cannot be read (${code})`,
      "Name a file that holds AWS's ip-ranges.json.",
      error,
    );
  }
  return buildAwsRanges(parseIpRanges(text, path));
}

/** Writes the table as the TypeScript module that the bundle holds: `src/lib/aws-ranges-table.ts`. */
export function writeAwsRangesTable(inputJsonPath: string, outPath: string): AwsRangesTable {
  const table = readAwsRanges(inputJsonPath);
  const rows = table.rows.map((row) => `    [${row.map((cell) => `'${cell}'`).join(', ')}],\n`).join('');
  writeFileSync(
    outPath,
    `// Written by "wiretrail ip-ranges" from https://ip-ranges.amazonaws.com/ip-ranges.json of ${table.date}. Not for editing by hand.

import type { AwsRangesTable } from './aws-ranges.ts';

export const AWS_RANGES_TABLE: AwsRangesTable = {
  formatVersion: ${table.formatVersion},
  date: '${table.date}',
  // biome-ignore format: one row a line
  rows: [
${rows}  ],
};
`,
  );
  return table;
}
