// Looks through a corpus of logs in two ways: with the engine, which tells where each secret stands, and with all rules, as a replay does.

import { createHash } from 'node:crypto';
import { DEFAULT_SETTINGS } from '../src/config.ts';
import { detectors } from '../src/detectors/index.ts';
import { scanSecrets } from '../src/detectors/secrets/scan-secrets.ts';
import { SEVERITIES, type Severity } from '../src/findings/finding.ts';
import { createAwsRanges } from '../src/lib/aws-ranges.ts';
import { AWS_RANGES_TABLE } from '../src/lib/aws-ranges-table.ts';
import { createPipeline } from '../src/pipeline.ts';
import { objectFacts } from '../src/records/object-key.ts';
import { readObject } from '../src/records/read-object.ts';
import type { RecordSink } from '../src/records/reader.ts';
import type { CorpusFile } from '../src/simulate/secret-corpus/corpus.ts';
import type { CorpusMatch } from '../src/simulate/secret-corpus/corpus-score.ts';
import { createMemoryState } from '../src/state/memory-state.ts';

const LAST_CHANGED_MS = Date.UTC(2026, 10, 1, 13);
/** As bad as MEDIUM, or worse. */
const ALARMING: readonly Severity[] = SEVERITIES.slice(0, SEVERITIES.indexOf('MEDIUM') + 1);

export function isAlarming(severity: Severity): boolean {
  return ALARMING.includes(severity);
}

/** What the engine sees in the text of a file, and where. */
export function scanFile(file: CorpusFile): CorpusMatch[] {
  const found = scanSecrets(file.text, { timeMs: LAST_CHANGED_MS });
  return found.map(({ kind, rule, severity, start, end }) => ({
    kind,
    rule,
    alarming: isAlarming(severity),
    start,
    end,
  }));
}

async function readText(name: string, text: string, sink: RecordSink): Promise<void> {
  const outcome = await readObject(
    {
      facts: objectFacts(name, name, LAST_CHANGED_MS),
      named: true,
      chunks: (async function* () {
        yield Buffer.from(text, 'latin1');
      })(),
    },
    sink,
    { flowFields: null },
  );
  if (outcome.status !== 'read' || outcome.unreadable > 0)
    throw new Error(`${name}: ${outcome.status} ${outcome.reason} ${outcome.detail}`);
}

const SLICE_MARGIN_LINES = 4;

/**
 * What a replay with all rules says. Findings are one for many records, so each entry is an object of its own here, with the lines around
 * it: what is said of it is a finding that has one of its lines as evidence. Where in the line is not known.
 */
export async function judgeEntries(file: CorpusFile): Promise<CorpusMatch[]> {
  const family = detectors.filter(({ meta }) => meta.family === 'SEC');
  const pipeline = createPipeline({
    detectors: family,
    settings: DEFAULT_SETTINGS,
    awsRanges: createAwsRanges(AWS_RANGES_TABLE),
    fingerprintKey: createHash('sha256').update('corpus').digest(),
    state: createMemoryState(),
  });
  const lines = file.text.split('\n');
  const entryOf = new Map<string, CorpusFile['entries'][number]>();
  for (const [at, entry] of file.entries.entries()) {
    if (entry.benign === 'ordinary') continue;
    const first = Math.max(1, entry.firstLine - SLICE_MARGIN_LINES);
    const slice = lines.slice(first - 1, entry.lastLine + SLICE_MARGIN_LINES).join('\n');
    const name = `${at}-${file.name}`;
    entryOf.set(name, entry);
    await readText(name, `${slice}\n`, pipeline.openObject(objectFacts(name, name, LAST_CHANGED_MS)).sink);
  }
  pipeline.finish();
  const matches: CorpusMatch[] = [];
  for (const { rule, severity, evidence } of pipeline.book.standing()) {
    for (const { locator, fields } of evidence) {
      const entry = entryOf.get(locator.split('#')[0]!);
      if (entry === undefined) continue;
      matches.push({
        kind: String(fields.kind),
        rule: rule.id,
        alarming: isAlarming(severity),
        start: entry.start,
        end: entry.end,
      });
    }
  }
  return matches;
}
