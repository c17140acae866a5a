// TLS-04: a client that always had good TLS, and has less of it today.

import { remediateDowngrade } from '../../findings/remediate-downgrade.ts';
import { keyOwner } from '../../findings/remediation.ts';
import {
  DAY_MS,
  type Detector,
  type DetectorMeta,
  type Draft,
  type JudgeContext,
  splitKey,
} from '../detector.ts';
import { compareEvidence } from '../hits.ts';
import { CALL_CLASS, verdictOf } from './call-verdict.ts';
import { calibrate, tlsOfPrincipals } from './tls-calibration.ts';
import { DAYS_AFTER } from './tls-counts.ts';
import { tlsByService } from './tls-details-lost.ts';
import {
  type ClientsOfDay,
  HISTORY_DAYS,
  MAX_NETWORKS,
  RANK,
  type RankDay,
  type Ranked,
  rankedSender,
  rankKey,
  tlsRanks,
} from './tls-ranks.ts';
import { isTarget } from './tls-services.ts';

const MIN_CALLS = 50;
const MIN_SHARE = 0.98;
const MIN_EVENTS = 3;
/** Days back at which it is looked whether more need be read: nearly always the first says all. */
const STAGES: readonly number[] = [1, 3, 7, 15, HISTORY_DAYS];
/** A client that is on the lower rank now and then: not one that was brought down. */
const DAYS_OF_FLAPPING = 3;
/** A client that comes from a new network so often moves about: one more says nothing. */
const DAYS_OF_MOVING = 3;
const CONFIDENCE = 0.6;
const BONUS = 0.1;

const NAME_OF_RANK = [
  'no TLS on record',
  'TLS 1.1 or older, or a broken cipher',
  'TLS 1.2 without forward secrecy',
  'TLS 1.2',
  'TLS 1.3',
] as const;

const meta: DetectorMeta = {
  id: 'TLS-04',
  name: 'downgraded-client',
  family: 'TLS',
  version: 1,
  title: 'TLS downgrade of a known client',
  what: 'A principal whose client (family of the user agent, host called) had better TLS in at least 98 % of its DynamoDB and DAX calls of the 30 days before, and has less today: TLS 1.2 after 1.3, no forward secrecy, TLS 1.1, or none on record. It must come from a network that is new to it (where its networks do not change all the time), or in at least three calls. A client whose name is new, or says nothing, is held against all that the principal called before.',
  why: 'Programs do not lose TLS by themselves. Somebody on the way who pushes it down, a proxy that ends TLS, or somebody else’s program with this client’s credentials and name: all three look like this.',
  severities: ['HIGH', 'MEDIUM'],
  falsePositives: [
    'A second deployment of the same role with an older runtime or base image, a rollback, a new machine of a person: told once for each network, and no more once it was seen on three days.',
    'A proxy or firewall of your own that inspects TLS, on its first day.',
  ],
  blindSpots: [
    'Ranks are coarse: AES-128, AES-256 and ChaCha20 are equal, and so are CBC and GCM of one version. TLS-03 looks at ciphers.',
    'Fewer than 50 calls of the principal in the region and 30 days before.',
    'A new client under a name of its own, from a known network.',
    'Endpoints of another name (FIPS, interface, account) are clients of their own: what they agree on is another server’s choice.',
    `One or two calls of a client that came from new networks on ${DAYS_OF_MOVING} days of its history (autoscaling with public addresses, a person who travels), and a new client of it.`,
    'More than 8 clients of one principal in a day and region: those whose names come first are looked at.',
    'A client that had no better TLS before.',
  ],
  investigate: [
    'Was something deployed that day, or rolled back? Runtime, base image, Java security settings.',
    'Is the source address one of yours? A new network and lower TLS under a known name: treat the credentials as taken.',
    'Does the way to AWS let TLS 1.3 through (first step below)? If not, who put the proxy there?',
  ],
  thresholds: [
    {
      name: 'history',
      value: MIN_CALLS,
      unit: `calls of the client in the ${HISTORY_DAYS} days before`,
      reason: 'fewer are no habit',
      source:
        'chosen: of a client that has lower TLS in 6 % of its calls, 50 calls show it in 19 of 20 cases',
    },
    {
      name: 'share above',
      value: MIN_SHARE,
      unit: 'share of those calls',
      reason: 'a client that has both is not brought down',
      source: 'chosen; a client of mixed TLS is below it',
    },
    {
      name: 'events',
      value: MIN_EVENTS,
      unit: 'calls, where the network is known or they change all the time',
      reason: 'one odd connection may be a load balancer’s or an endpoint’s',
      source: 'chosen',
    },
    {
      name: 'flapping',
      value: DAYS_OF_FLAPPING,
      unit: 'days of the history with calls of this rank',
      reason: 'what comes again and again is how this client is',
      source: 'chosen',
    },
    {
      name: 'moving about',
      value: DAYS_OF_MOVING,
      unit: 'days of the history with a network that was new then, the first day left out',
      reason: 'where networks change, a new one tells nothing: calls are counted as from a known one',
      source: 'chosen, not measured',
    },
  ],
  identity: {
    entity: 'principal',
    evidenceKey: 'family of the user agent and host',
    windowMs: DAY_MS,
  },
  compliance: {
    cwe: ['CWE-757'],
    owasp: ['API8:2023'],
    pci: ['4.2.1'],
    nist: ['SC-8', 'SC-8(1)'],
    gdpr: ['32(1)(a)'],
  },
};

const fold: typeof tlsRanks = {
  ...tlsRanks,
  judgeDelayMs: (DAYS_AFTER + 1) * DAY_MS,
  reads: [tlsByService.name, tlsOfPrincipals.name],
  judge,
};

/** Written over for the next call: a fold takes what it needs at once. */
const seen: { -readonly [K in keyof Ranked]: Ranked[K] | null } = { rank: null, client: null, call: null };

export const downgradedClient: Detector = {
  meta,
  needs: { calls: ['dynamodb', 'dax'] },
  sights: {
    needs: [['management-events', 'dynamodb-data-events'], ['tls-details']],
    parts: ['stream-data-events'],
  },
  folds: [fold],
  mayConcern: (sender) => rankedSender(sender).rank !== null,
  observeCall(call, out) {
    const sender = rankedSender(call);
    if (sender.rank === null || !isTarget(call.service) || call.principal === '') return;
    if (sender.region !== call.region) {
      sender.region = call.region;
      sender.key = rankKey(call, call.region);
    }
    seen.rank = sender.rank;
    seen.client = sender.client;
    seen.call = call;
    out.add(fold, sender.key, call, seen as Ranked);
    seen.call = null;
  },
};

interface History {
  calls: number;
  better: number;
  lowDays: number;
  /** By network, the earliest day on which it was seen. */
  readonly networks: Map<string, number>;
  /** The earliest day of all. */
  since: number;
  /** More networks than were kept: which are new is not known. */
  manyNetworks: boolean;
  readonly lowNetworks: Set<string>;
}

interface Downgrade {
  readonly share: number;
  readonly calls: number;
  readonly isNewNetwork: boolean;
  /** The client has a history of its own. */
  readonly isKnown: boolean;
}

function judge(key: string, day: number, clients: ClientsOfDay, context: JudgeContext): Draft[] {
  const drafts: Draft[] = [];
  for (const [client, ranks] of [...clients].sort(([a], [b]) => (a < b ? -1 : 1))) {
    // From the smallest step down to the largest: the first that is one tells of all below it too.
    for (let rank = RANK.tls12; rank >= RANK.none; rank--) {
      if ((ranks[rank] ?? null) === null) continue;
      const low = lowOf(key, day, ranks, rank, context);
      const found = low.length === 0 ? null : downgradeTo(key, day, client, rank, low, context);
      if (found === null) continue;
      drafts.push(draftOf(key, client, rank, low, found));
      break;
    }
  }
  return drafts;
}

type Low = RankDay & { readonly rank: number };

/** Calls of the day at `rank` or below; those without TLS details only where that is suspicious. */
function lowOf(
  key: string,
  day: number,
  ranks: readonly (RankDay | null)[],
  rank: number,
  context: JudgeContext,
): Low[] {
  const [account = '', , principal = ''] = splitKey(key);
  const low: Low[] = [];
  for (let at = 0; at <= rank; at++) {
    const calls = ranks[at] ?? null;
    if (calls === null) continue;
    if (at === RANK.none) {
      const { service, category } = calls.first;
      const { verdict } = calibrate(account, service, category, principal, day, context);
      if (verdictOf(CALL_CLASS.hostOnly, verdict).verdict !== 'absent-suspicious') continue;
    }
    low.push({ ...calls, rank: at });
  }
  return low;
}

/** Null: as it always was, or not known well enough. */
function downgradeTo(
  key: string,
  day: number,
  client: string,
  rank: number,
  low: readonly Low[],
  context: JudgeContext,
): Downgrade | null {
  const [family = '', host = ''] = splitKey(client);
  const own = newHistory();
  const all = newHistory();
  let otherHosts = 0;
  for (let d = day - 1; d >= day - HISTORY_DAYS; d--) {
    let isOwnLow = false;
    let isLow = false;
    for (const [other, ranks] of context.read(fold, key, d) ?? []) {
      const [otherFamily = '', otherHost = ''] = splitKey(other);
      // A call without TLS details names no host: it is held against all hosts.
      const isOwn = otherFamily === family && (host === '' || otherHost === host);
      for (const [at, calls] of ranks.entries()) {
        if (calls === null) continue;
        isLow ||= at <= rank;
        addHistory(all, calls, d, at <= rank);
        if (!isOwn && otherFamily === family) otherHosts += calls.calls;
        if (!isOwn) continue;
        isOwnLow ||= at <= rank;
        addHistory(own, calls, d, at <= rank);
      }
    }
    if (isLow) all.lowDays++;
    if (isOwnLow) own.lowDays++;
    if (isUsual(own, low)) return null;
    // What is read must be fetched first, live: not a month for each client that is as ever.
    if (STAGES.includes(day - d) && context.isWaiting?.() === true) return null;
  }
  const isKnown = own.calls >= MIN_CALLS;
  // A known client that calls another endpoint: what they agree on is another server's choice.
  if (!isKnown && otherHosts >= MIN_CALLS) return null;
  const history = isKnown ? own : all;
  if (history.calls < MIN_CALLS || isUsual(history, low)) return null;
  const share = history.better / history.calls;
  if (share < MIN_SHARE) return null;
  const isNewNetwork =
    !history.manyNetworks &&
    !movesAbout(history) &&
    low.some(({ networks }) => networks.some((network) => !history.networks.has(network)));
  const calls = low.reduce((sum, one) => sum + one.calls, 0);
  // A name that was not there before may be any tool of the same people, unless it is none.
  const isEnough = calls >= MIN_EVENTS && (isKnown || isNameless(family));
  return isNewNetwork || isEnough ? { share, calls: history.calls, isNewNetwork, isKnown } : null;
}

function newHistory(): History {
  return {
    calls: 0,
    better: 0,
    lowDays: 0,
    networks: new Map(),
    since: 0,
    manyNetworks: false,
    lowNetworks: new Set(),
  };
}

/** Days come latest first. */
function addHistory(history: History, { calls, networks }: RankDay, day: number, isLow: boolean): void {
  history.since = day;
  history.calls += calls;
  if (!isLow) history.better += calls;
  history.manyNetworks ||= networks.length >= MAX_NETWORKS;
  for (const network of networks) {
    history.networks.set(network, day);
    if (isLow) history.lowNetworks.add(network);
  }
}

/** Instances that get another public address every day, people who travel: days on which a network was new, but for the first of all. */
function movesAbout({ networks, since }: History): boolean {
  const days = new Set(networks.values());
  days.delete(since);
  return days.size >= DAYS_OF_MOVING;
}

/** It had so low a rank before: on several days, or from the very networks. */
function isUsual({ lowDays, lowNetworks }: History, low: readonly Low[]): boolean {
  if (lowDays >= DAYS_OF_FLAPPING) return true;
  return lowDays > 0 && low.every(({ networks }) => networks.every((network) => lowNetworks.has(network)));
}

/** Browsers do not call DynamoDB: the name is anybody's. */
function isNameless(family: string): boolean {
  return family === '' || family === 'other' || family === 'browser' || family.startsWith('browser+');
}

function draftOf(
  key: string,
  client: string,
  rank: number,
  low: readonly Low[],
  { share, calls: before, isNewNetwork, isKnown }: Downgrade,
): Draft {
  const [account = '', region = '', principal = ''] = splitKey(key);
  const [family = '', host = ''] = splitKey(client);
  const worst = low[0]!;
  const earliest = [...low].sort((a, b) => compareEvidence(a.first.evidence, b.first.evidence));
  const { first } = earliest[0]!;
  const calls = low.reduce((sum, one) => sum + one.calls, 0);
  const counted = calls === 1 ? '1 call' : `${calls} calls`;
  const service = first.service === 'dax' ? 'DAX' : 'DynamoDB';
  const now = NAME_OF_RANK[worst.rank]!;
  const isSure = share === 1;
  const bonuses = [isNewNetwork, calls >= MIN_EVENTS, isSure].filter(Boolean).length;
  const suites = [...new Set(low.map((one) => one.first.suite))].filter((suite) => suite !== '');
  return {
    account,
    region,
    entity: principal,
    evidenceKey: client,
    timeMs: first.timeMs,
    severity: worst.rank <= RANK.broken ? 'HIGH' : 'MEDIUM',
    confidence: Math.round((CONFIDENCE + BONUS * bonuses) * 100) / 100,
    grade: 'probable',
    title: `${service} called with less TLS than before: ${first.principalName || principal}, ${counted}, ${now}`,
    summary:
      `${principal} called ${service} in ${region} ${calls === 1 ? 'once' : `${calls} times`} with ${now}${suites.length === 0 ? '' : ` (${suites.join(', ')})`}, ` +
      `while ${(share * 100).toFixed(share === 1 ? 0 : 1)} % of ${before} calls ${isKnown ? `of its client ${family}` : 'of all its clients'} in the ${HISTORY_DAYS} days before had better than ${NAME_OF_RANK[rank]!}.`,
    firstMs: first.timeMs,
    lastMs: Math.max(...low.map((one) => one.lastMs)),
    count: calls,
    principal: {
      type: first.principalType,
      name: first.principalName,
      session: first.session,
      keyId: first.keyId,
    },
    actor: { ip: first.ip, class: first.networkClass, vpcEndpoint: first.vpcEndpoint, userAgent: family },
    target: { service: first.service, resource: '' },
    evidence: earliest.map((one) => one.first.evidence),
    why: [
      `${(share * 100).toFixed(1)} % of ${before} calls had better TLS: ${CONFIDENCE.toFixed(2)}`,
      ...(isSure ? ['it never had so little (+0.10)'] : []),
      ...(isNewNetwork ? ['from a network that it did not call from before (+0.10)'] : []),
      ...(calls >= MIN_EVENTS ? [`${counted} (+0.10)`] : []),
      ...(isKnown
        ? []
        : ['no client of this name called from here before: held against all of the principal’s']),
    ],
    remediation: remediateDowngrade({
      host,
      keyId: first.keyId,
      ...keyOwner(first.principalType, first.principalName),
    }),
  };
}
