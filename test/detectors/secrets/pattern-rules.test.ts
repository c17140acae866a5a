// What every pattern of a kind must keep to, told by its source: it is shown text that attackers write, on every Node that is supported.

import { describe, expect, it } from 'vitest';
import { KINDS } from '../../../src/detectors/secrets/kinds/index.ts';

/** Repetitions are bounded by this many characters. */
const MOST_REPEATED = 16 * 1024;

/** What is against the rules in a pattern, in words. */
function faultsOf(source: string, flags: string): string[] {
  const faults: string[] = [];
  if (!/^(?:dg|dgi)$/.test([...flags].sort().join(''))) faults.push(`flags ${flags}`);
  // Without escapes and classes, in which signs mean themselves.
  const plain = source
    .replace(/\\k</g, '\u0001')
    .replace(/\\[1-9]/g, '\u0001')
    .replace(/\\./g, 'x')
    .replace(/\[[^\]]*\]/g, 'x');
  if (plain.includes('\u0001')) faults.push('back-reference');
  if (/\(\?[a-z-]*[ims-][a-z-]*[:)]/.test(plain)) faults.push('modifiers: not before Node 23');
  const names = [...plain.matchAll(/\(\?<([A-Za-z]\w*)>/g)].map((match) => match[1]!);
  if (new Set(names).size < names.length) faults.push('one name for two groups: not before Node 23');
  const quantified = plain.replace(/\(\?(?:[:=!]|<[=!]|<\w+>)/g, '(');
  if (/[*+]/.test(quantified)) faults.push('* or +');
  if (/\{\d+,\}/.test(quantified)) faults.push('no upper bound');
  for (const [, most] of quantified.matchAll(/\{(?:\d+,)?(\d+)\}/g))
    if (Number(most) > MOST_REPEATED) faults.push(`{,${most}}`);
  // What a newer Node alone compiles cannot be tried on an older one.
  if (faults.some((fault) => fault.includes('not before'))) return faults;
  if (mayBeEmpty(source, flags)) faults.push('matches nothing at all');
  return faults;
}

function mayBeEmpty(source: string, flags: string): boolean {
  return new RegExp(source, flags).exec('')?.[0] === '';
}

describe('patterns of kinds', () => {
  it.each(KINDS.filter(({ pattern }) => pattern !== undefined).map((kind) => [kind.name, kind] as const))(
    '%s',
    (_, { pattern }) => {
      expect(faultsOf(pattern!.source, pattern!.flags)).toEqual([]);
    },
  );

  it.each([
    [/a+/dg, '* or +'],
    [/(?<secret>a*)b/dg, '* or +'],
    [/a{3,}/dg, 'no upper bound'],
    [/a{3,99999}/dg, '{,99999}'],
    [/(a)b\1/dg, 'back-reference'],
    [/(?<a>x)\k<a>/dg, 'back-reference'],
    [/abc/g, 'flags g'],
    [/(?:abc)?/dg, 'matches nothing at all'],
  ])('%s is not allowed', (pattern, fault) => {
    expect(faultsOf(pattern.source, pattern.flags)).toContain(fault);
  });

  it('knows what newer versions alone compile', () => {
    expect(faultsOf('(?i:abc)', 'gd')).toContain('modifiers: not before Node 23');
    expect(faultsOf('[*+]{1,4}\\+(?<!x)(?<secret>[^*]{3})(?=a)', 'gd')).toEqual([]);
    expect(faultsOf('(?<a>x)|(?<a>y)', 'gd')).toContain('one name for two groups: not before Node 23');
  });

  it('have names of their own and literals that can be looked for', () => {
    const names = KINDS.map(({ name }) => name);
    expect(names.filter((name, at) => names.indexOf(name) !== at)).toEqual([]);
    for (const { name, literals, pattern, find } of KINDS) {
      expect(literals.length, name).toBeGreaterThan(0);
      expect((pattern === undefined) !== (find === undefined), name).toBe(true);
      for (const { text, exact } of literals) {
        expect(text.replace(/[\t\r\n]+$|\r\n/, ''), name).toMatch(
          exact ? /^[\x20-\x7e]{3,64}$/ : /^[\x1b\x20-\x40\x5b-\x7e]{3,64}$/,
        );
      }
    }
  });
});
