// How far a run is: a bar on a terminal, a plain line every few seconds elsewhere. It draws when it is told something; there is no timer.

import { clip, formatBytes, formatCount, plural } from '../reports/terminal-text.ts';
import { columnsOf, type Io } from './io.ts';

/** Between two drawings of the bar: ten a second look smooth and cost nothing. */
export const BAR_INTERVAL_MS = 100;
/** Between two plain lines: a log of a long run stays short. */
export const LINE_INTERVAL_MS = 5_000;
const BAR_CELLS = 20;

export interface Reading {
  readonly objectsDone: number;
  readonly objectsListed: number;
  readonly records: number;
  readonly storedBytes: number;
}

export interface Progress {
  update(reading: Reading, findings: number): void;
  /** Takes the bar away, so that something else can be written; the next update draws it again. */
  clear(): void;
}

export function createProgress(stream: Io['stderr'], now: () => number, enabled: boolean): Progress {
  if (!enabled) return { update: () => undefined, clear: () => undefined };
  const onTerminal = stream.isTTY === true;
  const startedMs = now();
  let drawnMs = startedMs;
  let drawn = false;
  return {
    update(reading, findings) {
      const nowMs = now();
      if (nowMs - drawnMs < (onTerminal ? BAR_INTERVAL_MS : LINE_INTERVAL_MS)) return;
      drawnMs = nowMs;
      const seconds = (nowMs - startedMs) / 1000;
      if (onTerminal) {
        stream.write(`\r\u001b[2K${clip(barText(reading, findings, seconds), columnsOf(stream) - 1)}`);
        drawn = true;
      } else {
        stream.write(`wiretrail: ${lineText(reading, findings)}\n`);
      }
    },
    clear() {
      if (drawn) stream.write('\r\u001b[2K');
      drawn = false;
    },
  };
}

function barText(reading: Reading, findings: number, seconds: number): string {
  const share = reading.objectsListed === 0 ? 0 : reading.objectsDone / reading.objectsListed;
  const full = Math.floor(share * BAR_CELLS);
  const bar = '█'.repeat(full) + '░'.repeat(BAR_CELLS - full);
  const rate = formatCount(Math.round(reading.records / Math.max(seconds, 0.001)));
  return `${bar} ${String(Math.floor(share * 100)).padStart(3)} %  ${lineText(reading, findings)} · ${rate}/s`;
}

function lineText({ objectsDone, objectsListed, records, storedBytes }: Reading, findings: number): string {
  return [
    `${formatCount(objectsDone)} of ${plural(objectsListed, 'object')}`,
    plural(records, 'record'),
    formatBytes(storedBytes),
    plural(findings, 'finding'),
  ].join(' · ');
}
