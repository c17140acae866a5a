import { describe, expect, it } from 'vitest';
import { type BookedDraft, createFindingBook } from '../../src/findings/finding-book.ts';
import type { FindingDraft } from '../../src/findings/score.ts';

const rule = {
  id: 'TLS-01',
  name: 'call-without-tls',
  family: 'TLS',
  version: 1,
  identity: { windowMs: 3_600_000 },
  compliance: { cwe: [] },
} as const;

const draft = (over: Partial<FindingDraft> = {}): FindingDraft => ({
  account: '111122223333',
  region: 'us-east-1',
  entity: 'role:a',
  evidenceKey: 'n',
  timeMs: 1000,
  severity: 'MEDIUM',
  confidence: 0.6,
  grade: 'probable',
  title: 'something',
  summary: '',
  firstMs: 1000,
  lastMs: 2000,
  count: 2,
  evidence: [],
  why: [],
  remediation: [],
  ...over,
});
const said = (over: Partial<FindingDraft> = {}, provisional = false): BookedDraft => ({
  rule,
  draft: draft(over),
  provisional,
});

describe('a finding book', () => {
  it('tells a finding once, and again only when it changed', () => {
    const book = createFindingBook('key');
    book.put('p', [said()]);
    expect(book.changes()).toMatchObject([{ revision: 0, status: 'final', count: 2 }]);
    book.put('p', [said()]);
    expect(book.changes()).toEqual([]);
    book.put('p', [said({ count: 3 })]);
    expect(book.changes()).toMatchObject([{ revision: 1, count: 3 }]);
  });

  it('withdraws what nothing says any more, once', () => {
    const book = createFindingBook('key');
    book.put('p', [said({}, true)]);
    expect(book.changes()).toMatchObject([{ status: 'provisional' }]);
    book.put('p', []);
    expect(book.changes()).toMatchObject([{ status: 'withdrawn', revision: 1 }]);
    expect(book.changes()).toEqual([]);
    expect(book.standing()).toEqual([]);
    expect(book.withdrawn()).toHaveLength(1);
  });

  it('says it anew when it comes back', () => {
    const book = createFindingBook('key');
    book.put('p', [said()]);
    book.changes();
    book.put('p', []);
    book.changes();
    book.put('p', [said()]);
    expect(book.changes()).toMatchObject([{ status: 'final', revision: 2 }]);
  });

  it('puts the parts of one finding together, whatever their order', () => {
    const parts: [string, BookedDraft][] = [
      ['a', said({ count: 1, severity: 'HIGH', confidence: 0.7, title: 'worse', firstMs: 1500 })],
      ['b', said({ count: 2, firstMs: 900, lastMs: 5000 }, true)],
      ['c', said({ count: 4, confidence: 0.9 })],
    ];
    const told = [parts, [...parts].reverse()].map((order) => {
      const book = createFindingBook('key');
      for (const [part, one] of order) book.put(part, [one]);
      return book.changes();
    });
    expect(told[0]).toEqual(told[1]);
    expect(told[0]).toMatchObject([
      {
        count: 7,
        severity: 'HIGH',
        confidence: 0.9,
        title: 'worse',
        status: 'provisional',
        firstSeen: '1970-01-01T00:00:00.900Z',
      },
    ]);
  });

  it('names corrections in the evidence that they correct', () => {
    const evidence = [
      { source: 'cloudtrail', locator: 'f#1', eventId: 'e1', time: '2026-10-05T12:00:00.000Z', fields: {} },
    ] as const;
    const book = createFindingBook('key', (eventId) => (eventId === 'e1' ? ['g#2', 'f#9'] : []));
    book.put('p', [said({ evidence })]);
    expect(book.changes()[0]!.evidence[0]!.fields).toEqual({ correctedBy: 'f#9 g#2' });
  });
});
