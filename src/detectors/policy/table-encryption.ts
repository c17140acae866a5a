// What a call says about the key that a DynamoDB table is encrypted with at rest.

import type { CallRecord } from '../../records/record.ts';
import { kmsKeyId } from './kms-key.ts';
import { booleanField, objectField, textField } from './parameters.ts';

/** Weakest first: the key of AWS that no account sees, the account's key that AWS manages, a key that the customer rules over. */
export const KEY_OWNERS = ['AWS owned key', 'AWS managed key', 'customer managed key'] as const;

export interface TableEncryption {
  /** Index in KEY_OWNERS. */
  readonly owner: number;
  /** Key id or alias where the call names one. */
  readonly key: string;
}

/**
 * Null when the call says nothing of it. `enabled: false` is the AWS owned key: a table is never without encryption.
 * https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_SSESpecification.html
 */
export function encryptionAskedIn(call: CallRecord): TableEncryption | null {
  const asked =
    objectField(call.requestParameters, 'sSESpecification') ??
    objectField(call.requestParameters, 'sSESpecificationOverride');
  if (asked === null) return null;
  const key = kmsKeyId(textField(asked, 'kMSMasterKeyId'));
  const enabled = booleanField(asked, 'enabled');
  if (enabled === false) return { owner: 0, key: '' };
  if (enabled === null && key === '') return null;
  return key === '' || key === 'alias/aws/dynamodb' ? { owner: 1, key: '' } : { owner: 2, key };
}
