// Policies for tests, and the many ways to write the same one.

import fc from 'fast-check';

export const TABLE = 'arn:aws:dynamodb:us-east-1:111122223333:table/Orders';

export interface PlainStatement {
  readonly Sid?: string;
  readonly Effect: 'Allow' | 'Deny';
  readonly [element: string]: unknown;
}

export const denyHttp = (changes: object = {}): PlainStatement => ({
  Sid: 'DenyPlainHttp',
  Effect: 'Deny',
  Principal: '*',
  Action: 'dynamodb:*',
  Resource: '*',
  Condition: { Bool: { 'aws:SecureTransport': 'false' } },
  ...changes,
});

export const allowAll = (changes: object = {}): PlainStatement => ({
  Effect: 'Allow',
  Principal: '*',
  Action: '*',
  Resource: '*',
  ...changes,
});

export const policy = (...Statement: readonly PlainStatement[]): object => ({
  Version: '2012-10-17',
  Statement,
});

/** How a policy stands in a log, none of which changes what it says. */
export const spellings: fc.Arbitrary<(document: object) => unknown> = fc
  .record({
    reversed: fc.boolean(),
    single: fc.boolean(),
    lists: fc.boolean(),
    case: fc.constantFrom(
      (text: string) => text,
      (text: string) => text.toUpperCase(),
      (text: string) => text.toLowerCase(),
    ),
    encoding: fc.constantFrom<(document: object) => unknown>(
      (document) => document,
      (document) => [document],
      (document) => JSON.stringify(document),
      (document) => `\n ${JSON.stringify(document, null, 2)}\n`,
      (document) => encodeURIComponent(JSON.stringify(document)),
      (document) => JSON.stringify(JSON.stringify(document)),
    ),
  })
  .map((way) => (document) => {
    const statements = (document as { Statement: readonly PlainStatement[] }).Statement.map((statement) =>
      respelled(statement, way),
    );
    if (way.reversed) statements.reverse();
    const Statement = way.single && statements.length === 1 ? statements[0] : statements;
    return way.encoding({ ...document, Statement });
  });

interface Way {
  readonly lists: boolean;
  readonly case: (text: string) => string;
}

function respelled(statement: PlainStatement, way: Way): object {
  const value = (given: unknown): unknown => {
    if (typeof given === 'string') return way.lists ? [given] : given;
    return Array.isArray(given) && given.length === 1 && !way.lists ? given[0] : given;
  };
  const said = Object.entries(statement).filter(([, given]) => given !== undefined);
  const entries = said.map(([element, given]): [string, unknown] => {
    if (element === 'Action' || element === 'NotAction') {
      const cased = Array.isArray(given) ? given.map(way.case) : way.case(String(given));
      return [element, value(cased)];
    }
    if (element === 'Principal' && given === '*') return [element, way.lists ? { AWS: ['*'] } : given];
    if (element === 'Condition') return [element, respelledCondition(given as object, way, value)];
    return [element, element === 'Resource' || element === 'NotResource' ? value(given) : given];
  });
  return Object.fromEntries(entries.reverse());
}

function respelledCondition(condition: object, way: Way, value: (given: unknown) => unknown): object {
  return Object.fromEntries(
    Object.entries(condition).map(([operator, keys]) => [
      operator,
      Object.fromEntries(Object.entries(keys as object).map(([key, given]) => [way.case(key), value(given)])),
    ]),
  );
}
