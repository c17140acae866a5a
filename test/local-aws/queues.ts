// SQS: fauxqs keeps the messages; here are the addresses that SDKs can reach, keys, policies, and word to whoever polls a queue.

import { ACCOUNT, nameInArn, queueArn } from './arns.ts';
import type { ServiceRequest } from './calls.ts';
import { ServiceError } from './errors.ts';
import type { FauxqsServer } from './fauxqs-server.ts';
import type { Answer, Caller, Service } from './front.ts';
import type { Actor, Keys } from './keys.ts';
import { allows, checkedStatements } from './policies.ts';

export interface Message {
  readonly MessageId: string;
  readonly ReceiptHandle: string;
  readonly MD5OfBody: string;
  readonly Body: string;
  readonly Attributes?: Readonly<Record<string, string>>;
  readonly MessageAttributes?: Readonly<Record<string, unknown>>;
}

export interface Delivery {
  readonly body: string;
  readonly groupId?: string;
  readonly deduplicationId?: string;
}

export interface Queues {
  readonly service: Service;
  /** A service of AWS sends: the queue's policy and its key must let it. */
  deliver(arn: string, message: Delivery, from: Actor): Promise<void>;
  /** Throws where the queue's policy or its key does not let the sender in. */
  mayReceive(arn: string, from: Actor): Promise<void>;
  receive(arn: string, most: number): Promise<readonly Message[]>;
  remove(arn: string, receiptHandle: string): Promise<void>;
  /** Visible again at once, as if its visibility timeout had passed. */
  show(arn: string, receiptHandle: string): Promise<void>;
  attributes(arn: string): Promise<Readonly<Record<string, string>>>;
  /** Word that a queue may hold something new. */
  onArrival(listener: () => void): void;
  /** Something was put into queues by another way: topics do. */
  arrived(): void;
}

const SENDING = ['SendMessage', 'SendMessageBatch'];
const READING = ['ReceiveMessage'];

export function createQueues(fauxqs: FauxqsServer, keys: Keys, endpointUrl: () => string): Queues {
  const listeners: (() => void)[] = [];
  const arrived = (): void => {
    for (const listener of listeners) listener();
  };

  async function ask<T>(operation: string, input: unknown): Promise<T> {
    const { status, body } = await fauxqs.pass({
      method: 'POST',
      url: '/',
      headers: {
        host: new URL(endpointUrl()).host,
        'content-type': 'application/x-amz-json-1.0',
        'x-amz-target': `AmazonSQS.${operation}`,
      },
      body: Buffer.from(JSON.stringify(input)),
    });
    const answer = JSON.parse(body.toString() || '{}') as T & {
      readonly __type?: string;
      readonly message?: string;
    };
    if (status >= 300)
      throw new ServiceError(
        answer.__type ?? 'SqsError',
        `${operation}: ${answer.message ?? body.toString()}`,
      );
    return answer;
  }

  const url = (arn: string): string => `${endpointUrl()}/${ACCOUNT}/${nameInArn(arn)}`;

  async function attributes(arn: string): Promise<Readonly<Record<string, string>>> {
    const answer = await ask<{ readonly Attributes?: Record<string, string> }>('GetQueueAttributes', {
      QueueUrl: url(arn),
      AttributeNames: ['All'],
    });
    return answer.Attributes ?? {};
  }

  async function useKey(actor: Actor, arn: string, actions: readonly string[]): Promise<void> {
    keys.use(actor, (await attributes(arn)).KmsMasterKeyId ?? '', actions, 'sqs');
  }

  async function service(request: ServiceRequest, caller: Caller): Promise<Answer> {
    const { operation, input } = request;
    const delays = [input, ...((input.Entries ?? []) as Record<string, unknown>[])];
    if (delays.some(({ DelaySeconds }) => typeof DelaySeconds === 'number' && DelaySeconds > 0)) {
      throw new ServiceError(
        'UnsupportedOperation',
        'DelaySeconds is not emulated: nothing here waits for a clock.',
      );
    }
    const name =
      String(input.QueueUrl ?? '')
        .split('/')
        .at(-1) ?? '';
    if (name !== '' && [...SENDING, ...READING].includes(operation)) {
      const actor: Actor = { principal: `arn:aws:iam::${ACCOUNT}:role/${caller.role}`, may: caller.may };
      await useKey(
        actor,
        queueArn(name),
        SENDING.includes(operation) ? ['kms:GenerateDataKey', 'kms:Decrypt'] : ['kms:Decrypt'],
      );
    }
    const answer = await fauxqs.pass(request);
    if (answer.status < 300 && SENDING.includes(operation)) arrived();
    // fauxqs names queues by a host that only some resolvers know.
    const body = answer.body
      .toString()
      .replaceAll(/http:\/\/sqs\.[a-z0-9-]+\.localhost(:\d+)?/g, endpointUrl());
    return { ...answer, body };
  }

  async function mayReceive(arn: string, from: Actor): Promise<void> {
    const { Policy: policy, KmsMasterKeyId: key } = await attributes(arn);
    const byPolicy =
      policy !== undefined &&
      allows(checkedStatements(JSON.parse(policy), arn), {
        action: 'sqs:SendMessage',
        resource: arn,
        principal: from.principal,
        context: { 'aws:SecureTransport': 'true', 'aws:SourceAccount': ACCOUNT, ...from.context },
      });
    if (from.may === null ? !byPolicy : !from.may('sqs:SendMessage', arn)) {
      throw new ServiceError('AccessDenied', `${from.principal} may not send to ${arn}`, 403);
    }
    keys.use(from, key ?? '', ['kms:GenerateDataKey', 'kms:Decrypt'], 'sqs');
  }

  return {
    service,
    attributes,
    arrived,
    onArrival: (listener) => void listeners.push(listener),
    mayReceive,
    async deliver(arn, { body, groupId, deduplicationId }, from) {
      await mayReceive(arn, from);
      await ask('SendMessage', {
        QueueUrl: url(arn),
        MessageBody: body,
        ...(groupId === undefined ? {} : { MessageGroupId: groupId }),
        ...(deduplicationId === undefined ? {} : { MessageDeduplicationId: deduplicationId }),
      });
      arrived();
    },
    async receive(arn, most) {
      const { Messages: messages } = await ask<{ readonly Messages?: Message[] }>('ReceiveMessage', {
        QueueUrl: url(arn),
        MaxNumberOfMessages: most,
        MessageSystemAttributeNames: ['All'],
        MessageAttributeNames: ['All'],
        WaitTimeSeconds: 0,
      });
      return messages ?? [];
    },
    remove: async (arn, ReceiptHandle) =>
      void (await ask('DeleteMessage', { QueueUrl: url(arn), ReceiptHandle })),
    async show(arn, ReceiptHandle) {
      await ask('ChangeMessageVisibility', { QueueUrl: url(arn), ReceiptHandle, VisibilityTimeout: 0 });
      arrived();
    },
  };
}
