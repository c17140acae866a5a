// Faults on purpose: the next call that fits meets one. Nothing here is random; a seeded test chooses.

import type { Call } from './calls.ts';
import { ServiceError } from './errors.ts';

/**
 * throttle: the service's own throttling error, nothing is done. fail: HTTP 500, nothing is done. lose-answer: it is done, and the
 * connection breaks before the answer. kill-before, kill-after: the calling function's process dies, the call not done or done.
 * time-out-before, time-out-after: as if the function's time were over at that moment.
 */
export type Effect =
  | 'throttle'
  | 'fail'
  | 'lose-answer'
  | 'kill-before'
  | 'kill-after'
  | 'time-out-before'
  | 'time-out-after';

export interface Fault {
  readonly effect: Effect;
  /** Full name (`dynamodb:PutItem`) or whole service (`dynamodb:*`). */
  readonly action: string;
  /** Of this function only; any caller but the operator otherwise. */
  readonly functionName?: string;
  /** Which of the fitting calls it meets, from 1; 1 where it is not said. */
  readonly nth?: number;
  /** How many calls in a row; 1 where it is not said. */
  readonly times?: number;
}

export interface Faults {
  add(fault: Fault): void;
  /** What the call meets, if anything. Counts the call. */
  meet(call: Call): Effect | null;
  /** Faults that no call has met yet: a schedule that never struck tests nothing. */
  unmet(): readonly Fault[];
  clear(): void;
}

export function createFaults(): Faults {
  let set: { readonly fault: Fault; seen: number; met: number }[] = [];
  return {
    add: (fault) => void set.push({ fault, seen: 0, met: 0 }),
    meet(call) {
      let effect: Effect | null = null;
      for (const entry of set) {
        const { fault } = entry;
        if (!fits(fault, call)) continue;
        entry.seen++;
        const first = fault.nth ?? 1;
        if (entry.seen < first || entry.seen >= first + (fault.times ?? 1)) continue;
        entry.met++;
        effect ??= fault.effect;
      }
      return effect;
    },
    unmet: () => set.filter(({ met }) => met === 0).map(({ fault }) => fault),
    clear() {
      set = [];
    },
  };
}

function fits(fault: Fault, call: Call): boolean {
  if (call.functionName === '' || (fault.functionName ?? call.functionName) !== call.functionName)
    return false;
  return fault.action.endsWith(':*')
    ? call.action.startsWith(fault.action.slice(0, -1))
    : call.action === fault.action;
}

/** Codes that the SDKs know as throttling, by service. https://docs.aws.amazon.com/sdkref/latest/guide/feature-retry-behavior.html */
export function throttled(service: string): ServiceError {
  const words = 'Rate exceeded (a fault that the test asked for)';
  if (service === 'dynamodb') return new ServiceError('ProvisionedThroughputExceededException', words);
  if (service === 's3') return new ServiceError('SlowDown', words, 503);
  if (service === 'sns') return new ServiceError('Throttling', words);
  if (service === 'sqs') return new ServiceError('RequestThrottled', words, 403);
  return new ServiceError('ThrottlingException', words);
}
