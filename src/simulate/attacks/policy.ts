// POL-07 and POL-10: a DAX cluster without TLS, and everything that closes the monitor's eyes.

import type { Severity } from '../../findings/finding.ts';
import type { Place } from '../actors.ts';
import { hostIn, publicNetwork } from '../address-facts.ts';
import type { ApiCall } from '../api-calls.ts';
import { MINUTE_MS } from '../clock.ts';
import type { Random } from '../prng.ts';
import type { RuleId } from '../truth.ts';
import { type AttackContext, apiCall, newUser, pickPlace, pickTime, plantCall } from './context.ts';

/** Names that the monitor's own stack has in a simulated archive. */
export const OWN_RESOURCES = [
  'wiretrail-archive-objects',
  'wiretrail-trail-events',
  'wiretrail-findings',
] as const;

function daxCluster(place: Place, name: string, port: number): string {
  return `{"cluster":{"clusterName":"${name}","clusterArn":"arn:aws:dax:${place.region}:${place.account}:cache/${name}","totalNodes":3,"activeNodes":0,"nodeType":"dax.r5.large","status":"creating","clusterDiscoveryEndpoint":{"address":"${name}.x1y2z3.dax-clusters.${place.region}.amazonaws.com","port":${port}}}}`;
}
function createCluster(place: Place, name: string, encryption: string, port: number, sse: boolean): ApiCall {
  return apiCall(
    'dax',
    'CreateCluster',
    `{"clusterName":"${name}","nodeType":"dax.r5.large","replicationFactor":3,"iamRoleArn":"arn:aws:iam::${place.account}:role/dax-access"${encryption === '' ? '' : `,"clusterEndpointEncryptionType":"${encryption}"`},"sSESpecification":{"enabled":${sse}}}`,
    { response: daxCluster(place, name, port) },
  );
}

/** One call by a new user of some account, from somewhere outside. */
export function plantFromOutside(
  context: AttackContext,
  rule: RuleId,
  userName: string,
  variant: string,
  description: string,
  make: (place: Place) => ApiCall,
  minimumSeverity: Severity = 'HIGH',
): void {
  const place = pickPlace(context);
  const caller = newUser(context, place.account, userName);
  const proof = context.plants.attack({
    rule,
    minimumSeverity,
    variant,
    description,
    principal: caller.principal,
    account: place.account,
    region: place.region,
  });
  plantCall(context, proof, {
    place,
    caller,
    call: make(place),
    timeMs: pickTime(context),
    address: hostIn(publicNetwork(context.random), context.random),
  });
}

export function plantPlainDaxClusters(context: AttackContext): void {
  const variants: readonly (readonly [string, string, (place: Place, name: string) => ApiCall])[] = [
    [
      'encryption-left-out',
      'a DAX cluster is created without endpoint encryption',
      (place, name) => createCluster(place, name, '', 8111, true),
    ],
    [
      'encryption-none',
      'a DAX cluster is created with endpoint encryption NONE',
      (place, name) => createCluster(place, name, 'NONE', 8111, false),
    ],
    [
      'plain-cluster-grows',
      'nodes are added to a DAX cluster whose endpoint is port 8111',
      (place, name) =>
        apiCall('dax', 'IncreaseReplicationFactor', `{"clusterName":"${name}","newReplicationFactor":5}`, {
          response: daxCluster(place, name, 8111),
        }),
    ],
  ];
  for (const [variant, description, make] of variants) {
    plantFromOutside(context, 'POL-07', 'cache-admin', variant, description, (place) =>
      make(place, `cache-${context.random.hex(6)}`),
    );
  }
  const place = pickPlace(context);
  const caller = newUser(context, place.account, 'cache-admin');
  const address = hostIn(publicNetwork(context.random), context.random);
  plantCall(context, context.plants.benign('DAX cluster with TLS', 'endpoint encryption TLS, port 9111'), {
    place,
    caller,
    address,
    call: createCluster(place, `cache-${context.random.hex(6)}`, 'TLS', 9111, true),
    timeMs: pickTime(context),
  });
  plantCall(context, context.plants.benign('DAX cluster that was not created', 'the call failed: LOW'), {
    place,
    caller,
    address,
    timeMs: pickTime(context),
    call: createCluster(place, `cache-${context.random.hex(6)}`, '', 8111, true),
    errorCode: 'InsufficientClusterCapacityException',
    errorMessage: 'There are not enough system resources to create the cluster you requested.',
  });
}

type EyesCloser = (place: Place, random: Random) => ApiCall;

const CLOSERS: readonly (readonly [string, string, EyesCloser])[] = [
  [
    'StopLogging',
    'the trail is stopped',
    (place) =>
      apiCall(
        'cloudtrail',
        'StopLogging',
        `{"name":"arn:aws:cloudtrail:${place.region}:${place.account}:trail/organization-trail"}`,
      ),
  ],
  [
    'DeleteTrail',
    'the trail is deleted',
    () => apiCall('cloudtrail', 'DeleteTrail', '{"name":"data-events-trail"}'),
  ],
  [
    'PutEventSelectors-drops-management',
    'the trail keeps DynamoDB data events and drops management events',
    () =>
      apiCall(
        'cloudtrail',
        'PutEventSelectors',
        '{"trailName":"data-trail","advancedEventSelectors":[{"name":"tables","fieldSelectors":[{"field":"eventCategory","equals":["Data"]},{"field":"resources.type","equals":["AWS::DynamoDB::Table"]}]},{"name":"streams","fieldSelectors":[{"field":"eventCategory","equals":["Data"]},{"field":"resources.type","equals":["AWS::DynamoDB::Stream"]}]}]}',
      ),
  ],
  [
    'DeleteFlowLogs',
    'flow logs are deleted',
    (_place, random) =>
      apiCall(
        'ec2',
        'DeleteFlowLogs',
        `{"DeleteFlowLogsRequest":{"FlowLogId":{"tag":1,"content":"fl-0${random.hex(16)}"}}}`,
      ),
  ],
  [
    'DeleteLogGroup',
    'a log group is deleted',
    () => apiCall('logs', 'DeleteLogGroup', '{"logGroupName":"/ecs/orders-fastapi"}'),
  ],
  [
    'DeleteLogStream',
    'a log stream is deleted',
    (_place, random) =>
      apiCall(
        'logs',
        'DeleteLogStream',
        `{"logGroupName":"/ecs/shop-django","logStreamName":"web/app/${random.hex(32)}"}`,
      ),
  ],
  [
    'PutRetentionPolicy',
    "the trail's own log group is kept for one day",
    () =>
      apiCall(
        'logs',
        'PutRetentionPolicy',
        '{"logGroupName":"/aws/cloudtrail/organization-trail","retentionInDays":1}',
      ),
  ],
  [
    'DeleteSubscriptionFilter',
    'the subscription of a log group is removed',
    () =>
      apiCall(
        'logs',
        'DeleteSubscriptionFilter',
        '{"logGroupName":"/ecs/orders-fastapi","filterName":"wiretrail"}',
      ),
  ],
  [
    'DeleteDataProtectionPolicy',
    'masking of a log group is removed',
    () => apiCall('logs', 'DeleteDataProtectionPolicy', '{"logGroupIdentifier":"/ecs/shop-django"}'),
  ],
  [
    'DeleteFunction20150331',
    'a function of the monitor is deleted (the event name carries a date)',
    () => apiCall('lambda', 'DeleteFunction20150331', `{"functionName":"${OWN_RESOURCES[0]}"}`),
  ],
  [
    'UpdateFunctionConfiguration20150331v2',
    'a function of the monitor is reconfigured (the event name carries date and version)',
    (place) =>
      apiCall(
        'lambda',
        'UpdateFunctionConfiguration20150331v2',
        `{"functionName":"arn:aws:lambda:${place.region}:${place.account}:function:${OWN_RESOURCES[1]}","timeout":1,"environment":{}}`,
      ),
  ],
  [
    'DeleteTopic',
    'the topic of the findings is deleted',
    (place) =>
      apiCall(
        'sns',
        'DeleteTopic',
        `{"topicArn":"arn:aws:sns:${place.region}:${place.account}:${OWN_RESOURCES[2]}"}`,
      ),
  ],
];

/** Management events, tables and streams. */
const KEEP_EVERYTHING =
  '[{"name":"management","fieldSelectors":[{"field":"eventCategory","equals":["Management"]}]},{"name":"tables","fieldSelectors":[{"field":"eventCategory","equals":["Data"]},{"field":"resources.type","equals":["AWS::DynamoDB::Table"]}]},{"name":"streams","fieldSelectors":[{"field":"eventCategory","equals":["Data"]},{"field":"resources.type","equals":["AWS::DynamoDB::Stream"]}]}]';
const KEEP_S3_ONLY =
  '[{"readWriteType":"All","includeManagementEvents":true,"dataResources":[{"type":"AWS::S3::Object","values":["arn:aws:s3"]}],"excludeManagementEventSources":[]}]';

/** A trail that kept DynamoDB data events keeps them no longer; of a trail without a past the logs cannot say what it kept. */
function plantDroppedDataEvents(context: AttackContext): void {
  for (const [variant, severity, trail, description] of [
    [
      'PutEventSelectors-drops-dynamodb',
      'HIGH',
      'tables-trail',
      'a trail that kept DynamoDB data events keeps S3 events instead',
    ],
    [
      'PutEventSelectors-without-dynamodb',
      'MEDIUM',
      'new-trail',
      'a trail is told to keep S3 data events and no DynamoDB ones',
    ],
  ] as const) {
    const place = pickPlace(context);
    const caller = newUser(context, place.account, 'temp-admin');
    const address = hostIn(publicNetwork(context.random), context.random);
    const timeMs = pickTime(context);
    const proof = context.plants.attack({
      rule: 'POL-10',
      minimumSeverity: severity,
      variant,
      description,
      principal: caller.principal,
      account: place.account,
      region: place.region,
    });
    if (severity === 'HIGH') {
      const before = context.plants.benign(
        'PutEventSelectors that selects tables and streams',
        'it opens eyes',
      );
      plantCall(context, before, {
        place,
        caller: newUser(context, place.account, 'platform'),
        address,
        timeMs: timeMs - 90 * MINUTE_MS,
        call: apiCall(
          'cloudtrail',
          'PutEventSelectors',
          `{"trailName":"${trail}","advancedEventSelectors":${KEEP_EVERYTHING}}`,
        ),
      });
    }
    plantCall(context, proof, {
      place,
      caller,
      address,
      timeMs,
      call: apiCall(
        'cloudtrail',
        'PutEventSelectors',
        `{"trailName":"${trail}","eventSelectors":${KEEP_S3_ONLY}}`,
      ),
    });
  }
}

export function plantClosedEyes(context: AttackContext): void {
  for (const [variant, description, make] of CLOSERS) {
    plantFromOutside(context, 'POL-10', 'temp-admin', variant, description, (place) =>
      make(place, context.random),
    );
  }
  plantDroppedDataEvents(context);
  plantHarmlessChanges(context);
}

function plantHarmlessChanges(context: AttackContext): void {
  const place = pickPlace(context);
  const caller = newUser(context, place.account, 'platform');
  const address = hostIn(publicNetwork(context.random), context.random);
  const startMs = pickTime(context);
  const plant = (minute: number, what: string, why: string, call: ApiCall, errorCode?: string) =>
    plantCall(context, context.plants.benign(what, why), {
      place,
      caller,
      address,
      call,
      timeMs: startMs + minute * MINUTE_MS,
      ...(errorCode === undefined ? {} : { errorCode, errorMessage: 'not allowed' }),
    });
  plant(
    0,
    'PutEventSelectors that keeps everything',
    'management events, tables and streams are all still selected',
    apiCall(
      'cloudtrail',
      'PutEventSelectors',
      `{"trailName":"organization-trail","advancedEventSelectors":${KEEP_EVERYTHING}}`,
    ),
  );
  plant(
    1,
    'PutRetentionPolicy of ten years',
    'far above the floor',
    apiCall('logs', 'PutRetentionPolicy', '{"logGroupName":"/ecs/orders-fastapi","retentionInDays":3653}'),
  );
  plant(
    6,
    'PutRetentionPolicy of a week for a preview',
    'below the floor, but of a group that holds no evidence: LOW',
    apiCall('logs', 'PutRetentionPolicy', '{"logGroupName":"/ecs/preview-17","retentionInDays":7}'),
  );
  plant(
    2,
    'StartLogging',
    'opens eyes',
    apiCall('cloudtrail', 'StartLogging', '{"name":"organization-trail"}'),
  );
  plant(
    3,
    'StopLogging that was refused',
    'nothing changed: LOW',
    apiCall('cloudtrail', 'StopLogging', '{"name":"organization-trail"}'),
    'AccessDenied',
  );
  plant(
    4,
    "DeleteFunction20150331 of somebody else's function",
    'not a function of the monitor',
    apiCall('lambda', 'DeleteFunction20150331', '{"functionName":"thumbnailer-preview"}'),
  );
  plant(
    5,
    'CreateFlowLogs with every field',
    'opens eyes',
    apiCall(
      'ec2',
      'CreateFlowLogs',
      `{"CreateFlowLogsRequest":{"ResourceType":"VPC","TrafficType":"ALL","ResourceId":{"tag":1,"content":"${place.vpcId}"},"LogDestinationType":"s3","LogDestination":"arn:aws:s3:::flow-logs","LogFormat":"\${version} \${account-id} \${interface-id} \${srcaddr} \${dstaddr} \${srcport} \${dstport} \${protocol} \${packets} \${bytes} \${start} \${end} \${action} \${log-status} \${vpc-id} \${subnet-id} \${instance-id} \${tcp-flags} \${pkt-srcaddr} \${pkt-dstaddr} \${region} \${pkt-src-aws-service} \${pkt-dst-aws-service} \${flow-direction} \${traffic-path}"}}`,
    ),
  );
}
