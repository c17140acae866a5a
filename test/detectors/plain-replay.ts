// A replay in the plainest form of the contract: every record observed once, every window judged at the end.
// For tests of detectors; it forgets nothing, drops nothing late, and has no state.

import { createHash, createHmac } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import type {
  AnyFold,
  Detector,
  DetectorSettings,
  Draft,
  JudgeContext,
  ObserveContext,
  Output,
} from '../../src/detectors/detector.ts';
import type { AnyRecord } from '../../src/records/record.ts';
import { callRecord, flowRecord, lineRecord } from './plain-records.ts';

/** The key that goldens are made with. */
export const TEST_FINGERPRINT_KEY = Buffer.alloc(32, 7);

export const testSettings: DetectorSettings = {
  ownResources: [],
  logChains: [],
  identityForwarders: [],
  minimumRetentionDays: 90,
};

export function observeContext(
  settings: DetectorSettings = testSettings,
  given: Partial<ObserveContext> = {},
): ObserveContext {
  return {
    settings,
    fingerprint: (secret) =>
      createHmac('sha256', TEST_FINGERPRINT_KEY).update(secret).digest('hex').slice(0, 32),
    hashSeed: 0x9e3779b9,
    awsRange: () => null,
    ...given,
  };
}

export interface PlainFinding extends Draft {
  readonly id: string;
}

export interface PlainReplay {
  readonly findings: readonly PlainFinding[];
  /** Fold name, key and window to what the fold kept: for tests of what stands in the state. */
  readonly summaries: ReadonlyMap<string, unknown>;
}

export function plainReplay(
  detectors: readonly Detector[],
  records: Iterable<AnyRecord>,
  settings: DetectorSettings = testSettings,
  context: ObserveContext = observeContext(settings),
): PlainReplay {
  const folds = new Map<string, AnyFold>();
  for (const detector of detectors) for (const fold of detector.folds) folds.set(fold.name, fold);
  const summaries = new Map<string, { fold: string; key: string; window: number; summary: unknown }>();
  const out: Output = {
    add(fold, key, record, observation, timeMs = record.timeMs) {
      const known = folds.get(fold.name);
      if (known === undefined) throw new Error(`fold ${fold.name} is not among the detector's folds`);
      const window = Math.floor(timeMs / fold.windowMs);
      const at = JSON.stringify([fold.name, key, window]);
      const entry = summaries.get(at) ?? { fold: fold.name, key, window, summary: known.empty() };
      entry.summary = known.add(entry.summary, observation);
      summaries.set(at, entry);
    },
  };
  const seen = new Set<string>();
  for (const record of records) {
    if (seen.has(record.eventId)) continue;
    seen.add(record.eventId);
    for (const detector of detectors) {
      if (record.kind === 'call') detector.observeCall?.(record, out, context);
      else if (record.kind === 'flow') detector.observeFlow?.(record, out, context);
      else detector.observeLine?.(record, out, context);
    }
  }
  const judging: JudgeContext = {
    settings,
    read: (fold, key, window) =>
      (summaries.get(JSON.stringify([fold.name, key, window]))?.summary as never) ?? null,
  };
  const findings: PlainFinding[] = [];
  for (const detector of detectors) {
    for (const fold of detector.folds as readonly AnyFold[]) {
      for (const entry of summaries.values()) {
        if (entry.fold !== fold.name || fold.judge === undefined) continue;
        for (const draft of fold.judge(entry.key, entry.window, entry.summary, judging)) {
          const window = Math.floor(draft.timeMs / detector.meta.identity.windowMs);
          const identity = [
            detector.meta.id,
            draft.account,
            draft.region,
            draft.entity,
            draft.evidenceKey,
            window,
          ];
          const id = createHash('sha256').update(JSON.stringify(identity)).digest('hex').slice(0, 16);
          findings.push({ ...draft, id });
        }
      }
    }
  }
  findings.sort((a, b) => a.firstMs - b.firstMs || (a.id < b.id ? -1 : 1));
  return { findings, summaries: new Map([...summaries].map(([at, entry]) => [at, entry.summary])) };
}

/** The records of a folder of inputs: CloudTrail JSON, `awslogs` JSON, flow text with a header, `ISO-time message` text. */
export function readInputs(folder: string, expand: (text: string) => string): AnyRecord[] {
  const records: AnyRecord[] = [];
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const file = path.join(entry.parentPath, entry.name);
    const name = path.relative(folder, file);
    const content = expand(readFileSync(file, 'utf8'));
    if (/^version account-id|^[a-z-]+ (srcaddr|dstaddr|interface-id) /.test(content))
      records.push(...flows(content, name));
    else if (content.startsWith('{') || content.startsWith('['))
      records.push(...json(JSON.parse(content), name));
    else records.push(...lines(content, name));
  }
  return records;
}

function json(value: unknown, name: string): AnyRecord[] {
  const payload = value as {
    Records?: unknown[];
    logEvents?: { id: string; timestamp: number; message: string }[];
    [key: string]: unknown;
  };
  if (payload.logEvents !== undefined) {
    const group = String(payload.logGroup);
    const stream = String(payload.logStream);
    return payload.logEvents.map((event, index) =>
      lineRecord(event.message, {
        group,
        stream,
        timeMs: event.timestamp,
        ordinal: index + 1,
        account: String(payload.owner ?? ''),
        region: '',
        locator: `${group}/${stream}/${event.id}`,
      }),
    );
  }
  const events = payload.Records ?? (Array.isArray(value) ? value : [value]);
  return events.map((event, index) =>
    callRecord(event as Record<string, unknown>, { locator: `${name}#${index + 1}` }),
  );
}

function flows(content: string, name: string): AnyRecord[] {
  const [header = '', ...rows] = content.trim().split('\n');
  const names = header.split(' ');
  return rows.map((row, index) => {
    const values = row.split(' ');
    const fields = Object.fromEntries(names.map((field, at) => [field, values[at] ?? '-']));
    return flowRecord(fields, { locator: `${name}#${index + 2}` });
  });
}

function lines(content: string, name: string): AnyRecord[] {
  const records: AnyRecord[] = [];
  const messages = content.trimEnd().split(/\n(?=\d{4}-\d\d-\d\dT[\d:.]+Z )/);
  let lineNumber = 1;
  for (const message of messages) {
    const time = /^\S+/.exec(message)![0];
    const body = message.slice(time.length + 1);
    records.push(
      lineRecord(body, {
        group: path.basename(name),
        stream: name,
        timeMs: Date.parse(time),
        ordinal: lineNumber,
        account: '',
        region: '',
        locator: `${name}#${lineNumber}`,
        eventId: createHash('sha256').update(`${name} ${lineNumber} ${message}`).digest('hex').slice(0, 32),
      }),
    );
    lineNumber += message.split('\n').length;
  }
  return records;
}
