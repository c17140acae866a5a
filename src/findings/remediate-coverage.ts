// Commands that make logs show more: for `wiretrail coverage` and the digest. In the manner of remediation.ts: nothing is run by wiretrail, and
// what comes from logs and has not the form of its kind is not used.

import { known, word } from './command-values.ts';
import type { RemediationStep } from './finding.ts';
import { shellQuote } from './printable.ts';
import { FLOW_LOG_FIELDS, ONLY_READS } from './remediation.ts';

/** What the first flow log format of every remedy lacks, and rules can use: whose container it was, and encryption within a VPC. */
const MORE_FLOW_FIELDS = ['ecs-task-id', 'encryption-status'];
const FLOW_FORMAT = [...FLOW_LOG_FIELDS, ...MORE_FLOW_FIELDS].map((field) => `\${${field}}`).join(' ');

const selector = (name: string, ...fields: readonly (readonly [field: string, value: string])[]) => ({
  Name: name,
  FieldSelectors: fields.map(([field, value]) => ({ Field: field, Equals: [value] })),
});
const dataOf = (name: string, type: string) =>
  selector(name, ['eventCategory', 'Data'], ['resources.type', type]);
/** One type of resource each. https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_AdvancedFieldSelector.html */
const MANAGEMENT = selector('management', ['eventCategory', 'Management']);
const DYNAMODB = [
  dataOf('DynamoDB tables', 'AWS::DynamoDB::Table'),
  dataOf('DynamoDB streams', 'AWS::DynamoDB::Stream'),
];
const S3_OBJECTS = dataOf('S3 objects', 'AWS::S3::Object');

/** A trail as calls to CloudTrail named it, and the region that it was called in: the home region where the name is no ARN. */
export interface KnownTrail {
  readonly name: string;
  readonly region: string;
}

/** No trail at all. */
export function createTrail(region: string | undefined): readonly RemediationStep[] {
  const where = `--region ${word('region', region)}`;
  return [
    {
      step: 'Create a trail of all regions; its bucket must let CloudTrail write (the policy is in the CloudTrail guide, or comes with the deployment)',
      command: `aws cloudtrail create-trail ${where} --name wiretrail --s3-bucket-name '<BUCKET-NAME>' --is-multi-region-trail --enable-log-file-validation`,
      risk: 'The first copy of management events is free, storage costs money.',
      undo: `aws cloudtrail delete-trail ${where} --name wiretrail`,
    },
    {
      step: 'Start it',
      command: `aws cloudtrail start-logging ${where} --name wiretrail`,
      risk: 'None beyond the cost of the trail.',
      undo: `aws cloudtrail stop-logging ${where} --name wiretrail`,
    },
    ...selectEvents(null, region, 'dynamodb', 'wiretrail'),
  ];
}

/** A trail that does not log what is needed. All selectors are replaced by these, so that they hold everything that rules read. */
export function selectEvents(
  trail: KnownTrail | null,
  region: string | undefined,
  what: 'dynamodb' | 's3',
  ownName?: string,
): readonly RemediationStep[] {
  const name = ownName ?? trail?.name;
  const home = name === undefined ? undefined : /^arn:[^:]+:cloudtrail:([^:]+):/.exec(name)?.[1];
  const where = `--region ${word('region', home ?? trail?.region ?? region)}`;
  const trailName = `--trail-name ${word('trailName', name)}`;
  const selectors = [MANAGEMENT, ...DYNAMODB, ...(what === 's3' ? [S3_OBJECTS] : [])];
  const look: RemediationStep[] =
    ownName !== undefined
      ? []
      : [
          {
            step: 'See what the trail selects now: the next command replaces all of it',
            command:
              known('trailName', name) === null
                ? `aws cloudtrail describe-trails ${where}`
                : `aws cloudtrail get-event-selectors ${where} ${trailName}`,
            ...ONLY_READS,
          },
        ];
  return [
    ...look,
    {
      step:
        what === 's3'
          ? 'Log the calls on S3 objects too'
          : 'Log the item-level calls of DynamoDB and the reads of its streams',
      command: `aws cloudtrail put-event-selectors ${where} ${trailName} --advanced-event-selectors ${shellQuote(JSON.stringify(selectors))}`,
      risk: 'Replaces all selectors of the trail: add those that it has and that are not among these. Data events cost money by their number.',
      undo: 'The same command with the selectors of before (get-event-selectors shows them).',
    },
  ];
}

/** What is known of the network without flow logs: an endpoint or an address in it, or only its region. */
export interface FlowPlace {
  readonly region?: string;
  readonly vpcEndpointId?: string;
  readonly address?: string;
}

/** No flow logs, or of one action, or without fields: a format cannot be changed, so that it is a new one each time. */
export function createFlowLogs(place: FlowPlace, isSecond: boolean): readonly RemediationStep[] {
  const where = `--region ${word('region', place.region)}`;
  const create: RemediationStep = {
    step: isSecond
      ? 'Create a flow log with all fields and of all traffic beside the present one: its format cannot be changed'
      : 'Create a flow log with all fields and of all traffic',
    command:
      `aws ec2 create-flow-logs ${where} --resource-type VPC --resource-ids ${vpcsOf(place, where)} --traffic-type ALL --max-aggregation-interval 60 ` +
      `--log-destination-type s3 --log-destination '<BUCKET-ARN>' --log-format ${shellQuote(FLOW_FORMAT)}`,
    risk: 'Delivery and storage cost money. The field ecs-task-id asks for the right to read ECS (ecs:List*): leave it out where no tasks run.',
    undo: `aws ec2 delete-flow-logs ${where} --flow-log-ids '<NEW-FLOW-LOG-ID>'`,
  };
  if (!isSecond) return [create];
  const see: RemediationStep = {
    step: 'See the present flow logs: their ids, formats and what traffic they take',
    command: `aws ec2 describe-flow-logs ${where} --query 'FlowLogs[].[FlowLogId,ResourceId,TrafficType,LogFormat]'`,
    ...ONLY_READS,
  };
  const remove: RemediationStep = {
    step: 'Delete the earlier one once the new one delivers',
    command: `aws ec2 delete-flow-logs ${where} --flow-log-ids '<OLD-FLOW-LOG-ID>'`,
    risk: 'Who else reads it loses it.',
    undo: 'Create it again with its format.',
  };
  return [see, create, remove];
}

/** One word or several for `--resource-ids`; the shell asks AWS for what the logs do not say. */
function vpcsOf({ vpcEndpointId, address }: FlowPlace, where: string): string {
  const endpoint = known('vpcEndpointId', vpcEndpointId);
  if (endpoint !== null)
    return `"$(aws ec2 describe-vpc-endpoints ${where} --vpc-endpoint-ids ${endpoint} --query 'VpcEndpoints[0].VpcId' --output text)"`;
  if (address !== undefined && /^\d{1,3}(?:\.\d{1,3}){3}$/.test(address))
    return `$(aws ec2 describe-network-interfaces ${where} --filters Name=addresses.private-ip-address,Values=${address} --query 'NetworkInterfaces[].VpcId' --output text)`;
  return `$(aws ec2 describe-vpcs ${where} --query 'Vpcs[].VpcId' --output text)`;
}

/** A log group whose lines do not come. */
export function subscribeLogGroup(values: {
  readonly region?: string;
  readonly logGroup?: string;
}): readonly RemediationStep[] {
  const where = `--region ${word('region', values.region)}`;
  const group = word('logGroup', values.logGroup);
  return [
    {
      step: 'Let the deployed monitor hear of the log group (or add it to the parameter logGroups, which does the same)',
      command: `aws logs put-subscription-filter ${where} --log-group-name ${group} --filter-name wiretrail --filter-pattern '' --destination-arn '<LOG-EVENTS-FUNCTION-ARN>'`,
      risk: 'A group takes two subscriptions. Never a group of the monitor itself: what it says would come back to it.',
      undo: `aws logs delete-subscription-filter ${where} --log-group-name ${group} --filter-name wiretrail`,
    },
    {
      step: 'Or read it once',
      command: `AWS_REGION=${word('region', values.region)} wiretrail replay ${shellQuote(`logs:${known('logGroup', values.logGroup) ?? '<LOG-GROUP>'}`)}`,
      ...ONLY_READS,
    },
  ];
}

/** Server access logs of a bucket. */
export function logBucketAccess(): readonly RemediationStep[] {
  const status =
    '{"LoggingEnabled":{"TargetBucket":"<LOG-BUCKET-NAME>","TargetPrefix":"s3-access/","TargetObjectKeyFormat":{"PartitionedPrefix":{"PartitionDateSource":"EventTime"}}}}';
  return [
    {
      step: 'Let S3 write access logs of the bucket; the bucket that takes them must let logging.s3.amazonaws.com write',
      command: `aws s3api put-bucket-logging --bucket '<BUCKET-NAME>' --bucket-logging-status ${shellQuote(status)}`,
      risk: 'Storage costs money. Logs come within hours, and not all of them: AWS promises no completeness.',
      undo: "aws s3api put-bucket-logging --bucket '<BUCKET-NAME>' --bucket-logging-status '{}'",
    },
  ];
}

/** Access logs of a load balancer. */
export function logBalancerAccess(values: { readonly region?: string }): readonly RemediationStep[] {
  const set = `aws elbv2 modify-load-balancer-attributes --region ${word('region', values.region)} --load-balancer-arn '<LOAD-BALANCER-ARN>' --attributes`;
  return [
    {
      step: 'Let the load balancer write access logs; the bucket that takes them must let it write',
      command: `${set} Key=access_logs.s3.enabled,Value=true 'Key=access_logs.s3.bucket,Value=<LOG-BUCKET-NAME>'`,
      risk: 'Storage costs money.',
      undo: `${set} Key=access_logs.s3.enabled,Value=false`,
    },
  ];
}

/** Records of calls without TLS details: from CloudTrail itself, or from what lies between? */
export function lookAtTlsDetails(region: string | undefined): readonly RemediationStep[] {
  return [
    {
      step: 'See whether CloudTrail itself records tlsDetails now: if so, what lies between CloudTrail and here drops it, and the trail’s own bucket has it',
      command: `aws cloudtrail lookup-events --region ${word('region', region)} --lookup-attributes AttributeKey=EventName,AttributeValue=DescribeTable --max-results 1 --query 'Events[0].CloudTrailEvent' --output text`,
      ...ONLY_READS,
    },
  ];
}

/** Hours in which nothing was logged. */
export function lookAtGap(values: {
  readonly region?: string;
  readonly fromIso: string;
  readonly toIso: string;
}): readonly RemediationStep[] {
  const span = `--start-time ${values.fromIso} --end-time ${values.toIso}`;
  return [
    {
      step: 'See what CloudTrail’s own history has of that time (90 days, management events): calls there that are not here were lost on the way or deleted',
      command: `aws cloudtrail lookup-events --region ${word('region', values.region)} ${span} --max-results 10`,
      ...ONLY_READS,
    },
  ];
}
