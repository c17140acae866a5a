// TLS-05: a DynamoDB or DAX call whose client did not ask for the endpoint of AWS that answered.

import type { Severity } from '../../findings/finding.ts';
import { remediateHost } from '../../findings/remediation.ts';
import type { CallRecord } from '../../records/record.ts';
import { DAY_MS, type Detector, type DetectorMeta, type Draft, joinKey, splitKey } from '../detector.ts';
import { evidenceOf, type HitSummary, hitFold } from '../hits.ts';
import { createSenderMemo } from '../sender-memo.ts';
import { callFacts, draftOfCalls, firstFact } from './call-hits.ts';
import { readHost } from './endpoint-host.ts';
import { isOwnHost } from './own-hosts.ts';

const CONFIDENCE = 0.7;
/** A host header can be as long as the client likes. */
const MAX_HOST = 120;
const MAX_HOST_IN_TITLE = 48;

type Oddity = 'port' | 'address' | 'localhost' | 'other name' | 'region' | 'account';

const WHY: Readonly<Record<Oddity, string>> = {
  port: 'AWS serves DynamoDB on port 443; another port is a tunnel’s or a proxy’s',
  address:
    'no certificate of AWS names an address: the client does not check it, or talks to something in between',
  localhost: 'something on the client’s own machine passes the request on',
  'other name': 'the name is none of AWS’s for this service: a private alias, or something in between',
  region: 'the name is that of another region than the one that answered',
  account: 'the name is that of another account, neither the caller’s nor the table’s',
};

const meta: DetectorMeta = {
  id: 'TLS-05',
  name: 'unexpected-host',
  family: 'TLS',
  version: 1,
  title: 'DynamoDB called by an unexpected host name',
  what: 'Direct calls to DynamoDB, its streams or DAX whose clientProvidedHostHeader is not an endpoint of AWS for the region of the record: another name, an address, localhost, another region or account, or a port other than 443.',
  why: 'What stands between client and AWS under another name ends TLS there, and reads keys, tokens and items. A client that accepts another name or an address often checks no certificate at all.',
  severities: ['MEDIUM', 'LOW'],
  falsePositives: [
    'A private DNS name, or a proxy of your own that passes the host header on: list it in the setting ownHosts.',
    'A local tunnel of a developer.',
    'Endpoints that are newer than this list.',
  ],
  blindSpots: [
    'A proxy that writes the right host header itself.',
    'Calls without clientProvidedHostHeader.',
    'What the setting ownHosts lists: who takes over a proxy of your own is not seen here.',
    'Names of interface endpoints are taken by their form: whose endpoint it is, is not known.',
    'Port 80 without TLS details is LOW here: TLS-01 judges it.',
  ],
  investigate: [
    'Is the name one of your own aliases or proxies? Who runs it, and does it check AWS’s certificate?',
    'Where does the client have the name from: AWS_ENDPOINT_URL, endpoint_url in ~/.aws/config, a hosts file, DNS?',
    'Compare the source address with that of the client’s other calls: the proxy’s own would show here.',
  ],
  thresholds: [
    {
      name: 'port',
      value: 443,
      unit: 'the only port that is no finding; absent means 443',
      reason: 'TLS endpoints of AWS listen there',
      source: 'https://docs.aws.amazon.com/general/latest/gr/ddb.html',
    },
  ],
  identity: { entity: 'principal', evidenceKey: 'what is odd about the host', windowMs: DAY_MS },
  compliance: { cwe: ['CWE-295'], owasp: ['API8:2023'], pci: ['4.2.1'], gdpr: ['32(1)(a)'] },
};

const fold = hitFold('unexpected-hosts', DAY_MS, judge);

/** Read once for all calls that have it. */
const hostOfSender = createSenderMemo((call) => readHost(call.tlsHost), 'tls');

export const unexpectedHost: Detector = {
  meta,
  needs: { calls: ['dynamodb', 'dax'] },
  sights: {
    needs: [['management-events', 'dynamodb-data-events'], ['tls-details']],
    parts: ['stream-data-events'],
  },
  folds: [fold],
  mayConcern: (sender) => sender.tlsHost !== '' && oddityOf(sender) !== null,
  observeCall(call, out, { settings }) {
    if (call.tlsHost === '' || !call.direct) return;
    const oddity = oddityOf(call);
    if (oddity === null || (call.service !== 'dynamodb' && call.service !== 'dax')) return;
    if (isOwnHost(call.tlsHost, settings.ownHosts)) return;
    const entity = call.principal || call.keyId || 'unknown principal';
    const host = call.tlsHost.slice(0, MAX_HOST);
    const resource = call.resources[0]?.arn ?? '';
    out.add(fold, joinKey(call.account, call.region, entity, oddity), call, {
      evidence: evidenceOf(call, {
        action: `${call.service}:${call.action}`,
        principal: call.principal,
        clientProvidedHostHeader: host,
        tlsDetails: call.tlsState,
        sourceIp: call.ip,
        resource,
      }),
      timeMs: call.timeMs,
      severity: severityOf(call, oddity),
      facts: callFacts(call, { host }),
    });
  },
};

function oddityOf(call: CallRecord): Oddity | null {
  const { kind, region, account } = hostOfSender(call);
  if (kind !== 'endpoint' && kind !== 'port') return kind;
  if (region !== call.region && call.region !== '') return 'region';
  // A table of another account is called by the caller's own endpoint: either will do.
  if (account !== '' && account !== call.account && account !== call.principal.split(':')[1])
    return 'account';
  return kind === 'port' ? 'port' : null;
}

function severityOf(call: CallRecord, oddity: Oddity): Severity {
  const plain = oddity === 'port' && call.tlsState !== 'full' && hostOfSender(call).port === '80';
  return plain ? 'LOW' : 'MEDIUM';
}

function shortened(host: string): string {
  return host.length > MAX_HOST_IN_TITLE ? `${host.slice(0, MAX_HOST_IN_TITLE - 1)}…` : host;
}

function judge(key: string, hits: HitSummary): Draft[] {
  const [account = '', region = '', entity = '', oddity = ''] = splitKey(key);
  const fact = (name: string): string => firstFact(hits, name);
  const service = fact('service') === 'dax' ? 'DAX' : 'DynamoDB';
  const calls = hits.count === 1 ? '1 call' : `${hits.count} calls`;
  const hosts = hits.facts.host ?? [];
  return [
    {
      ...draftOfCalls(hits),
      account,
      region,
      entity,
      evidenceKey: oddity,
      confidence: CONFIDENCE,
      grade: 'probable',
      title: `${service} called as ${shortened(hosts[0] ?? '')}: ${entity}, ${calls} in a day`,
      summary:
        `${entity} made ${calls} (${(hits.facts.action ?? []).join(', ')}) that ${service} in ${region} answered, ` +
        `while the client named ${hosts.slice(0, 3).join(', ')}${hosts.length > 3 ? ` and ${hosts.length - 3} more` : ''} as the host.`,
      why: [
        `${WHY[oddity as Oddity]}: ${CONFIDENCE}`,
        ...(hits.worst === 'LOW' ? ['port 80 without TLS details: TLS-01 judges it, LOW here'] : []),
      ],
      remediation: remediateHost({ region, keyId: fact('keyId') }),
    },
  ];
}
