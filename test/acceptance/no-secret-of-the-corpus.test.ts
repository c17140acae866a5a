// A secret of every kind in every format, with its labels: none of them, nor a piece of one, is in anything that comes out.

import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DEFAULT_SETTINGS } from '../../src/config.ts';
import { KINDS } from '../../src/detectors/secrets/kinds/index.ts';
import { scanSecrets } from '../../src/detectors/secrets/scan-secrets.ts';
import { logEventsHandler } from '../../src/live/log-events.ts';
import { createRandom } from '../../src/simulate/prng.ts';
import { type CorpusFile, LOG_FORMATS, makeCorpus } from '../../src/simulate/secret-corpus/corpus.ts';
import { SECRET_EXAMPLES } from '../../src/simulate/secret-examples/index.ts';
import { runHere, runWiretrail } from '../cli/run-wiretrail.ts';
import { startLocalMonitor } from '../handlers/local-monitor.ts';
import { archiveSources, closeAll, testClock } from '../live/live-run.ts';
import { alertOutputs, expectNoLeak } from './alert-outputs.ts';
import { feed, recordingContext } from './live-state.ts';
import {
  createLeakSearch,
  type LeakedPiece,
  leakingContents,
  type PlantedSecret,
} from './planted-secrets.ts';
import { homeWithKey, outputsOf } from './run-outputs.ts';
import { replayFolders, writeKey } from './simulated-archive.ts';

/** Without what is said of every secret of the kind. */
function withoutPublicPart(kind: string, secret: string): string[] {
  const shown = KINDS.find(({ name }) => name === kind)?.publicPrefix ?? 0;
  return (
    secret
      .slice(shown)
      .split(/\r?\n|-----[A-Z ]+-----/)
      // Words behind the prefix say what it is for: `client-` of a key of Tailscale.
      .map((piece) => piece.trim().replace(/^(?:[a-z]{3,12}[-_]){1,3}/, ''))
      // An initialization vector of zeros is a mistake, and nothing to hide.
      .filter((piece) => new Set(piece.replace(/=+$/, '')).size > 2)
  );
}

function secretsIn(files: readonly CorpusFile[]): PlantedSecret[] {
  return files.flatMap(({ entries }) =>
    entries.flatMap(({ planted }) =>
      (planted?.secrets ?? []).flatMap((secret) =>
        withoutPublicPart(planted!.kind, secret).map((text) => ({ kind: planted!.kind, text })),
      ),
    ),
  );
}

let home: string;
let files: CorpusFile[];
let search: (text: string) => LeakedPiece[];
beforeAll(() => {
  home = homeWithKey();
  files = makeCorpus({ seed: 'building/leaks', examples: SECRET_EXAMPLES, perKind: 1, perBenignKind: 1 });
  search = createLeakSearch(secretsIn(files));
  for (const { name, text } of files) writeKey(home, `corpus/${name}`, text);
});
afterAll(() => rmSync(home, { recursive: true, force: true }));

describe('a corpus with every kind of secret', () => {
  it('is told by the library without one of them, nor why others were refused', () => {
    const outputs = new Map<string, string>();
    let found = 0;
    for (const { name, text } of files) {
      const refused: string[] = [];
      const told = scanSecrets(text, {
        fingerprint: (secret) => String(secret.length),
        onRefused: (reason, count) => refused.push(`${reason} ${count}`),
      });
      found += told.length;
      for (const [at, one] of told.entries()) outputs.set(`${name} ${at} ${one.kind}`, JSON.stringify(one));
      outputs.set(`${name} refused`, refused.join('\n'));
    }
    expect(found).toBeGreaterThan(SECRET_EXAMPLES.length);
    expectNoLeak(outputs, search);
  });

  it('by both commands, in findings, reports, ledger, summary and state', async () => {
    const outputs = await outputsOf(home, 'corpus');
    for (const format of ['pretty', 'jsonl']) {
      const argv = ['secrets', 'corpus', '--every', '--fingerprint-key', 'key', '--format', format];
      const ran = await (format === 'pretty' ? runWiretrail : runHere)(argv, home);
      expect(ran.code, ran.stderr).toBeLessThan(2);
      outputs.set(`secrets ${format} stdout`, ran.stdout);
      outputs.set(`secrets ${format} stderr`, ran.stderr);
    }
    for (const [name, text] of outputs) {
      const kinds = new Set(search(text).map(({ kind }) => kind));
      expect([...kinds], name).toEqual([]);
    }
  }, 60_000);

  it('by both commands, of input that is damaged', async () => {
    mkdirSync(join(home, 'damaged'), { recursive: true });
    for (const { name, text } of files) {
      const bytes = Buffer.from(text);
      const packed = gzipSync(bytes);
      writeFileSync(join(home, 'damaged', `cut-${name}.gz`), packed.subarray(0, packed.length / 2));
      packed[packed.length - 6]! ^= 0xff;
      writeFileSync(join(home, 'damaged', `wrong-${name}.gz`), packed);
      writeFileSync(join(home, 'damaged', `${name}.json`), `{"Records":[{"eventVersion":"1.08",${text}`);
      writeFileSync(join(home, 'damaged', `half-${name}`), bytes.subarray(0, bytes.length / 2 + 7));
      writeFileSync(join(home, 'damaged', `zero-${name}`), Buffer.concat([bytes, Buffer.alloc(64), bytes]));
      writeFileSync(
        join(home, 'damaged', `awslogs-${name}`),
        `{"messageType":"DATA_MESSAGE","logEvents":[${text}`,
      );
    }
    for (const command of ['secrets', 'replay']) {
      const ran = await runHere([command, 'damaged', '--fingerprint-key', 'key', '--no-progress'], home);
      expect(ran.stdout + ran.stderr).toMatch(/damaged|unreadable|gzip/);
      for (const text of [ran.stdout, ran.stderr])
        expect([...new Set(search(text).map(({ kind }) => kind))], command).toEqual([]);
    }
  }, 60_000);

  it('in alerts, digest and messages to Slack', async () => {
    const { findings } = await replayFolders([join(home, 'corpus')], DEFAULT_SETTINGS);
    expect(findings.length).toBeGreaterThan(0);
    expectNoLeak(await alertOutputs(findings), search);
  }, 60_000);

  it('in anything that the live engine ever writes', async () => {
    const clock = testClock();
    const { context, recording } = recordingContext({ clock });
    await feed(context, await archiveSources(join(home, 'corpus')), []);
    clock.advance(100 * 86_400_000);
    await closeAll(context);
    expect(recording.contents.length).toBeGreaterThan(10);
    expect(leakingContents(recording.contents, search)).toEqual([]);
    const packed = [...recording.kept].filter(
      ([, body]) => search(Buffer.from(body).toString('latin1')).length > 0,
    );
    expect(packed.map(([name]) => name)).toEqual([]);
  }, 120_000);

  it('in what the functions write into their own logs, and send', async () => {
    const monitor = await startLocalMonitor();
    try {
      const handler = logEventsHandler(monitor.environment);
      // Each payload is told of to a table and a topic on this machine: those of some formats will do.
      const some = files.filter((_, at) => at % 8 === 0);
      const outputs = new Map<string, string>();
      for (const { name, text } of some) {
        const messages = text.split('\n').slice(0, 2_000);
        const payload = {
          messageType: 'DATA_MESSAGE',
          owner: '111122223333',
          logGroup: `/app/${name}`,
          logStream: 'i-0abc',
          subscriptionFilters: ['wiretrail'],
          logEvents: messages.map((message, at) => ({
            id: `${name}-${at}`,
            timestamp: Date.now() + at,
            message,
          })),
        };
        const data = gzipSync(JSON.stringify(payload));
        await handler({ awslogs: { data: data.toString('base64') } }, monitor.lambda);
        const broken = data.subarray(0, data.length / 2).toString('base64');
        await handler({ awslogs: { data: broken } }, monitor.lambda).catch((error: unknown) => {
          outputs.set(`error ${name}`, String(error));
        });
      }
      for (const [at, line] of monitor.log().entries()) outputs.set(`log ${at}`, JSON.stringify(line));
      const { findings, subjects } = await monitor.alerts();
      outputs.set('alerts', JSON.stringify(findings));
      outputs.set('subjects', subjects.join('\n'));
      expectNoLeak(outputs, search);
    } finally {
      await monitor.close();
    }
  }, 60_000);
});

describe('any example in any format', () => {
  it('is told without itself', () => {
    const random = createRandom('building/any example');
    for (let n = 0; n < 200; n++) {
      if (SECRET_EXAMPLES.length === 0) return;
      const example = random.pick(SECRET_EXAMPLES);
      const format = random.pick(LOG_FORMATS);
      const made = example.make(random, Date.UTC(2026, 10, 1));
      const notations = format.takes.filter(
        (notation) => notation === 'text' || made[notation] !== undefined,
      );
      if (notations.length === 0) continue;
      const { text } = format.write(made, random.pick(notations), random, Date.UTC(2026, 10, 1));
      const mine = made.secrets.flatMap((secret) =>
        withoutPublicPart(example.kind, secret).map((piece) => ({ kind: example.kind, text: piece })),
      );
      const told = JSON.stringify(scanSecrets(text));
      const leaks = createLeakSearch(mine)(told);
      expect(
        [...new Set(leaks.map(({ kind }) => kind))],
        `${example.kind} in ${format.name}, number ${n}`,
      ).toEqual([]);
    }
  }, 30_000);
});
