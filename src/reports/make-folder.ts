// Makes a folder and those above it. Not with Node's own `recursive`: below file systems that refuse new folders with ENOENT, as /proc
// does, that asks for the parent again and again and never ends (seen with Node 24.21).

import { existsSync, mkdirSync } from 'node:fs';
import { dirname, resolve } from 'node:path';

/** `mode` of the folders that are made; what is there is left as it is. Throws the error of the file system. */
export function makeFolder(path: string, mode = 0o777): void {
  const missing: string[] = [];
  for (let folder = resolve(path); !existsSync(folder); folder = dirname(folder)) missing.push(folder);
  for (const folder of missing.reverse()) {
    try {
      mkdirSync(folder, { mode });
    } catch (error) {
      // Somebody else was quicker.
      if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
    }
  }
}
