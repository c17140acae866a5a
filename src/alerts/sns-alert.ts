// Alerts to a topic of Amazon SNS.

import { PublishCommand, SNSClient } from '@aws-sdk/client-sns';
import { WiretrailError } from '../lib/errors.ts';
import { errorName } from '../lib/service-error.ts';
import type { RuleLookup } from './alert-text.ts';
import { type Alerts, REQUEST_TIMES } from './alerts.ts';
import type { HttpsPayload } from './https-payload.ts';
import { digestSnsMessage, type SnsMessage, snsMessage } from './sns-message.ts';

export interface SnsAlertsOptions {
  readonly client: SNSClient;
  readonly topicArn: string;
  readonly rules: RuleLookup;
  /** What HTTPS subscribers get; the finding as JSON when left out. */
  readonly https?: HttpsPayload;
}

/** Throws a WiretrailError (E_SNS) that names the topic and the error's kind, never what was to be sent. */
export function createSnsAlerts({ client, topicArn, rules, https = 'finding' }: SnsAlertsOptions): Alerts {
  const publish = async (message: SnsMessage): Promise<void> => {
    try {
      await client.send(new PublishCommand({ TopicArn: topicArn, ...message }));
    } catch (error) {
      throw new WiretrailError(
        'E_SNS',
        topicArn,
        `could not be published to (${errorName(error) || 'no answer'})`,
        'Check the topic, its key and the function’s role; the alert is tried again.',
        error,
      );
    }
  };
  return {
    send: (finding, notice) => publish(snsMessage(finding, notice, { rules, https })),
    sendDigest: (digest) => publish(digestSnsMessage(digest, https)),
  };
}

/** `endpointUrl`: another SNS; null for AWS. Credentials and region come from the environment. */
export function makeSnsClient(endpointUrl: string | null): SNSClient {
  const region = process.env.AWS_REGION ?? process.env.AWS_DEFAULT_REGION ?? 'us-east-1';
  return new SNSClient({
    region,
    requestHandler: REQUEST_TIMES,
    ...(endpointUrl === null ? {} : { endpoint: endpointUrl }),
  });
}
