import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readBytes } from './read-bytes.ts';

const NOON = Date.UTC(2026, 9, 5, 12);
const payload = (over: Record<string, unknown> = {}) => ({
  messageType: 'DATA_MESSAGE',
  owner: '111122223333',
  logGroup: '/aws/lambda/orders',
  logStream: '2026/10/05/[$LATEST]8f5e',
  subscriptionFilters: ['all'],
  logEvents: [
    { id: '37', timestamp: NOON, message: 'first\n  line two' },
    { id: '38', timestamp: NOON + 1, message: 'caf\u00e9' },
  ],
  ...over,
});
const wrapped = (value: unknown) =>
  JSON.stringify({ awslogs: { data: gzipSync(JSON.stringify(value)).toString('base64') } });
const read = (text: string, given = {}) => readBytes(text, { key: 'batch.json', ...given });

describe('awslogs payloads', () => {
  it('reads each log event as one record, whatever line feeds it holds', async () => {
    for (const text of [JSON.stringify(payload()), JSON.stringify(payload(), null, 2), wrapped(payload())]) {
      const told = await read(text);
      expect(told.outcome).toMatchObject({ status: 'read', format: 'awslogs' });
      expect(told.records).toMatchObject([
        {
          kind: 'line',
          timeMs: NOON,
          account: '111122223333',
          group: '/aws/lambda/orders',
          stream: '2026/10/05/[$LATEST]8f5e',
          message: 'first\n  line two',
          locator: '/aws/lambda/orders/2026/10/05/[$LATEST]8f5e/37',
          ordinal: 1,
        },
        { timeMs: NOON + 1, message: 'caf\u00e9', ordinal: 2 },
      ]);
    }
  });

  it('gives an event the same identity in another batch, and equal events of one millisecond their own', async () => {
    const same = { id: '1', timestamp: NOON, message: 'same' };
    const [first, second, other] = (
      await read(JSON.stringify(payload({ logEvents: [same, same, { ...same, message: 'other' }] })))
    ).records;
    expect(new Set([first!.identity, second!.identity, other!.identity]).size).toBe(3);
    const again = (await read(JSON.stringify(payload({ logEvents: [{ ...same, message: 'other' }, same] }))))
      .records;
    expect(again.map((record) => record.identity)).toEqual([other!.identity, first!.identity]);
    const elsewhere = (await read(JSON.stringify(payload({ logStream: 'b', logEvents: [same] })))).records;
    expect(elsewhere[0]!.identity).not.toBe(first!.identity);
  });

  it('reads payloads that follow each other, as Firehose writes them, and passes control messages over', async () => {
    const text =
      JSON.stringify(payload()) +
      JSON.stringify(payload({ messageType: 'CONTROL_MESSAGE' })) +
      JSON.stringify(payload());
    const told = await read(text);
    expect(told.records).toHaveLength(4);
    expect(told.skipped).toEqual(['control-message@3']);
    const small = await read(text, { chunks: [37] });
    expect(small.records).toEqual(told.records);
  });

  it('hands CloudTrail records and flow lines to their readers', async () => {
    const trail = JSON.stringify({
      eventVersion: '1.08',
      eventTime: '2026-10-05T12:00:00Z',
      eventSource: 'sts.amazonaws.com',
      eventName: 'GetCallerIdentity',
      eventID: 'e',
    });
    const flow =
      '2 111122223333 eni-1 10.0.1.5 52.94.0.10 49152 80 6 12 3456 1791201600 1791201660 ACCEPT OK';
    const told = await read(
      JSON.stringify(
        payload({
          logGroup: 'g',
          logStream: 's',
          logEvents: [
            { id: 'a', timestamp: NOON, message: trail },
            { id: 'b', timestamp: NOON, message: flow },
            { id: 'c', timestamp: NOON, message: `{"note":${JSON.stringify(trail)}}` },
          ],
        }),
      ),
    );
    expect(told.records.map((record) => `${record.kind} ${record.locator}`)).toEqual([
      'call g/s/a#1',
      'flow g/s/b',
      'line g/s/c',
    ]);
  });

  it.each([
    ['no logEvents', JSON.stringify({ messageType: 'DATA_MESSAGE', logGroup: 'g' }), ['missing-field@1']],
    [
      'events that are none',
      JSON.stringify(
        payload({
          logEvents: [1, null, { message: 'm' }, { timestamp: 1 }, { timestamp: -1, message: 'm' }],
        }),
      ),
      ['missing-field@1', 'missing-field@2', 'missing-field@3', 'missing-field@4', 'missing-field@5'],
    ],
    ['data that is no gzip', JSON.stringify({ awslogs: { data: 'bm90IGd6aXA=' } }), ['damaged-gzip@1']],
    [
      'a payload in a payload in a payload',
      wrapped({ awslogs: { data: gzipSync('{}').toString('base64') } }),
      ['missing-field@1'],
    ],
    ['a payload that is cut', JSON.stringify(payload()).slice(0, -9), ['truncated@1']],
    ['a payload that is no JSON inside', `{"messageType":"DATA_MESSAGE","logEvents":[{,}]}`, ['not-json@1']],
  ])('tells %s', async (_name, text, unreadable) => {
    const told = await read(text);
    expect(told.unreadable).toEqual(unreadable);
    expect(told.outcome.status).toBe('failed');
  });

  it('does not inflate a bomb', async () => {
    const bomb = JSON.stringify({ awslogs: { data: gzipSync(Buffer.alloc(50_000_000)).toString('base64') } });
    expect((await read(bomb)).unreadable).toEqual(['damaged-gzip@1']);
  });

  it('never throws for any JSON in its place', async () => {
    await fc.assert(
      fc.asyncProperty(fc.jsonValue(), fc.jsonValue(), async (logEvents, logGroup) => {
        const told = await read(
          JSON.stringify({
            messageType: 'DATA_MESSAGE',
            logGroup,
            logStream: logGroup,
            owner: logGroup,
            logEvents,
          }),
        );
        expect(told.outcome.status).toMatch(/^(read|partly|failed)$/);
      }),
    );
  });
});
