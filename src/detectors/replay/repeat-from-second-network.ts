// REP-03: the same request, signed with the same key, from a second network while the first signature was still valid.
// Failed replays are not in CloudTrail; this sees the ones that AWS accepted.

import type { Evidence } from '../../findings/finding.ts';
import { keyOwner, remediateKey, remediatePlaintext } from '../../findings/remediation.ts';
import {
  DAY_MS,
  type Detector,
  type Draft,
  type Fold,
  HOUR_MS,
  type JudgeContext,
  joinKey,
  type Output,
  splitKey,
} from '../detector.ts';
import { compareEvidence, MAX_EVIDENCE } from '../hits.ts';
import { createSenderMemo, oneString } from '../sender-memo.ts';
import { keyNetworks, networksBefore } from './key-networks.ts';
import {
  bySightingTime,
  FAR_MS,
  lastFromElsewhere,
  type Repeat,
  sameRequests,
  score,
} from './repeated-requests.ts';
import {
  addSighting,
  emptySightings,
  hashesOfSeveralNetworks,
  isTruncated,
  MAX_SIGHTINGS,
  mergeSightings,
  networksOf,
  readSightings,
  type Sighting,
  type SightingSource,
  type Sightings,
  sightingsFromJson,
  sightingsToJson,
} from './request-sightings.ts';

const REPORT_FROM = 0.6;
const HIGH_FROM = 0.8;

const signedRequests: Fold<SightingSource, Sightings> = {
  name: 'signed-requests',
  version: 1,
  windowMs: HOUR_MS,
  bytesOfAddition: 48,
  // The networks of the day must be complete too.
  judgeDelayMs: DAY_MS,
  reads: ['key-networks'],
  empty: emptySightings,
  add: addSighting,
  merge: mergeSightings,
  toJson: sightingsToJson,
  fromJson: sightingsFromJson,
  judge: judgeRepeats,
};

/** Fold key of a session, and what of it was added last: its network is new once a day. */
const keyOfSender = createSenderMemo((call) => keyOfSession(call));
const keyOfSession = createSenderMemo(
  (call) => ({
    key: oneString(joinKey(call.account, call.keyId)),
    addedTo: null as Output | null,
    network: '',
    day: 0,
    sinceMs: 0,
  }),
  'identity',
);

/** Written over for the next call: a fold takes what it needs at once. */
const source: { -readonly [K in keyof SightingSource]: SightingSource[K] | null } = { call: null, seed: 0 };

export const repeatFromSecondNetwork: Detector = {
  meta: {
    id: 'REP-03',
    name: 'repeat-from-second-network',
    family: 'REP',
    version: 1,
    title: 'The same signed request from a second network',
    what: 'One access key sent the same request (service, action, region and parameters) from two networks within the time in which AWS accepts a signature.',
    why: 'A signed request has no nonce. Who reads it on the way can send it again from anywhere until it expires, and AWS serves it as if the owner had asked.',
    severities: ['HIGH', 'MEDIUM', 'INFO'],
    falsePositives: [
      'A client that changes its network in the middle of a retry (mobile, VPN coming up). Keys that were in several networks in the week before count less.',
      'One key used by several machines that poll the same thing: give each its own role.',
      'A client with an IPv4 and an IPv6 address counts less, too.',
    ],
    blindSpots: [
      'A replay from the same network or through the same VPC endpoint.',
      'A replay that AWS rejects (too late, or altered) is not in CloudTrail.',
      'Item-level calls are data events: without them on the trail only management calls are compared.',
      'A key that signs more than 20,000 requests an hour is compared in a part of them; an INFO finding says so where it is in several networks.',
      'PutItem and UpdateItem are compared by keys and attribute names: their values are not in the record.',
    ],
    investigate: [
      'Compare user agent and TLS of the two calls in the evidence: a replay keeps the headers and changes the TLS client.',
      'Ask whose the second address is; list what else came from it: aws cloudtrail lookup-events by access key id.',
      'Look for TLS-01, TLS-06 and SEC-05 on the same key: where did the signed request leak?',
    ],
    thresholds: [
      {
        name: 'window of a signature',
        value: 300,
        unit: 'seconds (confidence 0.70)',
        reason: 'most requests must reach AWS within five minutes of their time stamp',
        source: 'https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv.html',
      },
      {
        name: 'wide window',
        value: 900,
        unit: 'seconds (confidence 0.50)',
        reason: 'S3, and skew that SDKs correct: 15 minutes',
        source: 'https://docs.aws.amazon.com/AmazonS3/latest/API/sig-v4-authenticating-requests.html',
      },
      {
        name: 'report from',
        value: REPORT_FROM,
        unit: 'confidence',
        reason: 'one near repeat from a network that is new for the key',
        source: 'measured: 0 repeats from a new network in 4,655 direct keyed events of three public corpora',
      },
    ],
    identity: { entity: 'access key id', evidenceKey: 'service, action and region', windowMs: HOUR_MS },
    compliance: { cwe: ['CWE-294'], nist: ['IA-2(8)', 'SC-23'] },
  },
  needs: { calls: ['*'] },
  sights: { needs: [['management-events', 'dynamodb-data-events']], parts: ['stream-data-events'] },
  folds: [keyNetworks, signedRequests],
  observeCall(call, out, context) {
    if (!call.direct) return;
    const keyId = call.keyId;
    const network = call.network;
    if (keyId === '' || network === '') return;
    const { timeMs } = call;
    const session = keyOfSender(call);
    const day = Math.floor(timeMs / DAY_MS);
    if (
      session.addedTo !== out ||
      session.day !== day ||
      session.network !== network ||
      timeMs < session.sinceMs
    ) {
      session.addedTo = out.add(keyNetworks, session.key, call, { network, timeMs }) ? out : null;
      session.network = network;
      session.day = day;
      session.sinceMs = timeMs;
    }
    source.call = call;
    source.seed = context.hashSeed;
    out.add(signedRequests, session.key, call, source as SightingSource);
    source.call = null;
  },
};

function judgeRepeats(
  key: string,
  window: number,
  summary: Sightings,
  context: JudgeContext,
): readonly Draft[] {
  const before = context.read<Sightings>(signedRequests, key, window - 1);
  const lost = lostCoverage(key, window, summary, context);
  const networks = new Set([...networksOf(summary), ...(before === null ? [] : networksOf(before))]);
  if (networks.size < 2) return lost;
  const startMs = window * HOUR_MS;
  const elsewhere = hashesOfSeveralNetworks(before === null ? [summary] : [before, summary]);
  if (elsewhere.size === 0) return lost;
  const tail = before === null ? [] : readSightings(before, elsewhere);
  const all = [
    ...tail.filter((sighting) => sighting.timeMs >= startMs - FAR_MS),
    ...readSightings(summary, elsewhere),
  ];

  const [account = '', keyId = ''] = splitKey(key);
  const repeats = new Map<string, Repeat[]>();
  for (const group of sameRequests(all)) {
    for (let at = 1; at < group.length; at++) {
      const second = group[at]!;
      if (second.timeMs < startMs) continue;
      const first = lastFromElsewhere(group, at);
      if (first === null) continue;
      const repeat = score(first, second, networksBefore(key, first, context));
      if (repeat.confidence < REPORT_FROM) continue;
      const name = joinKey(`${second.operation.service}:${second.operation.action}`, second.operation.region);
      repeats.set(name, [...(repeats.get(name) ?? []), repeat]);
    }
  }
  const truncated = isTruncated(summary) || (before !== null && isTruncated(before));
  return [...[...repeats].map(([name, list]) => draftOf(account, keyId, name, list, truncated)), ...lost];
}

/** A busy key in several networks, of which not every request could be kept: said, so that silence is not taken for an answer. */
function lostCoverage(
  key: string,
  window: number,
  summary: Sightings,
  context: JudgeContext,
): readonly Draft[] {
  if (!isTruncated(summary)) return [];
  const day = Math.floor((window * HOUR_MS) / DAY_MS);
  const networks = context.read<[string, number][]>(keyNetworks, key, day) ?? [];
  if (networks.length < 2) return [];
  const [account = '', keyId = ''] = splitKey(key);
  const firstMs = window * HOUR_MS;
  return [
    {
      account,
      region: '',
      entity: keyId,
      evidenceKey: 'not every request compared',
      timeMs: firstMs,
      severity: 'INFO',
      confidence: 1,
      grade: 'certain',
      title: `Only a part of the requests of ${keyId} was compared: more than ${MAX_SIGHTINGS} in an hour`,
      summary: `${keyId} signed more than ${MAX_SIGHTINGS} requests in this hour and was in ${networks.length} networks that day. Repeats among the requests that were left out are not seen.`,
      firstMs,
      lastMs: firstMs + HOUR_MS - 1,
      count: 1,
      truncated: true,
      principal: { type: '', name: '', session: '', keyId },
      evidence: [],
      why: ['which requests are left out is chosen by a keyed hash, not by their order'],
      remediation: [],
    },
  ];
}

function draftOf(
  account: string,
  keyId: string,
  name: string,
  repeats: readonly Repeat[],
  truncated: boolean,
): Draft {
  const [operation = '', region = ''] = splitKey(name);
  const sorted = [...repeats].sort(
    (a, b) => b.confidence - a.confidence || bySightingTime(a.second, b.second),
  );
  const best = sorted[0]!;
  const { first, second } = best;
  const times = repeats.map((repeat) => repeat.second.timeMs);
  const firstMs = Math.min(...repeats.map((repeat) => repeat.first.timeMs));
  const [service = '', action = ''] = operation.split(':');
  const pieces = new Map<string, Evidence>();
  for (const repeat of sorted) {
    pieces.set(repeat.first.eventId(), pieceOf(repeat.first, 'first sending'));
    if (pieces.size < MAX_EVIDENCE)
      pieces.set(repeat.second.eventId(), pieceOf(repeat.second, 'repeat from a second network'));
    if (pieces.size >= MAX_EVIDENCE) break;
  }
  return {
    account,
    region,
    entity: keyId,
    evidenceKey: operation,
    timeMs: Math.min(...times),
    severity: best.confidence >= HIGH_FROM ? 'HIGH' : 'MEDIUM',
    confidence: best.confidence,
    grade: 'probable',
    title: `Signed request repeated from a second network: ${operation} with ${keyId}`,
    summary: `${first.profile.principalName || 'The principal'} called ${action} from ${first.profile.ip}; ${Math.round((second.timeMs - first.timeMs) / 1000)} s later the same request with the same key came from ${second.profile.ip}. ${repeats.length} such ${repeats.length === 1 ? 'repeat' : 'repeats'} in the hour.`,
    firstMs,
    lastMs: Math.max(...times),
    count: repeats.length,
    truncated,
    principal: {
      type: first.profile.principalType,
      name: first.profile.principalName,
      session: first.profile.session,
      keyId,
    },
    actor: {
      ip: second.profile.ip,
      class: second.profile.networkClass,
      vpcEndpoint: second.profile.vpcEndpoint,
      userAgent: second.profile.family,
    },
    target: { service, resource: action },
    evidence: [...pieces.values()].sort(compareEvidence).slice(0, MAX_EVIDENCE),
    why: best.why,
    remediation: [
      ...remediateKey({ keyId, ...keyOwner(first.profile.principalType, first.profile.principalName) }),
      ...(first.profile.tls === '' ? remediatePlaintext({}) : []),
    ],
  };
}

function pieceOf(sighting: Sighting, what: string): Evidence {
  return {
    source: 'cloudtrail',
    locator: `${sighting.objectName}#${sighting.ordinal}`,
    eventId: sighting.eventId(),
    time: new Date(sighting.timeMs).toISOString(),
    fields: {
      what,
      operation: `${sighting.operation.service}:${sighting.operation.action}`,
      sourceIPAddress: sighting.profile.ip,
      network: sighting.profile.network,
      tls: sighting.profile.tls,
      userAgentFamily: sighting.profile.family,
    },
  };
}
