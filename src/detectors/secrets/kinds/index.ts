// All kinds of secrets, by family.

import type { SecretKind } from '../secret-kind.ts';
import { ASSIGNED_SECRET_KINDS } from './assigned-secrets.ts';
import { AWS_KINDS } from './aws.ts';
import { CARD_KINDS } from './cards.ts';
import { EMBEDDED_KINDS } from './embedded.ts';
import { KMS_KINDS } from './kms.ts';
import { PASSWORD_COMMAND_KINDS } from './password-commands.ts';
import { SIGNATURE_KINDS } from './signatures.ts';
import { WEB_SECRET_KINDS } from './web-secrets.ts';
import { WEB_SESSION_KINDS } from './web-sessions.ts';
import { WEB_TOKEN_KINDS } from './web-tokens.ts';
import { STORED_PASSWORD_KINDS } from './stored-passwords.ts';

export const KINDS: readonly SecretKind[] = [
  // One family a line.
  ...ASSIGNED_SECRET_KINDS,
  ...CARD_KINDS,
  ...KMS_KINDS,
  ...PASSWORD_COMMAND_KINDS,
  ...STORED_PASSWORD_KINDS,
  ...AWS_KINDS,
  ...SIGNATURE_KINDS,
  ...EMBEDDED_KINDS,
  ...WEB_TOKEN_KINDS,
  ...WEB_SECRET_KINDS,
  ...WEB_SESSION_KINDS,
];

const byName = new Map(KINDS.map((kind) => [kind.name, kind]));

export function kindCalled(name: string): SecretKind | undefined {
  return byName.get(name);
}
