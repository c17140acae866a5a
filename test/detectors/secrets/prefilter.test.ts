import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  createPlainPrefilter,
  createPrefilter,
  HINT,
  LITERALS,
  prefilter,
} from '../../../src/detectors/secrets/prefilter.ts';

/** What the automaton must say, the slow way. */
function slowly(text: string, literals: typeof LITERALS): number {
  const lower = text.replace(/[A-Z]/g, (letter) => letter.toLowerCase());
  return literals.reduce(
    (hints, literal) =>
      (literal.exact ? text : lower).includes(literal.text) ? hints | literal.hint : hints,
    0,
  );
}
/** What the kinds of secrets hint at has literals and a test of its own: literal-scan.test.ts. */
const scan = (text: string, filter = prefilter) => {
  const bytes = Buffer.from(text, 'latin1');
  return filter(bytes, 0, bytes.length) & ~HINT.secret;
};

describe('prefilter', () => {
  it('finds every literal, in any case where the case does not matter', () => {
    for (const literal of LITERALS) {
      const text = literal.exact ? literal.text : literal.text.toUpperCase();
      expect(scan(`xx${text}yy`) & literal.hint, literal.text).toBe(literal.hint);
    }
  });

  it('says what a slow search says, for texts made of pieces of the literals', () => {
    const piece = fc.oneof(
      fc.constantFrom(...LITERALS.map((literal) => literal.text)),
      fc
        .constantFrom(...LITERALS.map((literal) => literal.text))
        .chain((text) => fc.nat(text.length).map((end) => text.slice(0, end))),
      fc.string({ maxLength: 4 }),
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 12 }), fc.boolean(), (pieces, upper) => {
        const text = upper ? pieces.join('').toUpperCase() : pieces.join('');
        const latin1 = Buffer.from(text, 'latin1').toString('latin1');
        // The table of kinds has literals of its own (scan-text.test.ts).
        expect(scan(latin1) & ~HINT.secret).toBe(slowly(latin1, LITERALS) & ~HINT.secret);
      }),
      { numRuns: 500 },
    );
  });

  it.each([
    ['kernel', createPrefilter],
    ['automaton', createPlainPrefilter],
  ])('finds literals that end inside of others, by the %s', (_name, create) => {
    const filter = create([
      { text: 'abcde', hint: 1, exact: false },
      { text: 'bcd', hint: 2, exact: false },
      { text: 'BCD', hint: 4, exact: true },
      { text: 'bcd', hint: 8, exact: false, assigned: true },
    ]);
    expect(scan('xabcdx', filter)).toBe(2);
    expect(scan('xaBCDx', filter)).toBe(2 | 4);
    expect(scan('abcde', filter)).toBe(1 | 2);
    expect(scan('abcd: e', filter)).toBe(2 | 8);
    expect(scan('BCD"=e', filter)).toBe(2 | 4 | 8);
  });

  it('takes literals of any length, those too short for the kernel, too', () => {
    const filter = createPrefilter([{ text: 'bc', hint: 2, exact: false }]);
    expect(scan('abcd', filter)).toBe(2);
  });

  it('stays inside its bounds', () => {
    const bytes = Buffer.from('-----BEGIN');
    expect(prefilter(bytes, 0, bytes.length - 1)).toBe(0);
    expect(prefilter(bytes, 1, bytes.length)).toBe(0);
    expect(prefilter(bytes, 0, bytes.length)).toBe(HINT.privateKey);
  });

  it('leaves ordinary lines alone: words like key, token and password are no hints', () => {
    const lines = [
      'GET /api/v1/orders?token=abc HTTP/1.1 200 cache key=user:17 password changed',
      '{"level":"info","msg":"api key rotated","partition_key":"pk","secret_arn":"arn:aws:secretsmanager:us-east-1:1:secret:x"}',
      'https://example.com/login authorization ok, cluster Asia/Tokyo, slovakia',
    ];
    for (const line of lines) expect(scan(line), line).toBe(0);
  });
});
