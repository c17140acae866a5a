// What is measured: a replay with every detector on, as the command line runs it.
// Prints one JSON line: records, bytes, findings, CPU seconds of this process from its start.

import { enableCompileCache } from 'node:module';

// As the launcher does it; the rest is imported behind it, so that it is compiled from the cache.
enableCompileCache();
const { DEFAULT_SETTINGS } = await import('../src/config.ts');
const { createAwsRanges } = await import('../src/lib/aws-ranges.ts');
const { AWS_RANGES_TABLE } = await import('../src/lib/aws-ranges-table.ts');
const { replay } = await import('../src/replay/run.ts');

const { findings, summary } = await replay({
  inputs: [process.argv[2]!],
  fingerprintKey: Buffer.from('the same key in every run of a bench'),
  awsRanges: createAwsRanges(AWS_RANGES_TABLE),
  settings: DEFAULT_SETTINGS,
});
const { user, system } = process.cpuUsage();
process.stdout.write(
  `${JSON.stringify({
    records: summary.records.total,
    bytes: summary.bytes.inflated,
    findings: findings.length,
    cpuSeconds: (user + system) / 1e6,
    peakMegabytes: process.resourceUsage().maxRSS / 1024,
  })}\n`,
);
