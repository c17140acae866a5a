// Why a value is no secret, whatever kind it looks like: asked before a kind's own check.

import { isPlaceholder, isPublishedExample } from './not-a-secret.ts';
import type { Candidate, Refusal, SecretKind } from './secret-kind.ts';

export function refusalOfValue({ secret }: Candidate, _kind: SecretKind): Refusal | null {
  if (isPublishedExample(secret)) return 'published-example';
  if (isPlaceholder(secret)) return 'placeholder';
  return null;
}
