// The ladder of REP-01: what a second sighting of a signature means, given the sightings before it.

import { SEVERITIES, type Severity } from '../../findings/finding.ts';
import type { EpochMs } from '../../records/record.ts';
import { HOUR_MS, type JudgeContext, MINUTE_MS } from '../detector.ts';

/** One log record that holds the signature. */
export interface Sighting {
  readonly timeMs: EpochMs;
  /** X-Amz-Date; null when the record does not say. */
  readonly signedMs: EpochMs | null;
  readonly validUntilMs: EpochMs | null;
  readonly kind: string;
  readonly keyId: string;
  readonly service: string;
  /** Of the credential scope. */
  readonly region: string;
  /** Of the log. */
  readonly account: string;
  readonly logRegion: string;
  readonly group: string;
  readonly stream: string;
  /** Client address and its network; '' when the record names none: then the log group is the source. */
  readonly address: string;
  readonly network: string;
  readonly public: boolean;
  /** Fingerprints of request and trace ids. */
  readonly ids: readonly string[];
  /** HTTP status, 0 when unknown. */
  readonly status: number;
  readonly method: string;
  /** A signed sts:GetCallerIdentity, which some services take as a login. */
  readonly callerIdentity: boolean;
  readonly locator: string;
  readonly eventId: string;
}

export interface Verdict {
  readonly severity: Severity;
  readonly confidence: number;
  readonly title: string;
  readonly what: string;
  readonly why: readonly string[];
}

const HOP_MS = 5_000;
const DOUBLE_MS = 1_000;
const SAME_SOURCE_MS = 15 * MINUTE_MS;
const CLOCK_TOLERANCE_MS = 5 * MINUTE_MS;
/** How far apart two sightings of a header are still compared: four times the longest window of any service (15 minutes). */
export const HEADER_MEMORY_MS = HOUR_MS;
/** Where a replayed call is worth most: data, keys, secrets and rights. */
const SENSITIVE_SERVICES: ReadonlySet<string> = new Set(['dynamodb', 'kms', 'secretsmanager', 'iam']);
/** Networks that read one presigned URL before it is said: two are a person on the move, and reuse is what these URLs are for. Chosen. */
const READ_NETWORKS = 3;
/** A use this long after the end is refused, whatever the clocks say, and tells nothing of a reader. Chosen. */
const EXPIRED_MS = HOUR_MS;
const WRITES: ReadonlySet<string> = new Set(['PUT', 'POST', 'DELETE', 'PATCH']);

/** The worst that the sightings before `later` make of it; null when it is a copy of one of them, or nothing at all. */
export function judgeHeader(
  earlier: readonly Sighting[],
  later: Sighting,
  context: JudgeContext,
): Verdict | null {
  const near = earlier.filter((sighting) => later.timeMs - sighting.timeMs <= HEADER_MEMORY_MS);
  if (near.some((sighting) => isCopy(sighting, later, context))) return null;
  let worst: Verdict | null = null;
  for (const sighting of near) {
    const verdict = judgePair(sighting, later, context);
    if (verdict !== null && (worst === null || isWorse(verdict.severity, worst.severity))) worst = verdict;
  }
  return worst;
}

export function isWorse(a: Severity, b: Severity): boolean {
  return SEVERITIES.indexOf(a) < SEVERITIES.indexOf(b);
}

/** The same request told twice: at the next hop, or signed and sent twice within the second that X-Amz-Date can tell. */
function isCopy(first: Sighting, later: Sighting, context: JudgeContext): boolean {
  const apartMs = later.timeMs - first.timeMs;
  if (apartMs <= DOUBLE_MS && sameSource(first, later)) return true;
  if (apartMs > HOP_MS) return false;
  if (first.ids.some((id) => later.ids.includes(id))) return true;
  return (
    first.group !== later.group &&
    context.settings.logChains.some((chain) => chain.includes(first.group) && chain.includes(later.group))
  );
}

function sameSource(a: Sighting, b: Sighting): boolean {
  if (a.network !== '' && b.network !== '') return a.network === b.network;
  return a.group === b.group;
}

function judgePair(first: Sighting, later: Sighting, context: JudgeContext): Verdict | null {
  const apartMs = later.timeMs - first.timeMs;
  const known = first.network !== '' && later.network !== '';
  const newNetwork = known && first.network !== later.network;
  const seconds = `${Math.round(apartMs / 1000)} s after the first sighting`;

  if (first.callerIdentity || later.callerIdentity) {
    const forwarders = context.settings.identityForwarders;
    if (forwarders.includes(first.network) || forwarders.includes(later.network)) {
      return {
        severity: 'INFO',
        confidence: 0.9,
        title: 'Signed identity forwarded',
        what: 'A signed sts:GetCallerIdentity was forwarded by a network that the configuration names as one that does so.',
        why: ['sts:GetCallerIdentity, and one of the two networks is an identity forwarder'],
      };
    }
  }
  const bothPublic = newNetwork && first.public && later.public;
  // Two components that log within seconds may tell of one request; one component that logs it twice has seen it twice.
  if (apartMs <= HOP_MS && first.group !== later.group) {
    if (bothPublic) {
      return {
        severity: 'MEDIUM',
        confidence: 0.6,
        title: 'Signature seen from two networks within seconds',
        what: 'A public proxy between them would explain it; so would somebody who sent the request again.',
        why: [
          `${first.network} and ${later.network}, ${seconds}`,
          'no equal request id says that it was one request',
        ],
      };
    }
    return {
      severity: 'INFO',
      confidence: 0.5,
      title: 'Signature in two logs within seconds (possible hop)',
      what: 'Probably one request on its way through two components; logs that belong together can be named in logChains.',
      why: [`possible-hop: ${seconds}, no equal request id, and the logs are not named as one chain`],
    };
  }
  const stale = later.signedMs !== null && later.timeMs - later.signedMs > SAME_SOURCE_MS;
  if (newNetwork) {
    const succeeded = later.status >= 200 && later.status < 300;
    const sensitive = SENSITIVE_SERVICES.has(later.service || first.service);
    return {
      severity: sensitive && succeeded ? 'CRITICAL' : 'HIGH',
      confidence: bothPublic || first.public !== later.public ? 0.9 : 0.8,
      title: 'Signature replayed from another network',
      what: `The second came from ${later.network}, the first from ${first.network}.${succeeded ? ' It was answered with success.' : ''}`,
      why: [
        `another network (${first.network}, then ${later.network}), ${seconds}`,
        ...(succeeded && sensitive
          ? [`${later.service || first.service} answered with ${later.status}`]
          : []),
        ...(stale ? ['more than 15 minutes after its signing time: most services refuse it'] : []),
      ],
    };
  }
  if (later.signedMs !== null && later.timeMs < later.signedMs - CLOCK_TOLERANCE_MS) {
    return {
      severity: 'LOW',
      confidence: 0.6,
      title: 'Signature seen before it was made',
      what: 'The record lies more than 5 minutes before the signing time: a wrong clock, or a forged date.',
      why: ["the record's time is before X-Amz-Date less 5 minutes"],
    };
  }
  if (stale) {
    return {
      severity: known ? 'HIGH' : 'MEDIUM',
      confidence: known ? 0.75 : 0.6,
      title: 'Stale signature sent again',
      what: 'It was seen again more than 15 minutes after its signing time, when no service takes it any more: an attempt to replay it.',
      why: [
        `${seconds}, more than 15 minutes after its signing time`,
        ...(known ? [] : ['the records name no client address']),
      ],
    };
  }
  if (sameSource(first, later) && apartMs > SAME_SOURCE_MS) return null;
  return sameSource(first, later)
    ? {
        severity: 'MEDIUM',
        confidence: known ? 0.8 : 0.65,
        title: 'Signature sent again from the same source',
        what: 'Clients of AWS sign every attempt anew: something resends requests as they are, and the path lets it.',
        why: [`same source (${known ? later.network : `log group ${later.group}`}), ${seconds}`],
      }
    : {
        severity: 'MEDIUM',
        confidence: 0.6,
        title: 'Signature seen again in another log',
        what: 'The records do not both name a client address, so it is not known whether the second came from elsewhere.',
        why: [
          `another log group (${first.group}, then ${later.group}), ${seconds}`,
          'a source that is not known: MEDIUM at most',
        ],
      };
}

/**
 * Presigned URLs are made to be used by others and again: reads from a second network are quiet (a person on the move), from a third they
 * are said; a write from a second network is said at once, and so is any second network for services other than S3, whose presigned
 * requests are logins (RDS, EKS, ElastiCache) rather than links. The same network again never is.
 */
export function judgePresigned(
  earlier: readonly Sighting[],
  later: Sighting,
  context: JudgeContext,
): Verdict | null {
  const valid = earlier.filter((sighting) => sighting.network !== '');
  if (
    later.network === '' ||
    valid.length === 0 ||
    valid.some((sighting) => isCopy(sighting, later, context))
  )
    return null;
  if (later.validUntilMs !== null && later.timeMs > later.validUntilMs + EXPIRED_MS) return null;
  const networks = new Set(valid.map((sighting) => sighting.network));
  if (networks.has(later.network)) return null;
  networks.add(later.network);
  const service = later.service || valid[0]!.service;
  const list = `${networks.size} networks, the last ${later.network}`;

  if (later.callerIdentity && context.settings.identityForwarders.some((network) => networks.has(network))) {
    return {
      severity: 'INFO',
      confidence: 0.9,
      title: 'Signed identity forwarded',
      what: 'A presigned sts:GetCallerIdentity was forwarded by a network that the configuration names as one that does so.',
      why: ['sts:GetCallerIdentity, and one of the networks is an identity forwarder'],
    };
  }
  const isWrite = WRITES.has(later.method);
  const isLogin = service !== 's3';
  if (isWrite || isLogin) {
    const succeeded = later.status >= 200 && later.status < 300;
    return {
      severity: SENSITIVE_SERVICES.has(service) && succeeded ? 'CRITICAL' : 'HIGH',
      confidence: 0.8,
      title: `Presigned ${isWrite ? 'write' : 'request'} used from another network`,
      what: `It was used from ${list}.`,
      why: [
        list,
        isWrite
          ? `${later.method} changes what it points to`
          : `presigned requests to ${service} are logins, not links`,
      ],
    };
  }
  if (networks.size < READ_NETWORKS) return null;
  return {
    severity: 'MEDIUM',
    confidence: 0.6,
    title: 'Presigned URL used from many networks',
    what: `It was read from ${list}. Where it was not meant to be shared, it got around.`,
    why: [`${list}; two are a person on the move`],
  };
}
