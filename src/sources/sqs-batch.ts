// The batch of messages that SQS hands to a Lambda function, and the answer that says which of them failed.

import * as z from 'zod/mini';
import { WiretrailError } from '../lib/errors.ts';

export interface QueueMessage {
  readonly id: string;
  readonly body: string;
}

/** https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-errorhandling.html#services-sqs-batchfailurereporting */
export interface PartialBatchResponse {
  readonly batchItemFailures: readonly { readonly itemIdentifier: string }[];
}

/** https://docs.aws.amazon.com/lambda/latest/dg/with-sqs.html. Bodies are not looked into: one odd body is the failure of one message. */
const sqsEvent = z.looseObject({
  Records: z.array(
    z.looseObject({
      eventSource: z.literal('aws:sqs'),
      messageId: z.string().check(z.minLength(1)),
      body: z.string(),
    }),
  ),
});

/** Throws a WiretrailError (E_EVENT) when the event is no batch of SQS: then no message can be named, and the whole batch comes back. */
export function readSqsBatch(event: unknown): readonly QueueMessage[] {
  const batch = sqsEvent.safeParse(event);
  if (batch.success) return batch.data.Records.map(({ messageId, body }) => ({ id: messageId, body }));
  throw new WiretrailError(
    'E_EVENT',
    'invocation event',
    'is no batch of SQS messages',
    'Invoke this function by an event source mapping of its queue.',
  );
}

export function failedMessages(ids: readonly string[]): PartialBatchResponse {
  return { batchItemFailures: ids.map((itemIdentifier) => ({ itemIdentifier })) };
}
