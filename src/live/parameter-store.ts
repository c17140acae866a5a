// One call of Systems Manager's Parameter Store, in a file of its own: whoever loads it loads the client.

import { GetParameterCommand, SSMClient, type SSMClientConfig } from '@aws-sdk/client-ssm';

/** The decrypted value of a SecureString; null where the parameter is of another type. Throws what the client throws. */
export async function readSecureString(id: string, config: SSMClientConfig): Promise<Uint8Array | null> {
  const client = new SSMClient(config);
  try {
    const { Parameter } = await client.send(new GetParameterCommand({ Name: id, WithDecryption: true }));
    return Parameter?.Type === 'SecureString' ? Buffer.from(Parameter.Value ?? '') : null;
  } finally {
    client.destroy();
  }
}
