// Who is named for a flow: one case for each thing that the two sides share, or that speaks against it.

import { describe, expect, it } from 'vitest';
import type { JudgeContext } from '../../../src/detectors/detector.ts';
import { type Join, whoIsBehind } from '../../../src/detectors/tls/caller-scores.ts';
import type { Caller, PlainPlace } from '../../../src/detectors/tls/dynamodb-callers.ts';
import { addMinute, type Minutes } from '../../../src/detectors/tls/minutes.ts';
import { firstMinuteOfDay, type PlainSpans } from '../../../src/detectors/tls/plain-spans.ts';
import { judgeAlone } from '../fold-laws.ts';

/** In 2022: before the list of services that record TLS counts. */
const DAY = 19_000;
const HOUR = DAY * 24 + 12;
const CLIENT = ['111122223333', 'us-east-1', 'eni-0abc1234def567890'].join('\u001f');
const INSTANCE = 'i-0abc1234def567890';
const TASK = '0123456789abcdef0123456789abcdef';

interface Story {
  readonly spans?: Partial<PlainSpans>;
  /** By name: where from, and what else. */
  readonly callers: Readonly<Record<string, Partial<Caller>>>;
  /** Bytes of all requests. */
  readonly payload?: number;
  /** Other clients of these minutes. */
  readonly beside?: readonly string[];
  readonly dataEventsIn?: string;
  readonly day?: number;
}

const minutesFrom = (first: number, count: number): Minutes => {
  const set: Minutes = [];
  for (let minute = first; minute < first + count; minute++) addMinute(set, minute);
  return set;
};
/** Five minutes from 12:00 on. */
const SPAN = minutesFrom(HOUR * 60 - firstMinuteOfDay(DAY), 5);

function caller(name: string, given: Partial<Caller>): Caller {
  return {
    principal: `role:111122223333:${name}`,
    type: 'AssumedRole',
    name,
    session: '',
    ip: '203.0.113.9',
    ipClass: 'public',
    vpcEndpoint: '',
    userAgent: 'boto3',
    hash: 1,
    keyIds: ['key'],
    minutes: { 0: 1, 1: 1, 2: 1, 3: 1, 4: 1 },
    partial: 5,
    reporting: 5,
    missing: [],
    evidence: [],
    ...given,
  };
}

function judge({
  spans,
  callers,
  payload = 5 * 435,
  beside = [],
  dataEventsIn = 'us-east-1',
  day = DAY,
}: Story): Join {
  const all = Object.entries(callers).map(([name, given]) => caller(name, given));
  const place: PlainPlace = {
    byAddress: Object.fromEntries(beside.map((address) => [address, minutesFrom(2, 1)])),
    clients: [],
  };
  const own: PlainSpans = {
    minutes: SPAN,
    addresses: ['10.0.1.20'],
    egress: [],
    tokens: [],
    paths: [],
    ...spans,
  };
  const context: JudgeContext = {
    ...judgeAlone,
    read(fold, key, window) {
      const at = key.split('\u001f')[2];
      const found = (): unknown => {
        if (fold.name === 'plain-dynamodb-spans')
          return key === CLIENT ? own : { ...own, egress: ['10.0.9.1'] };
        if (fold.name === 'plain-dynamodb-places' && at === '10.0.1.20' && window === day * 24 + 12)
          return { byAddress: {}, clients: [CLIENT, `${CLIENT} of the gateway`] };
        if (fold.name === 'plain-dynamodb-places' && at === '' && window === day * 24 + 12) return place;
        if (fold.name === 'dynamodb-callers' && at === '' && window === day * 24 + 12)
          return Object.fromEntries(all.map((one, n) => [`caller ${n}`, one]));
        if (fold.name === 'tls-of-principals' && window === day)
          return new Map([['somebody', new Map([[dataEventsIn, new Array(12).fill(0)]])]]);
        return null;
      };
      return found() as never;
    },
  };
  return whoIsBehind(CLIENT, day, payload, context);
}

const scoreOf = (join: Join): number | null =>
  join.outcome === 'named'
    ? join.best.score
    : join.outcome === 'ambiguous'
      ? join.candidates[0]!.score
      : null;
const nameOf = (join: Join): string | null => (join.outcome === 'named' ? join.best.caller.name : null);

const PRIVATE = { ip: '10.0.1.20', ipClass: 'private', vpcEndpoint: 'vpce-0abc1234' };

describe('what the two sides share', () => {
  it.each<[string, number | null, Story]>([
    ['minutes, missing TLS and volume', 65, { callers: { a: {} } }],
    ['the private address too', 100, { callers: { a: PRIVATE } }],
    [
      'and the instance',
      150,
      { spans: { tokens: [INSTANCE] }, callers: { a: { ...PRIVATE, session: INSTANCE } } },
    ],
    ['or the ECS task', 115, { spans: { tokens: [TASK] }, callers: { a: { session: TASK } } }],
    ['half of its minutes', 58, { callers: { a: { minutes: { 0: 1, 30: 1 } } } }],
    ['more calls than fit into the bytes', 45, { payload: 435, callers: { a: {} } }],
    ['missing TLS that says nothing here', 60, { callers: { a: { ...PRIVATE, partial: 0 } } }],
    [
      'missing TLS where the service is known to report it',
      100,
      { day: 20_500, callers: { a: { ...PRIVATE, partial: 0 } } },
    ],
    [
      'records of before 1.08 there',
      60,
      { day: 20_500, callers: { a: { ...PRIVATE, partial: 0, reporting: 0 } } },
    ],
    ['no minute', null, { callers: { a: { minutes: { 30: 1 } } } }],
    [
      'the address in another spelling of IPv6',
      null,
      { spans: { addresses: ['2001:db8::7'] }, callers: { a: { ip: '2001:db8::8' } } },
    ],
    [
      'the address in IPv6',
      100,
      { spans: { addresses: ['2001:db8::7'] }, callers: { a: { ip: '2001:db8::7' } } },
    ],
  ])('%s', (_, expected, story) => {
    expect(scoreOf(judge(story))).toBe(expected);
  });
});

describe('what speaks against a caller', () => {
  it.each<[string, Story]>([
    ['another private address', { callers: { a: { ip: '10.0.9.9', ipClass: 'private' } } }],
    [
      'the session of another instance',
      { spans: { tokens: [INSTANCE] }, callers: { a: { session: 'i-0fff1234' } } },
    ],
    [
      'the name of the instance, from another private address',
      {
        spans: { tokens: [INSTANCE] },
        callers: { a: { session: INSTANCE, ip: '10.0.9.9', ipClass: 'private' } },
      },
    ],
    [
      'a public address, where all went through a gateway endpoint',
      { spans: { paths: ['7'] }, callers: { a: {} } },
    ],
    [
      'an endpoint, where all went through an internet gateway',
      { spans: { paths: ['8'] }, callers: { a: PRIVATE } },
    ],
    ['IPv6, where the flow is IPv4', { callers: { a: { ip: '2001:db8::7' } } }],
    ['IPv4, where the flow is IPv6', { spans: { addresses: ['2001:db8::7'] }, callers: { a: {} } }],
  ])('%s', (_, story) => {
    expect(judge(story)).toMatchObject({ outcome: 'nobody', dataEvents: true });
  });
});

describe('a name', () => {
  it('is given from 0.60 on', () => {
    expect(nameOf(judge({ callers: { a: { ...PRIVATE, partial: 0 } } }))).toBe('a');
    expect(nameOf(judge({ callers: { a: { minutes: { 0: 1, 30: 1 } } } }))).toBeNull();
  });

  it('is not given where another principal comes within 0.20', () => {
    expect(nameOf(judge({ callers: { a: PRIVATE, b: {} } }))).toBe('a');
    const join = judge({ callers: { a: PRIVATE, b: PRIVATE } });
    expect(join).toMatchObject({ outcome: 'ambiguous' });
    expect(join.why).toContain('role:111122223333:a (1.00), role:111122223333:b (1.00)');
  });

  it('is that of a principal without a session where several of its sessions fit', () => {
    const principal = 'role:111122223333:web';
    const join = judge({
      callers: { a: { principal, session: 'first' }, b: { principal, session: 'second' } },
    });
    expect(join).toMatchObject({
      outcome: 'named',
      best: { caller: { principal, session: '', keyIds: [] } },
    });
  });

  it('is not given by minutes alone while others send in plain HTTP, too', () => {
    expect(nameOf(judge({ callers: { a: {} }, beside: ['10.0.7.7'] }))).toBeNull();
    expect(nameOf(judge({ callers: { a: {} }, beside: ['10.0.1.20'] }))).toBe('a');
    expect(nameOf(judge({ callers: { a: PRIVATE }, beside: ['10.0.7.7'] }))).toBe('a');
    // The NAT gateway through which it went is nobody else.
    expect(nameOf(judge({ callers: { a: {} }, beside: ['10.0.9.1'] }))).toBe('a');
  });
});

it('data events of another region are not those of this one', () => {
  expect(judge({ callers: {}, dataEventsIn: 'eu-west-1' })).toMatchObject({
    outcome: 'nobody',
    dataEvents: false,
  });
});

it('the slack of a minute reaches over midnight', () => {
  expect(firstMinuteOfDay(DAY)).toBe(DAY * 1440 - 1);
});
