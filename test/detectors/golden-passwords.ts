// Placeholders of goldens for what people choose, what machines make, and the forms in which passwords are stored.

import { createHash } from 'node:crypto';

const PLACES = ['Lisbon', 'Oslo', 'Kyoto', 'Quito', 'Porto', 'Bergen', 'Napoli', 'Ghent'];
const CRYPT = './0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';

const digestOf = (name: string): Buffer => createHash('sha256').update(name).digest();

/** `Kyoto1987!` */
function chosen(name: string): string {
  const bytes = digestOf(`chosen ${name}`);
  return `${PLACES[bytes[0]! % PLACES.length]!}${1950 + (bytes[1]! % 70)}!`;
}
const cryptText = (name: string, length: number): string =>
  [...digestOf(`a ${name}`), ...digestOf(`b ${name}`), ...digestOf(`c ${name}`)]
    .slice(0, length)
    .map((byte) => CRYPT[byte % CRYPT.length]!)
    .join('');

export const PASSWORD_VALUES: Readonly<Record<string, (name: string) => string>> = {
  'chosen-password': chosen,
  'hex-32': (name) => digestOf(`hex 32 ${name}`).toString('hex').slice(0, 32),
  'token-40': (name) => digestOf(`token ${name}`).toString('base64url').slice(0, 40),
  md5: (name) => createHash('md5').update(chosen(name)).digest('hex'),
  sha1: (name) => createHash('sha1').update(chosen(name)).digest('hex'),
  'base64-password': (name) => Buffer.from(chosen(name)).toString('base64'),
  /** 22 characters of salt, 31 of hash: https://en.wikipedia.org/wiki/Bcrypt#Description */
  'bcrypt-4': (name) => `$2b$04$${cryptText(`bcrypt ${name}`, 53)}`,
  'bcrypt-12': (name) => `$2b$12$${cryptText(`bcrypt ${name}`, 53)}`,
  'md5-crypt': (name) => `$1$${cryptText(`salt ${name}`, 8)}$${cryptText(`md5 crypt ${name}`, 22)}`,
  'django-md5': (name) =>
    `md5$${cryptText(name, 12).replaceAll(/[./]/g, 'x')}$${createHash('md5').update(name).digest('hex')}`,
  'django-pbkdf2-weak': (name) =>
    `pbkdf2_sha256$20000$${cryptText(name, 12).replaceAll(/[./]/g, 'x')}$${digestOf(name).toString('base64')}`,
  'django-pbkdf2-strong': (name) =>
    `pbkdf2_sha256$870000$${cryptText(name, 22).replaceAll(/[./]/g, 'x')}$${digestOf(name).toString('base64')}`,
};
