// wiretrail detections: the catalogue, from what the detectors say of themselves.

import { Command } from 'commander';
import type { DetectorMeta } from '../detectors/detector.ts';
import { WiretrailError } from '../lib/errors.ts';
import { createPaint } from '../reports/terminal-text.ts';
import { renderDetection, renderDetectionList } from './detection-text.ts';
import { EXIT_CODES } from './exit-code.ts';
import { columnsOf, type Io, wantsColor } from './io.ts';

export interface DetectionsArguments {
  readonly id?: string;
}

export function detectionsCommand(done: (options: DetectionsArguments) => void): Command {
  return new Command('detections')
    .description('what each rule looks for, what it cannot see, how to investigate')
    .argument('[rule]', 'id of a rule (TLS-06), or its name; all when left out')
    .action((id: string | undefined) => done(id === undefined ? {} : { id }));
}

export async function runDetections(options: DetectionsArguments, io: Io): Promise<number> {
  const { detectors } = await import('../detectors/index.ts');
  const metas = detectors.map((detector) => detector.meta);
  const paint = createPaint(wantsColor('auto', io.stdout, io.env));
  const width = Math.min(columnsOf(io.stdout), 110);
  if (options.id === undefined) {
    io.stdout.write(renderDetectionList(metas, paint, width));
    return EXIT_CODES.quiet;
  }
  const wanted = options.id.toUpperCase();
  const meta = metas.find(({ id, name }) => id === wanted || name.toUpperCase() === wanted);
  if (meta === undefined) throw unknownRule(options.id, metas);
  io.stdout.write(renderDetection(meta, paint, width));
  return EXIT_CODES.quiet;
}

function unknownRule(id: string, metas: readonly DetectorMeta[]): WiretrailError {
  const near = nearestIds(
    id,
    metas.map((meta) => meta.id),
  );
  const hint = near.length > 0 ? `Did you mean ${near.join(', ')}? ` : '';
  return new WiretrailError(
    'E_UNKNOWN_RULE',
    id.slice(0, 64),
    'there is no such rule',
    `${hint}\`wiretrail detections\` lists them all.`,
  );
}

/** At most three ids that differ in at most two characters, the nearest first; else those of the same family. */
export function nearestIds(id: string, ids: readonly string[]): string[] {
  const wanted = id.slice(0, 16).toUpperCase();
  const near = ids
    .map((candidate) => ({ candidate, distance: editDistance(wanted, candidate) }))
    .filter(({ distance }) => distance <= 2)
    .sort((a, b) => a.distance - b.distance || (a.candidate < b.candidate ? -1 : 1))
    .map(({ candidate }) => candidate);
  return (
    near.length > 0 ? near : ids.filter((candidate) => candidate.slice(0, 3) === wanted.slice(0, 3))
  ).slice(0, 3);
}

/** Levenshtein, one row at a time. */
function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, at) => at);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      next.push(Math.min(row[j]! + 1, next[j - 1]! + 1, row[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1)));
    }
    row = next;
  }
  return row[b.length]!;
}
