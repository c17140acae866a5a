import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createAwsRanges } from '../../src/lib/aws-ranges.ts';
import { WiretrailError } from '../../src/lib/errors.ts';
import { readAwsRanges, writeAwsRangesTable } from '../../src/replay/aws-ranges-file.ts';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'wiretrail-ranges-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

test('the written module holds the table that was read', async () => {
  const input = join(folder, 'ip-ranges.json');
  const out = join(folder, 'aws-ranges-table.ts');
  writeFileSync(
    input,
    JSON.stringify({
      createDate: '2026-08-22-15-17-05',
      prefixes: [
        { ip_prefix: '52.94.24.0/23', region: 'eu-west-1', service: 'DYNAMODB' },
        { ip_prefix: '52.94.0.0/16', region: 'GLOBAL', service: 'AMAZON' },
      ],
      ipv6_prefixes: [{ ipv6_prefix: '2600:1f18::/33', region: 'us-east-1', service: 'EC2' }],
    }),
  );
  const table = writeAwsRangesTable(input, out);
  const module: unknown = await import(out);
  expect(module).toMatchObject({ AWS_RANGES_TABLE: table });
  expect(table).toEqual(readAwsRanges(input));
  const ranges = createAwsRanges(table);
  expect(ranges.lookup('52.94.25.255')).toEqual({ service: 'DYNAMODB', region: 'eu-west-1' });
  expect(ranges.lookup('52.94.26.0')).toEqual({ service: 'AMAZON', region: 'GLOBAL' });
  expect(ranges.lookup('2600:1f18::1')).toEqual({ service: 'EC2', region: 'us-east-1' });
});

test('a file that is not there is named, with what to do', () => {
  const path = join(folder, 'missing.json');
  expect(() => readAwsRanges(path)).toThrow(WiretrailError);
  expect(() => readAwsRanges(path)).toThrow(`${path}: cannot be read (ENOENT)`);
});
