// Who writes into a log chooses what stands there: nothing of it moves a cursor, reorders a line, splits a record or runs in a shell.

import { spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Finding } from '../../src/findings/finding.ts';
import { accessKeyId, password, secretAccessKey } from '../../src/simulate/credentials.ts';
import { createRandom } from '../../src/simulate/prng.ts';
import { type Ran, rootCall, runWiretrail, trailObject } from '../cli/run-wiretrail.ts';
import { albLine, PLAIN_TAIL, s3Line } from '../records/access-lines.ts';
import {
  type ArchiveOnDisk,
  isTrailObject,
  simulatedArchive,
  temporaryFolder,
  writeKey,
} from './simulated-archive.ts';

/** Escape sequences (colours, title, clipboard, answer-back), ends of lines, hidden and reordering characters, chat and sheet commands, shells. */
const HOSTILE = [
  '\u001b[2J\u001b[31m\u001b]0;owned\u0007\u001b]52;c;b3duZWQ=\u0007\u0005\u009b1m',
  '\r\n\u0085\u2028\u2029{"schemaVersion":"1.0"}',
  '\u202eevil\u2066\u200b\u00ad\ufeff\u{e0041}\ud800',
  '<!channel> <@U024BE7LH> @everyone',
  `=cmd|'/c calc'!A0`,
  '$(>pwned)`>pwned`\';>pwned;\'";>pwned;" && >pwned | >pwned',
  '%s%n%x {{7*7}} ../../etc/passwd',
].join('');
/** Without blanks, as a field of a flow line or a word of a log line has to be. */
const HOSTILE_WORD = "eni-$(>pwned)`>pwned`';>pwned;'\u001b[2J\u202e<!channel>=cmd|x";
const LONG = 'A'.repeat(300_000);

/** What no output may hold but for the end of a line. */
const DANGEROUS =
  /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufffe\uffff]/;
const random = createRandom('hostile');

let home: string;
let pretty: Ran;
let jsonl: Ran;
let files: Map<string, string>;

beforeAll(async () => {
  home = temporaryFolder();
  mkdirSync(join(home, 'work'));
  const archive = await simulatedArchive(home, { seed: 'hostile', records: 4_000 });
  makeHostile(archive);
  let number = 0;
  const root = (changes: object): object => rootCall(++number, changes);
  const names = `${HOSTILE}.json.gz`.replaceAll('/', '-').replaceAll('\u0000', '').replaceAll('\ud800', '');
  writeKey(join(home, 'archive'), names, trailObject([root({})]));
  writeKey(join(home, 'archive'), `broken ${names}`, trailObject([root({})]).subarray(0, 50));
  writeKey(
    join(home, 'archive'),
    'long.json.gz',
    gzipSync(
      JSON.stringify({
        Records: [HOSTILE, LONG, HOSTILE + LONG].flatMap((text) => [
          root({
            userAgent: text,
            sourceIPAddress: text,
            awsRegion: text,
            errorCode: text,
            errorMessage: text,
          }),
          root({ eventName: text, eventID: text }),
          root({ userIdentity: { type: 'Root', accountId: text, accessKeyId: text, arn: text } }),
          root({
            eventSource: 'dax.amazonaws.com',
            eventName: 'CreateCluster',
            requestParameters: { clusterName: text },
          }),
          root({
            eventSource: 'cloudtrail.amazonaws.com',
            eventName: 'StopLogging',
            requestParameters: { name: text },
          }),
          root({
            requestParameters: {
              [text]: text,
              note: `mysql://${text}:${password(random)}@${text}/db ${text}`,
            },
          }),
        ]),
      }),
    ),
  );
  writeKey(
    join(home, 'archive'),
    'flows.log',
    `version account-id interface-id srcaddr dstaddr srcport dstport protocol packets bytes start end action log-status
2 111122223333 ${HOSTILE_WORD} 10.0.1.20 52.94.0.5 49152 80 6 9 2264 1791162060 1791162118 ACCEPT OK
2 111122223333 ${HOSTILE_WORD} 52.94.0.5 10.0.1.20 80 49152 6 9 9264 1791162060 1791162118 ACCEPT OK
`,
  );
  const key = `AWS_ACCESS_KEY_ID=${accessKeyId('AKIA', '111122223333', random)} AWS_SECRET_ACCESS_KEY=${secretAccessKey(random)}`;
  writeKey(
    join(home, 'archive'),
    'app.log',
    `2026-10-05T01:02:03.000Z ${HOSTILE_WORD} ${key} ${HOSTILE_WORD}\n2026-10-05T03:02:03.000Z ${LONG} postgresql://${HOSTILE_WORD}:${password(random)}@${HOSTILE_WORD}:1/x\n2026-10-05T05:02:03.000Z endpoint_url=http://dynamodb.us-east-1.amazonaws.com/${HOSTILE_WORD}\n`,
  );
  // A signed request over plain HTTP, and a presigned URL at a load balancer, with hostile words wherever a client may choose them.
  writeKey(
    join(home, 'archive'),
    'access.log',
    `${s3Line({ key: HOSTILE_WORD, userAgent: `"${HOSTILE_WORD}"`, uri: `"GET /${HOSTILE_WORD} HTTP/1.1"`, tail: PLAIN_TAIL })}
${s3Line({ requester: `arn:aws:iam::111122223333:user/${HOSTILE_WORD}`, key: LONG, tail: PLAIN_TAIL.replace('exports.s3', HOSTILE_WORD) })}
${albLine({ type: 'http', tls: '- -', request: `GET http://${HOSTILE_WORD}:80/${HOSTILE_WORD}?X-Amz-Credential=${accessKeyId('ASIA', '111122223333', random)}/20261005/us-east-1/s3/aws4_request&X-Amz-Date=20261005T120000Z&X-Amz-Expires=60&X-Amz-Signature=${random.hex(64)} HTTP/1.1`, userAgent: HOSTILE_WORD })}
`,
  );
  const run = (format: string) =>
    runWiretrail(
      ['replay', 'archive', '--format', format, '--out', format, '--summary', `${format}.json`],
      home,
    );
  pretty = await run('pretty');
  jsonl = await run('jsonl');
  files = new Map(
    ['pretty', 'jsonl'].flatMap((folder) =>
      readdirSync(join(home, folder)).map((name) => [
        `${folder}/${name}`,
        readFileSync(join(home, folder, name), 'utf8'),
      ]),
    ),
  );
}, 60_000);
afterAll(() => rmSync(home, { recursive: true, force: true }));

/** What the caller chooses is hostile in every third call of the archive. */
function makeHostile({ dir, keys }: ArchiveOnDisk): void {
  for (const name of keys.filter(isTrailObject)) {
    const { Records } = JSON.parse(gunzipSync(readFileSync(join(dir, name))).toString()) as {
      Records: Record<string, unknown>[];
    };
    for (const [at, record] of Records.entries()) {
      if (at % 3 !== 0) continue;
      record.userAgent = `${HOSTILE}${String(record.userAgent)}`;
      record.requestParameters = { ...(record.requestParameters as object), tableName: HOSTILE };
    }
    writeKey(dir, name, gzipSync(JSON.stringify({ Records }), { level: 1 }));
  }
}

const findings = (): Finding[] =>
  files
    .get('jsonl/findings.jsonl')!
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));

describe('hostile content', () => {
  it('is found and told: this run has what it takes to be harmed', () => {
    expect(pretty.code).toBe(2);
    const rules = new Set(findings().map((finding) => finding.rule.id));
    for (const rule of ['ANO-08', 'POL-07', 'POL-10', 'SEC-01', 'SEC-10', 'TLS-01', 'TLS-06', 'TLS-10'])
      expect([...rules]).toContain(rule);
    expect(pretty.stdout).toContain('\\x1b');
    expect(pretty.stdout).toContain('<!channel>');
  });

  it('puts no control, hidden or reordering character into any output', () => {
    const outputs = {
      'pretty stdout': pretty.stdout,
      'pretty stderr': pretty.stderr,
      'jsonl stdout': jsonl.stdout,
      'jsonl stderr': jsonl.stderr,
      ...Object.fromEntries(files),
    };
    expect(Object.keys(outputs)).toHaveLength(12);
    for (const [name, text] of Object.entries(outputs)) {
      expect(text, name).not.toBe('');
      expect(text.isWellFormed(), name).toBe(true);
      const at = text.search(DANGEROUS);
      expect(
        at < 0
          ? ''
          : `U+${text.charCodeAt(at).toString(16)} in ${JSON.stringify(text.slice(at - 40, at + 20))}`,
        name,
      ).toBe('');
    }
  });

  it('adds no line: every line of JSON lines is one of ours', () => {
    for (const text of [jsonl.stdout, files.get('jsonl/findings.jsonl')!]) {
      const lines = text.trimEnd().split('\n');
      for (const line of lines) expect(JSON.parse(line).rule.id).toMatch(/^[A-Z]{3}-\d\d$/);
    }
    const ledger = files.get('jsonl/ledger.jsonl')!.trimEnd().split('\n');
    const summary = JSON.parse(files.get('jsonl/summary.json')!);
    expect(ledger).toHaveLength(summary.objects.listed);
    for (const line of ledger) expect(JSON.parse(line)).toHaveProperty('status');
    expect(summary.identities).toEqual({ objects: true, records: true, findings: true });
  });

  it('begins no line of a report with what a sheet or a chat would run', () => {
    // `+3 more` are the report's own words.
    for (const line of pretty.stdout.split('\n'))
      expect(line).not.toMatch(/^\s*(?:[=@<]|\+(?!\d[\d,]* more$))/);
  });

  it('keeps long values short', () => {
    for (const line of pretty.stdout.split('\n')) expect(line.length).toBeLessThan(1_000);
    for (const line of jsonl.stdout.split('\n')) expect(line.length).toBeLessThan(64 * 1024);
  });

  it('runs nothing when the commands of a finding are pasted into a shell', () => {
    // `aws` does nothing here, and no other program is there.
    const bin = join(home, 'bin');
    mkdirSync(bin);
    writeFileSync(join(bin, 'aws'), '#!/bin/sh\nexit 0\n', { mode: 0o755 });
    const commands = findings().flatMap(({ remediation }) =>
      remediation.flatMap(({ command }) => command ?? []),
    );
    const unique = [...new Set(commands)];
    expect(unique.length).toBeGreaterThan(10);
    const cwd = join(home, 'work');
    for (const command of unique) {
      // What has not the form of its kind is not used at all.
      expect(command).not.toContain('pwned');
      const { error } = spawnSync('/bin/sh', ['-c', command], { cwd, env: { PATH: bin }, input: '' });
      expect(error).toBeUndefined();
      expect(readdirSync(cwd), command).toEqual([]);
    }
  });
});
