// SEC-07: a private key stands in a log.

import { remediateSecret } from '../../findings/remediation.ts';
import type { CallRecord, LineRecord } from '../../records/record.ts';
import {
  DAY_MS,
  type Detector,
  type Draft,
  joinKey,
  type ObserveContext,
  type Output,
  splitKey,
} from '../detector.ts';
import { evidenceOf, type HitSummary, hitFold } from '../hits.ts';
import { listed, logGroupOf, logPlace, placeOfLog, spanOf } from './log-place.ts';
import { addMark, areNeighbours, type Mark, neighbourFold } from './neighbours.ts';
import { HINT } from './prefilter.ts';
import { bodyLineLength, findPrivateKeys, MIN_BODY_CHARACTERS, type PrivateKey } from './private-key-text.ts';
import { recordText, TEXT_HINTS } from './record-text.ts';

/** Body lines that make a header a key: a header that is only spoken of has none. The shortest key in use (Ed25519, PKCS 8) has one line, and then stands whole in one record. */
const MIN_BODY_LINES = 3;

const keys = hitFold('secret-private-key', DAY_MS, judge);
const splitKeys = neighbourFold('secret-private-key-lines', judgeLines);

/** What it looks for begins with. */
const HINTS = HINT.privateKey;

function observeLine(line: LineRecord, out: Output, context: ObserveContext): void {
  // A block that a log driver cut into lines: its body holds no literal that a prefilter could look for.
  const length = bodyLineLength(line.bytes, line.start, line.end);
  if (length > 0) {
    addMark(splitKeys, out, line, { kind: 'body', shown: '', fingerprint: '', length });
  }
  observe(line, out, context);
}

function observe(record: LineRecord | CallRecord, out: Output, context: ObserveContext): void {
  const text = recordText(record, context);
  if ((text.hints & HINTS) === 0) return;
  const said = new Set<string>();
  let header: PrivateKey | null = null;
  for (const window of text.windows()) {
    if ((window.hints & HINTS) === 0) continue;
    for (const view of window.views) {
      for (const key of findPrivateKeys(view)) {
        if (key.secret === '') {
          header ??= key;
          continue;
        }
        const fingerprint = context.fingerprint(key.secret);
        if (said.has(fingerprint)) continue;
        said.add(fingerprint);
        add(record, out, key, fingerprint, window.field);
      }
    }
  }
  if (said.size === 0 && header !== null && record.kind === 'line') {
    addMark(splitKeys, out, record, {
      kind: header.encrypted ? 'begin-encrypted' : 'begin',
      shown: header.kind,
      fingerprint: '',
      length: 0,
    });
  }
}

function add(
  record: LineRecord | CallRecord,
  out: Output,
  key: PrivateKey,
  fingerprint: string,
  field: string,
): void {
  out.add(keys, joinKey(record.account, record.region, fingerprint, key.kind), record, {
    timeMs: record.timeMs,
    severity: key.encrypted ? 'LOW' : 'CRITICAL',
    evidence: evidenceOf(record, {
      kind: key.kind,
      field,
      encrypted: key.encrypted,
      fingerprint,
      length: key.secret.length,
    }),
    facts: { place: logPlace(record) },
  });
}

function judge(key: string, hits: HitSummary): readonly Draft[] {
  const [account = '', region = '', fingerprint = '', kind = ''] = splitKey(key);
  const encrypted = hits.worst === 'LOW';
  return [
    {
      ...spanOf(hits),
      ...keyDraft(kind, hits.facts.place ?? [], hits.count, encrypted),
      account,
      region,
      entity: fingerprint,
      evidenceKey: kind,
      confidence: 0.95,
      grade: 'certain',
      why: [
        `a whole ${kind} block: its header and at least ${MIN_BODY_CHARACTERS} characters of key material`,
        ...(encrypted ? ['it is encrypted with a passphrase: as strong as that is'] : []),
      ],
    },
  ];
}

function judgeLines(
  place: { account: string; region: string; group: string; stream: string },
  marks: readonly Mark[],
  own: ReadonlySet<Mark>,
): readonly Draft[] {
  const drafts: Draft[] = [];
  for (const begin of marks) {
    if (!begin.kind.startsWith('begin')) continue;
    const body = marks.filter(
      (mark) =>
        mark.kind === 'body' &&
        mark.ordinal > begin.ordinal &&
        areNeighbours(begin, mark, MIN_BODY_LINES + 1),
    );
    const last = body[MIN_BODY_LINES - 1];
    // Said by the block in which the evidence becomes complete.
    if (last === undefined || !own.has(last)) continue;
    const group = placeOfLog(place.group, place.stream);
    const encrypted = begin.kind === 'begin-encrypted';
    const used = [begin, ...body.slice(0, MIN_BODY_LINES)];
    drafts.push({
      ...keyDraft(begin.shown, [group], 1, encrypted),
      account: place.account,
      region: place.region,
      entity: place.group === '' ? group : `${group}/${place.stream}`,
      evidenceKey: `${begin.shown}/lines/${begin.ordinal}`,
      severity: encrypted ? 'LOW' : 'CRITICAL',
      timeMs: last.timeMs,
      firstMs: Math.min(...used.map((mark) => mark.timeMs)),
      lastMs: Math.max(...used.map((mark) => mark.timeMs)),
      count: 1,
      confidence: 0.9,
      grade: 'probable',
      evidence: used.map((mark) => ({
        source: 'application-log',
        locator: mark.locator,
        eventId: mark.eventId,
        time: new Date(mark.timeMs).toISOString(),
        fields: { kind: mark.kind === 'body' ? 'line of key material' : mark.shown, length: mark.length },
      })),
      why: [
        `the header of a ${begin.shown} block, and ${MIN_BODY_LINES} lines of base64 in the records behind it`,
      ],
    });
  }
  return drafts;
}

function keyDraft(kind: string, places: readonly string[], count: number, encrypted: boolean) {
  const group = logGroupOf(places[0] ?? '');
  return {
    title: `${encrypted ? 'Encrypted private key' : 'Private key'} in a log: ${kind}, ${listed(places, 1)}`,
    summary:
      `A ${kind} stands in ${listed(places)} (${count} ${count === 1 ? 'record' : 'records'}). ` +
      (encrypted
        ? 'It is protected by a passphrase, which can be guessed at leisure by whoever can read the log.'
        : 'Whoever can read the log can sign, decrypt or log in as its owner.'),
    target: { service: 'log', resource: places[0] ?? '' },
    remediation: remediateSecret(group === '' ? {} : { logGroup: group }),
  } as const;
}

export const privateKeyInLog: Detector = {
  meta: {
    id: 'SEC-07',
    name: 'private-key-in-log',
    family: 'SEC',
    version: 1,
    title: 'Private key in a log',
    what:
      'PEM private keys (RSA, EC, DSA, PKCS 8, OpenSSH), PGP private key blocks, PuTTY keys, JSON Web Keys with their private part, as text, ' +
      'on one line with escaped line breaks, as base64 of a PEM file, or cut into one record a line, with what drivers and loggers put around it.',
    why: 'A private key in a log is no longer private. It cannot be taken back, only replaced, with every certificate and trust that hangs on it.',
    severities: ['CRITICAL', 'LOW'],
    falsePositives: [
      'Keys that are published on purpose in test suites and examples.',
      'Throw-away keys of a test run.',
    ],
    blindSpots: [
      'A header whose body is masked, cut off, or in another stream.',
      'Keys in binary form (DER, PKCS 12) and keys that were compressed or encrypted by the logger.',
      'A block cut into records more than a minute apart.',
    ],
    investigate: [
      'Open the record at the locator and find what prints it: often a configuration dump or an error that quotes its input.',
      'Find what the key is for: the certificate, host or account with its public part.',
      'Replace the key, revoke its certificate, remove its public part from where it is trusted.',
    ],
    thresholds: [
      {
        name: 'key material',
        value: MIN_BODY_CHARACTERS,
        unit: 'base64 characters',
        reason: 'the shortest key in use, Ed25519 in PKCS 8, has 64; less is a mention of the header',
        source: 'https://www.rfc-editor.org/rfc/rfc8410#section-10.3',
      },
      {
        name: 'body lines',
        value: MIN_BODY_LINES,
        unit: 'records',
        reason: 'tells a block cut into lines from a header alone',
        source: 'https://www.rfc-editor.org/rfc/rfc7468#section-2',
      },
    ],
    identity: {
      entity: 'fingerprint of the key, or the stream where it is cut into lines',
      evidenceKey: 'kind of key',
      windowMs: DAY_MS,
    },
    compliance: { cwe: ['CWE-321', 'CWE-532'], owasp: ['API2:2023'] },
  },
  needs: { calls: ['*'], callText: HINTS, lines: true, textHints: TEXT_HINTS },
  sights: { needs: [['log-lines', 'management-events']] },
  folds: [keys, splitKeys],
  observeCall: observe,
  observeLine,
};
