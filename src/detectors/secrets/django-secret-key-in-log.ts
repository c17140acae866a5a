// SEC-12: the SECRET_KEY of Django stands in a log.

import { secretRule } from './secret-rule.ts';

export const djangoSecretKeyInLog = secretRule({
  meta: {
    id: 'SEC-12',
    name: 'django-secret-key-in-log',
    version: 1,
    title: 'SECRET_KEY of Django in a log',
    what: 'The key of 50 characters that Django makes, beside its name; keys that begin with django-insecure-, wherever they stand.',
    why:
      'Whoever has it signs sessions, password-reset links and messages as any user. A key that startproject made (django-insecure-) also lies ' +
      'in the history of the code, and Django itself warns of serving with it.',
    severities: ['CRITICAL', 'HIGH'],
    falsePositives: ['A dump of the settings of a development machine that ships its logs, too.'],
    blindSpots: [
      'Keys that people made in another form: SEC-13 takes those beside their name.',
      'Masked keys: debug pages of Django show stars in their place.',
    ],
    investigate: [
      'Open the record at the locator: a dump of settings or of the environment, most often at start-up or in an error report.',
      'Make a new key; the old one may stay in SECRET_KEY_FALLBACKS only until it is certain that nobody read it.',
      'Who could read the log could make sessions: look for logins of staff without a login page before them.',
    ],
    thresholds: [
      {
        name: 'entropy',
        value: 4,
        unit: 'bits a character',
        reason: 'sentences of 50 characters have less; none of 20,000 keys had',
        source: 'simulated, 20,000 keys',
      },
    ],
    compliance: { cwe: ['CWE-532', 'CWE-321', 'CWE-798'], owasp: ['API2:2023'] },
  },
  per: 'secret',
});
