import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { fingerprintKeyOf } from '../../src/live/fingerprint-key.ts';
import { nameOf, parseSecretName, readNamedSecret, type SecretName } from '../../src/live/named-secret.ts';
import { type LocalSecrets, startLocalSecrets } from './local-secrets.ts';

const KEY = 'fingerprint '.repeat(4).trim();
const ARN = 'arn:aws:secretsmanager:eu-west-1:111122223333:secret:wiretrail-key-a1B2c3';

let local: LocalSecrets;
beforeAll(async () => {
  local = await startLocalSecrets();
});
afterAll(() => local.close());
beforeEach(() => {
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'local');
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'local');
  local.secrets.clear();
  local.calls.length = 0;
  local.error = null;
});

function name(text: string): SecretName {
  const parsed = parseSecretName(text);
  if (parsed === null) throw new Error(`${text} is no name`);
  return parsed;
}

describe('the name of a secret', () => {
  it.each([
    [ARN, { service: 'secretsmanager', id: ARN }],
    [
      'arn:aws-cn:ssm:cn-north-1:111122223333:parameter/wiretrail/key',
      { service: 'ssm', id: 'arn:aws-cn:ssm:cn-north-1:111122223333:parameter/wiretrail/key' },
    ],
    ['secretsmanager:wiretrail/key', { service: 'secretsmanager', id: 'wiretrail/key' }],
    ['ssm:/wiretrail/key', { service: 'ssm', id: '/wiretrail/key' }],
    ['', null],
    ['wiretrail/key', null],
    ['ssm:', null],
    ['ssm:a b', null],
    ['arn:aws:s3:::bucket', null],
    ['arn:aws:kms:eu-west-1:111122223333:key/k', null],
    ['https://example.com/a', null],
    [`ssm:${'a'.repeat(1_025)}`, null],
  ])('%s', (text, expected) => {
    expect(parseSecretName(text)).toEqual(expected);
    if (expected !== null) expect(nameOf(expected as SecretName)).toBe(text);
  });
});

describe('a named secret', () => {
  it('comes from Secrets Manager, text or bytes', async () => {
    local.secrets.set(ARN, { text: 'täxt' }).set('b', { bytes: Uint8Array.of(0, 255, 1) });
    expect(Buffer.from(await readNamedSecret(name(ARN), local.endpointUrl)).toString()).toBe('täxt');
    expect([...(await readNamedSecret(name('secretsmanager:b'), local.endpointUrl))]).toEqual([0, 255, 1]);
    expect(local.calls).toEqual([`GetSecretValue ${ARN}`, 'GetSecretValue b']);
  });

  it('comes decrypted from a SecureString parameter', async () => {
    local.secrets.set('/k', { parameter: 'value', type: 'SecureString' });
    expect(Buffer.from(await readNamedSecret(name('ssm:/k'), local.endpointUrl)).toString()).toBe('value');
    expect(local.calls).toEqual(['GetParameter /k']);
  });

  it('is refused as a plain parameter', async () => {
    local.secrets.set('/k', { parameter: 'value', type: 'String' });
    await expect(readNamedSecret(name('ssm:/k'), local.endpointUrl)).rejects.toMatchObject({
      code: 'E_SECRET',
      message: expect.stringContaining('is no SecureString'),
    });
  });

  it.each([
    ['secretsmanager:gone', 'secretsmanager:gone: does not exist'],
    ['ssm:gone', 'ssm:gone: does not exist'],
  ])('that is not there says so: %s', async (text, message) => {
    await expect(readNamedSecret(name(text), local.endpointUrl)).rejects.toMatchObject({
      code: 'E_SECRET',
      message,
    });
  });

  it.each([
    ['secretsmanager:k', 'secretsmanager:GetSecretValue'],
    ['ssm:k', 'ssm:GetParameter'],
  ])('that may not be read says what is missing: %s', async (text, action) => {
    local.error = { name: 'AccessDeniedException', status: 400 };
    const error = await readNamedSecret(name(text), local.endpointUrl).catch((caught: unknown) => caught);
    expect(error).toMatchObject({
      code: 'E_SECRET',
      message: `${text}: cannot be read (AccessDeniedException)`,
      hint: expect.stringContaining(action),
    });
  });

  it('that is not answered for says so', async () => {
    await expect(readNamedSecret(name('ssm:k'), 'http://127.0.0.1:9')).rejects.toMatchObject({
      code: 'E_SECRET',
      message: 'ssm:k: is not answered for (ECONNREFUSED)',
    });
  });
});

describe('the fingerprint key', () => {
  it('is asked for once, whoever asks at the same time', async () => {
    local.secrets.set('k', { text: `${KEY}\r\n` });
    const key = fingerprintKeyOf(name('secretsmanager:k'), local.endpointUrl);
    expect(local.calls).toEqual([]);
    const [first, second] = await Promise.all([key(), key()]);
    expect(Buffer.from(first).toString()).toBe(KEY);
    expect(second).toBe(first);
    expect(await key()).toBe(first);
    expect(local.calls).toEqual(['GetSecretValue k']);
  });

  it('is asked for again after a failure', async () => {
    local.secrets.set('k', { text: KEY });
    local.error = { name: 'AccessDeniedException', status: 400 };
    const key = fingerprintKeyOf(name('secretsmanager:k'), local.endpointUrl);
    await expect(key()).rejects.toMatchObject({ code: 'E_SECRET' });
    local.error = null;
    expect(Buffer.from(await key()).toString()).toBe(KEY);
    expect(local.calls).toHaveLength(2);
  });

  it.each([
    ['empty', ' \n', 0],
    ['a character short', `${'k'.repeat(31)}\n\n`, 31],
    ['a whole file', 'k'.repeat(4_097), 4_097],
  ])('that is %s is refused, and not told', async (_name, text, characters) => {
    local.secrets.set('k', { text });
    const error = await fingerprintKeyOf(name('secretsmanager:k'), local.endpointUrl)().catch(
      (caught: unknown) => caught,
    );
    expect(error).toMatchObject({
      code: 'E_FINGERPRINT_KEY',
      message: `secretsmanager:k: holds ${characters} characters`,
    });
    expect(JSON.stringify(error, Object.getOwnPropertyNames(error))).not.toContain('kkk');
  });

  it('of 32 characters will do, and keeps what stands inside it', async () => {
    const text = `${'a '.repeat(15)}bb`;
    local.secrets.set('k', { text });
    expect(
      Buffer.from(await fingerprintKeyOf(name('secretsmanager:k'), local.endpointUrl)()).toString(),
    ).toBe(text);
  });
});
