// Logs in which each line is an object, and objects in texts in objects.

import { isoMillis } from '../clock.ts';
import type { Random } from '../prng.ts';
import { around, type LogFormat, type LogPiece, type Notation, type WrittenEntry } from './log-format.ts';

const TEXT_HOLE = 'a hole for a text';
const MEMBER_HOLE = 'a hole for a member';

/** The piece as part of a JSON text: a member, or words in a string. */
function partOf(piece: LogPiece, notation: Notation): string {
  if (notation === 'member') {
    return `${JSON.stringify(piece.member!.key)}:${JSON.stringify(piece.member!.value)}`;
  }
  return inString(notation === 'lines' ? (piece.lines ?? [piece.text]).join('\n') : piece.text);
}

function inString(text: string): string {
  return JSON.stringify(text).slice(1, -1);
}

/** An object with the hole filled; made whole by JSON.stringify, so that nothing but the piece is pasted. */
function fill(object: unknown, piece: LogPiece, notation: Notation): WrittenEntry {
  const text = JSON.stringify(object);
  const part = partOf(piece, notation);
  const hole = notation === 'member' ? `"${MEMBER_HOLE}":0` : TEXT_HOLE;
  const at = text.indexOf(hole);
  if (at < 0) throw new Error('a format without a hole');
  return around(text.slice(0, at), part, text.slice(at + hole.length));
}

/** What a record holds in the place of the piece. */
function holes(notation: Notation, random: Random): { readonly message: string; readonly extra: object } {
  if (notation !== 'member') return { message: `client said: ${TEXT_HOLE}`, extra: {} };
  const member = { [MEMBER_HOLE]: 0 };
  return {
    message: 'client ready',
    extra: random.pick([
      member,
      { config: { region: 'eu-west-1', ...member, retries: 3 } },
      { event: { headers: { host: 'api.internal', ...member } } },
      { items: [{ id: 'o-1' }, { id: 'o-2', ...member }] },
    ]),
  };
}

function jsonFormat(
  name: string,
  file: string,
  record: (message: string, extra: object, random: Random, timeMs: number) => object,
): LogFormat {
  return {
    name,
    file,
    takes: ['text', 'member', 'lines'],
    write(piece, notation, random, timeMs) {
      const { message, extra } = holes(notation, random);
      return fill(record(message, extra, random, timeMs), piece, notation);
    },
    ordinary: (random, timeMs) =>
      JSON.stringify(record('request done', { durationMs: random.below(300) }, random, timeMs)),
  };
}

export const JSON_FORMATS: readonly LogFormat[] = [
  // https://getpino.io/#/docs/api?id=logger-instance
  jsonFormat('pino', 'pino.jsonl', (message, extra, random, timeMs) => ({
    level: 20,
    time: timeMs,
    pid: random.between(7, 400),
    hostname: 'ip-10-0-3-17',
    reqId: `req-${random.text('abcdefghijklmnopqrstuvwxyz0123456789', 6)}`,
    ...extra,
    msg: message,
  })),
  // https://github.com/winstonjs/logform#json
  jsonFormat('winston', 'winston.jsonl', (message, extra, _random, timeMs) => ({
    level: 'debug',
    message,
    ...extra,
    timestamp: isoMillis(timeMs),
  })),
  // https://docs.aws.amazon.com/lambda/latest/dg/monitoring-cloudwatchlogs-logformat.html
  jsonFormat('Lambda JSON', 'lambda-json.jsonl', (message, extra, random, timeMs) => ({
    timestamp: isoMillis(timeMs),
    level: 'DEBUG',
    requestId: random.uuid(),
    message,
    ...extra,
  })),
  // https://pkg.go.dev/go.uber.org/zap#NewProductionEncoderConfig
  jsonFormat('zap', 'zap.jsonl', (message, extra, random, timeMs) => ({
    level: 'debug',
    ts: timeMs / 1000,
    caller: `client/client.go:${random.between(10, 300)}`,
    msg: message,
    ...extra,
  })),
  {
    // https://docs.docker.com/engine/logging/drivers/json-file/
    name: 'docker json-file',
    file: 'docker-json.jsonl',
    takes: ['text', 'lines'],
    write(piece, notation, _random, timeMs) {
      const line = (log: string): string =>
        JSON.stringify({
          log: `${log}\n`,
          stream: 'stdout',
          time: isoMillis(timeMs).replace('Z', '417093Z'),
        });
      if (notation === 'text') {
        return { text: line(`DEBUG client said: ${piece.text}`), parts: [inString(piece.text)] };
      }
      const lines = piece.lines ?? [piece.text];
      return {
        text: ['dump', ...lines].map(line).join('\n'),
        parts: lines.filter((part) => part !== '').map(inString),
      };
    },
    ordinary: (random, timeMs) =>
      JSON.stringify({
        log: `GET /orders/${random.below(1e6)} 200\n`,
        stream: 'stdout',
        time: isoMillis(timeMs),
      }),
  },
  {
    name: 'JSON in JSON in JSON',
    file: 'escaped.jsonl',
    takes: ['text', 'member', 'lines'],
    write(piece, notation, random, timeMs) {
      const { message, extra } = holes(notation, random);
      const inner = fill({ level: 'debug', message, ...extra }, piece, notation);
      const wrap = (text: string): string => JSON.stringify(text).slice(1, -1);
      const part = wrap(wrap(inner.parts[0]!));
      const text = JSON.stringify({
        time: isoMillis(timeMs),
        log: JSON.stringify({ source: 'router', record: inner.text }),
      });
      return { text, parts: [part] };
    },
    ordinary: (_r, timeMs) =>
      JSON.stringify({ time: isoMillis(timeMs), log: JSON.stringify({ source: 'router', record: 'ready' }) }),
  },
  {
    name: 'pretty-printed JSON',
    file: 'pretty.log',
    takes: ['text', 'member', 'lines'],
    write(piece, notation, random, timeMs) {
      const { message, extra } = holes(notation, random);
      const { text, parts } = fill({ message, ...extra }, piece, notation);
      const pretty = JSON.stringify(JSON.parse(text), null, 2);
      const part = parts[0]!;
      const here =
        notation === 'member'
          ? `${JSON.stringify(piece.member!.key)}: ${JSON.stringify(piece.member!.value)}`
          : part;
      return { text: `${isoMillis(timeMs)} DEBUG request body\n${pretty}`, parts: [here] };
    },
    ordinary: (_r, timeMs) => `${isoMillis(timeMs)} INFO request done`,
  },
];
