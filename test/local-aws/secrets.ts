// Secrets Manager and SSM parameters, as far as functions read them.

import { randomBytes } from 'node:crypto';
import { parameterArn, secretArn } from './arns.ts';
import type { ServiceRequest } from './calls.ts';
import { ServiceError, unknownOperation } from './errors.ts';
import { type Answer, json, type Service } from './front.ts';

export interface Secrets {
  readonly secretsManager: Service;
  readonly parameters: Service;
  /** Returns the ARN. */
  putSecret(name: string, value: string): string;
  putParameter(name: string, value: string, type: string): void;
  secret(nameOrArn: string): string;
  parameter(name: string): string;
}

export function createSecrets(): Secrets {
  const secrets = new Map<string, { readonly name: string; readonly value: string }>();
  const parameters = new Map<string, { readonly value: string; readonly type: string }>();

  function secret(nameOrArn: string): { readonly name: string; readonly value: string } {
    const found = secrets.get(nameOrArn.startsWith('arn:') ? nameOrArn : secretArn(nameOrArn));
    if (found === undefined) {
      throw new ServiceError('ResourceNotFoundException', "Secrets Manager can't find the specified secret.");
    }
    return found;
  }

  function parameter(name: string): { readonly name: string; readonly value: string; readonly type: string } {
    const plain = name.startsWith('arn:')
      ? name.slice(name.indexOf(':parameter') + ':parameter'.length)
      : name;
    const found = parameters.get(plain) ?? parameters.get(plain.replace(/^\//, ''));
    if (found === undefined) throw new ServiceError('ParameterNotFound', '');
    return { name: plain, ...found };
  }

  const putSecret = (name: string, value: string): string => {
    secrets.set(secretArn(name), { name, value });
    return secretArn(name);
  };

  async function secretsManager({ operation, input }: ServiceRequest): Promise<Answer> {
    if (operation === 'CreateSecret' || operation === 'PutSecretValue') {
      const name = operation === 'CreateSecret' ? String(input.Name) : secret(String(input.SecretId)).name;
      return json({ ARN: putSecret(name, String(input.SecretString)), Name: name });
    }
    if (operation !== 'GetSecretValue') throw unknownOperation('secretsmanager', operation);
    const { name, value } = secret(String(input.SecretId));
    return json({ ARN: secretArn(name), Name: name, SecretString: value, VersionStages: ['AWSCURRENT'] });
  }

  async function ssm({ operation, input }: ServiceRequest): Promise<Answer> {
    if (operation === 'PutParameter') {
      parameters.set(String(input.Name), {
        value: String(input.Value),
        type: String(input.Type ?? 'String'),
      });
      return json({ Version: 1, Tier: 'Standard' });
    }
    if (operation !== 'GetParameter') throw unknownOperation('ssm', operation);
    const { name, value, type } = parameter(String(input.Name));
    const sealed = type === 'SecureString' && input.WithDecryption !== true;
    const shown = sealed ? randomBytes(32).toString('base64') : value;
    return json({ Parameter: { Name: name, ARN: parameterArn(name), Type: type, Value: shown, Version: 1 } });
  }

  return {
    secretsManager,
    parameters: ssm,
    putSecret,
    putParameter: (name, value, type) => void parameters.set(name, { value, type }),
    secret: (nameOrArn) => secret(nameOrArn).value,
    parameter: (name) => parameter(name).value,
  };
}
