// All kinds of secrets, by family.

import type { SecretKind } from '../secret-kind.ts';

export const KINDS: readonly SecretKind[] = [
  // One family a line.
];

const byName = new Map(KINDS.map((kind) => [kind.name, kind]));

export function kindCalled(name: string): SecretKind | undefined {
  return byName.get(name);
}
