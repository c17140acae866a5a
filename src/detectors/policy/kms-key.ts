// Which KMS key a call is about.

import type { CallRecord } from '../../records/record.ts';
import { textField } from './parameters.ts';

const ARN_PREFIX = /^arn:[^:]*:kms:[^:]*:[^:]*:(?:key\/)?/;

/** The key's id, whether a call names it so or by its ARN (an alias stays `alias/name`); '' when the call names none. */
export function kmsKeyOf(call: CallRecord): string {
  return kmsKeyId(
    textField(call.requestParameters, 'keyId') ||
      textField(call.responseElements, 'keyId') ||
      (call.resources.find(({ arn }) => ARN_PREFIX.test(arn))?.arn ?? ''),
  );
}

export function kmsKeyId(key: string): string {
  return key.replace(ARN_PREFIX, '');
}

/** The account that the key belongs to, where the call names the key by its ARN; ''. */
export function keyAccountOf(call: CallRecord): string {
  const named = textField(call.requestParameters, 'keyId');
  const arn = ARN_PREFIX.test(named)
    ? named
    : (call.resources.find((each) => ARN_PREFIX.test(each.arn))?.arn ?? '');
  const account = arn.split(':', 5)[4] ?? '';
  return /^\d{12}$/.test(account) ? account : '';
}
