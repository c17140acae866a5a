'use strict';
// Checks the parameters of serverless.yml before anything is packaged, and hands them on as they are used: numbers as numbers,
// lists as lists. CommonJS, because that is what ${file()} of the Serverless Framework loads.

const { existsSync } = require('node:fs');
const { isIP } = require('node:net');
const path = require('node:path');

const SEVERITIES = ['CRITICAL', 'HIGH', 'MEDIUM', 'LOW', 'INFO'];
/** https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutRetentionPolicy.html */
const LOG_RETENTION_DAYS = [
  1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653,
];
const BUCKET = /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/;
const TOPIC_ARN = /^arn:[a-z-]+:sns:[a-z0-9-]+:\d{12}:[\w.-]+$/;
const KEY_ARN = /^arn:[a-z-]+:kms:[a-z0-9-]+:\d{12}:key\/[\w-]+$/;
const LOG_GROUP = /^[\w./#-]{1,512}$/;
/** As src/live/endpoint-list.ts takes it. */
const ENDPOINT = /^vpce-[0-9a-f]{8,17}$/;
const REGION = /^[a-z]{2}(-[a-z]{2,12}){1,3}-\d{1,2}$/;
const LEAST_NETWORK_BITS = { 4: 24, 6: 64 };
/**
 * About half of the 4 KB that the variables of one function may have together, about 30 endpoints. wiretrail.yml takes more.
 * https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html
 */
const MAX_ENDPOINTS_LENGTH = 2000;
/**
 * Bytes of all permissions of one function (https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html, resource-based policy),
 * and what one of them takes besides the name of its log group, with room for long names of regions and stages.
 */
const PERMISSIONS_BYTES = 20_480;
const PERMISSION_BYTES = 500;

/** Log groups of one service's functions, and its topic, rules and trail, all begin with this name: see the files beside this one. */
const FUNCTIONS = ['archive-objects', 'trail-events', 'log-events', 'window-closer', 'slack-notifier'];
const OTHERS = [
  'alerts',
  'api-calls',
  'api-calls-forwarded',
  'objects',
  'objects-forwarded',
  'window-closer',
  'trial',
];

/** Names of what this stack is made of, for POL-10: with them in the settings, whoever weakens the monitor is CRITICAL. */
function ownNames(name) {
  const functions = FUNCTIONS.map((one) => `${name}-${one}`);
  const groups = functions.map((one) => `/aws/lambda/${one}`);
  return [...new Set([name, ...functions, ...groups, ...OTHERS.map((one) => `${name}-${one}`)])];
}

/** An address of IPv4 or IPv6 as ones and zeros. */
function bitsOf(address) {
  const binary = (numbers, width) => numbers.map((one) => one.toString(2).padStart(width, '0')).join('');
  if (isIP(address) === 4) return binary(address.split('.').map(Number), 8);
  // The URL writes all of them in one form, with groups of digits alone and at most one gap.
  const [front, back] = new URL(`http://[${address}]`).hostname
    .slice(1, -1)
    .split('::')
    .map((half) => (half === '' ? [] : half.split(':').map((group) => Number.parseInt(group, 16))));
  const gap = back === undefined ? [] : Array(8 - front.length - back.length).fill(0);
  return binary([...front, ...gap, ...(back ?? [])], 16);
}

/** An address, or a network that is not too wide to hold nothing but endpoints. */
function isEndpointAddress(text) {
  const [, address = '', length] = /^([0-9a-fA-F.:]+)(?:\/(0|[1-9]\d{0,2}))?$/.exec(text) ?? [];
  const family = isIP(address);
  if (family === 0 || length === undefined) return family !== 0;
  const bits = bitsOf(address);
  const ofNetwork = Number(length);
  return (
    ofNetwork >= LEAST_NETWORK_BITS[family] &&
    ofNetwork <= bits.length &&
    !bits.slice(ofNetwork).includes('1')
  );
}

/** `VPCE-ID REGION ADDRESS ADDRESS`, with one space between. */
function isEndpoint(text) {
  const [endpoint, region = '', ...addresses] = text.split(' ');
  return (
    ENDPOINT.test(endpoint) &&
    REGION.test(region) &&
    addresses.length > 0 &&
    addresses.every(isEndpointAddress)
  );
}

/** `raw`: text or null by name; what serverless.yml has as a number or boolean may come as one. Throws an Error that names the parameter. */
function checkParameters(raw, name) {
  const text = (parameter) =>
    raw[parameter] === null || raw[parameter] === undefined ? '' : `${raw[parameter]}`.trim();
  const wrong = (parameter, what) => {
    throw new Error(`--param="${parameter}=${text(parameter)}": ${what}`);
  };
  const matching = (parameter, form, what) => {
    if (text(parameter) !== '' && !form.test(text(parameter))) wrong(parameter, what);
    return text(parameter);
  };
  const oneOf = (parameter, values) => {
    const value = values.find((candidate) => candidate === text(parameter).toUpperCase());
    return value ?? wrong(parameter, `give one of ${values.join(', ')}`);
  };
  const integer = (parameter, least, most) => {
    const value = Number(text(parameter));
    if (!Number.isInteger(value) || value < least || value > most)
      wrong(parameter, `give a whole number from ${least} to ${most}`);
    return value;
  };
  const list = (parameter, form, what) => {
    const values = text(parameter)
      .split(',')
      .map((value) => value.trim())
      .filter((value) => value !== '');
    for (const value of values) if (!form.test(value)) wrong(parameter, `"${value}" is no ${what}`);
    return [...new Set(values)];
  };

  for (const parameter of ['trial', 'deletionProtection', 'keepData'])
    matching(parameter, /^(true|false)$/, 'give true or false');
  const trial = text('trial') === 'true';
  if (!trial && text('trailBucket') === '')
    wrong('trailBucket', 'name the bucket that CloudTrail writes to, or give --param="trial=true"');
  if (trial && text('trailBucket') !== '') wrong('trailBucket', 'leave it out, or leave out trial=true');
  for (const parameter of ['trailBucket', 'flowBucket', 'accessLogBucket'])
    matching(parameter, BUCKET, 'give the name of a bucket, without s3://');
  for (const parameter of ['trailPrefix', 'flowPrefix', 'accessLogPrefix'])
    matching(
      parameter,
      /^[^/*?$][^*?$]*$/,
      'give the beginning of keys, without a slash in front and without * ? $',
    );
  for (const parameter of ['trailTopicArn', 'flowTopicArn'])
    matching(parameter, TOPIC_ARN, 'give the ARN of an SNS topic');
  for (const parameter of ['trailKeyArn', 'flowKeyArn', 'slackKeyArn'])
    matching(parameter, KEY_ARN, 'give the ARN of a KMS key, not of an alias');
  matching('alertEmail', /^[^\s@,]+@[^\s@,]+$/, 'give one e-mail address');
  matching(
    'forwardingOrganization',
    /^o-[a-z0-9]{10,32}$/,
    'give the id of an organization, such as o-a1b2c3d4e5',
  );
  matching('slackChannel', /^[#\w-]{1,80}$/, 'give the id of a channel');
  const slack = /^(ssm|secretsmanager):(\/?[\w.+=@/-]{1,512})$/.exec(text('slackSecret'));
  if (text('slackSecret') !== '' && slack === null)
    wrong('slackSecret', 'write ssm:NAME or secretsmanager:NAME; never the webhook itself');
  const logRetentionDays = integer('logRetentionDays', 1, 3653);
  if (!LOG_RETENTION_DAYS.includes(logRetentionDays))
    wrong('logRetentionDays', `give one of ${LOG_RETENTION_DAYS.join(', ')}`);

  const endpoints = text('dynamodbEndpoints')
    .split(',')
    .map((entry) => entry.trim().replace(/\s+/g, ' '))
    .filter((entry) => entry !== '');
  for (const entry of endpoints) {
    if (!isEndpoint(entry))
      wrong(
        'dynamodbEndpoints',
        `"${entry}" is not VPCE-ID REGION ADDRESS ADDRESS, as in vpce-0a1b2c3d us-east-1 10.0.4.17`,
      );
  }
  const dynamodbEndpoints = [...new Set(endpoints)].join(',');
  if (dynamodbEndpoints.length > MAX_ENDPOINTS_LENGTH)
    wrong(
      'dynamodbEndpoints',
      `more than ${MAX_ENDPOINTS_LENGTH} characters; wiretrail.yml takes more of them`,
    );

  const own = ownNames(name);
  const logGroups = list('logGroups', LOG_GROUP, 'name of a log group');
  for (const group of logGroups) {
    // What it writes would come back to it, and be written again: https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/Subscriptions-recursion-prevention.html
    if (own.includes(group)) wrong('logGroups', `${group} is the monitor's own log: it would feed on itself`);
  }
  const permissions = logGroups.reduce((bytes, group) => bytes + PERMISSION_BYTES + group.length, 0);
  if (permissions > PERMISSIONS_BYTES)
    wrong(
      'logGroups',
      `${logGroups.length} groups are too many: the permissions of one function hold about 35. Leave some out; they can be read with wiretrail replay logs:/the/group`,
    );
  return {
    minimumSeverity: oneOf('minimumSeverity', SEVERITIES),
    slackMinimumSeverity: oneOf('slackMinimumSeverity', SEVERITIES),
    httpsAlerts: matching('httpsAlerts', /^(finding|amazon-q)$/, 'give finding or amazon-q'),
    logRetentionDays,
    // As src/live/settings.ts takes it; an environment variable is text.
    retentionDays: `${integer('retentionDays', 30, 3653)}`,
    trialRetentionDays: integer('trialRetentionDays', 1, 3650),
    // 2 is the least that Lambda takes: https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-scaling.html
    archiveConcurrency: integer('archiveConcurrency', 2, 1000),
    reservedConcurrency: text('reservedConcurrency') === '' ? null : integer('reservedConcurrency', 1, 1000),
    slackService: slack?.[1] ?? 'none',
    // As it stands in an ARN, where an SSM parameter's own slash is left out.
    slackName: (slack?.[2] ?? '').replace(/^\//, ''),
    dynamodbEndpoints,
    logGroups,
    forwardingAccounts: list('forwardingAccounts', /^\d{12}$/, 'account of twelve digits'),
    ownResources: [...own, ...list('ownResources', /^[\w./:#-]{1,512}$/, 'name or ARN')].join(','),
  };
}

const PARAMETERS = [
  'trailBucket',
  'trailPrefix',
  'trailTopicArn',
  'trailKeyArn',
  'flowBucket',
  'flowPrefix',
  'flowTopicArn',
  'flowKeyArn',
  'accessLogBucket',
  'accessLogPrefix',
  'trial',
  'trialRetentionDays',
  'logGroups',
  'alertEmail',
  'minimumSeverity',
  'slackMinimumSeverity',
  'httpsAlerts',
  'slackSecret',
  'slackKeyArn',
  'slackChannel',
  'retentionDays',
  'logRetentionDays',
  'archiveConcurrency',
  'reservedConcurrency',
  'forwardingAccounts',
  'forwardingOrganization',
  'ownResources',
  'dynamodbEndpoints',
  'deletionProtection',
  'keepData',
];

/** osls zips what is there, and says nothing where it is not: a function without code would be deployed. */
function checkBundles(folder) {
  for (const name of FUNCTIONS) {
    if (!existsSync(path.join(folder, `${name}.mjs`)))
      throw new Error(
        `dist/handlers/${name}.mjs is missing: run npm run package first, which bundles the functions`,
      );
  }
}

/** What serverless.yml and log-groups.cjs ask for. */
async function checked({ resolveVariable }) {
  checkBundles(path.join(__dirname, '../dist/handlers'));
  const raw = {};
  for (const parameter of PARAMETERS) raw[parameter] = await resolveVariable(`param:${parameter}, null`);
  const name = `wiretrail-${await resolveVariable('sls:stage')}`;
  try {
    return checkParameters(raw, name);
  } catch (error) {
    // osls prints the stack: where in this file it was noticed helps nobody who gave a wrong parameter.
    error.stack = `${error.name}: ${error.message}`;
    throw error;
  }
}

module.exports = { checked, checkBundles, checkParameters, ownNames, PARAMETERS };
