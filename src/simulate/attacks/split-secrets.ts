// SEC-20: names and values that a log driver put into records of their own.

import { password, secretAccessKey } from '../credentials.ts';
import { ANY, PYTHON, type SecretVariant } from './secret-variant.ts';

/** With a sign in it, as people make them and as generators do. */
const strong = (text: string): string => `${text.slice(0, 7)}!${text.slice(7)}`;

export const SPLIT_SECRETS: readonly SecretVariant[] = [
  {
    rule: 'SEC-20',
    name: 'yaml-line-by-line',
    severity: 'HIGH',
    kinds: ANY,
    description: 'settings in YAML, the password on a line of its own',
    messages: ({ random }) => ['database:', '  password:', `    ${strong(password(random))}`, '  host: db-1'],
  },
  {
    rule: 'SEC-20',
    name: 'list-in-json',
    severity: 'HIGH',
    kinds: ANY,
    description: 'a list in pretty-printed JSON, one record a line',
    messages: ({ random }) => [
      '{',
      '  "client_secrets": [',
      `    "${secretAccessKey(random).replaceAll('/', 'x')}"`,
      '  ]',
      '}',
    ],
  },
  {
    rule: 'SEC-20',
    name: 'wrapped-by-docker',
    severity: 'HIGH',
    kinds: PYTHON,
    description: 'a name and its value, each wrapped by the json-file driver',
    messages: ({ random }) =>
      ['api_key =', password(random, 32)].map((line) =>
        JSON.stringify({ log: `${line}\n`, stream: 'stdout', time: '2026-11-01T12:00:00.1Z' }),
      ),
  },
];
