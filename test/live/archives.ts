// The archives of the properties, each small enough to be fed a thousand times.

import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { keysBelow } from '../acceptance/simulated-archive.ts';
import { smallArchive } from '../pipeline/small-archive.ts';
import { crossAccountArchive } from './cross-account.ts';
import { recordArchive, recordsOf, simulatedArchive, type TestArchive } from './live-run.ts';

const FAMILIES: readonly (readonly string[])[] = [['TLS'], ['POL', 'ANO'], ['REP'], ['SEC']];
const DAYS_OF_CALLS = 'three days of calls';
const SEVERAL_ACCOUNTS = 'calls of several accounts';

export const ARCHIVE_NAMES: readonly string[] = [
  ...FAMILIES.map((family) => `attacks of ${family.join(' and ')}`),
  DAYS_OF_CALLS,
  SEVERAL_ACCOUNTS,
];

/** Objects put into one. */
const PUT_TOGETHER = 3;

/** By name; written into a folder that the caller removes. */
export async function testArchives(folder: string): Promise<ReadonlyMap<string, TestArchive>> {
  const archives = new Map<string, TestArchive>();
  for (const [at, scenarios] of FAMILIES.entries()) {
    const outDir = path.join(folder, scenarios.join('-'));
    const size = { days: 1, principals: 3, records: 80, accounts: 1, regions: ['us-east-1'] };
    archives.set(
      ARCHIVE_NAMES[at]!,
      await simulatedArchive({ outDir, seed: 5, scenarios, ...size }, fillObjects),
    );
  }
  archives.set(DAYS_OF_CALLS, recordArchive(smallArchive(), true));
  archives.set(SEVERAL_ACCOUNTS, recordArchive(crossAccountArchive(), false));
  return archives;
}

/** Objects of calls and of flows: what stands before the stamp is the same where one follows another. */
const DELIVERED = /^AWSLogs\/.*\/(CloudTrail|vpcflowlogs)\/.*_(?=\d{8}T\d{4}Z_)/;

/** The simulator's objects have one or two records each in so small an archive, and each is read a dozen times: some in a row become one, the last. */
function fillObjects(folder: string): void {
  const byLog = Map.groupBy(keysBelow(folder), (key) => DELIVERED.exec(key)?.[0] ?? '');
  for (const [log, keys] of byLog) {
    if (log === '') continue;
    const join = log.includes('/CloudTrail/') ? joinRecords : joinFlows;
    for (let at = 0; at < keys.length; at += PUT_TOGETHER) {
      const files = keys.slice(at, at + PUT_TOGETHER).map((key) => path.join(folder, key));
      const texts = files.map((file) => gunzipSync(readFileSync(file)).toString());
      for (const file of files) rmSync(file);
      writeFileSync(files.at(-1)!, gzipSync(join(texts)));
    }
  }
}

function joinRecords(texts: readonly string[]): string {
  return JSON.stringify({ Records: texts.flatMap((text) => recordsOf(Buffer.from(text))) });
}

/** One flow log has one format: its header stands once. */
function joinFlows(texts: readonly string[]): string {
  return texts.map((text, at) => (at === 0 ? text : text.slice(text.indexOf('\n') + 1))).join('');
}
