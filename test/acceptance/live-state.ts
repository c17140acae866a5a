// The state that the live engine leaves of an archive: what is written there stays in somebody's table for months.

import type { Finding } from '../../src/findings/finding.ts';
import type { LiveContext } from '../../src/live/context.ts';
import type { BatchSource } from '../../src/live/read-batch.ts';
import { tellFindings } from '../../src/live/tell-findings.ts';
import { createLiveMemoryState } from '../../src/state/live-memory-state.ts';
import type { LiveState } from '../../src/state/live-state.ts';
import { invoke, invokeEarly, testContext } from '../live/live-run.ts';

export interface Recording {
  /** Bodies that are there, by partition and sort key: packed, with their headers. */
  readonly kept: ReadonlyMap<string, Uint8Array>;
  /** Every body that was ever written. */
  readonly bodies: readonly Uint8Array[];
  /** Every content that was ever written, before it was packed, with the name of its item. */
  readonly contents: (readonly [name: string, content: Uint8Array])[];
}

/** A context over a memory state, of which all that is written is recorded. */
export function recordingContext(over: Parameters<typeof testContext>[0] = {}): {
  readonly context: LiveContext;
  readonly recording: Recording;
} {
  const kept = new Map<string, Uint8Array>();
  const bodies: Uint8Array[] = [];
  const contents: (readonly [string, Uint8Array])[] = [];
  const inner = createLiveMemoryState();
  const state: LiveState = {
    ...inner,
    async write(key, body, expectedVersion, expiresAtMs) {
      const done = await inner.write(key, body, expectedVersion, expiresAtMs);
      bodies.push(body);
      if (done) kept.set(`${key.partition} / ${key.sort}`, body);
      return done;
    },
    async remove(key, expectedVersion) {
      const done = await inner.remove(key, expectedVersion);
      if (done) kept.delete(`${key.partition} / ${key.sort}`);
      return done;
    },
  };
  const context = testContext({ ...over, state });
  const { items } = context;
  const recorded: LiveContext = {
    ...context,
    items: {
      ...items,
      write(key, content, previous, expiresAtMs) {
        contents.push([`${key.partition} / ${key.sort}`, content]);
        return items.write(key, content, previous, expiresAtMs);
      },
    },
  };
  return { context: recorded, recording: { kept, bodies, contents } };
}

/** Feeds objects, and calls before them as EventBridge brings them, and tells of what is found. Everything is to be told. */
export async function feed(
  context: LiveContext,
  sources: readonly BatchSource[],
  calls: readonly unknown[],
): Promise<void> {
  const tell = (ids: ReadonlySet<string>): Promise<void> =>
    tellFindings(
      context,
      {
        settings: { alertFrom: 'INFO', digestFrom: 'INFO', suppressedBy: () => null },
        remainingMs: () => 60_000,
        send: async (_finding: Finding) => {},
        onFailure: (_id, error) => {
          throw error;
        },
      },
      ids,
    );
  for (const call of calls) await tell(await invokeEarly(context, call));
  for (const source of sources) {
    const { again, touched } = await invoke(context, [source]);
    if (again.length > 0) throw new Error(`${source.planned.object.name} must come again`);
    await tell(touched);
  }
}
