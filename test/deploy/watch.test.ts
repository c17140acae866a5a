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

describe('how alarms judge', () => {
  const kindOf = ([id, { Namespace, Metrics }]: (typeof alarms)[number]): string =>
    Metrics !== undefined ? `sum ${id.replace(/^[A-Z][a-z]+[A-Z][a-z]+/, '')}` : `${Namespace}`;
  const judged = ({
    MetricName,
    Statistic,
    Period,
    EvaluationPeriods,
    DatapointsToAlarm,
    Threshold,
    ComparisonOperator,
    TreatMissingData,
  }: Resource['Properties']) =>
    `${MetricName ?? 'sum'} ${Statistic ?? ''} over ${Period ?? ''} s, ${DatapointsToAlarm ?? EvaluationPeriods} of ${EvaluationPeriods}, ${ComparisonOperator} ${Threshold}, ${TreatMissingData}`;
  const ofKind = (kind: string) => [
    ...new Set(alarms.filter((alarm) => kindOf(alarm) === kind).map(([, properties]) => judged(properties))),
  ];

  it('of a queue: one message that is set aside, half an hour of one that waits', () => {
    expect(ofKind('AWS/SQS')).toEqual([
      'ApproximateNumberOfMessagesVisible Maximum over 300 s, 1 of 1, GreaterThanThreshold 0, notBreaching',
      'ApproximateAgeOfOldestMessage Maximum over 300 s, 1 of 1, GreaterThanThreshold 1800, notBreaching',
    ]);
  });

  it('of a function: errors in two of three periods, anything that is lost at once', () => {
    expect(ofKind('sum ErrorsAlarm')).toEqual(['sum  over  s, 2 of 3, GreaterThanThreshold 0, notBreaching']);
    expect(ofKind('sum LostAlarm')).toEqual(['sum  over  s, 1 of 1, GreaterThanThreshold 0, notBreaching']);
    for (const [id, { Metrics }] of alarms) {
      for (const { MetricStat } of Metrics?.slice(1) ?? [])
        expect([MetricStat.Stat, MetricStat.Period, MetricStat.Metric.Namespace], id).toEqual([
          'Sum',
          300,
          'AWS/Lambda',
        ]);
    }
  });

  it('of our own metrics: anything that is wrong, an hour without an object, conflicts for a quarter of an hour', () => {
    const once = (metric: string) => `${metric} Sum over 300 s, 1 of 1, GreaterThanThreshold 0, notBreaching`;
    expect(ofKind(METRIC_NAMESPACE)).toEqual([
      'TrailObjects Sum over 3600 s, 1 of 1, LessThanThreshold 1, breaching',
      once('Unreadable'),
      once('UnknownInput'),
      once('StateNewer'),
      'StateConflicts Sum over 300 s, 3 of 3, GreaterThanThreshold 100, notBreaching',
      once('AlertsFailed'),
      once('FindingsCapped'),
    ]);
  });

  it('of the clock: an hour without an invocation, in which there should be several', () => {
    expect(ofKind('AWS/Lambda')).toEqual([
      'Invocations Sum over 3600 s, 1 of 1, LessThanThreshold 1, breaching',
    ]);
    const { State, ScheduleExpression } = resources.WindowCloserSchedule!.Properties;
    const [, minutes] = /^rate\((\d+) minutes\)$/.exec(ScheduleExpression)!;
    expect(State).toBe('ENABLED');
    // One run may be late, and one may be missed.
    expect(Number(minutes) * 60 * 3).toBeLessThan(resources.ClockStoppedAlarm!.Properties.Period);
    // The heading of the other alarm of silence says so.
    expect(resources.NoTrailObjectAlarm!.Properties.AlarmDescription).toContain('quarter of an hour');
    expect(Number(minutes)).toBe(15);
  });
});

describe('what is said about dead objects', () => {
  it('names where to move them: those that EventBridge set aside have no queue that they came from', async () => {
    const { AlarmDescription } = resources.ObjectsDeadAlarm!.Properties;
    expect(AlarmDescription).toContain('--source-arn DEAD --destination-arn OBJECTS');
    const { Outputs } = (await packaged(EVERYTHING)).template;
    for (const [output, queue] of [
      ['ObjectsDeadArn', 'ObjectsDead'],
      ['ObjectsArn', 'Objects'],
    ] as const) {
      expect(AlarmDescription).toContain(output);
      expect(Outputs[output]!.Value).toEqual({ 'Fn::GetAtt': [queue, 'Arn'] });
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
