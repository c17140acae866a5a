// The logs that bench/secrets.ts measures with: what healthy programs write, the same with secrets in it, and lines that hold next to nothing.

import { closeSync, openSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { KINDS } from '../src/detectors/secrets/kinds/index.ts';
import { createLiteralScan, LiteralHits } from '../src/detectors/secrets/literal-scan.ts';
import { createMessageMaker } from '../src/simulate/log-messages.ts';
import type { LogKind } from '../src/simulate/log-plan.ts';
import { createRandom } from '../src/simulate/prng.ts';
import { SECRET_EXAMPLES } from '../src/simulate/secret-examples/index.ts';

export const LOGS = ['ordinary', 'dirty', 'rare'] as const;
export type LogName = (typeof LOGS)[number];

const PROGRAMS: readonly LogKind[] = ['uvicorn', 'gunicorn', 'lambda', 'boto', 'proxy', 'node'];
/** One line in so many holds a secret. */
const DIRTY_SHARE = 20;
const RARE_SHARE = 2000;
const START_MS = Date.UTC(2026, 10, 2);

export interface MadeLog {
  readonly file: string;
  readonly bytes: number;
  readonly lines: number;
  /** Secrets written into it, by kind. */
  readonly planted: number;
}

export function makeLog(folder: string, name: LogName, megabytes: number): MadeLog {
  const file = join(folder, `${name}.log`);
  const out = openSync(file, 'w');
  const random = createRandom(`bench/secrets/${name}`);
  const makers = PROGRAMS.map((program) => createMessageMaker(program, `bench/${name}`, program));
  const literals = createLiteralScan(KINDS.flatMap((kind) => kind.literals));
  const hits = new LiteralHits();
  const share = name === 'dirty' ? DIRTY_SHARE : name === 'rare' ? RARE_SHARE : 0;
  const made = { file, bytes: 0, lines: 0, planted: 0 };
  let waiting: Buffer[] = [];
  let held = 0;
  const flush = (): void => {
    if (held > 0) writeSync(out, Buffer.concat(waiting));
    waiting = [];
    held = 0;
  };
  const write = (text: string): boolean => {
    const line = Buffer.from(`${text}\n`, 'latin1');
    if (name === 'rare') {
      literals.scan(line, 0, line.length, hits);
      if (hits.count > 0) return false;
    }
    put(line);
    return true;
  };
  const put = (line: Buffer): void => {
    waiting.push(line);
    held += line.length;
    made.bytes += line.length;
    made.lines++;
    if (held > 1 << 22) flush();
  };
  for (let timeMs = START_MS; made.bytes < megabytes * 1e6; timeMs += 7) {
    const stamp = new Date(timeMs).toISOString();
    for (const message of makers[random.below(makers.length)]!(timeMs)) write(`${stamp} ${message}`);
    if (share > 0 && SECRET_EXAMPLES.length > 0 && random.below(share) === 0) {
      const { text } = random.pick(SECRET_EXAMPLES).make(random, timeMs);
      put(Buffer.from(`${stamp} INFO orders: ${text}\n`, 'latin1'));
      made.planted++;
    }
  }
  flush();
  closeSync(out);
  return made;
}
