import type { CallRecord } from '../../records/record.ts';
import { joinKey } from '../detector.ts';

/** Key of a call without TLS in TLS-01: account, region, principal, service, category, network, user agent family. */
export function missingKeyOf(call: CallRecord): string {
  return joinKey(
    call.account,
    call.region,
    call.principal,
    call.service,
    call.category,
    call.network,
    call.userAgentFamily,
  );
}
