// TLS-11: who is behind a plain-HTTP flow. Where it can be said the finding of TLS-06 says it (docs/decisions/0009); here is told where not.

import type { Evidence } from '../../findings/finding.ts';
import { remediateUnnamed } from '../../findings/remediate-unnamed.ts';
import {
  DAY_MS,
  type Detector,
  type Draft,
  type Fold,
  HOUR_MS,
  type JudgeContext,
  joinKey,
  splitKey,
} from '../detector.ts';
import { keepEarliest } from '../hits.ts';
import { JOIN_READS, JOIN_THRESHOLDS, whoIsBehind } from './caller-scores.ts';
import { dynamodbCallers, observeCaller, plainPlaces } from './dynamodb-callers.ts';
import { keepSmallest } from './places.ts';
import { observeSpan, plainSpans } from './plain-spans.ts';
import { dynamodbLegOf, plainDynamodbFlows } from './plaintext-dynamodb-flow.ts';
import { holdsRequest, judgeFlows } from './plaintext-flows.ts';

const MAX_EVIDENCE_OF_CLIENTS = 3;
/** Clients of a region and day that are looked at here; the finding of each stands in TLS-06 anyway. */
const MAX_CLIENTS = 32;
/** Clients that are told of one by one. */
const MAX_TOLD = 10;

/** Clients of an account and region in a day that sent something to DynamoDB's port 80. */
interface PlainClients {
  /** Keys of their flows in TLS-06. */
  clients: string[];
  evidence: Evidence[];
}

interface ClientSeen {
  readonly client: string;
  readonly evidence: Evidence;
}

const plainClients: Fold<ClientSeen, PlainClients> = {
  name: 'plain-dynamodb-clients',
  version: 1,
  windowMs: DAY_MS,
  judgeDelayMs: 2 * HOUR_MS,
  reads: [plainDynamodbFlows.name, ...JOIN_READS],
  empty: () => ({ clients: [], evidence: [] }),
  add(summary, { client, evidence }) {
    keepSmallest(summary.clients, client, MAX_CLIENTS);
    keepEarliest(summary.evidence, evidence, MAX_EVIDENCE_OF_CLIENTS);
    return summary;
  },
  merge(a, b) {
    for (const client of b.clients) keepSmallest(a.clients, client, MAX_CLIENTS);
    for (const piece of b.evidence) keepEarliest(a.evidence, piece, MAX_EVIDENCE_OF_CLIENTS);
    return a;
  },
  judge: judgeClients,
};

export const callerBehindFlow: Detector = {
  meta: {
    id: 'TLS-11',
    name: 'caller-behind-flow',
    family: 'TLS',
    version: 1,
    title: 'Nobody can be named for plain-HTTP flows',
    what: 'Looks for the principal behind each plain-HTTP flow to DynamoDB: among the callers that CloudTrail has for the same minutes, by instance or task id, address, missing TLS details, minutes and volume. Who is found stands in the finding of TLS-06. This rule speaks where nobody can be named, once for an account, region and day, and says why.',
    why: 'An interface sends packets, but a principal has keys: only its name says whose credentials travelled in clear and must be changed.',
    severities: ['INFO'],
    falsePositives: [
      'The calls may be delivered later than the flows: the finding is withdrawn as soon as they name somebody.',
    ],
    blindSpots: [
      'Item-level calls are data events: where the trail does not log them nobody can be named.',
      'Behind a NAT gateway or an internet gateway CloudTrail has the public address, which flow records do not: elastic addresses are learned from the calls of the last 90 days that give them; else missing TLS details, minutes and volume must do.',
      'Lambda functions share interfaces: a function is named by its address only while no other one of the account calls from there.',
      'Calls by a role of another account than the interface’s are kept under that account and not found here.',
      'Interfaces whose log format has no instance-id and no ecs-task-id are joined by address alone.',
      'Whose calls of these minutes all have TLS details is not looked at; two from one address without them are listed together.',
    ],
    investigate: [
      'Are data events of DynamoDB on? aws cloudtrail get-event-selectors tells.',
      'Of several candidates: which one stopped when the client was mended?',
      'aws ec2 describe-network-interfaces names the instance; its role, tasks and processes are the suspects.',
    ],
    thresholds: JOIN_THRESHOLDS,
    identity: {
      entity: 'account and region of the DynamoDB endpoint',
      evidenceKey: 'none',
      windowMs: DAY_MS,
    },
    compliance: { cwe: ['CWE-319'], owasp: ['API8:2023'], pci: ['4.2.1'] },
  },
  needs: { calls: ['dynamodb'], flows: true },
  sights: {
    needs: [
      ['flows'],
      ['accepted-flows'],
      ['flow-action'],
      ['flow-ports'],
      ['flow-size'],
      ['dynamodb-data-events'],
    ],
    parts: ['flow-service', 'flow-client'],
    helps: ['tls-details', 'flow-packet-addresses'],
  },
  folds: [plainSpans, plainPlaces, dynamodbCallers, plainClients],
  mayConcern: (sender) => sender.tlsState !== 'full',
  observeCall(call, out, context) {
    if (call.tlsState !== 'full' && call.service === 'dynamodb' && call.direct)
      observeCaller(call, context.hashSeed, out);
  },
  observeFlow(flow, out, context) {
    const seen = dynamodbLegOf(flow, context);
    if (seen === null) return;
    if (!holdsRequest(seen.leg)) return;
    observeSpan(flow, seen.leg, seen.key, out);
    const [account = '', region = ''] = splitKey(seen.key);
    out.add(plainClients, joinKey(account, region), flow, { client: seen.key, evidence: seen.leg.evidence });
  },
};

function judgeClients(
  key: string,
  day: number,
  { clients, evidence }: PlainClients,
  context: JudgeContext,
): readonly Draft[] {
  const [account = '', region = ''] = splitKey(key);
  const unnamed = clients.flatMap((client) => {
    const flows = context.read(plainDynamodbFlows, client, day);
    const traffic = flows === null ? null : judgeFlows(flows);
    if (traffic === null) return [];
    const join = whoIsBehind(client, day, traffic.payload, context);
    return join.outcome === 'named' ? [] : [{ entity: splitKey(client)[2] ?? '', traffic, join }];
  });
  if (unnamed.length === 0) return [];
  const dataEvents = unnamed.every(({ join }) => join.outcome === 'nobody' && !join.dataEvents);
  const interfaceId = unnamed[0]!.traffic.interfaces[0];
  const names = unnamed.map(({ entity }) => entity).slice(0, MAX_TOLD);
  return [
    {
      account,
      region,
      entity: joinKey(account, region),
      evidenceKey: '',
      timeMs: day * DAY_MS,
      severity: 'INFO',
      confidence: 1,
      grade: 'certain',
      title: `Nobody can be named for plain HTTP to DynamoDB in ${region || 'an unknown region'}: ${unnamed.length} ${unnamed.length === 1 ? 'client' : 'clients'}`,
      summary:
        `Requests in plain HTTP went to DynamoDB in ${region || 'an unknown region'} from ${names.join(', ')} in account ${account || 'unknown'}, and their principals are not known. ` +
        (dataEvents
          ? 'CloudTrail has no data event of DynamoDB in this account on this day.'
          : 'CloudTrail has data events of DynamoDB, but no call that fits alone.'),
      firstMs: Math.min(...unnamed.map(({ traffic }) => traffic.firstMs)),
      lastMs: Math.max(...unnamed.map(({ traffic }) => traffic.lastMs)),
      count: unnamed.length,
      truncated: clients.length === MAX_CLIENTS,
      evidence,
      why: unnamed.slice(0, MAX_TOLD).map(({ entity, join }) => `${entity}: ${join.why}`),
      remediation: remediateUnnamed({
        dataEvents,
        ...(interfaceId === undefined ? {} : { interfaceId }),
      }),
    },
  ];
}
