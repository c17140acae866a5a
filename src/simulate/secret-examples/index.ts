// All examples, by family.

import { AWS_EXAMPLES } from './aws.ts';
import { CARD_EXAMPLES } from './cards.ts';
import { KMS_EXAMPLES } from './kms.ts';
import { PASSWORD_EXAMPLES } from './passwords.ts';
import type { SecretExample } from './secret-example.ts';
import { WEB_EXAMPLES } from './web.ts';
import { STORED_PASSWORD_EXAMPLES } from './stored-passwords.ts';

export const SECRET_EXAMPLES: readonly SecretExample[] = [
  // One family a line.
  ...CARD_EXAMPLES,
  ...KMS_EXAMPLES,
  ...PASSWORD_EXAMPLES,
  ...STORED_PASSWORD_EXAMPLES,
  ...AWS_EXAMPLES,
  ...WEB_EXAMPLES,
];
