import { describe, expect, it } from 'vitest';
import { createSenderMemo } from '../../src/detectors/sender-memo.ts';
import type { CallRecord, Room } from '../../src/records/record.ts';

const sent = (senderRoom: Room | null, account: string, identityRoom: Room | null = null) =>
  ({ senderRoom, identityRoom, account }) as CallRecord;

describe('the memo of senders', () => {
  it('makes a value once for a room, whoever comes between', () => {
    let made = 0;
    const memo = createSenderMemo((call) => ({ account: call.account, made: ++made }));
    const [one, two]: Room[] = [[], []];
    const first = memo(sent(one!, 'a'));
    expect(memo(sent(two!, 'b'))).not.toBe(first);
    expect(memo(sent(one!, 'a'))).toBe(first);
    expect(made).toBe(2);
  });

  it('keeps nothing for a sender without a room', () => {
    const memo = createSenderMemo((call) => call.account);
    expect(memo(sent(null, 'a'))).toBe('a');
    expect(memo(sent(null, 'b'))).toBe('b');
  });

  it('gives each memo a place of its own', () => {
    const [first, second] = [createSenderMemo(() => 'first'), createSenderMemo(() => 'second')];
    const room: Room = [];
    for (let round = 0; round < 2; round++) {
      expect(first!(sent(room, 'a'))).toBe('first');
      expect(second!(sent(room, 'a'))).toBe('second');
    }
  });

  it('keeps what belongs to a part in the room of the part', () => {
    let made = 0;
    const memo = createSenderMemo(() => ++made, 'identity');
    const identity: Room = [];
    expect(memo(sent([], 'a', identity))).toBe(memo(sent([], 'a', identity)));
    expect(made).toBe(1);
  });
});
