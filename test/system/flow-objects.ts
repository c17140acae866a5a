// The smallest object in which something is wrong.

import { gzipSync } from 'node:zlib';

/** A client in the VPC of this account sends a request to port 80 of DynamoDB (TLS-06). Another account, another interface: another flow. */
export function plainFlow(account: string, nowMs: number): Uint8Array {
  const start = Math.floor(nowMs / 1_000) - 600;
  return gzipSync(
    [
      'version account-id interface-id srcaddr dstaddr srcport dstport protocol packets bytes start end action log-status',
      `5 ${account} eni-0${account} 10.0.4.17 52.94.0.10 41022 80 6 9 4210 ${start} ${start + 60} ACCEPT OK`,
      '',
    ].join('\n'),
  );
}
