// Renews the committed table of AWS's address ranges: node scripts/aws-ranges.ts path/to/ip-ranges.json

import { fileURLToPath } from 'node:url';
import { writeAwsRangesTable } from '../src/replay/aws-ranges-file.ts';

const input = process.argv[2];
if (input === undefined) {
  console.error(
    'usage: node scripts/aws-ranges.ts FILE   (FILE: https://ip-ranges.amazonaws.com/ip-ranges.json, downloaded)',
  );
  process.exitCode = 2;
} else {
  const out = fileURLToPath(new URL('../src/lib/aws-ranges-table.ts', import.meta.url));
  const table = writeAwsRangesTable(input, out);
  console.log(`${out}: ranges of ${table.date}, ${table.rows.length} rows`);
}
