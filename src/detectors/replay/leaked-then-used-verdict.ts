// What the uses of a key say once it has leaked.

import type { Evidence } from '../../findings/finding.ts';
import { keyOwner, remediateKey } from '../../findings/remediation.ts';
import type { EpochMs } from '../../records/record.ts';
import { DAY_MS, type Draft, type Fold, type JudgeContext, MINUTE_MS, splitKey } from '../detector.ts';
import { compareEvidence, MAX_EVIDENCE } from '../hits.ts';
import { keyNeighbours } from '../secrets/aws-key-pair.ts';
import { PAIR_LINES } from '../secrets/aws-key-text.ts';
import { hasNeighbour } from '../secrets/neighbours.ts';
import { compareUses, type Use, type Whereabouts } from './key-whereabouts.ts';
import {
  type KeyLife,
  LEAK_KINDS,
  LEAK_MEMORY_DAYS,
  type Leak,
  type LeakKind,
  type Leaks,
  PRESIGNED,
} from './leaked-keys.ts';

/** Who logs its key uses it in the same moment: nobody reads a log and calls within this. Chosen. */
export const WRITER_MS = MINUTE_MS;
/** Days in which the networks of a principal are its home. */
export const PRINCIPAL_DAYS = 7;
/** A principal in more networks outside AWS within a week roams: where its sessions begin says nothing. Chosen. */
export const ROAMING_NETWORKS = 8;
/** Networks beside its home from which a presigned URL is read before it is said. Chosen. */
export const READ_NETWORKS = 2;
/** Clocks, and the seconds that CloudTrail cuts off. */
const CLOCK_MS = 5 * MINUTE_MS;

export const CONFIDENCE: Readonly<Record<LeakKind, number>> = {
  'secret key': 0.95,
  'secret in the next record': 0.9,
  'session token': 0.85,
  'signed request': 0.75,
  'presigned URL': 0.75,
};
const DUAL_STACK = -0.2;
const NO_BASELINE = -0.15;
const ROAMING = -0.25;

const BESIDE: Readonly<Record<LeakKind, string>> = {
  'secret key': 'stood with its secret',
  'secret in the next record': 'stood in a record next to its secret',
  'session token': 'stood with a session token',
  'signed request': 'had signed a request that stood',
  'presigned URL': 'had signed a URL that stood',
};

interface Folds {
  readonly life: KeyLife;
  readonly uses: Fold<never, Whereabouts>;
  readonly principals: Fold<never, Whereabouts> | null;
}

/** A leak, and what was done with it from elsewhere. */
interface Story {
  readonly leak: Leak;
  readonly home: Home;
  readonly uses: readonly Use[];
}

interface Home {
  readonly uses: readonly Use[];
  /** No use of the key is known from before: its first network is taken for it, or those of its principal. */
  readonly assumed: boolean;
}

export function judgeKey(
  folds: Folds,
  keyId: string,
  window: number,
  summary: Whereabouts,
  context: JudgeContext,
): readonly Draft[] {
  const { life } = folds;
  const leaks = leaksOf(life, keyId, window, context);
  if (leaks.length === 0) return [];
  const earliest = Math.min(...leaks.map((leak) => leak.timeMs));
  const firstWindow = Math.floor(earliest / life.windowMs) - 1;
  const own = usesOf(folds.uses, keyId, firstWindow, window, context);
  const candidates = own.filter((use) => use.public && Math.floor(use.timeMs / life.windowMs) === window);
  const roams = summary.truncated;
  const byLeak = new Map<Leak, { home: Home; uses: Use[] }>();
  for (const use of candidates) {
    for (const leak of leaks) {
      if (!opens(leak, use)) continue;
      const home = byLeak.get(leak)?.home ?? homeAt(leak.timeMs, own, folds, context);
      if (isAtHome(use, home)) continue;
      const known = byLeak.get(leak);
      if (known === undefined) byLeak.set(leak, { home, uses: [use] });
      else known.uses.push(use);
      break;
    }
  }
  const stories = [...byLeak].map(([leak, { home, uses }]) => ({ leak, home, uses }));
  const first = stories.sort((a, b) => compareLeaks(a.leak, b.leak))[0];
  return first === undefined ? [] : [keyDraft(keyId, window * life.windowMs, first, stories, roams)];
}

/** Leaks of the key that may open something in this window, the worst kind first and of a kind the earliest. */
function leaksOf(
  { leaks, windowsBack }: KeyLife,
  key: string,
  window: number,
  context: JudgeContext,
): Leak[] {
  const found: Leak[] = [];
  for (let back = windowsBack; back >= 0; back--) {
    const known = context.read<Leaks>(leaks, key, window - back);
    if (known !== null) found.push(...Object.values(known).filter((leak) => isLeak(leak, context)));
  }
  return found.sort(compareLeaks);
}

function isLeak({ beside }: Leak, context: JudgeContext): boolean {
  return beside === undefined || hasNeighbour(keyNeighbours, beside, 'secret', PAIR_LINES, context);
}

function compareLeaks(a: Leak, b: Leak): number {
  return LEAK_KINDS.indexOf(a.kind) - LEAK_KINDS.indexOf(b.kind) || compareEvidence(a.evidence, b.evidence);
}

/** The earliest use of each network and client over these windows, in order of time. */
function usesOf(
  fold: Fold<never, Whereabouts>,
  key: string,
  first: number,
  last: number,
  context: JudgeContext,
): Use[] {
  const earliest = new Map<string, Use>();
  for (let window = first; window <= last; window++) {
    for (const use of context.read(fold, key, window)?.uses ?? []) {
      const name = `${use.network} ${use.client}`;
      const known = earliest.get(name);
      if (known === undefined || compareUses(use, known) < 0) earliest.set(name, use);
    }
  }
  return [...earliest.values()].sort(compareUses);
}

function opens(leak: Leak, use: Use): boolean {
  if (use.timeMs <= leak.timeMs) return false;
  if (leak.service !== '' && leak.service !== use.service) return false;
  if (leak.region !== '' && leak.region !== use.region) return false;
  const untilMs = leak.untilMs ?? leak.timeMs + LEAK_MEMORY_DAYS * DAY_MS;
  return use.timeMs <= untilMs + CLOCK_MS;
}

/** Where the key was at home when it leaked. */
function homeAt(leakedMs: EpochMs, own: readonly Use[], { principals }: Folds, context: JudgeContext): Home {
  const before = own.filter((use) => use.timeMs <= leakedMs);
  const day = Math.floor(leakedMs / DAY_MS);
  const settled = [...new Set(own.map((use) => use.principal))]
    .flatMap((principal) =>
      principals === null ? [] : usesOf(principals, principal, day - PRINCIPAL_DAYS, day, context),
    )
    .filter((use) => use.timeMs <= leakedMs);
  const home = [...before, ...settled];
  const first = own[0];
  if (before.length > 0 || first === undefined) return { uses: home, assumed: false };
  const networks = new Set(
    settled.filter((use) => use.public && use.awsRegion === '').map((use) => use.network),
  );
  const isOwn =
    settled.length === 0 || networks.size > ROAMING_NETWORKS || first.timeMs <= leakedMs + WRITER_MS;
  return { uses: isOwn ? [...home, first] : home, assumed: true };
}

/** In a network where it was, or elsewhere in AWS's region with the same kind of client: Lambda and NAT change their addresses. */
function isAtHome(use: Use, home: Home): boolean {
  return home.uses.some(
    (known) =>
      known.network === use.network ||
      (use.awsRegion !== '' && known.awsRegion === use.awsRegion && known.client === use.client),
  );
}

function keyDraft(
  keyId: string,
  timeMs: EpochMs,
  story: Story,
  stories: readonly Story[],
  roams: boolean,
): Draft {
  const { leak, home } = story;
  const uses = stories.flatMap((one) => one.uses).sort(compareUses);
  const use = [...story.uses].sort(compareUses)[0]!;
  const networks = [...new Set(uses.map((one) => one.network))];
  const homes = [...new Set(home.uses.map((one) => one.network))].sort();
  let confidence = CONFIDENCE[leak.kind];
  const why = [
    `${BESIDE[leak.kind]} in ${leak.place} at ${iso(leak.timeMs)} (${confidence.toFixed(2)})`,
    `${use.network} was none of its networks before: ${homes.slice(0, 4).join(', ') || 'none is known'}${homes.length > 4 ? ` and ${homes.length - 4} more` : ''}`,
  ];
  const add = (value: number, reason: string): void => {
    confidence += value;
    why.push(`${reason} (${value.toFixed(2)})`);
  };
  if (home.assumed)
    add(
      NO_BASELINE,
      'no use of the key before the leak is known: home is where it, or its principal, was first',
    );
  if (roams) add(ROAMING, 'the key is in more networks than are kept');
  if (home.uses.length > 0 && home.uses.every((one) => one.ip.includes(':') !== use.ip.includes(':')))
    add(DUAL_STACK, 'one address is IPv4, the other IPv6');
  if (leak.kind === 'signed request')
    why.push(
      `the request was good until ${iso(leak.untilMs!)} for ${leak.service} in ${leak.region || 'every region'}: what came is such a call`,
    );
  if (use.errorCode !== '')
    why.push(`the call was denied (${use.errorCode}): who is denied has signed with the key`);
  return {
    account: use.account,
    region: '',
    entity: keyId,
    evidenceKey: 'leaked key',
    timeMs,
    severity: leak.kind === 'signed request' ? 'HIGH' : 'CRITICAL',
    confidence: Math.round(confidence * 100) / 100,
    grade: confidence >= 0.9 ? 'certain' : 'probable',
    title: `Leaked, then used from ${use.network} ${after(use.timeMs - leak.timeMs)} later: ${keyId}`,
    summary:
      `${keyId}${use.principalName === '' ? '' : ` of ${use.principalName}`} ${BESIDE[leak.kind]} in ${leak.place} at ${iso(leak.timeMs)}. ` +
      `${after(use.timeMs - leak.timeMs)} later ${use.service}:${use.action} came from ${use.ip}, where it had not been before` +
      `${networks.length === 1 ? '' : `, and others from ${networks.length - 1} more such ${networks.length === 2 ? 'network' : 'networks'}`}.`,
    firstMs: leak.timeMs,
    lastMs: uses.at(-1)!.timeMs,
    count: uses.length,
    truncated: roams,
    principal: { type: use.principalType, name: use.principalName, session: use.session, keyId },
    actor: { ip: use.ip, class: 'public', vpcEndpoint: '', userAgent: use.client },
    target: { service: use.service, resource: use.action },
    evidence: evidenceOf(leak, uses),
    why,
    remediation: remediateKey({ keyId, ...keyOwner(use.principalType, use.principalName) }),
  };
}

function evidenceOf(leak: Leak, uses: readonly Use[]): Evidence[] {
  const pieces = uses.slice(0, MAX_EVIDENCE - 1).map(
    (use): Evidence => ({
      source: 'cloudtrail',
      locator: use.locator,
      eventId: use.eventId,
      time: iso(use.timeMs),
      fields: {
        what: 'used from elsewhere',
        operation: `${use.service}:${use.action}`,
        region: use.region,
        sourceIPAddress: use.ip,
        network: use.network,
        userAgentFamily: use.client,
        errorCode: use.errorCode === '' ? null : use.errorCode,
      },
    }),
  );
  const fields = { what: 'leaked', place: leak.place, ...leak.evidence.fields };
  return [{ ...leak.evidence, fields }, ...pieces].sort(compareEvidence);
}

const WRITES = /^(?:Put|Post|Delete|Upload|Create|Complete|Abort|Copy|Restore)/;

export function judgeUrl(
  fold: Fold<never, Whereabouts>,
  key: string,
  window: number,
  summary: Whereabouts,
  context: JudgeContext,
): readonly Draft[] {
  const leak = leaksOf(PRESIGNED, key, window, context)[0];
  if (leak === undefined) return [];
  const [keyId = '', signed = '', , path = ''] = splitKey(key);
  const all = usesOf(fold, key, window - PRESIGNED.windowsBack, window, context);
  const before = all.filter((use) => use.timeMs <= leak.timeMs);
  const home: Home = { uses: before.length > 0 ? before : all.slice(0, 1), assumed: before.length === 0 };
  const byNetwork = new Map<string, Use>();
  for (const use of all) {
    if (use.public && use.timeMs > leak.timeMs && !isAtHome(use, home) && !byNetwork.has(use.network))
      byNetwork.set(use.network, use);
  }
  const uses = [...byNetwork.values()];
  const write = uses.find((use) => WRITES.test(use.action));
  if (uses.length < (write === undefined ? READ_NETWORKS : 1)) return [];
  // Said in the window in which it became one.
  const telling = write ?? uses[READ_NETWORKS - 1]!;
  if (Math.floor(telling.timeMs / PRESIGNED.windowMs) !== window) return [];
  const confidence = CONFIDENCE['presigned URL'] + (home.assumed ? NO_BASELINE : 0);
  const networks = uses.map((use) => use.network);
  return [
    {
      account: telling.account,
      region: '',
      entity: keyId,
      evidenceKey: `presigned URL ${signed} ${path}`,
      timeMs: window * PRESIGNED.windowMs,
      severity: 'HIGH',
      confidence: Math.round(confidence * 100) / 100,
      grade: 'probable',
      title: `Presigned URL leaked, then used from ${networks.length} other ${networks.length === 1 ? 'network' : 'networks'}: ${keyId}`,
      summary:
        `A presigned S3 URL of ${keyId} stood in ${leak.place} at ${iso(leak.timeMs)}${leak.untilMs === null ? '' : `, good until ${iso(leak.untilMs)}`}. ` +
        `${after(uses[0]!.timeMs - leak.timeMs)} later it was used from ${uses[0]!.ip}${networks.length === 1 ? '' : `, then from ${networks.slice(1, 5).join(', ')}`}.`,
      firstMs: leak.timeMs,
      lastMs: uses.at(-1)!.timeMs,
      count: uses.length,
      truncated: summary.truncated,
      principal: {
        type: telling.principalType,
        name: telling.principalName,
        session: telling.session,
        keyId,
      },
      actor: { ip: telling.ip, class: 'public', vpcEndpoint: '', userAgent: telling.client },
      target: { service: 's3', resource: telling.action },
      evidence: evidenceOf(leak, uses),
      why: [
        `it stood in ${leak.place} before`,
        write === undefined
          ? `read from ${networks.length} networks that were none before it leaked`
          : `${write.action} from a network that was none before it leaked`,
        ...(home.assumed
          ? ['no use before the leak is known: the first network is taken for the one it was made for']
          : []),
      ],
      remediation: remediateKey({ keyId, ...keyOwner(telling.principalType, telling.principalName) }),
    },
  ];
}

/** `34 s`, `12 min`, `5 h`, `3 days`. */
function after(ms: number): string {
  if (ms < 2 * MINUTE_MS) return `${Math.round(ms / 1000)} s`;
  if (ms < 120 * MINUTE_MS) return `${Math.round(ms / MINUTE_MS)} min`;
  return ms < 2 * DAY_MS ? `${Math.round(ms / (60 * MINUTE_MS))} h` : `${Math.round(ms / DAY_MS)} days`;
}

function iso(timeMs: EpochMs): string {
  return new Date(timeMs).toISOString();
}
