// TLS-10: an application's own log says that it talks to AWS without TLS, without checking who is at the other end, or that a check failed.

import type { Severity } from '../../findings/finding.ts';
import { remediatePlaintext } from '../../findings/remediation.ts';
import type { LineRecord } from '../../records/record.ts';
import {
  DAY_MS,
  type Detector,
  type Draft,
  type Fold,
  type JudgeContext,
  joinKey,
  MINUTE_MS,
  type ObserveContext,
  type Output,
  splitKey,
} from '../detector.ts';
import { addHit, emptyHits, evidenceOf, type Hit, type HitSummary, mergeHits } from '../hits.ts';
import { listed, logPlace, spanOf } from '../secrets/log-place.ts';
import { recordText } from '../secrets/record-text.ts';
import { findPlainEndpoints, PLAIN_HINTS, type PlainKind } from './plain-endpoint-text.ts';

/** Failed certificate checks in a sliding window that are more than an expired certificate noticed by one client. Chosen. */
const BURST_COUNT = 20;
const BURST_WINDOW_MS = 5 * MINUTE_MS;
/** Steps of the sliding window: a burst is told to 10 s, and a day of failures takes at most 8,640 numbers. */
const BUCKET_MS = 10_000;

interface Summary {
  hits: HitSummary;
  /** Bucket of BUCKET_MS since 1970 to the number of failed certificate checks in it. */
  failures: Record<string, number>;
}

const fold: Fold<Hit, Summary> = {
  name: 'tls-plain-endpoint-in-log',
  version: 1,
  windowMs: DAY_MS,
  empty: () => ({ hits: emptyHits(), failures: {} }),
  add(summary, hit) {
    addHit(summary.hits, hit);
    if (hit.facts?.kind === 'certificate-failure') {
      const bucket = String(Math.floor(hit.timeMs / BUCKET_MS));
      summary.failures[bucket] = (summary.failures[bucket] ?? 0) + 1;
    }
    return summary;
  },
  merge(a, b) {
    mergeHits(a.hits, b.hits);
    for (const [bucket, count] of Object.entries(b.failures))
      a.failures[bucket] = (a.failures[bucket] ?? 0) + count;
    return a;
  },
  judge,
};

function observeLine(line: LineRecord, out: Output, context: ObserveContext): void {
  const text = recordText(line, context);
  if ((text.hints & PLAIN_HINTS) === 0) return;
  const said = new Set<string>();
  for (const window of text.windows()) {
    if ((window.hints & PLAIN_HINTS) === 0) continue;
    for (const view of window.views) {
      for (const { kind, pattern, host, toAws } of findPlainEndpoints(view, window.hints)) {
        // Views of one text may show the same host to different patterns.
        const mark = kind === 'plain-http' && host !== '' ? `${kind} ${host}` : `${pattern} ${host}`;
        if (said.has(mark)) continue;
        said.add(mark);
        out.add(fold, joinKey(line.account, line.region, logPlace(line), pattern), line, {
          timeMs: line.timeMs,
          severity: severityOf(kind, toAws),
          evidence: evidenceOf(line, { pattern, host }),
          facts: { kind, host },
        });
      }
    }
  }
}

function severityOf(kind: PlainKind, toAws: boolean): Severity {
  if (kind === 'plain-http') return toAws ? 'HIGH' : 'MEDIUM';
  return kind === 'verification-off' ? 'MEDIUM' : 'LOW';
}

function judge(key: string, window: number, summary: Summary, context: JudgeContext): readonly Draft[] {
  const [account = '', region = '', place = '', pattern = ''] = splitKey(key);
  const { hits } = summary;
  const kind = (hits.facts.kind?.[0] ?? 'certificate-failure') as PlainKind;
  const hosts = hits.facts.host ?? [];
  const burst =
    kind === 'certificate-failure'
      ? largestBurst(summary, context.read(fold as Fold<never, Summary>, key, window - 1))
      : 0;
  const isBurst = burst >= BURST_COUNT;
  const times = `${hits.count} ${hits.count === 1 ? 'time' : 'times'}`;
  const toHosts = hosts.length === 0 ? '' : ` (${listed(hosts)})`;
  const words = WORDS[kind];
  return [
    {
      ...spanOf(hits),
      severity: isBurst ? 'HIGH' : hits.worst,
      account,
      region,
      entity: place,
      evidenceKey: pattern,
      confidence: CONFIDENCE[kind],
      grade: kind === 'plain-http' && hits.worst === 'HIGH' ? 'certain' : 'probable',
      title: `${words.title}${hosts.length === 0 ? '' : ` to ${listed(hosts, 1)}`}: ${place}`,
      summary: `${place} says ${times} that ${words.what}${toHosts}.${isBurst ? ` ${burst} failures fell within 5 minutes: somebody may stand in between.` : ''}`,
      target: { service: 'dynamodb', resource: hosts[0] ?? '' },
      why: [
        `pattern ${pattern} in the application's own words`,
        ...(kind === 'plain-http'
          ? [
              hits.worst === 'HIGH'
                ? "the host is AWS's own"
                : "the host is not AWS's: a proxy or a private name",
            ]
          : []),
        ...(isBurst ? [`${burst} failed certificate checks in 5 minutes, ${BURST_COUNT} are a burst`] : []),
      ],
      remediation: remediatePlaintext({}),
    },
  ];
}

const CONFIDENCE: Readonly<Record<PlainKind, number>> = {
  'plain-http': 0.9,
  'verification-off': 0.75,
  'certificate-failure': 0.6,
};

const WORDS: Readonly<Record<PlainKind, { title: string; what: string }>> = {
  'plain-http': {
    title: 'AWS endpoint without TLS in an application log',
    what: 'it uses an endpoint without TLS',
  },
  'verification-off': {
    title: 'TLS verification switched off',
    what: 'it does not check certificates, or does not use TLS',
  },
  'certificate-failure': {
    title: 'Certificate check failed',
    what: 'the certificate of the other end did not pass',
  },
};

/** Most failures in any BURST_WINDOW_MS that ends in this day; the window may begin in the day before. */
function largestBurst(summary: Summary, before: Summary | null): number {
  const buckets = new Map<number, number>();
  for (const source of [before?.failures ?? {}, summary.failures]) {
    for (const [bucket, count] of Object.entries(source)) buckets.set(Number(bucket), count);
  }
  const span = BURST_WINDOW_MS / BUCKET_MS;
  let most = 0;
  for (const bucket of Object.keys(summary.failures).map(Number)) {
    let sum = 0;
    for (let back = 0; back < span; back++) sum += buckets.get(bucket - back) ?? 0;
    most = Math.max(most, sum);
  }
  return most;
}

export const plainEndpointInLog: Detector = {
  meta: {
    id: 'TLS-10',
    name: 'plain-endpoint-in-log',
    family: 'TLS',
    version: 1,
    title: 'Plain HTTP endpoint or switched-off verification in an application log',
    what:
      'Words of SDKs and HTTP clients (Python, JavaScript, Go, Java, .NET, Rust, PHP, Ruby): an http:// or dax:// endpoint of DynamoDB, a connection to its port 80 or to port 8111 of a DAX cluster, ' +
      'a request object with protocol http, a setting of an endpoint with http:// under any of its names, use_ssl=False, DisableSSL, UseHttp, verify=False, --no-verify-ssl, rejectUnauthorized: false, ' +
      'NODE_TLS_REJECT_UNAUTHORIZED=0, InsecureSkipVerify: true, unverified HTTPS requests, failed certificate checks. Hosts of others are no matter of this rule.',
    why:
      'Signed requests in plain text can be read and sent again by everybody on the way; without certificate checks, by everybody who can get on the way. ' +
      "The client's own log is the most direct evidence there is.",
    severities: ['HIGH', 'MEDIUM', 'LOW'],
    falsePositives: [
      'Programs that print documentation or tutorials with such endpoints.',
      'Emulators under names that do not look like one (localhost, container names, DynamoDB Local and LocalStack names are known).',
      'A switch or a failed check for a host that is not AWS, where the line does not name it.',
      'A firewall’s log that names port 80 of DynamoDB because it blocked it.',
    ],
    blindSpots: [
      'Applications that log nothing about their connections.',
      'Settings in code or environment that are never printed.',
      'Endpoints on host names of one label: these are container names.',
    ],
    investigate: [
      'Open the record at the locator; find where the endpoint or the switch is set (environment, SDK configuration, code).',
      'Look for port 80 flows to DynamoDB from that workload (TLS-06), port 8111 for DAX (TLS-07), and its calls without TLS details (TLS-01).',
      "A burst of failed checks: compare the certificate that the client saw with the service's own; ask who changed routes, DNS or proxies.",
    ],
    thresholds: [
      {
        name: 'burst',
        value: BURST_COUNT,
        unit: 'failed checks',
        reason: 'one client with an old trust store fails now and then; a middleman fails every connection',
        source: 'chosen, not measured',
      },
      {
        name: 'burst window',
        value: BURST_WINDOW_MS / 1000,
        unit: 's',
        reason: 'slides over buckets of 10 s, so that it does not depend on where a bucket begins',
        source: 'chosen, not measured',
      },
    ],
    identity: { entity: 'log group or file', evidenceKey: 'pattern', windowMs: DAY_MS },
    compliance: { cwe: ['CWE-319', 'CWE-295', 'CWE-599'], owasp: ['API8:2023'], pci: ['4.2.1'] },
  },
  needs: { lines: true },
  sights: { needs: [['log-lines']] },
  folds: [fold],
  observeLine,
};
