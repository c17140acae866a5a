// SEC-19: what stands for somebody who has logged in, or is about to, stands in a log.

import { secretRule } from './secret-rule.ts';

export const sessionInLog = secretRule({
  meta: {
    id: 'SEC-19',
    name: 'session-in-log',
    version: 1,
    title: 'Session or login link in a log',
    what:
      'Session cookies of 30 frameworks and servers in Cookie and Set-Cookie, links that reset a password or confirm an address, codes of OAuth ' +
      'logins beside their state, SAML responses, seeds of second factors, CSRF tokens (LOW). Sessions of Flask and Starlette are tried with published keys.',
    why: 'Whoever reads the log before the session ends is that user, without a password and behind the second factor.',
    severities: ['CRITICAL', 'HIGH', 'MEDIUM', 'LOW'],
    falsePositives: [
      'Sessions of visitors who never logged in: their cookies look the same.',
      'Codes and links that were used before anybody read the log: each is good once.',
    ],
    blindSpots: [
      'Cookies with names of their own, and everyday names (session, sid) outside of a cookie header.',
      'Cookies that are being deleted (Max-Age=0), cookies of load balancers, analytics and consent, on purpose.',
      'Links whose token is shorter than 16 characters.',
    ],
    investigate: [
      'Open the record at the locator: most often a dump of headers, or an access log with its query strings.',
      'End the sessions (delete them on the server, or change the signing key), then stop logging cookies and queries.',
    ],
    thresholds: [
      {
        name: 'length',
        value: 16,
        unit: 'characters',
        reason: 'session ids have 64 bits of entropy or more, which is 16 hex digits',
        source: 'https://cheatsheetseries.owasp.org/cheatsheets/Session_Management_Cheat_Sheet.html',
      },
    ],
    compliance: { cwe: ['CWE-532', 'CWE-598', 'CWE-613'], owasp: ['API2:2023'] },
  },
  per: 'place',
});
