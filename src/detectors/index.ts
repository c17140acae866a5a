// The list of all detectors, by family. A detector that is not here does not exist.

import type { Detector } from './detector.ts';

export const detectors: readonly Detector[] = [];
