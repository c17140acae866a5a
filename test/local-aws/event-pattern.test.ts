import { describe, expect, it } from 'vitest';
import { matchesPattern, readEventPattern } from './event-pattern.ts';

const EVENT = {
  source: 'aws.iam',
  'detail-type': 'AWS API Call via CloudTrail',
  resources: ['arn:aws:s3:::one', 'arn:aws:s3:::two'],
  detail: {
    eventName: 'CreateUser',
    readOnly: false,
    port: 80,
    errorCode: null,
    userIdentity: { arn: 'arn:aws:iam::1:role/other' },
  },
};

const MATCHES: readonly (readonly [string, unknown, boolean])[] = [
  ['one of several values', { source: ['aws.s3', 'aws.iam'] }, true],
  ['another value', { source: ['aws.s3'] }, false],
  ['a value of a list', { resources: ['arn:aws:s3:::two'] }, true],
  ['every field must match', { source: ['aws.iam'], detail: { eventName: ['DeleteUser'] } }, false],
  ['a number, and not its text', { detail: { port: ['80'] } }, false],
  ['null', { detail: { errorCode: [null] } }, true],
  ['false', { detail: { readOnly: [false] } }, true],
  ['prefix', { detail: { eventName: [{ prefix: 'Create' }] } }, true],
  ['suffix', { detail: { eventName: [{ suffix: 'Role' }] } }, false],
  ['wildcard, where ? is a question mark', { detail: { eventName: [{ wildcard: 'C*User' }] } }, true],
  ['wildcard, whole text', { detail: { eventName: [{ wildcard: 'Create' }] } }, false],
  ['equals-ignore-case', { detail: { eventName: [{ 'equals-ignore-case': 'createuser' }] } }, true],
  ['anything-but a value', { detail: { eventName: [{ 'anything-but': 'CreateUser' }] } }, false],
  ['anything-but a list', { detail: { eventName: [{ 'anything-but': ['A', 'B'] }] } }, true],
  [
    'anything-but prefixes',
    { detail: { userIdentity: { arn: [{ 'anything-but': { prefix: ['arn:aws:iam::1:role/o'] } }] } } },
    false,
  ],
  ['anything-but does not match what is not there', { detail: { gone: [{ 'anything-but': 'x' }] } }, false],
  ['exists', { detail: { eventName: [{ exists: true }] } }, true],
  ['exists looks at leaves only', { detail: { userIdentity: [{ exists: true }] } }, false],
  ['exists false, deep below what is not there', { detail: { a: { b: [{ exists: false }] } } }, true],
  ['numeric range', { detail: { port: [{ numeric: ['>', 0, '<=', 80] }] } }, true],
  ['numeric, out of it', { detail: { port: [{ numeric: ['=', 443] }] } }, false],
  ['$or', { detail: { $or: [{ eventName: ['DeleteUser'] }, { port: [80] }] } }, true],
  ['$or, none', { $or: [{ source: ['a'] }, { source: ['b'] }] }, false],
];

describe('event patterns', () => {
  it.each(MATCHES)('%s', (_, pattern, expected) => {
    expect(matchesPattern(readEventPattern(JSON.stringify(pattern)), EVENT)).toBe(expected);
  });

  it.each([
    ['no JSON', '{'],
    ['an empty object', '{}'],
    ['an empty list', '{"source":[]}'],
    ['a value without a list', '{"source":"aws.iam"}'],
    ['an operator that is not known', '{"source":[{"cidr":"10.0.0.0/8"}]}'],
    ['two operators in one', '{"source":[{"prefix":"a","suffix":"b"}]}'],
    ['another operator in anything-but', '{"source":[{"anything-but":{"numeric":["=",1]}}]}'],
    ['half a range', '{"port":[{"numeric":["<"]}]}'],
    ['$or with one pattern', '{"$or":[{"source":["a"]}]}'],
  ])('%s is refused', (_, text) => {
    expect(() => readEventPattern(text)).toThrow(
      expect.objectContaining({ code: 'InvalidEventPatternException' }),
    );
  });
});
