// SEC-08: a JSON Web Token stands in a log.

import { secretRule } from './secret-rule.ts';

export const jsonWebTokenInLog = secretRule({
  meta: {
    id: 'SEC-08',
    name: 'json-web-token-in-log',
    version: 1,
    title: 'JSON Web Token in a log',
    what:
      'JSON Web Tokens wherever they stand, also in base64, with header and payload that decode. Read are algorithm, issuer and expiry; ' +
      'signatures with HMAC are tried with 120 keys that everybody can read.',
    why: 'Until it expires, whoever has the token is its subject. One that is not signed, or signed with a published key, shows that anybody can make one for any user.',
    severities: ['CRITICAL', 'HIGH', 'MEDIUM', 'LOW'],
    falsePositives: [
      'Tokens of test systems.',
      'Tokens that are bound to a key of the client and look like others.',
      'Local development with the default keys of Supabase and others: CRITICAL, and right where such keys serve.',
    ],
    blindSpots: [
      'Tokens whose header begins with white space, and tokens without their signature, which open nothing.',
      'Whether the issuer has revoked a token, and whether it takes identity tokens as keys (MEDIUM).',
      'Encrypted tokens (JWE): LOW, since nobody can read them, unless they stand where a key is given.',
      'Weak keys that are not published.',
    ],
    investigate: [
      'Read issuer, expiry and the sort of subject in the evidence; decode the token where it stands for the rest.',
      'Signed with a well-known key, or not signed: replace the key of that service today, all its tokens are void then.',
      'Otherwise end the session at the issuer, then stop the logging of the header.',
    ],
    thresholds: [
      {
        name: 'expired',
        value: 0,
        unit: 'seconds left when it was logged',
        reason:
          'what had expired opened nothing any more; later expiry does not make it safe, since logs are read at once',
        source: 'https://www.rfc-editor.org/rfc/rfc7519#section-4.1.4',
      },
      {
        name: 'shortest signature',
        value: '32-132',
        unit: 'bytes, by algorithm',
        reason: 'a shorter one was cut by whoever wrote the line: LOW',
        source: 'https://www.rfc-editor.org/rfc/rfc7518#section-3',
      },
    ],
    compliance: { cwe: ['CWE-532', 'CWE-347', 'CWE-321'], owasp: ['API2:2023'] },
  },
  per: 'place',
});
