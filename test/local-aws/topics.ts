// SNS: fauxqs keeps topics and subscriptions and delivers to queues; here are the bounds of a message, MessageStructure, keys, and the
// delivery to HTTP endpoints and to e-mail, which lands in a list.

import { ACCOUNT, REGION } from './arns.ts';
import type { Background } from './background.ts';
import type { ServiceRequest } from './calls.ts';
import { ServiceError } from './errors.ts';
import { matchesOneOf } from './event-pattern.ts';
import type { FauxqsServer } from './fauxqs-server.ts';
import type { Answer, Caller, Service } from './front.ts';
import type { Actor, Keys } from './keys.ts';
import { allows, type Statement } from './policies.ts';
import type { Queues } from './queues.ts';

export interface Mail {
  readonly to: string;
  readonly topicArn: string;
  readonly subject: string;
  readonly body: string;
}

export interface Topics {
  readonly service: Service;
  /** What the link in a confirmation asks for, without a signature. Null: it is none. */
  confirm(url: string): Promise<Answer | null>;
  /** A service of AWS publishes: the topic's policy and its key must let it. */
  publish(
    topicArn: string,
    message: { readonly subject?: string; readonly body: string },
    from: Actor,
  ): Promise<void>;
  policy(topicArn: string, statements: readonly Statement[]): void;
  readonly mails: readonly Mail[];
}

/** Bytes of a message with its attributes: https://docs.aws.amazon.com/sns/latest/api/API_Publish.html */
const MOST_BYTES = 262_144;
/** "Subjects must be ASCII text [...] must not include line breaks or control characters, and must be less than 100 characters long." Same page. */
const SUBJECT = /^[\x21-\x7e][\x20-\x7e]{0,99}$/;
/** https://docs.aws.amazon.com/sns/latest/dg/sns-message-delivery-retries.html: HTTP has 50 tries by default; three show the same. */
const HTTP_TRIES = 3;

interface Subscription {
  readonly arn: string;
  readonly topicArn: string;
  readonly protocol: string;
  readonly endpoint: string;
  readonly filter: Readonly<Record<string, readonly unknown[]>> | null;
  readonly raw: boolean;
  confirmed: boolean;
}

export function createTopics(
  fauxqs: FauxqsServer,
  keys: Keys,
  queues: Pick<Queues, 'arrived' | 'mayReceive'>,
  background: Background,
  endpointUrl: () => string,
): Topics {
  const subscriptions = new Map<string, Subscription>();
  const keyOfTopic = new Map<string, string>();
  const policies = new Map<string, readonly Statement[]>();
  const mails: Mail[] = [];

  async function service(request: ServiceRequest, caller: Caller): Promise<Answer> {
    const { operation, input } = request;
    if (operation === 'Publish') {
      const actor: Actor = { principal: `arn:aws:iam::${ACCOUNT}:role/${caller.role}`, may: caller.may };
      return publishForm(input as Record<string, string>, request.headers, actor);
    }
    if (operation === 'PublishBatch') throw new ServiceError('InvalidAction', 'PublishBatch is not emulated');
    const answer = await fauxqs.pass(request);
    if (answer.status >= 300) return answer;
    const arn = /<(?:SubscriptionArn|TopicArn)>([^<]+)</.exec(answer.body.toString())?.[1] ?? '';
    if (operation === 'CreateTopic') keyOfTopic.set(arn, formMap(input, 'Attributes').KmsMasterKeyId ?? '');
    if (operation === 'Subscribe') await subscribed(arn, input as Record<string, string>);
    return answer;
  }

  async function subscribed(arn: string, input: Readonly<Record<string, string>>): Promise<void> {
    const { TopicArn: topicArn = '', Protocol: protocol = '', Endpoint: endpoint = '' } = input;
    const attributes = formMap(input, 'Attributes');
    if (!['sqs', 'http', 'https', 'email'].includes(protocol)) {
      throw new ServiceError('InvalidParameter', `delivery by ${protocol} is not emulated`);
    }
    if (subscriptions.has(arn)) return;
    const subscription: Subscription = {
      arn,
      topicArn,
      protocol,
      endpoint,
      filter: attributes.FilterPolicy === undefined ? null : JSON.parse(attributes.FilterPolicy),
      raw: attributes.RawMessageDelivery === 'true',
      // Queues of the account need none, and a person has clicked the link of the e-mail.
      confirmed: protocol === 'sqs' || protocol === 'email',
    };
    subscriptions.set(arn, subscription);
    if (subscription.confirmed) return;
    const query = new URLSearchParams({ Action: 'ConfirmSubscription', TopicArn: topicArn, Token: arn });
    const confirmation = envelope('SubscriptionConfirmation', topicArn, {
      Message: `You have chosen to subscribe to the topic ${topicArn}.`,
      Token: arn,
      SubscribeURL: `${endpointUrl()}/?${query}`,
    });
    background.run('SNS confirmation', () =>
      post(subscription, 'SubscriptionConfirmation', JSON.stringify(confirmation), 1),
    );
  }

  async function publishForm(
    form: Readonly<Record<string, string>>,
    headers: ServiceRequest['headers'],
    actor: Actor,
  ): Promise<Answer> {
    const { TopicArn: topicArn = form.TargetArn ?? '', Message: message = '', Subject: subject } = form;
    keys.use(actor, keyOfTopic.get(topicArn) ?? '', ['kms:GenerateDataKey', 'kms:Decrypt'], 'sns');
    const attributes = attributesOf(form);
    let bytes = Buffer.byteLength(message);
    for (const [name, { DataType, StringValue }] of Object.entries(attributes)) {
      bytes += Buffer.byteLength(name) + Buffer.byteLength(DataType) + Buffer.byteLength(StringValue);
    }
    if (bytes > MOST_BYTES) throw new ServiceError('InvalidParameter', 'Invalid parameter: Message too long');
    if (subject !== undefined && !SUBJECT.test(subject))
      throw new ServiceError('InvalidParameter', 'Invalid parameter: Subject');
    const pieces = piecesOf(message, form.MessageStructure);
    const { MessageStructure: _, ...kept } = form;
    const toQueues = new URLSearchParams({ ...kept, Message: pieces('sqs') }).toString();
    const { 'content-length': __, ...passed } = headers;
    const answer = await fauxqs.pass({
      method: 'POST',
      url: '/',
      headers: passed,
      body: Buffer.from(toQueues),
    });
    if (answer.status >= 300) return answer;
    queues.arrived();
    const messageId = /<MessageId>([^<]+)</.exec(answer.body.toString())?.[1] ?? '';
    for (const subscription of subscriptions.values()) {
      if (subscription.topicArn !== topicArn || !subscription.confirmed || !wants(subscription, attributes))
        continue;
      if (subscription.protocol === 'sqs') {
        // fauxqs has delivered it. AWS would have dropped it without a word where the queue does not let the topic in.
        const from = { principal: 'sns.amazonaws.com', may: null, context: { 'aws:SourceArn': topicArn } };
        background.run('SNS to a queue', () => queues.mayReceive(subscription.endpoint, from));
        continue;
      }
      const text = pieces(subscription.protocol);
      if (subscription.protocol === 'email') {
        mails.push({
          to: subscription.endpoint,
          topicArn,
          subject: subject ?? 'AWS Notification Message',
          body: text,
        });
        continue;
      }
      const notification = envelope('Notification', topicArn, {
        MessageId: messageId,
        ...(subject === undefined ? {} : { Subject: subject }),
        Message: text,
        MessageAttributes: Object.fromEntries(
          Object.entries(attributes).map(([name, { DataType, StringValue }]) => [
            name,
            { Type: DataType, Value: StringValue },
          ]),
        ),
      });
      const body = subscription.raw ? text : JSON.stringify(notification);
      background.run('SNS to HTTP', () => post(subscription, 'Notification', body, 1));
    }
    return answer;
  }

  async function post(
    subscription: Subscription,
    type: string,
    body: string,
    attempt: number,
  ): Promise<void> {
    const delivered = await fetch(subscription.endpoint, {
      method: 'POST',
      headers: {
        'content-type': 'text/plain; charset=UTF-8',
        'x-amz-sns-message-type': type,
        'x-amz-sns-topic-arn': subscription.topicArn,
        'x-amz-sns-subscription-arn': subscription.arn,
      },
      body,
    }).then(
      async (response) => {
        await response.arrayBuffer();
        return response.ok;
      },
      () => false,
    );
    if (delivered || attempt === HTTP_TRIES) return;
    background.later('SNS to HTTP again', () => post(subscription, type, body, attempt + 1));
  }

  return {
    service,
    mails,
    policy: (topicArn, statements) => void policies.set(topicArn, statements),
    async confirm(url) {
      const query = new URLSearchParams(url.split('?')[1] ?? '');
      if (query.get('Action') !== 'ConfirmSubscription') return null;
      const subscription = subscriptions.get(query.get('Token') ?? '');
      if (subscription === undefined) throw new ServiceError('InvalidParameter', 'Invalid parameter: Token');
      subscription.confirmed = true;
      const words = `<SubscriptionArn>${subscription.arn}</SubscriptionArn>`;
      return {
        status: 200,
        headers: { 'content-type': 'text/xml' },
        body: `<ConfirmSubscriptionResponse><ConfirmSubscriptionResult>${words}</ConfirmSubscriptionResult></ConfirmSubscriptionResponse>`,
      };
    },
    async publish(topicArn, { subject, body }, from) {
      const byPolicy = allows(policies.get(topicArn) ?? [], {
        action: 'sns:Publish',
        resource: topicArn,
        principal: from.principal,
        context: { 'aws:SecureTransport': 'true', 'aws:SourceAccount': ACCOUNT, ...from.context },
      });
      if (!byPolicy)
        throw new ServiceError('AuthorizationError', `${from.principal} may not publish to ${topicArn}`, 403);
      const form = {
        Action: 'Publish',
        TopicArn: topicArn,
        Message: body,
        ...(subject === undefined ? {} : { Subject: subject }),
      };
      const { status, body: said } = await publishForm(form, FORM_HEADERS, from);
      if (status >= 300) throw new ServiceError('SnsError', said.toString(), status);
    },
  };
}

const FORM_HEADERS = {
  'content-type': 'application/x-www-form-urlencoded',
  authorization: `AWS4-HMAC-SHA256 Credential=service/20260101/${REGION}/sns/aws4_request, SignedHeaders=host, Signature=none`,
};

/** The text for a protocol: its own piece of a message with MessageStructure json, or the default one. */
function piecesOf(message: string, structure: string | undefined): (protocol: string) => string {
  if (structure === undefined) return () => message;
  if (structure !== 'json') throw new ServiceError('InvalidParameter', 'Invalid parameter: MessageStructure');
  let pieces: Readonly<Record<string, unknown>>;
  try {
    pieces = JSON.parse(message) as Readonly<Record<string, unknown>>;
  } catch {
    throw new ServiceError(
      'InvalidParameter',
      'Invalid parameter: Message Structure - JSON message body failed to parse',
    );
  }
  if (typeof pieces.default !== 'string') {
    throw new ServiceError(
      'InvalidParameter',
      'Invalid parameter: Message Structure - No default entry in JSON message body',
    );
  }
  return (protocol) => (typeof pieces[protocol] === 'string' ? pieces[protocol] : (pieces.default as string));
}

/** Filter policies are event patterns over attributes. https://docs.aws.amazon.com/sns/latest/dg/sns-subscription-filter-policies.html */
function wants({ filter }: Subscription, attributes: ReturnType<typeof attributesOf>): boolean {
  return Object.entries(filter ?? {}).every(([name, wanted]) => {
    const held = attributes[name];
    if (held === undefined) return matchesOneOf(wanted, undefined);
    if (held.DataType === 'String.Array') return matchesOneOf(wanted, JSON.parse(held.StringValue));
    return matchesOneOf(
      wanted,
      held.DataType.startsWith('Number') ? Number(held.StringValue) : held.StringValue,
    );
  });
}

function envelope(type: string, topicArn: string, rest: object): object {
  return {
    Type: type,
    TopicArn: topicArn,
    Timestamp: new Date().toISOString(),
    SignatureVersion: '1',
    Signature: 'local',
    SigningCertURL: 'https://sns.us-east-1.amazonaws.com/local.pem',
    ...rest,
  };
}

interface MessageAttribute {
  readonly DataType: string;
  readonly StringValue: string;
}

function attributesOf(form: Readonly<Record<string, string>>): Readonly<Record<string, MessageAttribute>> {
  const attributes: Record<string, MessageAttribute> = {};
  for (let i = 1; form[`MessageAttributes.entry.${i}.Name`] !== undefined; i++) {
    const at = `MessageAttributes.entry.${i}`;
    attributes[form[`${at}.Name`]!] = {
      DataType: form[`${at}.Value.DataType`] ?? '',
      StringValue: form[`${at}.Value.StringValue`] ?? form[`${at}.Value.BinaryValue`] ?? '',
    };
  }
  return attributes;
}

/** `NAME.entry.1.key`, `NAME.entry.1.value`: how the query protocol writes a map. */
function formMap(form: Readonly<Record<string, unknown>>, name: string): Record<string, string> {
  const map: Record<string, string> = {};
  for (let i = 1; typeof form[`${name}.entry.${i}.key`] === 'string'; i++) {
    map[form[`${name}.entry.${i}.key`] as string] = String(form[`${name}.entry.${i}.value`]);
  }
  return map;
}
