// The engine, with two kinds of its own: what it looks at, and what it does with what it finds. The real kinds have tests of their own.

import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { LiteralHits } from '../../../src/detectors/secrets/literal-scan.ts';
import { createTextScanner } from '../../../src/detectors/secrets/scan-text.ts';
import { name, prefix, type SecretKind } from '../../../src/detectors/secrets/secret-kind.ts';
import { viewsOf } from '../../../src/detectors/secrets/views/decode.ts';

const token: SecretKind = {
  name: 'test-token',
  title: 'Test token',
  rule: 'SEC-14',
  severity: 'HIGH',
  literals: prefix('tok_'),
  pattern: /(?<![A-Za-z0-9])tok_[a-z0-9]{8}(?![a-z0-9])/dg,
  publicPrefix: 4,
  rank: 1,
  source: 'https://example.com/',
};
const password: SecretKind = {
  name: 'test-password',
  title: 'Test password',
  rule: 'SEC-11',
  severity: 'MEDIUM',
  literals: name('password'),
  pattern: /password["'\s:=]{1,6}(?<secret>[^\s"',;)]{4,64})/dgi,
  check: ({ secret }) =>
    secret === 'refused' ? { refused: 'dictionary-word' } : { confidence: 0.5, verified: false },
  rank: 0,
  source: 'https://example.com/',
};
const { scan } = createTextScanner([token, password]);

const found = (text: string) =>
  scan(text, Number.NaN).matches.map(({ kind, secret, keyPath }) =>
    keyPath === '' ? [kind.name, secret] : [kind.name, secret, keyPath],
  );

describe('views', () => {
  const plain = '{"user":"u","password":"hunter-2x"}';
  test.each([
    ['as it stands', 'INFO password=hunter-2x', [['test-password', 'hunter-2x']]],
    ['JSON', plain, [['test-password', 'hunter-2x', 'password']]],
    ['JSON behind words', `INFO body: ${plain} done`, [['test-password', 'hunter-2x', 'password']]],
    [
      'nested JSON',
      `{"a":{"b":[{"password": "hunter-2x"}]}}`,
      [['test-password', 'hunter-2x', 'a.b.password']],
    ],
    ['JSON in JSON', JSON.stringify({ msg: plain }), [['test-password', 'hunter-2x', 'msg.password']]],
    [
      'JSON in JSON in JSON',
      JSON.stringify({ log: JSON.stringify({ msg: plain }) }),
      [['test-password', 'hunter-2x', 'log.msg.password']],
    ],
    [
      'JSON cut in its middle',
      `{"password":"hunter-2x","other":"cut of`,
      [['test-password', 'hunter-2x', 'password']],
    ],
    ['XML', '<id>4</id><ns:password>hunter&amp;2x</ns:password>', [['test-password', 'hunter&2x']]],
    ['XML with attributes', '<password type="clear">hunter-2x</password>', [['test-password', 'hunter-2x']]],
    ['a tag that another closes', '<password>hunter-2x</user>', []],
    ['escaped text', 'payload \\"password\\":\\"hunter-2x\\"', [['test-password', 'hunter-2x']]],
    ['unicode escapes', '{"a":"pass\\u0077ord=hunter\\u002d2x"}', [['test-password', 'hunter-2x', 'a']]],
    ['percent-encoded', 'GET /?q=password%3Dhunter-2x%26b=1', [['test-password', 'hunter-2x&b=1']]],
    [
      'coloured',
      '\u001b[36mpassword\u001b[0m=\u001b[35mhunter-2x\u001b[0m',
      [['test-password', 'hunter-2x']],
    ],
    ['base64', `data ${btoa('the password=hunter-2x; end')}`, [['test-password', 'hunter-2x']]],
    [
      'base64 in base64',
      `data ${btoa(`x=${btoa('the password=hunter-2x; end')}`)}`,
      [['test-password', 'hunter-2x']],
    ],
    [
      'gzip in base64',
      `data ${gzipSync('a longer text with password=hunter-2x; in its middle').toString('base64')}`,
      [['test-password', 'hunter-2x']],
    ],
  ])('%s', (_, text, expected) => {
    expect(found(text)).toEqual(expected);
  });

  test('gzip that grows beyond all bounds says how it began', () => {
    const padded = gzipSync(`password=hunter-2x; ${'padding '.repeat(200_000)}`).toString('base64');
    expect(found(`data ${padded}`)).toEqual([['test-password', 'hunter-2x']]);
  });

  test('positions lead back into the record', () => {
    const text = `INFO ${JSON.stringify({ log: JSON.stringify({ m: 'é"x', password: 'hunter-2x' }) })}`;
    const [match] = scan(text, Number.NaN).matches;
    expect(text.slice(match!.start, match!.end)).toBe('hunter-2x');
    const encoded = btoa('the password=hunter-2x; end');
    const [inside] = scan(`data ${encoded}.`, Number.NaN).matches;
    expect([inside!.start, inside!.end]).toEqual([5, 5 + encoded.length]);
    expect(inside!.steps).toEqual(['base64']);
  });
});

describe('the encodings of a match are those of its place', () => {
  const nested = JSON.stringify({ log: JSON.stringify({ msg: 'said password=hunter-2x here' }) });
  const encoded = btoa('the password=hunter-2x; end');
  test.each([
    ['a plain line beside JSON', `{"a":"b\\"c","d":"%41"}\nINFO password=hunter-2x done\n{"e":1}`, []],
    ['a member beside JSON in JSON', `{"gh":"tok_abcd1234","log":${JSON.stringify('{"a":"b"}')}}`, ['json']],
    ['in the middle of a long member', `{"msg":"a long text with tok_abcd1234 in it"}`, ['json']],
    ['JSON in JSON', nested, ['json', 'json']],
    ['a URL in JSON', '{"url":"/?q=password%3Dhunter-2x"}', ['json', 'url']],
    ['a URL in a URL', '/?u=%2Fb%3Fq%3Dpassword%253Dhunter-2x', ['url', 'url']],
    ['percent signs elsewhere', '/?q=%41 and then password=hunter-2x', []],
    ['base64 beside JSON', `{"a":"b"} ${encoded}`, ['base64']],
    ['base64 in JSON', `{"a":"${encoded}"}`, ['json', 'base64']],
    ['beside colours', '\u001b[36mINFO\u001b[0m a password=hunter-2x', []],
    ['a name with an escape', '{"a":1} pass\\u0077ord=hunter-2x', ['escapes']],
  ])('%s', (_, text, steps) => {
    const { matches } = scan(text, Number.NaN);
    expect(matches.map((match) => match.steps)).toEqual([steps]);
  });
});

test.each([
  ['id=4&card=3628+2964%22', 'id=4&card=3628 2964"'],
  ['id=4&card=3628+2964 and 2+2', 'id=4&card=3628 2964 and 2+2'],
])('%s: plus signs in a form are spaces', (form, said) => {
  const view = viewsOf(form).views.at(-1)!;
  expect(view.text).toBe(said);
  expect(view.origin(said.indexOf('2964'), said.indexOf('2964') + 4)).toEqual([15, 19]);
});

describe('literals', () => {
  const { literals } = createTextScanner([{ ...token, literals: prefix('https://hooks/"') }]);
  const hits = new LiteralHits();
  test.each([
    'x https://hooks/" y',
    'x https%3A%2F%2Fhooks%2F%22 y',
    'x https%3a%2f%2fhooks%2f%22 y',
    String.raw`x https:\/\/hooks\/" y`,
    String.raw`x https://hooks/\" y`,
  ])('%s: is looked at, encoded or not', (text) => {
    const bytes = Buffer.from(text);
    literals.scan(bytes, 0, bytes.length, hits);
    expect(hits.count).toBe(1);
  });
});

describe('what claims the same characters', () => {
  test('the typed kind has them, and the other is counted', () => {
    const { matches, refused } = scan('password=tok_abcd1234', Number.NaN);
    expect(matches.map(({ kind }) => kind.name)).toEqual(['test-token']);
    expect(Object.fromEntries(refused)).toEqual({ 'SEC-11 overlapped': 1 });
  });

  test('a check and a value test refuse by reason', () => {
    const { matches, refused } = scan('password=refused password=<password>', Number.NaN);
    expect(matches).toEqual([]);
    expect(Object.fromEntries(refused)).toEqual({
      'SEC-11 dictionary-word': 1,
      'SEC-11 placeholder': 1,
    });
  });

  test('two secrets in one encoded stretch are two', () => {
    expect(found(btoa('password=hunter-2x and tok_abcd1234.'))).toHaveLength(2);
  });
});

test('hostile nesting ends', () => {
  const deep = `${'{"a":'.repeat(5_000)}"password=hunter-2x"`;
  expect(scan(deep, Number.NaN).matches).toHaveLength(1);
  expect(scan('{"password":"'.repeat(2_000), Number.NaN).matches.length).toBeLessThanOrEqual(256);
});

describe('notations of values', () => {
  test.each([
    ['attributes of DynamoDB', '{"Item":{"pk":{"S":"u#1"},"password":{"S":"hunter-2x"}}}', 'Item.password'],
    ['in a list', '{"a":{"password":{"L":[{"S":"hunter-2x"}]}}}', 'a.password'],
    ['as Python prints them', "{'password': {'S': 'hunter-2x'}}", ''],
    ['as Java prints them', 'Item={password=AttributeValue(S=hunter-2x), id=1}', ''],
    ['aligned in columns', '  + password                              = "hunter-2x"', ''],
    ['aligned behind the colon', 'password:          hunter-2x', ''],
  ])('%s', (_, text, keyPath) => {
    const [match, ...others] = scan(text, Number.NaN).matches;
    expect(others).toEqual([]);
    expect(match).toMatchObject({ secret: 'hunter-2x', keyPath });
    expect(text.slice(match!.start, match!.end)).toBe('hunter-2x');
  });

  test('a table is no assignment', () => {
    expect(found('user     password     host\nann      secret-one   db')).toEqual([]);
  });
});

test('a literal that one kind wants with a login and another without serves both', () => {
  const address = { text: '://', exact: false, assigned: false } as const;
  const kinds: SecretKind[] = [
    { ...token, name: 'with-login', literals: [{ ...address, login: true }] },
    { ...token, name: 'without', literals: [address], pattern: /tik_[a-z0-9]{8}/dg },
  ];
  const told = (text: string) =>
    createTextScanner(kinds)
      .scan(text, Number.NaN)
      .matches.map(({ kind }) => kind.name);
  expect(told('see https://shop.example.com/tik_abcd1234')).toEqual(['without']);
  expect(told('see https://shop.example.com/tok_abcd1234')).toEqual([]);
  expect(told('see https://jane:tok_abcd1234@shop.example.com')).toEqual(['with-login']);
});
