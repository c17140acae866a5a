// The signatures in a record's text, over all its views, for the rules that judge them (SEC-05, SEC-06, REP-01).

import { findSignatures, type SignatureTrace } from '../../records/sigv4.ts';
import { isIssuedKey } from './aws-key-text.ts';
import { HINT } from './prefilter.ts';
import type { RecordText } from './record-text.ts';

export const SIGNATURE_HINTS = HINT.signature | HINT.signatureBlock | HINT.presigned | HINT.awsKeyId;

/** Each signature once, in its most telling form; without those of published examples and of made-up key ids. */
export function signaturesIn(text: RecordText): SignatureTrace[] {
  if ((text.hints & SIGNATURE_HINTS) === 0) return [];
  const found = new Map<string, SignatureTrace>();
  for (const window of text.windows()) {
    if ((window.hints & SIGNATURE_HINTS) === 0) continue;
    for (const view of window.views) {
      for (const trace of findSignatures(view)) {
        if (!isIssuedKey(trace.keyId)) continue;
        const mark = `${trace.kind} ${trace.secret}`;
        const known = found.get(mark);
        if (known === undefined || (Number.isNaN(known.signedMs) && !Number.isNaN(trace.signedMs)))
          found.set(mark, trace);
      }
    }
  }
  return [...found.values()];
}
