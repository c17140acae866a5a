// SEC-21: an environment, or the settings of a program, stands in a log with its credentials.

import { remediateSecret } from '../../findings/remediation.ts';
import type { LineRecord } from '../../records/record.ts';
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
import {
  type EnvironmentDump,
  environmentIn,
  environmentLine,
  givesAway,
  MIN_VARIABLES,
  mayHoldEnvironment,
  shownNames,
} from './environment-text.ts';
import { listed, logGroupOf, logPlace, placeOfLog, spanOf } from './log-place.ts';
import { addMark, areNeighbours, type Mark, neighbourFold } from './neighbours.ts';
import { recordText } from './record-text.ts';
import { viewsOf } from './views/decode.ts';

/** A variable this many records from a credential belongs to the same dump; empty ones and continued lines lie between. */
const MAX_DISTANCE_RECORDS = 8;

const dumps = hitFold('environment-dumps', DAY_MS, judge);
const lines = neighbourFold('environment-lines', judgeLines);

function observeLine(line: LineRecord, out: Output, context: ObserveContext): void {
  const variable = environmentLine(line.bytes, line.saidStart, line.saidEnd);
  if (variable !== null) {
    const { name, value } = variable;
    const credential = givesAway(name, value);
    addMark(lines, out, line, {
      kind: credential ? 'credential' : 'variable',
      shown: credential ? (shownNames([name])[0] ?? '') : '',
      fingerprint: credential ? context.fingerprint(value) : '',
      length: credential ? value.length : 0,
    });
  }
  const dump = dumpIn(line, context);
  if (dump === null) return;
  const names = shownNames(dump.credentials);
  out.add(dumps, joinKey(line.account, line.region, logPlace(line)), line, {
    timeMs: line.timeMs,
    severity: 'HIGH',
    evidence: evidenceOf(line, {
      kind: 'environment',
      variables: dump.variables,
      credentials: dump.credentials.length,
      names: names.join(' '),
    }),
    facts: { names: names.join(' ') },
  });
}

/** Only a record that holds something that a rule about secrets begins with is decoded. */
function dumpIn(line: LineRecord, context: ObserveContext): EnvironmentDump | null {
  const text = recordText(line, context);
  if (text.hints === 0) return null;
  let most: EnvironmentDump | null = null;
  for (const window of text.windows()) {
    if (!mayHoldEnvironment(window.text)) continue;
    for (const view of viewsOf(window.text).views) {
      const dump = environmentIn(view.text);
      if (dump !== null && (most === null || dump.credentials.length > most.credentials.length)) most = dump;
    }
  }
  return most;
}

function judge(key: string, hits: HitSummary): readonly Draft[] {
  const [account = '', region = '', place = ''] = splitKey(key);
  const names = [...new Set((hits.facts.names ?? []).flatMap((list) => list.split(' ')))].sort();
  return [
    {
      ...spanOf(hits),
      ...wordsOf(place, names, `${hits.count} ${hits.count === 1 ? 'record holds' : 'records hold'}`),
      account,
      region,
      confidence: 0.9,
      grade: 'certain',
      why: [
        `at least ${MIN_VARIABLES} names in capitals that are given values, in one record`,
        'at least one is named as a credential, and its value is no mask, reference or default',
      ],
    },
  ];
}

/**
 * One record a variable. A credential is said where it stands, or, when only the records of the next block make it a dump, there: never
 * twice, since no neighbourhood spans three blocks.
 */
function judgeLines(
  place: { account: string; region: string; group: string; stream: string },
  marks: readonly Mark[],
  own: ReadonlySet<Mark>,
): readonly Draft[] {
  const complete = marks.filter((mark) => {
    if (mark.kind !== 'credential') return false;
    const near = marks.filter((other) => other === mark || areNeighbours(mark, other, MAX_DISTANCE_RECORDS));
    if (ordinalsOf(near) < MIN_VARIABLES) return false;
    return own.has(mark) || ordinalsOf(near.filter((other) => !own.has(other))) < MIN_VARIABLES;
  });
  if (complete.length === 0) return [];
  const where = placeOfLog(place.group, place.stream);
  const names = [...new Set(complete.map((mark) => mark.shown).filter((name) => name !== ''))].sort();
  const times = complete.map((mark) => mark.timeMs);
  return [
    {
      ...wordsOf(where, names, 'consecutive records hold'),
      account: place.account,
      region: place.region,
      severity: 'HIGH',
      timeMs: Math.min(...times),
      firstMs: Math.min(...times),
      lastMs: Math.max(...times),
      count: complete.length,
      confidence: 0.85,
      grade: 'probable',
      evidence: complete.slice(0, 10).map((mark) => ({
        source: 'application-log',
        locator: mark.locator,
        eventId: mark.eventId,
        time: new Date(mark.timeMs).toISOString(),
        fields: {
          kind: 'credential of an environment',
          name: mark.shown,
          fingerprint: mark.fingerprint,
          length: mark.length,
        },
      })),
      why: [
        `at least ${MIN_VARIABLES} records of one stream within ${MAX_DISTANCE_RECORDS} of each other are one variable each`,
        'at least one is named as a credential, and its value is no mask, reference or default',
      ],
    },
  ];
}

function ordinalsOf(marks: readonly Mark[]): number {
  return new Set(marks.map((mark) => mark.ordinal)).size;
}

function wordsOf(place: string, names: readonly string[], records: string) {
  const group = logGroupOf(place);
  return {
    entity: place,
    evidenceKey: 'environment',
    title: `Environment with its credentials in a log: ${place}`.slice(0, 120),
    summary:
      `${records} the environment or the settings of a program in ${place}` +
      `${names.length === 0 ? '' : `, ${listed(names, 6)} among them`}. Whoever can read the log has them all.`,
    target: { service: 'log', resource: place },
    remediation: remediateSecret(group === '' ? {} : { logGroup: group }),
  } as const;
}

export const environmentDump: Detector = {
  meta: {
    id: 'SEC-21',
    name: 'environment-dump',
    family: 'SEC',
    version: 1,
    title: 'Environment with its credentials in a log',
    what:
      'At least 5 names in capitals that are given values, one of them named as a credential: printenv, export lines, os.environ, process.env, ' +
      'docker inspect, WSGI environments, Django settings, in one record or one record a variable.',
    why: 'A dump gives away every credential of the program at once, those without a known format, too, and tells where they are good. All of them must be changed.',
    severities: ['HIGH'],
    falsePositives: [
      'Environments of tests, with values that look real.',
      'Constants in capitals in an error’s source text, one of them named as a credential.',
    ],
    blindSpots: [
      'Settings whose names are not in capitals.',
      'Environments that a log driver cuts into variables more than 8 records apart, or in another order.',
      'Masked values, references to secrets and default passwords, on purpose.',
    ],
    investigate: [
      'Open the record at the locator: a start script with set -x or printenv, an error page in debug mode, a crash report.',
      'Change every credential that the environment had, not only those that are named here.',
      'Switch debug pages off (Django: DEBUG = False), and print names of settings, never values.',
    ],
    thresholds: [
      {
        name: 'variables',
        value: MIN_VARIABLES,
        unit: 'names',
        reason: 'fewer are the arguments of one command',
        source: 'chosen, not measured',
      },
      {
        name: 'distance',
        value: MAX_DISTANCE_RECORDS,
        unit: 'records',
        reason: 'drivers write one record a line, and other streams do not come between',
        source: 'chosen, not measured',
      },
    ],
    identity: { entity: 'log group or file', evidenceKey: 'environment', windowMs: DAY_MS },
    compliance: { cwe: ['CWE-532', 'CWE-522'], owasp: ['API8:2023'] },
  },
  needs: { lines: true },
  sights: { needs: [['log-lines']] },
  folds: [dumps, lines],
  observeLine,
};
