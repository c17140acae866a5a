import { PassThrough } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { BAR_INTERVAL_MS, createProgress, LINE_INTERVAL_MS } from '../../src/cli/progress.ts';

function at(terminal: boolean, enabled = true) {
  const clock = { ms: 0 };
  const stream = Object.assign(new PassThrough(), { isTTY: terminal, columns: 60 });
  const progress = createProgress(stream, () => clock.ms, enabled);
  const reading = { objectsDone: 300, objectsListed: 1_200, records: 16_000, storedBytes: 3_100_000 };
  const written = (): string => {
    let text = '';
    // Node 26 gives one piece at a time.
    for (let piece = stream.read(); piece !== null; piece = stream.read()) text += piece;
    return text;
  };
  return { clock, progress, reading, written };
}

describe('progress', () => {
  it('elsewhere than on a terminal is a plain line every few seconds', () => {
    const { clock, progress, reading, written } = at(false);
    for (; clock.ms < 3 * LINE_INTERVAL_MS; clock.ms += 10) progress.update(reading, 2);
    progress.clear();
    const line = 'wiretrail: 300 of 1,200 objects · 16,000 records · 3.1 MB · 2 findings\n';
    expect(written()).toBe(line.repeat(2));
  });

  it('of a short run is nothing at all', () => {
    const { progress, reading, written } = at(false);
    progress.update(reading, 0);
    progress.clear();
    expect(written()).toBe('');
  });

  it('on a terminal is one line that is drawn anew, within its width, and leaves nothing behind', () => {
    const { clock, progress, reading, written } = at(true);
    clock.ms = BAR_INTERVAL_MS;
    progress.update(reading, 2);
    progress.update(reading, 2);
    const drawn = written();
    expect(drawn).toMatch(/^\r\u001b\[2K█{5}░{15} {2}25 % {2}300 of 1,200 objects/);
    expect(drawn.slice(5).length).toBeLessThan(60);
    expect(drawn).not.toContain('\n');
    progress.clear();
    progress.clear();
    expect(written()).toBe('\r\u001b[2K');
  });

  it('can be switched off', () => {
    const { clock, progress, reading, written } = at(true, false);
    clock.ms = 60_000;
    progress.update(reading, 2);
    progress.clear();
    expect(written()).toBe('');
  });
});
