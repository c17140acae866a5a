// What the packaged functions cost: bytes of each bundle, time to import it, cold start on the runtime client of Lambda, and for CloudTrail
// records milliseconds, memory, calls and capacity units of the table. Against the local services of the system tests, so without a network.
//   npm run bench:handlers -- [--records 20000] [--starts 7] [--save NAME]

import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { dirname, join, posix } from 'node:path';
import { parseArgs } from 'node:util';
import { gunzipSync, gzipSync } from 'node:zlib';
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { unzipSync } from 'fflate';
import { objectFacts } from '../src/records/object-key.ts';
import { simulate, TRUTH_FILE } from '../src/simulate/simulate.ts';
import { keysBelow } from '../test/acceptance/simulated-archive.ts';
import { type Monitor, SERVICE, startMonitor, trailObject } from '../test/system/monitor.ts';

const { values } = parseArgs({
  options: {
    records: { type: 'string', default: '20000' },
    starts: { type: 'string', default: '7' },
    save: { type: 'string' },
  },
});
const starts = Number(values.starts);
/** Records of one object: CloudTrail writes objects of a few up to some thousand. */
const RECORDS_AN_OBJECT = 1_000;

const monitor = await startMonitor({ compileCache: false });
try {
  const functions = [...monitor.stack.ofType('AWS::Lambda::Function').values()].sort();
  const lines = [
    '# The packaged functions',
    '',
    `Commit ${execFileSync('git', ['rev-parse', '--short', 'HEAD'], { encoding: 'utf8' }).trim()}, Node ${process.versions.node}, ${cpus()[0]!.model} (${cpus().length} cores), on the local services of the system tests. Medians.`,
    '',
    '| function | bundle at the start, KB | zip, KB | import, ms | of it processor | cold start, ms | processor time of it and one event | memory after it, MB |',
    '|---|---|---|---|---|---|---|---|',
  ];
  for (const name of functions) {
    const { bundleBytes, zipBytes, importMs, importCpuMs } = measureBundle(monitor, name);
    const { coldMs, cpuMs, memoryMb } = await measureColdStart(monitor, name);
    lines.push(
      `| ${name} | ${kilobytes(bundleBytes)} | ${kilobytes(zipBytes)} | ${importMs.toFixed(0)} | ${importCpuMs.toFixed(0)} | ${coldMs.toFixed(0)} | ${cpuMs.toFixed(0)} | ${memoryMb} |`,
    );
  }
  lines.push('', ...(await measureRecords(monitor, Number(values.records))), '');
  lines.push(
    `Command: \`npm run bench:handlers -- --records ${values.records} --starts ${values.starts}\``,
    '',
  );
  const report = lines.join('\n');
  process.stdout.write(report);
  if (values.save !== undefined) {
    const date = new Date().toISOString().slice(0, 10);
    writeFileSync(join(import.meta.dirname, 'runs', `${date}-${values.save}.md`), report);
  }
} finally {
  await monitor.close();
}

interface Bundle {
  readonly bundleBytes: number;
  readonly zipBytes: number;
  readonly importMs: number;
  readonly importCpuMs: number;
}

/** The bundle of the zip that would be deployed, imported by a Node that did nothing else; its bytes are those that are imported at the start. */
function measureBundle({ packageFolder, stack }: Monitor, name: string): Bundle {
  const handler = name.slice(`${SERVICE}-`.length);
  const folder = mkdtempSync(join(tmpdir(), 'wiretrail-bench-'));
  try {
    for (const file of readdirSync(packageFolder).filter((one) => one.endsWith('.zip'))) {
      const zip = join(packageFolder, file);
      const entry = `dist/handlers/${handler}.mjs`;
      const files = new Map(Object.entries(unzipSync(readFileSync(zip))));
      if (!files.has(entry)) continue;
      for (const [name, bytes] of files) {
        mkdirSync(dirname(join(folder, name)), { recursive: true });
        writeFileSync(join(folder, name), bytes);
      }
      const path = join(folder, entry);
      const script = `const from = performance.now(); const before = process.cpuUsage(); await import(${JSON.stringify(`file://${path}`)}); const { user, system } = process.cpuUsage(before); console.log(performance.now() - from, (user + system) / 1000);`;
      const env = { PATH: process.env.PATH, AWS_REGION: 'us-east-1', ...stack.variables(name) };
      const runs = Array.from({ length: starts }, () =>
        execFileSync(process.execPath, ['--input-type=module', '-e', script], { env, encoding: 'utf8' })
          .split(' ')
          .map(Number),
      );
      return {
        bundleBytes: bytesAtStart(files, entry),
        zipBytes: statSync(zip).size,
        importMs: median(runs.map(([ms]) => ms!)),
        importCpuMs: median(runs.map(([, ms]) => ms!)),
      };
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  throw new Error(`no zip holds ${handler}.mjs`);
}

/** Of the module and what it imports statically; `import()` comes later. */
function bytesAtStart(files: ReadonlyMap<string, Uint8Array>, entry: string): number {
  const modules = new Set([entry]);
  let bytes = 0;
  for (const module of modules) {
    const content = files.get(module)!;
    bytes += content.length;
    for (const [, imported] of Buffer.from(content)
      .toString('latin1')
      .matchAll(/\b(?:from|import)"(\.[^"]{1,200}\.mjs)"/g)) {
      modules.add(posix.join(posix.dirname(module), imported!));
    }
  }
  return bytes;
}

/** From the start of the process until it asks for work; the event is none that it knows, and that is of no matter. */
async function measureColdStart(
  { aws }: Monitor,
  name: string,
): Promise<{ coldMs: number; cpuMs: number; memoryMb: number }> {
  const lambda = new LambdaClient(aws.settings);
  const cold: number[] = [];
  const cpu: number[] = [];
  const memory: number[] = [];
  for (let i = 0; i < starts; i++) {
    await aws.cool();
    await lambda.send(new InvokeCommand({ FunctionName: name, Payload: '{"Records":[]}' }));
    const { initMs, cpuMs, maxMemoryMb } = aws.invocations.at(-1)!;
    cold.push(initMs);
    cpu.push(cpuMs);
    memory.push(maxMemoryMb);
  }
  lambda.destroy();
  await aws.settle();
  return { coldMs: median(cold), cpuMs: median(cpu), memoryMb: median(memory) };
}

/** Objects of 1,000 records each, one after the other, as the archive's bucket tells of them. */
async function measureRecords({ aws, put }: Monitor, records: number): Promise<string[]> {
  const folder = mkdtempSync(join(tmpdir(), 'wiretrail-bench-'));
  try {
    await simulate({
      outDir: folder,
      seed: 'bench',
      days: 1,
      accounts: 1,
      regions: ['us-east-1'],
      records,
      onlyKinds: ['cloudtrail'],
    });
    const all: { readonly atMs: number; readonly record: unknown }[] = [];
    for (const key of keysBelow(folder).filter((one) => one.includes('/CloudTrail/') && one !== TRUTH_FILE)) {
      const { deliveredMs } = objectFacts(key, key, 0);
      const { Records = [] } = JSON.parse(gunzipSync(readFileSync(join(folder, key))).toString()) as {
        Records?: unknown[];
      };
      for (const record of Records) all.push({ atMs: deliveredMs, record });
    }
    all.sort((a, b) => a.atMs - b.atMs);
    await aws.cool();
    const before = { calls: aws.calls.length, invocations: aws.invocations.length };
    const meter = aws.meter();
    for (let at = 0; at < all.length; at += RECORDS_AN_OBJECT) {
      const piece = all.slice(at, at + RECORDS_AN_OBJECT);
      const { key, body } = trailObject(
        piece.at(-1)!.atMs,
        piece.map(({ record }) => record),
      );
      await put(key, body);
      await aws.settle();
    }
    const thousands = all.length / 1_000;
    const [, ...warm] = aws.invocations
      .slice(before.invocations)
      .filter(({ functionName }) => functionName === `${SERVICE}-archive-objects`);
    const calls = new Map<string, number>();
    for (const { role, action } of aws.calls.slice(before.calls)) {
      if (role.endsWith('ArchiveObjectsRole')) calls.set(action, (calls.get(action) ?? 0) + 1);
    }
    const { read, write } = meter.units();
    const a = (count: number): string => (count / thousands).toFixed(1);
    const bytes = gzipSync(JSON.stringify(all.slice(0, 1_000).map(({ record }) => record))).length;
    return [
      `${all.length} CloudTrail records in ${Math.ceil(all.length / RECORDS_AN_OBJECT)} objects (about ${kilobytes(bytes)} KB each, gzipped), one invocation each, all detectors.`,
      '',
      '| for each 1,000 records | |',
      '|---|---|',
      `| duration of a warm invocation, ms | ${median(warm.map(({ durationMs }) => durationMs)).toFixed(0)} |`,
      `| processor time of it, ms | ${median(warm.map(({ cpuMs }) => cpuMs)).toFixed(0)} |`,
      `| resident peak of the process, MB | ${Math.max(...warm.map(({ maxMemoryMb }) => maxMemoryMb))} |`,
      `| read units of the table | ${a(read)} |`,
      `| write units of the table | ${a(write)} |`,
      ...[...calls].sort().map(([action, count]) => `| ${action} | ${a(count)} |`),
    ];
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function median(numbers: readonly number[]): number {
  const sorted = [...numbers].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

function kilobytes(bytes: number): string {
  return (bytes / 1_024).toFixed(0);
}
