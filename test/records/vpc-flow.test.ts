import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { objectFacts } from '../../src/records/object-key.ts';
import { createFlowReader } from '../../src/records/vpc-flow.ts';
import { parseFlowFormat } from '../../src/records/vpc-flow-layout.ts';
import { chunked, collectingSink, readBytes } from './read-bytes.ts';

const V2 =
  'version account-id interface-id srcaddr dstaddr srcport dstport protocol packets bytes start end action log-status';
const LINE =
  '2 111122223333 eni-0aa11bb22cc33dd44 10.0.1.5 52.94.0.10 49152 80 6 12 3456 1793534400 1793534460 ACCEPT OK';
const KEY =
  'AWSLogs/444455556666/vpcflowlogs/eu-west-1/2026/11/01/444455556666_vpcflowlogs_eu-west-1_fl-0abc_20261101T1205Z_5d1c9a.log.gz';
const START = 1793534400_000;

const read = (lines: readonly string[], given = {}) =>
  readBytes(lines.map((line) => `${line}\n`).join(''), { key: KEY, ...given });
const fieldsOf = (line: string, over: Record<string, string>) =>
  line
    .split(' ')
    .map((value, column) => over[V2.split(' ')[column]!] ?? value)
    .join(' ');

/** `${version} ${vpc-id}`: the way a log format is given to AWS. */
const asAwsWritesIt = (...names: string[]) => names.map((name) => `\${${name}}`).join(' ');

describe('flow lines', () => {
  it('reads a default line', async () => {
    const { records, outcome } = await read([V2, LINE]);
    expect(outcome).toMatchObject({
      status: 'read',
      format: 'vpc-flow',
      records: 1,
      skipped: 0,
      unreadable: 0,
    });
    expect(records[0]).toMatchObject({
      kind: 'flow',
      version: 2,
      timeMs: START,
      startMs: START,
      endMs: START + 60_000,
      account: '111122223333',
      region: 'eu-west-1',
      locator: `${KEY}#2`,
      interfaceId: 'eni-0aa11bb22cc33dd44',
      source: '10.0.1.5',
      destination: '52.94.0.10',
      sourcePort: 49152,
      destinationPort: 80,
      protocol: 6,
      packets: 12,
      bytes: 3456,
      action: 'ACCEPT',
      direction: null,
      vpcId: null,
      tcpFlags: null,
      encryptionStatus: null,
    });
  });

  it('reads every field of versions 3 to 10 that detectors look at, in any order', async () => {
    const values: Record<string, string> = {
      'encryption-status': '1',
      'reject-reason': '-',
      'ecs-task-id': 'task1',
      'traffic-path': '7',
      'flow-direction': 'egress',
      'pkt-dst-aws-service': 'DYNAMODB',
      'pkt-src-aws-service': '-',
      'pkt-dstaddr': '2001:db8::9',
      'pkt-srcaddr': '2001:db8::1',
      'tcp-flags': '3',
      'instance-id': 'i-0abc',
      'subnet-id': 'subnet-0abc',
      'vpc-id': 'vpc-0abc',
      region: 'us-west-2',
      end: '1793534460',
      start: '1793534400',
      dstaddr: '2001:db8::9',
      srcaddr: '2001:db8::1',
      dstport: '443',
      srcport: '1025',
      protocol: '6',
      'interface-id': 'eni-1',
      'account-id': 'unknown',
      'log-status': 'OK',
      'some-later-field': 'x',
      action: 'REJECT',
      bytes: '123456789012',
      packets: '-',
    };
    const expected = {
      version: 10,
      account: '444455556666',
      region: 'us-west-2',
      encryptionStatus: 1,
      ecsTaskId: 'task1',
      trafficPath: 7,
      direction: 'egress',
      packetSourceService: null,
      packetDestinationService: 'DYNAMODB',
      packetSource: '2001:db8::1',
      packetDestination: '2001:db8::9',
      tcpFlags: 3,
      instanceId: 'i-0abc',
      subnetId: 'subnet-0abc',
      vpcId: 'vpc-0abc',
      source: '2001:db8::1',
      destination: '2001:db8::9',
      sourcePort: 1025,
      destinationPort: 443,
      action: 'REJECT',
      bytes: 123456789012,
      packets: 0,
    };
    await fc.assert(
      fc.asyncProperty(
        fc.shuffledSubarray(Object.keys(values), { minLength: 28 }),
        fc.boolean(),
        async (names, underscores) => {
          const header = names.join(' ');
          const lines = [
            underscores ? header.replaceAll('-', '_') : header,
            names.map((name) => values[name]).join(' '),
          ];
          const { records, unreadable } = await read(lines);
          expect(unreadable).toEqual([]);
          expect(records[0]).toMatchObject(expected);
        },
      ),
      { numRuns: 30 },
    );
  });

  it('gives equal records an equal identity whatever the format, and other ones another', async () => {
    const shuffled =
      'log-status action end start bytes packets protocol dstport srcport dstaddr srcaddr interface-id account-id version';
    const [a, b] = (await read([V2, LINE, shuffled, LINE.split(' ').reverse().join(' ')])).records;
    expect(b!.identity).toBe(a!.identity);
    expect(b!.eventId).toBe(a!.eventId);
    const changes: Record<string, string>[] = [
      { 'interface-id': 'eni-0aa11bb22cc33dd45' },
      { srcaddr: '10.0.1.6' },
      { dstaddr: '52.94.0.1' },
      { srcport: '49153' },
      { dstport: '443' },
      { protocol: '17' },
      { start: '1793534401' },
      { end: '1793534461' },
      { action: 'REJECT' },
      { srcaddr: '10.0.1.55', dstaddr: '2.94.0.10' },
    ];
    const others = (await read([V2, LINE, ...changes.map((change) => fieldsOf(LINE, change))])).records;
    expect(new Set(others.map((record) => record.identity)).size).toBe(changes.length + 1);
    expect(new Set(others.map((record) => record.eventId)).size).toBe(changes.length + 1);
    const counts = (
      await read([V2, LINE, fieldsOf(LINE, { packets: '99', bytes: '1', 'account-id': 'unknown' })])
    ).records;
    expect(counts[1]!.identity).toBe(counts[0]!.identity);
  });

  it.each([
    ['NODATA', `2 111122223333 eni-1 - - - - - - - 1793534400 1793534460 - NODATA`, 'nodata@2', ''],
    ['SKIPDATA', `2 111122223333 eni-1 - - - - - - - 1793534400 1793534460 - SKIPDATA`, 'skipdata@2', ''],
    ['a repeated header', V2, 'repeated-header@2', ''],
    ['a field too few', LINE.slice(0, -3), '', 'wrong-field-count@2'],
    ['a field too many', `${LINE} OK`, '', 'wrong-field-count@2'],
    ['two spaces', LINE.replace(' 80 ', '  80 '), '', 'wrong-field-count@2'],
    ['text for a number', fieldsOf(LINE, { dstport: 'http' }), '', 'bad-number@2'],
    ['a negative number', fieldsOf(LINE, { bytes: '-5' }), '', 'bad-number@2'],
    ['a number of 16 digits', fieldsOf(LINE, { bytes: '1234567890123456' }), '', 'bad-number@2'],
    ['an empty number', LINE.replace(' 80 6 ', ' 80  '), '', 'bad-number@2'],
    ['a port above 65535', fieldsOf(LINE, { srcport: '65536' }), '', 'bad-number@2'],
    ['a protocol above 255', fieldsOf(LINE, { protocol: '256' }), '', 'bad-number@2'],
    ['a time in nanoseconds', fieldsOf(LINE, { start: '179353440000000' }), '', 'bad-time@2'],
    ['a log status that AWS never writes', fieldsOf(LINE, { 'log-status': 'MAYBE' }), '', 'unknown-format@2'],
    ['a tab between fields', LINE.replace(' 80 ', '\t80 '), '', 'unknown-format@2'],
    ['a NUL in a field', LINE.replace('eni-0', 'eni\u00000'), '', 'unknown-format@2'],
    ['a line of 70 KB', fieldsOf(LINE, { 'interface-id': 'x'.repeat(70_000) }), '', 'too-long@2'],
  ])('%s costs itself, never its neighbours', async (_name, line, skipped, unreadable) => {
    const told = await read([V2, line, LINE]);
    expect(told.skipped).toEqual(skipped === '' ? [] : [skipped]);
    expect(told.unreadable).toEqual(unreadable === '' ? [] : [unreadable]);
    expect(told.records.map((record) => record.locator)).toEqual([`${KEY}#3`]);
    expect(told.outcome.status).toBe(unreadable === '' ? 'read' : 'partly');
  });

  it('reads lines without a header by the default fields or by --flow-format', async () => {
    expect((await read([LINE, LINE])).records.map((record) => record.locator)).toEqual([
      `${KEY}#1`,
      `${KEY}#2`,
    ]);
    const flowFields = parseFlowFormat(
      asAwsWritesIt('start', 'end', 'srcaddr', 'dstaddr', 'dstport', 'action'),
    );
    const { records } = await read(['1793534400 1793534460 10.0.0.1 10.0.0.2 8111 ACCEPT'], { flowFields });
    const underscores = flowFields.map((field) => field.replace('src', 'SRC').replaceAll('-', '_'));
    expect(
      (await read(['1793534400 1793534460 10.0.0.1 10.0.0.2 8111 ACCEPT'], { flowFields: underscores }))
        .records,
    ).toEqual(records);
    expect(records).toMatchObject([
      { timeMs: START, destinationPort: 8111, sourcePort: 0, protocol: -1, interfaceId: '' },
    ]);
  });

  it('takes an empty window by its address where the format has no log-status', async () => {
    const told = await read([
      'interface-id srcaddr dstaddr start end',
      'eni-1 - - 1793534400 1793534460',
      'eni-1 10.0.0.1 10.0.0.2 1793534400 1793534460',
    ]);
    expect(told.skipped).toEqual(['nodata@2']);
    expect(told.records).toHaveLength(1);
  });

  it('takes the delivery time where the format has no time', async () => {
    const { records } = await read(['interface-id srcaddr dstaddr dstport', 'eni-1 10.0.0.1 10.0.0.2 80']);
    expect(records).toMatchObject([{ timeMs: Date.UTC(2026, 10, 1, 12, 5) }]);
  });

  it.each([
    ['CRLF', `${V2}\r\n${LINE}\r\n${LINE}\r\n`],
    ['a byte order mark', `\ufeff${V2}\n${LINE}\n${LINE}\n`],
    ['no line feed at the end', `${V2}\n${LINE}\n${LINE}`],
    ['blank lines', `${V2}\n\n${LINE}\n\r\n${LINE}\n\n`],
  ])('reads text with %s', async (_name, text) => {
    const told = await readBytes(text, { key: KEY });
    expect(told.unreadable).toEqual([]);
    expect(told.records).toHaveLength(2);
    expect(told.records[0]).toMatchObject({ action: 'ACCEPT', source: '10.0.1.5' });
  });

  it.each([
    [
      'lines of a transit gateway that are neither of the default format nor have a header',
      '6 TransitGateway 111122223333 tgw-1 tgw-attach-1 - - - - - - - - - 10.0.0.1 10.0.0.2 80 80 6 1 2 1793534400 1793534460 OK',
    ],
    ['lines of an unknown format', 'a b c d e f'],
  ])('says that it cannot read %s', async (_name, line) => {
    const told = await read([line]);
    expect(told.outcome).toMatchObject({ status: 'failed', reason: 'unknown-format' });
    expect(told.outcome.hint).not.toBe('');
    expect(told.unreadable).toEqual(['unknown-format@1']);
  });

  it('reads no flow from the line that a cut goes through', async () => {
    const whole = gzipSync(
      `${V2}\n${Array.from({ length: 400 }, (_, i) => fieldsOf(LINE, { srcport: String(1024 + i * 7) })).join('\n')}\n`,
    );
    for (let cut = 60; cut < whole.length - 8; cut += 97) {
      const told = await readBytes(whole.subarray(0, cut), { key: KEY });
      expect(told.outcome.reason).toBe('truncated');
      expect(told.unreadable).toHaveLength(1);
      for (const record of told.records) expect(record).toMatchObject({ bytes: 3456, endMs: START + 60_000 });
    }
  });

  it('is told the same in chunks of any size', async () => {
    const text = Buffer.from(
      [V2, LINE, V2, 'x', fieldsOf(LINE, { 'log-status': 'NODATA' }), '', LINE, `${LINE}\r`, LINE].join('\n'),
    );
    const whole = await readBytes(text, { key: KEY });
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.integer({ min: 1, max: 90 }), { minLength: 1, maxLength: 6 }),
        async (sizes) => {
          const { sink, told } = collectingSink();
          const reader = createFlowReader(objectFacts(KEY, KEY, Number.NaN), sink, { flowFields: null });
          let left = Buffer.alloc(0);
          for await (const chunk of chunked(text, sizes)) {
            const bytes = Buffer.concat([left, chunk]);
            left = bytes.subarray(reader.push(bytes, bytes.length, false));
          }
          expect(reader.push(left, left.length, true)).toBe(left.length);
          expect(told).toEqual({
            records: whole.records,
            skipped: whole.skipped,
            unreadable: whole.unreadable,
          });
        },
      ),
      { numRuns: 60 },
    );
  });

  it('takes a carriage return alone on the last line for no line', async () => {
    const told = await readBytes(`${V2}\n\r`, { key: KEY });
    expect([told.records.length, told.skipped.length, told.unreadable.length]).toEqual([0, 0, 0]);
  });

  it('accounts for every line of any bytes without throwing', async () => {
    const line = fc.oneof(
      fc.constant(LINE),
      fc.constant(V2),
      fc.string({ unit: 'binary' }),
      fc.uint8Array({ maxLength: 60 }).map((bytes) => Buffer.from(bytes).toString('latin1')),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(line, { maxLength: 12 }), async (lines) => {
        const text = [V2, ...lines].join('\n');
        const told = await readBytes(text, { key: KEY });
        const rows = text.split('\n').filter((row) => row !== '' && row !== '\r');
        expect(told.records.length + told.skipped.length + told.unreadable.length).toBe(rows.length - 1);
      }),
      { numRuns: 150 },
    );
  });
});

describe('parseFlowFormat', () => {
  it.each([
    [asAwsWritesIt('version', 'vpc-id'), ['version', 'vpc-id']],
    ['version,account_id  PKT-SRCADDR', ['version', 'account-id', 'pkt-srcaddr']],
  ])('takes %s', (text, fields) => {
    expect(parseFlowFormat(text)).toEqual(fields);
  });

  it.each(['', '   ', 'version srcadr', asAwsWritesIt('tgw-idea')])(
    'refuses %j with a code and a hint',
    (text) => {
      expect(() => parseFlowFormat(text)).toThrow(
        expect.objectContaining({ code: 'bad-flow-format', where: '--flow-format' }),
      );
    },
  );
});
