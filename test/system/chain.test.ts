// The monitor as it is deployed, from the object in the bucket to the finding in the table, the e-mail and the message in Slack. Driven by SDK
// clients only; the functions are the packaged ones, each in a process of its own.

import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Finding } from '../../src/findings/finding.ts';
import {
  type ArchiveOnDisk,
  replayFolders,
  sameRun,
  shuffler,
  simulatedArchive,
  temporaryFolder,
} from '../acceptance/simulated-archive.ts';
import { emptyTrailObject, MAIL, type Monitor, startMonitor } from './monitor.ts';

let folder: string;
let archive: ArchiveOnDisk;
let monitor: Monitor;
let expected: readonly Finding[];

beforeAll(async () => {
  folder = temporaryFolder();
  // Of few records, and of each family attacks that lie in few objects: each object is read by a process, and there are two cores.
  archive = await simulatedArchive(folder, {
    seed: 'chain',
    records: 100,
    days: 1,
    accounts: 1,
    principals: 8,
    regions: ['us-east-1'],
    scenarios: ['ANO', 'POL-10', 'REP-01', 'SEC-05', 'TLS-09'],
  });
  monitor = await startMonitor();
  // As it was deployed: nobody told it of the archive's interface endpoints.
  const settings = { ...archive.settings, ownResources: monitor.ownResources, dynamodbEndpoints: [] };
  ({ findings: expected } = await replayFolders([archive.dir], settings, {
    fingerprintKey: monitor.fingerprintKey,
  }));
}, 60_000);

afterAll(async () => {
  await monitor?.close();
  rmSync(folder, { recursive: true, force: true });
});

describe('the deployed monitor', () => {
  it('finds what a replay finds, object by object, in no order, some of them twice', async () => {
    monitor.slack.throttle(1, 1);
    const order = shuffler(7);
    const twice = order(archive.keys).slice(0, archive.keys.length / 5);
    for (const key of order([...archive.keys, ...twice]))
      await monitor.put(key, readFileSync(join(archive.dir, key)));
    await monitor.aws.settle();
    // Stamps of today close every window of the archive.
    const { key, body } = emptyTrailObject(Date.now());
    await monitor.put(key, body);
    await monitor.aws.settle();
    await monitor.closeWindows();
    expect(monitor.aws.invocations.filter(({ failed }) => failed)).toEqual([]);
    expect(sameRun(await monitor.findings())).toEqual(sameRun(expected));
    expect(new Set(expected.map(({ rule }) => rule.family)).size).toBe(5);
  }, 60_000);

  it('tells the topic and the mailbox of each finding from MEDIUM on, and writes the finding as it is', async () => {
    const told = (await monitor.alerts()).map(({ message, attributes }) => ({
      ...(message as Finding),
      attributes,
    }));
    const due = (await monitor.findings()).filter(({ severity }) =>
      ['CRITICAL', 'HIGH', 'MEDIUM'].includes(severity),
    );
    expect(due.length).toBeGreaterThan(10);
    const ids = new Set(told.map(({ id }) => id));
    expect(due.filter(({ id }) => !ids.has(id))).toEqual([]);
    for (const { severity, rule, account, attributes } of told) {
      // Lines of an export name no account, and an attribute has a value.
      expect(attributes).toMatchObject({
        severity,
        rule: rule.id,
        family: rule.family,
        account: account || 'unknown',
      });
    }
    expect(monitor.aws.mails).toHaveLength(told.length);
    expect(new Set(monitor.aws.mails.map(({ to }) => to))).toEqual(new Set([MAIL]));
  });

  it('tells Slack of what is CRITICAL, again where Slack was busy', async () => {
    const { posts, requests } = monitor.slack;
    const critical = (await monitor.findings()).filter(({ severity }) => severity === 'CRITICAL');
    expect(critical.length).toBeGreaterThan(0);
    expect(posts.length).toBeGreaterThan(0);
    expect(posts.every(({ message }) => message.text !== undefined && message.text !== '')).toBe(true);
    expect(requests.map(({ status }) => status).filter((status) => status !== 200)).toEqual([429]);
  });

  it('sets nothing aside', async () => {
    expect(await monitor.deadLetters()).toEqual([]);
  });
});
