// Fifteen kinds that secretlint has a rule of the same meaning for.

import { KINDS } from '../src/detectors/secrets/kinds/index.ts';
import type { SecretKind } from '../src/detectors/secrets/secret-kind.ts';

/** Kind, and secretlint's rule. */
export const EQUAL: Readonly<Record<string, string>> = {
  'github-personal-token': 'github',
  'gitlab-personal-token': 'gitlab',
  'npm-token': 'npm',
  'slack-bot-token': 'slack',
  'stripe-secret-key': 'stripe',
  'sendgrid-key': 'sendgrid',
  'openai-project-key': 'openai',
  'anthropic-key': 'anthropic',
  'huggingface-token': 'huggingface',
  'groq-key': 'groq',
  'shopify-access-token': 'shopify',
  'vault-service-token': 'hashicorp-vault',
  'databricks-token': 'databricks',
  'linear-key': 'linear',
  'tailscale-key': 'tailscale',
};

export function equalKinds(): readonly SecretKind[] {
  return Object.keys(EQUAL).map((name) => {
    const kind = KINDS.find((one) => one.name === name);
    if (kind === undefined) throw new Error(`no kind is called ${name}`);
    return kind;
  });
}
