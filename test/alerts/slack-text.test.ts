import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { escapeCode, escapeMrkdwn } from '../../src/alerts/slack-text.ts';

const plainText = (text: string) =>
  text.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&');

describe('text in Slack’s markup', () => {
  it.each([
    ['<!channel> & <@U1> <http://x|y>', '&lt;!channel&gt; &amp; &lt;@U1&gt; &lt;http://x|y&gt;'],
    ['&lt;', '&amp;lt;'],
    ['`rm`', "'rm'"],
    ['', ''],
  ])('%s', (text, expected) => {
    expect(escapeMrkdwn(text, 100)).toBe(expected);
  });

  it.each([
    ['abcdef', 6, 'abcdef'],
    ['abcdefg', 6, 'abcde…'],
    ['ab<<', 6, 'ab…'],
    ['a<', 5, 'a&lt;'],
    ['ab<', 5, 'ab…'],
    ['ab😀d', 4, 'ab…'],
    ['ab😀', 4, 'ab😀'],
  ])('%s in %i', (text, length, expected) => {
    expect(escapeMrkdwn(text, length)).toBe(expected);
  });

  it('is never longer than it may be, and never cut inside an entity or a pair', () => {
    const text = fc.string({ unit: fc.constantFrom('<', '>', '&', 'a', '😀', '`'), maxLength: 60 });
    fc.assert(
      fc.property(text, fc.integer({ min: 1, max: 80 }), (raw, length) => {
        const escaped = escapeMrkdwn(raw, length);
        expect(escaped.length).toBeLessThanOrEqual(length);
        expect(escaped.isWellFormed()).toBe(true);
        expect(escaped).toMatch(/^(?:&amp;|&lt;|&gt;|[^&<>`])*$/);
        const expected = raw.replaceAll('`', "'");
        const back = plainText(escaped);
        if (back.endsWith('…')) expect(expected.startsWith(back.slice(0, -1))).toBe(true);
        else expect(back).toBe(expected);
      }),
      { numRuns: 1_000 },
    );
  });
});

describe('a command', () => {
  it('is whole or not there', () => {
    expect(escapeCode("aws x --y '<Z>' && a", 100)).toBe("aws x --y '&lt;Z&gt;' &amp;&amp; a");
    expect(escapeCode('<<<<', 16)).toBe('&lt;&lt;&lt;&lt;');
    expect(escapeCode('<<<<', 15)).toBeNull();
    expect(escapeCode('a`b', 100)).toBeNull();
    expect(escapeCode('a\nb', 100)).toBeNull();
  });
});
