// No finding, report, ledger, summary, error or state holds a secret that the logs hold, nor a piece of one.

import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  accessKeyId,
  password,
  secretAccessKey,
  sessionToken,
  signature,
} from '../../src/simulate/credentials.ts';
import { createRandom } from '../../src/simulate/prng.ts';
import { quietCall, rootCall, trailObject } from '../cli/run-wiretrail.ts';
import { createLeakSearch, type PlantedSecret, secretsOf } from './planted-secrets.ts';
import { homeWithKey, outputsOf } from './run-outputs.ts';
import { type ArchiveOnDisk, ONE_DAY, simulatedArchive, writeKey } from './simulated-archive.ts';

let home: string;
beforeAll(() => {
  home = homeWithKey();
});
afterAll(() => rmSync(home, { recursive: true, force: true }));

/** Rules whose secrets are found again by their shapes. What other rules find is planted with its labels: no-secret-of-the-corpus. */
const SHAPED = ['SEC-01', 'SEC-05', 'SEC-06', 'SEC-07', 'SEC-10'];

function textsOf({ dir, keys }: ArchiveOnDisk): { readonly key: string; readonly text: string }[] {
  return keys.map((key) => {
    const bytes = readFileSync(join(dir, key));
    return { key, text: (key.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString('latin1') };
  });
}

describe('an archive with every secret that can be planted', () => {
  let archive: ArchiveOnDisk;
  let secrets: PlantedSecret[];
  let outputs: Map<string, string>;
  beforeAll(async () => {
    archive = await simulatedArchive(home, { seed: 'leaks', ...ONE_DAY });
    const texts = textsOf(archive);
    secrets = secretsOf(texts.map(({ text }) => text).join('\n'));
    outputs = await outputsOf(home, 'archive');
  }, 60_000);

  it('has them, and a finding for each attack', () => {
    const kinds = Object.groupBy(secrets, ({ kind }) => kind);
    const counts = Object.fromEntries(Object.entries(kinds).map(([kind, list]) => [kind, list?.length ?? 0]));
    for (const kind of [
      'private key in base64',
      'private part of a web key',
      'password of a URL',
      'password parameter',
      'signature version 2',
    ]) {
      expect(counts[kind], kind).toBeGreaterThanOrEqual(1);
    }
    for (const kind of ['secret access key', 'signature', 'session token', 'private key']) {
      expect(counts[kind], kind).toBeGreaterThanOrEqual(5);
    }
    const rules = new Set(outputs.get('jsonl findings.jsonl')!.match(/(?<="id":")SEC-\d\d/g));
    expect([...rules]).toEqual(expect.arrayContaining(SHAPED));
  });

  it('every attack on a log has one of them in its lines', () => {
    const byKey = new Map(textsOf(archive).map(({ key, text }) => [key, text.split('\n')]));
    for (const attack of archive.truth.attacks.filter(({ rule }) => SHAPED.includes(rule))) {
      const lines = attack.locators.flatMap((locator) => {
        const [key = '', line = '0'] = locator.split('#');
        return byKey.get(key)!.slice(Number(line) - 1, Number(line) + 30);
      });
      const text = lines.join('\n');
      expect(
        secrets.some((secret) => text.includes(secret.text)),
        attack.id,
      ).toBe(true);
    }
  });

  it('and none of them in anything that is written', () => {
    const search = createLeakSearch(secrets);
    expect([...outputs.keys()]).toEqual(
      expect.arrayContaining([
        'pretty stdout',
        'jsonl stdout',
        'pretty report.txt',
        'jsonl ledger.jsonl',
        'jsonl.db',
      ]),
    );
    for (const [name, text] of outputs) expect(search(text).slice(0, 3), name).toEqual([]);
  });

  it('the search sees what it is made to see', () => {
    const search = createLeakSearch(secrets);
    for (const { text, kind } of secrets) {
      for (const leak of [
        text,
        Buffer.from(`x${text}`).toString('base64'),
        encodeURIComponent(text),
        ...(text.length >= 16 ? [text.slice(3, 16)] : []),
      ]) {
        expect(search(`before ${leak} after`).length, kind).toBeGreaterThan(0);
      }
    }
  });
});

describe('secrets in odd places and odd forms', () => {
  const random = createRandom('odd secrets');
  const secrets: PlantedSecret[] = [];
  const secret = (kind: string, text: string): string => {
    secrets.push({ kind, text });
    return text;
  };
  const word = (kind: string): string => secret(kind, password(random, 20));
  const keyId = (): string => accessKeyId('AKIA', '111122223333', random);
  const secretKey = (kind: string): string => secret(kind, secretAccessKey(random));
  const scope = '20261005/us-east-1/dynamodb/aws4_request';
  const postgres = (userinfo: string): string =>
    `INFO connecting to ${['postgresql', '://'].join('')}${userinfo}@db.internal:5432/orders`;

  const lines = [
    postgres(`orders:${word('before an @')}@${word('behind an @')}`),
    postgres(`orders:${word('before a slash')}/${word('behind a slash')}`),
    postgres(`orders:${word('before a #')}#${word('behind a #')}`),
    postgres(`orders:${word('before a ?')}?${word('behind a ?')}`),
    postgres(`orders:${word('before a colon')}:${word('behind a colon')}`),
    postgres(`orders:${word('before %40')}%40${word('behind %40')}`),
    postgres(`:${word('without a user')}`),
    `${postgres(`orders:${word('in the URL')}`)}?password=${word('and in the query')}&sslpassword=${word('twice')}`,
    `INFO mongodb://a:${word('first host')}@h1:1,b:${word('second host')}@h2:2/db`,
    `INFO jdbc:sqlserver://sql:1433;user=app;password={${word('before a semicolon')};${word('behind a semicolon')}};encrypt=true`,
    `INFO jdbc:mysql://app:${word('JDBC URL')}@mysql/db?user=a&password=${word('JDBC parameter')}`,
    `INFO jdbc:oracle:thin:scott/${word('Oracle')}@//db:1521/x`,
    `INFO Server=tcp:sql;User ID=sa;Password=${word('ADO')};Pwd=${word('ADO, short')};`,
    `INFO dax://app:${word('DAX')}@c.dax-clusters.us-east-1.amazonaws.com:8111`,
    `INFO endpoint_url=http://dynamodb.us-east-1.amazonaws.com/?token=${word('query of an endpoint')}`,
    `INFO AWS_ACCESS_KEY_ID=${secretKey('swapped')} AWS_SECRET_ACCESS_KEY=${keyId()}`,
    `INFO authorization="AWS4-HMAC-SHA256 Credential=${secretKey('as key id')}/${scope}, SignedHeaders=host;x-amz-date, Signature=${secret('its signature', signature(random))}" x-amz-date="20261005T010000Z" host="dynamodb.us-east-1.amazonaws.com"`,
    `INFO authorization="AWS4-HMAC-SHA256 Credential=${keyId()}/20261005/${word('as region')}/dynamodb/aws4_request, SignedHeaders=${word('as headers')}, Signature=${secret('signature', signature(random))}" x-amz-date="20261005T010000Z"`,
    `INFO GET https://b.s3.amazonaws.com/${word('name of the object')}?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=${keyId()}%2F${scope.replaceAll('/', '%2F')}&X-Amz-Date=20261005T030000Z&X-Amz-Expires=86400&X-Amz-Security-Token=${secret('token', sessionToken(random))}&X-Amz-SignedHeaders=host&X-Amz-Signature=${secret('of a URL', signature(random))}&token=${word('another parameter')}`,
    `{"aws":{"accessKeyId":"${keyId()}","secretAccessKey":"${secretKey('escaped').replaceAll('/', '\\/')}"},"msg":"x"}`,
    `INFO creds ${keyId()}:${secretKey('behind a colon')}`,
    `INFO creds ${keyId()}${secretKey('glued')}`,
    `{"user":"${keyId()}","pass":"${secretKey('by another name')}"}`,
  ];

  let number = 0;
  const root = (changes: object): object => rootCall(++number, changes);
  const url = (kind: string): string => `mysql://app:${word(kind)}@h/db`;
  const calls = [
    root({ userAgent: `${secretKey('user agent')}/1.0` }),
    root({ userAgent: `app ${url('URL in a user agent')}` }),
    root({ errorCode: 'AccessDenied', errorMessage: `denied: ${url('error message')}` }),
    root({
      requestParameters: {
        env: { AWS_ACCESS_KEY_ID: keyId(), AWS_SECRET_ACCESS_KEY: secretKey('parameters') },
        note: url('note'),
      },
    }),
    root({
      responseElements: {
        accessKey: { accessKeyId: keyId(), secretAccessKey: secretKey('response') },
        credentials: { sessionToken: secret('response token', sessionToken(random)) },
      },
    }),
    root({
      eventSource: 'logs.amazonaws.com',
      eventName: 'DeleteLogGroup',
      requestParameters: { logGroupName: `/ecs/${url('log group')}` },
    }),
    root({
      eventSource: 'dax.amazonaws.com',
      eventName: 'CreateCluster',
      requestParameters: { clusterName: url('cluster') },
    }),
    root({
      eventSource: 'cloudtrail.amazonaws.com',
      eventName: 'StopLogging',
      requestParameters: { name: url('trail') },
    }),
    quietCall(9_000),
  ];

  it('stay where they are', async () => {
    const hour = (n: number): string =>
      `2026-10-0${5 + Math.floor(n / 20)}T${String(n % 20).padStart(2, '0')}:00:00.000Z`;
    writeKey(home, 'odd/app.log', `${lines.map((text, n) => `${hour(n)} ${text}`).join('\n')}\n`);
    writeKey(home, 'odd/calls.json.gz', trailObject(calls));
    const outputs = await outputsOf(home, 'odd');
    const findings = outputs.get('jsonl findings.jsonl')!.trimEnd().split('\n');
    const rules = new Set(findings.map((line) => JSON.parse(line).rule.id));
    // Each of these might have told one.
    for (const rule of ['ANO-08', 'POL-07', 'POL-10', 'SEC-01', 'SEC-06', 'SEC-10', 'TLS-10'])
      expect(rules).toContain(rule);
    const search = createLeakSearch(secrets);
    for (const [name, text] of outputs) {
      const leaks = search(text);
      expect([...new Set(leaks.map(({ kind }) => kind))], name).toEqual([]);
    }
  });
});
