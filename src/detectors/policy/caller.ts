// Who made a change, as facts of a hit and as fields of a draft.

import type { CallRecord } from '../../records/record.ts';
import type { Draft } from '../detector.ts';

/** The part of a summary of hits that is read here. */
interface Facts {
  readonly facts: Readonly<Record<string, readonly string[] | undefined>>;
}

/** The caller as one fact, so that name, key and address of different callers never mix; control characters part its values. */
const PARTS = '\u001f';

export function callerFacts(call: CallRecord): Record<string, string> {
  const caller = [
    call.principalType,
    call.principalName,
    call.sessionName,
    call.keyId,
    call.ip,
    call.networkClass,
    call.vpcEndpoint,
    call.userAgentFamily,
  ];
  return {
    principal: call.principal,
    caller: caller.map((part) => part.replaceAll(PARTS, '')).join(PARTS),
    through: serviceOf(call),
  };
}

/** The service that made the call on somebody's behalf; ''. In records of the years before sessionCredentialFromConsole the console's own name stands there. */
function serviceOf(call: CallRecord): string {
  if (call.principalType === 'AWSService') return call.principalName || 'an AWS service';
  return call.invokedBy === 'signin.amazonaws.com' ? '' : call.invokedBy;
}

/** Principal and actor of a draft: the caller whose facts come first in code unit order. */
export function principalOfHits(hits: Facts): Pick<Draft, 'principal' | 'actor'> {
  const first = hits.facts.caller?.[0];
  if (first === undefined) return { principal: null, actor: null };
  const [
    type = '',
    name = '',
    session = '',
    keyId = '',
    ip = '',
    place = '',
    vpcEndpoint = '',
    userAgent = '',
  ] = first.split(PARTS);
  return {
    principal: { type, name, session, keyId },
    actor: { ip, class: place, vpcEndpoint, userAgent },
  };
}

/** A line of `why` for calls that an AWS service made on somebody's behalf. */
export function throughOf(hits: Facts): string[] {
  const services = hits.facts.through ?? [];
  return services.length === 0
    ? []
    : [
        `by pipeline: made through ${services.join(', ')}; who asked that service for it stands in its own log`,
      ];
}
