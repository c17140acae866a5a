import { describe, expect, it } from 'vitest';
import { privateKeyInLog } from '../../../src/detectors/secrets/private-key-in-log.ts';
import { bodyLineLength, findPrivateKeys } from '../../../src/detectors/secrets/private-key-text.ts';
import { scanText } from '../../../src/detectors/secrets/scan-text.ts';
import { expandPlaceholders } from '../golden-inputs.ts';
import { lineRecord } from '../plain-records.ts';
import { batchReplay, plainReplay } from '../plain-replay.ts';

const T0 = Date.UTC(2026, 10, 1, 12);
const keyLines = (kind: string) => expandPlaceholders(`{{private-key:${kind}}}`).trim().split('\n');
const RSA = keyLines('rsa');
const stamp = (at: number) => new Date(T0 + at).toISOString();

/** What log drivers and loggers make of a line. */
const WRAPPED: readonly (readonly [name: string, wrap: (line: string, at: number) => string])[] = [
  ['nothing', (line) => line],
  ['a time', (line, at) => `${stamp(at)} ${line}`],
  ['a time and a level', (line, at) => `${stamp(at)} INFO ${line}`],
  ['a container runtime', (line, at) => `${stamp(at)} stdout F ${line}`],
  ['a pod and its stream', (line, at) => `${stamp(at)} app-1 stdout F ${line}`],
  ['syslog', (line) => `Nov  1 12:00:00 host app[123]: ${line}`],
  ['aws logs tail', (line, at) => `${stamp(at).replace('Z', '000+00:00')} ecs/app/0123 ${line}`],
  ['compose', (line) => `orders-1  | ${line}`],
  ['Docker', (line, at) => JSON.stringify({ log: `${line}\n`, stream: 'stdout', time: stamp(at) })],
  ['Docker, with blanks', (line, at) => `{"log": "${line}\\n", "stream": "stdout", "time": "${stamp(at)}"}`],
  ['Docker around a time', (line, at) => `{"log":"${stamp(at)} INFO ${line}\\n","stream":"stdout"}`],
  [
    'a line in the middle',
    (line, at) => `{"container_id":"3f2a","time":"${stamp(at)}","log":"${line}","source":"stdout"}`,
  ],
  ['a logger', (line, at) => `{"level":30,"time":${T0 + at},"msg":"${line}"}`],
];

describe('a private key line by line', () => {
  it.each(WRAPPED)('%s: each line of its body', (_, wrap) => {
    for (const [at, line] of RSA.slice(1, -2).entries()) {
      const bytes = Buffer.from(wrap(line, at));
      expect(bodyLineLength(bytes, 0, bytes.length)).toBe(64);
    }
  });

  it.each(WRAPPED)('%s: as records, in any order and any split', (_, wrap) => {
    const records = RSA.map((line, at) => lineRecord(wrap(line, at), { ordinal: at + 60, timeMs: T0 + at }));
    const { findings } = plainReplay([privateKeyInLog], records);
    expect(findings).toMatchObject([{ severity: 'CRITICAL' }]);
    const halves = [records.filter((_, at) => at % 2 === 1), records.filter((_, at) => at % 2 === 0)];
    expect(batchReplay([privateKeyInLog], halves).findings).toEqual(findings);
  });

  it.each(WRAPPED)('%s: as one text, the same key', (_, wrap) => {
    for (const kind of ['rsa', 'encrypted', 'openssh']) {
      const lines = keyLines(kind);
      const [plain] = findPrivateKeys(lines.join('\n'));
      expect(findPrivateKeys(lines.map(wrap).join('\n'))).toEqual([plain]);
    }
  });

  it.each(WRAPPED)('%s: is one key where its lines are looked at together', (_, wrap) => {
    const text = ['before', ...RSA, 'behind'].map(wrap).join('\n');
    const inner = ['before', ...RSA, 'behind']
      .map((line, at) => JSON.stringify({ log: wrap(line, at) }))
      .join('\n');
    const secrets = [text, inner].map((one) =>
      scanText(one, T0)
        .matches.filter(({ kind }) => kind.name === 'private-key')
        .map(({ secret }) => secret),
    );
    const whole = RSA.slice(1, -1).join('');
    expect(secrets).toEqual([[whole], [whole]]);
  });

  it('is no other text', () => {
    const [, body = ''] = RSA;
    for (const text of [
      `{"id":"${body}","level":"info"}`,
      `{"log":"${body} sent\\n","stream":"stdout"}`,
      `{"log":"${body}${body}\\n","stream":"stdout"}`,
      `{"log":"${expandPlaceholders('{{hex:a}}')}\\n","stream":"stdout"}`,
      `{"log":"${body}`,
    ])
      expect(bodyLineLength(Buffer.from(text), 0, text.length), text).toBe(0);
    const header = RSA[0]!;
    for (const behind of [
      'GET / 200',
      `: got\n${stamp(1)} INFO id=x`,
      '\nNov  1 12:00:00 host app[123]: done',
    ])
      expect(findPrivateKeys(`${header} ${behind}`).filter(({ secret }) => secret !== '')).toEqual([]);
  });
});
