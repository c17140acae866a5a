// Commands for a KMS key whose material is not renewed any more.

import { known, word } from './command-values.ts';
import type { RemediationStep } from './finding.ts';
import { ONLY_READS, seeWho } from './remediation.ts';

/** A key whose rotation was switched off or made rare. */
export function remediateKeyRotation(values: {
  readonly region?: string;
  readonly kmsKeyId?: string;
}): readonly RemediationStep[] {
  const region = word('region', values.region);
  const key = `--key-id ${word('kmsKeyId', values.kmsKeyId)} --region ${region}`;
  return [
    {
      step: 'See whether the key is rotated now, and how often',
      command: `aws kms get-key-rotation-status ${key}`,
      ...ONLY_READS,
    },
    {
      step: 'Rotate the key every year again',
      command: `aws kms enable-key-rotation ${key} --rotation-period-in-days 365`,
      risk: 'Nothing needs to be encrypted anew: KMS keeps the earlier material. Each of the first rotations adds to the price of the key.',
      undo: `aws kms disable-key-rotation ${key}`,
    },
    seeWho(known('kmsKeyId', values.kmsKeyId), 'kms', region),
  ];
}
