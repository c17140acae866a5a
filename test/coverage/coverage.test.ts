import { describe, expect, it } from 'vitest';
import { judgeCoverage } from '../../src/coverage/coverage.ts';
import { addFact, BUSY_HOUR, type LogFacts, mergeLogFacts } from '../../src/coverage/log-facts.ts';
import { REASON_CODES } from '../../src/coverage/sight-verdict.ts';
import { hourName, noteObject } from '../../src/coverage/watch-logs.ts';
import type { Detector } from '../../src/detectors/detector.ts';
import { detectors } from '../../src/detectors/index.ts';
import { SIGHTS, sightsOf } from '../../src/detectors/sights.ts';
import type { AnyRecord } from '../../src/records/record.ts';
import { lineRecord } from '../detectors/plain-records.ts';
import { commandsOf, coverageOf, good, judge, kms } from './judged-logs.ts';
import { ACCOUNT, ALL_FIELDS, dataCall, factsOf, flow, managementCall } from './sample-logs.ts';

const foldsOfLines = new Set(
  detectors.filter(({ needs }) => needs.lines === true).flatMap(({ folds }) => folds.map(({ name }) => name)),
);
const readsFoldsOfLines = ({ folds, meta }: Detector): boolean =>
  meta.family !== 'SEC' && folds.some(({ reads = [] }) => reads.some((name) => foldsOfLines.has(name)));

describe('every detector', () => {
  it.each(detectors.map((detector) => [detector.meta.id, detector] as const))(
    '%s declares what it must see, of the kinds of records that it asks for',
    (_, detector) => {
      expect(detector.sights, 'sights: see src/detectors/sights.ts').toBeDefined();
      const { needs, parts = [], helps = [] } = sightsOf(detector);
      expect(needs.length).toBeGreaterThan(0);
      for (const group of needs) expect(group.length).toBeGreaterThan(0);
      const all = [...needs.flat(), ...parts, ...helps];
      expect(new Set(all).size).toBe(all.length);
      const { calls, operations, flows } = detector.needs;
      // What logs say may come by the folds of other detectors.
      const lines = detector.needs.lines === true || readsFoldsOfLines(detector);
      const kinds = new Set(all.map((sight) => SIGHTS[sight]));
      expect(kinds.has('calls')).toBe(calls !== undefined || operations !== undefined);
      expect(kinds.has('flows')).toBe(flows === true);
      expect(kinds.has('lines') || kinds.has('access-logs')).toBe(lines);
    },
  );

  it('is blind where nothing was read, and sees where everything is there', () => {
    expect(new Set(coverageOf([]).detectors.map(({ state }) => state))).toEqual(new Set(['blind']));
    const { detectors: judged, reasons } = coverageOf(good);
    expect(judged.filter(({ state }) => state !== 'seeing')).toEqual([]);
    expect(reasons).toEqual([]);
  });

  it('that declares nothing is judged by the kinds of its records', () => {
    const { sights: _, ...silent } = detectors.find(({ needs }) => needs.flows === true)!;
    const [judged] = judgeCoverage([silent], factsOf([lineRecord('a')])).detectors;
    expect(judged!.state).toBe('blind');
  });

  it('is worst first, and each reason is told once, with a command', () => {
    const { detectors: judged, reasons } = coverageOf([kms()]);
    const states = judged.map(({ state }) => state);
    expect(states).toEqual(states.toSorted());
    expect(new Set(states).size).toBe(3);
    expect(new Set(reasons.map(({ code }) => code)).size).toBe(reasons.length);
    for (const { code, steps } of reasons) {
      expect(REASON_CODES as readonly string[]).toContain(code);
      expect(steps.some(({ command }) => command !== null)).toBe(true);
    }
  });
});

describe('calls', () => {
  it('are not there', () => {
    expect(judge([flow(ALL_FIELDS)], 'management-events')).toEqual([
      'blind',
      'no-cloudtrail: no CloudTrail record (111122223333 us-east-1)',
    ]);
    expect(judge([dataCall()], 'management-events')[1]).toMatch(/^no-management-events/);
  });

  it('of DynamoDB’s items are there in some regions only', () => {
    expect(judge([kms()], 'dynamodb-data-events')[0]).toBe('blind');
    const some = [managementCall(), dataCall(), managementCall({ awsRegion: 'eu-west-1' })];
    expect(
      judge(
        [...some, managementCall({ awsRegion: 'ap-south-1', eventName: 'ListTables' })],
        'dynamodb-data-events',
      ),
    ).toEqual([
      'partly',
      'no-dynamodb-data-events: no item-level call of DynamoDB: CloudTrail logs them as data events, which must be selected (111122223333 eu-west-1)',
    ]);
  });

  it('are selected by a command that names the trail, where the logs do', () => {
    const name = `arn:aws:cloudtrail:eu-central-1:${ACCOUNT}:trail/main`;
    const trail = managementCall({
      eventSource: 'cloudtrail.amazonaws.com',
      eventName: 'GetTrailStatus',
      requestParameters: { name },
    });
    const [look, put] = commandsOf([kms(), trail], 'no-dynamodb-data-events');
    expect(look).toBe(`aws cloudtrail get-event-selectors --region eu-central-1 --trail-name ${name}`);
    expect(put).toContain(`put-event-selectors --region eu-central-1 --trail-name ${name} `);
    expect(put).toContain('AWS::DynamoDB::Stream');
    expect(commandsOf([kms()], 'no-dynamodb-data-events')[1]).toContain("--trail-name '<TRAIL-NAME>'");
  });

  it('of streams are missing where a table has one; else nobody can know', () => {
    const described = managementCall({ eventName: 'DescribeStream' });
    expect(judge([dataCall(), described], 'stream-data-events')).toEqual([
      'blind',
      'no-stream-data-events: tables have streams, and no call that reads one: such calls are data events of their own type (111122223333 us-east-1)',
    ]);
    expect(judge([dataCall()], 'stream-data-events')[0]).toBe('seeing');
    expect(judge([dataCall()], 'stream-data-events')[1]).toMatch(/^streams-not-seen/);
    expect(judge([kms()], 'stream-data-events')[1]).toMatch(/^no-dynamodb-data-events/);
  });

  it('that only read are missing in a trail of writes', () => {
    const writes = Array.from({ length: 200 }, () => managementCall({ readOnly: false }));
    expect(judge(writes, 'read-events')[1]).toMatch(/^no-read-events/);
    expect(judge(writes.slice(1), 'read-events')).toEqual(['seeing']);
    expect(judge([...writes, kms()], 'read-events')).toEqual(['seeing']);
  });

  it('of DynamoDB’s items that only read are missing in a trail of writes', () => {
    const puts = (count: number, over: object = {}) =>
      Array.from({ length: count }, () => dataCall({ eventName: 'PutItem', readOnly: false, ...over }));
    const writes = puts(200);
    expect(judge(writes, 'dynamodb-data-events')).toEqual([
      'partly',
      'no-item-reads: items are written, and no call reads one: the trail seems to select the data events of writes only (111122223333 us-east-1)',
    ]);
    expect(commandsOf(writes, 'no-item-reads')[1]).toContain('put-event-selectors');
    const states = coverageOf(writes).detectors.filter(({ reasons }) =>
      reasons.some(({ code, effect }) => code === 'no-item-reads' && effect === 'partly'),
    );
    expect(states.map(({ rule }) => rule)).toEqual(expect.arrayContaining(['TLS-01', 'TLS-02']));
    expect(judge(writes.slice(1), 'dynamodb-data-events')).toEqual(['seeing']);
    expect(judge([...writes, dataCall()], 'dynamodb-data-events')).toEqual(['seeing']);
    // A record that does not say whether it reads; reads of streams are selected apart.
    const silent = dataCall({ eventName: 'Query', readOnly: undefined });
    expect(judge([...writes, silent], 'dynamodb-data-events')).toEqual(['seeing']);
    const ofStream = dataCall({ eventName: 'GetRecords' });
    expect(judge([...writes, ofStream], 'dynamodb-data-events')[0]).toBe('partly');
    const elsewhere = puts(200, { awsRegion: 'eu-west-1' });
    expect(judge([...elsewhere, dataCall()], 'dynamodb-data-events')[1]).toContain('eu-west-1');
  });

  it('of accounts that have flow logs are missing', () => {
    const other = flow(ALL_FIELDS, { 'account-id': '444455556666' });
    expect(judge([kms(), other], 'management-events')).toEqual([
      'partly',
      'no-calls-where-flows: flow logs of accounts without any CloudTrail record (444455556666 us-east-1)',
    ]);
  });

  it('that could not be read make everybody partly blind', () => {
    const facts = factsOf(good);
    noteObject(facts, {
      object: 'x',
      status: 'failed',
      reason: 'damaged-gzip',
      format: 'cloudtrail',
      records: { skipped: {} },
    });
    expect(judge(facts, 'management-events')).toEqual([
      'partly',
      'unread-trail: 1 object of CloudTrail could not be read, or not wholly',
    ]);
  });
});

describe('hours without calls', () => {
  const START = Date.UTC(2026, 10, 1) / 3_600_000;
  function hours(counts: readonly number[]): LogFacts {
    const facts = factsOf([kms()]);
    facts.hours.rows.clear();
    for (const [hour, count] of counts.entries())
      for (let n = 0; n < count; n++) addFact(facts, 'hours', [ACCOUNT, hourName(START + hour)], 'calls');
    return facts;
  }
  const busy = (length: number): number[] => new Array(length).fill(BUSY_HOUR);

  it('in a busy log are told, with the time', () => {
    expect(judge(hours([...busy(10), 0, 0, ...busy(12)]), 'management-events')).toEqual([
      'partly',
      'hours-without-calls: a log that is busy else has hours without any record (111122223333 2026-11-01 10:00 to 2026-11-01 12:00 UTC)',
    ]);
  });

  it.each([
    ['a log without pause', busy(24)],
    ['nights', [...busy(10), ...new Array(14).fill(0), ...busy(10), ...new Array(14).fill(0), ...busy(10)]],
    ['a log that fades out', [...busy(10), 40, 10, 0, 0, 20, ...busy(10)]],
    ['a small log', [50, 50, 50, 50, 50, 50, 0, 50, 50, 50, 50, 50]],
    ['bursts', [...busy(1), ...new Array(20).fill(0), ...busy(1), 0, 0, ...busy(1)]],
    ['uneven hours', [100, 3, 100, 50, 100, 100, 0, 100, 60, 100, 100, 20, 100, 100, 100, 100]],
    ['two busy days of a month', [...busy(6), ...new Array(600).fill(0), ...busy(6)]],
    ['a log that ends', [...busy(10), 0, 0]],
  ])('are not told of %s', (_, counts) => {
    expect(judge(hours(counts), 'management-events')).toEqual(['seeing']);
  });
});

describe('TLS details', () => {
  const calls = (count: number, over: Record<string, unknown>) =>
    Array.from({ length: count }, () => dataCall(over));
  const bare = { tlsDetails: undefined };

  it.each<[string, readonly AnyRecord[], string, RegExp | undefined]>([
    ['are there', calls(3, {}), 'seeing', undefined],
    [
      'are in no record, all being old',
      calls(3, { ...bare, eventVersion: '1.05' }),
      'blind',
      /^old-event-versions.*\(111122223333\)/,
    ],
    [
      'are in new records only',
      [...calls(3, {}), ...calls(1, { ...bare, eventVersion: '1.05' })],
      'partly',
      /^old-event-versions/,
    ],
    ['are dropped on the way', calls(20, bare), 'blind', /^no-tls-details: /],
    ['are missing in a few calls: that is a matter of rules', calls(19, bare), 'seeing', undefined],
    [
      'are missing of DynamoDB alone',
      [...calls(20, bare), ...calls(1, { eventSource: 'kms.amazonaws.com' })],
      'blind',
      /^no-tls-details-of-dynamodb/,
    ],
    [
      'are in no record of other services, all being old',
      calls(1, { ...bare, eventVersion: '1.02', eventSource: 'guardduty.amazonaws.com' }),
      'blind',
      /^old-event-versions/,
    ],
    [
      'are never in records of services that do not report them',
      calls(30, { ...bare, eventSource: 'guardduty.amazonaws.com' }),
      'seeing',
      undefined,
    ],
    [
      'are dropped of nearly all calls, whatever was called',
      [...calls(3, {}), ...calls(1_500, bare), ...calls(300, { ...bare, eventSource: 'sts.amazonaws.com' })],
      'partly',
      /^few-tls-details.*\(111122223333\)/,
    ],
    ['are dropped of most calls to DynamoDB', [...calls(24, {}), ...calls(25, bare)], 'partly', /^few-/],
    [
      'are in half of them: that is a matter of rules',
      [...calls(25, {}), ...calls(25, bare)],
      'seeing',
      undefined,
    ],
    [
      'are dropped of most calls to other services',
      [...calls(30, {}), ...calls(25, { ...bare, eventSource: 'sts.amazonaws.com' })],
      'partly',
      /^few-/,
    ],
    [
      'are in no record of other services, and DynamoDB is hardly called',
      [...calls(3, bare), ...calls(25, { ...bare, eventSource: 'sts.amazonaws.com' })],
      'partly',
      /^few-/,
    ],
    ['are not asked for, without direct calls', [kms()], 'seeing', undefined],
  ])('%s', (_, records, state, why) => {
    const [judged, ...reasons] = judge(records, 'tls-details');
    expect(judged).toBe(state);
    if (why === undefined) expect(reasons).toEqual([]);
    else expect(reasons).toEqual([expect.stringMatching(why)]);
  });
});

describe('access logs', () => {
  it('of load balancers are missed by nobody who may have none', () => {
    const s3 = [
      lineRecord('a', { format: 's3-access' }),
      dataCall({ eventSource: 's3.amazonaws.com', eventName: 'GetObject' }),
    ];
    const twelve = (records: readonly AnyRecord[]) =>
      coverageOf(records).detectors.find(({ rule }) => rule === 'TLS-12');
    expect(twelve(s3)).toMatchObject({
      state: 'seeing',
      reasons: [{ code: 'no-alb-access-logs', effect: 'note' }],
    });
    expect(twelve(s3.slice(0, 1))?.state).toBe('partly');
    expect(twelve([lineRecord('a', { format: 'alb-access' })])?.state).toBe('partly');
    expect(twelve([lineRecord('a')])?.state).toBe('blind');
  });
});

describe('lines', () => {
  const lambda = (session: string) =>
    dataCall({
      userAgent: 'Boto3/1.34 exec-env/AWS_Lambda_python3.13',
      userIdentity: {
        type: 'AssumedRole',
        principalId: `AROAEXAMPLE:${session}`,
        arn: `arn:aws:sts::${ACCOUNT}:assumed-role/fn/${session}`,
        accountId: ACCOUNT,
        accessKeyId: 'ASIAEXAMPLE',
        sessionContext: {
          sessionIssuer: {
            type: 'Role',
            arn: `arn:aws:iam::${ACCOUNT}:role/fn`,
            accountId: ACCOUNT,
            userName: 'fn',
          },
        },
      },
    });

  it('are not there', () => {
    expect(judge([lambda('orders')], 'log-lines')).toEqual([
      'blind',
      'no-log-lines: no line of an application log (/aws/lambda/orders 111122223333 us-east-1)',
    ]);
    const [subscribe, read] = commandsOf([lambda('orders')], 'no-log-lines');
    expect(subscribe).toContain(
      'put-subscription-filter --region us-east-1 --log-group-name /aws/lambda/orders ',
    );
    expect(read).toBe('AWS_REGION=us-east-1 wiretrail replay logs:/aws/lambda/orders');
  });

  it('of functions that call DynamoDB do not come, where groups have names', () => {
    const lines = lineRecord('a', { group: '/aws/lambda/orders' });
    expect(judge([lambda('orders'), lambda('billing'), lines], 'log-lines')).toEqual([
      'partly',
      'functions-without-lines: functions call DynamoDB, and no line of their log groups came (/aws/lambda/billing 111122223333 us-east-1)',
    ]);
    expect(judge([lambda('billing'), lineRecord('a', { group: 'app.log' })], 'log-lines')).toEqual([
      'seeing',
    ]);
  });

  it('put nothing into a command that has not the form of its kind', () => {
    for (const hostile of ['$(reboot)', "x';reboot;'", 'a b', '\u001b[2J']) {
      for (const { steps } of coverageOf([lambda(hostile)]).reasons)
        for (const { command } of steps) expect(command ?? '').not.toContain('reboot');
      const text = JSON.stringify(coverageOf([lambda(hostile)]).reasons.map(({ steps }) => steps));
      expect(text).not.toContain(`/aws/lambda/${hostile}`);
    }
  });
});

it('says when there were more networks or groups than are kept', () => {
  const facts = factsOf(good);
  for (let n = 0; n < 2_000; n++) addFact(facts, 'groups', [`/app/${n}`], 'lines');
  expect(coverageOf(facts).truncated).toBe(true);
  expect(coverageOf(mergeLogFacts(factsOf(good), facts)).truncated).toBe(true);
  expect(coverageOf(good).truncated).toBe(false);
});
