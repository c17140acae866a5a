import { beforeEach, describe, expect, it } from 'vitest';
import type { NoticeSettings } from '../../src/alerts/notice.ts';
import type { LiveContext } from '../../src/live/context.ts';
import { listFindings, type StoredFinding } from '../../src/live/findings-store.ts';
import { tellFindings, tellOutbox } from '../../src/live/tell-findings.ts';
import { trailRecord } from '../records/trail-records.ts';
import { crossAccountArchive } from './cross-account.ts';
import {
  closeAll,
  invoke,
  invokeEarly,
  sourceOfRecords,
  standingFindings,
  testClock,
  testContext,
} from './live-run.ts';

const STAMP_MS = Date.parse('2026-10-05T11:05:00Z');

let clock: ReturnType<typeof testClock>;
let context: LiveContext;
beforeEach(() => {
  clock = testClock(STAMP_MS);
  context = testContext({ clock });
});

function stopped(number: number, over: object = {}): Record<string, unknown> {
  return trailRecord({
    eventID: `00000000-0000-4000-8000-${String(number).padStart(12, '0')}`,
    eventTime: '2026-10-05T11:00:00Z',
    eventSource: 'cloudtrail.amazonaws.com',
    eventName: 'StopLogging',
    readOnly: false,
    requestParameters: { name: 'main' },
    ...over,
  });
}
const batch = (name: string, ...records: Record<string, unknown>[]) =>
  sourceOfRecords({ name, deliveredMs: STAMP_MS, records });

async function stored(): Promise<StoredFinding[]> {
  const all: StoredFinding[] = [];
  for await (const finding of listFindings(context.items)) all.push(finding);
  return all;
}

describe('a call that comes early', () => {
  it('is a finding at once, whose batch only makes it sure', async () => {
    expect((await invokeEarly(context, stopped(1))).size).toBe(1);
    const [early] = await standingFindings(context);
    expect(early).toMatchObject({ status: 'provisional', revision: 0, count: 1 });
    await invoke(context, [batch('a.json', stopped(1))]);
    expect((await stored())[0]).toMatchObject({ early: [], told: { id: early?.id, count: 1 } });
    clock.advance(40 * 86_400_000);
    await closeAll(context);
    expect(await standingFindings(context)).toMatchObject([{ id: early?.id, status: 'final', count: 1 }]);
  });

  it('adds nothing where its batch was first', async () => {
    await invoke(context, [batch('a.json', stopped(1, { errorCode: 'AccessDenied' }))]);
    const before = await stored();
    // Its own copy is worse: as if EventBridge told another story of the same call.
    expect((await invokeEarly(context, stopped(1))).size).toBe(0);
    expect(await stored()).toEqual(before);
  });

  it('leaves nothing behind where its batch comes while it is judged', async () => {
    let races = true;
    const raced = testContext({
      clock,
      state: {
        ...context.state,
        async write(key, body, version, expiry) {
          if (races && key.partition.startsWith('finding|')) {
            races = false;
            await invoke(context, [batch('a.json', stopped(1, { errorCode: 'AccessDenied' }))]);
          }
          return context.state.write(key, body, version, expiry);
        },
      },
    });
    await invokeEarly(raced, stopped(1));
    expect(races).toBe(false);
    expect(await stored()).toMatchObject([{ early: [], told: { severity: 'LOW', count: 1 } }]);
  });

  it('counts together with what batches brought, without joining it', async () => {
    await invoke(context, [batch('a.json', stopped(1, { errorCode: 'AccessDenied' }))]);
    await invokeEarly(context, stopped(2));
    // Worse than the attempt that the archive has: told at once, with both calls.
    expect(await standingFindings(context)).toMatchObject([{ severity: 'HIGH', count: 2 }]);
    await invoke(context, [batch('b.json', stopped(3, { errorCode: 'AccessDenied' }))]);
    await invoke(context, [batch('c.json', stopped(2))]);
    expect(await standingFindings(context)).toMatchObject([{ severity: 'HIGH', count: 3 }]);
    expect((await stored())[0]?.early).toEqual([]);
  });

  it('stands where no batch ever brings it, and is taken back where its batch comes too late for its window', async () => {
    await invokeEarly(context, stopped(1));
    await invokeEarly(context, stopped(2, { requestParameters: { name: 'other' } }));
    const late = sourceOfRecords({
      name: 'late.json',
      deliveredMs: STAMP_MS + 5 * 86_400_000,
      records: [stopped(2, { requestParameters: { name: 'other' } })],
    });
    await invoke(context, [late, batch('a.json', stopped(3, { requestParameters: { name: 'third' } }))]);
    clock.advance(40 * 86_400_000);
    await closeAll(context);
    expect(
      (await standingFindings(context)).map(({ entity, status }) => `${entity} ${status}`).sort(),
    ).toEqual(['trail main provisional', 'trail third final']);
  });
});

describe('an invocation that is killed before it tells anybody', () => {
  const SETTINGS: NoticeSettings = { alertFrom: 'MEDIUM', digestFrom: 'INFO', suppressedBy: () => null };
  let sent: string[];
  beforeEach(() => {
    sent = [];
  });
  const tell = (live: LiveContext, ids: Iterable<string>) =>
    tellFindings(
      live,
      {
        settings: SETTINGS,
        remainingMs: () => 60_000,
        onFailure: () => {},
        send: async ({ entity, revision }, { why }) => void sent.push(`${entity} ${revision} ${why}`),
      },
      ids,
    );
  /** Of a process that dies with its first write about telling. */
  const dying = (): LiveContext =>
    testContext({
      clock,
      state: {
        ...context.state,
        async write(key, body, version, expiry) {
          if (/^(outbox|told)/.test(key.partition)) throw new Error('killed');
          return context.state.write(key, body, version, expiry);
        },
      },
    });
  const nothingDue = async (): Promise<boolean> => {
    const before = sent.length;
    await tellOutbox(context, {
      settings: SETTINGS,
      remainingMs: () => 60_000,
      onFailure: () => {},
      send: async () => void sent.push('from the outbox'),
    });
    return sent.length === before;
  };

  it('is invoked again, and the alert is sent then: once, however often the call comes after that', async () => {
    const killed = dying();
    await expect(invokeEarly(killed, stopped(1)).then((ids) => tell(killed, ids))).rejects.toThrow('killed');
    expect([await standingFindings(context), sent]).toMatchObject([[{ severity: 'HIGH' }], []]);
    for (let time = 0; time < 3; time++) await tell(context, await invokeEarly(context, stopped(1)));
    expect(sent).toEqual(['trail main 0 first']);
    await tell(context, (await invoke(context, [batch('a.json', stopped(1))])).touched);
    await tell(context, await invokeEarly(context, stopped(1)));
    expect(sent).toEqual(['trail main 0 first']);
    expect(await nothingDue()).toBe(true);
  });

  it('has a copy of a call of another account told by the next one', async () => {
    const [copy] = crossAccountArchive().slice(2);
    const source = sourceOfRecords(copy!);
    const killed = dying();
    const first = invoke(killed, [source]).then(({ touched }) => tell(killed, touched));
    await expect(first).rejects.toThrow('killed');
    for (let time = 0; time < 3; time++) await tell(context, (await invoke(context, [source])).touched);
    expect(sent.sort()).toEqual(['trail shared-2 0 first', 'trail shared-3 0 first']);
    expect(await nothingDue()).toBe(true);
  });

  it('takes back what it left of a call whose batch has come meanwhile', async () => {
    const attempt = stopped(1, { errorCode: 'AccessDenied' });
    let [comes, isDead] = [true, false];
    const killed = testContext({
      clock,
      state: {
        ...context.state,
        async read(keys) {
          if (isDead) throw new Error('killed');
          return context.state.read(keys);
        },
        async write(key, body, version, expiry) {
          const isFinding = key.partition.startsWith('finding|');
          if (isFinding && comes) {
            comes = false;
            await invoke(context, [batch('a.json', attempt)]);
          }
          const isWritten = await context.state.write(key, body, version, expiry);
          isDead = isFinding && isWritten;
          return isWritten;
        },
      },
    });
    await expect(invokeEarly(killed, stopped(1))).rejects.toThrow('killed');
    expect((await stored())[0]?.early).toHaveLength(1);
    const touched = await invokeEarly(context, stopped(1));
    expect(touched.size).toBe(1);
    expect((await stored())[0]?.early).toEqual([]);
  });
});
