// The yardstick: gunzip and JSON.parse of every CloudTrail object, the way everybody does it, and nothing else.
// Prints one JSON line: records, bytes, CPU seconds of this process from its start.

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';

const root = process.argv[2]!;
let records = 0;
let bytes = 0;
for (const name of readdirSync(root, { recursive: true, encoding: 'utf8' }).sort()) {
  // Insight objects too, as the replay reads them; digests hold no records.
  if (!name.includes('_CloudTrail') || name.includes('-Digest_') || !name.endsWith('.json.gz')) continue;
  const text = gunzipSync(readFileSync(join(root, name)));
  bytes += text.length;
  records += (JSON.parse(text.toString('utf8')) as { Records: unknown[] }).Records.length;
}
const { user, system } = process.cpuUsage();
process.stdout.write(
  `${JSON.stringify({ records, bytes, cpuSeconds: (user + system) / 1e6, peakMegabytes: process.resourceUsage().maxRSS / 1024 })}\n`,
);
