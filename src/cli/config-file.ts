// The file that --config names.

import { readFileSync, statSync } from 'node:fs';
import { MAX_CONFIG_BYTES, parseConfig } from '../config.ts';
import type { DetectorSettings } from '../detectors/detector.ts';
import { WiretrailError } from '../lib/errors.ts';

/** Throws a WiretrailError (E_CONFIG) that says what is wrong, and where in the file. */
export function readConfig(path: string): DetectorSettings {
  return parseConfig(readText(path), path);
}

function readText(path: string): string {
  try {
    const { size } = statSync(path);
    if (size > MAX_CONFIG_BYTES)
      throw new WiretrailError(
        'E_CONFIG',
        path,
        `is larger than ${MAX_CONFIG_BYTES} bytes`,
        'Name a configuration with --config.',
      );
    return readFileSync(path, 'utf8');
  } catch (error) {
    if (error instanceof WiretrailError) throw error;
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown error';
    throw new WiretrailError(
      'E_CONFIG',
      path,
      `cannot be read (${code})`,
      'Check the path given to --config.',
      error,
    );
  }
}
