// The parameters of serverless.yml: each is described, has a default, and is checked before anything is packaged.

import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseDocument } from 'yaml';
import { packageArguments } from '../../scripts/serverless-package.ts';
import { parseEndpointList } from '../../src/live/endpoint-list.ts';
import { readLiveSettings, readSlackSettings } from '../../src/live/settings.ts';
import { EVERYTHING, LEAST, packaged } from './packaged.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const { checkBundles, checkParameters, PARAMETERS } = createRequire(import.meta.url)(
  '../../deploy/parameters.cjs',
) as {
  checkBundles(folder: string): void;
  checkParameters(raw: Readonly<Record<string, unknown>>, name: string): Readonly<Record<string, unknown>>;
  readonly PARAMETERS: readonly string[];
};

const text = readFileSync(path.join(root, 'serverless.yml'), 'utf8');
const defaults = (parseDocument(text).toJS() as { params: { default: Readonly<Record<string, unknown>> } })
  .params.default;

const check = (given: Readonly<Record<string, string>>) =>
  checkParameters({ ...defaults, trailBucket: 'trail-logs', ...given }, 'wiretrail-live');

describe('each parameter', () => {
  it('is described by a comment above it', () => {
    const lines = text.slice(text.indexOf('\nparams:'), text.indexOf('\nprovider:')).split('\n');
    const described = lines.flatMap((line, at) => {
      const name = /^ {4}(\w+): /.exec(line)?.[1];
      return name !== undefined && /^ {4}# \S.{20}/.test(lines[at - 1]!) ? [name] : [];
    });
    expect(described).toEqual(Object.keys(defaults));
    expect(described.length).toBeGreaterThan(20);
  });

  it('is one that is checked', () => {
    expect([...PARAMETERS].sort()).toEqual(Object.keys(defaults).sort());
  });

  it('stands in docs/deploy.md with its default', () => {
    const page = readFileSync(path.join(root, 'docs/deploy.md'), 'utf8');
    for (const [name, value] of Object.entries(defaults)) {
      const shown = value === null || value === '' ? '' : `\`${String(value)}\``;
      expect(page, name).toContain(`| \`${name}\` | ${shown}${shown === '' ? '' : ' '}|`);
    }
  });
});

describe('the defaults', () => {
  it('are taken with nothing but the name of a bucket', () => {
    expect(check({})).toMatchObject({
      minimumSeverity: 'MEDIUM',
      slackMinimumSeverity: 'HIGH',
      httpsAlerts: 'finding',
      logRetentionDays: 90,
      archiveConcurrency: 5,
      reservedConcurrency: null,
      slackService: 'none',
      logGroups: [],
      forwardingAccounts: [],
    });
  });

  it('protect what is there: nothing is deleted, and nothing left behind, before somebody says so', () => {
    expect(defaults).toMatchObject({ deletionProtection: true, keepData: false, trial: false });
  });
});

describe('what is given', () => {
  it('is trimmed, split and turned into what it stands for', () => {
    const checked = check({
      logGroups: ' /app/a , /app/b,/app/a',
      forwardingAccounts: '111122223333, 444455556666',
      minimumSeverity: 'low',
      reservedConcurrency: '3',
      slackSecret: 'ssm:/team/slack',
    });
    expect(checked).toMatchObject({
      logGroups: ['/app/a', '/app/b'],
      forwardingAccounts: ['111122223333', '444455556666'],
      minimumSeverity: 'LOW',
      reservedConcurrency: 3,
      slackService: 'ssm',
      slackName: 'team/slack',
    });
  });

  it.each([
    ['trailBucket', '', 'name the bucket'],
    ['trailBucket', 's3://trail-logs', 'without s3://'],
    ['trial', 'yes', 'true or false'],
    ['trial', 'true', 'leave it out'],
    ['trailPrefix', '/AWSLogs/', 'without a slash in front'],
    ['trailPrefix', 'AWSLogs/*', 'without * ? $'],
    ['trailTopicArn', 'my-topic', 'ARN of an SNS topic'],
    ['trailKeyArn', 'alias/trail', 'not of an alias'],
    ['flowBucket', 'Flow_Logs', 'name of a bucket'],
    ['accessLogBucket', 's3://access-logs', 'name of a bucket'],
    ['accessLogPrefix', '/s3/', 'without a slash in front'],
    ['alertEmail', 'a@b,c@d', 'one e-mail address'],
    ['minimumSeverity', 'urgent', 'CRITICAL, HIGH'],
    ['slackMinimumSeverity', 'none', 'CRITICAL, HIGH'],
    ['httpsAlerts', 'slack', 'give finding or amazon-q'],
    ['slackSecret', 'https://example.com/webhook', 'never the webhook itself'],
    ['logRetentionDays', '31', 'give one of 1, 3, 5'],
    ['archiveConcurrency', '1', 'from 2 to 1000'],
    ['archiveConcurrency', '2.5', 'whole number'],
    ['reservedConcurrency', '0', 'from 1 to 1000'],
    ['logGroups', '/app/a,not a group', 'no name of a log group'],
    ['logGroups', '/aws/lambda/wiretrail-live-log-events', 'feed on itself'],
    ['forwardingAccounts', '1111', 'no account of twelve digits'],
    ['forwardingOrganization', 'ou-1234', 'id of an organization'],
    ['ownResources', 'a b', 'no name or ARN'],
    ['dynamodbEndpoints', 'vpce-0a1b2c3d 10.0.4.17', 'is not VPCE-ID REGION ADDRESS'],
    [
      'dynamodbEndpoints',
      Array(60)
        .fill('vpce-0a1b2c3d us-east-1 10.0.4.17 10.0.5.17')
        .map((one, at) => `${one} 10.1.0.${at}`)
        .join(),
      'wiretrail.yml takes more',
    ],
  ])('is refused where it is wrong: %s=%s', (name, value, what) => {
    expect(() => check({ [name]: value })).toThrow(what);
    expect(() => check({ [name]: value })).toThrow(
      name === 'trial' && value === 'true' ? 'trailBucket' : name,
    );
  });
});

it('subscribes to as many log groups as the permissions of one function hold, and to no more', () => {
  const groups = (count: number) => Array.from({ length: count }, (_, at) => `/app/service-${at}`).join(',');
  expect(check({ logGroups: groups(35) }).logGroups).toHaveLength(35);
  expect(() => check({ logGroups: groups(60) })).toThrow('60 groups are too many');
});

describe('interface endpoints of DynamoDB', () => {
  it.each([
    'vpce-0a1b2c3d us-east-1 10.0.4.17',
    ' vpce-0a1b2c3d4e5f60718  us-gov-west-1 10.0.4.17\t10.0.5.17 ,vpce-0a1b2c3d eu-west-1 10.1.0.0/24,',
    'vpce-0a1b2c3d us-east-1 2001:db8::17 2001:db8:0:1::/64',
  ])('are handed on as the functions read them: %s', (given) => {
    const { dynamodbEndpoints } = check({ dynamodbEndpoints: given });
    const endpoints = parseEndpointList(String(dynamodbEndpoints))!;
    expect(
      endpoints.map(({ vpcEndpoint, region, addresses }) => [vpcEndpoint, region, ...addresses]),
    ).toEqual(
      given
        .split(',')
        .filter((entry) => entry !== '')
        .map((entry) => entry.trim().split(/\s+/)),
    );
  });

  it.each([
    'vpce-0a1b2c3d',
    'vpce-0a1b2c3d us-east-1',
    'vpc-0a1b2c3d us-east-1 10.0.4.17',
    'vpce-0a1b2c3d nowhere 10.0.4.17',
    'vpce-0a1b2c3d us-east-1 10.0.4',
    'vpce-0a1b2c3d us-east-1 10.0.4.256',
    'vpce-0a1b2c3d us-east-1 10.0.4.0/23',
    'vpce-0a1b2c3d us-east-1 10.0.4.0/33',
    'vpce-0a1b2c3d us-east-1 10.0.4.17/28',
    'vpce-0a1b2c3d us-east-1 10.0.4.16/028',
    'vpce-0a1b2c3d us-east-1 2001:db8::17/64',
    'vpce-0a1b2c3d us-east-1 2001:db8::/63',
    'vpce-0a1b2c3d us-east-1 fe80::1%eth0',
    'vpce-0a1b2c3d us-east-1 10.0.4.17; vpce-0a1b2c3e us-east-1 10.0.4.18',
  ])('are refused where the functions refuse them: %s', (given) => {
    expect(parseEndpointList(given)).toBeNull();
    expect(() => check({ dynamodbEndpoints: given })).toThrow('is not VPCE-ID REGION ADDRESS');
  });

  it('are taken exactly where the functions take them, whatever their addresses', () => {
    const address = fc.oneof(fc.ipV4(), fc.ipV4Extended(), fc.ipV6());
    // Networks with all their own bits at 0, and others.
    const network = fc.tuple(
      fc.integer({ min: 0, max: 255 }),
      fc.integer({ min: 20, max: 130 }),
      fc.boolean(),
    );
    const text = fc.oneof(
      address,
      fc.tuple(address, fc.integer({ min: 0, max: 130 })).map(([one, bits]) => `${one}/${bits}`),
      network.map(([last, bits, wide]) => (wide ? `2001:db8:0:${last}::/${bits}` : `10.0.0.${last}/${bits}`)),
    );
    fc.assert(
      fc.property(text, (one) => {
        const given = `vpce-0a1b2c3d us-east-1 ${one}`;
        const taken = () => check({ dynamodbEndpoints: given }).dynamodbEndpoints;
        if (parseEndpointList(given) === null) expect(taken, given).toThrow('is not VPCE-ID');
        else expect(taken()).toBe(given);
      }),
      { numRuns: 500 },
    );
  });

  it('are no variable’s value where none is given', () => {
    expect(check({}).dynamodbEndpoints).toBe('');
  });
});

describe('npm run package', () => {
  const EXAMPLE = '--param=trailBucket=example-log-bucket';

  it('takes an example for the bucket where no parameter is given', () => {
    expect(packageArguments([])).toEqual(['package', EXAMPLE]);
    expect(packageArguments(['--stage', 'trial'])).toEqual(['package', '--stage', 'trial', EXAMPLE]);
  });

  it.each([
    [['--param=trial=true']],
    [['--param', 'trial=true']],
    [['--verbose', '--param=trailBucket=mine']],
  ])('adds nothing to %j: a trial has no bucket that exists', (given) => {
    expect(packageArguments(given)).toEqual(['package', ...given]);
  });

  it('gives no parameter by itself', () => {
    const { scripts } = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8')) as {
      scripts: Readonly<Record<string, string>>;
    };
    // npm puts what it is given behind the last command.
    expect(scripts.package).toMatch(/ && on-node24 node scripts\/serverless-package\.ts$/);
  });
});

/** Variables that are a Fn::Join of texts, as CloudFormation makes them. */
function joined(
  variables: Readonly<Record<string, { readonly 'Fn::Join': readonly [string, readonly string[]] }>>,
  names: readonly string[],
): Readonly<Record<string, string>> {
  return Object.fromEntries(
    names.map((name) => {
      const [separator, parts] = variables[name]!['Fn::Join'];
      return [name, parts.join(separator)];
    }),
  );
}

describe('the functions', () => {
  it('are bundled before they are zipped, or nothing is deployed', () => {
    expect(() => checkBundles(path.join(root, 'docs'))).toThrow(
      'archive-objects.mjs is missing: run npm run package',
    );
  });

  it('take what the defaults come to', async () => {
    // Placeholders for what only CloudFormation knows.
    const arn = 'arn:aws:sns:us-east-1:111122223333:wiretrail-live-alerts';
    const variables = (await packaged(LEAST)).template.Resources.ArchiveObjectsLambdaFunction!.Properties
      .Environment.Variables;
    const environment = {
      ...variables,
      WIRETRAIL_STATE_TABLE: 'wiretrail-live-StateTable-ABC',
      WIRETRAIL_FINGERPRINT_SECRET:
        'arn:aws:secretsmanager:us-east-1:111122223333:secret:FingerprintKey-AbCdEf',
      WIRETRAIL_ALERT_TOPIC: arn,
      WIRETRAIL_SLACK_QUEUE: '',
      ...joined(variables, [
        'WIRETRAIL_TRAIL_OBJECTS',
        'WIRETRAIL_FLOW_OBJECTS',
        'WIRETRAIL_ACCESS_LOG_OBJECTS',
      ]),
    };
    expect(readLiveSettings(environment)).toMatchObject({
      service: 'wiretrail-live',
      alertTopicArn: arn,
      alertFrom: 'MEDIUM',
      slackFrom: 'HIGH',
      slackQueueUrl: null,
      retentionDays: 400,
      // What is read by default is one prefix of one bucket.
      objectsBelow: Array(3).fill('s3://trail-logs/AWSLogs/'),
    });
    expect(readLiveSettings(environment).ownResources).toContain('wiretrail-live-alerts');
  }, 180_000);

  it('know the interface endpoints that were given', async () => {
    for (const id of ['ArchiveObjects', 'TrailEvents', 'LogEvents', 'WindowCloser']) {
      const { WIRETRAIL_DYNAMODB_ENDPOINTS: given } = (await packaged(EVERYTHING)).template.Resources[
        `${id}LambdaFunction`
      ]!.Properties.Environment.Variables as Record<string, string>;
      expect(parseEndpointList(given!), id).toEqual([
        {
          vpcEndpoint: 'vpce-0a1b2c3d4e5f60718',
          region: 'us-east-1',
          addresses: ['10.0.4.17', '10.0.5.17'],
        },
        { vpcEndpoint: 'vpce-0a1b2c3d', region: 'eu-west-1', addresses: ['10.1.0.0/28'] },
      ]);
    }
  }, 180_000);

  it('know where Slack’s secret lies', async () => {
    const variables = (await packaged(EVERYTHING)).template.Resources.SlackNotifierLambdaFunction!.Properties
      .Environment.Variables;
    const { slackSecret, slackChannel } = readSlackSettings({
      ...variables,
      WIRETRAIL_STATE_TABLE: 'wiretrail-live-StateTable-ABC',
      WIRETRAIL_ALERT_TOPIC: 'arn:aws:sns:us-east-1:111122223333:wiretrail-live-alerts',
    });
    expect(slackSecret).toEqual({ service: 'ssm', id: '/wiretrail/slack' });
    expect(slackChannel).toBe('C0123456789');
  }, 180_000);
});
