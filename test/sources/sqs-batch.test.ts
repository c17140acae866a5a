import { describe, expect, it } from 'vitest';
import { failedMessages, readSqsBatch } from '../../src/sources/sqs-batch.ts';

const message = (id: string, body: string): object => ({
  messageId: id,
  receiptHandle: 'handle',
  body,
  attributes: { ApproximateReceiveCount: '1' },
  messageAttributes: {},
  md5OfBody: '',
  eventSource: 'aws:sqs',
  eventSourceARN: 'arn:aws:sqs:eu-central-1:111122223333:objects',
  awsRegion: 'eu-central-1',
});

describe('readSqsBatch', () => {
  it('gives id and body of every message, whatever the body is', () => {
    expect(readSqsBatch({ Records: [message('1', '{}'), message('2', 'not JSON')] })).toEqual([
      { id: '1', body: '{}' },
      { id: '2', body: 'not JSON' },
    ]);
  });

  it.each([
    ['nothing', undefined],
    ['an event of S3 itself', { Records: [{ eventSource: 'aws:s3', s3: {} }] }],
    ['a message without an id', { Records: [{ ...message('1', '{}'), messageId: '' }] }],
    ['a message without a body', { Records: [{ messageId: '1', eventSource: 'aws:sqs' }] }],
  ])('refuses %s: the batch must come back, not vanish', (_name, event) => {
    expect(() => readSqsBatch(event)).toThrow(/is no batch of SQS messages/);
  });
});

describe('failedMessages', () => {
  it('answers in the form that Lambda reads', () => {
    expect(failedMessages(['2'])).toEqual({ batchItemFailures: [{ itemIdentifier: '2' }] });
    expect(failedMessages([])).toEqual({ batchItemFailures: [] });
  });
});
