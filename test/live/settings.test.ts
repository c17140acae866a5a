import { afterEach, describe, expect, it, vi } from 'vitest';
import { DEFAULT_SETTINGS } from '../../src/detectors/default-settings.ts';
import { type Environment, readLiveSettings, readSlackSettings } from '../../src/live/settings.ts';

const ARN = 'arn:aws:secretsmanager:eu-west-1:111122223333:secret:wiretrail-key-a1B2c3';
const REQUIRED: Environment = {
  WIRETRAIL_STATE_TABLE: 'wiretrail-live-StateTable-ABC',
  WIRETRAIL_FINGERPRINT_SECRET: ARN,
  WIRETRAIL_ALERT_TOPIC: 'arn:aws:sns:eu-west-1:111122223333:wiretrail-live-alerts',
};
const SLACK: Environment = { ...REQUIRED, WIRETRAIL_SLACK_SECRET: 'ssm:/slack/webhook' };

afterEach(() => vi.unstubAllGlobals());

describe('the settings of a function that judges', () => {
  it('are complete with what serverless.yml always sets', () => {
    const expected = {
      service: 'wiretrail',
      alertTopicArn: REQUIRED.WIRETRAIL_ALERT_TOPIC,
      endpointUrl: null,
      stateTable: REQUIRED.WIRETRAIL_STATE_TABLE,
      fingerprintKey: { service: 'secretsmanager', id: ARN },
      ownResources: [],
      detectorSettings: DEFAULT_SETTINGS,
      alertFrom: 'MEDIUM',
      slackQueueUrl: null,
      slackFrom: 'HIGH',
      httpsAlerts: 'finding',
      retentionDays: 400,
      objectsBelow: [],
    };
    expect(readLiveSettings({ ...REQUIRED, PATH: '/bin', OTHER: undefined })).toEqual(expected);
    // CloudFormation cannot leave a variable out.
    const empty = {
      WIRETRAIL_SLACK_QUEUE: '',
      WIRETRAIL_ENDPOINT_URL: '',
      WIRETRAIL_OWN_RESOURCES: '',
      WIRETRAIL_RETENTION_DAYS: '',
      WIRETRAIL_MINIMUM_SEVERITY: '',
      POWERTOOLS_SERVICE_NAME: '',
    };
    expect(readLiveSettings({ ...REQUIRED, ...empty })).toEqual(expected);
  });

  it('take everything that can be chosen', () => {
    const chosen = readLiveSettings({
      ...REQUIRED,
      POWERTOOLS_SERVICE_NAME: 'wiretrail-live',
      WIRETRAIL_FINGERPRINT_SECRET: 'ssm:/wiretrail/key',
      WIRETRAIL_OWN_RESOURCES: 'trail-logs, /aws/lambda/wiretrail-live-log-events,,',
      WIRETRAIL_MINIMUM_SEVERITY: 'LOW',
      WIRETRAIL_SLACK_QUEUE: 'https://sqs.eu-west-1.amazonaws.com/111122223333/slack.fifo',
      WIRETRAIL_SLACK_MINIMUM_SEVERITY: 'CRITICAL',
      WIRETRAIL_HTTPS_ALERTS: 'amazon-q',
      WIRETRAIL_RETENTION_DAYS: '30',
      WIRETRAIL_TRAIL_OBJECTS: 's3://trail-logs/AWSLogs/',
      WIRETRAIL_FLOW_OBJECTS: 's3://flow-logs/a, b/',
      WIRETRAIL_ACCESS_LOG_OBJECTS: 's3://access-logs/s3/',
      WIRETRAIL_ENDPOINT_URL: 'http://127.0.0.1:4566',
    });
    expect(chosen).toEqual({
      service: 'wiretrail-live',
      alertTopicArn: REQUIRED.WIRETRAIL_ALERT_TOPIC,
      endpointUrl: 'http://127.0.0.1:4566',
      stateTable: REQUIRED.WIRETRAIL_STATE_TABLE,
      fingerprintKey: { service: 'ssm', id: '/wiretrail/key' },
      ownResources: ['trail-logs', '/aws/lambda/wiretrail-live-log-events'],
      detectorSettings: {
        ...DEFAULT_SETTINGS,
        ownResources: ['trail-logs', '/aws/lambda/wiretrail-live-log-events'],
      },
      alertFrom: 'LOW',
      slackQueueUrl: 'https://sqs.eu-west-1.amazonaws.com/111122223333/slack.fifo',
      slackFrom: 'CRITICAL',
      httpsAlerts: 'amazon-q',
      retentionDays: 30,
      objectsBelow: ['s3://trail-logs/AWSLogs/', 's3://flow-logs/a, b/', 's3://access-logs/s3/'],
    });
  });

  it('have what was compiled in, and beside its own resources those of the stack', () => {
    const compiled = {
      ownResources: ['trail-logs', 'flow-logs'],
      logChains: [['/aws/alb/front', '/app/orders']],
      identityForwarders: ['203.0.113.0/24'],
      minimumRetentionDays: 180,
      ownHosts: ['ddb.corp.internal'],
      ownAccounts: ['444455556666'],
      dynamodbEndpoints: [{ vpcEndpoint: 'vpce-0a1b2c3d', region: 'us-east-1', addresses: ['10.0.4.17'] }],
    };
    vi.stubGlobal('WIRETRAIL_SETTINGS', compiled);
    const { detectorSettings, ownResources } = readLiveSettings({
      ...REQUIRED,
      WIRETRAIL_OWN_RESOURCES: 'trail-logs,wiretrail-live-alerts',
      WIRETRAIL_DYNAMODB_ENDPOINTS:
        'vpce-0b1b2c3d eu-west-1 10.1.0.1  10.2.0.0/28, vpce-0c1b2c3d eu-west-1 fd00::1',
    });
    expect(detectorSettings).toEqual({
      ...compiled,
      ownResources: ['trail-logs', 'flow-logs', 'wiretrail-live-alerts'],
      dynamodbEndpoints: [
        ...compiled.dynamodbEndpoints,
        { vpcEndpoint: 'vpce-0b1b2c3d', region: 'eu-west-1', addresses: ['10.1.0.1', '10.2.0.0/28'] },
        { vpcEndpoint: 'vpce-0c1b2c3d', region: 'eu-west-1', addresses: ['fd00::1'] },
      ],
    });
    // By these it knows its own log groups and roles, which a file of settings cannot add to.
    expect(ownResources).toEqual(['trail-logs', 'wiretrail-live-alerts']);
  });

  it('name everything that is missing at once', () => {
    expect(() => readLiveSettings({})).toThrow(
      expect.objectContaining({
        code: 'E_SETTINGS',
        message:
          'environment: WIRETRAIL_ALERT_TOPIC is missing; WIRETRAIL_FINGERPRINT_SECRET is missing; WIRETRAIL_STATE_TABLE is missing',
        hint: expect.stringContaining('serverless.yml'),
      }),
    );
  });

  it.each([
    ['WIRETRAIL_STATE_TABLE', 'a table', 'is no name of a DynamoDB table'],
    ['WIRETRAIL_ALERT_TOPIC', 'arn:aws:sqs:eu-west-1:111122223333:q', 'is no ARN of an SNS topic'],
    ['WIRETRAIL_MINIMUM_SEVERITY', 'medium', 'is none of CRITICAL, HIGH, MEDIUM, LOW, INFO'],
    ['WIRETRAIL_SLACK_MINIMUM_SEVERITY', 'none', 'is none of CRITICAL, HIGH, MEDIUM, LOW, INFO'],
    ['WIRETRAIL_HTTPS_ALERTS', 'slack', 'is none of finding, amazon-q'],
    ['WIRETRAIL_SLACK_QUEUE', 'slack.fifo', 'is no URL of a queue'],
    ['WIRETRAIL_ENDPOINT_URL', 'file:///etc/passwd', 'is no URL'],
    ['WIRETRAIL_RETENTION_DAYS', '29', 'is not from 30 to 3653'],
    ['WIRETRAIL_RETENTION_DAYS', '3654', 'is not from 30 to 3653'],
    ['WIRETRAIL_RETENTION_DAYS', '90.5', 'is no whole number'],
    ['WIRETRAIL_RETENTION_DAYS', 'forever', 'is no whole number'],
    ['WIRETRAIL_TRAIL_OBJECTS', 'trail-logs/AWSLogs/', 'is no s3://BUCKET/PREFIX'],
    ['WIRETRAIL_FLOW_OBJECTS', 's3://flow-logs', 'is no s3://BUCKET/PREFIX'],
    ['POWERTOOLS_SERVICE_NAME', 'x'.repeat(257), 'is too long'],
  ])('say what is wrong with %s=%s', (variable, value, what) => {
    expect(() => readLiveSettings({ ...REQUIRED, [variable]: value })).toThrow(
      expect.objectContaining({ code: 'E_SETTINGS', message: `environment: ${variable} ${what}` }),
    );
  });

  it('never repeat a secret that was set in place of its name', () => {
    const pasted = 'correct-horse-battery-staple-correct-horse';
    const read = (): unknown => readLiveSettings({ ...REQUIRED, WIRETRAIL_FINGERPRINT_SECRET: pasted });
    expect(read).toThrow(/^environment: WIRETRAIL_FINGERPRINT_SECRET is no name of a secret/);
    expect(read).not.toThrow(/horse/);
  });
});

describe('the settings of the function that tells Slack', () => {
  it('need no fingerprint key', () => {
    const { WIRETRAIL_FINGERPRINT_SECRET: _key, ...environment } = SLACK;
    expect(readSlackSettings(environment)).toEqual({
      service: 'wiretrail',
      alertTopicArn: REQUIRED.WIRETRAIL_ALERT_TOPIC,
      endpointUrl: null,
      stateTable: REQUIRED.WIRETRAIL_STATE_TABLE,
      slackSecret: { service: 'ssm', id: '/slack/webhook' },
      slackChannel: null,
    });
    expect(readSlackSettings({ ...SLACK, WIRETRAIL_SLACK_CHANNEL: 'C0123ABCD' }).slackChannel).toBe(
      'C0123ABCD',
    );
  });

  it.each([
    ['WIRETRAIL_SLACK_SECRET', '', 'is missing'],
    ['WIRETRAIL_SLACK_SECRET', 'https://example.com/hook', 'is no name of a secret'],
    ['WIRETRAIL_SLACK_CHANNEL', 'a channel', 'is no id of a channel'],
  ])('say what is wrong with %s=%s', (variable, value, what) => {
    expect(() => readSlackSettings({ ...SLACK, [variable]: value })).toThrow(`${variable} ${what}`);
  });

  it.each([
    '10.0.4.17',
    'vpce-0a1b2c3d us-east-1',
    'vpce-0a1b2c3d us-east-1 10.0.0.0/8',
    'vpce-0a1b2c3d us 10.0.0.1',
    ',',
  ])('refuse %j as a list of endpoints', (list) => {
    expect(() => readLiveSettings({ ...REQUIRED, WIRETRAIL_DYNAMODB_ENDPOINTS: list })).toThrow(
      /WIRETRAIL_DYNAMODB_ENDPOINTS is no list of endpoints/,
    );
  });
});
