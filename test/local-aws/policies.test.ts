import { describe, expect, it } from 'vitest';
import { allows, checkedStatements, type Statement } from './policies.ts';

const read: Statement = { Effect: 'Allow', Action: 's3:GetObject', Resource: 'arn:aws:s3:::logs/AWSLogs/*' };
const question = { action: 's3:GetObject', resource: 'arn:aws:s3:::logs/AWSLogs/1' };

describe('policies', () => {
  it('allow what is named and nothing else', () => {
    expect(allows([read], question)).toBe(true);
    expect(allows([read], { ...question, resource: 'arn:aws:s3:::logs/other' })).toBe(false);
    expect(allows([read], { ...question, action: 's3:GetObjectAcl' })).toBe(false);
    expect(allows([], question)).toBe(false);
  });

  it('know patterns of names, whatever their case in actions', () => {
    expect(allows([{ ...read, Action: 'S3:get*' }], question)).toBe(true);
    expect(allows([{ ...read, Resource: 'arn:aws:s3:::log?/AWSLogs/?' }], question)).toBe(true);
    expect(allows([{ ...read, Resource: 'arn:aws:s3:::log.' }], question)).toBe(false);
  });

  it('let a denial win', () => {
    expect(allows([read, { Effect: 'Deny', Action: '*', Resource: '*' }], question)).toBe(false);
  });

  it('ask for the service, and for the resource that it acts for', () => {
    const queue: Statement = {
      Effect: 'Allow',
      Action: 'sqs:SendMessage',
      Principal: { Service: ['events.amazonaws.com'] },
      Condition: { ArnEquals: { 'aws:SourceArn': ['arn:rule/a', 'arn:rule/b*'] } },
    };
    const send = { action: 'sqs:SendMessage', resource: 'q', principal: 'events.amazonaws.com' };
    expect(allows([queue], { ...send, context: { 'aws:SourceArn': 'arn:rule/b1' } })).toBe(true);
    expect(allows([queue], { ...send, context: { 'aws:SourceArn': 'arn:rule/c' } })).toBe(false);
    expect(allows([queue], send)).toBe(false);
    expect(
      allows([queue], { ...send, principal: 's3.amazonaws.com', context: { 'aws:SourceArn': 'arn:rule/a' } }),
    ).toBe(false);
  });

  it('let whoever is of the account that its root stands for', () => {
    const key: Statement = {
      Effect: 'Allow',
      Action: 'kms:*',
      Resource: '*',
      Principal: { AWS: 'arn:aws:iam::1:root' },
    };
    const use = { action: 'kms:Decrypt', resource: 'k' };
    expect(allows([key], { ...use, principal: 'arn:aws:iam::1:role/a' })).toBe(true);
    expect(allows([key], { ...use, principal: 'arn:aws:iam::2:role/a' })).toBe(false);
    expect(allows([key], { ...use, principal: 'events.amazonaws.com' })).toBe(false);
  });

  it('refuse what they would not evaluate', () => {
    const of = (more: object) => () => checkedStatements({ Statement: [{ ...read, ...more }] }, 'role');
    expect(of({ NotAction: 's3:*' })).toThrow('role: element NotAction');
    expect(of({ Condition: { IpAddress: { 'aws:SourceIp': '10.0.0.0/8' } } })).toThrow(
      'role: condition IpAddress',
    );
    expect(of({})).not.toThrow();
  });
});
