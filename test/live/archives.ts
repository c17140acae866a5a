// The archives of the properties, each small enough to be fed a thousand times.

import path from 'node:path';
import { smallArchive } from '../pipeline/small-archive.ts';
import { crossAccountArchive } from './cross-account.ts';
import { recordArchive, simulatedArchive, type TestArchive } from './live-run.ts';

const FAMILIES: readonly (readonly string[])[] = [['TLS'], ['POL', 'ANO'], ['REP'], ['SEC']];
const DAYS_OF_CALLS = 'three days of calls';
const SEVERAL_ACCOUNTS = 'calls of several accounts';

export const ARCHIVE_NAMES: readonly string[] = [
  ...FAMILIES.map((family) => `attacks of ${family.join(' and ')}`),
  DAYS_OF_CALLS,
  SEVERAL_ACCOUNTS,
];

/** By name; written into a folder that the caller removes. */
export async function testArchives(folder: string): Promise<ReadonlyMap<string, TestArchive>> {
  const archives = new Map<string, TestArchive>();
  for (const [at, scenarios] of FAMILIES.entries()) {
    const outDir = path.join(folder, scenarios.join('-'));
    const size = { days: 1, principals: 3, records: 80, accounts: 1, regions: ['us-east-1'] };
    archives.set(ARCHIVE_NAMES[at]!, await simulatedArchive({ outDir, seed: 5, scenarios, ...size }));
  }
  archives.set(DAYS_OF_CALLS, recordArchive(smallArchive(), true));
  archives.set(SEVERAL_ACCOUNTS, recordArchive(crossAccountArchive(), false));
  return archives;
}
