// npm run deploy:local: packages the service, loads the compiled template into local servers, sends a simulated archive through it object by
// object, and prints what arrived on the topic, by e-mail and in Slack. No account, no network; ends by itself.

import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { SEVERITIES } from '../src/findings/finding.ts';
import { printable } from '../src/findings/printable.ts';
import { simulate, TRUTH_FILE } from '../src/simulate/simulate.ts';
import { keysBelow } from '../test/acceptance/simulated-archive.ts';
import { type Alert, emptyTrailObject, MAIL, type Monitor, startMonitor } from '../test/system/monitor.ts';

const RECORDS = 800;
/** All attacks but the wide ones: REP-03 lies in seventy objects more, and TLS-01 needs more records than these. */
const SCENARIOS = ['TLS-02', 'TLS-06', 'TLS-07', 'TLS-10', 'POL', 'REP-01', 'ANO', 'SEC'];
/** Messages of each kind that are shown; the rest is counted. */
const SHOWN = 12;

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: {
      seed: { type: 'string' },
      records: { type: 'string' },
      scenario: { type: 'string', multiple: true },
    },
  });
  const folder = mkdtempSync(path.join(tmpdir(), 'wiretrail-deploy-local-'));
  const startedMs = performance.now();
  const seconds = (): string => `${((performance.now() - startedMs) / 1_000).toFixed(1)} s`.padStart(7);
  const step = (text: string): void => void process.stdout.write(`${seconds()}  ${text}\n`);
  let monitor: Monitor | null = null;
  try {
    const { truth } = await simulate({
      outDir: folder,
      seed: values.seed ?? 'deploy-local',
      records: Number(values.records ?? RECORDS),
      days: 1,
      accounts: 1,
      principals: 10,
      regions: ['us-east-1'],
      scenarios: values.scenario ?? SCENARIOS,
    });
    const keys = keysBelow(folder).filter((key) => key !== TRUTH_FILE);
    step(`simulated an archive of ${keys.length} objects with ${truth.attacks.length} attacks`);

    monitor = await startMonitor();
    const { aws, stack } = monitor;
    const functions = stack.ofType('AWS::Lambda::Function').size;
    step(`packaged, and deployed to local servers: ${functions} functions, ${stack.size} resources`);

    for (const key of keys) await monitor.put(key, readFileSync(path.join(folder, key)));
    await aws.settle();
    step(`${keys.length} objects delivered and judged in ${aws.invocations.length} invocations`);

    // Nothing that belongs to the archive can come any more: its windows close, and the day is told.
    const last = emptyTrailObject(Date.now());
    await monitor.put(last.key, last.body);
    await aws.settle();
    await monitor.closeWindows();
    const findings = await monitor.findings();
    step(`windows closed: ${findings.length} findings stand in the table`);

    const alerts = await monitor.alerts();
    show(
      `SNS: ${alerts.length} messages on the topic (${bySeverity(alerts)})`,
      alerts.map(({ subject }) => subject),
    );
    show(
      `e-mail to ${MAIL}: ${aws.mails.length} messages, the first of which reads`,
      (aws.mails[0]?.body ?? '').split('\n'),
    );
    const { slack } = monitor;
    show(
      `Slack: ${slack.posts.length} messages in ${slack.requests.length} requests`,
      slack.posts.map(
        ({ message, changes }) =>
          `${message.text?.split('\n')[0] ?? ''}${changes === 0 ? '' : ` (changed ${changes} times)`}`,
      ),
    );

    const failed = aws.invocations.filter((invocation) => invocation.failed).length;
    const dead = (await monitor.deadLetters()).length;
    step(`${failed} failed invocations, ${dead} dead letters`);
    return failed + dead === 0 && alerts.length > 0 ? 0 : 1;
  } finally {
    await monitor?.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

function show(title: string, lines: readonly string[]): void {
  process.stdout.write(`\n${title}\n`);
  for (const line of lines.slice(0, SHOWN)) process.stdout.write(`    ${printable(line).slice(0, 130)}\n`);
  if (lines.length > SHOWN) process.stdout.write(`    ... and ${lines.length - SHOWN} more\n`);
  process.stdout.write('\n');
}

function bySeverity(alerts: readonly Alert[]): string {
  return SEVERITIES.map(
    (severity) =>
      [severity, alerts.filter(({ attributes }) => attributes.severity === severity).length] as const,
  )
    .filter(([, count]) => count > 0)
    .map(([severity, count]) => `${count} ${severity}`)
    .join(', ');
}

process.exitCode = await main();
