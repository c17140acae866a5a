// The patterns of SEC-01, SEC-07 and SEC-10 in tables. Goldens hold the same rules to whole logs.

import { describe, expect, it } from 'vitest';
import { accountOfKeyId, keyIdsIn, secretKeysIn } from '../../../src/detectors/secrets/aws-key-text.ts';
import { findConnectionPasswords } from '../../../src/detectors/secrets/connection-string-text.ts';
import { isPlaceholder } from '../../../src/detectors/secrets/not-a-secret.ts';
import { bodyLineLength, findPrivateKeys } from '../../../src/detectors/secrets/private-key-text.ts';
import { entropyOf, kindChanges } from '../../../src/detectors/secrets/value-tests/entropy.ts';
import { expandPlaceholders as e } from '../golden-inputs.ts';

describe('access key ids', () => {
  const id = e('{{aws-key-id:a}}');
  it.each([
    ['alone', id, 1, false],
    ['named', `aws_access_key_id = ${id}`, 1, true],
    ['named in JSON', `{"AccessKeyId":"${id}"}`, 1, true],
    ['name and value apart', `"name": "AWS_ACCESS_KEY_ID"\n"value": "${id}"`, 1, true],
    ['scope of a signature', `Credential=${id}/20261101/us-east-1/s3/aws4_request`, 0, false],
    ['scope, encoded', `X-Amz-Credential=${id}%2F20261101%2Fus-east-1`, 0, false],
    ['inside of a longer word', `X${id}`, 0, false],
    ['followed by more letters', `${id}A`, 0, false],
    ['published example', e('{{example-key-id:aws}}'), 0, false],
    ['id of a role, no credential', `${'AR'}OA${id.slice(4)}`, 0, false],
  ])('%s', (_, text, count, named) => {
    const found = keyIdsIn(text);
    expect(found.length).toBe(count);
    expect(found[0]?.named ?? false).toBe(named);
  });

  it('names the account that a key belongs to', () => {
    // Ids and accounts as published with the method.
    expect(accountOfKeyId(`${'AS'}IAQNZGKIQY56JQ7WML`)).toBe('029608264753');
    expect(accountOfKeyId(`${'AS'}IAY34FZKBOKMUTVV7A`)).toBe('609629065308');
    expect(accountOfKeyId(`${'AK'}IAIOSFODNN7EXAMPLE`)).toBe('');
  });
});

describe('secret access keys', () => {
  const secret = e('{{aws-secret:a}}');
  it.each([
    ['assigned', `aws_secret_access_key=${secret}`, 1, true],
    ['JSON', `"SecretAccessKey": "${secret}"`, 1, true],
    ['XML', `<SecretAccessKey>${secret}</SecretAccessKey>`, 1, true],
    ['bytes of Python', `'SecretAccessKey': b'${secret}'`, 1, true],
    ['alone', `x ${secret} y`, 1, false],
    ['part of a longer run', `${secret}A`, 0, false],
    ['padded base64', `${secret}==`, 0, false],
    ['hex', 'da39a3ee5e6b4b0d3255bfef95601890afd80709', 0, false],
    ['path', '/Users/JohnDoe1/Projects/MyService2/Source', 0, false],
    ['words in camel case', 'ThisIsALongIdentifierOfFortyLettersNo12ab', 0, false],
    ['repeats', 'Aa1+'.repeat(10), 0, false],
    ['masked', '*'.repeat(40), 0, false],
  ])('%s', (_, text, count, named) => {
    const found = secretKeysIn(text);
    expect(found.length).toBe(count);
    expect(found[0]?.named ?? false).toBe(named);
  });

  it('almost never takes a random secret for text', () => {
    let missed = 0;
    for (let at = 0; at < 2_000; at++)
      if (secretKeysIn(e(`{{aws-secret:many ${at}}}`)).length !== 1) missed++;
    // 15 of 39 steps are 3.3 standard deviations below the mean.
    expect(missed).toBeLessThanOrEqual(4);
  });

  it('measures', () => {
    expect(entropyOf('aaaa')).toBe(0);
    expect(entropyOf('abcd')).toBe(2);
    expect(kindChanges('aA0/aa')).toBe(4);
  });
});

describe('private keys', () => {
  it.each([
    ['rsa', 'RSA PRIVATE KEY', false],
    ['ec', 'EC PRIVATE KEY', false],
    ['dsa', 'DSA PRIVATE KEY', false],
    ['pkcs8', 'PRIVATE KEY', false],
    ['encrypted', 'ENCRYPTED PRIVATE KEY', true],
    ['openssh', 'OPENSSH PRIVATE KEY', false],
    ['pgp', 'PGP PRIVATE KEY BLOCK', false],
    ['putty', 'PuTTY key', false],
  ])('%s as text, on one line, with blanks', (kind, label, encrypted) => {
    const key = e(`{{private-key:${kind}}}`);
    for (const text of [
      key,
      `before\n${key}\nafter`,
      key.replaceAll('\n', '\\n'),
      key.replaceAll('\n', '\r\n'),
    ]) {
      expect(findPrivateKeys(text)).toMatchObject([{ kind: label, encrypted }]);
    }
  });

  it('gives one key one fingerprint, however it is broken into lines', () => {
    const key = e('{{private-key:rsa}}');
    const secrets = [key, key.replaceAll('\n', '\\n'), Buffer.from(key).toString('base64')].map(
      (text) => findPrivateKeys(text)[0]!.secret,
    );
    expect(new Set(secrets).size).toBe(1);
  });

  it('reads a block whose every line begins with the time of an exported message', () => {
    const key = e('{{private-key:ec}}');
    const exported = key.replaceAll('\n', '\n2026-11-01T12:00:00.706Z ');
    expect(findPrivateKeys(exported)).toEqual(findPrivateKeys(key));
  });

  it('sees a passphrase in the headers of old OpenSSL and in the cipher name of OpenSSH', () => {
    const [begin, ...body] = e('{{private-key:rsa}}').split('\n');
    expect(
      findPrivateKeys([begin, 'Proc-Type: 4,ENCRYPTED', 'DEK-Info: AES-128-CBC,AB', '', ...body].join('\n')),
    ).toMatchObject([{ encrypted: true }]);
    const openssh = (cipher: string) => {
      const name = Buffer.from(cipher);
      const start = Buffer.concat([
        Buffer.from('openssh-key-v1\0'),
        Buffer.from([0, 0, 0, name.length]),
        name,
      ]);
      const content = Buffer.concat([start, Buffer.from(e('{{base64:k}}{{hex:k}}'))]).toString('base64');
      return [e('{{pem-header:openssh}}'), content, e('{{pem-footer:openssh}}')].join('\n');
    };
    expect(findPrivateKeys(openssh('aes256-ctr'))).toMatchObject([{ encrypted: true }]);
    expect(findPrivateKeys(openssh('none'))).toMatchObject([{ encrypted: false }]);
    expect(
      findPrivateKeys(e('{{private-key:putty}}').replace('Encryption: none', 'Encryption: aes256-cbc')),
    ).toMatchObject([{ encrypted: true }]);
  });

  it.each([
    ['RSA', 'd', 1],
    ['EC', 'd', 1],
    ['OKP', 'd', 1],
    ['oct', 'k', 1],
    ['RSA', 'n', 0],
    ['EC', 'k', 0],
    ['oct', 'd', 0],
  ])('JSON Web Key %s with %s', (type, member, count) => {
    const text = JSON.stringify({ kty: type, [member]: e('{{hex:jwk}}'), kid: '1' });
    expect(findPrivateKeys(text).length).toBe(count);
    expect(
      findPrivateKeys(JSON.stringify({ keys: [{ kty: 'RSA', n: 'x' }, { other: { d: e('{{hex:jwk}}') } }] })),
    ).toEqual([]);
  });

  it.each([
    ['certificate', e('{{private-key:certificate}}')],
    ['public key', e('{{private-key:public}}')],
    ['masked body', `${e('{{pem-header:rsa}}')}\n[REDACTED]\n${e('{{pem-footer:rsa}}')}`],
    ['body of one letter', `${e('{{pem-header:rsa}}')}\n${'A'.repeat(128)}\n${e('{{pem-footer:rsa}}')}`],
    ['header in a sentence', `expecting: ${e('{{pem-header:pkcs8}}')} but found none`],
    ['masked member', '{"kty":"oct","k":"********************************"}'],
  ])('leaves alone: %s', (_, text) => {
    expect(findPrivateKeys(text)).toEqual([]);
  });

  it('marks a header that ends its text, and knows the lines of a body', () => {
    expect(findPrivateKeys(e('{{pem-header:rsa}}\n'))).toMatchObject([
      { kind: 'RSA PRIVATE KEY', secret: '' },
    ]);
    const bodyLength = (text: string) => bodyLineLength(Buffer.from(text), 0, text.length);
    const body = e('{{private-key-line:rsa.1}}');
    for (const line of [
      `${body}\r\n`,
      `2026-11-01 12:00:00,123 DEBUG app ${body}`,
      `app_1  | ${body}`,
      `{"log":"${body}\\n","stream":"stdout","time":"2026-11-01T12:00:00Z"}\n`,
      `{"level":"debug","time":1793534400000,"msg":"${body}"}`,
      `{"log":"${body}","container_id":"3f2a"}`,
    ])
      expect(bodyLength(line), line).toBe(64);
    for (const line of [
      `${body} x`,
      'short',
      '',
      '{"log":"',
      `INFO digest=${e('{{hex:a}}')}`,
      `INFO digest ${e('{{hex:a}}')}`,
      `{"msg":"x","sha":"${e('{{hex:a}}')}"}`,
      `${body}${body}`,
    ])
      expect(bodyLength(line), line).toBe(0);
  });

  it('marks a header that a log driver or a logger wrapped', () => {
    for (const line of [
      e('{"log":"{{pem-header:rsa}}\\n","stream":"stdout"}'),
      e('{"level":"debug","msg":"{{pem-header:rsa}}"}'),
    ])
      expect(findPrivateKeys(line), line).toMatchObject([{ kind: 'RSA PRIVATE KEY', secret: '' }]);
    expect(findPrivateKeys(e('"expected {{pem-header:rsa}} here"'))).toEqual([]);
  });

  it('reads a block with the name of a service before each line', () => {
    const block = e('{{private-key:rsa}}').replaceAll('\n', '\napp-1  | ');
    expect(findPrivateKeys(`app-1  | ${block}`)).toMatchObject([{ kind: 'RSA PRIVATE KEY' }]);
    expect(findPrivateKeys(block)[0]!.secret.length).toBeGreaterThan(300);
  });
});

describe('connection strings', () => {
  const password = e('{{hex:db}}').slice(0, 20);
  it.each([
    [`postgres://app:${password}@db.prod.internal:5432/x`, 'postgres', 'app', 'db.prod.internal'],
    [
      `postgresql+psycopg2://app:${password}@db.prod.internal/x`,
      'postgresql+psycopg2',
      'app',
      'db.prod.internal',
    ],
    [`mysql://app:${password}@10.0.0.5/x`, 'mysql', 'app', '10.0.0.5'],
    [`mongodb+srv://app:${password}@c0.ab1.mongodb.net/x`, 'mongodb+srv', 'app', 'c0.ab1.mongodb.net'],
    [`mongodb://app:${password}@a.prod:27017,b.prod:27017/x`, 'mongodb', 'app', 'a.prod'],
    [`redis://:${password}@cache.prod.internal:6379/0`, 'redis', '', 'cache.prod.internal'],
    [`rediss://default:${password}@cache.prod.internal:6379/0`, 'rediss', 'default', 'cache.prod.internal'],
    [`amqps://app:${password}@mq.prod.internal:5671`, 'amqps', 'app', 'mq.prod.internal'],
    [
      `mssql+pyodbc://sa2:${password}@sql.prod.internal/x?driver=y`,
      'mssql+pyodbc',
      'sa2',
      'sql.prod.internal',
    ],
    [
      `jdbc:postgresql://db.prod.internal:5432/x?user=app&password=${password}`,
      'jdbc:postgresql',
      'app',
      'db.prod.internal',
    ],
    [
      `jdbc:sqlserver://sql.prod.internal:1433;user=app;password=${password};`,
      'jdbc:sqlserver',
      'app',
      'sql.prod.internal',
    ],
    [
      `jdbc:oracle:thin:app/${password}@ora.prod.internal:1521:sid`,
      'jdbc:oracle',
      'app',
      'ora.prod.internal',
    ],
    [
      `Driver={ODBC Driver 18};Server=sql.prod.internal;Uid=app;Pwd={${password}};`,
      'odbc',
      'app',
      'sql.prod.internal',
    ],
    [
      `Data Source=sql.prod.internal;Initial Catalog=x;User ID=app;Password=${password}`,
      'ado',
      'app',
      'sql.prod.internal',
    ],
    [`app:${password}@tcp(db.prod.internal:3306)/x?parseTime=True`, 'mysql', 'app', 'db.prod.internal'],
    [`host=pg.prod.internal dbname=x user=app password='${password}'`, 'libpq', 'app', 'pg.prod.internal'],
  ])('%#', (text, scheme, user, host) => {
    expect(findConnectionPasswords(text)).toMatchObject([
      { scheme, user, password, host: expect.stringContaining(host), local: false, wellKnown: false },
    ]);
  });

  it('decodes a percent-encoded password and allows an unescaped @ in it', () => {
    expect(findConnectionPasswords('postgres://a:p%40%2Fss9@db.prod.internal/x')[0]!.password).toBe('p@/ss9');
    expect(findConnectionPasswords('postgres://a:p@ss9@db.prod.internal/x')[0]).toMatchObject({
      password: 'p@ss9',
      host: 'db.prod.internal',
    });
  });

  it.each<[string, string, string]>([
    ['postgres://a:Qx@7uTa9WDBi#D36@db.prod.internal:5432/x', 'Qx@7uTa9WDBi#D36', 'db.prod.internal'],
    ['jdbc:oracle:thin:scott/Qx@7uTa9WDBi@ora.prod.internal:1521:sid', 'Qx@7uTa9WDBi', 'ora.prod.internal'],
    ['postgres://a:Qx@7uTa9WDBi/D36@db.prod.internal:5432/x', 'Qx', ''],
    ['postgres://a:Qx@7uTa9WDBi?D36@db.prod.internal:5432/x', 'Qx', ''],
    ['postgres://a:Qx@7uTa9WDBi\\D36@db.prod.internal:5432/x', 'Qx', ''],
    ['postgres://a:Qx@7uTa9WDBi#D36@', 'Qx@7uTa9WDBi#D36', ''],
    ['postgres://a:Qx7u@db.prod.internal/x?options=a@b', 'Qx7u', 'db.prod.internal'],
    ['postgres://a:Qx7u@db.prod.internal/x\\nmail to ann@example.com', 'Qx7u', 'db.prod.internal'],
    ['postgres://a:Qx7u@db.prod.internal/x and ann@example.com', 'Qx7u', 'db.prod.internal'],
    ['postgres://a:Qx7u@db.prod.internal/x,amqp://a@b', 'Qx7u', 'db.prod.internal'],
  ])('tells the host from a piece of the password: %s', (text, ofPassword, host) => {
    expect(findConnectionPasswords(text)[0]).toMatchObject({ password: ofPassword, host });
  });

  it('hides a user that is, or gives away, the password', () => {
    expect(findConnectionPasswords(`amqp://${password}:${password}@mq.prod.internal`)[0]!.user).toBe('');
    expect(findConnectionPasswords(`amqp://x${password}:${password}y@mq.prod.internal`)[0]!.user).toBe('');
  });

  it.each([
    ['postgres://app:changeme@db.prod.internal/x', false, true],
    ['postgres://app:app@db/x', false, true],
    [`postgres://app:${password}@localhost/x`, true, false],
    [`postgres://app:${password}@127.0.0.1:5432/x`, true, false],
    [`postgres://app:${password}@db.example.com/x`, true, false],
  ])('%s: local %s, well-known %s', (text, local, wellKnown) => {
    expect(findConnectionPasswords(text)).toMatchObject([{ local, wellKnown }]);
  });

  it.each([
    'postgres://app:***@db.prod.internal/x',
    // biome-ignore lint/suspicious/noTemplateCurlyInString: it is what stands in the log
    'postgres://app:${DB_PASSWORD}@db.prod.internal/x',
    'postgres://app:%s@db.prod.internal/x',
    'postgres://app:[REDACTED]@db.prod.internal/x',
    'postgres://app:xxxxx@db.prod.internal/x',
    'postgres://user:password@hostname/x',
    'postgres://app@db.prod.internal/x',
    'redis://cache.prod.internal:6379/0',
    'amqp://mq.prod.internal:5672 as ann@example.com',
    'host=www.prod.internal password=abcdefgh1',
    'Server=sql.prod.internal;Database=x;Uid=app;Pwd={password};',
    'jdbc:postgresql://db.prod.internal/x?user=app&password=REDACTED',
  ])('leaves alone: %s', (text) => {
    expect(findConnectionPasswords(text)).toEqual([]);
  });

  it.each(['changeme', 'correct horse', 'hunter2', 'a*b'])('%s is no placeholder', (value) => {
    expect(isPlaceholder(value)).toBe(false);
  });
});

describe('hostile texts', () => {
  const long = 16_384;
  it.each([
    ['schemes', 'postgres://a:'.repeat(1_300), findConnectionPasswords],
    ['at signs', `postgres://a:${'@'.repeat(long)}`, findConnectionPasswords],
    ['@ and slashes', 'postgres://a:b@c/@'.repeat(900), findConnectionPasswords],
    ['members', 'password=a;server=b;'.repeat(800), findConnectionPasswords],
    ['JDBC', 'jdbc:a:'.repeat(2_300), findConnectionPasswords],
    ['headers', e('{{pem-header:rsa}}').repeat(500), findPrivateKeys],
    ['JSON Web Keys', '{"kty":"RSA","d":"'.repeat(900), findPrivateKeys],
    [
      'PuTTY',
      'PuTTY-User-Key-File-3: ssh-rsa Private-Lines: 1 aaaaaaaaaaaaaaaaaaaaaaaa '.repeat(200),
      findPrivateKeys,
    ],
    ['base64', `LS0tLS1CRUdJTi${'A'.repeat(long)}`, findPrivateKeys],
    ['base64 letters', 'aB1/'.repeat(4_000), secretKeysIn],
    ['names of secrets', 'secret_access_key='.repeat(900), secretKeysIn],
  ])('%s are read in bounded time', (_, text, find) => {
    const started = performance.now();
    find(text.slice(0, long));
    expect(performance.now() - started).toBeLessThan(300);
  });
});
