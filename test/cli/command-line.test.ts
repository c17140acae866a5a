import { execFile, execFileSync } from 'node:child_process';
import {
  linkSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { quietCall, rootCall, runHere, runWiretrail, spawnWiretrail, trailObject } from './run-wiretrail.ts';

let home: string;
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'wiretrail-cli-'));
  mkdirSync(join(home, 'quiet'));
  mkdirSync(join(home, 'loud'));
  writeFileSync(join(home, 'quiet', 'a.json.gz'), trailObject([1, 2, 3].map(quietCall)));
  writeFileSync(join(home, 'loud', 'a.json.gz'), trailObject([quietCall(1), rootCall(2), quietCall(3)]));
});
afterEach(() => rmSync(home, { recursive: true, force: true }));

const wiretrail = (...argv: string[]) => runHere(argv, home);
const wiretrailProcess = (...argv: string[]) => runWiretrail(argv, home);

describe('the exit code', () => {
  it.each<[string[], number]>([
    [['--version'], 0],
    [['--help'], 0],
    [['replay', '--help'], 0],
    [['replay', 'quiet'], 0],
    [['replay', 'loud'], 1],
    [['replay', 'loud', '--fail-on', 'none'], 0],
    [['replay', 'loud', '--from', '2026-10-06'], 0],
    [['replay', 'loud', '--region', 'eu-west-1'], 0],
    [['replay', 'loud', '--dry-run'], 0],
    [['detections'], 0],
    [['config', 'check'], 0],
    [['config', 'check', '--config', 'missing.yml'], 2],
    [['config', 'check', '--suppressions', 'loud'], 2],
    [['config'], 2],
    [[], 2],
    [['nope'], 2],
    [['replay'], 2],
    [['replay', 'loud', '--nope'], 2],
    [['replay', 'loud', '--from', '2026-02-30'], 2],
    [['replay', 'loud', 'missing'], 2],
    [['replay', 'loud', '--config', 'missing.yml'], 2],
    [['replay', 'loud', '--ip-ranges', 'missing.json'], 2],
    [['replay', 'loud', '--out', 'loud/a.json.gz'], 2],
    [['replay', 'loud', '--out', '/proc/none/out'], 2],
    [['simulate', '--out', '/proc/none/out'], 2],
    [['replay', 'loud', '--summary', 'missing/summary.json'], 2],
    [['replay', 'loud', '--summary', 'loud'], 2],
    [['detections', 'TLS-99'], 2],
    [['ip-ranges', 'missing.json', '--out', 'table.ts'], 2],
  ])('of %j is %d', async (argv, code) => {
    const ran = await wiretrail(...argv);
    expect(ran, ran.stderr).toMatchObject({ code });
    // Usage errors say something, and never a stack.
    if (code === 2) expect(ran.stdout + ran.stderr).not.toMatch(/^\s+at /m);
    if (code === 2 && argv[1] !== 'loud') expect(ran.stdout + ran.stderr).not.toBe('');
  });

  it.each<[string[], number]>([
    [['--version'], 0],
    [['replay', 'quiet'], 0],
    [['replay', 'loud'], 1],
    [['nope'], 2],
    [['config', 'check', '--config', 'missing.yml'], 2],
  ])('of a process with %j is %d, and all it says is what it says here', async (argv, code) => {
    writeFileSync(join(home, 'key'), '5e'.repeat(32), { mode: 0o600 });
    const given =
      argv[0] === 'replay' ? [...argv, '--format', 'jsonl', '-q', '--fingerprint-key', 'key'] : argv;
    const ran = await wiretrailProcess(...given);
    expect(ran, ran.stderr).toMatchObject({ code });
    expect(ran).toEqual(await wiretrail(...given));
  });

  it('is 2 where an object is damaged, and the others are judged', async () => {
    writeFileSync(join(home, 'loud', 'b.json.gz'), trailObject([quietCall(9)]).subarray(0, 60));
    const ran = await wiretrail('replay', 'loud', '--format', 'jsonl');
    expect(ran.code).toBe(2);
    expect(ran.stdout).toContain('ANO-08');
    expect(ran.stderr).toContain('b.json.gz');
  });

  it('is 2 for a folder without anything', async () => {
    mkdirSync(join(home, 'empty'));
    const ran = await wiretrail('replay', 'empty');
    expect(ran.code).toBe(2);
    expect(ran.stderr).toContain('nothing was found to read');
  });
});

describe('what goes where', () => {
  it('with jsonl: findings alone on standard output, a line each', async () => {
    const { stdout, stderr } = await wiretrail('replay', 'loud', '--format', 'jsonl');
    const findings = stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(findings).toHaveLength(1);
    expect(findings[0]).toMatchObject({ schemaVersion: '1.0', rule: { id: 'ANO-08' }, severity: 'HIGH' });
    expect(findings[0].evidence[0].locator).toMatch(/a\.json\.gz#2$/);
    expect(stderr).toContain('3 judged');
  });

  it('with --quiet: nothing beside what was asked for', async () => {
    // The first run makes a key and says so.
    await wiretrail('replay', 'quiet');
    const { stdout, stderr } = await wiretrail('replay', 'loud', '--format', 'jsonl', '--quiet');
    expect(stdout).not.toBe('');
    expect(stderr).toBe('');
  });

  it('with --out and --summary: files that say the same', async () => {
    const { stdout } = await wiretrail('replay', 'loud', '--out', 'result', '--summary', 'summary.json');
    const read = (name: string) => readFileSync(join(home, name), 'utf8');
    expect(readdirSync(join(home, 'result')).sort()).toEqual([
      'findings.jsonl',
      'ledger.jsonl',
      'report.txt',
      'summary.json',
    ]);
    expect(read('result/report.txt')).toBe(stdout);
    expect(read('result/summary.json')).toBe(read('summary.json'));
    expect(JSON.parse(read('summary.json'))).toMatchObject({
      records: { total: 3, judged: 3 },
      findings: { total: 1, byRule: { 'ANO-08': 1 } },
      identities: { objects: true, records: true, findings: true },
    });
    expect(JSON.parse(read('result/findings.jsonl')).rule.id).toBe('ANO-08');
    expect(JSON.parse(read('result/ledger.jsonl'))).toMatchObject({ status: 'read', records: { total: 3 } });
  });

  it('with a --summary that cannot be written: says so before it reads', async () => {
    for (const path of ['missing/summary.json', 'loud']) {
      const { stdout, stderr } = await wiretrail('replay', 'loud', '--summary', path);
      expect(stdout).toBe('');
      expect(stderr).toContain(`${path}: `);
    }
  });

  it.skipIf(process.platform === 'win32')('with a --summary that is a pipe: writes into it', async () => {
    const pipe = join(home, 'pipe');
    execFileSync('mkfifo', [pipe]);
    const reader = promisify(execFile)('cat', [pipe]);
    expect((await wiretrail('replay', 'quiet', '--summary', 'pipe')).code).toBe(0);
    expect(JSON.parse((await reader).stdout).identities.records).toBe(true);
    expect(statSync(pipe).isFIFO()).toBe(true);
  });

  it('reads standard input', async () => {
    const ran = await runWiretrail(['replay', '-'], home, { stdin: trailObject([rootCall(1)]) });
    expect(ran.code).toBe(1);
    expect(ran.stdout).toContain('ANO-08');
  });

  it('colours only a terminal, or where they are asked for', async () => {
    expect((await wiretrail('replay', 'loud')).stdout).not.toContain('\u001b');
    expect((await wiretrail('replay', 'loud', '--color', 'always')).stdout).toContain('\u001b[');
  });

  it('keeps hostile texts of a log harmless in every output', async () => {
    const hostile = '\u001b]0;owned\u0007\u202e<!channel>=cmd|x\u009b2J\u2028';
    const call = rootCall(1, {
      eventName: `Create${hostile}`,
      userAgent: hostile,
      sourceIPAddress: hostile,
      awsRegion: hostile,
    });
    writeFileSync(join(home, 'loud', 'a.json.gz'), trailObject([call]));
    const pretty = await wiretrailProcess('replay', 'loud', '--out', 'result');
    const jsonl = await wiretrail('replay', 'loud', '--format', 'jsonl');
    expect(pretty.stdout).toContain('ANO-08');
    expect(jsonl.stdout).toContain('ANO-08');
    const files = readdirSync(join(home, 'result')).map((name) =>
      readFileSync(join(home, 'result', name), 'utf8'),
    );
    for (const text of [pretty.stdout, pretty.stderr, jsonl.stdout, jsonl.stderr, ...files]) {
      expect(text).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u2028-\u202e]/);
    }
  });

  it('is the same report for the same logs, but for the time it took', async () => {
    const once = await wiretrailProcess('replay', 'loud', '--format', 'jsonl', '-q');
    const twice = await wiretrail('replay', 'loud', '--format', 'jsonl', '-q');
    expect(once.stdout).not.toBe('');
    expect(twice.stdout).toBe(once.stdout);
  });
});

describe('the fingerprint key', () => {
  it('is made at the first run, for the user alone, and named by its id', async () => {
    const first = await wiretrailProcess('replay', 'quiet', '--summary', 's.json');
    const file = join(home, '.config', 'wiretrail', 'fingerprint.key');
    expect(statSync(file).mode & 0o777).toBe(0o600);
    const { fingerprintKeyId } = JSON.parse(readFileSync(join(home, 's.json'), 'utf8'));
    expect(first.stderr).toContain(`(id ${fingerprintKeyId})`);
    expect(first.stdout + first.stderr).not.toContain(readFileSync(file, 'utf8').trim());
    expect((await wiretrail('replay', 'quiet')).stderr).not.toContain('fingerprint key');
  });
});

describe('a reader that stops reading', () => {
  it('is success, not an error', async () => {
    const calls = Array.from({ length: 4_000 }, (_, n) =>
      rootCall(n, {
        awsRegion: `us-east-${n % 9}`,
        userIdentity: { type: 'Root', accountId: String(100_000_000_000 + n) },
        recipientAccountId: String(100_000_000_000 + n),
      }),
    );
    writeFileSync(join(home, 'loud', 'a.json.gz'), trailObject(calls));
    const child = spawnWiretrail(['replay', 'loud', '--format', 'jsonl', '--no-progress'], home);
    let stderr = '';
    child.stderr.on('data', (text) => (stderr += text));
    child.stdout.once('data', () => child.stdout.destroy());
    const code = await new Promise((resolve) => child.on('close', resolve));
    expect(stderr).not.toMatch(/EPIPE|^\s+at /m);
    expect(code).toBe(0);
  });
});

describe('Ctrl-C', () => {
  it('says what was read, leaves the results of before, and ends with 130', async () => {
    mkdirSync(join(home, 'result'));
    writeFileSync(join(home, 'result', 'findings.jsonl'), 'before');
    // Standard input that does not end keeps the run reading.
    const child = spawnWiretrail(['replay', 'loud', '-', '--out', 'result', '--format', 'jsonl'], home);
    let stderr = '';
    let stdout = '';
    const said = (text: string) =>
      new Promise<void>((resolve) => {
        const look = () => stderr.includes(text) && resolve();
        child.stderr.on('data', look);
        look();
      });
    child.stdout.on('data', (text) => (stdout += text));
    child.stderr.setEncoding('utf8').on('data', (text) => (stderr += text));
    const closed = new Promise((resolve) => child.on('close', resolve));
    await said('fingerprint key');
    child.kill('SIGINT');
    await said('stopping after the present object');
    child.stdin.end();
    expect(await closed).toBe(130);
    expect(stderr).toMatch(/interrupted: \d of \d objects? read, .*result was left as it was/);
    expect(readdirSync(join(home, 'result'))).toEqual(['findings.jsonl']);
    expect(readFileSync(join(home, 'result', 'findings.jsonl'), 'utf8')).toBe('before');
    expect(stdout).not.toContain('undefined');
  });

  it('is heard in the middle of an archive that never waits for its disk', async () => {
    const calls = Array.from({ length: 5_000 }, (_, n) => quietCall(n));
    writeFileSync(join(home, 'quiet', 'a.json.gz'), trailObject(calls));
    for (let copy = 0; copy < 300; copy++) {
      linkSync(join(home, 'quiet', 'a.json.gz'), join(home, 'quiet', `copy-${copy}.json.gz`));
    }
    const child = spawnWiretrail(['replay', 'quiet'], home);
    let stderr = '';
    let asked = false;
    child.stderr.setEncoding('utf8').on('data', (text) => {
      stderr += text;
      if (asked || !stderr.includes('fingerprint key')) return;
      asked = true;
      child.kill('SIGINT');
    });
    child.stdout.resume();
    expect(await new Promise((resolve) => child.on('close', resolve))).toBe(130);
    expect(Number(/interrupted: (\d+) of /.exec(stderr)?.[1])).toBeLessThan(301);
  });

  it('twice ends at once', async () => {
    const child = spawnWiretrail(['replay', '-'], home);
    let stderr = '';
    const closed = new Promise((resolve) => child.on('close', resolve));
    let asked = 0;
    child.stderr.setEncoding('utf8').on('data', (text) => {
      stderr += text;
      if (asked === 0 && stderr.includes('fingerprint key')) {
        asked = 1;
        child.kill('SIGINT');
      } else if (asked === 1 && stderr.includes('once more stops at once')) {
        asked = 2;
        child.kill('SIGINT');
      }
    });
    expect(await closed).toBe(130);
    child.stdin.destroy();
  });
});

describe('simulate and ip-ranges', () => {
  it('write what they are asked to', async () => {
    const simulated = await wiretrailProcess(
      'simulate',
      '--out',
      'archive',
      '--seed',
      'x',
      '--records',
      '2000',
      '--days',
      '1',
      '--principals',
      '8',
    );
    expect(simulated, simulated.stderr).toMatchObject({ code: 0 });
    expect(JSON.parse(readFileSync(join(home, 'archive', 'truth.json'), 'utf8')).seed).toBe('x');
    const ranges = {
      createDate: '2026-11-01-00-00-00',
      prefixes: [
        {
          ip_prefix: '198.51.100.0/24',
          region: 'us-east-1',
          service: 'DYNAMODB',
          network_border_group: 'us-east-1',
        },
      ],
      ipv6_prefixes: [],
    };
    writeFileSync(join(home, 'ip-ranges.json'), JSON.stringify(ranges));
    const written = await wiretrail('ip-ranges', 'ip-ranges.json', '--out', 'table.ts');
    expect(written, written.stderr).toMatchObject({ code: 0 });
    expect(readFileSync(join(home, 'table.ts'), 'utf8')).toContain("'2026-11-01'");
    expect(
      (await wiretrail('replay', 'quiet', '--ip-ranges', 'ip-ranges.json', '--summary', 's.json')).code,
    ).toBe(0);
    expect(JSON.parse(readFileSync(join(home, 's.json'), 'utf8')).awsRanges.date).toBe('2026-11-01');
  });
});
