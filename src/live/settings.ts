// What a deployed function is told by its environment (serverless.yml sets it), read once a cold start. A secret never stands there, only its name.

import * as z from 'zod/mini';
import { HTTPS_PAYLOADS, type HttpsPayload } from '../alerts/https-payload.ts';
import { DEFAULT_ALERT_FROM } from '../alerts/notice.ts';
import { DEFAULT_SETTINGS } from '../detectors/default-settings.ts';
import type { DetectorSettings, DynamodbEndpoint } from '../detectors/detector.ts';
import { SEVERITIES, type Severity } from '../findings/finding.ts';
import { WiretrailError } from '../lib/errors.ts';
import { parseEndpointList } from './endpoint-list.ts';
import { parseSecretName, type SecretName } from './named-secret.ts';

export type Environment = Readonly<Record<string, string | undefined>>;

/** Of every function. */
export interface FunctionSettings {
  /** What its logs and metrics are filed under: the name of the stack. */
  readonly service: string;
  readonly alertTopicArn: string;
  /** Another AWS, for all services; null: AWS. */
  readonly endpointUrl: string | null;
}

/** Of the functions that judge. */
export interface LiveSettings extends FunctionSettings {
  readonly stateTable: string;
  readonly fingerprintKey: SecretName;
  /** Names or ARNs of the monitor's own resources, as the stack names them. */
  readonly ownResources: readonly string[];
  /** What detectors go by: the settings that were compiled into the function, and the own resources beside those that they name. */
  readonly detectorSettings: DetectorSettings;
  /** Findings from this severity on are alerted at once; the others are in the digest. */
  readonly alertFrom: Severity;
  /** Queue of the alerts for Slack; null: nothing goes to Slack. */
  readonly slackQueueUrl: string | null;
  readonly slackFrom: Severity;
  /** What HTTPS subscribers of the topic get. */
  readonly httpsAlerts: HttpsPayload;
  /** Days that findings, and what was told of them, are kept after their last change. */
  readonly retentionDays: number;
  /** What the names of objects that are read begin with: `s3://BUCKET/PREFIX`. [] reads whatever is announced. */
  readonly objectsBelow: readonly string[];
}

/** Of the function that tells Slack. */
export interface SlackSettings extends FunctionSettings {
  /** Where it is remembered what Slack was told. */
  readonly stateTable: string;
  /** A webhook's URL or a bot token. */
  readonly slackSecret: SecretName;
  /** For a bot token; null: the webhook's own. */
  readonly slackChannel: string | null;
}

const DEFAULT_SERVICE = 'wiretrail';
/** What is less severe is on the topic, and Slack stays readable. */
const DEFAULT_SLACK_FROM: Severity = 'HIGH';
/** A year, and a month to look back from its end: PCI DSS 4.0.1, requirement 10.5.1 asks for twelve months of audit history. */
const DEFAULT_RETENTION_DAYS = 400;
/** A story that goes on for weeks must not begin anew: a notification may be delivered again for 28 days. */
const MIN_RETENTION_DAYS = 30;
const MAX_RETENTION_DAYS = 3_653;
const RETENTION_HINT = `is not from ${MIN_RETENTION_DAYS} to ${MAX_RETENTION_DAYS}`;

const severity = z.optional(z.enum(SEVERITIES, `is none of ${SEVERITIES.join(', ')}`));
const required = z.string('is missing');
const secretName = z.pipe(
  required,
  z.transform((text, context): SecretName => {
    const name = parseSecretName(text);
    if (name !== null) return name;
    const message = 'is no name of a secret: give an ARN, secretsmanager:NAME or ssm:NAME';
    context.issues.push({ code: 'custom', message, input: undefined });
    return z.NEVER;
  }),
);

const endpointList = z.optional(
  z.pipe(
    z.string(),
    z.transform((text, context): readonly DynamodbEndpoint[] => {
      const endpoints = parseEndpointList(text);
      if (endpoints !== null) return endpoints;
      const message = 'is no list of endpoints: give VPCE-ID REGION ADDRESS ADDRESS, VPCE-ID REGION ADDRESS';
      context.issues.push({ code: 'custom', message, input: undefined });
      return z.NEVER;
    }),
  ),
);

/** https://docs.aws.amazon.com/sns/latest/dg/sns-create-topic.html: up to 256 characters; of a FIFO topic, `.fifo` behind them. */
const TOPIC_ARN = /^arn:[a-z-]{3,20}:sns:[a-z0-9-]{1,30}:\d{12}:[\w-]{1,256}(\.fifo)?$/;
/** https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html */
const OBJECTS_BELOW = z.optional(
  z.string().check(z.regex(/^s3:\/\/[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]\//, 'is no s3://BUCKET/PREFIX')),
);
/** https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Constraints.html, table names. */
const TABLE = /^[\w.-]{3,255}$/;

const ofEveryFunction = {
  POWERTOOLS_SERVICE_NAME: z.optional(z.string().check(z.maxLength(256, 'is too long'))),
  WIRETRAIL_ALERT_TOPIC: required.check(z.regex(TOPIC_ARN, 'is no ARN of an SNS topic')),
  WIRETRAIL_ENDPOINT_URL: z.optional(z.url({ protocol: /^https?$/, error: 'is no URL' })),
};
const liveSchema = z.object({
  ...ofEveryFunction,
  WIRETRAIL_STATE_TABLE: required.check(z.regex(TABLE, 'is no name of a DynamoDB table')),
  WIRETRAIL_FINGERPRINT_SECRET: secretName,
  WIRETRAIL_OWN_RESOURCES: z._default(z.string(), ''),
  WIRETRAIL_DYNAMODB_ENDPOINTS: endpointList,
  WIRETRAIL_MINIMUM_SEVERITY: severity,
  WIRETRAIL_SLACK_QUEUE: z.optional(z.url({ protocol: /^https?$/, error: 'is no URL of a queue' })),
  WIRETRAIL_SLACK_MINIMUM_SEVERITY: severity,
  WIRETRAIL_HTTPS_ALERTS: z.optional(z.enum(HTTPS_PAYLOADS, `is none of ${HTTPS_PAYLOADS.join(', ')}`)),
  WIRETRAIL_TRAIL_OBJECTS: OBJECTS_BELOW,
  WIRETRAIL_FLOW_OBJECTS: OBJECTS_BELOW,
  WIRETRAIL_ACCESS_LOG_OBJECTS: OBJECTS_BELOW,
  WIRETRAIL_RETENTION_DAYS: z.optional(
    z.pipe(
      z.pipe(z.string().check(z.regex(/^\d{1,4}$/, 'is no whole number')), z.transform(Number)),
      z.int().check(z.gte(MIN_RETENTION_DAYS, RETENTION_HINT), z.lte(MAX_RETENTION_DAYS, RETENTION_HINT)),
    ),
  ),
});
const slackSchema = z.object({
  ...ofEveryFunction,
  WIRETRAIL_STATE_TABLE: required.check(z.regex(TABLE, 'is no name of a DynamoDB table')),
  WIRETRAIL_SLACK_SECRET: secretName,
  WIRETRAIL_SLACK_CHANNEL: z.optional(z.string().check(z.regex(/^[#\w-]{1,80}$/, 'is no id of a channel'))),
});

/** Throws a WiretrailError E_SETTINGS that names every variable that is wrong; what they hold is not repeated. */
export function readLiveSettings(environment: Environment): LiveSettings {
  const read = parse(liveSchema, environment);
  const ownResources = read.WIRETRAIL_OWN_RESOURCES.split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '');
  const bundled = bundledSettings();
  return {
    ...common(read),
    stateTable: read.WIRETRAIL_STATE_TABLE,
    fingerprintKey: read.WIRETRAIL_FINGERPRINT_SECRET,
    ownResources,
    detectorSettings: {
      ...bundled,
      ownResources: [...new Set([...bundled.ownResources, ...ownResources])],
      dynamodbEndpoints: [...bundled.dynamodbEndpoints, ...(read.WIRETRAIL_DYNAMODB_ENDPOINTS ?? [])],
    },
    alertFrom: read.WIRETRAIL_MINIMUM_SEVERITY ?? DEFAULT_ALERT_FROM,
    slackQueueUrl: read.WIRETRAIL_SLACK_QUEUE ?? null,
    slackFrom: read.WIRETRAIL_SLACK_MINIMUM_SEVERITY ?? DEFAULT_SLACK_FROM,
    httpsAlerts: read.WIRETRAIL_HTTPS_ALERTS ?? 'finding',
    retentionDays: read.WIRETRAIL_RETENTION_DAYS ?? DEFAULT_RETENTION_DAYS,
    objectsBelow: [
      read.WIRETRAIL_TRAIL_OBJECTS,
      read.WIRETRAIL_FLOW_OBJECTS,
      read.WIRETRAIL_ACCESS_LOG_OBJECTS,
    ].filter((below) => below !== undefined),
  };
}

/** As `readLiveSettings`. */
export function readSlackSettings(environment: Environment): SlackSettings {
  const read = parse(slackSchema, environment);
  return {
    ...common(read),
    stateTable: read.WIRETRAIL_STATE_TABLE,
    slackSecret: read.WIRETRAIL_SLACK_SECRET,
    slackChannel: read.WIRETRAIL_SLACK_CHANNEL ?? null,
  };
}

/**
 * The settings of detectors that were compiled into a function when it was packaged: scripts/bundle-handlers.ts checks wiretrail.yml as a
 * replay does, and puts it in the place of this name. Outside of a bundle the defaults hold.
 */
function bundledSettings(): DetectorSettings {
  const bundled = (globalThis as { WIRETRAIL_SETTINGS?: DetectorSettings }).WIRETRAIL_SETTINGS;
  return bundled ?? DEFAULT_SETTINGS;
}

function common(read: Pick<z.output<typeof liveSchema>, keyof typeof ofEveryFunction>): FunctionSettings {
  return {
    service: read.POWERTOOLS_SERVICE_NAME ?? DEFAULT_SERVICE,
    alertTopicArn: read.WIRETRAIL_ALERT_TOPIC,
    endpointUrl: read.WIRETRAIL_ENDPOINT_URL ?? null,
  };
}

function parse<T extends z.ZodMiniType>(schema: T, environment: Environment): z.output<T> {
  // CloudFormation gives '' for what was not chosen.
  const given = Object.entries(environment).filter(([, value]) => value !== '');
  const result = schema.safeParse(Object.fromEntries(given));
  if (result.success) return result.data;
  const wrong = new Map(
    result.error.issues.toReversed().map(({ path, message }) => [String(path[0]), message]),
  );
  throw new WiretrailError(
    'E_SETTINGS',
    'environment',
    [...wrong]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([variable, message]) => `${variable} ${message}`)
      .join('; '),
    'serverless.yml sets these variables; deploy it again, or mend them in the configuration of the function.',
  );
}
