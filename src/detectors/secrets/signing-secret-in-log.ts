// SEC-13: a key with which a web application signs sessions or tokens stands in a log.

import { secretRule } from './secret-rule.ts';

export const signingSecretInLog = secretRule({
  meta: {
    id: 'SEC-13',
    name: 'signing-secret-in-log',
    version: 1,
    title: 'Signing key of a web application in a log',
    what:
      'Keys beside the names that frameworks give them (SECRET_KEY, JWT_SECRET, SESSION_SECRET, NEXTAUTH_SECRET, ...), APP_KEY of Laravel, ' +
      'secret_key_base and master key of Rails, machine keys of ASP.NET, keys of WordPress. The key of the FastAPI tutorial anywhere.',
    why: 'Whoever has the key makes sessions and tokens for any user, and for some frameworks objects that run as code.',
    severities: ['CRITICAL', 'HIGH', 'MEDIUM'],
    falsePositives: [
      'Settings with such a name that sign nothing.',
      'Keys of a test that logs its settings.',
    ],
    blindSpots: [
      'Keys under other names, and keys shorter than 8 characters that are no published default.',
      'Names and values in separate members (`"name": ..., "value": ...`).',
      'Published keys beyond the 120 that are known here.',
    ],
    investigate: [
      'Open the record at the locator: a dump of settings or of the environment.',
      'CRITICAL: the key is published or opens the whole application: replace it today, which ends all sessions.',
      'Look for tokens and sessions that no login preceded.',
    ],
    thresholds: [
      {
        name: 'well-known keys',
        value: 120,
        unit: 'keys',
        reason:
          'defaults and examples that public code keeps; ten of ten programs looked at had kept the key of the FastAPI tutorial',
        source: 'https://github.com/wallarm/jwt-secrets',
      },
    ],
    compliance: { cwe: ['CWE-532', 'CWE-321', 'CWE-798'], owasp: ['API2:2023'] },
  },
  per: 'secret',
});
