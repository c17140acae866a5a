import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Logging } from '../../src/simulate/actors.ts';
import { isDirect, trailKeys, trailRecords, type WrittenArchive, writeArchive } from './written-archive.ts';

let archive: WrittenArchive;
beforeAll(async () => {
  archive = await writeArchive({ seed: 'archive', records: 24_000, scenarios: [] });
});
afterAll(() => archive.remove());

describe('one seed, one archive', () => {
  const digest = (written: WrittenArchive) => {
    const hash = createHash('sha256');
    for (const key of written.keys) hash.update(key).update(written.bytes(key));
    return hash.update(JSON.stringify(written.truth)).digest('hex');
  };

  test('the same seed gives the same bytes, truth included; another seed gives others', async () => {
    const options = { records: 3000, days: 1, accounts: 2 };
    const written = [];
    for (const seed of ['one', 'one', 'two']) written.push(await writeArchive({ ...options, seed }));
    const [first, again, other] = written.map(digest);
    for (const each of written) each.remove();
    expect(again).toBe(first);
    expect(other).not.toBe(first);
  });

  test('a number and its text are the same seed', async () => {
    const written = [];
    for (const seed of [7, '7'])
      written.push(await writeArchive({ seed, records: 1000, days: 1, onlyKinds: ['logs'] }));
    const [first, again] = written.map(digest);
    for (const each of written) each.remove();
    expect(again).toBe(first);
  });
});

describe('keys, as AWS writes them', () => {
  test('every object lies where its service puts it', () => {
    const forms = [
      /^AWSLogs\/(\d{12})\/CloudTrail\/([a-z0-9-]+)\/\d{4}\/\d\d\/\d\d\/\1_CloudTrail_\2_\d{8}T\d{4}Z_[A-Za-z0-9]{16}\.json\.gz$/,
      /^AWSLogs\/(\d{12})\/CloudTrail-Digest\/([a-z0-9-]+)\/\d{4}\/\d\d\/\d\d\/\1_CloudTrail-Digest_\2_[\w-]+_\2_\d{8}T\d{6}Z\.json\.gz$/,
      /^AWSLogs\/(\d{12})\/CloudTrail-Insight\/([a-z0-9-]+)\/\d{4}\/\d\d\/\d\d\/\1_CloudTrail-Insight_\2_\d{8}T\d{4}Z_[A-Za-z0-9]{16}\.json\.gz$/,
      /^AWSLogs\/(\d{12})\/vpcflowlogs\/([a-z0-9-]+)\/\d{4}\/\d\d\/\d\d\/\1_vpcflowlogs_\2_fl-[0-9a-f]{17}_\d{8}T\d{4}Z_[0-9a-f]{8}\.log\.gz$/,
      /^exports\/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\/[^/]+\/\d{6}\.gz$/,
      /^exports\/aws-logs-write-test$/,
      /^access\/(\d{12})\/[a-z0-9-]+\/[^/]+\/(\d{4})\/(\d\d)\/(\d\d)\/\2-\3-\4-00-00-00-[0-9A-F]{16}$/,
      /^access\/[^/]+\/\d{4}(-\d\d){5}-[0-9A-F]{16}$/,
      /^AWSLogs\/(\d{12})\/elasticloadbalancing\/([a-z0-9-]+)\/\d{4}\/\d\d\/\d\d\/\1_elasticloadbalancing_\2_app\.[a-z0-9.-]+_\d{8}T\d{4}Z_[\d.]+_[0-9a-f]{8}\.log\.gz$/,
    ];
    for (const key of archive.keys)
      expect(
        forms.filter((form) => form.test(key)),
        key,
      ).toHaveLength(1);
    for (const form of forms)
      expect(
        archive.keys.some((key) => form.test(key)),
        String(form),
      ).toBe(true);
  });

  test('the date in the folder is the date of the stamp', () => {
    for (const key of trailKeys(archive)) {
      const [, year, month, day] = /\/(\d{4})\/(\d\d)\/(\d\d)\//.exec(key)!;
      expect(key).toContain(`_${year}${month}${day}T`);
    }
  });
});

describe('CloudTrail, as it is delivered', () => {
  test('about 53 records an object, none far above', () => {
    const sizes = trailKeys(archive).map(
      (key) => (JSON.parse(archive.text(key)) as { Records: unknown[] }).Records.length,
    );
    const mean = sizes.reduce((sum, size) => sum + size, 0) / sizes.length;
    expect(mean).toBeGreaterThan(40);
    expect(mean).toBeLessThan(60);
    expect(Math.max(...sizes)).toBeLessThanOrEqual(66);
  });

  test('3 s to 10 min late, half above 200 s or so; a few in a thousand hours late, none a day', () => {
    const latenesses = firstDeliveries()
      .map(({ stampMs, record }) => (stampMs - Date.parse(record.eventTime)) / 1000)
      .sort((a, b) => a - b);
    const at = (share: number) => latenesses[Math.floor(share * latenesses.length)]!;
    expect(latenesses[0]).toBeGreaterThanOrEqual(3);
    expect(at(0.5)).toBeGreaterThan(150);
    expect(at(0.5)).toBeLessThan(270);
    expect(at(0.95)).toBeLessThan(500);
    expect(at(0.99)).toBeLessThanOrEqual(600);
    expect(latenesses.at(-1)).toBeGreaterThan(3600);
    // Most of the late ones come within six hours.
    const late = latenesses.filter((seconds) => seconds > 3600);
    expect(late.length / latenesses.length).toBeGreaterThan(0.002);
    expect(late.length / latenesses.length).toBeLessThan(0.008);
    expect(late.filter((seconds) => seconds < 7 * 3600).length / late.length).toBeGreaterThan(0.6);
    expect(latenesses.at(-1)).toBeLessThan(24 * 3600);
  });

  test('out of order inside an object', () => {
    const records = trailRecords(archive);
    let inversions = 0;
    for (let i = 1; i < records.length; i++) {
      if (
        records[i]!.key === records[i - 1]!.key &&
        records[i]!.record.eventTime < records[i - 1]!.record.eventTime
      )
        inversions++;
    }
    expect(inversions / records.length).toBeGreaterThan(0.15);
  });

  test('about five per cent come twice: byte for byte, in another object', () => {
    const seen = new Map<string, { key: string; json: string }>();
    let twice = 0;
    for (const { key, json, record } of trailRecords(archive)) {
      const before = seen.get(record.eventID);
      if (before === undefined) {
        seen.set(record.eventID, { key, json });
        continue;
      }
      twice++;
      expect(json).toBe(before.json);
      expect(key).not.toBe(before.key);
    }
    expect(twice).toBe(archive.truth.counts.duplicateCalls);
    expect(seen.size).toBe(archive.truth.counts.calls);
    expect(twice / seen.size).toBeGreaterThan(0.04);
    expect(twice / seen.size).toBeLessThan(0.06);
  });

  test('tlsDetails stand where real logs have them', () => {
    const complete = accountsOf('complete');
    const records = firstDeliveries()
      .map(({ record }) => record)
      .filter((record) => complete.has(record.recipientAccountId));
    const direct = records.filter(isDirect);
    const without = direct.filter((record) => record.tlsDetails?.tlsVersion === undefined);
    expect(direct.length / records.length).toBeGreaterThan(0.7);
    // 99.86 % in real logs of 2023; the rest are services that report none.
    expect(without.length / direct.length).toBeLessThan(0.004);
    for (const record of without) expect(record.eventSource).not.toMatch(/^(dynamodb|dax|streams)/);
    const others = records.filter((record) => !isDirect(record) && record.eventType === 'AwsApiCall');
    expect(others.filter((record) => record.tlsDetails !== undefined).length / others.length).toBeLessThan(
      0.05,
    );
    expect(others.some((record) => record.eventSource === 'dynamodb.amazonaws.com')).toBe(true);
  });

  test('the tempting shapes are there', () => {
    const records = firstDeliveries().map(({ record }) => record);
    const has = (what: string, test: (record: (typeof records)[number]) => boolean) =>
      expect(records.some(test), what).toBe(true);
    has('console session', (record) => record.sessionCredentialFromConsole === 'true');
    has('AWS Internal', (record) => record.sourceIPAddress.startsWith('AWS Internal'));
    has(
      'service event without a type',
      (record) => record.eventType === 'AwsServiceEvent' && record.userIdentity.type === undefined,
    );
    has(
      'old version without eventCategory',
      (record) => record.eventVersion === '1.05' && record.eventCategory === undefined,
    );
    has('version 1.11', (record) => record.eventVersion === '1.11');
    has(
      'issued session token',
      (record) => (record.responseElements?.credentials?.sessionToken?.length ?? 0) > 300,
    );
    has(
      'private address through an endpoint',
      (record) => 'vpcEndpointId' in record && record.sourceIPAddress.startsWith('10.'),
    );
    const shared = records.filter((record) => record.sharedEventID !== undefined);
    const accounts = new Map<string, Set<string>>();
    for (const { sharedEventID, recipientAccountId } of shared)
      accounts.set(sharedEventID!, (accounts.get(sharedEventID!) ?? new Set()).add(recipientAccountId));
    expect([...accounts.values()].some((both) => both.size === 2)).toBe(true);
  });

  test('and where they are missing, the account is said to be poorly logged', () => {
    const records = firstDeliveries().map(({ record }) => record);
    const of = (kind: Logging['kind']) => {
      const accounts = accountsOf(kind);
      const direct = records.filter((record) => accounts.has(record.recipientAccountId) && isDirect(record));
      expect(direct.length, kind).toBeGreaterThan(20);
      return direct;
    };
    expect(of('old-versions').every(({ eventVersion }) => /^1\.0[567]$/.test(eventVersion))).toBe(true);
    expect(of('without-field').every(({ eventVersion }) => eventVersion === '1.08')).toBe(true);
    for (const kind of ['old-versions', 'without-field'] as const)
      expect(of(kind).some(({ tlsDetails }) => tlsDetails !== undefined)).toBe(false);
    expect(of('no-data-events').some(({ eventCategory }) => eventCategory === 'Data')).toBe(false);
    const dropped = of('dropped')
      .filter(({ eventSource }) => eventSource === 'dynamodb.amazonaws.com')
      .sort((x, y) => (x.eventTime < y.eventTime ? -1 : 1))
      .map(({ tlsDetails }) => tlsDetails !== undefined);
    expect(dropped.lastIndexOf(true)).toBe(dropped.indexOf(false) - 1);
    expect(dropped.indexOf(false)).toBeGreaterThan(10);
  });

  function accountsOf(kind: Logging['kind']): ReadonlySet<string> {
    const { accounts } = archive.truth;
    return new Set(accounts.filter(({ logging }) => logging === kind).map(({ account }) => account));
  }

  function firstDeliveries() {
    const first = new Map<string, ReturnType<typeof trailRecords>[number]>();
    for (const delivered of trailRecords(archive)) {
      const known = first.get(delivered.record.eventID);
      if (known === undefined || delivered.stampMs < known.stampMs)
        first.set(delivered.record.eventID, delivered);
    }
    return [...first.values()];
  }
});

describe('flow logs', () => {
  test('every line has as many fields as its header, in v2, v5 and v7', () => {
    const widths = new Set<number>();
    for (const key of archive.keys.filter((each) => each.includes('/vpcflowlogs/'))) {
      const [header = '', ...lines] = archive.text(key).trimEnd().split('\n');
      const fields = header.split(' ');
      expect(fields.slice(0, 3)).toEqual(['version', 'account-id', 'interface-id']);
      widths.add(fields.length);
      for (const line of lines) expect(line.split(' '), key).toHaveLength(fields.length);
    }
    expect([...widths].sort((a, b) => a - b)).toEqual([14, 29, 32]);
  });

  test('windows end in the five minutes that the file is for', () => {
    for (const key of archive.keys.filter((each) => each.includes('/vpcflowlogs/')).slice(0, 40)) {
      const [, y, mo, d, h, mi] = /_(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)Z_/.exec(key)!.map(Number) as number[];
      const stamp = Date.UTC(y!, mo! - 1, d!, h!, mi!) / 1000;
      for (const line of archive.text(key).trimEnd().split('\n').slice(1)) {
        const end = Number(line.split(' ')[11]);
        expect(end).toBeLessThan(stamp);
        expect(end).toBeGreaterThanOrEqual(stamp - 300);
      }
    }
  });
});

describe('application logs', () => {
  test('each message begins with its time; only what belongs to one has none', () => {
    let messages = 0;
    for (const key of archive.keys.filter((each) => /^exports\/.*\.gz$/.test(each))) {
      const lines = archive.text(key).trimEnd().split('\n');
      expect(lines[0]).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z /);
      messages += lines.filter((line) => /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z /.test(line)).length;
    }
    expect(messages).toBe(archive.truth.counts.messages);
  });
});

describe('options', () => {
  test.each([
    ['records', { records: 0 }],
    ['days', { days: 1.5 }],
    ['start', { start: 'yesterday' }],
    ['regions', { regions: ['mars-north-1'] }],
    ['scenarios', { scenarios: ['TLS-99'] }],
  ])('a wrong value of %s is named', async (name, wrong) => {
    await expect(writeArchive({ seed: 1, ...wrong })).rejects.toMatchObject({
      code: 'E_SIMULATE_OPTION',
      where: name,
    });
  });

  test('about as many records as asked for, in the kinds and days asked for', async () => {
    const written = await writeArchive({
      seed: 'kinds',
      records: 5000,
      days: 2,
      onlyKinds: ['cloudtrail'],
      scenarios: [],
      regions: ['eu-central-1'],
    });
    const { counts } = written.truth;
    const days = new Set(trailRecords(written).map(({ record }) => record.eventTime.slice(0, 10)));
    written.remove();
    expect(counts.calls).toBeGreaterThan(4000);
    expect(counts.calls).toBeLessThan(6500);
    expect([counts.flows, counts.messages]).toEqual([0, 0]);
    expect([...days].sort()).toEqual(['2026-10-05', '2026-10-06']);
    expect(written.keys.every((key) => key.includes('/eu-central-1/'))).toBe(true);
  });
});
