import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type DigestInput, renderDigest } from '../../src/alerts/digest.ts';
import { digestSnsMessage, MAX_SNS_BYTES, snsBytes } from '../../src/alerts/sns-message.ts';
import { aFinding } from '../findings/sample-finding.ts';
import { DANGEROUS, HOSTILE } from './sample-alert.ts';
import { aDigest, DAY_END_MS } from './sample-digest.ts';

const nothing: Partial<DigestInput> = {
  findings: { alerted: 0, digested: 0, belowMinimum: 0, suppressed: 0, failed: 0 },
  digested: [],
  suppressions: [],
  suppressed: [],
  blind: [],
};
const noRead: DigestInput['read'] = {
  objects: { listed: 0, read: 0, partlyRead: 0, skipped: {}, failed: {} },
  records: { total: 0, judged: 0, duplicates: 0, late: 0, skipped: {}, unreadable: {} },
};

const aBlindReason = (over: Partial<DigestInput['blind'][number]>): DigestInput['blind'][number] => ({
  effect: 'blind',
  code: 'no-flows',
  why: 'no VPC flow log',
  rules: ['TLS-06'],
  command: null,
  ...over,
});

describe('the daily digest', () => {
  it('tells a day', () => {
    const { subject, text, json } = renderDigest(aDigest());
    expect(subject).toBe('wiretrail digest 2026-11-02: 2 alerted, 2 below, 3 suppressed, 4 unreadable');
    expect(text).toMatchInlineSnapshot(`
      "wiretrail, 2026-11-01 00:00 UTC to 2026-11-02 00:00 UTC

      The monitor runs. 7 findings came or changed in 62,790 records that were judged. The last CloudTrail object came at 2026-11-01 23:56 UTC, 4 minutes before.

      FINDINGS
      7 = 2 alerted + 2 in digests + 0 below the minimum + 3 suppressed + 0 failed

      TOO SMALL FOR AN ALERT (2)
      - LOW TLS-06 Certificate not verified in a log (111122223333 us-east-1, 3x, id 6fe70022b76b9c1b)
      - INFO TLS-06 tlsDetails are not usable here (old archive?) (111122223333 us-east-1, 12x, id 7f8e79998d1e0b6c)

      SUPPRESSED (3)
      3 by 00aa11bb (rule TLS-06, target 52.94.*): The old batch host speaks HTTP until it is replaced (OPS-17); data-platform@example.com until 2026-12-31
      - HIGH TLS-06 Plain HTTP from c (111122223333 us-east-1, 12x, id 4f0211459bc60727)
      - HIGH TLS-06 Plain HTTP from b (111122223333 us-east-1, 12x, id a8ef14aabc6ef761)
      - HIGH TLS-06 Plain HTTP from a (111122223333 us-east-1, 12x, id f42c4363c1e2f582)
      EXPIRED on 2026-10-31, suppresses no more: 1 by 22cc33dd (rule ANO-08): the break-glass drill; ann@example.com; renew it or take it out of the file

      BLIND
      - blind: no VPC flow log (111122223333 us-east-1): TLS-07
        aws ec2 create-flow-logs --region us-east-1 --log-destination '<BUCKET-ARN>'
      - partly blind: no line of an application log: SEC-05, SEC-06
      \`wiretrail coverage\` with the logs of this day prints all commands, and what each would change.

      READ
      objects: 290 = 286 read + 1 partly read + 2 skipped (digest 2) + 1 failed (not-found 1)
      records: 64,021 = 62,790 judged + 1,204 duplicates + 25 skipped (nodata 21, insight-event 4) + 2 unreadable (truncated 2)
      late for a window: 3
      TLS of calls to DynamoDB and DAX: 42,532 = 12 suspicious + 3 weak + 300 unknown + 1,210 explained + 41,007 ok
      "
    `);
    expect(JSON.parse(json)).toMatchObject({
      kind: 'digest',
      from: '2026-11-01T00:00:00.000Z',
      to: '2026-11-02T00:00:00.000Z',
      findings: { total: 7 },
      bySeverity: { LOW: 1, INFO: 1, HIGH: 0 },
      verdicts: { totals: { suspicious: 12 }, truncated: false },
      suppressions: [{ id: '00aa11bb', count: 3 }, { id: '22cc33dd', expired: true }, { count: 0 }],
      suppressed: [{ rule: 'TLS-06' }, {}, {}],
    });
  });

  it('tells findings with the same words in one line', () => {
    const noisy = Array.from({ length: 60 }, (_, number) =>
      aFinding({ severity: 'LOW', title: 'Token in a log: /app/orders', entity: `t${number}`, count: 2 }),
    );
    const elsewhere = aFinding({ severity: 'LOW', title: 'Token in a log: /app/carts', entity: 'other' });
    const { text } = renderDigest(aDigest({ digested: [...noisy, elsewhere] }));
    expect(text).toContain('TOO SMALL FOR AN ALERT (61)');
    expect(text.match(/Token in a log: .*/g)!.map((line) => line.replace(/id [0-9a-f]+/, 'id X'))).toEqual([
      'Token in a log: /app/orders (111122223333 us-east-1, 60 findings, 120x, the first id X)',
      expect.stringContaining('Token in a log: /app/carts (111122223333 us-east-1, 12x, id X)'),
    ]);
    expect(text).not.toMatch(/and \d+ more\n/);
  });

  it('does not say of calls what it does not know', () => {
    expect(renderDigest(aDigest({ verdicts: null })).text).toContain(
      'DynamoDB and DAX: could not be counted',
    );
    const { totals } = aDigest().verdicts!;
    const { text } = renderDigest(aDigest({ verdicts: { totals, truncated: true } }));
    expect(text).toContain('41,007 ok, of some accounts only');
  });

  it('is a heartbeat where there is nothing to say', () => {
    const { subject, text } = renderDigest(aDigest(nothing));
    expect(subject).toContain('0 alerted, 0 below, 0 suppressed');
    expect(text).toContain('The monitor runs. Nothing was found in 62,790 records that were judged.');
    expect(text).toContain('The last CloudTrail object came at 2026-11-01 23:56 UTC, 4 minutes before.');
    expect(text).toContain('No rule: each saw what it needs.');
    expect(text).toContain('TOO SMALL FOR AN ALERT (0)');
  });

  it('of a day that was missed says no time before its end of an object that came behind it', () => {
    const { day, text } = renderDigest(aDigest({ lastTrailObjectMs: DAY_END_MS + 86_400_000 }));
    expect(day).toBe('2026-11-01');
    expect(text).toContain('The last CloudTrail object came at 2026-11-03 00:00 UTC.\n');
  });

  it('never calls it quiet when nothing was read', () => {
    const { text } = renderDigest(
      aDigest({ ...nothing, read: noRead, lastTrailObjectMs: DAY_END_MS - 30 * 3_600_000 }),
    );
    expect(text).toContain('judged no record in this time: this says nothing about the account.');
    expect(text).toContain('30 hours before');
    expect(text).not.toContain('Nothing was found');
    expect(renderDigest(aDigest({ ...nothing, read: noRead, lastTrailObjectMs: null })).text).toContain(
      'No CloudTrail object has ever come.',
    );
  });

  it('says when its sums are wrong', () => {
    expect(renderDigest(aDigest()).text).not.toContain('WRONG');
    const { read } = aDigest();
    const records = { ...read.records, judged: 1 };
    expect(renderDigest(aDigest({ read: { ...read, records } })).text).toContain(
      'WRONG: the counts of records',
    );
    const objects = { ...read.objects, read: 1 };
    expect(renderDigest(aDigest({ read: { ...read, objects } })).text).toContain(
      'WRONG: the counts of objects',
    );
  });

  it('gives the commands of what blinds most, whole or not at all', () => {
    const blind = [
      aBlindReason({ command: 'aws one' }),
      aBlindReason({ command: `aws ${'x'.repeat(3_000)}` }),
      aBlindReason({ command: 'aws three' }),
      aBlindReason({ command: 'aws four' }),
      aBlindReason({ effect: 'partly', command: 'aws five' }),
    ];
    const { text } = renderDigest(aDigest({ blind }));
    expect(text.match(/aws \w+/g)).toEqual(['aws one', 'aws three']);
    expect(
      renderDigest(aDigest({ blind: Array.from({ length: 20 }, () => aBlindReason({})) })).text,
    ).toContain('\nand 4 more reasons\n');
  });

  it('names the logs whose findings were counted and not raised, apart from rules that are blind', () => {
    const capped = [
      { log: '/app/orders', severity: 'HIGH', capped: 1_204 },
      { log: '/app/login', severity: 'LOW', capped: 1 },
    ];
    const { text, json } = renderDigest(aDigest({ capped }));
    expect(text).toContain(
      'SEC-05, SEC-06\n`wiretrail coverage` with the logs of this day prints all commands, and what each would change.\n\nNOT RAISED\n- /app/orders: 1,204 new HIGH findings of one hour counted, and not raised\n' +
        '- /app/login: 1 new LOW finding of one hour counted, and not raised\n\nREAD',
    );
    expect(JSON.parse(json)).toMatchObject({ capped });
    expect(renderDigest(aDigest()).text).not.toContain('NOT RAISED');
  });

  it('names what was withdrawn, and the worst first', () => {
    const digested = [
      ...aDigest().digested,
      { ...aFinding({ severity: 'LOW', title: 'Gone', entity: 'z' }), status: 'withdrawn' as const },
    ];
    const { text } = renderDigest(aDigest({ digested }));
    expect(text).toContain('- LOW TLS-06 WITHDRAWN Gone');
    expect(text.indexOf('- INFO')).toBeGreaterThan(text.indexOf('- LOW'));
  });

  it('is bounded, and counts what it does not list', () => {
    const digested = Array.from({ length: 5_000 }, (_, n) =>
      aFinding({ severity: 'LOW', title: `Of e${n}`, entity: `e${n}` }),
    );
    const { text } = renderDigest(aDigest({ digested }));
    expect(text).toContain('TOO SMALL FOR AN ALERT (5,000)');
    expect(text).toContain('and 4,950 more');
  });

  it('is cut between lines where it is longer than people read, and says how much is left out', () => {
    const blind = Array.from({ length: 16 }, (_, n) => aBlindReason({ why: `${n} ${'w'.repeat(600)}` }));
    const digested = Array.from({ length: 50 }, (_, n) => aFinding({ title: `${n} ${'w'.repeat(400)}` }));
    const { text } = renderDigest(aDigest({ blind, digested }));
    expect(Buffer.byteLength(text)).toBeLessThanOrEqual(20_480);
    expect(text).toMatch(/\n\.\.\. and \d+ more lines\n$/);
    for (const line of text.trimEnd().split('\n').slice(0, -1)) expect(line).not.toMatch(/w{1,590}$/);
  });

  it('is harmless where a log is not', () => {
    const digested = [aFinding({ title: HOSTILE, account: HOSTILE, severity: 'LOW' })];
    const blind = [aBlindReason({ why: HOSTILE, rules: [HOSTILE], command: HOSTILE })];
    const capped = [{ log: HOSTILE, severity: 'HIGH', capped: 2 }];
    const { text, json, subject } = renderDigest(aDigest({ digested, blind, capped }));
    expect(text.search(DANGEROUS)).toBe(-1);
    expect(json.search(DANGEROUS)).toBe(-1);
    expect(text).not.toMatch(/https?:\/\/evil/);
    expect(subject).toMatch(/^[ -~]{1,99}$/);
  });

  it('fits into one message, whatever it holds', () => {
    const text = fc.string({ unit: 'binary', maxLength: 700 });
    const use = fc.record({
      id: text,
      match: text,
      reason: text,
      owner: text,
      expires: fc.constant('2026-12-31'),
      expired: fc.boolean(),
      count: fc.nat(),
      findings: fc.constant([]),
    });
    fc.assert(
      fc.property(
        fc.array(use, { maxLength: 200 }),
        fc.array(
          fc.record({
            effect: fc.constantFrom('blind' as const, 'partly' as const),
            code: text,
            why: text,
            rules: fc.array(text),
            command: fc.option(text),
          }),
          { maxLength: 100 },
        ),
        fc.array(text, { maxLength: 100 }),
        (suppressions, blind, titles) => {
          const digested = titles.map((title, n) => aFinding({ title, account: title, entity: `e${n}` }));
          const digest = renderDigest(aDigest({ suppressions, blind, digested }));
          for (const https of ['finding', 'amazon-q'] as const)
            expect(snsBytes(digestSnsMessage(digest, https))).toBeLessThanOrEqual(MAX_SNS_BYTES);
          JSON.parse(digest.json);
        },
      ),
      { numRuns: 40 },
    );
  });
});
