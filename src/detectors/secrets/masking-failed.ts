// SEC-24: somebody meant to mask a secret, and the log still shows it, or most of it.

import type { Detector } from '../detector.ts';
import { secretRule } from './secret-rule.ts';

export const maskingFailed: Detector = secretRule({
  meta: {
    id: 'SEC-24',
    name: 'masking-failed',
    version: 1,
    title: 'Masking of a secret failed in a log',
    what: 'Secrets of which a mask covers the smaller half, and secrets in clear with a masked value of the same name beside them.',
    why: 'Whoever reads the program takes it for safe. The few characters under the mask can be tried out.',
    severities: ['LOW'],
    falsePositives: [
      'A value before a change that is masked, and one after it that is a placeholder of the program.',
      'Masks of a fixed length over secrets that are much longer.',
    ],
    blindSpots: [
      'Masks of other signs than asterisks, bullets, x, X and #.',
      'A masked value and its copy in another record, or under another name.',
      'First or last characters of a token, up to 15: often shown on purpose, to tell it apart.',
    ],
    investigate: [
      'Open the record at the locator, and look for the filter that masks: it misses a path, a copy or a form of the value.',
      'SEC-11 and its neighbours tell of what stands in clear; here it is the filter that needs care.',
    ],
    thresholds: [
      {
        name: 'shown characters',
        value: '4 of a password, 16 of others, and more than are masked',
        unit: 'characters',
        reason: 'so much that the rest can be tried out, and more than is shown to tell keys apart',
        source: 'chosen, not measured',
      },
    ],
    compliance: { cwe: ['CWE-532'], owasp: ['API8:2023'] },
  },
  per: 'secret',
  consequence: 'A mask was meant to cover it.',
});
