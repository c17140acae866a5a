import { describe, expect, it } from 'vitest';
import { createSenderMemo } from '../../src/detectors/sender-memo.ts';
import type { CallRecord } from '../../src/records/record.ts';

const sent = (senderNumber: number, account = `account ${senderNumber}`) =>
  ({ senderNumber, account }) as CallRecord;

describe('the memo of senders', () => {
  it('makes a value once for a sender, whoever comes between', () => {
    let made = 0;
    const memo = createSenderMemo((call) => ({ account: call.account, made: ++made }));
    const first = memo(sent(1));
    expect(memo(sent(2))).not.toBe(first);
    expect(memo(sent(1))).toBe(first);
    expect(made).toBe(2);
  });

  it('keeps nothing for a sender without a number', () => {
    const memo = createSenderMemo((call) => call.account);
    expect(memo(sent(0, 'a'))).toBe('a');
    expect(memo(sent(0, 'b'))).toBe('b');
  });

  it('never gives the value of another, with more senders than it keeps', () => {
    const memo = createSenderMemo((call) => call.account);
    for (let round = 0; round < 2; round++) {
      for (let number = 1; number <= 40_000; number++) {
        const account = memo(sent(number));
        if (account !== `account ${number}`) expect(account).toBe(`account ${number}`);
      }
    }
    expect(memo(sent(40_001))).toBe('account 40001');
  });
});
