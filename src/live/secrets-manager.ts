// One call of Secrets Manager, in a file of its own: whoever loads it loads the client.

import {
  GetSecretValueCommand,
  SecretsManagerClient,
  type SecretsManagerClientConfig,
} from '@aws-sdk/client-secrets-manager';

/** The current version: its bytes, or those of its text in UTF-8. Throws what the client throws. */
export async function readSecret(id: string, config: SecretsManagerClientConfig): Promise<Uint8Array> {
  const client = new SecretsManagerClient(config);
  try {
    const { SecretString, SecretBinary } = await client.send(new GetSecretValueCommand({ SecretId: id }));
    return SecretBinary ?? Buffer.from(SecretString ?? '');
  } finally {
    client.destroy();
  }
}
