// All examples, by family.

import type { SecretExample } from './secret-example.ts';

export const SECRET_EXAMPLES: readonly SecretExample[] = [
  // One family a line.
];
