// SEC-21: environments that programs print, whole or a record a variable.

import { password, secretAccessKey } from '../credentials.ts';
import { ANY, PYTHON, type Scene, type SecretVariant } from './secret-variant.ts';

function environment({ random, region }: Scene): readonly (readonly [name: string, value: string])[] {
  return [
    ['PATH', '/usr/local/bin:/usr/bin:/bin'],
    ['HOSTNAME', random.hex(12)],
    ['AWS_REGION', region],
    ['DB_HOST', 'db-1.cluster.internal'],
    ['DB_PASSWORD', password(random)],
    ['LOG_LEVEL', 'debug'],
    ['PAYMENTS_SECRET_KEY', secretAccessKey(random)],
    ['TZ', 'UTC'],
  ];
}

/** The single secrets of a dump are found, too. */
const SINGLE = ['SEC-02', 'SEC-11', 'SEC-13', 'SEC-15'] as const;

export const ENVIRONMENTS: readonly SecretVariant[] = [
  {
    rule: 'SEC-21',
    name: 'os-environ',
    severity: 'HIGH',
    kinds: PYTHON,
    description: 'os.environ in a debug line',
    messages: (scene) => [
      `DEBUG environ({${environment(scene)
        .map(([name, value]) => `'${name}': '${value}'`)
        .join(', ')}})`,
    ],
    alsoExpected: SINGLE,
  },
  {
    rule: 'SEC-21',
    name: 'process-env',
    severity: 'HIGH',
    kinds: ['node', 'lambda'],
    description: 'process.env in a JSON line',
    messages: (scene) => [
      JSON.stringify({ level: 'debug', msg: 'boot', env: Object.fromEntries(environment(scene)) }),
    ],
    alsoExpected: SINGLE,
  },
  {
    rule: 'SEC-21',
    name: 'printenv',
    severity: 'HIGH',
    kinds: ANY,
    description: 'printenv, one record a variable',
    messages: (scene) => environment(scene).map(([name, value]) => `${name}=${value}`),
    alsoExpected: SINGLE,
  },
  {
    rule: 'SEC-21',
    name: 'exports-in-one-message',
    severity: 'HIGH',
    kinds: PYTHON,
    description: 'the lines of a start script as one message',
    messages: (scene) => [
      `INFO environment:\n${environment(scene)
        .map(([name, value]) => `export ${name}="${value}"`)
        .join('\n')}`,
    ],
    alsoExpected: SINGLE,
  },
];
