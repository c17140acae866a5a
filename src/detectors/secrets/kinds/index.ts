// All kinds of secrets, by family.

import type { SecretKind } from '../secret-kind.ts';
import { ASSIGNED_SECRET_KINDS } from './assigned-secrets.ts';
import { AWS_KINDS } from './aws.ts';
import { AZURE_KEYS } from './azure-keys.ts';
import { BUSINESS_KEYS } from './business-keys.ts';
import { CARD_KINDS } from './cards.ts';
import { CLOUD_KEYS } from './cloud-keys.ts';
import { DATA_KEYS } from './data-keys.ts';
import { EMBEDDED_KINDS } from './embedded.ts';
import { FAILED_MASK_KINDS } from './failed-masks.ts';
import { FORGE_TOKENS } from './forge-tokens.ts';
import { INFRASTRUCTURE_TOKENS } from './infrastructure-tokens.ts';
import { KMS_KINDS } from './kms.ts';
import { LANGUAGE_KINDS } from './language-notations.ts';
import { MESSAGING_KEYS } from './messaging-keys.ts';
import { MODEL_KEYS } from './model-keys.ts';
import { MONITORING_KEYS } from './monitoring-keys.ts';
import { PAGE_KINDS } from './pages-and-lists.ts';
import { PASSWORD_ARGUMENT_KINDS } from './password-arguments.ts';
import { PASSWORD_COMMAND_KINDS } from './password-commands.ts';
import { PASSWORD_PROTOCOL_KINDS } from './password-protocols.ts';
import { PAYMENT_KEYS } from './payment-keys.ts';
import { REGISTRY_TOKENS } from './registry-tokens.ts';
import { SIGNATURE_KINDS } from './signatures.ts';
import { SIGNING_ARGUMENT_KINDS } from './signing-arguments.ts';
import { STORED_PASSWORD_KINDS } from './stored-passwords.ts';
import { TABLE_KINDS } from './tables-and-statements.ts';
import { WEB_SECRET_KINDS } from './web-secrets.ts';
import { WEB_SESSION_KINDS } from './web-sessions.ts';
import { WEB_TOKEN_KINDS } from './web-tokens.ts';
import { WEBHOOKS } from './webhooks.ts';

export const KINDS: readonly SecretKind[] = [
  // One family a line.
  ...ASSIGNED_SECRET_KINDS,
  ...CARD_KINDS,
  ...FAILED_MASK_KINDS,
  ...KMS_KINDS,
  ...LANGUAGE_KINDS,
  ...PAGE_KINDS,
  ...PASSWORD_ARGUMENT_KINDS,
  ...PASSWORD_COMMAND_KINDS,
  ...PASSWORD_PROTOCOL_KINDS,
  ...STORED_PASSWORD_KINDS,
  ...AWS_KINDS,
  ...AZURE_KEYS,
  ...BUSINESS_KEYS,
  ...CLOUD_KEYS,
  ...DATA_KEYS,
  ...EMBEDDED_KINDS,
  ...FORGE_TOKENS,
  ...INFRASTRUCTURE_TOKENS,
  ...MESSAGING_KEYS,
  ...MODEL_KEYS,
  ...MONITORING_KEYS,
  ...PAYMENT_KEYS,
  ...REGISTRY_TOKENS,
  ...SIGNATURE_KINDS,
  ...SIGNING_ARGUMENT_KINDS,
  ...TABLE_KINDS,
  ...WEBHOOKS,
  ...WEB_SECRET_KINDS,
  ...WEB_SESSION_KINDS,
  ...WEB_TOKEN_KINDS,
];

const byName = new Map(KINDS.map((kind) => [kind.name, kind]));

export function kindCalled(name: string): SecretKind | undefined {
  return byName.get(name);
}
