// What a record says was asked for, but for the parameters: worked out once for all records that say it in the same letters.

import { createNumbered } from './numbered.ts';
import { N } from './scan-kernel/scan-record.ts';
import { F } from './trail-fields.ts';
import type { TrailView } from './trail-view.ts';

/** The names are those of CallRecord, which says what they hold. */
export interface Operation {
  /** As in N; 0 when it serves one record only. */
  readonly number: number;
  readonly service: string;
  readonly action: string;
  /** '' where the record does not say. */
  readonly region: string;
  readonly errorCode: string;
  readonly readOnly: boolean | null;
}

export interface Operations {
  /** What the record in view asks for. */
  of(call: TrailView): Operation;
}

/** Distinct sources remembered before the cache starts anew. */
const MAX_SERVICES = 4096;

export function createOperations(): Operations {
  const services = new Map<string, string>();

  /** One string for all operations of a service. */
  function serviceOf(source: string): string {
    let service = services.get(source);
    if (service === undefined) {
      if (services.size >= MAX_SERVICES) services.clear();
      service = source.endsWith('.amazonaws.com') ? source.slice(0, -14) : source;
      services.set(source, service);
    }
    return service;
  }

  return { of: createNumbered(N.operation, (call) => read(call, serviceOf(call.text(F.eventSource)))) };
}

function read(call: TrailView, service: string): Operation {
  const readOnly = call.text(F.readOnly);
  return {
    number: call.slots.numbers[N.operation]!,
    service,
    action: call.text(F.eventName),
    region: call.text(F.awsRegion),
    errorCode: call.text(F.errorCode),
    readOnly: readOnly === 'true' ? true : readOnly === 'false' ? false : null,
  };
}
