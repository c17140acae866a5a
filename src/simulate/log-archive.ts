// Application logs as an export task of CloudWatch Logs writes them: exports/<task id>/<log stream>/000000.gz,
// each event `<ISO time> <message>`; the lines of a message after its first have no time.
// https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/S3Export.html

import type { ArchiveWriter } from './archive-writer.ts';
import { DAY_MS, HOUR_MS, isoMillis, MINUTE_MS } from './clock.ts';
import { createMessageMaker } from './log-messages.ts';
import type { LogPlan, LogStreamPlan } from './log-plan.ts';
import type { PlantBook, PlantedLine } from './plants.ts';
import { createRandom } from './prng.ts';
import type { ArchiveCounts } from './truth.ts';

export interface LogsOptions {
  readonly seed: string;
  readonly days: number;
  readonly plan: LogPlan;
  readonly records: number;
  readonly plants: PlantBook;
  readonly writer: ArchiveWriter;
  readonly counts: ArchiveCounts;
}

/** Messages in one object: export files are cut by size. */
const MESSAGES_PER_OBJECT = 20_000;
/** Neighbours of an export may stand the wrong way round: this many milliseconds of disorder. */
const DISORDER_MS = 40;
const DISORDER_SHARE = 0.01;

interface Message {
  readonly timeMs: number;
  readonly text: string;
  readonly planted: PlantedLine | null;
}

export async function writeLogs(options: LogsOptions): Promise<void> {
  await options.writer.writePlain('exports/aws-logs-write-test', 'Permission Check Successful');
  for (const stream of options.plan.streams) await writeStream(options, stream);
}

async function writeStream(options: LogsOptions, stream: LogStreamPlan): Promise<void> {
  const { seed, plan, plants, writer, counts, records, days } = options;
  const random = createRandom(`${seed}/logs/${stream.group.name}/${stream.stream}`);
  const planted = plants.lines
    .filter((line) => line.stream === stream.stream && line.group === stream.group.name)
    .sort((a, b) => a.timeMs - b.timeMs);
  const target = random.poisson((records * stream.group.share * stream.share) / days);
  const make = createMessageMaker(stream.group.kind, seed, stream.stream);
  const prefix = `exports/${plan.exportTask(stream)}/${stream.stream}`;
  let messages: Message[] = [];
  let part = 0;

  async function flush(): Promise<void> {
    if (messages.length === 0) return;
    const key = `${prefix}/${String(part).padStart(6, '0')}.gz`;
    part += 1;
    const lines: string[] = [];
    let line = 1;
    for (const message of messages) {
      lines.push(`${isoMillis(message.timeMs)} ${message.text}`);
      message.planted?.proof?.locators.push(`${key}#${line}`);
      for (let at = message.text.indexOf('\n'); at !== -1; at = message.text.indexOf('\n', at + 1)) line++;
      line++;
    }
    counts.messages += messages.length;
    messages = [];
    await writer.write(key, `${lines.join('\n')}\n`);
  }

  let next = 0;
  const plantUntil = (timeMs: number) => {
    while (next < planted.length && planted[next]!.timeMs <= timeMs) {
      const line = planted[next]!;
      messages.push({ timeMs: line.timeMs, text: line.message, planted: line });
      next++;
    }
  };
  // Sessions of activity: what belongs together (START to END, a request and its answer) has neighbouring times.
  let timeMs = stream.dayStartMs + random.below(5 * MINUTE_MS);
  const step = (DAY_MS - HOUR_MS) / Math.max(1, target);
  let written = 0;
  while (written < target) {
    const texts = make(timeMs);
    for (const text of texts) {
      plantUntil(timeMs);
      const shift = random.chance(DISORDER_SHARE) ? random.below(DISORDER_MS) : 0;
      messages.push({ timeMs: timeMs - shift, text, planted: null });
      timeMs += 1 + random.below(30);
      written++;
    }
    timeMs = Math.max(
      timeMs,
      stream.dayStartMs + Math.floor(written * step) + random.below(Math.max(1, Math.floor(step))),
    );
    if (timeMs >= stream.dayStartMs + DAY_MS) break;
    if (messages.length >= MESSAGES_PER_OBJECT) await flush();
  }
  plantUntil(Number.POSITIVE_INFINITY);
  await flush();
}
