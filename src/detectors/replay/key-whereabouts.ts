// From where a key, a presigned URL or a principal was used: the earliest use from each network by each kind of client.

import { compareText } from '../../lib/text-order.ts';
import type { CallRecord, EpochMs } from '../../records/record.ts';
import type { Draft, Fold, JudgeContext, ObserveContext } from '../detector.ts';

export interface Use {
  readonly network: string;
  /** Family of the user agent. */
  readonly client: string;
  readonly timeMs: EpochMs;
  readonly eventId: string;
  readonly locator: string;
  readonly ip: string;
  /** An address of the internet, and not through a VPC endpoint: only there can it be elsewhere. */
  readonly public: boolean;
  /** Region of AWS's ranges that the address lies in, or of the VPC it came from; '' for all others. */
  readonly awsRegion: string;
  readonly account: string;
  readonly region: string;
  readonly service: string;
  readonly action: string;
  readonly errorCode: string;
  readonly principal: string;
  readonly principalType: string;
  readonly principalName: string;
  readonly session: string;
}

export interface Whereabouts {
  /** The earliest of each network and client, in order of time. */
  uses: Use[];
  truncated: boolean;
}

/** Of a key and window. A key that is in more networks roams: the later ones are left out, and it is said. Chosen. */
const MAX_USES = 48;
/** Measured: about 600. */
const BYTES_OF_USE = 600;

export function whereaboutsFold(
  name: string,
  times: { readonly windowMs: number; readonly keepMs: number; readonly reads?: readonly string[] },
  judge?: (key: string, window: number, whereabouts: Whereabouts, context: JudgeContext) => readonly Draft[],
): Fold<Use, Whereabouts> {
  return {
    name,
    version: 1,
    ...times,
    bytesOfAddition: BYTES_OF_USE,
    empty: () => ({ uses: [], truncated: false }),
    add(summary, use) {
      keepUse(summary, use);
      return summary;
    },
    merge(a, b) {
      for (const use of b.uses) keepUse(a, use);
      a.truncated ||= b.truncated;
      return a;
    },
    ...(judge === undefined ? {} : { judge }),
  };
}

/** Of too many the earliest: one that is left out is later than all that stay. */
function keepUse(summary: Whereabouts, use: Use): void {
  const { uses } = summary;
  const known = uses.findIndex(({ network, client }) => network === use.network && client === use.client);
  if (known !== -1) {
    if (compareUses(use, uses[known]!) >= 0) return;
    uses.splice(known, 1);
  }
  let at = uses.length;
  while (at > 0 && compareUses(use, uses[at - 1]!) < 0) at--;
  uses.splice(at, 0, use);
  if (uses.length <= MAX_USES) return;
  uses.pop();
  summary.truncated = true;
}

export function compareUses(a: Use, b: Use): number {
  return (
    a.timeMs - b.timeMs ||
    compareText(a.eventId, b.eventId) ||
    compareText(a.locator, b.locator) ||
    compareText(a.network, b.network) ||
    compareText(a.client, b.client)
  );
}

export function useOf(call: CallRecord, context: ObserveContext): Use {
  const outside = call.networkClass === 'public' && call.vpcEndpoint === '';
  return {
    network: call.network,
    client: call.userAgentFamily,
    timeMs: call.timeMs,
    eventId: call.eventId,
    locator: call.locator,
    ip: call.ip,
    public: outside,
    awsRegion: outside ? (context.awsRange(call.ip)?.region ?? '') : call.region,
    account: call.account,
    region: call.region,
    service: call.service,
    action: call.action,
    errorCode: call.errorCode,
    principal: call.principal,
    principalType: call.principalType,
    principalName: call.principalName,
    session: call.sessionName,
  };
}
