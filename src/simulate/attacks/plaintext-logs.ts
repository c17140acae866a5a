// TLS-10: programs that say in their logs that they speak plain HTTP to AWS, or do not check whom they speak to.

import { DAY_MS, MINUTE_MS, SECOND_MS } from '../clock.ts';
import { type AttackContext, pickPlace, pickTimeInWindow } from './context.ts';
import { ANY, OTHER_LANGUAGES, PLAIN, type PlainLogVariant, TEMPTATIONS } from './plaintext-log-words.ts';

const VARIANTS: readonly PlainLogVariant[] = [
  {
    name: 'http-dynamodb',
    severity: 'HIGH',
    kinds: ANY,
    message: (region) => `INFO dynamodb client ready, endpoint ${PLAIN}/dynamodb.${region}.amazonaws.com`,
  },
  {
    name: 'http-streams',
    severity: 'HIGH',
    kinds: ANY,
    message: (region) => `DEBUG polling ${PLAIN}/streams.dynamodb.${region}.amazonaws.com/ every 500 ms`,
  },
  {
    name: 'http-account-endpoint',
    severity: 'HIGH',
    kinds: ANY,
    message: (region, account) => `INFO using ${PLAIN}/${account}.ddb.${region}.amazonaws.com`,
  },
  {
    name: 'endpoint-variable',
    severity: 'MEDIUM',
    kinds: ANY,
    message: (region) => `INFO env AWS_ENDPOINT_URL_DYNAMODB=${PLAIN}/dynamodb.${region}.amazonaws.com`,
  },
  {
    name: 'endpoint-url-argument',
    severity: 'MEDIUM',
    kinds: ['boto', 'lambda', 'uvicorn'],
    message: (region) =>
      `DEBUG boto3.resource('dynamodb', endpoint_url='${PLAIN}/dynamodb.${region}.amazonaws.com')`,
  },
  {
    name: 'use-ssl-false',
    severity: 'MEDIUM',
    kinds: ['boto', 'uvicorn'],
    message: () => "WARNING boto3.client('dynamodb', use_ssl=False)",
  },
  {
    name: 'verify-false',
    severity: 'MEDIUM',
    kinds: ['boto', 'uvicorn'],
    message: () => 'WARNING session.client("dynamodb", verify=False) for the migration',
  },
  {
    name: 'urllib3-http',
    severity: 'HIGH',
    kinds: ['boto'],
    message: (region) =>
      `urllib3.connectionpool [DEBUG] Starting new HTTP connection (1): dynamodb.${region}.amazonaws.com:80`,
  },
  {
    name: 'unverified-warning',
    severity: 'MEDIUM',
    kinds: ['boto', 'uvicorn'],
    message: (region) =>
      `/usr/lib/python3/site-packages/urllib3/connectionpool.py:1045: InsecureRequestWarning: Unverified HTTPS request is being made to host 'dynamodb.${region}.amazonaws.com'. Adding certificate verification is strongly advised.`,
  },
  {
    name: 'node-reject-off',
    severity: 'MEDIUM',
    kinds: ['node', 'lambda'],
    message: () =>
      "(node:1) Warning: Setting the NODE_TLS_REJECT_UNAUTHORIZED environment variable to '0' makes TLS connections and HTTPS requests insecure by disabling certificate verification.",
  },
  {
    name: 'reject-unauthorized-false',
    severity: 'MEDIUM',
    kinds: ['node'],
    message: () => 'agent options { keepAlive: true, rejectUnauthorized: false }',
  },
  {
    name: 'plain-dax',
    severity: 'MEDIUM',
    kinds: ANY,
    message: (region) => `INFO connecting to dax://orders-cache.x1y2z3.dax-clusters.${region}.amazonaws.com`,
  },
  {
    name: 'certificate-failures',
    severity: 'HIGH',
    kinds: ['boto'],
    burst: 26,
    message: (region) =>
      `ERROR SSLError: SSL validation failed for https://dynamodb.${region}.amazonaws.com/ [SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed: self-signed certificate in certificate chain (_ssl.c:1006)`,
  },
  ...OTHER_LANGUAGES,
];
const TEMPTING_LINES = 24;

/** Certificate failures count in windows of five minutes. */
const BURST_WINDOW_MS = 5 * MINUTE_MS;
const BURST_SPAN_MS = 4 * MINUTE_MS;

export function plantPlaintextLogs(context: AttackContext): void {
  const { random, plants, logPlan } = context;
  for (const variant of VARIANTS) {
    const place = pickPlace(context);
    const timeMs = pickTimeInWindow(context, BURST_WINDOW_MS, BURST_SPAN_MS);
    const stream = logPlan.streamAt(timeMs, variant.kinds, random);
    const proof = plants.attack({
      rule: 'TLS-10',
      minimumSeverity: variant.severity,
      variant: variant.name,
      account: place.account,
      region: place.region,
      description: `a line of ${stream.group.name}: ${variant.name}`,
    });
    const count = variant.burst ?? 1;
    for (let i = 0; i < count; i++) {
      const at =
        timeMs + (count === 1 ? 0 : SECOND_MS + Math.floor((i * (BURST_SPAN_MS - 2 * SECOND_MS)) / count));
      plants.lines.push({
        timeMs: Math.min(at, stream.dayStartMs + DAY_MS - 1),
        group: stream.group.name,
        stream: stream.stream,
        message: variant.message(place.region, place.account),
        proof,
      });
    }
  }
  const quiet = plants.benign(
    'a single certificate failure',
    'one failure is a hint (LOW); a burst of twenty is an alarm',
  );
  const timeMs = pickTimeInWindow(context, BURST_WINDOW_MS, BURST_SPAN_MS);
  const stream = logPlan.streamAt(timeMs, ['uvicorn'], random);
  plants.lines.push({
    timeMs,
    group: stream.group.name,
    stream: stream.stream,
    proof: quiet,
    message:
      'WARNING [SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed: certificate has expired, host partner.example',
  });
  plantTemptations(context);
}

function plantTemptations(context: AttackContext): void {
  const { random, plants, logPlan } = context;
  for (const { what, why, message } of TEMPTATIONS) {
    const proof = plants.benign(what, why);
    const startMs = pickTimeInWindow(context, BURST_WINDOW_MS, BURST_SPAN_MS);
    const stream = logPlan.streamAt(startMs, ['uvicorn', 'node'], random);
    for (let n = 0; n < TEMPTING_LINES; n++) {
      plants.lines.push({
        timeMs: Math.min(startMs + n * 9 * SECOND_MS, stream.dayStartMs + DAY_MS - 1),
        group: stream.group.name,
        stream: stream.stream,
        message: message(n),
        proof,
      });
    }
  }
}
