// The monitor watches itself: what can go wrong has an alarm, and each alarm is heard and says what to do.

import { beforeAll, describe, expect, it } from 'vitest';
import { COUNTED, LAG_METRIC, METRIC_NAMESPACE } from '../../src/live/telemetry.ts';
import { EVERYTHING, packaged, type Resource } from './packaged.ts';
import { referencesOf, resolveTemplate } from './resolved.ts';

const NAME = 'wiretrail-live';
const METRICS: ReadonlySet<string> = new Set([...Object.values(COUNTED), LAG_METRIC]);

let resources: Readonly<Record<string, Resource>>;
let alarms: readonly (readonly [string, Resource['Properties']])[];

beforeAll(async () => {
  resources = resolveTemplate((await packaged(EVERYTHING)).template);
  alarms = ofType('AWS::CloudWatch::Alarm');
}, 60_000);

const ofType = (type: string) =>
  Object.entries(resources)
    .filter(([, { Type }]) => Type === type)
    .map(([id, { Properties }]) => [id, Properties] as const);

/** Alarms on a metric of one queue or function. */
const alarmsOn = (metric: string, id: string) =>
  alarms.filter(([, alarm]) => {
    const text = JSON.stringify(alarm);
    return text.includes(`"MetricName":"${metric}"`) && referencesOf(alarm).has(id);
  });

describe('each alarm', () => {
  it('is told on the topic, when it begins and when it ends', () => {
    expect(alarms.length).toBeGreaterThan(15);
    for (const [id, { AlarmActions, OKActions }] of alarms) {
      expect(AlarmActions, id).toEqual([{ Ref: 'Alerts' }]);
      expect(OKActions, id).toEqual([{ Ref: 'Alerts' }]);
    }
  });

  it('has a name that the policy of the topic lets in, and no other has', () => {
    const names = alarms.map(([, { AlarmName }]) => AlarmName as string);
    expect(new Set(names).size).toBe(names.length);
    for (const name of names) expect(name.startsWith(`${NAME}-`), name).toBe(true);
    const [[, policy]] = ofType('AWS::SNS::TopicPolicy') as [readonly [string, Resource['Properties']]];
    expect(JSON.stringify(policy)).toContain(`:alarm:${NAME}-*`);
  });

  it('says what happened and what to do, in what CloudWatch takes', () => {
    for (const [id, { AlarmDescription }] of alarms) {
      expect(AlarmDescription.length, id).toBeGreaterThan(80);
      expect(AlarmDescription.length, id).toBeLessThanOrEqual(1_024);
    }
  });
});

describe('what is set aside', () => {
  it('is an alarm, in whichever queue it lies', () => {
    const read = ofType('AWS::Lambda::EventSourceMapping').flatMap(([, { EventSourceArn }]) => [
      ...referencesOf(EventSourceArn),
    ]);
    const queues = ofType('AWS::SQS::Queue').map(([id]) => id);
    expect(queues.length).toBe(8);
    for (const id of queues) {
      const metric = read.includes(id)
        ? 'ApproximateAgeOfOldestMessage'
        : 'ApproximateNumberOfMessagesVisible';
      expect(alarmsOn(metric, id), `${id} ${metric}`).toHaveLength(1);
    }
  });
});

describe('each function', () => {
  it('is watched for errors and throttles, those that Lambda invokes asynchronously for what is lost', () => {
    const async = ofType('AWS::Lambda::EventInvokeConfig').flatMap(([, { FunctionName }]) => [
      ...referencesOf(FunctionName),
    ]);
    for (const [id] of ofType('AWS::Lambda::Function')) {
      expect(alarmsOn('Errors', id), id).toHaveLength(1);
      expect(alarmsOn('Throttles', id), id).toHaveLength(1);
      expect(alarmsOn('DestinationDeliveryFailures', id), id).toHaveLength(async.includes(id) ? 1 : 0);
    }
  });

  it('writes its metrics under the name that alarms and dashboard ask for', () => {
    for (const [id, { Environment }] of ofType('AWS::Lambda::Function'))
      expect(Environment.Variables.POWERTOOLS_SERVICE_NAME, id).toBe(NAME);
  });

  it('adds metrics up that may be missing', () => {
    for (const [id, { Metrics }] of alarms) {
      if (Metrics === undefined) continue;
      const [sum, ...parts] = Metrics;
      expect(sum.Expression, id).toBe(parts.map(({ Id }: { Id: string }) => `FILL(${Id}, 0)`).join(' + '));
      expect(
        parts.filter(({ ReturnData }: { ReturnData: boolean }) => ReturnData),
        id,
      ).toEqual([]);
    }
  });
});

describe('metrics of our own', () => {
  it('are ones that the functions write', () => {
    const own = alarms.filter(([, { Namespace }]) => Namespace === METRIC_NAMESPACE);
    expect(own.map(([, { MetricName }]) => MetricName).sort()).toEqual([
      'AlertsFailed',
      'FindingsCapped',
      'StateConflicts',
      'StateNewer',
      'TrailObjects',
      'UnknownInput',
      'Unreadable',
    ]);
    for (const [id, { MetricName, Dimensions }] of own) {
      expect(METRICS, id).toContain(MetricName);
      expect(Dimensions, id).toEqual([{ Name: 'service', Value: NAME }]);
    }
  });

  it('raise an alarm when there are none, where silence is the fault', () => {
    const silent = alarms.filter(([, { TreatMissingData }]) => TreatMissingData === 'breaching');
    expect(silent.map(([id]) => id).sort()).toEqual(['ClockStoppedAlarm', 'NoTrailObjectAlarm']);
    for (const [, alarm] of silent)
      expect(alarm).toMatchObject({ Period: 3_600, Threshold: 1, ComparisonOperator: 'LessThanThreshold' });
  });
});

describe('the dashboard', () => {
  it('shows metrics that exist, of queues and functions that exist', () => {
    const [[, { DashboardBody }]] = ofType('AWS::CloudWatch::Dashboard') as [
      readonly [string, Resource['Properties']],
    ];
    const body = JSON.parse(DashboardBody['Fn::Sub']) as {
      widgets: { properties: { title: string; metrics: [string, string, string, string][] } }[];
    };
    const names = new Set([
      ...ofType('AWS::SQS::Queue').map(([, { QueueName }]) => QueueName),
      ...ofType('AWS::Lambda::Function').map(([, { FunctionName }]) => FunctionName),
      NAME,
    ]);
    const shown = body.widgets.flatMap(({ properties }) => properties.metrics);
    expect(shown.length).toBeGreaterThan(20);
    for (const [namespace, metric, , name] of shown) {
      expect(names, metric).toContain(name);
      if (namespace === METRIC_NAMESPACE) expect(METRICS).toContain(metric);
    }
  });
});
