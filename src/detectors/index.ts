// The list of all detectors, by family. A detector that is not here does not exist.

import type { Detector } from './detector.ts';
import { repeatFromSecondNetwork } from './replay/repeat-from-second-network.ts';
import { callWithoutTls } from './tls/call-without-tls.ts';

export const detectors: readonly Detector[] = [callWithoutTls, repeatFromSecondNetwork];
