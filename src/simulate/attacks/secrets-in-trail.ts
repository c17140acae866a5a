// SEC-23: passwords and keys in what CloudTrail writes down of a call.

import { hostIn, publicNetwork } from '../address-facts.ts';
import { password } from '../credentials.ts';
import type { Random } from '../prng.ts';
import { type AttackContext, apiCall, newUser, pickPlace, pickTime, plantCall } from './context.ts';

interface Variant {
  readonly name: string;
  readonly description: string;
  readonly service: string;
  readonly action: string;
  parameters(random: Random): unknown;
  error?(random: Random): { readonly errorCode: string; readonly errorMessage: string };
}

const VARIANTS: readonly Variant[] = [
  {
    name: 'command',
    description: 'a command for many machines, with a password in it',
    service: 'ssm',
    action: 'SendCommand',
    parameters: (random) => ({
      documentName: 'AWS-RunShellScript',
      parameters: { commands: [`export DB_PASSWORD=${password(random)}`, 'systemctl restart orders'] },
    }),
  },
  {
    name: 'container-environment',
    description: 'a password as a variable of a container',
    service: 'ecs',
    action: 'RegisterTaskDefinition',
    parameters: (random) => ({
      family: 'orders',
      containerDefinitions: [
        {
          name: 'app',
          environment: [
            { name: 'LOG_LEVEL', value: 'info' },
            { name: 'DB_PASSWORD', value: password(random) },
          ],
        },
      ],
    }),
  },
  {
    name: 'query-of-a-url',
    description: 'a subscription whose address has a secret in its query',
    service: 'sns',
    action: 'Subscribe',
    parameters: (random) => ({
      topicArn: 'arn:aws:sns:us-east-1:111122223333:orders',
      protocol: 'https',
      endpoint: `https://hooks.partner.internal/in?client_secret=${password(random, 32)}&v=2`,
    }),
  },
  {
    name: 'error-message',
    description: 'an error that quotes a password',
    service: 'rds',
    action: 'ModifyDBInstance',
    parameters: () => ({ dBInstanceIdentifier: 'orders', applyImmediately: true }),
    error: (random) => ({
      errorCode: 'InvalidParameterValue',
      errorMessage: `The options user=ledger password=${password(random)} are not valid for orders`,
    }),
  },
];

export function plantSecretsInTrail(context: AttackContext): void {
  const { random, plants } = context;
  for (const variant of VARIANTS) {
    const place = pickPlace(context);
    const proof = plants.attack({
      rule: 'SEC-23',
      minimumSeverity: 'MEDIUM',
      variant: variant.name,
      description: variant.description,
      account: place.account,
      region: place.region,
    });
    plantCall(context, proof, {
      place,
      caller: newUser(context, place.account, 'operator'),
      timeMs: pickTime(context),
      address: hostIn(publicNetwork(random), random),
      call: apiCall(variant.service, variant.action, JSON.stringify(variant.parameters(random))),
      ...variant.error?.(random),
    });
  }
}
