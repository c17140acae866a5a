// Which detectors look at a record. Most look at few services, and which those are is found once for all calls of an operation.

import { NumberMemo } from '../lib/number-memo.ts';
import type { CallRecord, FlowRecord, LineRecord } from '../records/record.ts';
import type { ObserveContext, Observer, Output, TextHints } from './detector.ts';
import { plainActionName } from './plain-action.ts';
import { placeInRooms } from './sender-memo.ts';

/** Shows a record to all who need its kind. */
export interface Showing {
  call(record: CallRecord, output: Output, context: ObserveContext): void;
  flow(record: FlowRecord, output: Output, context: ObserveContext): void;
  line(record: LineRecord, output: Output, context: ObserveContext): void;
}

/** Services whose detectors are remembered: names of services are whatever a log says. */
const MAX_SERVICES = 10_000;

/** A bit operation of JavaScript has 32. */
const MAX_ASKERS = 31;

/** Who is shown the calls of an operation, and the bit of each that asks about senders. */
interface Shown {
  readonly observers: readonly Observer[];
  /** What each observes calls with: observers are objects of many forms, in which it would be looked up for each call. */
  readonly observe: readonly NonNullable<Observer['observeCall']>[];
  readonly bits: readonly number[];
  readonly anyBit: number;
}

/** Whom no call of a sender to the region concerns. Written over when it calls another one, or where another showing asks. */
interface Silent {
  region: string;
  bits: number;
  askers: readonly Observer[];
}
const SILENT = placeInRooms('sender');

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
  const everyLine = detectors.filter(
    (d) => d.observeLine !== undefined && d.needs.lines === true && d.needs.lineText === undefined,
  );
  /** As with calls: what a line hints at is looked up once, and most lines hint at nothing. */
  const ofLineText = detectors.filter((d) => d.observeLine !== undefined && d.needs.lineText !== undefined);
  const anyLineText = ofLineText.reduce((bits, d) => bits | d.needs.lineText!, 0);
  const textHints = hintsFor([...ofText, ...ofLineText]);
  const byService = new Map<string, readonly Observer[]>();
  const byOperation = new NumberMemo<Shown>();
  /** A bit for each that asks about senders. */
  const askers = ofCalls.filter((d) => d.mayConcern !== undefined);
  if (askers.length > MAX_ASKERS) throw new RangeError(`more than ${MAX_ASKERS} detectors ask about senders`);
  const bitsOfAskers = new Map(askers.map((asker, at) => [asker, 1 << at]));
  const bitOf = (observer: Observer): number => bitsOfAskers.get(observer) ?? 0;

  /** Bits of those whom no call of the sender concerns. */
  function silentFor(call: CallRecord): number {
    const room = call.senderRoom;
    // Not one of many: each looks for itself.
    if (room === null) return 0;
    const { region } = call;
    const known = room[SILENT] as Silent | undefined;
    if (known !== undefined && known.region === region && known.askers === askers) return known.bits;
    let bits = 0;
    for (let at = 0; at < askers.length; at++) if (!askers[at]!.mayConcern!(call)) bits |= 1 << at;
    if (known === undefined) room[SILENT] = { region, bits, askers } satisfies Silent;
    else {
      known.region = region;
      known.bits = bits;
      known.askers = askers;
    }
    return bits;
  }

  function ofCall(call: CallRecord): Shown {
    const known = byOperation.get(call.operationNumber);
    if (known !== undefined) return known;
    const observers = [...new Set([...ofService(call.service), ...ofAction(call)])];
    const bits = observers.map(bitOf);
    const observe = observers.map((observer) => observer.observeCall!);
    const shown = { observers, observe, bits, anyBit: bits.reduce((sum, bit) => sum | bit, 0) };
    byOperation.set(call.operationNumber, shown);
    return shown;
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
    const hints = textHints.ofCall(call) & anyText;
    if (hints === 0) return;
    for (const detector of ofText) {
      if ((detector.needs.callText! & hints) === 0) continue;
      if (!detector.needs.calls!.includes('*') && !detector.needs.calls!.includes(call.service)) continue;
      detector.observeCall!(call, output, context);
    }
  }

  return {
    call(record, output, context) {
      const { observers, observe, bits, anyBit } = ofCall(record);
      const silent = anyBit === 0 ? 0 : silentFor(record);
      for (let at = 0; at < observers.length; at++) {
        if ((bits[at]! & silent) === 0) observe[at]!.call(observers[at]!, record, output, context);
      }
      if (anyText !== 0) showText(record, output, context);
    },
    flow(record, output, context) {
      for (const detector of ofFlows) detector.observeFlow!(record, output, context);
    },
    line(record, output, context) {
      for (const detector of everyLine) detector.observeLine!(record, output, context);
      if (anyLineText === 0) return;
      const hints = textHints.ofLine(record, context) & anyLineText;
      if (hints === 0) return;
      for (const detector of ofLineText) {
        if ((detector.needs.lineText! & hints) !== 0) detector.observeLine!(record, output, context);
      }
    },
  };
}

const NO_HINTS: TextHints = { ofCall: () => 0, ofLine: () => 0 };

/** All of them are told by one. */
function hintsFor(detectors: readonly Observer[]): TextHints {
  if (detectors.length === 0) return NO_HINTS;
  const [hints, another] = new Set(detectors.map(({ needs }) => needs.textHints));
  if (hints === undefined || another !== undefined)
    throw new RangeError('detectors that ask for the text of records name the same textHints');
  return hints;
}
