// The secrets of a record, worked out once for all rules that ask.

import { ownText } from '../../lib/own-text.ts';
import type { CallRecord, LineRecord } from '../../records/record.ts';
import type { ObserveContext } from '../detector.ts';
import { maskedContext } from './masked-context.ts';
import { HINT } from './prefilter.ts';
import { recordText } from './record-text.ts';
import { type SecretMatch, scanText } from './scan-text.ts';

export interface RecordSecret extends SecretMatch {
  /** Where it stands: `message`, `requestParameters.url`, `request.headers.authorization`. */
  readonly field: string;
  /** HMAC of the secret (ObserveContext.fingerprint). */
  readonly fingerprint: string;
  /** What stands around it without anything that may be secret; '' where nothing can be shown. */
  context(): string;
}

const NOTHING: readonly RecordSecret[] = [];

const last: { context: ObserveContext | null; number: number; secrets: readonly RecordSecret[] } = {
  context: null,
  number: -1,
  secrets: NOTHING,
};

/** Each secret once, by where it stands. Kept while `context.recordNumber` stays. */
export function secretsOf(record: LineRecord | CallRecord, context: ObserveContext): readonly RecordSecret[] {
  const number = context.recordNumber;
  if (number === undefined) return findSecrets(record, context);
  if (last.context !== context || last.number !== number) {
    last.secrets = findSecrets(record, context);
    last.context = context;
    last.number = number;
  }
  return last.secrets;
}

function findSecrets(record: LineRecord | CallRecord, context: ObserveContext): readonly RecordSecret[] {
  const text = recordText(record, context);
  if ((text.hints & HINT.secret) === 0) return NOTHING;
  const found = new Map<string, RecordSecret>();
  for (const window of text.windows()) {
    if ((window.hints & HINT.secret) === 0) continue;
    const scan = scanText(window.text, record.timeMs);
    if (context.tally !== undefined)
      for (const [name, count] of scan.refused)
        context.tally.set(name, (context.tally.get(name) ?? 0) + count);
    for (const match of scan.matches) {
      if ((window.cutBehind && match.end === window.text.length) || (window.cutBefore && match.start === 0))
        continue;
      const fingerprint = context.fingerprint(match.secret);
      // Windows overlap, and a text may say a secret twice.
      const key = `${match.kind.name} ${fingerprint}`;
      if (found.has(key)) continue;
      found.set(key, {
        ...match,
        // What findings keep of it: none of it may be a part of the text.
        verdict: structuredClone(match.verdict),
        fingerprint,
        field: ownText(fieldOf(window.field, match.keyPath)),
        context: () => maskedContext(window.text, match, scan.matches),
      });
    }
  }
  return [...found.values()];
}

/** Of the record's field and the key path in it. */
export function fieldOf(field: string, keyPath: string): string {
  if (keyPath === '') return field;
  return field === 'message' ? keyPath : `${field}.${keyPath}`;
}
