// All kinds of secrets, by family.

import type { SecretKind } from '../secret-kind.ts';

export const KINDS: readonly SecretKind[] = [];
