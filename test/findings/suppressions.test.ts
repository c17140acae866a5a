import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Finding } from '../../src/findings/finding.ts';
import {
  applySuppressions,
  describeMatch,
  findSuppression,
  MATCH_KEYS,
  MAX_LISTED_SUPPRESSED,
  NO_SUPPRESSIONS,
  type SuppressionMatch,
  type Suppressions,
  suppressionEndMs,
  suppressionId,
} from '../../src/findings/suppressions.ts';
import { aFinding } from './sample-finding.ts';

const finding: Finding = {
  ...aFinding(),
  principal: { type: 'role', name: 'ci-deploy', session: 'run-7', keyId: 'ASIAEXAMPLE' },
  actor: { ip: '10.0.1.20', class: 'private', vpcEndpoint: '', userAgent: 'aws-cli' },
  target: { service: 'dynamodb', resource: 'arn:aws:dynamodb:us-east-1:111122223333:table/Orders' },
};
const NOW_MS = Date.UTC(2026, 10, 15);

function file(...matches: readonly SuppressionMatch[]): Suppressions {
  return {
    formatVersion: 1,
    entries: matches.map((match) => ({
      id: suppressionId(match),
      match,
      reason: 'known',
      owner: 'team',
      expires: '2026-11-30',
    })),
  };
}

const holds = (match: SuppressionMatch, of: Finding = finding) =>
  findSuppression(file(match), of, NOW_MS)?.expired === false;

describe('a match', () => {
  const values: Record<(typeof MATCH_KEYS)[number], string> = {
    id: finding.id,
    rule: 'TLS-06',
    family: 'TLS',
    account: '111122223333',
    region: 'us-east-1',
    entity: 'eni-0123456789abcdef0',
    principal: 'ci-deploy',
    keyId: 'ASIAEXAMPLE',
    ip: '10.0.1.20',
    service: 'dynamodb',
    target: 'arn:aws:dynamodb:us-east-1:111122223333:table/Orders',
  };

  it.each(MATCH_KEYS)('on %s is exact', (key) => {
    expect(holds({ [key]: [values[key]] })).toBe(true);
    expect(holds({ [key]: [values[key].slice(0, -1)] })).toBe(false);
    expect(holds({ [key]: [`${values[key]}x`] })).toBe(false);
    expect(holds({ [key]: [`${values[key].slice(0, -1)}*`] })).toBe(true);
  });

  it('needs every key, and one pattern of each', () => {
    expect(holds({ rule: ['TLS-01', 'TLS-06'], ip: ['10.0.1.*'] })).toBe(true);
    expect(holds({ rule: ['TLS-01', 'TLS-06'], ip: ['10.0.2.*'] })).toBe(false);
    expect(holds({ rule: ['TLS-01'], ip: ['10.0.1.*'] })).toBe(false);
  });

  it('on what the finding has not, does not hold', () => {
    const bare: Finding = { ...finding, principal: null, actor: null, target: null };
    for (const key of ['principal', 'keyId', 'ip', 'service', 'target'])
      expect(holds({ [key]: [values[key as 'ip']] }, bare)).toBe(false);
  });

  it.each([
    ['a*b', 'ab', true],
    ['a*b', 'aXYb', true],
    ['a*b', 'aXYbc', false],
    ['*b', 'aab', true],
    ['a*', 'a', true],
    ['a*a', 'a', false],
    ['aa*aa', 'aaa', false],
    ['*x*y*', '..x..y..', true],
    ['*x*y*', '..y..x..', false],
    ['a**b', 'acb', true],
    ['a.c', 'abc', false],
    ['[ab]', 'a', false],
    ['A', 'a', false],
    ['*ab', 'abab', true],
    ['*aba*ba', 'ababa', true],
    ['*aba*aba', 'ababa', false],
  ])('%s on %s: %s', (pattern, value, expected) => {
    expect(holds({ entity: [pattern] }, { ...finding, entity: value })).toBe(expected);
  });

  it('means what a regular expression of its pieces would mean', () => {
    const text = fc.string({ unit: fc.constantFrom('a', 'b', '.'), maxLength: 8 });
    const pattern = fc.string({ unit: fc.constantFrom('a', 'b', '.', '*'), minLength: 1, maxLength: 8 });
    fc.assert(
      fc.property(pattern, text, (wanted, value) => {
        const escaped = wanted.replaceAll('.', '\\.').replaceAll('*', '[^]*');
        const expected = new RegExp(`^${escaped}$`).test(value);
        expect(holds({ entity: [wanted] }, { ...finding, entity: value })).toBe(expected);
      }),
      { numRuns: 2_000 },
    );
  });

  it('is quick with many stars on a long text', () => {
    const started = performance.now();
    expect(holds({ entity: [`${'a*'.repeat(250)}b`] }, { ...finding, entity: 'a'.repeat(100_000) })).toBe(
      false,
    );
    expect(performance.now() - started).toBeLessThan(500);
  });
});

describe('an entry', () => {
  it('holds until the end of its last day, UTC', () => {
    const suppressions = file({ rule: ['TLS-06'] });
    const endMs = suppressionEndMs(suppressions.entries[0]!);
    expect(new Date(endMs).toISOString()).toBe('2026-12-01T00:00:00.000Z');
    expect(findSuppression(suppressions, finding, endMs - 1)?.expired).toBe(false);
    expect(findSuppression(suppressions, finding, endMs)?.expired).toBe(true);
  });

  it('that has expired gives way to one that holds', () => {
    const [first, second] = file({ rule: ['TLS-06'] }, { rule: ['TLS-*'] }).entries;
    const suppressions: Suppressions = {
      formatVersion: 1,
      entries: [{ ...first!, expires: '2026-01-01' }, second!],
    };
    expect(findSuppression(suppressions, finding, NOW_MS)).toEqual({ entry: second, expired: false });
  });

  it('has one id for one meaning', () => {
    expect(suppressionId({ rule: ['a', 'b'], ip: ['c'] })).toBe(
      suppressionId({ ip: ['c'], rule: ['b', 'a'] }),
    );
    expect(suppressionId({ rule: ['a'] })).not.toBe(suppressionId({ ip: ['a'] }));
    expect(describeMatch({ ip: ['c'], rule: ['a', 'b'] })).toBe('rule a or b, ip c');
  });
});

describe('all entries together', () => {
  const others = Array.from({ length: 150 }, (_, n) => aFinding({ entity: `eni-${n}` }));

  it('part the findings, and count each once, by entry', () => {
    const suppressions: Suppressions = {
      formatVersion: 1,
      entries: [
        ...file({ entity: ['eni-1*'] }, { entity: ['eni-12'] }).entries,
        { ...file({ entity: ['eni-2'] }).entries[0]!, expires: '2026-11-14' },
        ...file({ entity: ['nothing'] }).entries,
      ],
    };
    const { told, uses } = applySuppressions(suppressions, others, NOW_MS);
    // eni-1, eni-10 to eni-19, eni-100 to eni-149
    expect(uses.map(({ expired, count }) => [expired, count])).toEqual([
      [false, 61],
      [false, 0],
      [true, 1],
      [false, 0],
    ]);
    expect(told).toHaveLength(150 - 61);
    expect(told.map(({ entity }) => entity)).toContain('eni-2');
    expect(uses[0]!.findings).toEqual([...uses[0]!.findings].sort());
  });

  it('list no more than they may, and count them all', () => {
    const [use] = applySuppressions(file({ rule: ['TLS-06'] }), others, NOW_MS).uses;
    expect([use!.count, use!.findings.length]).toEqual([150, MAX_LISTED_SUPPRESSED]);
  });

  it('change nothing where there are none', () => {
    expect(applySuppressions(NO_SUPPRESSIONS, others, NOW_MS)).toEqual({ told: others, uses: [] });
  });
});
