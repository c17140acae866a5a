import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createAwsRanges } from '../../src/lib/aws-ranges.ts';
import { AWS_RANGES_TABLE } from '../../src/lib/aws-ranges-table.ts';
import { SCENARIOS } from '../../src/simulate/attacks/index.ts';
import { type Attack, TRAFFIC_CLASSES, type Truth } from '../../src/simulate/truth.ts';
import {
  isDirect,
  type TrailRecord,
  trailRecords,
  type WrittenArchive,
  writeArchive,
} from './written-archive.ts';

let archive: WrittenArchive;
let truth: Truth;
let records: Map<string, TrailRecord & Record<string, unknown>>;
let byLocator: Map<string, TrailRecord & Record<string, unknown>>;

beforeAll(async () => {
  archive = await writeArchive({ seed: 'attacks', records: 30_000 });
  truth = JSON.parse(readFileSync(archive.truthFile, 'utf8')) as Truth;
  const delivered = trailRecords(archive);
  records = new Map(delivered.map(({ record }) => [record.eventID, record as never]));
  byLocator = new Map(delivered.map(({ key, ordinal, record }) => [`${key}#${ordinal}`, record as never]));
});
afterAll(() => archive.remove());

function attacksOf(rule: string): readonly Attack[] {
  return truth.attacks.filter((attack) => attack.rule === rule);
}
function flowsOf(attack: Attack): readonly string[] {
  return attack.locators.filter((locator) => locator.includes('/vpcflowlogs/'));
}
function lineAt(locator: string): string {
  const at = locator.lastIndexOf('#');
  return archive.text(locator.slice(0, at)).split('\n')[Number(locator.slice(at + 1)) - 1]!;
}

describe('truth.json', () => {
  test('is what simulate returned', () => {
    expect(truth).toEqual(JSON.parse(JSON.stringify(archive.truth)));
  });

  test('names several variants of an attack for every rule', () => {
    const rules = [...new Set(SCENARIOS.map(({ rule }) => rule))];
    expect(rules.length).toBeGreaterThan(30);
    expect([...new Set(truth.attacks.map((attack) => attack.rule))].sort()).toEqual([...rules].sort());
    for (const rule of rules)
      expect(new Set(attacksOf(rule).map((attack) => attack.variant)).size, rule).toBeGreaterThan(1);
    expect(new Set(truth.attacks.map((attack) => attack.id)).size).toBe(truth.attacks.length);
  });

  test('event ids lie in the archive, and locators lead to them, the second delivery too', () => {
    const locatorsOf = new Map<string, string[]>();
    for (const [locator, { eventID }] of byLocator) {
      locatorsOf.set(eventID, [...(locatorsOf.get(eventID) ?? []), locator]);
    }
    for (const attack of truth.attacks) {
      expect(attack.eventIds.length + attack.locators.length, attack.id).toBeGreaterThan(0);
      for (const id of attack.eventIds) expect(records.has(id), attack.id).toBe(true);
      for (const locator of attack.locators) {
        if (locator.includes('/CloudTrail/'))
          expect(attack.eventIds).toContain(byLocator.get(locator)!.eventID);
        else
          expect(lineAt(locator), attack.id).toMatch(
            /^(([2567]|10) |\d{4}-\d\d-\d\dT|[0-9a-f]{64} |https? |ws )/,
          );
      }
      const found = attack.eventIds.flatMap((id) => locatorsOf.get(id)!).sort();
      if (attack.eventIds.length > 0)
        expect(attack.locators.filter((locator) => locator.includes('/CloudTrail/'))).toEqual(found);
    }
  });

  test('holds no secret', () => {
    const text = readFileSync(archive.truthFile, 'utf8');
    expect(text).not.toMatch(
      /A[KS]IA[A-Z2-7]{16}|BEGIN|Signature=[0-9a-f]{16}|:\/\/[^\s"@]{0,80}:[^\s"@]{1,80}@/,
    );
  });

  test('benign records are none of the attacks', () => {
    const attacked = new Set(truth.attacks.flatMap((attack) => [...attack.eventIds, ...attack.locators]));
    const benign = truth.benign.flatMap((each) => [...each.eventIds, ...each.locators]);
    expect(benign.length).toBeGreaterThan(50);
    expect(benign.filter((proof) => attacked.has(proof))).toEqual([]);
  });
});

describe('what the rules promise to see, and no more', () => {
  test('TLS-01: three calls without full TLS in a window of 15 minutes, or one to port 80; below 2 % of the account', () => {
    const plain = new Map<string, number>();
    for (const attack of attacksOf('TLS-01')) {
      const calls = attack.eventIds.map((id) => records.get(id)!);
      for (const call of calls) {
        expect(isDirect(call)).toBe(true);
        expect(call.tlsDetails?.tlsVersion).toBeUndefined();
      }
      if (attack.variant !== 'port-80-host') expect(calls.length).toBeGreaterThanOrEqual(3);
      expect(new Set(calls.map((call) => Math.floor(Date.parse(call.eventTime) / 900_000))).size).toBe(1);
      plain.set(attack.account, (plain.get(attack.account) ?? 0) + calls.length);
    }
    for (const [account, count] of plain) {
      const all = [...records.values()].filter(
        (call) =>
          call.recipientAccountId === account &&
          call.eventSource === 'dynamodb.amazonaws.com' &&
          isDirect(call),
      );
      expect(count / all.length).toBeLessThan(0.02);
    }
  });

  test('TLS-06: DynamoDB addresses as published, payloads that hold a signed request', () => {
    const ranges = createAwsRanges(AWS_RANGES_TABLE);
    for (const attack of attacksOf('TLS-06')) {
      // A transit gateway's lines have other fields: test/records/transit-flow.test.ts
      if (attack.trafficClass === 'transit gateway') continue;
      const flows = flowsOf(attack).map((locator) => lineAt(locator).split(' '));
      const requests = flows.filter((flow) => flow[6] === '80');
      expect(requests.length).toBeGreaterThan(0);
      for (const flow of requests) {
        // pkt-dstaddr, where the format has it: a NAT gateway's interface is not the packets' destination
        const server = flow[20] ?? flow[4]!;
        if (attack.needsSetting !== null)
          expect(truth.dynamodbEndpoints.flatMap(({ addresses }) => addresses)).toContain(server);
        else if (server.includes(':')) expect(flow[26]).toBe('DYNAMODB');
        else expect(ranges.lookup(server)).toMatchObject({ service: 'DYNAMODB', region: attack.region });
        expect(flow[12]).toBe('ACCEPT');
        expect(Number(flow[9]) - 72 * Number(flow[8])).toBeGreaterThanOrEqual(
          attack.caller === null ? 300 : 435,
        );
      }
    }
  });

  test('TLS-06: the calls that made a flow are in its minutes, and in the trail unless data events are off', () => {
    const callers = attacksOf('TLS-06').filter((attack) => attack.caller !== null);
    expect(callers.length).toBeGreaterThan(10);
    for (const attack of callers) {
      const { name, session, dataEvents } = attack.caller!;
      const calls = [...records.values()].filter(
        ({ recipientAccountId, eventCategory, userIdentity }) =>
          recipientAccountId === attack.account &&
          eventCategory !== 'Management' &&
          (userIdentity as { arn?: string }).arn?.endsWith(
            session === '' ? `:user/${name}` : `:assumed-role/${name}/${session}`,
          ),
      );
      const plain = calls.filter(
        ({ tlsDetails, eventSource }) =>
          tlsDetails?.tlsVersion === undefined && eventSource === 'dynamodb.amazonaws.com',
      );
      expect(plain.length > 0, attack.id).toBe(dataEvents);
      const minutes = new Set(flowsOf(attack).map((locator) => Number(lineAt(locator).split(' ')[10]) / 60));
      for (const call of plain)
        expect(minutes, attack.id).toContain(Math.floor(Date.parse(call.eventTime) / 60_000));
    }
  });

  test('plain flows of every class of traffic', () => {
    const classes = new Set(attacksOf('TLS-06').map((attack) => attack.trafficClass));
    expect([...classes].sort()).toEqual([...TRAFFIC_CLASSES].sort());
  });

  test('REP-03: one request twice within five minutes, by one key, from two networks', () => {
    for (const attack of attacksOf('REP-03')) {
      const [first, second] = attack.eventIds.map((id) => records.get(id)!) as [
        typeof byLocator extends Map<string, infer R> ? R : never,
        never,
      ];
      const again = second as typeof first;
      expect(again.requestParameters).toEqual(first.requestParameters);
      expect(again.eventName).toBe(first.eventName);
      expect(again.userIdentity.accessKeyId).toBe(first.userIdentity.accessKeyId);
      expect(again.sourceIPAddress.replace(/\.\d+$/, '')).not.toBe(
        first.sourceIPAddress.replace(/\.\d+$/, ''),
      );
      const seconds = (Date.parse(again.eventTime) - Date.parse(first.eventTime)) / 1000;
      expect(seconds).toBeGreaterThan(0);
      expect(seconds).toBeLessThanOrEqual(300);
    }
  });

  test('ANO-05: twenty refusals over eight actions in one window of ten minutes', () => {
    for (const attack of attacksOf('ANO-05')) {
      const calls = attack.eventIds.map((id) => records.get(id)!);
      expect(calls.length).toBeGreaterThanOrEqual(20);
      expect(new Set(calls.map((call) => call.eventName)).size).toBeGreaterThanOrEqual(8);
      expect(new Set(calls.map((call) => Math.floor(Date.parse(call.eventTime) / 600_000))).size).toBe(1);
      for (const call of calls) expect(call.errorCode).toMatch(/AccessDenied|UnauthorizedOperation/);
    }
  });

  test('REP-01: one signature in each pair of lines', () => {
    for (const attack of attacksOf('REP-01')) {
      const signatures = attack.locators.map(
        (locator) => /Signature=([0-9a-f]{64})/.exec(lineAt(locator))?.[1],
      );
      expect(signatures.length).toBeGreaterThan(1);
      expect(new Set(signatures).size, attack.id).toBe(1);
    }
  });

  test('no planted signature stands anywhere else', () => {
    const count = new Map<string, number>();
    for (const key of archive.keys.filter((each) => /^exports\/.*\.gz$/.test(each))) {
      for (const [, signature] of archive.text(key).matchAll(/Signature=([0-9a-f]{64})/g))
        count.set(signature!, (count.get(signature!) ?? 0) + 1);
    }
    const repeated = [...count].filter(([, times]) => times > 1).length;
    // REP-01's, one signature of two proxies, and one URL that two people read.
    expect(repeated).toBe(attacksOf('REP-01').length + 2);
  });
});

describe('options that change the attacks', () => {
  test('only the scenarios asked for are planted, by rule or family', async () => {
    const written = await writeArchive({
      seed: 'some',
      records: 2000,
      days: 1,
      scenarios: ['TLS-06', 'ANO'],
    });
    written.remove();
    expect([...new Set(written.truth.attacks.map((attack) => attack.rule))].sort()).toEqual([
      'ANO-05',
      'ANO-08',
      'TLS-06',
    ]);
  });

  test('a disguise covers every call of an attacker, and no victim', async () => {
    const agent = 'Mozilla/5.0';
    const written = await writeArchive({
      seed: 'disguise',
      records: 12_000,
      days: 1,
      onlyKinds: ['cloudtrail'],
      attackUserAgent: agent,
    });
    const agents = new Map(trailRecords(written).map(({ record }) => [record.eventID, record.userAgent]));
    written.remove();
    for (const attack of written.truth.attacks) {
      const disguised = attack.eventIds.filter((id) => agents.get(id) === agent);
      // Of a repeated request the first is the victim's own.
      expect(disguised.length, attack.id).toBe(attack.eventIds.length - (attack.rule === 'REP-03' ? 1 : 0));
    }
    expect([...agents.values()].filter((each) => each === agent).length).toBeLessThan(600);
  });

  test('a large archive has an account whose busiest principal speaks plain HTTP', async () => {
    const written = await writeArchive({
      seed: 'majority',
      records: 50_000,
      days: 1,
      onlyKinds: ['cloudtrail'],
      scenarios: ['TLS-01'],
    });
    const attack = written.truth.attacks.find((each) => each.variant === 'plain-majority')!;
    const all = new Map(trailRecords(written).map(({ record }) => [record.eventID, record]));
    written.remove();
    const calls = [...all.values()].filter(
      (record) =>
        record.recipientAccountId === attack.account && record.eventSource === 'dynamodb.amazonaws.com',
    );
    expect(attack.eventIds.length / calls.length).toBeCloseTo(0.6, 1);
  });
});
