// Which detectors look at a record. Most look at few services, and which those are is found once for all calls of an operation.

import { NumberMemo } from '../lib/number-memo.ts';
import type { CallRecord, FlowRecord, LineRecord } from '../records/record.ts';
import type { ObserveContext, Observer, Output } from './detector.ts';
import { plainActionName } from './plain-action.ts';
import { callHints } from './secrets/record-text.ts';

/** Shows a record to all who need its kind. */
export interface Showing {
  call(record: CallRecord, output: Output, context: ObserveContext): void;
  flow(record: FlowRecord, output: Output, context: ObserveContext): void;
  line(record: LineRecord, output: Output, context: ObserveContext): void;
}

/** Services whose detectors are remembered: names of services are whatever a log says. */
const MAX_SERVICES = 10_000;

export function createShowing(detectors: readonly Observer[]): Showing {
  const ofCalls = detectors.filter((d) => d.observeCall !== undefined && d.needs.callText === undefined);
  const ofOperations = detectors.filter(
    (d) => d.observeCall !== undefined && d.needs.operations !== undefined,
  );
  const everyCall = ofCalls.filter((d) => d.needs.calls?.includes('*'));
  /** Shown only calls whose text hints at what they look for: that is looked up once for all of them. */
  const ofText = detectors.filter((d) => d.observeCall !== undefined && d.needs.callText !== undefined);
  const anyText = ofText.reduce((bits, d) => bits | d.needs.callText!, 0);
  const ofFlows = detectors.filter((d) => d.observeFlow !== undefined && d.needs.flows === true);
  const ofLines = detectors.filter((d) => d.observeLine !== undefined && d.needs.lines === true);
  const byService = new Map<string, readonly Observer[]>();
  const byOperation = new NumberMemo<readonly Observer[]>();

  function ofCall(call: CallRecord): readonly Observer[] {
    const known = byOperation.get(call.operationNumber);
    if (known !== undefined) return known;
    const list = [...new Set([...ofService(call.service), ...ofAction(call)])];
    byOperation.set(call.operationNumber, list);
    return list;
  }

  /** Detectors that look at this operation of a service, not at the service. */
  function ofAction({ service, action }: CallRecord): Observer[] {
    const name = plainActionName(action);
    return ofOperations.filter(
      ({ needs }) => Object.hasOwn(needs.operations!, service) && needs.operations![service]!.includes(name),
    );
  }

  function ofService(service: string): readonly Observer[] {
    let list = byService.get(service);
    if (list === undefined) {
      const named = ofCalls.filter((d) => d.needs.calls?.includes(service));
      list = [...everyCall, ...named.filter((d) => !everyCall.includes(d))];
      if (byService.size < MAX_SERVICES) byService.set(service, list);
    }
    return list;
  }

  function showText(call: CallRecord, output: Output, context: ObserveContext): void {
    const hints = callHints(call) & anyText;
    if (hints === 0) return;
    for (const detector of ofText) {
      if ((detector.needs.callText! & hints) === 0) continue;
      if (!detector.needs.calls!.includes('*') && !detector.needs.calls!.includes(call.service)) continue;
      detector.observeCall!(call, output, context);
    }
  }

  return {
    call(record, output, context) {
      for (const detector of ofCall(record)) detector.observeCall!(record, output, context);
      if (anyText !== 0) showText(record, output, context);
    },
    flow(record, output, context) {
      for (const detector of ofFlows) detector.observeFlow!(record, output, context);
    },
    line(record, output, context) {
      for (const detector of ofLines) detector.observeLine!(record, output, context);
    },
  };
}
