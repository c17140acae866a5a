import { spawnSync } from 'node:child_process';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { printable, printableJson, shellQuote } from '../../src/findings/printable.ts';

/** Whatever an attacker may write, lone surrogates and controls included. */
const hostileText = fc.string({
  unit: fc.oneof(
    fc.constantFrom(
      '\u001b',
      '\u0000',
      '\n',
      '\r',
      '\u007f',
      '\u009b',
      '\u202e',
      '\u2066',
      '\u2028',
      '\u200b',
      '\ufeff',
      '\ud800',
    ),
    fc.string({ unit: 'binary', minLength: 1, maxLength: 2 }),
    fc.constantFrom("'", '"', '`', '$(id)', '\\', ';', '<!channel>', '=cmd|x'),
  ),
});

const movesOrHides =
  /[\u0000-\u001f\u007f-\u009f\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\u{e0000}-\u{e007f}\p{Surrogate}]/u;

describe('printable', () => {
  it.each([
    ['plain text stays', 'plain text stays'],
    ['Grüße, 世界 🙂', 'Grüße, 世界 🙂'],
    ['\u001b]0;title\u0007', '\\x1b]0;title\\x07'],
    ['\u009b2J', '\\x9b2J'],
    ['user\u202egnp.exe', 'user\\u{202e}gnp.exe'],
    ['a\u2028b', 'a\\u{2028}b'],
    ['zero\u200bwidth', 'zero\\u{200b}width'],
    ['tag\u{e0041}', 'tag\\u{e0041}'],
    ['half \ud83d', 'half \\u{d83d}'],
  ])('%j is shown as %j', (text, shown) => {
    expect(printable(text)).toBe(shown);
  });

  it('leaves nothing that moves a cursor, reorders or hides text, and keeps its bound', () => {
    fc.assert(
      fc.property(hostileText, fc.integer({ min: 1, max: 64 }), (text, maxLength) => {
        const shown = printable(text, maxLength);
        expect(shown).not.toMatch(movesOrHides);
        expect(shown.length).toBeLessThanOrEqual(maxLength);
        expect(printable(shown, maxLength)).toBe(shown);
      }),
    );
  });

  it('does not cut a character in two', () => {
    expect(printable('abc🙂def', 5)).toBe('abc…');
  });
});

describe('printableJson', () => {
  it('parses back to the same value and is one harmless line', () => {
    fc.assert(
      fc.property(fc.dictionary(hostileText, hostileText), (value) => {
        const json = printableJson(value);
        expect(json).not.toMatch(movesOrHides);
        expect(JSON.parse(json)).toEqual(JSON.parse(JSON.stringify(value)));
      }),
    );
  });

  it('keeps its own line ends where it is indented', () => {
    expect(printableJson({ a: 'x\u202e' }, 2)).toBe('{\n  "a": "x\\u202e"\n}');
  });
});

describe('shellQuote', () => {
  it('is one word to a real shell, and runs nothing', () => {
    const texts = fc.sample(hostileText, { numRuns: 200, seed: 7 });
    const script = texts.map((text) => `printf '%s\\n' ${shellQuote(text)}`).join('\n');
    const shell = spawnSync('sh', { input: script, encoding: 'utf8' });
    expect(shell.stderr).toBe('');
    expect(shell.stdout).toBe(texts.map((text) => `${printable(text, 2048)}\n`).join(''));
  });

  it('leaves words alone that need no quotes', () => {
    expect(shellQuote('arn:aws:dynamodb:us-east-1:111122223333:table/Orders')).toBe(
      'arn:aws:dynamodb:us-east-1:111122223333:table/Orders',
    );
    expect(shellQuote('')).toBe("''");
  });
});
