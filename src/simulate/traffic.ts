import type { Place } from './actors.ts';
import type { ArchiveWriter } from './archive-writer.ts';
import type { PlantBook } from './plants.ts';
import type { ArchiveCounts } from './truth.ts';

/** What the traffic of all places of an archive is written from: calls, or flows. */
export interface TrafficOptions {
  readonly seed: string;
  readonly startMs: number;
  readonly days: number;
  readonly places: readonly Place[];
  readonly records: number;
  readonly plants: PlantBook;
  readonly writer: ArchiveWriter;
  readonly counts: ArchiveCounts;
}
