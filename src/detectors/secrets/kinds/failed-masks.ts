// SEC-24: secrets that a mask was meant to cover.

import { findHalfMasked, findMaskedAndClear } from '../masking-text.ts';
import { name, type SecretKind } from '../secret-kind.ts';

const NAMES = name(
  ...[
    'password',
    'passwd',
    'pwd',
    'passphrase',
    'secret',
    'token',
    'api_key',
    'apikey',
    'api-key',
    'api.key',
  ],
);
/** Masks and hashes are how data that must not be recorded is to be handled. */
const LOGGING_GUIDE =
  'https://cheatsheetseries.owasp.org/cheatsheets/Logging_Cheat_Sheet.html#data-to-exclude';

const maskedAndClear: SecretKind = {
  name: 'masked-and-clear',
  title: 'Secret that is masked beside itself',
  rule: 'SEC-24',
  severity: 'LOW',
  literals: NAMES,
  before: 400,
  behind: 700,
  find: (text, timeMs) => findMaskedAndClear(text, timeMs, maskedAndClear),
  rank: 0,
  source: LOGGING_GUIDE,
};

export const FAILED_MASK_KINDS: readonly SecretKind[] = [
  {
    name: 'half-masked-secret',
    title: 'Half-masked secret',
    rule: 'SEC-24',
    severity: 'LOW',
    literals: NAMES,
    find: findHalfMasked,
    rank: 0,
    source: LOGGING_GUIDE,
  },
  maskedAndClear,
];
