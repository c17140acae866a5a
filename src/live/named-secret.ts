// Secrets by name: in Secrets Manager, or as a SecureString parameter of Systems Manager. Only the name is ever told.

import { WiretrailError } from '../lib/errors.ts';
import { errorName, httpStatus } from '../lib/service-error.ts';

export interface SecretName {
  readonly service: 'secretsmanager' | 'ssm';
  /** Name or ARN, as the service takes it. */
  readonly id: string;
}

/** Tries of one request, the first included, and milliseconds that it may take: a cold start waits for it. */
const CLIENT = {
  maxAttempts: 4,
  requestHandler: { connectionTimeout: 5_000, requestTimeout: 10_000, throwOnRequestTimeout: true },
};

/** The ARN of a secret or parameter, or `secretsmanager:NAME`, or `ssm:NAME`. Null for anything else: a secret itself, maybe. */
export function parseSecretName(text: string): SecretName | null {
  // https://docs.aws.amazon.com/service-authorization/latest/reference/list_awssecretsmanager.html and list_awssystemsmanager.html, resource types
  const arn =
    /^arn:[a-z-]{3,20}:(?:(secretsmanager):[a-z0-9-]{1,30}:\d{12}:secret:|(ssm):[a-z0-9-]{1,30}:\d{12}:parameter\/)[\w/+=.@-]{1,1024}$/.exec(
      text,
    );
  if (arn !== null) return { service: arn[1] === undefined ? 'ssm' : 'secretsmanager', id: text };
  const named = /^(secretsmanager|ssm):([\w/+=.@-]{1,1024})$/.exec(text);
  return named === null ? null : { service: named[1] as SecretName['service'], id: named[2]! };
}

/** `endpointUrl`: another AWS, for both services; null for AWS. Throws a WiretrailError E_SECRET that says what is missing. */
export async function readNamedSecret(name: SecretName, endpointUrl: string | null): Promise<Uint8Array> {
  const config = {
    ...CLIENT,
    region: regionOf(name),
    ...(endpointUrl === null ? {} : { endpoint: endpointUrl }),
  };
  try {
    if (name.service === 'secretsmanager') {
      const { readSecret } = await import('./secrets-manager.ts');
      return await readSecret(name.id, config);
    }
    const { readSecureString } = await import('./parameter-store.ts');
    const value = await readSecureString(name.id, config);
    if (value !== null) return value;
  } catch (error) {
    throw secretError(name, error);
  }
  throw new WiretrailError(
    'E_SECRET',
    nameOf(name),
    'is no SecureString: whoever may read parameters reads it',
    'Make it again with --type SecureString, with a new value.',
  );
}

/** A secret may lie in another region than the function: its ARN says which. */
function regionOf({ id }: SecretName): string {
  const ofArn = id.startsWith('arn:') ? id.split(':')[3] : undefined;
  return ofArn ?? process.env.AWS_REGION ?? process.env.AWS_DEFAULT_REGION ?? 'us-east-1';
}

export function nameOf({ service, id }: SecretName): string {
  return id.startsWith('arn:') ? id : `${service}:${id}`;
}

function secretError(name: SecretName, error: unknown): WiretrailError {
  const code = errorName(error);
  const action = name.service === 'ssm' ? 'ssm:GetParameter' : 'secretsmanager:GetSecretValue';
  if (code === 'ResourceNotFoundException' || code === 'ParameterNotFound') {
    const hint = 'Check its name, the region and the account.';
    return new WiretrailError('E_SECRET', nameOf(name), 'does not exist', hint, error);
  }
  if (httpStatus(error) === 400 || httpStatus(error) === 403) {
    const hint = `The function's role needs ${action} on it, and kms:Decrypt where a customer key encrypts it.`;
    return new WiretrailError('E_SECRET', nameOf(name), `cannot be read (${code})`, hint, error);
  }
  const hint = 'It is asked for again with the next event.';
  return new WiretrailError('E_SECRET', nameOf(name), `is not answered for (${code})`, hint, error);
}
