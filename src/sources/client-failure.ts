// What stops a client of AWS before the service has said anything about the request itself: the same words for every service.

import { errorName } from '../lib/service-error.ts';

/** Code, what happened and what to do, without anything that a server may have written. */
export interface ClientFailure {
  readonly code: string;
  readonly what: string;
  readonly hint: string;
}

/** Null where it is none of these. `service` is what a person calls it (`S3`), `place` what the region should be that of (`the bucket`). */
export function clientFailure(error: unknown, service: string, place: string): ClientFailure | null {
  const name = errorName(error);
  if (name === 'CredentialsProviderError' || name === 'ExpiredToken' || name === 'ExpiredTokenException') {
    return {
      code: 'no-credentials',
      what: 'no valid AWS credentials',
      hint: 'set AWS_PROFILE or the AWS_ variables, or sign in again',
    };
  }
  if (error instanceof Error && error.message === 'Region is missing') {
    return {
      code: 'no-region',
      what: 'no AWS region is set',
      hint: `set AWS_REGION, to that of ${place} if you know it`,
    };
  }
  if (/^(ECONN|ENOTFOUND|EAI_|ETIMEDOUT|EPIPE|EHOST|ENET)|Timeout/.test(name)) {
    return {
      code: 'unreachable',
      what: `${service} cannot be reached (${name})`,
      hint: 'check the network and --endpoint-url, then run again',
    };
  }
  return null;
}
