import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { mayHoldPersonal, personalKeysIn } from '../../../src/detectors/secrets/personal-key-text.ts';
import { expandPlaceholders } from '../golden-inputs.ts';

const keys = (parameters: unknown) =>
  personalKeysIn(parameters).map(({ table, attribute, kind }) => `${table}.${attribute}: ${kind}`);
const worthParsing = (text: string) => {
  const bytes = Buffer.from(text);
  return mayHoldPersonal(bytes, 0, bytes.length);
};
const address = 'anna.berg@kunde-nord.de';

describe('the keys of a call', () => {
  it('are read in every form in which CloudTrail writes them', () => {
    for (const parameters of [
      { tableName: 'T-1', key: { email: address } },
      { tableName: 'arn:aws:dynamodb:us-east-1:111122223333:table/T-1', key: { email: { S: address } } },
      { requestItems: [{ TableName: 'T-1', Key: { email: address } }] },
      { requestItems: { 'T-1': { keys: [{ email: 'x' }, { email: address }] } } },
      { transactItems: [{ put: { tableName: 'T-1', key: { email: { s: address } } } }] },
      { tableName: 'T-1', exclusiveStartKey: { email: `USER#${address}#1` } },
      { statement: `SELECT a FROM "T-1" WHERE "email" = '${address}'` },
      { statements: [{ statement: `UPDATE T-1 SET a = '***(Redacted)' WHERE email='${address}'` }] },
    ])
      expect(keys(parameters), JSON.stringify(parameters)).toEqual(['T-1.email: e-mail address']);
  });

  it('are nothing else than keys', () => {
    for (const parameters of [
      null,
      'text',
      { tableName: 'T-1', items: [address], filterExpression: address },
      { tags: [{ key: 'owner', value: address }] },
      { tableName: 'T-1', key: { email: 'x@y' } },
      { tableName: 'T-1', key: { email: `<${address}>` } },
      { tableName: 'T-1', key: { email: 'orders@1.2.3' } },
    ])
      expect(keys(parameters), JSON.stringify(parameters)).toEqual([]);
  });

  it('are said once for a table, an attribute and a kind, without a name that could be a value', () => {
    const batch = Array.from({ length: 100 }, (_, at) => ({
      tableName: 'T-1',
      key: { [`k${at % 2}`]: `a${at}@kunde-nord.de` },
    }));
    expect(keys({ requestItems: batch })).toEqual(['T-1.k0: e-mail address', 'T-1.k1: e-mail address']);
    expect(keys({ tableName: 'T-1', key: { [address]: address } })).toEqual(['T-1.: e-mail address']);
  });

  it('never make it throw, or look for long', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 8 }), (value) => {
        personalKeysIn({ key: value, keys: value, statement: value, requestItems: value, tableName: value });
      }),
      { numRuns: 300 },
    );
    let deep: unknown = { key: { email: address } };
    for (let at = 0; at < 10_000; at++) deep = [deep];
    expect(keys(deep)).toEqual([]);
  });
});

describe('what is worth parsing', () => {
  it.each([
    `{"key":{"email":"${address}"}}`,
    expandPlaceholders('{"key":{"pan":"{{card:visa.a}}"}}'),
    expandPlaceholders('{"key":{"pan":"{{card:amex.a|grouped}}"}}'),
    expandPlaceholders('{"key":{"pan":"CARD#{{card:diners.a|dashed}}"}}'),
    expandPlaceholders('{"key":{"t":"{{three-part-token:a}}"}}'),
    '{"key":{"phone":"+4915123456789"}}',
  ])('%s', (text) => {
    expect(worthParsing(text)).toBe(true);
  });

  it.each([
    '{"tableName":"Orders","key":{"pk":"order#3f2a9c4e-1111-4222-8333-abcdefabcdef","sk":"2026-11-03T03:00:00.000Z"}}',
    '{"tableName":"arn:aws:dynamodb:us-east-1:111122223333:table/Orders","key":{"at":1793534400000}}',
    '{"key":{"at":"1793534400000000123","n":99999999999999999}}',
    '{"key":{"a":"123456789012"}}',
  ])('not %s', (text) => {
    expect(worthParsing(text)).toBe(false);
  });
});
