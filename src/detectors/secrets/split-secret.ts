// SEC-20: a secret that a log driver cut off its name: the name ends one record, the value is the next.

import { remediateSecret } from '../../findings/remediation.ts';
import type { LineRecord } from '../../records/record.ts';
import { DAY_MS, type Detector, type Draft, type ObserveContext, type Output } from '../detector.ts';
import { logGroupOf, placeOfLog } from './log-place.ts';
import { addMark, areNeighbours, type Mark, neighbourFold } from './neighbours.ts';
import { HINT } from './prefilter.ts';
import { secretsOf } from './record-secrets.ts';
import { recordText } from './record-text.ts';
import { loneValue, openName } from './split-secret-text.ts';

/** Keys and tokens of SEC-11 that are as long are HIGH there, too. */
const LEAST_SURE = 20;

const fold = neighbourFold('secret-split', judge);

function observeLine(line: LineRecord, out: Output, context: ObserveContext): void {
  const name = openName(line.bytes, line.saidStart, line.saidEnd);
  if (name !== null) {
    const kind = name.alone && name.telling ? 'member' : 'name';
    addMark(fold, out, line, { kind, shown: name.nameClass, fingerprint: '', length: 0 });
    return;
  }
  const lone = loneValue(line.bytes, line.saidStart, line.saidEnd);
  if (lone === null) return;
  // A token of a known form has a rule that tells of it.
  if ((recordText(line, context).hints & HINT.secret) !== 0 && secretsOf(line, context).length > 0) return;
  addMark(fold, out, line, {
    kind: 'value',
    shown: lone.random ? 'random' : 'password',
    fingerprint: context.fingerprint(lone.value),
    length: lone.value.length,
  });
}

function judge(
  place: { account: string; region: string; group: string; stream: string },
  marks: readonly Mark[],
  own: ReadonlySet<Mark>,
): readonly Draft[] {
  const where = placeOfLog(place.group, place.stream);
  const group = logGroupOf(where);
  const drafts: Draft[] = [];
  for (const value of marks) {
    // The value comes last: its block says it.
    if (value.kind !== 'value' || !own.has(value)) continue;
    const name = marks.find(
      (mark) =>
        mark.kind !== 'value' &&
        mark.ordinal === value.ordinal - 1 &&
        areNeighbours(mark, value, 1) &&
        (mark.shown === 'password' || value.shown === 'random'),
    );
    if (name === undefined) continue;
    const times = [name.timeMs, value.timeMs];
    const isSure = name.kind === 'member' && (name.shown === 'password' || value.length >= LEAST_SURE);
    drafts.push({
      account: place.account,
      region: place.region,
      entity: name.shown,
      evidenceKey: value.fingerprint,
      severity: isSure ? 'HIGH' : 'MEDIUM',
      timeMs: value.timeMs,
      firstMs: Math.min(...times),
      lastMs: Math.max(...times),
      count: 1,
      confidence: isSure ? 0.8 : 0.7,
      grade: 'probable',
      title: `Secret split over two records of a log: ${name.shown}, ${where}`.slice(0, 120),
      summary:
        `A record in ${where} ends with the name of a secret (${name.shown}), and the next one is nothing but a value for it. ` +
        'Whoever can read the log can use it.',
      target: { service: 'log', resource: where },
      evidence: [name, value].map((mark) => ({
        source: 'application-log',
        locator: mark.locator,
        eventId: mark.eventId,
        time: new Date(mark.timeMs).toISOString(),
        fields:
          mark.kind !== 'value'
            ? { kind: 'name without a value', name: mark.shown }
            : { kind: 'value without a name', fingerprint: mark.fingerprint, length: mark.length },
      })),
      why: [
        'a record that ends with a name and the sign for its value, and the next record of the stream within a minute',
        isSure
          ? 'the first record is nothing but the name, as in an object that is printed over lines: as severe as in one record (SEC-11)'
          : name.kind === 'member'
            ? 'the value is shorter than what machines make'
            : 'the name may be a prompt or the end of a sentence, or says little',
        'the next record is one word with a digit and a letter, random or of three classes of characters, and no placeholder, id or name',
      ],
      remediation: remediateSecret(group === '' ? {} : { logGroup: group }),
    });
  }
  return drafts;
}

export const splitSecret: Detector = {
  meta: {
    id: 'SEC-20',
    name: 'split-secret',
    family: 'SEC',
    version: 1,
    title: 'Secret split over two records of a log',
    what:
      'A record that ends with `password:`, `"api_key":`, `token =` or the beginning of a block or list under such a name, and a next record of the ' +
      'stream that is one word and could be the value. Private keys that are cut into lines are SEC-07, key pairs SEC-01, environments SEC-21.',
    why: 'Log drivers write one record a line, whatever belongs together. A person who reads the log sees the secret; a scanner of single records does not.',
    severities: ['HIGH', 'MEDIUM'],
    falsePositives: [
      'A prompt for a password, with another program’s word in the next record.',
      'A list of names or ids under a heading that is called like a secret.',
    ],
    blindSpots: [
      'A value with blanks, or further from its name than the next record.',
      'Two records more than a minute apart, or in different streams.',
      'A token cut in its middle by more than a container runtime, or over two objects: neither half has its form.',
    ],
    investigate: [
      'Open both records at their locators: most often pretty-printed JSON or YAML, or a dump of headers.',
      'Write structured logs in one line a record, and leave such members out.',
    ],
    thresholds: [
      {
        name: 'distance',
        value: 1,
        unit: 'record',
        reason: 'drivers keep the order of lines',
        source: 'chosen, not measured',
      },
      {
        name: 'sure length',
        value: LEAST_SURE,
        unit: 'characters of a key or token',
        reason:
          'HIGH as in one record, where the record before is nothing but its name; a prompt or a sentence leaves MEDIUM',
        source: 'SEC-11',
      },
      {
        name: 'length',
        value: '8-128',
        unit: 'characters',
        reason: 'shorter words next to a name are states and counts',
        source: 'chosen, not measured',
      },
    ],
    identity: {
      entity: 'what the name says it is',
      evidenceKey: 'fingerprint of the value',
      windowMs: DAY_MS,
    },
    compliance: { cwe: ['CWE-532'], owasp: ['API2:2023'] },
  },
  needs: { lines: true },
  sights: { needs: [['log-lines']] },
  folds: [fold],
  observeLine,
};
