import { describe, expect, it } from 'vitest';
import { scanText } from '../../../src/detectors/secrets/scan-text.ts';

const CRYPT_TEXT = './ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';
const of = (length: number): string =>
  Array.from({ length }, (_, at) => CRYPT_TEXT[(at * 37 + 11) % CRYPT_TEXT.length]).join('');
const HEX = ['5d41402a', 'bc4b2a76', 'b9719d91', '1017c592'].join('');

const told = (text: string): [string, string][] =>
  scanText(text, 0).matches.map(({ kind, verdict }) => [kind.name, verdict.severity ?? kind.severity]);

describe('stored passwords', () => {
  it.each([
    [`$2b$04$${of(53)}`, 'bcrypt-hash', 'MEDIUM'],
    [`$2y$09$${of(53)}`, 'bcrypt-hash', 'MEDIUM'],
    [`$2b$10$${of(53)}`, 'bcrypt-hash', 'LOW'],
    [`$1$${of(8)}$${of(22)}`, 'crypt-hash', 'MEDIUM'],
    [`root:$6$${of(16)}$${of(86)}:19000:0:::`, 'crypt-hash', 'LOW'],
    [`$5$rounds=1000$${of(16)}$${of(43)}`, 'crypt-hash', 'MEDIUM'],
    [`password=${HEX}`, 'password-digest', 'MEDIUM'],
    [`"password_hash": "${HEX}ab12cd34"`, 'password-digest', 'MEDIUM'],
    [`admin:500:${HEX}:${HEX}:::`, 'nt-hash', 'HIGH'],
    [`password=${btoa(['Kyoto', '1987!'].join(''))}`, 'encoded-password', 'MEDIUM'],
    [`userPassword:: ${btoa(['Oslo', '1987!x'].join(''))}`, 'encoded-password', 'MEDIUM'],
    ['password=cnffjbeq1', 'encoded-password', 'MEDIUM'],
  ])('%s', (text, kind, severity) => {
    expect(told(text)).toEqual([[kind, severity]]);
  });

  // A machine's password of 32 digits of hex.
  it('leaves hex under the name of one system to SEC-11', () => {
    expect(told(`DB_PASSWORD=${HEX}`)).toEqual([['assigned-password', 'HIGH']]);
  });

  it.each([
    `md5=${HEX}`,
    `etag="${HEX}"`,
    `token_hash=${HEX}`,
    `$2b$04$${of(50)}`,
    `$2b$99$${of(53)}`,
    's/$1$2$/x/',
    `password_file_md5=${HEX}`,
    'a:::b std::string',
    'password_hasher=pbkdf2_sha256$iterations',
  ])('is none: %s', (text) => {
    expect(told(text)).toEqual([]);
  });
});
