// npm run evaluate: many simulated archives through the real replay; recall and false findings per million events, by rule.
// Exit 1 when an attack was missed or anything false of MEDIUM or higher was found. docs/simulate.md explains the figures.

import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { Worker } from 'node:worker_threads';
import { addClassScores, type ClassScore, classTable, noClassScores } from '../src/simulate/class-score.ts';
import { addNames, type NameCounts, noNames } from '../src/simulate/name-score.ts';
import { poissonBounds } from '../src/simulate/poisson-bounds.ts';
import { addScores, type RuleScore } from '../src/simulate/score.ts';
import type { SimulateOptions } from '../src/simulate/simulate.ts';
import type { Attack, TrafficClass } from '../src/simulate/truth.ts';
import type { SimulatedAside } from './simulate-worker.ts';
import { judgeArchive } from './simulated-replay.ts';

const EVENTS = 3_200_000;
const LEAST_SEEDS = 5;
/** Archives are written, replayed and removed one by one: this is what memory and disk must hold at once. */
const MOST_EVENTS_OF_AN_ARCHIVE = 1_000_000;
/** Seeds of the second arm: the same archives again, every call of an attacker sent with another user agent. */
const DISGUISED_SEEDS = 2;
const DISGUISE = 'Mozilla/5.0';
const DAYS = 3;

/** What the names in TLS-06 (TLS-11 gives them) must be worth. */
const LEAST_RIGHT = 0.95;
const LEAST_NAMED = 0.8;
const MOST_WRONG = 0.02;
const LEAST_ASKED = 15;

const USAGE = `usage: npm run evaluate -- [--events N] [--seeds N] [--seed TEXT] [--disguised-seeds N] [--keep DIR] [--without-detectors]
  --events             events of the first arm (default ${EVENTS}; 12000000 is the full run: 10 million calls and flows), spread over its seeds
  --seeds              archives of the first arm (default ${LEAST_SEEDS}, more from ${LEAST_SEEDS} million events on: at most a million each)
  --seed               instead of the commit: seeds are sha256(TEXT/0), sha256(TEXT/1), ...
  --disguised-seeds    archives of the second arm, attacks sent as ${DISGUISE} (default ${DISGUISED_SEEDS})
  --keep               write the archives below DIR and leave them there
  --without-detectors  switch every detector off: the run must fail
`;

interface Arm {
  readonly name: string;
  readonly scores: Map<string, RuleScore>;
  readonly missed: { readonly seed: string; readonly attack: Attack }[];
  readonly falseFindings: string[];
  readonly classes: ReadonlyMap<TrafficClass, ClassScore>;
  readonly named: NameCounts;
  readonly namedBlindly: NameCounts;
  readonly wrongNames: string[];
  events: number;
  /** Of the archives' truth: each counted once. */
  callsAndFlows: number;
}

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: {
      events: { type: 'string' },
      seeds: { type: 'string' },
      seed: { type: 'string' },
      'disguised-seeds': { type: 'string' },
      keep: { type: 'string' },
      'without-detectors': { type: 'boolean' },
      help: { type: 'boolean' },
    },
  });
  if (values.help === true) {
    process.stdout.write(USAGE);
    return 0;
  }
  const events = wholeNumber(values.events, EVENTS);
  const seeds = wholeNumber(
    values.seeds,
    Math.max(LEAST_SEEDS, Math.ceil(events / MOST_EVENTS_OF_AN_ARCHIVE)),
  );
  const disguisedSeeds = wholeNumber(values['disguised-seeds'], Math.min(DISGUISED_SEEDS, seeds));
  if (Number.isNaN(seeds + disguisedSeeds + events) || seeds < 1) {
    process.stderr.write(USAGE);
    return 2;
  }
  const origin = values.seed ?? commitHash();
  const perArchive = Math.ceil(events / seeds);
  const startedMs = Date.now();
  process.stdout.write(`seeds from ${origin}\n`);

  const plain = newArm('attacks as they come');
  const disguised = newArm(`attacks sent as ${DISGUISE}`);
  const jobs: Job[] = [];
  for (let i = 0; i < seeds; i++) jobs.push({ arm: plain, seedText: `${origin}/${i}` });
  for (let i = 0; i < disguisedSeeds; i++)
    jobs.push({ arm: disguised, seedText: `${origin}/${i}`, attackUserAgent: DISGUISE });
  await judgeAll(jobs, perArchive, values);

  const arms = disguisedSeeds > 0 ? [plain, disguised] : [plain];
  for (const arm of arms) printArm(arm);
  const missed = arms.reduce((sum, arm) => sum + arm.missed.length, 0);
  const wrong = arms.reduce((sum, arm) => sum + arm.falseFindings.length, 0);
  // The second arm has the first one's background: its events are no further evidence of a rate.
  const { lower, upper } = poissonBounds(plain.falseFindings.length);
  const seconds = Math.round((Date.now() - startedMs) / 1000);
  const badNames = arms.some(namesFail);
  const passed = missed + wrong === 0 && !badNames;
  process.stdout.write(
    `\n${plain.events.toLocaleString('en')} events (${plain.callsAndFlows.toLocaleString('en')} calls and flows), ${missed} attacks missed, ${wrong} false findings of MEDIUM or higher ` +
      `(first arm: ${perMillion(plain.falseFindings.length, plain.events)} per million, 95 % between ${perMillion(lower, plain.events)} and ${perMillion(upper, plain.events)}), ${seconds} s, ` +
      `most memory ${Math.round(process.resourceUsage().maxRSS / 1024)} MB\n${badNames ? 'callers of plain flows are named too seldom or wrongly\n' : ''}` +
      `${passed ? 'passed' : 'FAILED'}\n`,
  );
  return passed ? 0 : 1;
}

interface Flags {
  readonly keep?: string | undefined;
  readonly 'without-detectors'?: boolean | undefined;
}

interface Job {
  readonly arm: Arm;
  readonly seedText: string;
  readonly attackUserAgent?: string;
}

interface WrittenArchive {
  readonly outDir: string;
  readonly seed: string;
  readonly simulated: Promise<SimulatedAside>;
}

/** One archive is written while the one before is replayed: two lie on the disk at most. */
async function judgeAll(jobs: readonly Job[], records: number, flags: Flags): Promise<void> {
  let next: WrittenArchive | null = null;
  try {
    for (const [i, job] of jobs.entries()) {
      const archive: WrittenArchive = next ?? (await startArchive(job, records, flags));
      next = null;
      try {
        const simulated = await archive.simulated;
        const after = jobs[i + 1];
        if (after !== undefined) next = await startArchive(after, records, flags);
        await judgeSeed(job.arm, archive, simulated, flags);
      } finally {
        await removeArchive(archive, flags);
      }
    }
  } finally {
    // Only after a failure: the thread must have ended before its folder can go.
    if (next !== null) {
      await next.simulated.catch(() => {});
      await removeArchive(next, flags);
    }
  }
}

async function removeArchive({ outDir }: WrittenArchive, flags: Flags): Promise<void> {
  if (flags.keep === undefined) await rm(outDir, { recursive: true, force: true });
}

async function startArchive(
  { seedText, attackUserAgent }: Job,
  records: number,
  flags: Flags,
): Promise<WrittenArchive> {
  const seed = createHash('sha256').update(seedText).digest('hex').slice(0, 16);
  const outDir =
    flags.keep === undefined
      ? await mkdtemp(join(tmpdir(), 'wiretrail-evaluate-'))
      : join(flags.keep, attackUserAgent === undefined ? seed : `${seed}-disguised`);
  const simulated = simulateAside({
    outDir,
    seed,
    records,
    days: DAYS,
    ...(attackUserAgent === undefined ? {} : { attackUserAgent }),
  });
  // Awaited when its turn comes; until then a failure waits, too.
  simulated.catch(() => {});
  return { outDir, seed, simulated };
}

function simulateAside(options: SimulateOptions): Promise<SimulatedAside> {
  return new Promise((resolve, reject) => {
    const worker = new Worker(new URL('./simulate-worker.ts', import.meta.url), { workerData: options });
    worker.once('message', resolve);
    worker.once('error', reject);
    worker.once('exit', (code) => reject(new Error(`the simulating thread ended with ${code}`)));
  });
}

async function judgeSeed(
  arm: Arm,
  { outDir, seed }: WrittenArchive,
  { truth, seconds }: SimulatedAside,
  flags: Flags,
): Promise<void> {
  const replayedMs = Date.now();
  const { score, names, summary } = await judgeArchive(outDir, truth, {
    withoutDetectors: flags['without-detectors'] === true,
  });
  arm.events += summary.records.judged;
  arm.callsAndFlows += truth.counts.calls + truth.counts.flows;
  addScores(arm.scores, score);
  addClassScores(arm.classes, score, names);
  addNames(arm.named, names.withDataEvents);
  addNames(arm.namedBlindly, names.withoutDataEvents);
  for (const { attack, named } of names.wrongOnes)
    arm.wrongNames.push(`seed ${seed}: ${attack.id} was ${attack.caller?.name}, named was ${named}`);
  for (const attack of score.missed) arm.missed.push({ seed, attack });
  for (const finding of score.falseFindings) {
    arm.falseFindings.push(
      `seed ${seed}: ${finding.rule.id} ${finding.severity} ${finding.title} [${finding.evidence
        .map(({ locator, eventId }) => `${locator} ${eventId}`)
        .slice(0, 3)
        .join(', ')}]`,
    );
  }
  const identities = Object.entries(summary.identities).filter(([, holds]) => !holds);
  for (const [name] of identities)
    arm.falseFindings.push(`seed ${seed}: the accounting identity of ${name} does not hold`);
  process.stdout.write(
    `seed ${seed}: ${summary.records.judged.toLocaleString('en')} events, ${score.found.length} of ${truth.attacks.length} attacks found, ` +
      `${score.falseFindings.length} false; simulated in ${seconds.toFixed(1)} s, replayed in ${((Date.now() - replayedMs) / 1000).toFixed(1)} s\n`,
  );
}

function newArm(name: string): Arm {
  return {
    name,
    scores: new Map(),
    missed: [],
    falseFindings: [],
    classes: noClassScores(),
    named: noNames(),
    namedBlindly: noNames(),
    wrongNames: [],
    events: 0,
    callsAndFlows: 0,
  };
}

function printArm(arm: Arm): void {
  const out = [
    '',
    `${arm.name}: ${arm.events.toLocaleString('en')} events`,
    'rule     planted   found   recall   false   per million (95 % bounds)',
  ];
  for (const [rule, { planted, found, falseFindings }] of [...arm.scores].sort(([a], [b]) =>
    a < b ? -1 : 1,
  )) {
    const { lower, upper } = poissonBounds(falseFindings);
    out.push(
      `${rule.padEnd(8)} ${String(planted).padStart(7)} ${String(found).padStart(7)}   ${planted === 0 ? '    -' : (found / planted).toFixed(3)} ` +
        `${String(falseFindings).padStart(8)}   ${perMillion(falseFindings, arm.events)} (${perMillion(lower, arm.events)} to ${perMillion(upper, arm.events)})`,
    );
  }
  out.push('', ...classTable(arm.classes), ...nameLines(arm));
  for (const { seed, attack } of arm.missed.slice(0, 60)) {
    out.push(
      `missed: seed ${seed}: ${attack.id}: ${attack.description}; ${[...attack.eventIds, ...attack.locators].slice(0, 3).join(', ')}`,
    );
  }
  for (const line of arm.falseFindings.slice(0, 60)) out.push(`false: ${line}`);
  process.stdout.write(`${out.join('\n')}\n`);
}

/** Callers of plain flows: where CloudTrail has their calls, and where it cannot have them. */
function nameLines({ named, namedBlindly, wrongNames }: Arm): string[] {
  const { rightShare, namedShare, wrongShare, asked } = nameShares(named);
  const blind = namedBlindly.right + namedBlindly.wrong;
  return [
    '',
    `callers of plain flows, data events on: ${asked} asked for, ${named.right} named rightly, ${named.wrong} wrongly, ${named.notNamed} not; ` +
      `${percent(namedShare)} named (at least ${percent(LEAST_NAMED)}), ${percent(rightShare)} of them rightly (at least ${percent(LEAST_RIGHT)}), ` +
      `${percent(wrongShare)} of all wrongly (at most ${percent(MOST_WRONG)})`,
    `callers of plain flows, data events off: ${blind + namedBlindly.notNamed} asked for, ${blind} named (${namedBlindly.wrong} wrongly)`,
    ...wrongNames.slice(0, 20).map((line) => `wrong name: ${line}`),
  ];
}

function nameShares({ right, wrong, notNamed }: NameCounts) {
  const asked = right + wrong + notNamed;
  return {
    asked,
    namedShare: asked === 0 ? 0 : (right + wrong) / asked,
    rightShare: right + wrong === 0 ? 1 : right / (right + wrong),
    wrongShare: asked === 0 ? 0 : wrong / asked,
  };
}

/** What a name is worth: below these the run fails. Small runs ask for too few callers to judge a share by. */
function namesFail({ named, namedBlindly }: Arm): boolean {
  const { asked, namedShare, rightShare, wrongShare } = nameShares(named);
  if (asked < LEAST_ASKED) return false;
  const guessed = namedBlindly.wrong > 0;
  return namedShare < LEAST_NAMED || rightShare < LEAST_RIGHT || wrongShare > MOST_WRONG || guessed;
}

function percent(share: number): string {
  return `${(share * 100).toFixed(1)} %`;
}

function perMillion(count: number, events: number): string {
  return events === 0 ? '-' : ((count * 1e6) / events).toFixed(2);
}

function wholeNumber(text: string | undefined, fallback: number): number {
  if (text === undefined) return fallback;
  return /^\d+$/.test(text) ? Number(text) : Number.NaN;
}

/** Nobody can tune to seeds that the commit itself decides. */
function commitHash(): string {
  return execFileSync('git', ['rev-parse', 'HEAD'], { encoding: 'utf8' }).trim();
}

process.exitCode = await main();
