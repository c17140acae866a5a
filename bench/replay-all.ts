// What is measured: a replay with every detector on, as the command line runs it.
// Prints one JSON line: records, bytes, findings, CPU seconds of this process from its start.

import { DEFAULT_SETTINGS } from '../src/detectors/default-settings.ts';
import { createAwsRanges } from '../src/lib/aws-ranges.ts';
import { AWS_RANGES_TABLE } from '../src/lib/aws-ranges-table.ts';
import { replay } from '../src/replay/run.ts';
import { keepYoungGenerationSmall } from '../src/replay/young-generation.ts';

keepYoungGenerationSmall();

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
