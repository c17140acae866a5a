// SEC-02, SEC-03 and SEC-04: secrets, tokens and key ids of AWS by themselves in application logs.

import { accessKeyId, secretAccessKey, sessionToken } from '../credentials.ts';
import { AWS_EXAMPLES } from '../secret-examples/aws.ts';
import type { AttackContext } from './context.ts';
import { ANY, PYTHON, plantSecretVariants, type Scene, type SecretVariant } from './secret-variant.ts';

function example(kind: string, { random, timeMs }: Scene): string {
  return AWS_EXAMPLES.find((one) => one.kind === kind)!.make(random, timeMs).text;
}

const VARIANTS: readonly SecretVariant[] = [
  {
    rule: 'SEC-02',
    name: 'environment-line',
    severity: 'HIGH',
    kinds: ANY,
    description: 'the secret without its key id',
    messages: ({ random }) => [
      `INFO env AWS_SECRET_ACCESS_KEY=${secretAccessKey(random)} AWS_REGION=eu-west-1`,
    ],
  },
  {
    rule: 'SEC-02',
    name: 'json-in-json',
    severity: 'HIGH',
    kinds: ['node', 'lambda'],
    description: 'the secret in a stringified object',
    messages: ({ random }) => [
      JSON.stringify({
        level: 'debug',
        options: JSON.stringify({ secretAccessKey: secretAccessKey(random) }),
      }),
    ],
  },
  {
    rule: 'SEC-02',
    name: 'bedrock-key',
    severity: 'HIGH',
    kinds: ['lambda', 'node'],
    description: 'a long-term key of Bedrock',
    messages: (scene) => [`DEBUG ${example('aws-bedrock-long-term-key', scene)}`],
  },
  {
    rule: 'SEC-02',
    name: 'eks-token',
    severity: 'HIGH',
    kinds: PYTHON,
    description: 'a token of EKS in a header',
    messages: (scene) => [`DEBUG ${example('aws-eks-token', scene)}`],
    alsoExpected: ['SEC-06', 'SEC-09'],
  },
  {
    rule: 'SEC-03',
    name: 'environment-line',
    severity: 'MEDIUM',
    kinds: ANY,
    description: 'a session token alone',
    messages: ({ random }) => [`INFO env AWS_SESSION_TOKEN=${sessionToken(random)}`],
  },
  {
    rule: 'SEC-03',
    name: 'whole-session',
    severity: 'CRITICAL',
    kinds: ['lambda', 'node'],
    description: 'key id, secret and token in one line',
    messages: ({ random, account }) => [
      JSON.stringify({
        AccessKeyId: accessKeyId('ASIA', account, random),
        SecretAccessKey: secretAccessKey(random),
        SessionToken: sessionToken(random),
      }),
    ],
    alsoExpected: ['SEC-01'],
  },
  {
    rule: 'SEC-04',
    name: 'foreign-key',
    // Exported logs do not say of which account they are.
    severity: 'INFO',
    kinds: ANY,
    description: 'the id of another account’s key',
    messages: ({ random }) => [`INFO partner signs with ${accessKeyId('AKIA', '999999999999', random)}`],
  },
  {
    rule: 'SEC-04',
    name: 'in-json',
    severity: 'INFO',
    kinds: ['node', 'lambda'],
    description: 'a key id in a JSON line',
    messages: ({ random, account }) => [
      JSON.stringify({ level: 'info', msg: 'rotating', accessKeyId: accessKeyId('AKIA', account, random) }),
    ],
  },
];

export function plantAwsSecrets(context: AttackContext, rule: string): void {
  plantSecretVariants(
    context,
    VARIANTS.filter((variant) => variant.rule === rule),
  );
}
