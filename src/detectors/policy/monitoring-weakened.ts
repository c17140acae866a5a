// POL-10: somebody took logs, or the way of logs to those who read them, away. What comes after such a call may be seen by nobody.

import type { Severity } from '../../findings/finding.ts';
import { remediateLogging } from '../../findings/remediate-settings.ts';
import type { CallRecord } from '../../records/record.ts';
import {
  DAY_MS,
  type Detector,
  type DetectorMeta,
  type Draft,
  joinKey,
  type ObserveContext,
  type Output,
  splitKey,
} from '../detector.ts';
import { evidenceOf, type Hit, type HitSummary, hitFold, keepEarliest } from '../hits.ts';
import { plainActionName } from '../plain-action.ts';
import { callerFacts, principalOfHits, throughOf } from './caller.ts';
import { coverageOf, DEFAULT_COVERAGE } from './event-selectors.ts';
import { LOGGING_OPERATIONS, type LoggingChange, loggingChangesOf } from './logging-changes.ts';
import { isOwnResource, nameOf } from './own-resources.ts';
import { textField } from './parameters.ts';
import { SELECTOR_MEMORY_DAYS, type SelectorLoss, selectorFold, settingOf } from './selector-history.ts';
import { oneStepLower } from './steps.ts';

const PUT_EVENT_SELECTORS = 'PutEventSelectors';
const ATTEMPT_CONFIDENCE = 0.9;

const meta: DetectorMeta = {
  id: 'POL-10',
  name: 'monitoring-weakened',
  family: 'POL',
  version: 1,
  title: 'Logging or monitoring weakened',
  what: 'Calls that stop, delete or narrow trails, flow logs, log groups and their subscriptions, notifications of a bucket, and rules, functions and topics of the monitor itself.',
  why: 'Who means harm blinds the watchers first: what is not logged is not found by any rule. It is also how monitoring dies by accident.',
  severities: ['CRITICAL', 'HIGH', 'MEDIUM', 'LOW', 'INFO'],
  falsePositives: [
    'Teardown of test environments, and scripts that tidy log groups: suppress them by principal and resource.',
    'Infrastructure as code: a call that an AWS service made for somebody (invokedBy) counts one step less and says so.',
    'PutEventSelectors without DynamoDB data events where the logs do not show what the trail kept before: MEDIUM with confidence 0.5, for a trail that never kept them looks alike.',
    'Short retention of an application’s log group: LOW, unless its name says that it holds audit logs.',
  ],
  blindSpots: [
    `What a trail kept before is known for ${SELECTOR_MEMORY_DAYS} days, and only from calls that the logs hold.`,
    'UpdateTrail is judged by what it sets: another bucket cannot be told from the same one.',
    'A notification configuration that keeps some targets and drops others.',
    'Rules, functions and topics are watched only when the configuration names them as own resources.',
    'A trail that is stopped by deleting its bucket, its key or its role.',
  ],
  investigate: [
    'Who asked for it, from where, and is there a ticket or a deployment of the same minute?',
    'What did the same principal do in the hour after it, in logs that it did not switch off?',
    'aws cloudtrail get-trail-status and get-event-selectors show what stands now.',
  ],
  thresholds: [
    {
      name: 'retention floor',
      value: 'minimumRetentionDays of the configuration',
      unit: 'days',
      reason: 'logs that are gone before an incident is noticed do not help',
      source:
        'default 90, as far back as the event history reaches: https://docs.aws.amazon.com/awscloudtrail/latest/userguide/view-cloudtrail-events.html',
    },
    {
      name: 'memory of event selectors',
      value: SELECTOR_MEMORY_DAYS,
      unit: 'days',
      reason: 'what a trail kept before its selectors were replaced',
      source: 'chosen, not measured',
    },
    {
      name: 'names of audit logs',
      value: 'cloudtrail, flow logs, audit, waf-logs, guardduty',
      unit: 'part of a log group’s name',
      reason: 'the groups in which AWS services keep logs about logs are usually named so',
      source: 'https://docs.aws.amazon.com/waf/latest/developerguide/logging-cw-logs.html (aws-waf-logs-)',
    },
  ],
  identity: {
    entity: 'kind and name of the resource',
    evidenceKey: 'action without its version',
    windowMs: DAY_MS,
  },
  compliance: { cwe: ['CWE-778', 'CWE-223'], owasp: ['API8:2023'], gdpr: ['5(2)'] },
};

/** Settings of trails are remembered, too: later ones are compared with them. */
const OPERATIONS: Readonly<Record<string, readonly string[]>> = {
  ...LOGGING_OPERATIONS,
  cloudtrail: [...LOGGING_OPERATIONS.cloudtrail!, 'CreateTrail', PUT_EVENT_SELECTORS],
};

const changes = hitFold('monitoring-changes', DAY_MS, judgeChanges);
const selectors = selectorFold(draftOfSelectors);

export const monitoringWeakened: Detector = {
  meta,
  needs: { operations: OPERATIONS },
  sights: { needs: [['management-events']] },
  folds: [changes, selectors],
  observeCall(call, out, context) {
    if (call.service === 'cloudtrail') observeSelectors(call, out, context);
    for (const change of loggingChangesOf(call, context.settings)) {
      addChange(call, change, isOwnResource(change.resource, context.settings.ownResources), out);
    }
  },
};

/** Successful settings go into the trail's history; a failed one is an attempt. */
function observeSelectors(call: CallRecord, out: Output, context: ObserveContext): void {
  const isNew = call.action === 'CreateTrail';
  if (!isNew && call.action !== PUT_EVENT_SELECTORS) return;
  const trail = textField(call.requestParameters, isNew ? 'name' : 'trailName');
  const coverage = isNew ? DEFAULT_COVERAGE : coverageOf(call);
  if (trail === '' || coverage === null) return;
  const own = isOwnResource(trail, context.settings.ownResources);
  if (call.errorCode === '') {
    const key = joinKey(accountOf(call), call.region, nameOf(trail));
    out.add(selectors, key, call, settingOf(call, coverage, !isNew, own));
  } else if (!isNew && (coverage.management === 'none' || coverage.tables === 'none')) {
    const what = 'selectors without management or DynamoDB data events';
    const change: LoggingChange = {
      kind: 'trail',
      resource: trail,
      what,
      severity: 'HIGH',
      confidence: ATTEMPT_CONFIDENCE,
      why: what,
    };
    addChange(call, change, own, out);
  }
}

function addChange(call: CallRecord, change: LoggingChange, own: boolean, out: Output): void {
  const name = nameOf(change.resource);
  const action = plainActionName(call.action);
  const facts = callerFacts(call);
  const failed = call.errorCode !== '';
  const hit: Hit = {
    evidence: evidenceOf(call, {
      action: call.action,
      resource: change.resource,
      principal: call.principal,
      invokedBy: call.invokedBy,
      errorCode: call.errorCode,
      sourceIp: call.ip,
    }),
    timeMs: call.timeMs,
    severity: severityOf(change, own, failed, facts.through !== ''),
    facts: {
      ...facts,
      what: change.what,
      why: `${change.why}: ${change.confidence}`,
      // Facts keep the smallest texts: the largest confidence must be among them.
      doubt: (1 - change.confidence).toFixed(2),
      resource: change.resource,
      ...(own ? { own: name } : {}),
      ...(failed ? { error: call.errorCode } : { done: 'yes' }),
    },
  };
  out.add(changes, joinKey(accountOf(call), call.region, `${change.kind} ${name}`, action), call, hit);
}

function severityOf(change: LoggingChange, own: boolean, failed: boolean, byService: boolean): Severity {
  if (change.severity === 'INFO') return 'INFO';
  if (failed) return 'LOW';
  const base = own ? 'CRITICAL' : change.severity;
  return byService ? oneStepLower(base) : base;
}

/** The trail, group or function belongs to the account whose trail tells of the call. */
function accountOf(call: CallRecord): string {
  return call.recipientAccount || call.account;
}

function judgeChanges(key: string, hits: HitSummary): Draft[] {
  const [account = '', region = '', entity = '', action = ''] = splitKey(key);
  const attempt = hits.facts.done === undefined;
  const what = hits.facts.what?.join('; ') ?? '';
  const who = hits.facts.principal?.join(', ') || 'Somebody';
  const own = hits.facts.own !== undefined;
  const errors = hits.facts.error ?? [];
  return [
    {
      account,
      region,
      entity,
      evidenceKey: action,
      timeMs: hits.firstMs,
      severity: hits.worst,
      confidence: 1 - Number(hits.facts.doubt?.[0] ?? 0.5),
      grade: 'certain',
      title: `${own ? 'Our own ' : ''}${entity}: ${attempt ? `attempt (${action})` : what} in ${region}`,
      summary: `${who} called ${action} on ${entity} in account ${account}, ${region}${attempt ? `, without success (${errors.join(', ')})` : `: ${what}`}.`,
      firstMs: hits.firstMs,
      lastMs: hits.lastMs,
      count: hits.count,
      truncated: hits.truncated,
      ...principalOfHits(hits),
      target: { service: serviceOf(entity), resource: hits.facts.resource?.[0] ?? entity },
      evidence: hits.evidence,
      why: [
        ...(hits.facts.why ?? []),
        ...(own ? ['the configuration names this resource as the monitor’s own'] : []),
        ...(attempt ? [`every such call failed (${errors.join(', ')}): attempts only`] : []),
        ...throughOf(hits),
      ],
      remediation: remediationOf(entity, hits.facts.resource?.[0] ?? ''),
    },
  ];
}

function draftOfSelectors(account: string, region: string, trail: string, loss: SelectorLoss): Draft {
  const hits = { facts: factsOf(loss) };
  const known = loss.confidence > 0.5;
  const times = loss.settings.map((setting) => Date.parse(setting.evidence.time));
  const who = hits.facts.principal.join(', ') || 'Somebody';
  const evidence = loss.settings.map((setting) => setting.evidence).slice(0, 9);
  if (loss.before !== null) keepEarliest(evidence, loss.before.evidence);
  return {
    account,
    region,
    entity: `trail ${trail}`,
    evidenceKey: PUT_EVENT_SELECTORS,
    timeMs: Math.min(...times),
    severity: loss.severity,
    confidence: loss.confidence,
    grade: known ? 'certain' : 'weak',
    title: `Trail ${trail} ${known ? 'keeps no longer' : 'was set to keep no'}: ${loss.lost.join(', ')}`,
    summary: `${who} replaced the event selectors of trail ${trail} in account ${account}, ${region}: ${loss.lost.join(' and ')} are not, or not all, among what it keeps now.`,
    firstMs: Math.min(...times),
    lastMs: Math.max(...times),
    count: loss.settings.length,
    truncated: loss.truncated,
    ...principalOfHits(hits),
    target: { service: 'cloudtrail', resource: trail },
    evidence,
    why: [
      ...loss.why,
      ...(loss.settings.some((setting) => setting.own)
        ? ['the configuration names this trail as the monitor’s own']
        : []),
      ...throughOf(hits),
    ],
    remediation: remediateLogging({ trailName: trail }),
  };
}

function factsOf(loss: SelectorLoss): { principal: string[]; caller: string[]; through: string[] } {
  const values = (name: string): string[] =>
    [...new Set(loss.settings.map((setting) => setting.facts[name] ?? ''))]
      .filter((value) => value !== '')
      .sort();
  return { principal: values('principal'), caller: values('caller'), through: values('through') };
}

const SERVICES: readonly (readonly [string, string])[] = [
  ['trail ', 'cloudtrail'],
  ['flow log ', 'ec2'],
  ['log group ', 'logs'],
  ['bucket ', 's3'],
  ['rule ', 'events'],
  ['function ', 'lambda'],
  ['topic ', 'sns'],
];

function serviceOf(entity: string): string {
  return SERVICES.find(([kind]) => entity.startsWith(kind))?.[1] ?? '';
}

function remediationOf(entity: string, resource: string): Draft['remediation'] {
  if (entity.startsWith('trail ')) return remediateLogging({ trailName: resource });
  if (entity.startsWith('flow log ')) return remediateLogging({ flowLogId: resource });
  if (entity.startsWith('log group ')) return remediateLogging({ logGroup: nameOf(resource) });
  return [
    {
      step: `Put the ${entity} back as its template has it`,
      command: null,
      risk: 'None, where the template is what was meant.',
      undo: 'Nothing to undo.',
    },
    {
      step: 'See who changed it, and what else they did',
      command: null,
      risk: 'None: it only reads. Look the principal of this finding up in CloudTrail around its time.',
      undo: 'Nothing to undo.',
    },
  ];
}
