// No item of the live state holds a secret or a signature that the logs hold, nor a piece of one, in any form: only keyed fingerprints.

import { readFileSync, rmSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Finding } from '../../src/findings/finding.ts';
import type { LiveContext } from '../../src/live/context.ts';
import { archiveSources, closeAll, recordsOf, standingFindings, testClock } from '../live/live-run.ts';
import { feed, type Recording, recordingContext } from './live-state.ts';
import {
  createLeakSearch,
  formsOf,
  type LeakedPiece,
  leakingContents,
  type PlantedSecret,
  secretsOf,
} from './planted-secrets.ts';
import { ONE_DAY, simulatedArchive, temporaryFolder } from './simulated-archive.ts';

let home: string;
let secrets: PlantedSecret[];
let search: (text: string) => LeakedPiece[];
let context: LiveContext;
let recording: Recording;
let findings: readonly Finding[];
beforeAll(async () => {
  home = temporaryFolder();
  const archive = await simulatedArchive(home, { seed: 'leaks', ...ONE_DAY, accounts: 2 });
  const sources = await archiveSources(archive.dir);
  const texts = sources.map(({ planned }) => {
    const bytes = readFileSync(planned.object.name);
    return planned.object.name.endsWith('.gz') ? gunzipSync(bytes) : bytes;
  });
  secrets = secretsOf(texts.map((text) => text.toString('latin1')).join('\n'));
  search = createLeakSearch(secrets);
  const calls = sources.flatMap(({ planned }, at) =>
    planned.facts.kind === 'cloudtrail' ? recordsOf(texts[at]!) : [],
  );
  const clock = testClock();
  ({ context, recording } = recordingContext({ clock, settings: archive.settings }));
  // Some of the calls early, as EventBridge brings them: what is said early is kept beside the findings.
  const early = calls.filter((_, at) => at % 4 === 0);
  await feed(context, sources, early);
  clock.advance(100 * 86_400_000);
  await closeAll(context);
  findings = await standingFindings(context);
}, 120_000);
afterAll(() => rmSync(home, { recursive: true, force: true }));

describe('an archive with every secret that can be planted, live', () => {
  it('has them, and leaves findings of each kind', () => {
    const kinds = new Set(secrets.map(({ kind }) => kind));
    expect([...kinds].sort()).toEqual([
      'password of a URL',
      'password parameter',
      'private key',
      'private key in base64',
      'private part of a web key',
      'secret access key',
      'session token',
      'signature',
      'signature version 2',
    ]);
    // None of them has a quotation mark: contents are searched string by string.
    expect(secrets.filter(({ text }) => text.includes('"'))).toEqual([]);
    const rules = new Set(findings.map(({ rule }) => rule.id));
    expect([...rules]).toEqual(
      expect.arrayContaining(['SEC-01', 'SEC-05', 'SEC-06', 'SEC-07', 'SEC-10', 'REP-01', 'REP-03']),
    );
    const written = new Set(recording.contents.map(([name]) => name.split(/[| ]/)[0]));
    expect([...written]).toEqual(
      expect.arrayContaining(['claims', 'summary', 'part', 'finding', 'held', 'told', 'cap']),
    );
  });

  it('and none of them in anything that was ever written, before it is packed', () => {
    expect(leakingContents(recording.contents, search)).toEqual([]);
  });

  it('nor in an item as it lies in the table', () => {
    const leaking = [...recording.kept].filter(
      ([, body]) => search(Buffer.from(body).toString('latin1')).length > 0,
    );
    expect(leaking.map(([name]) => name)).toEqual([]);
  });

  it('the search sees what it is made to see, in a content that is deflated', async () => {
    const forms = secrets.flatMap(({ text, kind }) => formsOf(text).map((form) => ({ kind, form })));
    for (const { kind, form } of forms)
      expect(search(`before ${form} after`).length, kind).toBeGreaterThan(0);
    const doctored = recordingContext();
    const key = { partition: 'summary|doctored|1', sort: 'x' };
    const filler = 'a quiet line of a log. '.repeat(200);
    for (const { text, kind } of secrets) {
      doctored.recording.contents.length = 0;
      const item = (await doctored.context.items.read([key])).get(`${key.partition} / ${key.sort}`) ?? null;
      const content = Buffer.from(JSON.stringify({ filler, text }));
      expect(await doctored.context.items.write(key, content, item, null)).toBe(true);
      expect(doctored.recording.kept.get(`${key.partition} / ${key.sort}`)!.length).toBeLessThan(
        content.length,
      );
      expect(leakingContents(doctored.recording.contents, search), kind).toEqual(['summary']);
    }
  });
});
