// Writes an archive as AWS delivers it, and truth.json beside it. One seed, one archive, to the byte.

import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { WiretrailError } from '../lib/errors.ts';
import { writeAccessLogs } from './access-logs.ts';
import { REGION_PREFIXES } from './address-facts.ts';
import { createArchiveWriter } from './archive-writer.ts';
import type { AttackContext } from './attacks/context.ts';
import { SCENARIO_NAMES, SCENARIOS } from './attacks/index.ts';
import { OWN_RESOURCES } from './attacks/policy.ts';
import { createPlaces } from './cast.ts';
import { DAY_MS } from './clock.ts';
import { writeCalls } from './cloudtrail-archive.ts';
import { writeFlows } from './flow-traffic.ts';
import { writeLogs } from './log-archive.ts';
import { createLogPlan } from './log-plan.ts';
import { createPlantBook } from './plants.ts';
import { createRandom } from './prng.ts';
import { type ArchiveCounts, KINDS, type Kind, type Truth } from './truth.ts';

/** Below the folder of the archive; a replay of it passes over this file: it is no log. */
export const TRUTH_FILE = 'truth.json';

export interface SimulateOptions {
  /** Created when missing; files of another run stay where they are. */
  readonly outDir: string;
  /** Any text or number; same seed and options, same bytes. */
  readonly seed: string | number;
  readonly days?: number;
  readonly principals?: number;
  /** About as many records in all: calls, flow lines and log messages. */
  readonly records?: number;
  /** Rule ids or families whose attacks are planted (`TLS-06`, `SEC`); all when left out, none for an empty list. */
  readonly scenarios?: readonly string[];
  /** ISO date of the first record. */
  readonly start?: string;
  readonly accounts?: number;
  readonly regions?: readonly string[];
  /** Every planted API call is sent with this user agent: nothing may depend on what a client says of itself. */
  readonly attackUserAgent?: string;
  readonly onlyKinds?: readonly Kind[];
}

export interface SimulateResult {
  readonly outDir: string;
  readonly truthFile: string;
  readonly truth: Truth;
}

const SIMULATE_DEFAULTS = {
  days: 3,
  principals: 60,
  records: 200_000,
  start: '2026-10-05T00:00:00Z',
  accounts: 3,
  regions: ['us-east-1', 'eu-west-1'],
} as const;

/** Share of the records that each kind gets when all are written. */
const KIND_SHARES: Readonly<Record<Kind, number>> = { cloudtrail: 0.55, flow: 0.3, logs: 0.15 };

/** Lines of access logs for each message of an application; they come on top. */
const ACCESS_LOG_SHARE = 0.08;

/** CloudTrail records from which on there is an account with three principals, one of which speaks plain HTTP most of the time. */
const QUIET_ACCOUNT_FROM = 50_000;
/** And from which on there are accounts whose records say less than those of others. */
const POORLY_LOGGED_ACCOUNTS_FROM = 8_000;

/** Throws WiretrailError(`E_SIMULATE_OPTION`) for an option out of range, and what the file system throws. */
export async function simulate(options: SimulateOptions): Promise<SimulateResult> {
  const resolved = resolve(options);
  const { seed, startMs, days, kinds } = resolved;
  await mkdir(options.outDir, { recursive: true });
  const writer = createArchiveWriter(options.outDir);
  const counts = emptyCounts();
  const weight = kinds.reduce((sum, kind) => sum + KIND_SHARES[kind], 0);
  const recordsOf = (kind: Kind) =>
    kinds.includes(kind) ? Math.round((resolved.records * KIND_SHARES[kind]) / weight) : 0;
  const places = createPlaces({
    seed,
    startMs,
    accounts: resolved.accounts,
    regions: resolved.regions,
    principals: resolved.principals,
    days,
    quietAccount: recordsOf('cloudtrail') >= QUIET_ACCOUNT_FROM,
    poorlyLoggedAccounts: recordsOf('cloudtrail') >= POORLY_LOGGED_ACCOUNTS_FROM,
  });
  const plants = createPlantBook();

  const logPlan = createLogPlan(seed, startMs, days);
  const context: Omit<AttackContext, 'random'> = {
    places: places.filter((place) => place.logging.kind === 'complete'),
    poorlyLogged: places.filter((place) => place.logging.kind !== 'complete'),
    startMs,
    days,
    plants,
    logPlan,
    attackUserAgent: options.attackUserAgent ?? null,
    callsOf: (account) =>
      recordsOf('cloudtrail') *
      places.reduce((sum, place) => sum + (place.account === account ? place.share : 0), 0),
  };
  const scenarios = new Map<string, number>();
  for (const { rule, kind, plant } of SCENARIOS) {
    const earlier = scenarios.get(rule) ?? 0;
    scenarios.set(rule, earlier + 1);
    const wanted = resolved.scenarios.some((name) => [rule, rule.slice(0, 3), 'all'].includes(name));
    if (wanted && kinds.includes(kind))
      plant({
        ...context,
        random: createRandom(`${seed}/attacks/${rule}${earlier === 0 ? '' : `/${earlier}`}`),
      });
  }
  const common = { seed, startMs, days, places, plants, writer, counts };
  if (kinds.includes('cloudtrail')) await writeCalls({ ...common, records: recordsOf('cloudtrail') });
  if (kinds.includes('flow')) await writeFlows({ ...common, records: recordsOf('flow') });
  if (kinds.includes('logs')) {
    await writeLogs({ ...common, plan: logPlan, records: recordsOf('logs') });
    const records = Math.round(recordsOf('logs') * ACCESS_LOG_SHARE);
    await writeAccessLogs({ ...common, places: context.places, records });
  }

  const written = await writer.close();
  counts.objects = written.objects;
  counts.storedBytes = written.storedBytes;
  const truth: Truth = {
    schemaVersion: '1.0',
    seed,
    options: {
      start: resolved.start,
      days,
      principals: resolved.principals,
      records: resolved.records,
      accounts: resolved.accounts,
      regions: resolved.regions,
      scenarios: resolved.scenarios,
      onlyKinds: kinds,
      attackUserAgent: options.attackUserAgent ?? null,
    },
    ownResources: OWN_RESOURCES,
    dynamodbEndpoints: places.map(({ region, interfaceEndpoint: { id, addresses } }) => ({
      vpcEndpoint: id,
      region,
      addresses,
    })),
    accounts: [
      ...new Map(
        places.map(({ account, logging }) => [account, { account, logging: logging.kind }]),
      ).values(),
    ],
    counts,
    attacks: plants.attacks(),
    benign: plants.benigns(),
  };
  const truthFile = join(options.outDir, TRUTH_FILE);
  await writeFile(truthFile, `${JSON.stringify(truth, null, 1)}\n`);
  return { outDir: options.outDir, truthFile, truth };
}

function resolve(options: SimulateOptions) {
  const start = options.start ?? SIMULATE_DEFAULTS.start;
  const startMs = Date.parse(start);
  const regions = options.regions ?? SIMULATE_DEFAULTS.regions;
  const unknown = regions.find((region) => REGION_PREFIXES[region] === undefined);
  if (Number.isNaN(startMs))
    fail('start', `${start} is no ISO date`, 'Give a date such as 2026-10-05T00:00:00Z.');
  if (regions.length === 0 || unknown !== undefined) {
    fail(
      'regions',
      `${unknown ?? 'none'} cannot be simulated`,
      `Choose from ${Object.keys(REGION_PREFIXES).join(', ')}.`,
    );
  }
  const numbers = {
    days: options.days ?? SIMULATE_DEFAULTS.days,
    principals: options.principals ?? SIMULATE_DEFAULTS.principals,
    records: options.records ?? SIMULATE_DEFAULTS.records,
    accounts: options.accounts ?? SIMULATE_DEFAULTS.accounts,
  };
  for (const [name, value] of Object.entries(numbers)) {
    if (!Number.isInteger(value) || value < 1)
      fail(name, `${value} is not a whole number above 0`, 'Give a whole number of 1 or more.');
  }
  const scenarios = options.scenarios ?? ['all'];
  const stranger = scenarios.find((name) => name !== 'all' && !SCENARIO_NAMES.includes(name));
  if (stranger !== undefined)
    fail('scenarios', `${stranger} is not known`, `Choose from all, ${SCENARIO_NAMES.join(', ')}.`);
  const kinds = KINDS.filter((kind) => (options.onlyKinds ?? KINDS).includes(kind));
  return {
    ...numbers,
    seed: String(options.seed),
    start,
    startMs: Math.floor(startMs / DAY_MS) * DAY_MS,
    regions,
    kinds,
    scenarios,
  };
}

function fail(option: string, what: string, hint: string): never {
  throw new WiretrailError('E_SIMULATE_OPTION', option, what, hint);
}

function emptyCounts(): ArchiveCounts {
  return {
    objects: 0,
    calls: 0,
    duplicateCalls: 0,
    lateCalls: 0,
    insightEvents: 0,
    networkActivityEvents: 0,
    digests: 0,
    flows: 0,
    emptyFlows: 0,
    messages: 0,
    accessLines: 0,
    storedBytes: 0,
  };
}
