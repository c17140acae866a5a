// SEC-10: a connection string with its password stands in a log.

import type { Severity } from '../../findings/finding.ts';
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
import { type ConnectionPassword, findConnectionPasswords } from './connection-string-text.ts';
import { listed, logGroupOf, logPlace, spanOf } from './log-place.ts';
import { HINT } from './prefilter.ts';
import { recordText, TEXT_HINTS } from './record-text.ts';

const fold = hitFold('secret-connection-string', DAY_MS, judge);

/** What it looks for begins with. */
const HINTS = HINT.connectionUrl | HINT.connectionString;

function observe(record: LineRecord | CallRecord, out: Output, context: ObserveContext): void {
  const text = recordText(record, context);
  if ((text.hints & HINTS) === 0) return;
  const said = new Set<string>();
  for (const window of text.windows()) {
    if ((window.hints & HINTS) === 0) continue;
    for (const view of window.views) {
      for (const found of findConnectionPasswords(view)) {
        const shown = `${found.scheme}://${found.user === '' ? '' : `${found.user}@`}${found.host || '…'}`;
        if (said.has(shown)) continue;
        said.add(shown);
        const fingerprint = context.fingerprint(found.password);
        out.add(fold, joinKey(record.account, record.region, shown, fingerprint), record, {
          timeMs: record.timeMs,
          severity: severityOf(found),
          evidence: evidenceOf(record, {
            kind: 'connection string password',
            field: window.field,
            scheme: found.scheme,
            user: found.user,
            host: found.host,
            fingerprint,
            length: found.password.length,
          }),
          facts: {
            place: logPlace(record),
            strength: found.wellKnown ? 'well-known' : 'own',
            host: found.local ? 'local' : 'remote',
          },
        });
      }
    }
  }
}

/** HIGH; a database of this machine, or a default password that anybody would try, tells an attacker less. */
function severityOf(found: ConnectionPassword): Severity {
  if (found.local) return 'LOW';
  if (!found.wellKnown) return 'HIGH';
  // A host of one label is a container's neighbour: a default password there is a development set-up.
  return /[.:[]/.test(found.host.replace(/:\d+$/, '')) ? 'MEDIUM' : 'LOW';
}

function judge(key: string, hits: HitSummary): readonly Draft[] {
  const [account = '', region = '', shown = '', fingerprint = ''] = splitKey(key);
  const places = hits.facts.place ?? [];
  const wellKnown = hits.facts.strength?.includes('well-known') ?? false;
  const local = hits.facts.host?.includes('local') ?? false;
  const group = logGroupOf(places[0] ?? '');
  return [
    {
      ...spanOf(hits),
      account,
      region,
      entity: shown,
      evidenceKey: fingerprint,
      confidence: wellKnown ? 0.5 : local ? 0.7 : 0.9,
      grade: wellKnown ? 'weak' : local ? 'probable' : 'certain',
      title: `Connection string with its password in a log: ${shown}`,
      summary:
        `${hits.count} ${hits.count === 1 ? 'record' : 'records'} in ${listed(places)} hold the password for ${shown}.` +
        (wellKnown ? ' It is a default that everybody knows: wrong in a second way where it is in use.' : ''),
      target: { service: shown.split('://')[0] ?? '', resource: shown },
      why: [
        'a password in the place where the connection string has one, and no placeholder or mask',
        ...(wellKnown ? ['it is a default or documentation password'] : []),
        ...(local ? ['the host is this machine or a documentation name'] : []),
      ],
      remediation: remediateSecret(group === '' ? {} : { logGroup: group }),
    },
  ];
}

export const connectionStringPassword: Detector = {
  meta: {
    id: 'SEC-10',
    name: 'connection-string-password',
    family: 'SEC',
    version: 1,
    title: 'Connection string with its password in a log',
    what:
      'Database and broker URLs with user and password (PostgreSQL, MySQL, MongoDB, Redis, AMQP, SQL Server, Oracle and others, with or without ' +
      'a driver as SQLAlchemy writes it), JDBC, ODBC and ADO strings, libpq key words.',
    why: 'The string is all that is needed: where, as whom, and with which password. Drivers print it when a connection fails.',
    severities: ['HIGH', 'MEDIUM', 'LOW'],
    falsePositives: [
      "Development set-ups with default passwords (told apart: LOW on this machine or a container's neighbour, MEDIUM elsewhere).",
      'Documentation that a program prints, when it uses a host that looks real.',
    ],
    blindSpots: [
      'http and https URLs with user and password: SEC-09.',
      'Passwords with an unescaped slash, question mark, white space or quote in a URL.',
      'Passwords in key=value text that is no connection string.',
      'Masked passwords, placeholders and template variables, on purpose.',
    ],
    investigate: [
      'Open the record at the locator: most often an exception that quotes the URL, or a settings dump at start-up.',
      'See whether the host can be reached from where the log can be read.',
      'Change the password first, then stop the logger, then remove the records.',
    ],
    thresholds: [
      {
        name: 'length',
        value: '1-256',
        unit: 'characters',
        reason: 'longer values in this place are no passwords',
        source: 'chosen, not measured',
      },
    ],
    identity: {
      entity: 'scheme, user and host',
      evidenceKey: 'fingerprint of the password',
      windowMs: DAY_MS,
    },
    compliance: { cwe: ['CWE-532', 'CWE-256'], owasp: ['API2:2023'] },
  },
  needs: { calls: ['*'], callText: HINTS, lines: true, textHints: TEXT_HINTS },
  sights: { needs: [['log-lines', 'management-events']] },
  folds: [fold],
  observeCall: observe,
  observeLine: observe,
};
