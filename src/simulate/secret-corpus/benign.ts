// All tempting text, by kind.

import { BENIGN_IDENTIFIERS, type BenignKind } from './benign-identifiers.ts';
import { BENIGN_MASKS } from './benign-masks.ts';
import { BENIGN_PROGRAMS } from './benign-programs.ts';
import { BENIGN_SERVICES } from './benign-services.ts';
import { BENIGN_STRUCTURES } from './benign-structures.ts';

export const BENIGN_KINDS: readonly BenignKind[] = [
  ...BENIGN_IDENTIFIERS,
  ...BENIGN_MASKS,
  ...BENIGN_STRUCTURES,
  ...BENIGN_PROGRAMS,
  ...BENIGN_SERVICES,
];
