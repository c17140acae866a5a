// All patterns of some kinds as one, as PCRE2 and the engine of Rust write it.

import type { SecretKind } from '../src/detectors/secrets/secret-kind.ts';

/** JavaScript's notation is theirs but for the names of groups, of which one pattern has each only once. */
export function combinedPattern(kinds: readonly SecretKind[]): string {
  return kinds
    .filter(({ pattern }) => pattern !== undefined)
    .map(({ pattern }) => {
      const source = pattern!.source
        .replace(/\(\?<[A-Za-z]\w*>/g, '(?:')
        .replace(/\\u00([0-9a-fA-F]{2})/g, '\\x$1')
        // Escapes that old versions refuse, and bounds that they write out: all patterns would be too large for both.
        .replace(/\\([/"'`%&@#!:;<>=_,~-])/g, (written, sign: string) => (sign === '-' ? written : sign))
        .replace(/\{(\d+),\d{3,}\}/g, '{$1,}');
      return pattern!.flags.includes('i') ? `(?i:${source})` : `(?:${source})`;
    })
    .join('|');
}

/** The same without what stands before and behind: the engine of Rust knows no look-around. */
export function withoutLookAround(pattern: string): string {
  let plain = pattern;
  for (let before = ''; before !== plain; ) {
    before = plain;
    plain = plain.replace(/\(\?<?[=!](?:[^()[\]\\]|\\.|\[(?:[^\]\\]|\\.)*\])*\)/g, '');
  }
  return plain;
}
