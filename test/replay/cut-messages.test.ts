// Secrets over the cuts of container runtimes, through all rules: the finding of the message as nobody cut it, and every piece accounted for.

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { DEFAULT_SETTINGS } from '../../src/config.ts';
import { createAwsRanges } from '../../src/lib/aws-ranges.ts';
import { AWS_RANGES_TABLE } from '../../src/lib/aws-ranges-table.ts';
import { replay } from '../../src/replay/run.ts';
import { accessKeyId, secretAccessKey } from '../../src/simulate/credentials.ts';
import { createRandom } from '../../src/simulate/prng.ts';
import {
  awslogsMessages,
  criLines,
  DOCKER_BYTES,
  dockerLines,
  forwardedLines,
  journalLines,
  type Said,
  textOf,
} from '../records/cut-lines.ts';

/** Decoded once: that takes longer than most of these tests. */
const awsRanges = createAwsRanges(AWS_RANGES_TABLE);

let home: string;
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'wiretrail-cut-'));
});
afterEach(() => rmSync(home, { recursive: true, force: true }));

const random = createRandom('cut');
const keyId = accessKeyId('AKIA', '111122223333', random);
const secret = secretAccessKey(random);

async function replayed(name: string, files: Readonly<Record<string, Buffer | string>>) {
  const path = join(home, name);
  mkdirSync(path);
  for (const [file, bytes] of Object.entries(files)) writeFileSync(join(path, file), bytes);
  const { findings, summary } = await replay({
    inputs: [path],
    fingerprintKey: Buffer.from('a key for tests, not a secret'),
    awsRanges,
    settings: DEFAULT_SETTINGS,
  });
  expect(Object.values(summary.identities)).not.toContain(false);
  expect(JSON.stringify(findings)).not.toContain(secret.slice(0, 8));
  return { findings, records: summary.records };
}

/** Half of the pair in either piece, in a message that is JSON only as a whole. */
const pair = JSON.stringify({
  level: 'debug',
  note: 'x'.repeat(DOCKER_BYTES - 100),
  aws: { accessKeyId: keyId, secretAccessKey: secret },
});

it('finds what it finds in the whole message, whoever cut it', async () => {
  const event = (message: string, at: number) => ({
    id: `e${at}`,
    timestamp: Date.parse('2026-10-05T12:00:00.123Z'),
    message,
  });
  const payload = (messages: readonly string[]) =>
    JSON.stringify({
      messageType: 'DATA_MESSAGE',
      owner: '111122223333',
      logGroup: '/ecs/app',
      logStream: 's',
      logEvents: messages.map(event),
    });
  const said = [{ text: 'before' }, { text: pair }, { text: 'behind' }];
  const files = {
    'docker.log': textOf(dockerLines(said)),
    'cri.log': textOf(criLines(said)),
    'ecs.json': payload(awslogsMessages([{ text: pair }], DOCKER_BYTES)),
  };
  const whole = {
    'docker.log': textOf(dockerLines(said, 100_000)),
    'cri.log': textOf(criLines(said, 100_000)),
    'ecs.json': payload([pair]),
  };
  const cut = await replayed('cut', files);
  const uncut = await replayed('whole', whole);
  expect(uncut.findings.map(({ rule }) => rule.id)).toContain('SEC-01');
  const told = ({ findings }: typeof cut) =>
    findings
      .map(({ rule, severity, entity, count }) => ({ rule: rule.id, severity, entity, count }))
      .sort((a, b) => JSON.stringify(a).localeCompare(JSON.stringify(b)));
  expect(told(cut)).toEqual(told(uncut));
  const locators = (run: typeof cut) =>
    run.findings
      .flatMap(({ evidence }) => evidence.map(({ locator }) => locator.replace(/^.*\/(?=cri|docker)/, '')))
      .sort();
  expect(locators(cut)).toEqual(locators(uncut));
  expect(cut.records).toMatchObject({ total: 10, judged: 7, skipped: { joined: 3 } });
});

it('judges the pieces by themselves where they lie in several objects', async () => {
  const lines = dockerLines([{ text: pair }]);
  const { findings, records } = await replayed('apart', {
    'a.log': textOf(lines.slice(0, 1)),
    'b.log': textOf(lines.slice(1)),
  });
  expect(records).toMatchObject({ total: 2, judged: 2, skipped: {} });
  expect(findings.map(({ rule }) => rule.id)).not.toContain('SEC-01');
});

it.each<readonly [string, (said: readonly Said[]) => Buffer[]]>([
  ['nobody', (said) => said.map(({ text }) => Buffer.from(text))],
  ['docker', dockerLines],
  ['CRI', (said) => criLines(said)],
  ['Fluent Bit', (said) => forwardedLines(said)],
  ['journald', (said) => journalLines(said)],
])('sees what an application said over several lines, wrapped by %s', async (_name, write) => {
  const password = ['kT', '9vQx', '2Lm8wR'].join('');
  const texts = [
    'starting',
    '"api_key":',
    `"${random.hex(32)}"`,
    'and',
    `AWS_ACCESS_KEY_ID=${keyId}`,
    'HOME=/root',
    `AWS_SECRET_ACCESS_KEY=${secret}`,
    `DB_PASSWORD=${password}`,
    'LANG=C',
    'PORT=8080',
  ];
  const { findings } = await replayed('lines', { 'app.log': textOf(write(texts.map((text) => ({ text })))) });
  const rules = findings.map(({ rule }) => rule.id);
  for (const rule of ['SEC-01', 'SEC-20', 'SEC-21']) expect(rules).toContain(rule);
});
