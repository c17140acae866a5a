// wiretrail secrets in a process of its own, over logs with secrets that are made here.

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseArguments } from '../../src/cli/arguments.ts';
import { renderSecret, type SecretLine } from '../../src/reports/secret-lines.ts';
import { createPaint } from '../../src/reports/terminal-text.ts';
import { createRandom } from '../../src/simulate/prng.ts';
import { SECRET_EXAMPLES } from '../../src/simulate/secret-examples/index.ts';
import { quietCall, runHere, runWiretrail, spawnWiretrail, trailObject } from './run-wiretrail.ts';

const TIME_MS = Date.UTC(2026, 10, 1, 12);
const KIND = 'sse-customer-key';

function madeSecret(seed: string) {
  const example = SECRET_EXAMPLES.find(({ kind }) => kind === KIND);
  if (example === undefined) throw new Error(`no example of ${KIND}`);
  return example.make(createRandom(seed), TIME_MS);
}

let home: string;
const { text, secrets } = madeSecret('one');
const other = madeSecret('two');
const line = (second: number, message: string) =>
  `2026-11-01T12:00:${String(second).padStart(2, '0')}.000Z INFO ${message}`;

beforeAll(() => {
  home = mkdtempSync(join(tmpdir(), 'wiretrail-secrets-'));
  mkdirSync(join(home, 'logs'));
  const lines = [line(0, 'start'), line(1, text), line(2, 'work'), line(3, `again ${text}`), line(4, 'end')];
  writeFileSync(join(home, 'logs/app.txt'), lines.join('\n'));
  writeFileSync(join(home, 'logs/more.txt.gz'), gzipSync(`${line(5, other.text)}\n${line(6, 'end')}\n`));
  writeFileSync(join(home, 'quiet.txt'), `${line(0, 'start')}\n${line(1, 'end')}\n`);
});
afterAll(() => rmSync(home, { recursive: true, force: true }));

const linesOf = (stdout: string): SecretLine[] =>
  stdout
    .split('\n')
    .filter((row) => row !== '')
    .map((row) => JSON.parse(row) as SecretLine);

describe('the arguments of wiretrail secrets', () => {
  it.each([
    [[]],
    [['a', '--least', 'much']],
    [['a', '--fail-on', 'sometimes']],
    [['a', '--from', '2026-11-02', '--to', '2026-11-01']],
    [['a', '--out', 'x']],
  ])('%j is refused', (argv) => {
    expect(parseArguments(['secrets', ...argv], '0').command).toBe('usage-error');
  });
});

describe('wiretrail secrets', () => {
  it('tells each secret once an object, where it stands and nothing of it', async () => {
    const { code, stdout, stderr } = await runWiretrail(
      ['secrets', 'logs', '--format', 'jsonl', '--no-progress'],
      home,
    );
    const found = linesOf(stdout);
    expect(found.map(({ kind, where, time }) => [kind, where, time])).toEqual([
      [KIND, 'logs/app.txt#2', '2026-11-01T12:00:01.000Z'],
      [KIND, 'logs/more.txt.gz#1', '2026-11-01T12:00:05.000Z'],
    ]);
    expect(new Set(found.map(({ fingerprint }) => fingerprint)).size).toBe(2);
    expect(stderr).toContain('1 repeat left out');
    for (const secret of [...secrets, ...other.secrets])
      expect(stdout + stderr).not.toContain(secret.slice(4, 16));
    expect(code).toBe(1);
  });

  it('tells every place with --every, and none below --least', async () => {
    const every = await runHere(['secrets', 'logs/app.txt', '--every', '--format', 'jsonl', '-q'], home);
    expect(linesOf(every.stdout).map(({ where }) => where)).toEqual(['logs/app.txt#2', 'logs/app.txt#4']);
    const none = await runHere(['secrets', 'logs/app.txt', '--least', 'critical', '-q'], home);
    expect(none.stdout).toBe('');
    expect(none.code).toBe(1);
  });

  it('tells what a stream has brought while it goes on', async () => {
    const child = spawnWiretrail(['secrets', '-', '--format', 'jsonl', '-q'], home);
    const first = new Promise<string>((resolve) => child.stdout.setEncoding('utf8').once('data', resolve));
    child.stdin.write(`${line(0, 'start')}\n${line(1, text)}\n`);
    child.stdin.write(`${line(2, 'goes on')}\n`);
    expect(linesOf(await first).map(({ where }) => where)).toEqual(['-#2']);
    expect(child.exitCode).toBeNull();
    const ended = new Promise((resolve) => child.on('close', resolve));
    child.stdin.end();
    expect(await ended).toBe(1);
  });

  it('reads standard input, and prints for people', async () => {
    const { code, stdout } = await runHere(['secrets', '-', '--fail-on', 'none', '-q'], home, {
      stdin: `${line(0, 'start')}\n${line(1, text)}\n`,
    });
    expect(stdout).toContain('-#2');
    expect(stdout).toContain('fingerprint ');
    expect(stdout).not.toContain(secrets[0]!.slice(4, 16));
    expect(code).toBe(0);
  });

  it('counts what was read in the words of what it is', async () => {
    const { stderr } = await runHere(['secrets', 'quiet.txt', '--no-progress'], home);
    expect(stderr).toContain('0 info in 2 lines of 1 object;');
    const trail = await runHere(['secrets', '-', '--no-progress'], home, {
      stdin: trailObject([quietCall(1)]),
    });
    expect(trail.stderr).toContain('0 info in 1 record of 1 object;');
  });

  it('breaks no place, and in a terminal nothing else beyond its width', () => {
    const where = `logs/${'folder/'.repeat(20)}app.txt#2`;
    const secret: SecretLine = {
      ...{ rule: 'SEC-01', kind: 'aws-key-pair', title: 'AWS secret', severity: 'CRITICAL', verified: true },
      ...{ confidence: 0.97, where, place: 'logs', time: '', field: 'request.headers.authorization' },
      ...{ decoded: ['json'], prefix: '', length: 40, fingerprint: '0'.repeat(32) },
      facts: { keyAccount: '111122223333' },
      context: 'word '.repeat(40),
    };
    const rows = (width: number) => renderSecret(secret, createPaint(false), width).trimEnd().split('\n');
    expect(rows(Number.POSITIVE_INFINITY)).toHaveLength(3);
    const [first, ...others] = rows(60);
    expect(first).toContain(where);
    expect(others.length).toBeGreaterThan(4);
    for (const row of others) expect(row.length).toBeLessThanOrEqual(60);
    expect(others.join('\n')).toContain('key account 111122223333');
  });

  it('ends with 0 where nothing is, and with 2 where nothing could be read', async () => {
    expect((await runHere(['secrets', 'quiet.txt', '-q'], home)).code).toBe(0);
    expect((await runHere(['secrets', 'not-there', '-q'], home)).code).toBe(2);
    const damaged = gzipSync(text.repeat(50)).subarray(0, 60);
    const { code, stderr, stdout } = await runHere(['secrets', '-', '-q'], home, { stdin: damaged });
    expect(code).toBe(2);
    expect(stderr).toContain('the gzip data ends before its end');
    expect(stdout + stderr).not.toContain(secrets[0]!.slice(4, 16));
  });

  it('reads documents that are no logs, too', async () => {
    const document = JSON.stringify([{ Id: 1, Config: { Env: [text] } }], null, 2);
    writeFileSync(join(home, 'inspect.json'), document);
    const { stdout, code } = await runHere(['secrets', 'inspect.json', '--format', 'jsonl', '-q'], home);
    expect(linesOf(stdout).map(({ kind }) => kind)).toEqual([KIND]);
    expect(code).toBe(1);
  });

  it('reads UTF-16, and text with a burst of bytes or a hole in it', async () => {
    const said = `${line(0, 'start')}\r\n${line(1, text)}\r\n`;
    const burst = Buffer.from(Array.from({ length: 3000 }, (_, at) => (at * 89) % 256));
    writeFileSync(join(home, 'windows.log'), Buffer.from(`\ufeff${said}`, 'utf16le'));
    writeFileSync(join(home, 'hole.log'), Buffer.concat([Buffer.alloc(9000), Buffer.from(said)]));
    const filled = Buffer.from(`${said}${line(2, 'more').repeat(400)}`);
    writeFileSync(
      join(home, 'burst.log'),
      Buffer.concat([Buffer.from('\n'), burst, Buffer.from('\n'), filled]),
    );
    const files = ['windows.log', 'hole.log', 'burst.log'];
    const { stdout, code } = await runHere(['secrets', ...files, '--format', 'jsonl', '-q'], home);
    expect(linesOf(stdout).map(({ kind }) => kind)).toEqual([KIND, KIND, KIND]);
    expect(new Set(linesOf(stdout).map(({ fingerprint }) => fingerprint)).size).toBe(1);
    expect(code).toBe(1);
  });

  it('looks at the fields of CloudTrail that callers fill, also in lines of a log, and at no other', async () => {
    const leaking = { ...quietCall(1), userAgent: `tool ${text}` };
    const byDesign = { ...quietCall(2), responseElements: { note: other.text } };
    const trail = await runHere(['secrets', '-', '--format', 'jsonl', '-q'], home, {
      stdin: trailObject([leaking, byDesign]),
    });
    expect(linesOf(trail.stdout).map(({ where, field }) => [where, field])).toEqual([['-#1', 'userAgent']]);
    const lines = [line(0, 'start'), JSON.stringify(byDesign), JSON.stringify(leaking)].join('\n');
    const text2 = await runHere(['secrets', '-', '--format', 'jsonl', '-q'], home, { stdin: lines });
    expect(linesOf(text2.stdout).map(({ field }) => field)).toEqual(['userAgent']);
  });
});
