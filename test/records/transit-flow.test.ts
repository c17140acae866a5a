import { describe, expect, it } from 'vitest';
import { flowParquet } from './flow-parquet.ts';
import { readBytes } from './read-bytes.ts';

const KEY =
  'AWSLogs/444455556666/vpcflowlogs/eu-west-1/2026/11/01/444455556666_vpcflowlogs_eu-west-1_fl-0abc_20261101T1205Z_5d1c9a.log.gz';
const NAMES = (
  'version resource-type account-id tgw-id tgw-attachment-id tgw-src-vpc-account-id tgw-dst-vpc-account-id tgw-src-vpc-id ' +
  'tgw-dst-vpc-id tgw-src-subnet-id tgw-dst-subnet-id tgw-src-eni tgw-dst-eni tgw-src-az-id tgw-dst-az-id ' +
  'tgw-pair-attachment-id srcaddr dstaddr srcport dstport protocol packets bytes start end log-status type ' +
  'packets-lost-no-route packets-lost-blackhole packets-lost-mtu-exceeded packets-lost-ttl-expired tcp-flags region ' +
  'flow-direction pkt-src-aws-service pkt-dst-aws-service'
).split(' ');
const VALUES: Readonly<Record<string, string>> = {
  version: '6',
  'resource-type': 'TransitGateway',
  'account-id': '444455556666',
  'tgw-id': 'tgw-0a1b2c3d4e5f60718',
  'tgw-attachment-id': 'tgw-attach-0a1b2c3d4e5f60718',
  'tgw-src-vpc-account-id': '111122223333',
  'tgw-src-vpc-id': 'vpc-0a1b2c3d4e5f60718',
  srcaddr: '10.1.0.5',
  dstaddr: '10.2.0.9',
  srcport: '49152',
  dstport: '8111',
  protocol: '6',
  packets: '12',
  bytes: '3456',
  start: '1793534400',
  end: '1793534460',
  'log-status': 'OK',
  type: 'IPv4',
  'packets-lost-no-route': '0',
  'packets-lost-blackhole': '0',
  'packets-lost-mtu-exceeded': '0',
  'packets-lost-ttl-expired': '0',
  'tcp-flags': '27',
  region: 'eu-west-1',
  'flow-direction': 'ingress',
};
const line = (over: Readonly<Record<string, string>> = {}): string =>
  NAMES.map((name) => over[name] ?? VALUES[name] ?? '-').join(' ');
const read = async (...lines: string[]) => readBytes(`${lines.join('\n')}\n`, { key: KEY });
const identityOf = async (text: string) => (await read(NAMES.join(' '), text)).records[0]!.identity;

describe('flow logs of transit gateways', () => {
  it('are read with a header, and in their default format without one', async () => {
    const withHeader = await read(NAMES.join(' '), line());
    const without = await read(line());
    expect(withHeader.outcome).toMatchObject({ status: 'read', format: 'vpc-flow', records: 1 });
    expect(without.records[0]).toMatchObject({ ...withHeader.records[0], locator: `${KEY}#1` });
    expect(without.records[0]).toMatchObject({
      version: 6,
      account: '444455556666',
      region: 'eu-west-1',
      interfaceId: '',
      vpcId: null,
      source: '10.1.0.5',
      destination: '10.2.0.9',
      action: 'ACCEPT',
      direction: 'ingress',
      tcpFlags: 27,
      transit: {
        gatewayId: 'tgw-0a1b2c3d4e5f60718',
        attachmentId: 'tgw-attach-0a1b2c3d4e5f60718',
        sourceAccount: '111122223333',
        destinationAccount: '',
        sourceVpc: 'vpc-0a1b2c3d4e5f60718',
        destinationVpc: '',
      },
    });
  });

  it('are read in Parquet, and in a log group', async () => {
    const text = await read(NAMES.join(' '), line());
    const parquet = await readBytes(flowParquet([NAMES.join(' '), line()]), { key: KEY });
    expect(parquet.records).toEqual([{ ...text.records[0], locator: `${KEY}#1` }]);
    const payload = {
      messageType: 'DATA_MESSAGE',
      owner: '444455556666',
      logGroup: 'tgw',
      logStream: 'a',
      subscriptionFilters: [],
      logEvents: [{ id: '1', timestamp: 1793534400000, message: line() }],
    };
    const group = await readBytes(JSON.stringify(payload));
    expect(group.records[0]).toMatchObject({ kind: 'flow', identity: text.records[0]!.identity });
  });

  it('stand in one application log with flows of VPCs', async () => {
    const vpc = '2 111122223333 eni-1 10.0.1.5 52.94.0.10 1 80 6 12 3456 1793534400 1793534460 ACCEPT OK';
    const messages = ['started', line(), vpc, line({ srcport: '7' })];
    const text = messages.map((message) => `2026-11-01T12:00:00.000Z ${message}`).join('\n');
    const { records } = await readBytes(`${text}\n`, { key: 'app.log' });
    expect(records.map(({ kind, transit, sourcePort }) => [kind, transit === null, sourcePort])).toEqual([
      ['line', false, undefined],
      ['flow', false, 49152],
      ['flow', true, 1],
      ['flow', false, 7],
    ]);
  });

  it('are other records at another attachment or in the other direction', async () => {
    const identities = await Promise.all(
      [{}, { 'tgw-attachment-id': 'tgw-attach-0b' }, { 'flow-direction': 'egress' }].map((over) =>
        identityOf(line(over)),
      ),
    );
    expect(new Set(identities).size).toBe(3);
  });

  it.each([
    [{ 'packets-lost-no-route': '12' }, 'REJECT'],
    [{ 'packets-lost-blackhole': '8', 'packets-lost-mtu-exceeded': '4' }, 'REJECT'],
    [{ 'packets-lost-ttl-expired': '2' }, 'ACCEPT'],
    [{ 'packets-lost-no-route': '-', packets: '0' }, 'ACCEPT'],
  ])('were let through unless all packets were lost: %j', async (over, action) => {
    expect((await read(NAMES.join(' '), line(over))).records[0]).toMatchObject({ action });
  });

  it('skip windows without data', async () => {
    expect((await read(line({ 'log-status': 'NODATA', srcaddr: '-', dstaddr: '-' }))).skipped).toEqual([
      'nodata@1',
    ]);
  });
});
