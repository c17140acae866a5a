// Secrets Manager and Parameter Store, on this machine only: GetSecretValue and GetParameter, and nothing else.

import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

export type StoredSecret =
  | { readonly text: string }
  | { readonly bytes: Uint8Array }
  | { readonly parameter: string; readonly type: 'SecureString' | 'String' };

export interface LocalSecrets {
  readonly endpointUrl: string;
  readonly secrets: Map<string, StoredSecret>;
  /** Operation and name of each call. */
  readonly calls: string[];
  /** Error that the next calls get, with its status; null: none. */
  error: { readonly name: string; readonly status: number } | null;
  close(): Promise<void>;
}

export async function startLocalSecrets(): Promise<LocalSecrets> {
  const server = createServer((incoming, outgoing) => {
    const chunks: Buffer[] = [];
    incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
    incoming.on('end', () => {
      const operation = String(incoming.headers['x-amz-target'] ?? '').replace(/^.*\./, '');
      const body = JSON.parse(Buffer.concat(chunks).toString()) as Record<string, unknown>;
      const { status, answer } = respond(operation, body);
      outgoing.writeHead(status, { 'content-type': 'application/x-amz-json-1.1' });
      outgoing.end(JSON.stringify(answer));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const local: LocalSecrets = {
    endpointUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    secrets: new Map(),
    calls: [],
    error: null,
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };

  function respond(
    operation: string,
    body: Record<string, unknown>,
  ): { readonly status: number; readonly answer: unknown } {
    const name = String(body.SecretId ?? body.Name);
    local.calls.push(`${operation} ${name}`);
    const fail = (type: string, status = 400) => ({
      status,
      answer: { __type: type, message: 'the server says what it likes' },
    });
    if (local.error !== null) return fail(local.error.name, local.error.status);
    const secret = local.secrets.get(name);
    if (operation === 'GetSecretValue') {
      if (secret === undefined || 'parameter' in secret) return fail('ResourceNotFoundException');
      return {
        status: 200,
        answer:
          'text' in secret
            ? { SecretString: secret.text }
            : { SecretBinary: Buffer.from(secret.bytes).toString('base64') },
      };
    }
    if (operation === 'GetParameter') {
      if (secret === undefined || !('parameter' in secret)) return fail('ParameterNotFound');
      const { parameter, type } = secret;
      const value = type === 'String' || body.WithDecryption === true ? parameter : 'encrypted';
      return { status: 200, answer: { Parameter: { Name: name, Type: type, Value: value } } };
    }
    return fail('UnknownOperationException');
  }
  return local;
}
