// TLS-01: a DynamoDB call whose CloudTrail record says nothing of TLS, where the records of others do.

import type { Evidence, Severity } from '../../findings/finding.ts';
import { keyOwner, remediatePlaintext } from '../../findings/remediation.ts';
import type { CallRecord } from '../../records/record.ts';
import {
  DAY_MS,
  type Detector,
  type Draft,
  type Fold,
  HOUR_MS,
  type JudgeContext,
  joinKey,
  MINUTE_MS,
  splitKey,
} from '../detector.ts';
import { evidenceOf, keepEarliest, MAX_FACT_VALUES } from '../hits.ts';
import { CALL_CLASS, canReportTls, verdictOf } from './call-verdict.ts';
import { dynamodbCallers, plainPlaces, tokenOf } from './dynamodb-callers.ts';
import { hasMinute } from './minutes.ts';
import { missingKeyOf } from './missing-key.ts';
import { oneSpelling, placeKey } from './places.ts';
import { calibrate, countCall, MIN_CALLS, MIN_SHARE, tlsOfPrincipals } from './tls-calibration.ts';
import { callsWithTls, DAYS_AFTER, type PrincipalCounts } from './tls-counts.ts';
import { countOtherCall, LOST_FOR_ONE_KEPT, MIN_CALLS_OF_VOICE, tlsByService } from './tls-details-lost.ts';
import { isTarget, LIST_COUNTS_FROM_MS } from './tls-services.ts';

const PARTIAL_CONFIDENCE = 0.7;
const ABSENT_CONFIDENCE = 0.6;
const KNOWN_WITH_TLS_BONUS = 0.1;
const PORT_80_BONUS = 0.15;
/** The flow shows plain HTTP, the call whose it is. */
const JOINED_CONFIDENCE = 0.99;
/** The list of AWS stands in for calls of others: less is known. */
const WEAK_GRADE_PENALTY = 0.1;
/** Below this one odd record is no finding. */
const SINGLE_EVENT_CONFIDENCE = 0.75;
const MIN_EVENTS = 3;
const KNOWN_WITH_TLS_CALLS = 50;
const KNOWN_WITH_TLS_DAYS = 30;

interface MissingCall {
  readonly timeMs: number;
  readonly partial: boolean;
  readonly port80: boolean;
  readonly denied: boolean;
  readonly write: boolean;
  readonly keyId: string;
  readonly ip: string;
  readonly ipClass: string;
  readonly vpcEndpoint: string;
  readonly principalType: string;
  readonly principalName: string;
  readonly session: string;
  readonly table: string;
  readonly tableArn: string;
  readonly host: string;
  readonly action: string;
  readonly evidence: Evidence;
}

interface Missing {
  absent: number;
  partial: number;
  port80: number;
  denied: number;
  writes: number;
  firstMs: number;
  lastMs: number;
  /** Who, from the earliest call: any of them would do, this one does not depend on order. */
  who: MissingCall | null;
  tables: string[];
  hosts: string[];
  actions: string[];
  evidence: Evidence[];
}

const missingTls: Fold<MissingCall, Missing> = {
  name: 'tls-missing',
  version: 1,
  windowMs: HOUR_MS,
  judgeDelayMs: (DAYS_AFTER + 1) * DAY_MS,
  reads: [tlsByService.name, tlsOfPrincipals.name, plainPlaces.name, dynamodbCallers.name],
  empty: () => ({
    absent: 0,
    partial: 0,
    port80: 0,
    denied: 0,
    writes: 0,
    firstMs: Number.MAX_SAFE_INTEGER,
    lastMs: 0,
    who: null,
    tables: [],
    hosts: [],
    actions: [],
    evidence: [],
  }),
  add(summary, call) {
    if (call.partial) summary.partial++;
    else summary.absent++;
    if (call.port80) summary.port80++;
    if (call.denied) summary.denied++;
    if (call.write) summary.writes++;
    summary.firstMs = Math.min(summary.firstMs, call.timeMs);
    summary.lastMs = Math.max(summary.lastMs, call.timeMs);
    summary.who = earlier(summary.who, call);
    keepValue(summary.tables, call.table);
    keepValue(summary.hosts, call.host);
    keepValue(summary.actions, call.action);
    keepEarliest(summary.evidence, call.evidence);
    return summary;
  },
  merge(a, b) {
    a.absent += b.absent;
    a.partial += b.partial;
    a.port80 += b.port80;
    a.denied += b.denied;
    a.writes += b.writes;
    a.firstMs = Math.min(a.firstMs, b.firstMs);
    a.lastMs = Math.max(a.lastMs, b.lastMs);
    if (b.who !== null) a.who = earlier(a.who, b.who);
    for (const table of b.tables) keepValue(a.tables, table);
    for (const host of b.hosts) keepValue(a.hosts, host);
    for (const action of b.actions) keepValue(a.actions, action);
    for (const piece of b.evidence) keepEarliest(a.evidence, piece);
    return a;
  },
  judge: judgeMissing,
};

export const callWithoutTls: Detector = {
  meta: {
    id: 'TLS-01',
    name: 'call-without-tls',
    family: 'TLS',
    version: 1,
    title: 'DynamoDB call without TLS',
    what: 'A principal of yours called DynamoDB, DynamoDB Streams or the DAX control plane, and CloudTrail recorded no TLS version and no cipher for it, although it records them for nearly all direct calls of others in this account.',
    why: 'DynamoDB and Streams endpoints accept plain HTTP. Over HTTP everybody on the path reads items, access key ids and session tokens, and can send the signed request again.',
    severities: ['CRITICAL', 'HIGH', 'MEDIUM', 'LOW', 'INFO'],
    falsePositives: [
      'A service or region that began to report TLS later than others; the calibration learns it, but its first days are thin.',
      'A log shipper that drops nested fields for some records only. Where most services lose them at once, and DynamoDB’s other principals too, that is told once, as INFO, for the days it lasts, and no call is flagged.',
    ],
    blindSpots: [
      'Item-level calls are data events: without them on the trail only management calls are judged.',
      'The record alone proves nothing: this rule never says more than probable. A flow (TLS-06) or a client log (TLS-10) makes it certain.',
      'Records older than eventVersion 1.08 have no tlsDetails and get no verdict.',
      'Calls through the console and by AWS services are passed over: AWS does not record TLS for them.',
      'An application that calls everything over plain HTTP, in an account where hardly anybody else calls anything on that day, looks like a pipeline that drops the field: the INFO finding says so.',
      'On a day in the middle of which a pipeline begins to drop the field for several principals and services nothing is told of any call, the hours before included.',
    ],
    investigate: [
      'Look at clientProvidedHostHeader in the evidence: `:80` at its end is what a plain-HTTP client writes.',
      'Search the application for an endpoint that begins with http:// (AWS_ENDPOINT_URL, endpoint_url, use_ssl=False).',
      'Look for TLS-06 on the same address in the same hour: a flow to port 80 settles it.',
      'If it is plain HTTP, treat the access key as read by others and rotate it.',
    ],
    thresholds: [
      {
        name: 'calls of others',
        value: MIN_CALLS,
        unit: 'direct calls in D-28..D+1',
        reason: 'below this the share says little',
        source: 'chosen: at 200 calls a true share of 95 % passes the share test in fewer than 1 of 50 cases',
      },
      {
        name: 'share with TLS',
        value: MIN_SHARE,
        unit: 'share of those calls, half-life 7 days',
        reason: 'direct calls carry it nearly always where a service reports it at all',
        source:
          'measured: 2,214 of 2,217 direct calls in a public corpus of July 2023; 5 of 1,800 in one of July 2021',
      },
      {
        name: 'list counts from',
        value: new Date(LIST_COUNTS_FROM_MS).toISOString().slice(0, 10),
        unit: 'event time',
        reason:
          'with too few calls of others, AWS’s own list of services that record TLS stands in, for grade weak',
        source:
          'https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-record-contents.html',
      },
      {
        name: 'services that lose it',
        value: LOST_FOR_ONE_KEPT,
        unit: `other services for each that keeps it, of those with ${MIN_CALLS_OF_VOICE} direct calls that day; the small ones together are one`,
        reason:
          'what drops the field drops it everywhere; one plain client makes as many calls as it likes, but keeps nobody else’s services from having it',
        source: 'chosen, not measured',
      },
      {
        name: 'events',
        value: MIN_EVENTS,
        unit: `calls an hour while the confidence is below ${SINGLE_EVENT_CONFIDENCE}`,
        reason: 'one record without the field may be a fault of the record',
        source: 'measured: 3 of 2,217 direct calls, never two of one principal',
      },
    ],
    identity: {
      entity: 'principal',
      evidenceKey: 'service, network and user agent family',
      windowMs: HOUR_MS,
    },
    compliance: { cwe: ['CWE-319', 'CWE-311', 'CWE-523'], pci: ['4.2.1'], nist: ['SC-8', 'SC-8(1)'] },
  },
  needs: { calls: ['*'] },
  sights: {
    needs: [['management-events', 'dynamodb-data-events'], ['tls-details']],
    parts: ['stream-data-events'],
  },
  folds: [tlsOfPrincipals, tlsByService, missingTls],
  observeCall(call, out) {
    if (!isTarget(call.service)) {
      if (call.direct && canReportTls(call)) countOtherCall(call, out);
      return;
    }
    const callClass = countCall(call, out);
    if (callClass !== CALL_CLASS.absent && callClass !== CALL_CLASS.hostOnly) return;
    out.add(missingTls, missingKeyOf(call), call, missingCall(call));
  },
};

function missingCall(call: CallRecord): MissingCall {
  const host = call.tlsHost;
  const port80 = host.endsWith(':80');
  const resource = call.resources.find((entry) => entry.type.startsWith('AWS::DynamoDB::'))?.arn ?? '';
  const named = call.requestParameters?.tableName;
  const table =
    typeof named === 'string' ? named.slice(named.lastIndexOf('/') + 1) : (resource.split('/')[1] ?? '');
  return {
    timeMs: call.timeMs,
    partial: call.tlsState === 'partial',
    port80,
    denied: isDeniedByPolicy(call),
    write: call.readOnly === false || call.action === 'Scan',
    keyId: call.keyId,
    ip: call.ip,
    ipClass: call.networkClass,
    vpcEndpoint: call.vpcEndpoint,
    principalType: call.principalType,
    principalName: call.principalName,
    session: call.sessionName,
    table,
    tableArn: resource,
    host,
    action: call.action,
    evidence: evidenceOf(call, {
      action: call.action,
      tlsDetails: call.tlsState,
      clientProvidedHostHeader: host,
      sourceIPAddress: call.ip,
      table,
      errorCode: call.errorCode,
    }),
  };
}

/** A policy that demands aws:SecureTransport denies explicitly: the door was shut, the application still knocks in clear. */
function isDeniedByPolicy(call: CallRecord): boolean {
  return call.errorCode.startsWith('AccessDenied') && call.errorMessage.includes('explicit deny');
}

function judgeMissing(
  key: string,
  window: number,
  missing: Missing,
  context: JudgeContext,
): readonly Draft[] {
  const [account = '', region = '', principal = '', service = '', category = '', network = '', family = ''] =
    splitKey(key);
  const who = missing.who;
  if (who === null) return [];
  const day = Math.floor((window * HOUR_MS) / DAY_MS);
  const calibration = calibrate(account, service, category, principal, day, context);
  // A host header alone gets the same verdict as nothing at all, but for its reason.
  const { verdict } = verdictOf(CALL_CLASS.absent, calibration.verdict);
  if (verdict !== 'absent-suspicious' || calibration.verdict !== 'calibrated') return [];

  const why = [
    `${calibration.k} of ${calibration.n} direct ${service} calls of others around that day carry full TLS details`,
  ];
  let bonus = calibration.grade === 'weak' ? -WEAK_GRADE_PENALTY : 0;
  if (calibration.grade === 'weak') {
    why.push('too few calls of others: AWS’s list of services that record TLS stands in (-0.10)');
  }
  const known = callsWithTlsBefore(account, service, category, principal, day, context);
  if (known >= KNOWN_WITH_TLS_CALLS) {
    bonus += KNOWN_WITH_TLS_BONUS;
    why.push(
      `the same principal made ${known} calls with full TLS details in the ${KNOWN_WITH_TLS_DAYS} days before (+0.10)`,
    );
  }
  if (missing.port80 > 0) {
    bonus += PORT_80_BONUS;
    why.push('the client’s own host header ends in :80 (+0.15)');
  }
  const total = missing.absent + missing.partial;
  const partialConfidence = PARTIAL_CONFIDENCE + bonus;
  const usesPartial = missing.partial >= eventsNeeded(partialConfidence);
  const flow = service === 'dynamodb' ? flowOf(account, region, principal, window, missing, context) : '';
  const confidence =
    flow === '' ? round(usesPartial ? partialConfidence : ABSENT_CONFIDENCE + bonus) : JOINED_CONFIDENCE;
  if (!usesPartial && total < eventsNeeded(confidence)) return [];
  why.unshift(
    usesPartial
      ? `tlsDetails holds a host header but neither version nor cipher (${PARTIAL_CONFIDENCE.toFixed(2)})`
      : `tlsDetails is absent (${ABSENT_CONFIDENCE.toFixed(2)})`,
  );
  if (flow !== '') why.unshift(`${flow} (${JOINED_CONFIDENCE.toFixed(2)})`);
  const denied = missing.denied === total;
  if (denied) why.push('every one of these calls was denied by a policy: the door held');

  const what = service === 'dax' ? 'DAX control plane' : 'DynamoDB';
  const name = who.principalName || principal || 'unknown principal';
  const from = who.vpcEndpoint === '' ? who.ip : `${who.ip} through ${who.vpcEndpoint}`;
  const noun = total === 1 ? 'call' : 'calls';
  return [
    {
      account,
      region,
      entity: principal,
      evidenceKey: joinKey(service, category, network, family),
      timeMs: missing.firstMs,
      severity: denied ? 'LOW' : severityOf(confidence, missing, who),
      confidence,
      grade: flow === '' ? calibration.grade : 'certain',
      title: `${what} called without TLS: ${name}${missing.tables[0] ? ` → table ${missing.tables[0]}` : ''}, ${total} ${noun} in an hour`,
      summary: `${name} (${who.keyId}) made ${total} ${noun} to ${what} in ${region} from ${from} for which CloudTrail recorded no TLS version and no cipher. Actions: ${missing.actions.join(', ')}.`,
      firstMs: missing.firstMs,
      lastMs: missing.lastMs,
      count: total,
      principal: { type: who.principalType, name: who.principalName, session: who.session, keyId: who.keyId },
      actor: { ip: who.ip, class: who.ipClass, vpcEndpoint: who.vpcEndpoint, userAgent: family },
      target: { service, resource: who.tableArn || who.table },
      evidence: missing.evidence,
      why,
      remediation: remediatePlaintext({
        keyId: who.keyId,
        ...keyOwner(who.principalType, who.principalName),
        ...(who.tableArn === '' ? {} : { tableArn: who.tableArn }),
        ...(who.vpcEndpoint === '' ? {} : { vpcEndpointId: who.vpcEndpoint }),
      }),
    },
  ];
}

/** A request in plain HTTP from the very address or instance in these minutes, from which nobody else called without TLS; '' if there is none. */
function flowOf(
  account: string,
  region: string,
  principal: string,
  window: number,
  { who, firstMs, lastMs }: Missing,
  context: JudgeContext,
): string {
  if (who === null) return '';
  const from = Math.floor(firstMs / MINUTE_MS) - window * 60;
  const to = Math.floor(lastMs / MINUTE_MS) - window * 60;
  // A session is called as whoever made it likes: its own private address counts, where it has one.
  const ip = oneSpelling(who.ip);
  const place = who.ipClass === 'private' ? ip : tokenOf(who.session);
  if (place === '') return '';
  const key = placeKey(account, region, place);
  const callers = Object.values(context.read(dynamodbCallers, key, window) ?? {});
  if (callers.some((one) => one.principal !== principal)) return '';
  for (const minutes of Object.values(context.read(plainPlaces, key, window)?.byAddress ?? {})) {
    for (let minute = from; minute <= to; minute++) {
      if (hasMinute(minutes, minute))
        return `flow logs have requests from ${place} to port 80 of DynamoDB in these minutes, and nobody else called from there without TLS`;
    }
  }
  return '';
}

function eventsNeeded(confidence: number): number {
  return round(confidence) < SINGLE_EVENT_CONFIDENCE ? MIN_EVENTS : 1;
}

function severityOf(confidence: number, missing: Missing, who: MissingCall): Severity {
  const exposed = who.ipClass === 'public' || who.keyId.startsWith('AKIA') || missing.writes > 0;
  if (confidence >= 0.95 && exposed) return 'CRITICAL';
  if (confidence >= 0.75) return 'HIGH';
  return confidence >= 0.6 ? 'MEDIUM' : 'LOW';
}

function callsWithTlsBefore(
  account: string,
  service: string,
  category: string,
  principal: string,
  day: number,
  context: JudgeContext,
): number {
  const key = joinKey(account, service, category);
  let calls = 0;
  for (let d = day - KNOWN_WITH_TLS_DAYS; d <= day; d++) {
    calls += callsWithTls(context.read<PrincipalCounts>(tlsOfPrincipals, key, d), principal);
  }
  return calls;
}

function earlier(a: MissingCall | null, b: MissingCall): MissingCall {
  if (a === null) return b;
  if (a.timeMs !== b.timeMs) return a.timeMs < b.timeMs ? a : b;
  return a.evidence.eventId <= b.evidence.eventId ? a : b;
}

/** Sorted set of the smallest. */
function keepValue(values: string[], value: string): void {
  if (value === '' || values.includes(value)) return;
  values.push(value);
  values.sort();
  if (values.length > MAX_FACT_VALUES) values.pop();
}

function round(value: number): number {
  return Math.round(value * 100) / 100;
}
