// SEC-07: private keys in the forms in which programs print them.

import { base64Text } from '../credentials.ts';
import type { Random } from '../prng.ts';
import { ANY, PYTHON, type SecretVariant } from './secret-variant.ts';

/** `-----BEGIN X-----` and its end; never in one piece in this file. */
function pem(label: string, body: readonly string[]): readonly string[] {
  const fence = '-'.repeat(5);
  return [`${fence}BEGIN ${label}${fence}`, ...body, `${fence}END ${label}${fence}`];
}
function keyBody(random: Random, lines = 12): readonly string[] {
  // DER of a private key starts with a SEQUENCE and version 0.
  return Array.from({ length: lines }, (_, i) =>
    i === 0 ? `MIIEvQIBADANBgkqhkiG9w0BAQEFAASC${base64Text(random, 32)}` : base64Text(random, 64),
  );
}
const RSA = ['RSA', 'PRIVATE', 'KEY'].join(' ');
const PKCS8 = ['PRIVATE', 'KEY'].join(' ');
const OPENSSH = ['OPENSSH', 'PRIVATE', 'KEY'].join(' ');
const PGP = ['PGP', 'PRIVATE', 'KEY', 'BLOCK'].join(' ');

function urlText(random: Random, length: number): string {
  return base64Text(random, length).replaceAll('+', '-').replaceAll('/', '_');
}

export const PRIVATE_KEYS: readonly SecretVariant[] = [
  {
    rule: 'SEC-07',
    name: 'one-message',
    severity: 'CRITICAL',
    kinds: PYTHON,
    description: 'an RSA key over several lines of one message',
    messages: (scene) => [`DEBUG loaded key\n${pem(RSA, keyBody(scene.random)).join('\n')}`],
  },
  {
    rule: 'SEC-07',
    name: 'line-by-line',
    severity: 'CRITICAL',
    kinds: ANY,
    description: 'a key whose every line is a message of its own',
    messages: (scene) => pem(PKCS8, keyBody(scene.random, 10)),
  },
  {
    rule: 'SEC-07',
    name: 'escaped-in-json',
    severity: 'CRITICAL',
    kinds: ['node', 'lambda', 'uvicorn'],
    description: 'a key in a JSON string, line breaks escaped',
    messages: (scene) => [
      JSON.stringify({
        level: 'debug',
        msg: 'tls options',
        key: `${pem(PKCS8, keyBody(scene.random)).join('\n')}\n`,
      }),
    ],
  },
  {
    rule: 'SEC-07',
    name: 'openssh',
    severity: 'CRITICAL',
    kinds: PYTHON,
    description: 'an OpenSSH key',
    messages: (scene) => [
      `INFO deploy key:\n${pem(OPENSSH, [`b3BlbnNzaC1rZXktdjEAAAAABG5vbmUAAAAEbm9uZQ${base64Text(scene.random, 28)}`, ...keyBody(scene.random, 6).slice(1)]).join('\n')}`,
    ],
  },
  {
    rule: 'SEC-07',
    name: 'pgp',
    severity: 'CRITICAL',
    kinds: PYTHON,
    description: 'a PGP private key block',
    messages: (scene) => [
      `INFO signing key\n${pem(PGP, ['', `lQOYBGX${base64Text(scene.random, 57)}`, ...keyBody(scene.random, 7).slice(1)]).join('\n')}`,
    ],
  },
  {
    rule: 'SEC-07',
    name: 'base64-of-pem',
    severity: 'CRITICAL',
    kinds: ANY,
    description: 'a PEM file in base64',
    messages: (scene) => [
      `INFO TLS_KEY_B64=${Buffer.from(pem(RSA, keyBody(scene.random, 10)).join('\n')).toString('base64')}`,
    ],
  },
  {
    rule: 'SEC-07',
    name: 'jwk',
    severity: 'CRITICAL',
    kinds: ['node', 'lambda', 'uvicorn'],
    description: 'a JSON web key with its private part',
    messages: (scene) => [
      JSON.stringify({
        msg: 'signing key',
        jwk: {
          kty: 'EC',
          crv: 'P-256',
          kid: scene.random.hex(16),
          x: urlText(scene.random, 43),
          y: urlText(scene.random, 43),
          d: urlText(scene.random, 43),
        },
      }),
    ],
  },
];
