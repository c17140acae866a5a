// How programs write tokens: as an environment variable, a setting, a flag, a header, or with nothing beside them.

import type { Random } from '../prng.ts';
import type { SecretExample } from './secret-example.ts';

export const LOWER = 'abcdefghijklmnopqrstuvwxyz';
export const UPPER = LOWER.toUpperCase();
export const DIGITS = '0123456789';
export const BASE36 = `${DIGITS}${LOWER}`;
export const BASE62 = `${DIGITS}${UPPER}${LOWER}`;
export const URL_SAFE = `${BASE62}-_`;
export const BASE64 = `${BASE62}+/`;

/** A token that may stand anywhere, with any name or none. `variable` is what it is called in an environment. */
export function bare(kind: string, variable: string, make: (random: Random) => string): SecretExample {
  return {
    kind,
    make(random) {
      const value = make(random);
      const text = random.pick([
        () => assigned(random, variable, value),
        () => `Authorization: Bearer ${value}`,
        () => `using ${value} for the next call`,
        () => `curl -s -H "X-Api-Token: ${value}" https://api.internal/v1/jobs`,
        () => `login failed for token ${value}`,
        () => value,
      ])();
      return { secrets: [value], text, member: { key: memberName(random, variable), value } };
    },
  };
}

/** A token that is one by the name beside it alone. */
export function onlyNamed(kind: string, variable: string, make: (random: Random) => string): SecretExample {
  return {
    kind,
    make(random) {
      const value = make(random);
      return {
        secrets: [value],
        text: assigned(random, variable, value),
        member: { key: memberName(random, variable), value },
      };
    },
  };
}

function assigned(random: Random, variable: string, value: string): string {
  const kebab = variable.toLowerCase().replaceAll('_', '-');
  return random.pick([
    () => `${variable}=${value}`,
    () => `export ${variable}="${value}"`,
    () => `${variable.toLowerCase()}: ${value}`,
    () => `{'${variable}': '${value}'}`,
    () => `started with --${kebab} ${value}`,
    () => `started with --${kebab}=${value}`,
    () => `${kebab}: ${value}`,
  ])();
}

function memberName(random: Random, variable: string): string {
  const lower = variable.toLowerCase();
  return random.pick([
    () => variable,
    () => lower,
    () => lower.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase()),
    () => lower.replaceAll('_', '-'),
  ])();
}

export function base64Of(text: string): string {
  return Buffer.from(text, 'latin1').toString('base64');
}
export function base64UrlOf(text: string): string {
  return Buffer.from(text, 'latin1').toString('base64url');
}
