// Private keys and connection strings: code of their own finds them for SEC-07 and SEC-10; here the engine learns where they stand.

import { findConnectionPasswords } from '../connection-string-text.ts';
import { findPrivateKeys } from '../private-key-text.ts';
import { type FoundSecret, name, prefix, type SecretKind, within, word } from '../secret-kind.ts';

/** RSA of 16,384 bits. */
const KEY_REACH = 13_500;
/** RFC 7517: an RSA key of 4,096 bits has about 3,200 characters, with line ends and blanks. */
const JSON_KEY_REACH = 3_500;
/** Of the body's beginning and end so much is looked for: no two keys share it. */
const LANDMARK = 16;

function findKeys(text: string): FoundSecret[] {
  return findPrivateKeys(text).flatMap(({ secret, encrypted, kind }) => {
    // A header whose body is cut off, or a key that another view shows in clear.
    const start = secret === '' ? -1 : text.indexOf(secret.slice(0, LANDMARK));
    const last = start === -1 ? -1 : text.indexOf(secret.slice(-LANDMARK), start);
    if (start === -1) return [];
    return {
      secret,
      start,
      // A short last line with other words before it is no landmark.
      end: last === -1 ? start + secret.length : last + LANDMARK,
      verdict: {
        confidence: 0.97,
        verified: true,
        facts: { form: kind },
        ...(encrypted ? { severity: 'LOW', why: 'it is encrypted with a password' } : {}),
      },
    };
  });
}

/** What stands before a password in the forms that are known. */
const BEFORE_PASSWORD = [':', '/', '=', '= ', "='", '="', '={', '= {'];

function findPasswords(text: string): FoundSecret[] {
  return findConnectionPasswords(text).flatMap(({ password, written, scheme, local, wellKnown }) => {
    for (const before of BEFORE_PASSWORD) {
      const at = text.indexOf(before + written);
      if (at === -1) continue;
      return {
        secret: password,
        start: at + before.length,
        end: at + before.length + written.length,
        verdict: {
          confidence: wellKnown ? 0.5 : local ? 0.7 : 0.9,
          verified: false,
          facts: { scheme },
          ...(local
            ? { severity: 'LOW', why: 'the host is this machine or a documentation name' }
            : wellKnown
              ? { severity: 'MEDIUM', why: 'a default or documentation password' }
              : {}),
        },
      };
    }
    return [];
  });
}

export const EMBEDDED_KINDS: readonly SecretKind[] = [
  {
    name: 'private-key',
    title: 'Private key',
    rule: 'SEC-07',
    severity: 'CRITICAL',
    // Not `-----BEGIN`: most of what begins so in logs is a certificate.
    literals: [
      ...prefix('PRIVATE KEY', 'PuTTY-User-Key-File'),
      // Most are public keys.
      ...within(JSON_KEY_REACH, prefix('kty"', "kty'")).map((literal) => ({
        ...literal,
        inShortLine: true as const,
      })),
    ],
    before: 4_000,
    behind: KEY_REACH,
    overLines: true,
    find: findKeys,
    rank: 1,
    source: 'https://www.rfc-editor.org/rfc/rfc7468',
  },
  {
    name: 'connection-string',
    title: 'Password of a connection string',
    rule: 'SEC-10',
    severity: 'HIGH',
    literals: [
      ...word(
        ...`postgres postgresql mysql mysqlx mariadb mongodb mongodb+srv redis rediss valkey valkeys amqp amqps pyamqp mssql sqlserver oracle
           cockroachdb clickhouse snowflake redshift neo4j neo4j+s bolt couchdb couchbase couchbases influxdb ldap ldaps smtp smtps ftp sftp
           mqtt mqtts nats`
          .split(/\s+/)
          .flatMap((scheme) => [`${scheme}://`, `${scheme}%3a%2f%2f`, `${scheme}:\\/\\/`]),
        ...[
          'postgres+',
          'postgresql+',
          'mysql+',
          'mariadb+',
          'mssql+',
          'oracle+',
          'clickhouse+',
          'redshift+',
          'jdbc:oracle:',
          '@tcp(',
          '@unix(',
        ],
      ),
      ...name('password', 'pwd'),
    ],
    before: 400,
    behind: 1_000,
    find: findPasswords,
    rank: 1,
    source: 'https://docs.sqlalchemy.org/en/20/core/engines.html#database-urls',
  },
];
