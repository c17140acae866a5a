// What archives come to when disks fill up, copies stop half-way and somebody means ill: the command line names every bad thing, with
// what to do, and judges the rest as if it were not there.

import { execFileSync, spawnSync } from 'node:child_process';
import {
  appendFileSync,
  chmodSync,
  chownSync,
  mkdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { RunSummary } from '../../src/reports/run-summary.ts';
import { quietCall, type Ran, rootCall, runHere, runWiretrail, trailObject } from '../cli/run-wiretrail.ts';
import { s3Line } from '../records/access-lines.ts';
import { copyArchive, simulatedArchive, temporaryFolder, writeKey } from './simulated-archive.ts';

const MIB = 1024 * 1024;
/** Resident peak of a whole run, Node itself included. */
const MAX_RESIDENT_BYTES = 256 * MIB;
const BOMB_BYTES = 200 * MIB;

const isRoot = process.getuid?.() === 0;
/** The user of most systems that owns nothing. */
const NOBODY = 65_534;
const LAUNCHER = fileURLToPath(new URL('../../src/cli/wiretrail.js', import.meta.url));

let home: string;
beforeAll(() => {
  home = temporaryFolder();
});
afterAll(() => rmSync(home, { recursive: true, force: true }));

/** With an event id that no quiet call has. */
const ROOT_CALL = rootCall(9_999);
const quietCalls = (count: number): object[] => Array.from({ length: count }, (_, n) => quietCall(n));

const bombs = new Map<string, Buffer>();

/** Gzip of `before`, then `BOMB_BYTES` of one character: made once, by a process that does not hold what it inflates to. */
function bomb(before: string, character: string): Buffer {
  const made = bombs.get(before + character) ?? makeBomb(before, character);
  bombs.set(before + character, made);
  return made;
}

function makeBomb(before: string, character: string): Buffer {
  const script = `
    const { createGzip } = require('node:zlib');
    const gzip = createGzip({ level: 3 });
    gzip.pipe(process.stdout);
    gzip.write(${JSON.stringify(before)});
    const chunk = Buffer.alloc(${MIB}, ${JSON.stringify(character)});
    let left = ${BOMB_BYTES / MIB};
    const more = () => { if (left-- > 0) gzip.write(chunk, more); else gzip.end(); };
    more();`;
  return execFileSync(process.execPath, ['-e', script], { maxBuffer: 8 * MIB });
}

/** The last four bytes of a gzip member say how long it is inflated. */
function withLength(gzip: Buffer, bytes: number): Buffer {
  const lying = Buffer.from(gzip);
  lying.writeUInt32LE(bytes, lying.length - 4);
  return lying;
}

const deepJson = (levels: number): string => `${'['.repeat(levels)}${']'.repeat(levels)}`;
const noise = (length: number): Buffer =>
  Buffer.from(Array.from({ length }, (_, at) => (at * 167 + (at >> 3)) % 256));
const TRAIL =
  'AWSLogs/111122223333/CloudTrail/us-east-1/2026/10/05/111122223333_CloudTrail_us-east-1_20261005T';

interface BadThing {
  readonly what: string;
  readonly key: string;
  readonly bytes: () => Buffer | string;
  /** A code of summary.json, and words of the report. */
  readonly code: string;
  readonly says: RegExp;
  /** Records that are judged all the same; 'most' where zlib decides how many it gives back. */
  readonly judged: number | 'most';
}

const BAD_THINGS: readonly BadThing[] = [
  {
    what: 'a gzip that was cut off',
    key: `${TRAIL}0100Z_CutOff.json.gz`,
    bytes: () => trailObject(quietCalls(200)).subarray(0, -30),
    code: 'truncated',
    says: /gzip data ends before its end/,
    judged: 'most',
  },
  {
    what: 'a gzip with a flipped byte',
    key: `${TRAIL}0105Z_Flipped.json.gz`,
    bytes: () => {
      const bytes = Buffer.from(trailObject(quietCalls(200)));
      bytes[bytes.length - 6]! ^= 0xff;
      return bytes;
    },
    code: 'damaged-gzip',
    says: /not valid gzip: incorrect data check/,
    judged: 200,
  },
  {
    what: 'a gzip that says to be shorter than it is',
    key: `${TRAIL}0110Z_Shorter.json.gz`,
    bytes: () => withLength(trailObject(quietCalls(200)), 20),
    code: 'damaged-gzip',
    says: /not valid gzip: incorrect length check/,
    judged: 200,
  },
  {
    what: 'a gzip that says to be 4 GB',
    key: `${TRAIL}0115Z_Longer.json.gz`,
    bytes: () => withLength(trailObject(quietCalls(200)), 0xffff_ffff),
    code: 'damaged-gzip',
    says: /not valid gzip: incorrect length check/,
    judged: 200,
  },
  {
    what: 'bytes behind the end of a gzip',
    key: `${TRAIL}0120Z_Trailing.json.gz`,
    bytes: () => Buffer.concat([trailObject(quietCalls(3)), Buffer.from('not gzip')]),
    code: 'damaged-gzip',
    says: /behind the last gzip member|not valid gzip/,
    judged: 3,
  },
  {
    what: 'a text named .json.gz',
    key: `${TRAIL}0125Z_Text.json.gz`,
    bytes: () => 'The quick brown fox was here.\n',
    code: 'unknown-format',
    says: /no CloudTrail log: not JSON/,
    judged: 0,
  },
  {
    what: 'an empty file',
    key: `${TRAIL}0130Z_Empty.json.gz`,
    bytes: () => '',
    code: 'truncated',
    says: /the object is empty/,
    judged: 0,
  },
  {
    what: 'a bomb of zeros',
    key: `${TRAIL}0135Z_Zeros.json.gz`,
    bytes: () => bomb('', '\0'),
    code: 'inflated-too-large',
    says: /bytes inflated from \d+: more than 200 to 1/,
    judged: 0,
  },
  {
    what: 'a bomb that begins as a log',
    key: `${TRAIL}0140Z_Bomb.json.gz`,
    bytes: () =>
      bomb(`{"Records":[${JSON.stringify(quietCall(7))},{"eventVersion":"1.08","eventName":"`, 'A'),
    code: 'inflated-too-large',
    says: /bytes inflated from \d+: more than 200 to 1/,
    judged: 1,
  },
  {
    what: '10,000 levels of JSON',
    key: `${TRAIL}0145Z_Deep.json.gz`,
    bytes: () => gzipSync(deepJson(10_000)),
    code: 'too-deep',
    says: /nested deeper than any log record/,
    judged: 0,
  },
  {
    what: 'a record of 10,000 levels between two others',
    key: `${TRAIL}0150Z_DeepRecord.json.gz`,
    bytes: () => {
      const deep = JSON.stringify({ ...quietCall(2), requestParameters: 'deep' }).replace(
        '"deep"',
        deepJson(10_000),
      );
      return gzipSync(
        `{"Records":[${JSON.stringify(quietCall(1))},${deep},${JSON.stringify(quietCall(3))}]}`,
      );
    },
    code: 'too-deep',
    says: /nested deeper/,
    judged: 2,
  },
  {
    what: 'a binary file under the name of a log',
    key: `${TRAIL}0155Z_Binary.json.gz`,
    bytes: () => noise(5_000),
    code: 'unknown-format',
    says: /binary data/,
    judged: 0,
  },
  {
    what: 'a log that is NUL bytes for the greater part',
    key: 'odd/hole.log',
    bytes: () => Buffer.concat([Buffer.alloc(4096), Buffer.from('2026-10-05T01:02:04.000Z INFO done\n')]),
    code: 'unknown-format',
    says: /binary data/,
    judged: 0,
  },
  {
    what: 'NUL bytes that a crash left between records',
    key: 'odd/padded.ndjson',
    bytes: () => `${JSON.stringify(quietCall(1))}\n${'\0'.repeat(40)}\n${JSON.stringify(quietCall(2))}\n`,
    code: 'not-an-object',
    says: /padded\.ndjson#2: a CloudTrail record is a JSON object/,
    judged: 2,
  },
  {
    what: 'a line in an access log that is none of S3',
    key: 'access/2026-10-05-02-05-00-0A1B2C3D4E5F6071',
    bytes: () => `${s3Line()}\nsomebody wrote this\n${s3Line().slice(0, 80)}\n${s3Line()}\n`,
    code: 'unknown-format',
    says: /0A1B2C3D4E5F6071#2 \S+0A1B2C3D4E5F6071#3 no line of an access log/,
    judged: 2,
  },
  {
    what: 'records that are none',
    key: `${TRAIL}0200Z_Odd.json.gz`,
    bytes: () => gzipSync(`{"Records":[${JSON.stringify(quietCall(1))},17,null,{"eventName":"x"}]}`),
    code: 'not-an-object',
    says: /Odd\.json\.gz#2 \S+Odd\.json\.gz#3 a CloudTrail record is a JSON object/,
    judged: 1,
  },
];

const FLOW_HEADER =
  'version account-id interface-id srcaddr dstaddr srcport dstport protocol packets bytes start end action log-status';
/** A request to DynamoDB on port 80, and its answer. */
const PLAIN_FLOWS = [
  '2 111122223333 eni-0abc1234def567890 10.0.1.20 52.94.0.5 49152 80 6 9 2264 1791162060 1791162118 ACCEPT OK',
  '2 111122223333 eni-0abc1234def567890 52.94.0.5 10.0.1.20 80 49152 6 9 9264 1791162060 1791162118 ACCEPT OK',
];
const LOG_LINE = `2026-10-05T01:02:03.000Z INFO connecting to ${['postgresql', '://orders:'].join('')}${['Xk9', 'vT2', 'mQ7', 'pL4'].join('')}@db.internal:5432/orders`;

/** Bad only in looks: all of it is read. */
const ODD_THINGS: readonly {
  readonly what: string;
  readonly key: string;
  /** Of the one finding that comes of it. */
  readonly rule: string;
  readonly bytes: (call: string) => Buffer;
}[] = [
  {
    what: 'gzip members one after the other, cut inside of a record and padded',
    key: 'odd/members.json.gz',
    rule: 'ANO-08',
    bytes: (call) => {
      const text = `{"Records":[${call}]}`;
      return Buffer.concat([gzipSync(text.slice(0, 150)), gzipSync(text.slice(150)), Buffer.alloc(512)]);
    },
  },
  {
    what: 'a byte order mark',
    key: 'odd/mark.json',
    rule: 'ANO-08',
    bytes: (call) => Buffer.from(`\ufeff{"Records":[${call}]}`),
  },
  {
    what: 'line ends of Windows, one record a line',
    key: 'odd/lines.ndjson',
    rule: 'ANO-08',
    bytes: (call) => Buffer.from(`${JSON.stringify(quietCall(1))}\r\n${call}\r\n\r\n`),
  },
  {
    what: 'gzip under the name of a plain file',
    key: 'odd/gzip.json',
    rule: 'ANO-08',
    bytes: (call) => gzipSync(`[${call}]`),
  },
  {
    what: 'a plain file under the name of a gzip',
    key: 'odd/plain.json.gz',
    rule: 'ANO-08',
    bytes: (call) => Buffer.from(`[${call}]`),
  },
  {
    what: 'flow lines with a byte order mark and line ends of Windows',
    key: 'odd/flows.log',
    rule: 'TLS-06',
    bytes: () => Buffer.from(`\ufeff${[FLOW_HEADER, ...PLAIN_FLOWS].join('\r\n')}\r\n`),
  },
  {
    what: 'log lines with a byte order mark, line ends of Windows and NUL bytes',
    key: 'odd/app.log',
    rule: 'SEC-10',
    bytes: () =>
      Buffer.from(`\ufeff${LOG_LINE.replace('INFO', 'INFO\0\0')}\r\n2026-10-05T01:02:04.000Z done\0\r\n`),
  },
];

/** Runs in this process, and reads the summary back. */
async function replayed(...inputs: string[]): Promise<Ran & { readonly summary: RunSummary }> {
  const ran = await runHere(replayOf(inputs), home);
  return { ...ran, summary: summaryWritten() };
}

/** In a process of its own. `resident` is its peak in bytes; NaN where the system does not tell. */
async function replayedApart(
  ...inputs: string[]
): Promise<Ran & { readonly summary: RunSummary; readonly resident: number }> {
  const peaks = join(home, 'peaks');
  const probe = join(home, 'peak.mjs');
  writeFileSync(peaks, '');
  // Linux counts maxRSS in KiB; it is the kernel's own high-water mark (VmHWM in /proc).
  writeFileSync(
    probe,
    `import { appendFileSync } from 'node:fs';\nprocess.on('exit', () => appendFileSync(${JSON.stringify(peaks)}, process.resourceUsage().maxRSS + '\\n'));\n`,
  );
  const ran = await runWiretrail(replayOf(inputs), home, {
    env: { NODE_OPTIONS: `--import ${pathToFileURL(probe).href}` },
  });
  const resident =
    process.platform === 'linux'
      ? Math.max(...readFileSync(peaks, 'utf8').trim().split('\n').map(Number)) * 1024
      : Number.NaN;
  return { ...ran, summary: summaryWritten(), resident };
}

function replayOf(inputs: readonly string[]): string[] {
  return ['replay', ...inputs, '--out', 'result', '--summary', 'summary.json', '--no-progress'];
}

const summaryWritten = (): RunSummary => JSON.parse(readFileSync(join(home, 'summary.json'), 'utf8'));

const findingsWritten = (): string[] =>
  readFileSync(join(home, 'result', 'findings.jsonl'), 'utf8')
    .trimEnd()
    .split('\n');

/** A report is broken over lines anywhere between words. */
const unwrapped = (text: string): string => text.replace(/\s+/g, ' ');

const ALL_TRUE = { objects: true, records: true, findings: true };

describe('one bad thing beside one good object', () => {
  it.each(BAD_THINGS)('$what: named, with what to do', async ({ key, bytes, code, says, judged }) => {
    const dir = join(home, 'one');
    rmSync(dir, { recursive: true, force: true });
    writeKey(dir, `${TRAIL}2300Z_Good.json.gz`, trailObject([ROOT_CALL]));
    writeKey(dir, key, bytes());
    const { code: exit, stdout, summary } = await replayed('one');
    expect(exit).toBe(2);
    expect(summary.identities).toEqual(ALL_TRUE);
    expect(summary.findings.byRule).toEqual({ 'ANO-08': 1 });
    if (judged === 'most') expect(summary.records.judged).toBeGreaterThan(150);
    else expect(summary.records.judged).toBe(judged + 1);
    const { problems } = summary;
    expect(problems.length).toBeGreaterThan(0);
    for (const problem of problems) {
      expect(problem.where).toContain(key);
      expect(problem.message).not.toBe('');
      expect(problem.hint).not.toBe('');
    }
    expect(problems[0]!.code).toBe(code);
    expect(stdout).toContain(key);
    const report = unwrapped(stdout);
    expect(report).toMatch(says);
    expect(report).toContain(`→ ${problems[0]!.hint}`);
  });

  it.each(ODD_THINGS)('$what: read as it is', async ({ key, rule, bytes }) => {
    const dir = join(home, 'one');
    rmSync(dir, { recursive: true, force: true });
    writeKey(dir, key, bytes(JSON.stringify(ROOT_CALL)));
    const { code: exit, summary } = await replayed('one');
    expect(summary.problems).toEqual([]);
    expect(exit).toBe(1);
    // Of a flow without any call nobody can be named: TLS-11 says so.
    expect(summary.findings.byRule).toEqual({ [rule]: 1, ...(rule === 'TLS-06' ? { 'TLS-11': 1 } : {}) });
  });

  it('one event id with two bodies: read again, accounted for once', async () => {
    const dir = join(home, 'one');
    rmSync(dir, { recursive: true, force: true });
    for (const name of ['a', 'b', 'c']) {
      const call = { ...ROOT_CALL, userAgent: `client ${name}` };
      writeKey(dir, `${name}.json.gz`, trailObject([call, quietCall(name.charCodeAt(0))]));
    }
    const { code, summary } = await replayed('one');
    expect(code).toBe(1);
    expect(summary.records).toMatchObject({ total: 6, judged: 4, duplicates: 2, conflicts: 2 });
    const ledger = readFileSync(join(home, 'result', 'ledger.jsonl'), 'utf8')
      .trimEnd()
      .split('\n');
    expect(ledger.map((line) => JSON.parse(line).object)).toEqual(
      ['a', 'b', 'c'].map((name) => `one/${name}.json.gz`),
    );
  });
});

describe('paths that cannot be read', () => {
  beforeAll(() => {
    writeKey(home, 'paths/good.json.gz', trailObject([ROOT_CALL]));
    symlinkSync('nowhere.json.gz', join(home, 'paths', 'dangling.json.gz'));
    symlinkSync('circle.json.gz', join(home, 'paths', 'circle.json.gz'));
    // A folder that contains itself ends where it began: no error.
    symlinkSync('.', join(home, 'paths', 'itself'));
  });

  it.each([
    ['a path that does not exist', 'missing-folder', /no such file or folder/],
    ['a path below a file', 'paths/good.json.gz/AWSLogs', /a part of the path is a file, not a folder/],
    ['a link to nothing', 'paths/dangling.json.gz', /no such file or folder/],
    ['a link to itself', 'paths/circle.json.gz', /symbolic links lead in a circle/],
    ['a pattern that matches nothing', 'paths/*.parquet', /none that the pattern matches/],
  ])('%s, named beside a good object', async (_what, path, says) => {
    const { code, stdout, summary } = await replayed('paths/good.json.gz', path);
    expect(code).toBe(2);
    expect(unwrapped(stdout)).toContain(`${path}: `);
    expect(unwrapped(stdout)).toMatch(says);
    expect(summary.problems).toEqual([
      expect.objectContaining({ where: path, hint: expect.stringMatching(/./) }),
    ]);
    expect(summary.objects).toMatchObject({ listed: 2, read: 1 });
    expect(summary.identities).toEqual(ALL_TRUE);
    expect(summary.findings.byRule).toEqual({ 'ANO-08': 1 });
  });

  it('links to nothing and to themselves, met in a folder', async () => {
    const { code, stdout, summary } = await replayed('paths');
    expect(code).toBe(2);
    expect(stdout).toContain('paths/dangling.json.gz');
    expect(stdout).toContain('paths/circle.json.gz');
    expect(summary.objects).toMatchObject({ listed: 3, read: 1, failed: { 'not-found': 1, 'link-loop': 1 } });
    expect(summary.findings.byRule).toEqual({ 'ANO-08': 1 });
  });

  it('a folder and a file without rights', (context) => {
    // Root may read everything: then the run is somebody else's, who may read the checkout but not these two.
    const user = isRoot ? { uid: NOBODY, gid: NOBODY } : {};
    const look = spawnSync(
      process.execPath,
      ['-e', `require('node:fs').accessSync(${JSON.stringify(LAUNCHER)})`],
      user,
    );
    if (look.status !== 0) context.skip('run as root, and no other user may read this checkout');
    const dir = temporaryFolder();
    try {
      writeKey(dir, 'logs/good.json.gz', trailObject([ROOT_CALL]));
      writeKey(dir, 'logs/closed/inside.json.gz', trailObject([quietCall(1)]));
      writeKey(dir, 'logs/closed.json.gz', trailObject([quietCall(2)]));
      if (isRoot) chownSync(dir, NOBODY, NOBODY);
      for (const name of ['closed', 'closed.json.gz']) chmodSync(join(dir, 'logs', name), 0);
      const { status, stdout } = spawnSync(
        process.execPath,
        [LAUNCHER, 'replay', 'logs', '--summary', 'summary.json'],
        { ...user, cwd: dir, env: { PATH: process.env.PATH, HOME: dir }, encoding: 'utf8' },
      );
      const summary = JSON.parse(readFileSync(join(dir, 'summary.json'), 'utf8')) as RunSummary;
      expect(status).toBe(2);
      expect(summary.objects).toMatchObject({ listed: 3, read: 1, failed: { 'access-denied': 2 } });
      expect(summary.findings.byRule).toEqual({ 'ANO-08': 1 });
      expect(summary.identities).toEqual(ALL_TRUE);
      expect(unwrapped(stdout)).toContain('logs/closed, logs/closed.json.gz: no permission to read it');
      expect(unwrapped(stdout)).toContain('→ run as a user who may read it, or change its mode');
    } finally {
      chmodSync(join(dir, 'logs', 'closed'), 0o700);
      rmSync(dir, { recursive: true, force: true });
    }
  });

  it('a binary file that was named: an error; the same in a folder: none of our business', async () => {
    writeKey(home, 'mixed/picture.png', noise(5_000));
    writeKey(home, 'mixed/notes.md', '# Notes\n');
    writeKey(home, 'mixed/good.json.gz', trailObject([quietCall(1)]));
    const named = await replayed('mixed/picture.png', 'mixed/good.json.gz');
    expect(named.code).toBe(2);
    expect(unwrapped(named.stdout)).toContain('mixed/picture.png: binary data');
    const found = await replayed('mixed');
    expect(found.code).toBe(0);
    expect(found.summary.objects).toMatchObject({ listed: 3, read: 1, skipped: { 'not-a-log': 2 } });
  });
});

describe('all of it at once, in an archive of all kinds', () => {
  it('changes no finding, and stays below 256 MB', async (context) => {
    const archive = await simulatedArchive(home, { seed: 'bad-input', records: 15_000 });
    const folder = join(home, 'logs');
    copyArchive(archive, folder);
    const good = await replayedApart('logs');
    expect(good.code).toBe(1);
    expect(good.summary.problems).toEqual([]);
    const expected = findingsWritten();
    expect(expected.length).toBeGreaterThan(80);

    for (const { key, bytes } of BAD_THINGS) writeKey(folder, key, bytes());
    symlinkSync('nowhere', join(folder, 'dangling.json.gz'));
    symlinkSync('.', join(folder, 'itself'));
    mkdirSync(join(folder, 'empty'));
    appendFileSync(join(folder, 'notes.md'), '# Notes\n');
    const bad = await replayedApart('logs', 'missing', 'logs/notes.md/below');
    expect(bad.code).toBe(2);
    expect(findingsWritten()).toEqual(expected);
    expect(bad.summary.identities).toEqual(ALL_TRUE);
    const named = bad.summary.problems.map((problem) => problem.where).join('\n');
    for (const { key } of BAD_THINGS) expect(named).toContain(key);
    for (const path of ['logs/dangling.json.gz', 'missing', 'logs/notes.md/below'])
      expect(named).toContain(path);
    if (Number.isNaN(bad.resident)) context.skip('the peak of a process is only measured on Linux');
    expect(bad.resident).toBeLessThan(MAX_RESIDENT_BYTES);
  });
});
