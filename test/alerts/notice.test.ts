import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  decideNotice,
  MAX_TOLD_PLACES,
  type Notice,
  type NoticeSettings,
  networksOf,
  noticeAfter,
  outcomeOf,
  previousNotice,
  type SentNotice,
  targetsOf,
} from '../../src/alerts/notice.ts';
import type { Evidence, Finding } from '../../src/findings/finding.ts';
import { SEVERITIES } from '../../src/findings/finding.ts';
import { aFinding, START_MS } from '../findings/sample-finding.ts';

const settings: NoticeSettings = { alertFrom: 'MEDIUM', digestFrom: 'INFO', suppressedBy: () => null };

const finding: Finding = {
  ...aFinding(),
  actor: { ip: '10.0.1.20', class: 'private', vpcEndpoint: '', userAgent: '' },
  target: { service: 'dynamodb', resource: 'Orders' },
};

const told: SentNotice = {
  findingId: finding.id,
  via: 'alert',
  severity: 'HIGH',
  count: 12,
  networks: ['10.0.1.0/24'],
  targets: ['Orders'],
  named: false,
  revision: 0,
  withdrawn: false,
  atMs: START_MS,
};

const BATCH = { type: 'AssumedRole', name: 'batch', session: 's', keyId: '' };
const { named: _, ...OLDER } = told;

function from(ip: string): Partial<Finding> {
  return { actor: { ip, class: 'public', vpcEndpoint: '', userAgent: '' } };
}

function evidenceWith(fields: Evidence['fields']): Evidence {
  return { source: 'cloudtrail', locator: 'a#1', eventId: 'e', time: '2026-11-01T12:00:00.000Z', fields };
}

describe('a finding is told', () => {
  const cases: readonly (readonly [
    string,
    SentNotice | null,
    Partial<Finding>,
    Notice['send'],
    Notice['why'],
    string,
  ])[] = [
    ['when nobody heard of it', null, {}, 'alert', 'first', ''],
    ['in the digest when it is LOW', null, { severity: 'LOW' }, 'digest', 'first', ''],
    ['in the digest when it is INFO', null, { severity: 'INFO' }, 'digest', 'first', ''],
    ['not again when nothing is new', told, { revision: 4 }, 'nothing', 'told', ''],
    ['not again when it is final', told, { status: 'final' }, 'nothing', 'told', ''],
    ['not again when it is less severe', told, { severity: 'MEDIUM' }, 'nothing', 'told', ''],
    ['again when it is more severe', told, { severity: 'CRITICAL' }, 'alert', 'more-severe', 'HIGH'],
    ['not again at nine times the count', told, { count: 119 }, 'nothing', 'told', ''],
    ['again at ten times the count', told, { count: 120 }, 'alert', 'ten-times', '12'],
    ['again when it is known who it was', told, { principal: BATCH }, 'alert', 'named', 'batch'],
    ['not again when a name was told', { ...told, named: true }, { principal: BATCH }, 'nothing', 'told', ''],
    ['not again for a name where it was not noted', OLDER, { principal: BATCH }, 'nothing', 'told', ''],
    ['not again from the same network', told, from('10.0.1.99'), 'nothing', 'told', ''],
    ['again from a new network', told, from('203.0.113.7'), 'alert', 'new-network', '203.0.113.0/24'],
    [
      'again from a new network that only the evidence names',
      told,
      { evidence: [evidenceWith({ sourceIPAddress: '2001:db8:bad::1' })] },
      'alert',
      'new-network',
      '2001:db8:bad::/48',
    ],
    ['not again from an AWS service', told, from('cloudformation.amazonaws.com'), 'nothing', 'told', ''],
    [
      'again on a new target',
      told,
      { target: { service: 'dynamodb', resource: 'Payments' } },
      'alert',
      'new-target',
      'Payments',
    ],
    [
      'not again on the same table by its ARN',
      told,
      {
        target: {
          service: 'dynamodb',
          resource: 'arn:aws:dynamodb:us-east-1:111122223333:table/Orders/index/by-day',
        },
      },
      'nothing',
      'told',
      '',
    ],
    ['once when it is withdrawn', told, { status: 'withdrawn' }, 'alert', 'withdrawn', ''],
    [
      'not again when it was withdrawn before',
      { ...told, withdrawn: true },
      { status: 'withdrawn' },
      'nothing',
      'not-told',
      '',
    ],
    ['not when it is withdrawn and was never told', null, { status: 'withdrawn' }, 'nothing', 'not-told', ''],
    [
      'not when it is withdrawn and only shared the message of its neighbour',
      { ...told, findingId: 'another' },
      { status: 'withdrawn' },
      'nothing',
      'not-told',
      '',
    ],
    [
      'again when it was withdrawn and stands again',
      { ...told, withdrawn: true },
      {},
      'alert',
      'stands-again',
      '',
    ],
    [
      'as new when its neighbour was withdrawn',
      { ...told, findingId: 'another', withdrawn: true },
      {},
      'alert',
      'first',
      '',
    ],
    ['not again in the window beside', { ...told, findingId: 'another' }, {}, 'nothing', 'told', ''],
    [
      'by an alert when the digest had it as LOW',
      { ...told, via: 'digest', severity: 'LOW' },
      {},
      'alert',
      'more-severe',
      'LOW',
    ],
    [
      'in the digest when what the digest had is withdrawn',
      { ...told, via: 'digest', severity: 'LOW' },
      { severity: 'LOW', status: 'withdrawn' },
      'digest',
      'withdrawn',
      '',
    ],
    [
      'in the digest when it is LOW with ten times the count',
      { ...told, via: 'digest', severity: 'LOW' },
      { severity: 'LOW', count: 120 },
      'digest',
      'ten-times',
      '12',
    ],
  ];
  it.each(cases)('%s', (_name, previous, changes, send, why, detail) => {
    expect(decideNotice(previous, { ...finding, ...changes }, settings)).toEqual({ send, why, detail });
  });

  it('by the minimum severities that somebody set', () => {
    const high: NoticeSettings = { ...settings, alertFrom: 'HIGH', digestFrom: 'LOW' };
    const sends = SEVERITIES.map((severity) => decideNotice(null, { ...finding, severity }, high).send);
    expect(sends).toEqual(['alert', 'alert', 'digest', 'digest', 'nothing']);
    expect(decideNotice(null, { ...finding, severity: 'INFO' }, high).why).toBe('below-minimum');
  });

  it('not while it is suppressed, whatever is new', () => {
    const suppressing: NoticeSettings = { ...settings, suppressedBy: () => '00aa11bb' };
    for (const previous of [null, told]) {
      for (const changes of [{}, { severity: 'CRITICAL' as const }, { status: 'withdrawn' as const }]) {
        expect(decideNotice(previous, { ...finding, ...changes }, suppressing)).toEqual({
          send: 'suppressed',
          why: 'suppressed',
          detail: '00aa11bb',
        });
      }
    }
  });
});

describe('what is remembered of a notice', () => {
  const first: Notice = { send: 'alert', why: 'first', detail: '' };

  it('is what was told', () => {
    expect(noticeAfter(null, finding, first, START_MS)).toEqual(told);
  });

  it('grows, and never shrinks', () => {
    const louder = { ...finding, ...from('203.0.113.7'), count: 3, severity: 'MEDIUM' as const, revision: 2 };
    const notice = decideNotice(told, louder, settings);
    expect(noticeAfter(told, louder, notice, START_MS + 1)).toEqual({
      ...told,
      networks: ['10.0.1.0/24', '203.0.113.0/24'],
      revision: 2,
      atMs: START_MS + 1,
    });
  });

  it('stays as it was when nothing was sent, and is nothing when nothing ever was', () => {
    const nothing: Notice = { send: 'nothing', why: 'told', detail: '' };
    expect(noticeAfter(told, { ...finding, count: 13 }, nothing, START_MS + 1)).toBe(told);
    expect(noticeAfter(null, finding, { ...nothing, why: 'below-minimum' }, START_MS)).toBeNull();
  });

  it('says that it was withdrawn, and begins anew when it stands again', () => {
    const gone = { ...finding, status: 'withdrawn' as const, revision: 1 };
    const after = noticeAfter(told, gone, decideNotice(told, gone, settings), START_MS + 1);
    expect(after).toEqual({ ...told, withdrawn: true, revision: 1, atMs: START_MS + 1 });
    const back = { ...finding, ...from('203.0.113.7'), revision: 2 };
    const again = noticeAfter(after, back, decideNotice(after, back, settings), START_MS + 2);
    expect(again).toMatchObject({ withdrawn: false, networks: ['203.0.113.0/24'], revision: 2 });
  });

  it('counts every standing finding once', () => {
    const outcome = (previous: SentNotice | null, changes: Partial<Finding>, own = settings) => {
      const changed = { ...finding, ...changes };
      const notice = decideNotice(previous, changed, own);
      return outcomeOf(notice, noticeAfter(previous, changed, notice, START_MS));
    };
    expect(outcome(null, {})).toBe('alerted');
    expect(outcome(told, {})).toBe('alerted');
    expect(outcome({ ...told, findingId: 'another' }, {})).toBe('alerted');
    expect(outcome(null, { severity: 'LOW' })).toBe('digested');
    expect(outcome(null, { severity: 'LOW' }, { ...settings, digestFrom: 'MEDIUM' })).toBe('below-minimum');
    expect(outcome(told, {}, { ...settings, suppressedBy: () => 'x' })).toBe('suppressed');
  });
});

describe('the notice that counts', () => {
  const own = told;
  const beside = { ...told, findingId: 'before', atMs: START_MS + 5 };

  it('is the finding’s own', () => {
    expect(previousNotice(finding.id, own, [beside])).toBe(own);
  });
  it('is that of the window beside it, the latest of two', () => {
    expect(previousNotice(finding.id, null, [beside])).toBe(beside);
    const other = { ...beside, findingId: 'after', atMs: START_MS + 9 };
    for (const both of [
      [beside, other],
      [other, beside],
    ]) {
      expect(previousNotice(finding.id, null, both)).toBe(other);
    }
  });
  it('is none where there is none', () => {
    expect(previousNotice(finding.id, null, [])).toBeNull();
    expect(previousNotice(finding.id, null, [{ ...beside, withdrawn: true }])).toBeNull();
  });
  it('is not a shared one that was taken back', () => {
    const shared = { ...beside, atMs: START_MS };
    expect(previousNotice(finding.id, shared, [{ ...beside, withdrawn: true }])).toBeNull();
    expect(previousNotice(finding.id, shared, [])).toBe(shared);
  });
  it('is the withdrawn one where nothing else was told', () => {
    const gone = { ...own, withdrawn: true };
    expect(previousNotice(finding.id, gone, [])).toBe(gone);
    expect(previousNotice(finding.id, gone, [beside])).toBe(beside);
  });
});

describe('networks and targets', () => {
  it('are read from actor, target and evidence, one spelling each', () => {
    const seen = {
      ...finding,
      target: { service: 'dynamodb', resource: '52.94.0.5:80' },
      evidence: [
        evidenceWith({ network: '203.0.113.0/24', sourceIp: '203.0.113.9', resource: 'org-trail' }),
        evidenceWith({ source: 'log group /a/b', client: '2001:DB8:1::5', table: 'Orders', count: 7 }),
      ],
    };
    expect(networksOf(seen)).toEqual(['10.0.1.0/24', '2001:db8:1::/48', '203.0.113.0/24']);
    expect(targetsOf(seen)).toEqual(['52.94.0.0/24', 'Orders', 'org-trail']);
  });
  it('are none where the finding names none', () => {
    const bare = { ...finding, actor: null, target: null };
    expect([networksOf(bare), targetsOf(bare)]).toEqual([[], []]);
  });
});

describe('whatever happens to a finding', () => {
  interface Change {
    readonly severity: Finding['severity'];
    readonly count: number;
    readonly octet: number;
    readonly resource: string;
    readonly status: Finding['status'];
  }
  const change = fc.record<Change>({
    severity: fc.constantFrom(...SEVERITIES),
    count: fc.integer({ min: 1, max: 1_000_000 }),
    octet: fc.integer({ min: 0, max: 255 }),
    resource: fc.constantFrom('a', 'b', 'c', ''),
    status: fc.constantFrom('provisional', 'final', 'withdrawn'),
  });
  const changed = ({ octet, resource, ...rest }: Change, revision: number): Finding => ({
    ...finding,
    ...rest,
    ...from(`198.51.${octet}.1`),
    target: { service: 's3', resource },
    revision,
  });

  /** Every notice and what is remembered behind it. */
  function tell(
    changes: readonly Change[],
  ): { notice: Notice; after: SentNotice | null; finding: Finding }[] {
    let previous: SentNotice | null = null;
    return changes.map((one, at) => {
      const now = changed(one, at);
      const notice = decideNotice(previous, now, settings);
      previous = noticeAfter(previous, now, notice, START_MS + at);
      return { notice, after: previous, finding: now };
    });
  }

  it('a second decision on the same finding sends nothing', () => {
    fc.assert(
      fc.property(fc.array(change, { minLength: 1, maxLength: 30 }), (changes) => {
        const steps = tell(changes);
        const { after, finding: last } = steps.at(-1)!;
        expect(decideNotice(after, last, settings).send).toBe('nothing');
      }),
    );
  });

  it('an alert says something that was not told, and what is worse than told is never kept', () => {
    fc.assert(
      fc.property(fc.array(change, { minLength: 1, maxLength: 30 }), (changes) => {
        let before: SentNotice | null = null;
        for (const { notice, after, finding: now } of tell(changes)) {
          const standing = before !== null && !before.withdrawn;
          if (
            now.status !== 'withdrawn' &&
            SEVERITIES.indexOf(now.severity) <= SEVERITIES.indexOf('MEDIUM')
          ) {
            const worse =
              !standing || SEVERITIES.indexOf(now.severity) < SEVERITIES.indexOf(before!.severity);
            if (worse) expect(notice.send).toBe('alert');
          }
          if (now.status === 'withdrawn') expect(notice.send !== 'nothing').toBe(standing);
          before = after;
        }
      }),
    );
  });

  it('without withdrawals there is an end to its alerts', () => {
    fc.assert(
      fc.property(fc.array(change, { minLength: 400, maxLength: 400 }), (changes) => {
        const alerts = tell(changes.map((one) => ({ ...one, status: 'final' }))).filter(
          ({ notice }) => notice.send === 'alert',
        );
        // The first, four severities, seven powers of ten, and the places that are remembered.
        expect(alerts.length).toBeLessThanOrEqual(1 + 4 + 7 + MAX_TOLD_PLACES + 4);
      }),
      { numRuns: 20 },
    );
  });

  it('what is remembered is bounded', () => {
    fc.assert(
      fc.property(fc.array(change, { maxLength: 200 }), (changes) => {
        for (const { after } of tell(changes)) {
          expect(after?.networks.length ?? 0).toBeLessThanOrEqual(MAX_TOLD_PLACES);
          expect(new Set(after?.networks).size).toBe(after?.networks.length ?? 0);
        }
      }),
      { numRuns: 20 },
    );
  });
});

describe('neighbouring windows', () => {
  it('are told once, in whatever order they are judged', () => {
    const windows = ['w0', 'w1', 'w2', 'w3', 'w4', 'w5'];
    fc.assert(
      fc.property(fc.shuffledSubarray(windows, { minLength: 1 }), (order) => {
        const notices = new Map<string, SentNotice>();
        let alerts = 0;
        for (const [at, id] of order.entries()) {
          const index = windows.indexOf(id);
          const beside = [index - 1, index + 1].flatMap((other) => notices.get(windows[other] ?? '') ?? []);
          const previous = previousNotice(id, notices.get(id) ?? null, beside);
          const now = { ...finding, id };
          const notice = decideNotice(previous, now, settings);
          if (notice.send === 'alert') alerts++;
          const after = noticeAfter(previous, now, notice, START_MS + at);
          if (after !== null) notices.set(id, after);
        }
        // One for each run of windows that began apart; those that were joined later had been told by then.
        const seen = new Set<number>();
        let apart = 0;
        for (const id of order) {
          const index = windows.indexOf(id);
          if (!seen.has(index - 1) && !seen.has(index + 1)) apart++;
          seen.add(index);
        }
        expect(alerts).toBe(apart);
      }),
    );
  });
});
