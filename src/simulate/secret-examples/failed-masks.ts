// Secrets that a filter was meant to mask (SEC-24).

import type { Random } from '../prng.ts';
import { chosenPassword } from './passwords.ts';
import type { SecretExample } from './secret-example.ts';

const BASE62 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';

function halfMasked(random: Random): { readonly key: string; readonly value: string } {
  if (random.chance(0.5)) {
    const password = chosenPassword(random);
    const from = random.between(2, 4);
    return {
      key: random.pick(['password', 'db_password']),
      value: `${password.slice(0, from)}***${password.slice(from + 2)}`,
    };
  }
  const text = `${random.text(BASE62, 23)}7`;
  return {
    key: random.pick(['api_key', 'auth_token', 'client_secret']),
    value: random.pick([`${text}****`, `****${text}`, `${text.slice(0, 10)}******${text.slice(10)}`]),
  };
}

export const FAILED_MASK_EXAMPLES: readonly SecretExample[] = [
  {
    kind: 'half-masked-secret',
    make(random) {
      const member = halfMasked(random);
      const { key, value } = member;
      return {
        secrets: [value],
        text: random.pick([`${key}=${value}`, `"${key}": "${value}"`, `{user=jane, ${key}=${value}}`]),
        member,
      };
    },
  },
  {
    kind: 'masked-and-clear',
    make(random) {
      const value = chosenPassword(random);
      const texts = [
        `login user=jane password=******** body user=jane&password=${value}`,
        `{'password': '********'} sent {'password': '${value}'}`,
        `before {"password": "${value}"} after {"password": "xxxxxxxx"}`,
      ];
      return { secrets: [value], text: random.pick(texts) };
    },
  },
];
