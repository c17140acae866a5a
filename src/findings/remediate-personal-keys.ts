// What to do about personal data in the keys of items.

import { word } from './command-values.ts';
import type { RemediationStep } from './finding.ts';
import { ONLY_READS } from './remediation.ts';

export function remediatePersonalKeys(table: string): readonly RemediationStep[] {
  return [
    {
      step: 'See which attributes are the keys of the table and of its indexes',
      command: `aws dynamodb describe-table --table-name ${word('tableName', table)} --query 'Table.[KeySchema,GlobalSecondaryIndexes[].KeySchema]'`,
      ...ONLY_READS,
    },
    {
      step: 'Write new items under a key that tells nothing: a random id, or an HMAC of the value with a secret key (a plain hash of an address or a card number can be guessed); keep the value in an attribute that is no key',
      command: null,
      risk: 'Keys cannot be changed in place: items are copied to new keys, and readers must know both for a while.',
      undo: 'Keep the old items until the new ones are in use.',
    },
    {
      step: 'Until then: let only those read the trail’s bucket, its log group and its event data store who may know the customers, and delete what is older than needed',
      command: null,
      risk: 'Investigations lose what was deleted.',
      undo: 'None for what was deleted.',
    },
  ];
}
