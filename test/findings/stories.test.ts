import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Finding } from '../../src/findings/finding.ts';
import { groupStories, MAX_RELATED, tellStories } from '../../src/findings/stories.ts';
import { aFinding, HOUR_MS, START_MS } from './sample-finding.ts';

const keyOf = (tail: string) => `AKIA${tail.padEnd(16, 'Z')}`;

function at(hours: number, changes: Parameters<typeof aFinding>[0] = {}, rule: object = {}): Finding {
  const firstMs = START_MS + hours * HOUR_MS;
  return aFinding({ timeMs: firstMs, firstMs, lastMs: firstMs + HOUR_MS, ...changes }, rule);
}

const person = (name: string, keyId = '') => ({ type: 'IAMUser', name, session: '', keyId });

function idsOf(findings: readonly Finding[]): string[][] {
  return groupStories(findings).map((story) => story.findings.map(({ id }) => id).sort());
}

describe('one story', () => {
  it('is one identity through neighbouring windows, and a second one after a day of quiet', () => {
    const hour = { identity: { windowMs: HOUR_MS } };
    const first = [0, 1, 2, 20].map((hours) => at(hours, {}, hour));
    const later = at(20 + 1 + 24, {}, hour);
    expect(idsOf([...first, later])).toEqual([first.map(({ id }) => id).sort(), [later.id]]);
  });

  it('reaches as far as the longest finding, not as the latest one', () => {
    const long = at(0, { entity: 'a', principal: person('bob'), lastMs: START_MS + 40 * HOUR_MS });
    const short = at(1, { entity: 'b', principal: person('bob') });
    const after = at(60, { entity: 'c', principal: person('bob') });
    expect(groupStories([after, short, long])).toHaveLength(1);
  });

  it('is what several rules say of one principal', () => {
    const a = at(0, { entity: 'a', principal: person('bob') }, { id: 'ANO-05', family: 'ANO' });
    const b = at(3, { entity: 'b', principal: person('bob') }, { id: 'POL-10', family: 'POL' });
    const other = at(3, { entity: 'c', principal: person('eve') });
    const namesake = at(3, { entity: 'd', account: '444455556666', principal: person('bob') });
    expect(groupStories([a, b, other, namesake])).toHaveLength(3);
    expect(tellStories([a, b, other])[0]!.related).toEqual([b.id]);
    expect(tellStories([a, b, other])[2]!.related).toEqual([]);
  });

  it('joins a key that stands in a log with the calls that use it', () => {
    const leaked = at(
      0,
      {
        entity: 'log',
        evidence: [
          {
            source: 'application-log',
            locator: 'app.log#1',
            eventId: 'e',
            time: new Date(START_MS).toISOString(),
            fields: { keyId: keyOf('LEAK') },
          },
        ],
      },
      { id: 'SEC-01', family: 'SEC' },
    );
    const used = at(
      5,
      { entity: 'role', principal: person('ci', keyOf('LEAK')) },
      { id: 'REP-03', family: 'REP' },
    );
    expect(groupStories([leaked, used])).toHaveLength(1);
  });

  it('joins one secret that stands in two logs, or that two rules found', () => {
    const inLog = (name: string, fingerprint: string, id: string) =>
      at(
        0,
        {
          entity: name,
          account: name === 'other' ? '444455556666' : '111122223333',
          evidence: [
            {
              source: 'application-log',
              locator: `${name}.log#1`,
              eventId: name,
              time: new Date(START_MS).toISOString(),
              fields: { fingerprint },
            },
          ],
        },
        { id, family: 'SEC' },
      );
    const same = 'a'.repeat(32);
    const found = [
      inLog('one', same, 'SEC-14'),
      inLog('other', same, 'SEC-14'),
      inLog('three', same, 'SEC-11'),
    ];
    expect(groupStories(found)).toHaveLength(1);
    expect(groupStories([...found, inLog('four', 'b'.repeat(32), 'SEC-14')])).toHaveLength(2);
  });

  it('does not join what merely has nothing to tell', () => {
    const nobody = { type: '', name: '', session: '', keyId: '' };
    expect(
      groupStories([at(0, { entity: 'a', principal: nobody }), at(0, { entity: 'b', principal: nobody })]),
    ).toHaveLength(2);
  });
});

describe('stories', () => {
  it('come worst first, findings in them too', () => {
    const low = at(0, { severity: 'LOW', entity: 'a', principal: person('bob') });
    const critical = at(1, { severity: 'CRITICAL', entity: 'b', principal: person('bob') });
    const high = at(0, { severity: 'HIGH', entity: 'c' });
    const [first, second] = groupStories([low, high, critical]);
    expect(first!.findings.map(({ severity }) => severity)).toEqual(['CRITICAL', 'LOW']);
    expect(first).toMatchObject({
      severity: 'CRITICAL',
      firstSeen: low.firstSeen,
      lastSeen: critical.lastSeen,
    });
    expect(second!.severity).toBe('HIGH');
  });

  it('leave withdrawn findings out', () => {
    expect(groupStories([{ ...at(0), status: 'withdrawn' }])).toEqual([]);
  });

  it('do not depend on the order of the findings, and every finding is in one', () => {
    const findings = fc.uniqueArray(
      fc.record({
        hours: fc.nat(120),
        entity: fc.constantFrom('a', 'b', 'c'),
        name: fc.constantFrom('', 'x', 'y'),
      }),
      { selector: ({ hours, entity }) => `${hours} ${entity}`, maxLength: 30 },
    );
    fc.assert(
      fc.property(findings, fc.infiniteStream(fc.nat()), (drafts, random) => {
        const hour = { identity: { windowMs: HOUR_MS } };
        const all = drafts.map(({ hours, entity, name }) =>
          at(hours, { entity, principal: person(name) }, hour),
        );
        const shuffled = all
          .map((finding) => ({ finding, rank: random.next().value }))
          .sort((a, b) => a.rank - b.rank)
          .map(({ finding }) => finding);
        expect(groupStories(shuffled)).toEqual(groupStories(all));
        expect(idsOf(all).flat().sort()).toEqual(all.map(({ id }) => id).sort());
        const told = tellStories(all);
        for (const { id, related } of told) {
          for (const other of related)
            expect(told.find((finding) => finding.id === other)?.related).toContain(id);
        }
      }),
      { numRuns: 60 },
    );
  });

  it('name at most so many relatives', () => {
    const many = Array.from({ length: 300 }, (_, n) =>
      at(n, { entity: 'a' }, { identity: { windowMs: HOUR_MS } }),
    );
    const told = tellStories(many);
    for (const { id, related } of told) {
      expect(related).toHaveLength(MAX_RELATED);
      expect(related).not.toContain(id);
    }
  });
});
