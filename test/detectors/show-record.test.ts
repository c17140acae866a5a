import { describe, expect, it } from 'vitest';
import type { Detector, Needs } from '../../src/detectors/detector.ts';
import { keyLoss } from '../../src/detectors/policy/key-loss.ts';
import { createShowing } from '../../src/detectors/show-record.ts';
import type { Room } from '../../src/records/record.ts';
import { callRecord } from './plain-records.ts';

/** Which of the calls (`service action`) a detector with these needs is shown. */
function shown(needs: Needs, calls: readonly string[]): string[] {
  const seen: string[] = [];
  const detector: Detector = {
    meta: keyLoss.meta,
    needs,
    folds: [],
    observeCall: ({ service, action }) => void seen.push(`${service} ${action}`),
  };
  const showing = createShowing([detector]);
  // biome-ignore lint/suspicious/noExplicitAny: neither is touched
  const nothing = null as any;
  for (const [at, call] of calls.entries()) {
    const [service = '', action = ''] = call.split(' ');
    const event = {
      eventTime: '2026-11-01T12:00:00Z',
      eventSource: `${service}.amazonaws.com`,
      eventName: action,
    };
    // Twice: the second time from memory.
    for (const operationNumber of [at + 1, at + 1])
      showing.call(callRecord(event, { operationNumber }), nothing, nothing);
  }
  expect(seen.filter((_, at) => at % 2 === 0)).toEqual(seen.filter((_, at) => at % 2 === 1));
  return seen.filter((_, at) => at % 2 === 0);
}

describe('which calls a detector is shown', () => {
  const calls = ['kms Decrypt', 'kms DisableKey', 'lambda DeleteFunction20150331', 'ec2 DisableKey'];

  it.each<[string, Needs, readonly string[]]>([
    ['of operations', { operations: { kms: ['DisableKey'] } }, ['kms DisableKey']],
    ['with an API date in the name', { operations: { lambda: ['DeleteFunction'] } }, [calls[2]!]],
    ['of services', { calls: ['kms'] }, [calls[0]!, calls[1]!]],
    ['of all', { calls: ['*'] }, calls],
    [
      'of services and of operations',
      { calls: ['ec2'], operations: { kms: ['Decrypt'] } },
      [calls[0]!, calls[3]!],
    ],
    ['of none', { lines: true }, []],
  ])('%s', (_, needs, expected) => {
    expect(shown(needs, calls)).toEqual(expected);
  });

  it('is asked of each sender once, and of each region', () => {
    const asked: string[] = [];
    const seen: string[] = [];
    const detector: Detector = {
      meta: keyLoss.meta,
      needs: { calls: ['kms'] },
      folds: [],
      mayConcern: ({ region, senderNumber }) => {
        asked.push(`${senderNumber} ${region}`);
        return region === 'eu-west-1';
      },
      observeCall: ({ region, senderNumber }) => void seen.push(`${senderNumber} ${region}`),
    };
    const showing = createShowing([detector]);
    // biome-ignore lint/suspicious/noExplicitAny: neither is touched
    const nothing = null as any;
    const senders = [7, 7, 8, 7, 0, 0];
    const rooms = new Map<number, Room>([
      [7, []],
      [8, []],
    ]);
    for (const [at, senderNumber] of senders.entries()) {
      const senderRoom = rooms.get(senderNumber) ?? null;
      const event = {
        eventTime: '2026-11-01T12:00:00Z',
        eventSource: 'kms.amazonaws.com',
        eventName: 'Decrypt',
        awsRegion: at === 3 ? 'eu-west-1' : 'us-east-1',
      };
      showing.call(
        callRecord(event, { operationNumber: at + 1, senderNumber, senderRoom }),
        nothing,
        nothing,
      );
    }
    expect(asked).toEqual(['7 us-east-1', '8 us-east-1', '7 eu-west-1']);
    // A sender without a number is one of a kind: the detector looks for itself.
    expect(seen).toEqual(['7 eu-west-1', '0 us-east-1', '0 us-east-1']);
  });

  it('is asked again by another showing with the same rooms', () => {
    const silent: Detector = {
      meta: keyLoss.meta,
      needs: { calls: ['kms'] },
      folds: [],
      mayConcern: () => false,
    };
    const seen: string[] = [];
    const other: Detector = {
      ...silent,
      mayConcern: () => true,
      observeCall: ({ action }) => void seen.push(action),
    };
    const event = {
      eventTime: '2026-11-01T12:00:00Z',
      eventSource: 'kms.amazonaws.com',
      eventName: 'Decrypt',
    };
    const call = callRecord(event, { senderRoom: [] });
    // biome-ignore lint/suspicious/noExplicitAny: neither is touched
    const nothing = null as any;
    for (const detector of [{ ...silent, observeCall: other.observeCall! }, other])
      createShowing([detector]).call(call, nothing, nothing);
    expect(seen).toEqual(['Decrypt']);
  });

  it('once, where a service and one of its operations are named', () => {
    expect(shown({ calls: ['kms'], operations: { kms: ['Decrypt'] } }, calls)).toEqual([calls[0], calls[1]]);
  });
});
