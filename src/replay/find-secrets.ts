// The secret engine alone over whatever a replay can read: every secret as it is met, nothing folded, nothing judged by what else there is.

import { DEFAULT_SETTINGS } from '../detectors/default-settings.ts';
import type { ObserveContext, Observer } from '../detectors/detector.ts';
import { logPlace } from '../detectors/secrets/log-place.ts';
import { HINT } from '../detectors/secrets/prefilter.ts';
import { secretsOf } from '../detectors/secrets/record-secrets.ts';
import type { Severity } from '../findings/finding.ts';
import type { CallRecord, LineRecord } from '../records/record.ts';
import type { RunSummary } from '../reports/run-summary.ts';
import type { SecretLine } from '../reports/secret-lines.ts';
import { type ReplayOptions, replay } from './run.ts';

export type FindSecretsOptions = Pick<
  ReplayOptions,
  | 'inputs'
  | 'fromMs'
  | 'toMs'
  | 'accounts'
  | 'regions'
  | 'awsRanges'
  | 'fingerprintKey'
  | 'endpointUrl'
  | 's3'
  | 'stdin'
  | 'now'
  | 'onProgress'
  | 'shouldStop'
> & {
  readonly onSecret: (line: SecretLine) => void;
  /** Told each time, not once for a secret and object. */
  readonly everyTime?: boolean;
};

export interface FoundSecrets {
  readonly summary: RunSummary;
  /** By severity, each secret once an object. */
  readonly counts: Readonly<Record<Severity, number>>;
  /** Those that stood there again, not told. */
  readonly repeats: number;
}

/** Secrets that are remembered, so that each is told once an object: beyond these every one is told. */
const MAX_REMEMBERED = 1_000_000;

export async function findSecrets(options: FindSecretsOptions): Promise<FoundSecrets> {
  const counts: Record<Severity, number> = { CRITICAL: 0, HIGH: 0, MEDIUM: 0, LOW: 0, INFO: 0 };
  const told = new Set<string>();
  let repeats = 0;
  let object = '';

  function observe(record: LineRecord | CallRecord, _out: unknown, context: ObserveContext): void {
    for (const secret of secretsOf(record, context)) {
      const { kind, verdict, fingerprint, steps, field } = secret;
      const at = record.locator.replace(/#\d+$/, '');
      if (at !== object) {
        object = at;
        told.clear();
      }
      const mark = `${kind.name} ${fingerprint}`;
      if (told.has(mark)) {
        repeats++;
        if (options.everyTime !== true) continue;
      } else if (told.size < MAX_REMEMBERED) told.add(mark);
      const severity = verdict.severity ?? kind.severity;
      counts[severity]++;
      options.onSecret({
        rule: kind.rule,
        kind: kind.name,
        title: kind.title,
        severity,
        confidence: verdict.confidence,
        verified: verdict.verified,
        where: record.locator,
        place: logPlace(record),
        time: new Date(record.timeMs).toISOString(),
        field,
        decoded: steps,
        prefix: kind.publicPrefix === undefined ? '' : secret.secret.slice(0, kind.publicPrefix),
        length: secret.secret.length,
        fingerprint,
        facts: verdict.facts ?? {},
        context: secret.context(),
      });
    }
  }

  const observer: Observer = {
    needs: { calls: ['*'], callText: HINT.secret, lines: true, lineText: HINT.secret },
    observeCall: observe,
    observeLine: observe,
  };
  let readings = 0;
  const { summary } = await replay({
    ...options,
    detectors: [],
    // Where one event has two bodies everything is read again: what stands in it has been told.
    observers: () => (readings++ === 0 ? [observer] : []),
    settings: DEFAULT_SETTINGS,
  });
  return { summary, counts, repeats };
}
