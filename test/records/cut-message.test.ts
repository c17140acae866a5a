// Messages that container runtimes cut: joined where the format says so, left alone where it only looks so.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MAX_JOINED_BYTES, MAX_LINES_BETWEEN, MAX_OPEN_MESSAGES } from '../../src/records/joined-messages.ts';
import {
  awslogsMessages,
  criLines,
  DOCKER_BYTES,
  dockerLines,
  exportedLines,
  forwardedLines,
  journalLines,
  type Said,
  textOf,
} from './cut-lines.ts';
import { readBytes } from './read-bytes.ts';

const NOON = Date.UTC(2026, 9, 5, 12);
const long = (words: string, bytes = 40_000): string => words.repeat(Math.ceil(bytes / words.length));

async function recordsOf(lines: readonly Buffer[], chunks?: readonly number[]) {
  const told = await readBytes(textOf(lines), chunks === undefined ? {} : { chunks });
  expect(told.unreadable).toEqual([]);
  // Nothing disappears.
  expect(told.records.length + told.skipped.length).toBe(lines.length);
  return told;
}

/** What an application said, of a record in any of the formats. */
function saidIn(message: string): string {
  if (!message.startsWith('{"')) return message.replace(/^\S+ std\w+ [PF] /, '');
  const value = JSON.parse(message) as { log?: string; MESSAGE?: string };
  return (value.log ?? value.MESSAGE ?? message).replace(/\n$/, '');
}

const SAID: readonly Said[] = [
  { text: 'before' },
  { text: long('one "quoted" \\ <two> \t three ') },
  { text: 'between', output: 'stderr' },
  { text: long('x', 3 * DOCKER_BYTES) },
  { text: JSON.stringify({ level: 'info', list: long('{"a":1}') }) },
  { text: 'behind' },
];

const FORMATS: readonly (readonly [string, (said: readonly Said[]) => Buffer[]])[] = [
  ['docker json-file', dockerLines],
  ['CRI', criLines],
  ['CRI in small pieces', (said) => criLines(said, 1_000)],
  ['Fluent Bit', forwardedLines],
  ['Fluent Bit in small pieces', (said) => forwardedLines(said, 1_000)],
  ['journald', (said) => journalLines(said)],
  ['old journald', (said) => journalLines(said, true)],
  ['exported awslogs, non-blocking', (said) => exportedLines(said, DOCKER_BYTES)],
];

describe('a message that was cut', () => {
  it.each(FORMATS)('is one record again: %s', async (name, write) => {
    // A line without a mark that has the same time and is behind a full one is its rest, whatever it is.
    const said = name.includes('awslogs') ? SAID.filter((_, at) => at !== 3) : SAID;
    const lines = write(said);
    const { records, skipped } = await recordsOf(lines);
    expect(lines.length).toBeGreaterThan(said.length);
    expect(records.map(({ message }) => saidIn(String(message)))).toEqual(said.map(({ text }) => text));
    expect(skipped.every((one) => one.startsWith('joined@'))).toBe(true);
    expect(new Set(records.map(({ identity }) => identity)).size).toBe(records.length);
  });

  it.each(FORMATS)('stands at the line of its first piece: %s', async (_name, write) => {
    const lines = write([{ text: 'before' }, { text: long('abc ') }]);
    const { records } = await recordsOf(lines);
    expect(records).toMatchObject([
      { ordinal: 1, locator: 'app.log#1' },
      { ordinal: 2, locator: 'app.log#2' },
    ]);
  });

  it.each(FORMATS)('is joined across what the other output says: %s', async (name, write) => {
    if (name.includes('awslogs')) return;
    const [one, two] = [long('a '), long('b ')];
    const out = write([{ text: one }]);
    const err = write([{ text: 'filler' }, { text: two, output: 'stderr' }]).slice(1);
    const lines = out.flatMap((line, at) => (err[at] === undefined ? [line] : [line, err[at]]));
    const { records } = await recordsOf(lines);
    expect(records.map(({ message }) => saidIn(String(message))).sort()).toEqual([one, two]);
  });

  it.each(FORMATS)('is the same in chunks of any size: %s', async (_name, write) => {
    const lines = write(SAID);
    const whole = await recordsOf(lines);
    await fc.assert(
      fc.asyncProperty(fc.array(fc.integer({ min: 1, max: 20_000 }), { minLength: 1 }), async (chunks) => {
        const { records, skipped } = await recordsOf(lines, chunks);
        expect({ records, skipped }).toEqual({ records: whole.records, skipped: whole.skipped });
      }),
      { numRuns: 3 },
    );
  });

  it('keeps a character that a cut went through, where the format does', async () => {
    // The euro sign has three bytes: one before the cut, two behind it.
    const text = `${'x'.repeat(DOCKER_BYTES - 1)}\u20ac and more`;
    const [cri] = (await recordsOf(criLines([{ text }]))).records;
    expect(saidIn(String(cri!.message))).toBe(text);
    for (const write of [dockerLines, forwardedLines]) {
      const { records } = await recordsOf(write([{ text }]));
      expect(records.map(({ message }) => saidIn(String(message)))).toEqual([
        text.replace('\u20ac', '\ufffd\ufffd\ufffd'),
      ]);
    }
  });

  it('has the time of its first piece', async () => {
    const lines = criLines([{ text: 'abcdef' }], 3).map((line, at) =>
      Buffer.from(line.toString().replace('12:00:00.', `12:00:0${at}.`)),
    );
    const { records } = await recordsOf(lines);
    expect(records).toMatchObject([{ timeMs: NOON + 123 }]);
  });

  it('is a message of an exported log group, too, and without the time in front', async () => {
    const lines = criLines([{ text: 'abcdef' }], 3).map((line) =>
      Buffer.concat([Buffer.from('2026-10-05T12:00:01.000Z '), line]),
    );
    const { records } = await recordsOf(lines);
    expect(records).toMatchObject([{ timeMs: NOON + 1000 }]);
    expect(records[0]!.message).toMatch(/^2026-10-05T12:00:00\.123456789Z stdout P abcdef$/);
  });
});

describe('pieces that have no other', () => {
  it.each([
    ['P without an end', criLines([{ text: 'abcdef' }], 3).slice(0, 1)],
    ['F without a beginning', criLines([{ text: 'abcdef' }], 3).slice(1)],
    ['a first piece of docker', dockerLines([{ text: long('a') }]).slice(0, 1)],
    ['a last piece of docker', dockerLines([{ text: long('a') }]).slice(-1)],
    ['a first piece of Fluent Bit', forwardedLines([{ text: 'abcdef' }], 3).slice(0, 1)],
    ['a last piece of Fluent Bit', forwardedLines([{ text: 'abcdef' }], 3).slice(1)],
  ])('are records as they stand: %s', async (_name, lines) => {
    const { records } = await recordsOf(lines);
    expect(records.map(({ message }) => message)).toEqual(lines.map(String));
  });

  it('are not taken for those of another message', async () => {
    const [first, , third] = forwardedLines([{ text: 'abcdef' }], 2);
    const other = Buffer.from(String(first).replace('id-0', 'id-1'));
    const { records } = await recordsOf([first!, third!, other]);
    expect(records).toHaveLength(3);
  });
});

describe('what only looks so', () => {
  const lines = (...texts: readonly string[]): Buffer[] => texts.map((text) => Buffer.from(text));
  const time = '2026-10-05T12:00:00.123456789Z';
  it.each([
    ['words in the middle', lines(`${time} INFO to stdout P text`, `${time} stdout F more`)],
    ['another tag', lines(`${time} stdout Px text`, `${time} stdout F more`)],
    ['another output', lines(`${time} stdlog P text`, `${time} stdlog F more`)],
    ['a time without a T', lines('2026-10-05 12:00:00.123 stdout P a', '2026-10-05 12:00:00.123 stdout F b')],
    [
      'JSON without line feeds',
      lines(...['a', 'b'].map((log) => JSON.stringify({ log, stream: 'stdout', time }))),
    ],
    [
      'long messages without line feeds',
      lines(
        ...['a', 'b'].map((log) =>
          JSON.stringify({ log: log.repeat(DOCKER_BYTES + 100), stream: 'stdout', time }),
        ),
      ),
    ],
    [
      'a mark that says no',
      lines(...['a', 'b'].map((log) => JSON.stringify({ log, partial_message: 'false', partial_id: '1' }))),
    ],
    [
      'a mark further in',
      lines(
        ...['a', 'b'].map((log) =>
          JSON.stringify({ log, more: { partial_message: 'true', partial_id: '1' } }),
        ),
      ),
    ],
    [
      'exported events of other times',
      lines(`2026-10-05T12:00:00.123Z ${'a'.repeat(DOCKER_BYTES)}`, '2026-10-05T12:00:00.124Z b'),
    ],
    ['plain lines of that length', lines('a'.repeat(DOCKER_BYTES), 'b')],
  ])('stays apart: %s', async (_name, given) => {
    const { records } = await recordsOf(given);
    expect(records.map(({ message }) => String(message).slice(-50))).toEqual(
      given.map((line) =>
        line
          .toString()
          .slice(-50)
          .replace(/^2026-10-05T12:00:00\.12\dZ (?=.$)/, '')
          .slice(-50),
      ),
    );
  });
});

describe('bounds', () => {
  it('goes on with another record where a message is longer than is looked at', async () => {
    const lines = criLines([{ text: 'x'.repeat(2 * MAX_JOINED_BYTES) }]);
    const { records } = await recordsOf(lines);
    expect(records.length).toBe(3);
    for (const { message } of records) expect(String(message).length).toBeLessThanOrEqual(MAX_JOINED_BYTES);
    expect(records.map(({ message }) => saidIn(String(message))).join('')).toHaveLength(2 * MAX_JOINED_BYTES);
  });

  it('holds few messages at once, and says the oldest as far as it came', async () => {
    const messages = Array.from({ length: 3 * MAX_OPEN_MESSAGES }, (_, n) => ({ text: `message-${n}` }));
    const cut = messages.map((said, n) =>
      forwardedLines([said], 5).map((line) => Buffer.from(String(line).replace('id-0', `id-${n}`))),
    );
    const { records } = await recordsOf([...cut.map(([first]) => first!), ...cut.map(([, last]) => last!)]);
    const joined = records.filter(({ message }) => /message-\d/.test(String(message)));
    expect(joined).toHaveLength(MAX_OPEN_MESSAGES);
  });

  it('waits for so many lines', async () => {
    const [first, last] = criLines([{ text: 'abcdef' }], 3);
    const others = (count: number) =>
      Array.from({ length: count }, () => criLines([{ text: 'e', output: 'stderr' }])[0]!);
    expect((await recordsOf([first!, ...others(MAX_LINES_BETWEEN - 1), last!])).skipped).toHaveLength(1);
    expect((await recordsOf([first!, ...others(MAX_LINES_BETWEEN), last!])).skipped).toHaveLength(0);
  });

  it('takes time in proportion to a hostile stream', async () => {
    const pieces = (count: number) =>
      textOf(Array.from({ length: count }, () => Buffer.from('2026-10-05T12:00:00Z stdout P a')));
    const seconds = async (bytes: Buffer) => {
      const from = process.cpuUsage();
      await readBytes(bytes);
      const { user, system } = process.cpuUsage(from);
      return (user + system) / 1e6;
    };
    const small = pieces(10_000);
    const large = pieces(80_000);
    await seconds(small);
    const least = Math.min(await seconds(small), await seconds(small));
    expect(await seconds(large)).toBeLessThan(Math.max(0.5, 30 * least));
  });
});

describe('cut events of a subscription', () => {
  const payload = (messages: readonly (string | readonly [number, string])[]) =>
    JSON.stringify({
      messageType: 'DATA_MESSAGE',
      owner: '111122223333',
      logGroup: '/ecs/app',
      logStream: 's',
      logEvents: messages.map((given, at) => {
        const [ms, message] = typeof given === 'string' ? [0, given] : given;
        return { id: `e${at}`, timestamp: NOON + ms, message };
      }),
    });
  const read = async (text: string, chunks?: readonly number[]) => {
    const told = await readBytes(text, { key: 'batch.json', ...(chunks === undefined ? {} : { chunks }) });
    expect(told.unreadable).toEqual([]);
    return told;
  };

  it.each([16_384, 262_118])('are one record, of pieces of %d bytes', async (bytes) => {
    const text = JSON.stringify({ list: long('abcd', bytes + 500) });
    const events = awslogsMessages([{ text }], bytes);
    const { records, skipped } = await read(payload([[-1, 'before'], ...events, [1, 'behind']]));
    expect(records.map(({ message }) => message)).toEqual(['before', text, 'behind']);
    expect(records[1]).toMatchObject({ ordinal: 2, locator: '/ecs/app/s/e1', timeMs: NOON });
    expect(skipped).toEqual(['joined@3']);
  });

  it.each([
    ['raw lines of CRI', criLines([{ text: long('x') }])],
    ['raw lines of docker', dockerLines([{ text: long('x') }])],
    ['records of Fluent Bit', forwardedLines([{ text: long('x') }])],
  ])('are one record: %s', async (_name, lines) => {
    const { records } = await read(payload(lines.map(String)));
    expect(records.map(({ message }) => saidIn(String(message)))).toEqual([long('x')]);
  });

  it('are the same record in whichever way they are delivered again, and another one in parts', async () => {
    const events = awslogsMessages([{ text: long('y', 20_000) }], DOCKER_BYTES);
    const together = (await read(payload(events))).records.map(({ identity }) => identity);
    const again = (await read(payload([[-5, 'other'], ...events]))).records.map(({ identity }) => identity);
    const apart = (await Promise.all(events.map((event) => read(payload([event]))))).flatMap(({ records }) =>
      records.map(({ identity }) => identity),
    );
    expect(together).toHaveLength(1);
    expect(again).toContain(together[0]);
    expect(new Set([...together, ...apart]).size).toBe(3);
  });

  it('are left alone where another time or another payload stands between', async () => {
    const [first, last] = awslogsMessages([{ text: long('y', 20_000) }], DOCKER_BYTES);
    const { records } = await read(payload([first!, [1, last!]]) + payload([first!]) + payload([last!]));
    expect(records).toHaveLength(4);
  });
});
