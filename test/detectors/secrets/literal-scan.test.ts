import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { assignsAt, loginAt, MAY_ASSIGN } from '../../../src/detectors/secrets/assignment.ts';
import { KINDS } from '../../../src/detectors/secrets/kinds/index.ts';
import { literalsOf } from '../../../src/detectors/secrets/literal-forms.ts';
import { createKernelScan } from '../../../src/detectors/secrets/literal-kernel/kernel-literals.ts';
import { partsOf } from '../../../src/detectors/secrets/literal-kernel/parts.ts';
import { isInTable } from '../../../src/detectors/secrets/literal-kernel/pieces.ts';
import {
  Base64Runs,
  createLiteralScan,
  createPlainScan,
  LiteralHits,
  type LiteralScan,
} from '../../../src/detectors/secrets/literal-scan.ts';
import { LITERALS as HINT_LITERALS } from '../../../src/detectors/secrets/prefilter.ts';
import { type Literal, name, prefix, word } from '../../../src/detectors/secrets/secret-kind.ts';

const LITERALS: readonly Literal[] = [
  ...prefix('ghp_', 'ghp', 'AKIA', 'KIA-'),
  ...word('x-amz-signature', 'signature', 'amz'),
  ...name('password', 'word', 'api_key'),
];

/** Literals and where they begin. */
function found(text: string, start = 0, end = text.length): string[] {
  const hits = new LiteralHits();
  createLiteralScan(LITERALS).scan(Buffer.from(text, 'latin1'), start, end, hits);
  return Array.from(
    hits.at.subarray(0, hits.count),
    (at, index) => `${LITERALS[hits.literal[index]!]!.text}@${at}`,
  );
}

/** The same, the slow way, where nothing is asked of what stands behind. */
function slowly(text: string, literals: readonly Literal[]): string[] {
  const lower = text.replace(/[A-Z]/g, (letter) => letter.toLowerCase());
  const hits: string[] = [];
  for (let at = 0; at < text.length; at++)
    for (const literal of literals)
      if ((literal.exact ? text : lower).startsWith(literal.text, at)) hits.push(`${literal.text}@${at}`);
  return hits;
}

describe('literal scan', () => {
  it('tells every literal where it begins, those that begin inside of others too', () => {
    expect(found('id ghp_x AKIA-')).toEqual(['ghp_@3', 'ghp@3', 'AKIA@9', 'KIA-@10']);
    expect(found('X-Amz-Signature')).toEqual(['x-amz-signature@0', 'amz@2', 'signature@6']);
    expect(found('akia GHP_')).toEqual([]);
  });

  it('finds names where they are given a value only', () => {
    expect(found('no password is needed')).toEqual([]);
    expect(found('db_Password=x')).toEqual(['password@3', 'word@7']);
    expect(found('passwords=x password_hash=y')).toEqual([]);
  });

  it('finds what must be followed by a word where it is', () => {
    const scan = createLiteralScan([{ text: 'reset-password', exact: false, assigned: false, follows: 16 }]);
    const hits = new LiteralHits();
    const count = (text: string): number => {
      scan.scan(Buffer.from(text, 'latin1'), 0, text.length, hits);
      return hits.count;
    };
    expect(count('GET /reset-password/done HTTP/1.1 and more of it')).toBe(0);
    expect(count('"/reset-password/done","and more of it"')).toBe(0);
    expect(count('/reset-password?token=0123456789')).toBe(1);
    expect(count('/reset-password?token=01234567')).toBe(0);
  });

  it('stays inside its bounds', () => {
    expect(found('ghp_', 0, 3)).toEqual(['ghp@0']);
    expect(found('ghp_', 1, 4)).toEqual([]);
    expect(found('password=', 0, 8)).toEqual([]);
  });

  it('grows with what it finds, and says what a slow search says', () => {
    expect(found('ghp'.repeat(5000)).length).toBe(5000);
    const literals = LITERALS.filter(({ assigned }) => !assigned);
    const scan = createLiteralScan(literals);
    const hits = new LiteralHits();
    const piece = fc.oneof(fc.constantFrom(...literals.map(({ text }) => text)), fc.string({ maxLength: 3 }));
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 12 }), fc.boolean(), (pieces, upper) => {
        const text = Buffer.from(upper ? pieces.join('').toUpperCase() : pieces.join(''), 'latin1').toString(
          'latin1',
        );
        scan.scan(Buffer.from(text, 'latin1'), 0, text.length, hits);
        const told = Array.from(
          hits.at.subarray(0, hits.count),
          (at, index) => `${literals[hits.literal[index]!]!.text}@${at}`,
        );
        expect(told).toEqual(slowly(text, literals));
      }),
    );
  });
});

describe('the kernel', () => {
  const all = [...LITERALS, ...KINDS.flatMap(({ literals }) => literals)];
  const kernel = createLiteralScan(all);
  const plain = createPlainScan(all);
  const hits = new LiteralHits();
  const told = (scan: LiteralScan, bytes: Uint8Array, start: number, end: number): string[] => {
    scan.scan(bytes, start, end, hits);
    return Array.from(hits.at.subarray(0, hits.count), (at, index) => `${at} ${hits.literal[index]}`);
  };

  it('finds every literal by itself, in either case where either matches', () => {
    for (const [index, literal] of all.entries()) {
      const { text, exact } = literal;
      for (const shown of exact ? [text] : [text, text.toUpperCase()]) {
        const behind =
          literal.login === true
            ? 'jane:pw@db'
            : literal.follows === undefined
              ? ': y'
              : 'y'.repeat(literal.follows);
        const bytes = Buffer.from(`x ${shown}${behind}`, 'latin1');
        expect(told(kernel, bytes, 0, bytes.length), text).toContain(`2 ${index}`);
      }
    }
  });

  it('says what the automaton says, wherever it begins and ends', () => {
    const texts = all.map(({ text }) => text);
    const piece = fc.oneof(
      fc.constantFrom(...texts),
      fc
        .constantFrom(...texts)
        .chain((text) =>
          fc
            .tuple(fc.nat(text.length), fc.nat(text.length))
            .map(([a, b]) => text.slice(Math.min(a, b), Math.max(a, b))),
        ),
      fc.constantFrom('=', ': ', '"', '\n', ' '),
      fc.string({ maxLength: 4, unit: 'binary' }),
    );
    fc.assert(
      fc.property(
        fc.array(piece, { maxLength: 30 }),
        fc.boolean(),
        fc.nat(20),
        fc.nat(20),
        (pieces, upper, before, behind) => {
          const bytes = Buffer.from(upper ? pieces.join('').toUpperCase() : pieces.join(''), 'latin1');
          const start = Math.min(before, bytes.length);
          const end = Math.max(start, bytes.length - behind);
          expect(told(kernel, bytes, start, end)).toEqual(told(plain, bytes, start, end));
        },
      ),
      { numRuns: 300 },
    );
  });

  it('says the same over the ends of its windows, and for more hits than it has room for', () => {
    const bytes = Buffer.alloc(200_000, ' ');
    for (const edge of [65536 - 128, 65536, 2 * (65536 - 128), 131072])
      for (let at = edge - 80, index = 0; at < edge + 80; index++)
        at += bytes.write(all[(index * 7) % all.length]!.text, at, 'latin1');
    expect(told(kernel, bytes, 0, bytes.length)).toEqual(told(plain, bytes, 0, bytes.length));
    const dense = Buffer.from('ghpghp'.repeat(40_000));
    expect(told(kernel, dense, 1, dense.length - 1)).toEqual(told(plain, dense, 1, dense.length - 1));
  });

  it('has a table of pieces that is up to date: npm run kernel makes it', () => {
    const literals = [...KINDS.flatMap(literalsOf), ...HINT_LITERALS];
    const parts = partsOf(literals);
    const roots = literals.filter((_literal, index) => parts[index] === null);
    const missing = roots.filter(({ text, exact }) => !isInTable(text, exact)).map(({ text }) => text);
    expect(roots.length).toBeGreaterThan(1000);
    // What is not in it is found, too, only slower.
    expect(missing.length, missing.slice(0, 20).join(' ')).toBeLessThan(roots.length / 20);
  });

  it('leaves what it cannot take to the automaton', () => {
    expect(createKernelScan(all)).not.toBeNull();
    expect(createKernelScan([{ text: 'ab', exact: true }])).toBeNull();
  });
});

describe('assignment', () => {
  const assigns = (behind: string, before = '') => {
    const bytes = Buffer.from(`${before}password${behind}`, 'latin1');
    return assignsAt(bytes, 0, before.length, before.length + 8, bytes.length);
  };

  it.each([
    '=x',
    ': x',
    ' = x',
    '\t:\tx',
    ':=x',
    ' => x',
    '": "x"',
    "': 'x'",
    "' => 'x'",
    '"] = "x"',
    "']='x'",
    '=',
    '1=x',
    '_2: x',
    '\\": \\"x',
    '\\\\\\": \\\\\\"x',
    '\\u0022: ',
    '\\u0022\\u003a',
    '\\u003dx',
    '%3Dx',
    '%3dx',
    '%22%3A%22',
    '%22: ',
    '%253Dx',
    '%2522%253A',
    '&quot;: ',
    '&#34;:',
    '&#x27;=',
    '\x1b[0m=x',
    '\x1b[39m: x',
    '\\u001b[0m=x',
    '\\x1b[0;32m=',
    '\\033[0m=',
    '`: x',
    '**: x',
  ])('%j is one', (behind) => expect(assigns(behind)).toBe(true));

  it.each([
    '',
    ' is x',
    's=x',
    '_hash=x',
    'Id: 1',
    '-reset: x',
    '\n=x',
    ', x',
    '&user=1;',
    '%20of',
    '%2',
    '%',
    '\\',
    '\\n=x',
    '\\u00',
    '/x=1',
    ' 123 = x',
    `${' '.repeat(80)}=`,
    '&unknownentity;=',
    '\x1b[0',
    '\x1bm=',
  ])('%j is none', (behind) => expect(assigns(behind)).toBe(false));

  it('takes a flag of a command line', () => {
    expect(assigns(' hunter2', '--')).toBe(true);
    expect(assigns(' hunter2', '--master-user-')).toBe(true);
    expect(assigns('", "hunter2"', '"--')).toBe(true);
    expect(assigns('%20hunter2', '--')).toBe(true);
    expect(assigns('%20hunter2', 'mysql%20--')).toBe(true);
    expect(assigns(' hunter2', '-')).toBe(false);
    expect(assigns(' hunter2', 'no ')).toBe(false);
    expect(assigns(' ', '--')).toBe(false);
  });

  it('takes a header of ASGI', () => {
    expect(assigns("', b'x')", "(b'")).toBe(true);
    expect(assigns("', b")).toBe(false);
  });

  it('takes a pair in brackets, and no list of names', () => {
    expect(assigns("', 'x')", "('")).toBe(true);
    expect(assigns('", "x" )', '( "')).toBe(true);
    expect(assigns('","x"]', '["db_')).toBe(true);
    expect(assigns('","x","y"]', '["')).toBe(false);
    expect(assigns('","x"]', '["name","')).toBe(false);
    expect(assigns("', 'x'", "('")).toBe(false);
    expect(assigns('","x\')', '["')).toBe(false);
  });

  it('takes columns of tables, and what PHP writes', () => {
    expect(assigns(' | x', '| ')).toBe(true);
    expect(assigns('     | x')).toBe(true);
    expect(assigns('|x')).toBe(false);
    expect(assigns('";s:4:"x"', '"')).toBe(true);
    expect(assigns('";s', '"')).toBe(false);
    expect(assigns('"]=>', '["')).toBe(true);
    expect(assigns(':protected] =>', '[')).toBe(true);
  });

  it('takes the address of a URL with a password only', () => {
    const holds = (text: string): boolean => loginAt(Buffer.from(text, 'latin1'), 0, text.length);
    expect(holds('jane:pw@db')).toBe(true);
    expect(holds('jane%3Apw%40db')).toBe(true);
    expect(holds(':pw@db')).toBe(true);
    expect(holds('jane:p%2Fw@db')).toBe(true);
    expect(holds('jane@db:80/')).toBe(false);
    expect(holds('db:80/@scope')).toBe(false);
    expect(holds('db%2F%40a')).toBe(false);
    expect(holds('db:80 a@b')).toBe(false);
    expect(holds(`jane:${'x'.repeat(500)}@db`)).toBe(false);
    expect(holds('jane:pw')).toBe(false);
  });

  it('takes a tag of XML', () => {
    expect(assigns('>x', '<')).toBe(true);
    expect(assigns('>x', '<soap:db-')).toBe(true);
    expect(assigns('>x', '->')).toBe(false);
    expect(assigns('>x')).toBe(false);
    expect(assigns('/>', '<')).toBe(false);
  });

  it('knows by the first byte what can be none', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'binary', maxLength: 8 }),
        fc.constantFrom('', '--', '<', "(b'"),
        (behind, before) => {
          const first = Buffer.from(behind, 'latin1')[0];
          if (first !== undefined && MAY_ASSIGN[first] === 0) expect(assigns(behind, before)).toBe(false);
        },
      ),
      { numRuns: 2000 },
    );
    expect(MAY_ASSIGN.filter((may) => may === 1).length).toBeLessThan(40);
  });

  it('looks at nothing outside of its bounds, whatever stands there', () => {
    fc.assert(
      fc.property(
        fc.array(
          fc.constantFrom('"', '\\', '%', '&', '2', '5', 'u', '0', '\x1b', '[', 'm', ' ', 'x', ';', '-'),
          { maxLength: 20 },
        ),
        (signs) => {
          const bytes = Buffer.from(`password${signs.join('')}=`, 'latin1');
          expect(assignsAt(bytes, 0, 0, 8, bytes.length - 1)).toBe(
            assignsAt(bytes.subarray(0, -1), 0, 0, 8, bytes.length - 1),
          );
        },
      ),
    );
  });
});

describe('base64 runs', () => {
  const runs = (text: string) => {
    const into = new Base64Runs();
    const bytes = Buffer.from(text, 'latin1');
    createLiteralScan(LITERALS).scan(bytes, 0, bytes.length, new LiteralHits(), into);
    return Array.from(into.start.subarray(0, into.count), (start, index) =>
      text.slice(start, into.end[index]),
    );
  };
  const encoded = (text: string) => Buffer.from(text, 'latin1').toString('base64').replace(/=+$/, '');

  it('finds text, JSON and gzip, wherever they begin', () => {
    const json = encoded('{"user":"shop","password":"x"}');
    const text = encoded('user=shop and more of it');
    for (let before = 0; before < 30; before++) {
      expect(runs(`${' '.repeat(before)}${json}== and ${text} end`)).toEqual([json, text]);
    }
    expect(runs(`/v1/config/${text}`)).toEqual([text]);
    expect(runs(`H4sI${'A'.repeat(30)}`)).toHaveLength(1);
    expect(runs(Array.from({ length: 200 }, () => json).join(' '))).toHaveLength(200);
  });

  it('finds no digests, identifiers, paths, nor what is too short', () => {
    for (const benign of [
      'deadbeef'.repeat(8),
      '550e8400-e29b-41d4-a716-446655440000',
      '/app/orders/services/store/customer/view',
      'createApplicationContextFactoryBean',
      'AWS_LAMBDA_FUNCTION_MEMORY_SIZE_LIMIT',
      encoded('too short to hold'),
      Buffer.from(Array.from({ length: 40 }, (_, at) => (at * 89 + 7) & 255)).toString('base64'),
    ])
      expect(runs(benign), benign).toEqual([]);
  });

  it('are the same in the kernel, whatever stands around them and wherever its windows end', () => {
    const kernel = createLiteralScan(LITERALS);
    const plain = createPlainScan(LITERALS);
    const told = (scan: LiteralScan, bytes: Uint8Array, start: number, end: number): string[] => {
      const into = new Base64Runs();
      scan.scan(bytes, start, end, new LiteralHits(), into);
      return Array.from(into.start.subarray(0, into.count), (from, index) => `${from}-${into.end[index]}`);
    };
    const json = encoded('{"user":"shop","password":"x"}');
    const piece = fc.oneof(
      fc.constantFrom(json, 'H4sI', 'eyJ', '.', ' ', '/', '_', '-', '+', '=', '\n', '\xe9'),
      fc.nat(json.length).map((cut) => json.slice(cut)),
      fc.nat(30).map((length) => json.slice(0, length)),
      fc.string({ maxLength: 40, unit: fc.constantFrom(...'AZaz09+/-_@[`{:,') }),
      fc.string({ maxLength: 4, unit: 'binary' }),
    );
    const edge = 65536 - 128;
    fc.assert(
      fc.property(
        fc.array(piece, { maxLength: 24 }),
        fc.constantFrom(0, edge - 100, edge, 65536 - 60, 65536, 2 * edge),
        fc.nat(20),
        fc.nat(20),
        (pieces, before, start, behind) => {
          const bytes = Buffer.from(`${' '.repeat(before)}${pieces.join('')}`, 'latin1');
          const from = Math.min(start, bytes.length);
          const end = Math.max(from, bytes.length - behind);
          expect(told(kernel, bytes, from, end)).toEqual(told(plain, bytes, from, end));
        },
      ),
      { numRuns: 400 },
    );
    const long = Buffer.from(`x ${json.repeat(6000)} ${json}`);
    expect(told(kernel, long, 0, long.length)).toEqual(told(plain, long, 0, long.length));
    expect(told(kernel, long, 0, long.length)).toHaveLength(2);
  });

  it('leaves the parts of a JWT to its own kind', () => {
    const header = encoded('{"alg":"none","typ":"JWT"}');
    expect(runs(`${header}.${encoded('{"sub":"somebody","exp":1}')}.`)).toEqual([]);
    expect(runs(header)).toEqual([header]);
  });
});
