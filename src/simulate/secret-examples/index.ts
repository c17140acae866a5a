// All examples, by family.

import { AWS_EXAMPLES } from './aws.ts';
import { CARD_EXAMPLES } from './cards.ts';
import { CLOUD_KEY_EXAMPLES } from './cloud-keys.ts';
import { DATA_KEY_EXAMPLES } from './data-keys.ts';
import { FAILED_MASK_EXAMPLES } from './failed-masks.ts';
import { FORGE_TOKEN_EXAMPLES } from './forge-tokens.ts';
import { KMS_EXAMPLES } from './kms.ts';
import { NOTATION_EXAMPLES } from './notations.ts';
import { PASSWORD_EXAMPLES } from './passwords.ts';
import type { SecretExample } from './secret-example.ts';
import { SERVICE_KEY_EXAMPLES } from './service-keys.ts';
import { STORED_PASSWORD_EXAMPLES } from './stored-passwords.ts';
import { WEB_EXAMPLES } from './web.ts';
import { WEBHOOK_EXAMPLES } from './webhooks.ts';

export const SECRET_EXAMPLES: readonly SecretExample[] = [
  // One family a line.
  ...AWS_EXAMPLES,
  ...CARD_EXAMPLES,
  ...CLOUD_KEY_EXAMPLES,
  ...DATA_KEY_EXAMPLES,
  ...FORGE_TOKEN_EXAMPLES,
  ...FAILED_MASK_EXAMPLES,
  ...KMS_EXAMPLES,
  ...NOTATION_EXAMPLES,
  ...PASSWORD_EXAMPLES,
  ...SERVICE_KEY_EXAMPLES,
  ...STORED_PASSWORD_EXAMPLES,
  ...WEBHOOK_EXAMPLES,
  ...WEB_EXAMPLES,
];
