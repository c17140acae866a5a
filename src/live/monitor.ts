// What a deployed function works with, made once a cold start and kept for its invocations. What is heavy is loaded when it is first needed:
// a function that finds nothing never loads the client of SNS.

import { setImmediate } from 'node:timers/promises';
import type { RuleLookup } from '../alerts/alert-text.ts';
import type { Alerts, AlertWays } from '../alerts/alerts.ts';
import { DEFAULT_DIGEST_FROM } from '../alerts/notice.ts';
import { bundledSuppressions, createSuppressedBy, type Suppressions } from '../findings/suppressions.ts';
import { createAwsRanges } from '../lib/aws-ranges.ts';
import { WiretrailError } from '../lib/errors.ts';
import { systemClock } from './clock.ts';
import { createLiveContext, type LiveContext } from './context.ts';
import { fingerprintKeyOf } from './fingerprint-key.ts';
import { itemName } from './items.ts';
import { type Environment, type LiveSettings, readLiveSettings } from './settings.ts';
import { createTelemetry, type Invocation, type Telemetry } from './telemetry.ts';
import type { Telling } from './tell-findings.ts';
import { updateAll } from './updates.ts';

export interface Monitor {
  readonly settings: LiveSettings;
  readonly context: LiveContext;
  readonly telemetry: Telemetry;
  readonly alerts: AlertWays;
  readonly suppressions: Suppressions;
}

/** What Lambda hands to a handler, as far as it is used. */
export interface LambdaContext extends Invocation {
  getRemainingTimeInMillis(): number;
}

/**
 * New findings of each severity that one log raises in an hour. A person reads a few; whoever writes a thousand of them into a log means to
 * hide one. Chosen.
 */
const FINDINGS_OF_LOG_AN_HOUR = 25;

/**
 * A Lambda handler: `work` gets the monitor, and what it throws is told, counted, and thrown on. The environment is read at once, so that a
 * function that is set up wrongly does not even start; the fingerprint key is asked for with the first event.
 */
export function liveHandler<Answer>(
  environment: Environment,
  work: (monitor: Monitor, event: unknown, lambda: LambdaContext) => Promise<Answer>,
): (event: unknown, lambda: LambdaContext) => Promise<Answer> {
  const settings = readLiveSettings(environment);
  const telemetry = createTelemetry(settings.service);
  const start = monitorOnce(settings, telemetry);
  return (event, lambda) => telemetry.invocation(lambda, async () => work(await start(), event, lambda));
}

/** Made with the first call; what fails is tried again with the next one. */
function monitorOnce(settings: LiveSettings, telemetry: Telemetry): () => Promise<Monitor> {
  const keyOf = fingerprintKeyOf(settings.fingerprintKey, settings.endpointUrl);
  let made: Promise<Monitor> | null = null;
  const make = async (): Promise<Monitor> => {
    const [fingerprintKey, { detectors, AWS_RANGES_TABLE, createDynamoDbState, makeDynamoDbClient }] =
      await Promise.all([keyOf(), loadMeanwhile()]);
    const context = createLiveContext({
      state: createDynamoDbState({
        client: makeDynamoDbClient(settings.endpointUrl),
        table: settings.stateTable,
      }),
      detectors,
      settings: settings.detectorSettings,
      fingerprintKey,
      awsRanges: createAwsRanges(AWS_RANGES_TABLE),
      flowFields: null,
      clock: systemClock,
      count: telemetry.count,
      findingDays: settings.retentionDays,
      findingsOfLogAnHour: FINDINGS_OF_LOG_AN_HOUR,
    });
    await requireSameKey(context);
    return {
      settings,
      context,
      telemetry,
      alerts: alertWays(settings),
      suppressions: bundledSuppressions(),
    };
  };
  return () => {
    made ??= make().catch((error: unknown) => {
      made = null;
      throw error;
    });
    return made;
  };
}

/** While the fingerprint key is on its way. One after the other, with a turn between: so its request goes out before all of it is loaded. */
async function loadMeanwhile() {
  await setImmediate();
  const { AWS_RANGES_TABLE } = await import('../lib/aws-ranges-table.ts');
  await setImmediate();
  const { createDynamoDbState, makeDynamoDbClient } = await import('../state/dynamodb-state.ts');
  await setImmediate();
  const { detectors } = await import('../detectors/index.ts');
  return { detectors, AWS_RANGES_TABLE, createDynamoDbState, makeDynamoDbClient };
}

/** How the findings of an invocation are told. */
export function tellingOf(
  { settings, context, telemetry, alerts, suppressions }: Monitor,
  lambda: LambdaContext,
): Telling {
  return {
    settings: {
      alertFrom: settings.alertFrom,
      digestFrom: DEFAULT_DIGEST_FROM,
      suppressedBy: createSuppressedBy(suppressions, context.clock.nowMs),
    },
    send: alerts.topic.send,
    slack: alerts.slack,
    remainingMs: () => lambda.getRemainingTimeInMillis(),
    onFailure: (findingId, error) => void telemetry.problem(error, `alert of finding ${findingId}`),
  };
}

/** Fingerprints of two keys do not meet: a state that was made with another one is refused (docs/decisions/0002, contract 8). */
export async function requireSameKey(context: LiveContext): Promise<void> {
  const key = { partition: 'value', sort: 'fingerprint-key' };
  await updateAll(context, [context.fingerprintKeyId], {
    keyOf: () => key,
    step: (id, item) => ({ content: item === null ? JSON.stringify(id) : null, expiresAtMs: null }),
  });
  const stored = (await context.items.read([key])).get(itemName(key));
  const id = stored === undefined ? null : (JSON.parse(stored.content.toString('utf8')) as string);
  if (id === context.fingerprintKeyId) return;
  throw new WiretrailError(
    'E_STATE_KEY',
    'state table',
    `was made with another fingerprint key (${id}, not ${context.fingerprintKeyId})`,
    'Give the key that made it back to the secret, or begin with an empty table.',
  );
}

function alertWays(settings: LiveSettings): AlertWays {
  const { slackQueueUrl } = settings;
  return {
    topic: lazyAlerts(() => makeTopic(settings)),
    slack: slackQueueUrl === null ? null : lazyAlerts(() => makeSlackQueue(settings, slackQueueUrl)),
  };
}

function lazyAlerts(make: () => Promise<Alerts>): Alerts {
  let made: Promise<Alerts> | null = null;
  const load = (): Promise<Alerts> => {
    made ??= make().catch((error: unknown) => {
      made = null;
      throw error;
    });
    return made;
  };
  return {
    send: async (finding, notice) => (await load()).send(finding, notice),
    sendDigest: async (digest) => (await load()).sendDigest(digest),
  };
}

async function makeTopic({ endpointUrl, alertTopicArn, httpsAlerts }: LiveSettings): Promise<Alerts> {
  const [{ createSnsAlerts, makeSnsClient }, rules] = await Promise.all([
    import('../alerts/sns-alert.ts'),
    loadRuleWords(),
  ]);
  const client = makeSnsClient(endpointUrl);
  return createSnsAlerts({ client, topicArn: alertTopicArn, rules, https: httpsAlerts });
}

async function makeSlackQueue({ endpointUrl, slackFrom }: LiveSettings, queueUrl: string): Promise<Alerts> {
  const [{ createSlackQueue, makeSqsClient }, rules] = await Promise.all([
    import('../alerts/slack-queue.ts'),
    loadRuleWords(),
  ]);
  const client = makeSqsClient(endpointUrl);
  return createSlackQueue({ client, queueUrl, rules, from: slackFrom });
}

async function loadRuleWords(): Promise<RuleLookup> {
  const { RULE_WORDS } = await import('../detectors/rule-words.ts');
  return (ruleId) => RULE_WORDS.get(ruleId) ?? null;
}
