'use strict';
// The monitor watches itself: alarms, each of which says what to do, on the topic that findings go to, and a dashboard.
// A table instead of YAML: an alarm is one line here and twenty there.

/** The period of alarms and of the dashboard, seconds. */
const FIVE_MINUTES = 300;

const ref = (id) => ({ Ref: id });
const attribute = (id, name) => ({ 'Fn::GetAtt': [id, name] });

/** Logical id in the template by the part of the name behind `wiretrail-live-`. */
const FUNCTIONS = {
  'archive-objects': 'ArchiveObjects',
  'trail-events': 'TrailEvents',
  'log-events': 'LogEvents',
  'window-closer': 'WindowCloser',
  'slack-notifier': 'SlackNotifier',
};

/** Queues that nobody reads: a message in one of them is work that was set aside. */
const SET_ASIDE = [
  {
    queue: 'ObjectsDead',
    name: 'objects-dead',
    what: 'Log objects could not be judged after five tries, or not be announced. The log of archive-objects names them and the reason. When that is mended, move the messages back, those that EventBridge put there too: aws sqs start-message-move-task --source-arn DEAD --destination-arn OBJECTS, with the outputs ObjectsDeadArn and ObjectsArn of the stack.',
  },
  {
    queue: 'ApiCallsUndelivered',
    name: 'api-calls-undelivered',
    what: 'EventBridge could not hand API calls to trail-events for a day. The archive still brings them. Look at the permission and the throttles of the function.',
  },
  {
    queue: 'TrailEventsFailed',
    name: 'trail-events-failed',
    what: 'API calls could not be judged early, after three tries. The archive still brings them. The reason is in the message and in the log of trail-events.',
  },
  {
    queue: 'LogEventsFailed',
    name: 'log-events-failed',
    what: 'Messages of a log group could not be judged after three tries. Mend what the log of log-events says, then run wiretrail replay logs:/the/group over that time.',
  },
  {
    queue: 'WindowCloserFailed',
    name: 'window-closer-failed',
    what: 'Windows could not be closed after three tries. The next run tries again; if it goes on, findings stay provisional. Look at the log of window-closer.',
  },
  {
    queue: 'SlackAlertsDead',
    name: 'slack-alerts-dead',
    condition: 'SlackIsTold',
    what: 'Slack did not take alerts after five tries; they went to this topic. Check the webhook or the token, then move the messages back: aws sqs start-message-move-task --source-arn ARN_OF_THE_QUEUE.',
  },
];

/** Queues with a reader: half an hour is six times what an object takes at worst, and far below any retention. */
const OLDEST_MESSAGE_SECONDS = 1800;
const READ = [
  {
    queue: 'Objects',
    name: 'objects-late',
    what: 'A log object has waited for half an hour. More are delivered than archiveConcurrency functions can judge, or some fail and wait for their next try.',
  },
  {
    queue: 'SlackAlerts',
    name: 'slack-alerts-late',
    condition: 'SlackIsTold',
    what: 'An alert has waited for Slack for half an hour; it went to this topic. Slack is away, or a storm goes by at one message a second.',
  },
];

/** Metrics of src/live/telemetry.ts, with the dimension `service`. */
const NAMESPACE = 'wiretrail';
const OWN = [
  {
    id: 'NoTrailObject',
    name: 'no-trail-object',
    metric: 'TrailObjects',
    what: 'No CloudTrail object for an hour. The monitor makes calls of its own every quarter of an hour, so there should be some: is the trail logging (aws cloudtrail get-trail-status), does the bucket send its events, may the role read?',
    properties: {
      Period: 3600,
      Threshold: 1,
      ComparisonOperator: 'LessThanThreshold',
      TreatMissingData: 'breaching',
    },
  },
  {
    id: 'Unreadable',
    name: 'unreadable',
    metric: 'Unreadable',
    what: 'Objects or records could not be read: nobody judged them. The function’s log names them and the reason.',
  },
  {
    id: 'UnknownInput',
    name: 'unknown-input',
    metric: 'UnknownInput',
    what: 'A function was handed something that it does not know: a notification of another kind on the queue, another source behind the rule, or somebody who tries. The function’s log says where it came from.',
  },
  {
    id: 'StateNewer',
    name: 'state-newer',
    metric: 'StateNewer',
    what: 'The table holds items that a newer wiretrail wrote, and this one refuses them. Deploy the newer version again.',
  },
  {
    id: 'StateConflicts',
    name: 'state-conflicts',
    metric: 'StateConflicts',
    what: 'Functions write over each other in the table more than 100 times in five minutes, for a quarter of an hour: nothing is lost, but time is. Lower archiveConcurrency, or look at which key is so busy.',
    // Chosen, not measured: five functions that never meet have none, and a burst of objects that share keys has some tens.
    properties: { Threshold: 100, EvaluationPeriods: 3, DatapointsToAlarm: 3 },
  },
  {
    id: 'AlertsFailed',
    name: 'alerts-failed',
    metric: 'AlertsFailed',
    what: 'An alert could not be sent; it is tried again with the next event and by window-closer. Look at the log for the reason: the topic, its key, the queue to Slack.',
  },
  {
    id: 'FindingsCapped',
    name: 'findings-capped',
    metric: 'FindingsCapped',
    what: 'One source raised more findings in an hour than are kept one by one. Either much is wrong there, or somebody writes lines that look like it.',
  },
];

function alarm(name, { name: suffix, what, condition }, properties) {
  return {
    Type: 'AWS::CloudWatch::Alarm',
    ...(condition === undefined ? {} : { Condition: condition }),
    Properties: {
      AlarmName: `${name}-${suffix}`,
      AlarmDescription: what,
      EvaluationPeriods: 1,
      ComparisonOperator: 'GreaterThanThreshold',
      // A queue that sleeps and a function that is not called have no metric: no news is good news, but where it says otherwise.
      TreatMissingData: 'notBreaching',
      AlarmActions: [ref('Alerts')],
      OKActions: [ref('Alerts')],
      ...properties,
    },
  };
}

function queueAlarm(name, entry, metric, threshold) {
  return alarm(name, entry, {
    Namespace: 'AWS/SQS',
    MetricName: metric,
    Dimensions: [{ Name: 'QueueName', Value: attribute(entry.queue, 'QueueName') }],
    Statistic: 'Maximum',
    Period: FIVE_MINUTES,
    Threshold: threshold,
  });
}

/** Several metrics of one function added up; one that has no data counts as none (https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/using-metric-math.html). */
function functionAlarm(name, entry, logicalId, metrics, properties) {
  const dimensions = [{ Name: 'FunctionName', Value: ref(`${logicalId}LambdaFunction`) }];
  const parts = metrics.map((metric) => ({
    Id: metric.toLowerCase(),
    ReturnData: false,
    MetricStat: {
      Stat: 'Sum',
      Period: FIVE_MINUTES,
      Metric: { Namespace: 'AWS/Lambda', MetricName: metric, Dimensions: dimensions },
    },
  }));
  const sum = {
    Id: 'total',
    Label: metrics.join(' + '),
    Expression: parts.map(({ Id }) => `FILL(${Id}, 0)`).join(' + '),
    ReturnData: true,
  };
  return alarm(name, entry, { Metrics: [sum, ...parts], Threshold: 0, ...properties });
}

function alarms(name) {
  const resources = {};
  for (const entry of SET_ASIDE)
    resources[`${entry.queue}Alarm`] = queueAlarm(name, entry, 'ApproximateNumberOfMessagesVisible', 0);
  for (const entry of READ)
    resources[`${entry.queue}LateAlarm`] = queueAlarm(
      name,
      entry,
      'ApproximateAgeOfOldestMessage',
      OLDEST_MESSAGE_SECONDS,
    );
  for (const [suffix, id] of Object.entries(FUNCTIONS)) {
    const condition = id === 'SlackNotifier' ? { condition: 'SlackIsTold' } : {};
    const what = `${suffix} failed or was throttled in two of three periods of five minutes. What it was given comes back, or is set aside. Look at its log.`;
    // One cold start that takes too long is nothing.
    const properties = { EvaluationPeriods: 3, DatapointsToAlarm: 2 };
    resources[`${id}ErrorsAlarm`] = functionAlarm(
      name,
      { name: `${suffix}-errors`, what, ...condition },
      id,
      ['Errors', 'Throttles'],
      properties,
    );
    if (id === 'ArchiveObjects' || id === 'SlackNotifier') continue;
    // https://docs.aws.amazon.com/lambda/latest/dg/monitoring-metrics-types.html
    const lost = `Lambda dropped what ${suffix} failed at, and could not put it into the queue for that: it is lost here. Replay that time from the archive or the log group.`;
    resources[`${id}LostAlarm`] = functionAlarm(name, { name: `${suffix}-lost`, what: lost }, id, [
      'DestinationDeliveryFailures',
    ]);
  }
  for (const entry of OWN) {
    resources[`${entry.id}Alarm`] = alarm(name, entry, {
      Namespace: NAMESPACE,
      MetricName: entry.metric,
      Dimensions: [{ Name: 'service', Value: name }],
      Statistic: 'Sum',
      Period: FIVE_MINUTES,
      Threshold: 0,
      ...entry.properties,
    });
  }
  resources.ClockStoppedAlarm = alarm(
    name,
    {
      name: 'clock-stopped',
      what: 'window-closer was not invoked for an hour: windows stay open, and there is neither digest nor heartbeat. Is its rule enabled?',
    },
    {
      Namespace: 'AWS/Lambda',
      MetricName: 'Invocations',
      Dimensions: [{ Name: 'FunctionName', Value: ref('WindowCloserLambdaFunction') }],
      Statistic: 'Sum',
      Period: 3600,
      Threshold: 1,
      ComparisonOperator: 'LessThanThreshold',
      TreatMissingData: 'breaching',
    },
  );
  return resources;
}

module.exports = async ({ resolveVariable }) => {
  const name = `wiretrail-${await resolveVariable('sls:stage')}`;
  return { Resources: { ...alarms(name), ...dashboard(name) } };
};

/** https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/CloudWatch-Dashboard-Body-Structure.html */
function dashboard(name) {
  const functions = Object.keys(FUNCTIONS).map((suffix) => `${name}-${suffix}`);
  const ofFunctions = (metric, stat) =>
    functions.map((one) => ['AWS/Lambda', metric, 'FunctionName', one, { stat }]);
  const own = (metric, stat = 'Sum') => [NAMESPACE, metric, 'service', name, { stat }];
  const queue = (metric, suffix, more = {}) => [
    'AWS/SQS',
    metric,
    'QueueName',
    `${name}-${suffix}`,
    { stat: 'Maximum', ...more },
  ];
  const widgets = [
    ['Findings, alerts, alerts that failed', [own('Findings'), own('Alerts'), own('AlertsFailed')]],
    [
      'Milliseconds from the event until it is judged',
      [own('Lag', 'p50'), own('Lag', 'p95'), own('Lag', 'Maximum')],
    ],
    [
      'Records, duplicates, late ones, calls of our own',
      [own('Records'), own('Duplicates'), own('Late'), own('OwnCalls')],
    ],
    [
      'CloudTrail objects; unreadable; unknown; outside of the prefixes',
      [own('TrailObjects'), own('Unreadable'), own('UnknownInput'), own('OutsidePrefix')],
    ],
    ['Functions: invocations', ofFunctions('Invocations', 'Sum')],
    ['Functions: errors', ofFunctions('Errors', 'Sum')],
    ['Functions: slowest, ms', ofFunctions('Duration', 'Maximum')],
    [
      'New objects: waiting, and the oldest in seconds',
      [
        queue('ApproximateNumberOfMessagesVisible', 'objects'),
        queue('ApproximateAgeOfOldestMessage', 'objects', { yAxis: 'right' }),
      ],
    ],
    [
      'Set aside',
      SET_ASIDE.map((entry) =>
        queue(
          'ApproximateNumberOfMessagesVisible',
          entry.condition === undefined ? entry.name : `${entry.name}.fifo`,
        ),
      ),
    ],
    ['State: conflicts, windows closed', [own('StateConflicts'), own('WindowsClosed')]],
  ];
  const body = {
    widgets: widgets.map(([title, metrics], index) => ({
      type: 'metric',
      x: (index % 2) * 12,
      y: Math.floor(index / 2) * 6,
      width: 12,
      height: 6,
      // biome-ignore lint/suspicious/noTemplateCurlyInString: Fn::Sub fills it in
      properties: { title, metrics, region: '${AWS::Region}', period: FIVE_MINUTES, view: 'timeSeries' },
    })),
  };
  return {
    Dashboard: {
      Type: 'AWS::CloudWatch::Dashboard',
      Properties: { DashboardName: name, DashboardBody: { 'Fn::Sub': JSON.stringify(body) } },
    },
  };
}
