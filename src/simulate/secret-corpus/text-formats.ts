// Logs of lines that people read.

import { hostIn, publicNetwork } from '../address-facts.ts';
import { isoDate, isoMillis, isoSeconds } from '../clock.ts';
import type { Random } from '../prng.ts';
import { around, type LogFormat, type LogPiece, tail } from './log-format.ts';
import { memberText } from './member-notations.ts';

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'] as const;
const VERBS = [
  'loaded',
  'sending',
  'received',
  'request failed:',
  'got',
  'config',
  'using',
  'retrying with',
  'payload',
  'response body',
] as const;

/** `2026-11-01 12:00:00,123`: https://docs.python.org/3/library/logging.html#logging.Formatter.formatTime */
export function pythonStamp(timeMs: number): string {
  return `${isoMillis(timeMs).slice(0, 19).replace('T', ' ')},${isoMillis(timeMs).slice(20, 23)}`;
}

/** `01/Nov/2026:12:00:00 +0000` */
export function accessStamp(timeMs: number): string {
  const [year, month, day] = isoDate(timeMs).split('-');
  return `${day}/${MONTHS[Number(month) - 1]}/${year}:${isoSeconds(timeMs).slice(11, 19)} +0000`;
}

function linesOf(piece: LogPiece): string {
  return (piece.lines ?? [piece.text]).join('\n');
}

/** A format in which a message stands behind a head, several lines below it. */
function headed(
  name: string,
  file: string,
  head: (random: Random, timeMs: number) => string,
  ordinary: readonly string[],
): LogFormat {
  return {
    name,
    file,
    takes: ['text', 'member', 'lines'],
    write(piece, notation, random, timeMs) {
      const said = `${head(random, timeMs)}${random.pick(VERBS)}`;
      if (notation === 'lines') return around(`${said}\n`, linesOf(piece));
      if (notation === 'member') {
        const { text, way } = memberText(piece.member!, random);
        return { ...around(`${said} `, text), way };
      }
      return around(`${said} `, piece.text, tail(random));
    },
    ordinary: (random, timeMs) => head(random, timeMs) + random.pick(ordinary),
  };
}

const PYTHON_FRAMES = (random: Random): string =>
  `Traceback (most recent call last):\n  File "/app/service/${random.pick(['api', 'store', 'client'])}.py", line ${random.between(10, 400)}, in call\n    response = await send(request)`;

export const TEXT_FORMATS: readonly LogFormat[] = [
  {
    // https://github.com/encode/uvicorn/blob/master/uvicorn/logging.py
    name: 'FastAPI, uvicorn',
    file: 'uvicorn.log',
    takes: ['text', 'lines', 'member'],
    write(piece, notation, random, timeMs) {
      if (notation === 'member') {
        const query = new URLSearchParams({ page: '1', [piece.member!.key]: piece.member!.value }).toString();
        return around(
          `INFO:     ${hostIn(publicNetwork(random), random)}:${random.between(1024, 65000)} - "GET /items?`,
          query,
          ' HTTP/1.1" 200 OK',
        );
      }
      const head = random.chance(0.5)
        ? `DEBUG:    app.client: ${random.pick(VERBS)}`
        : `${pythonStamp(timeMs)} - app.client - DEBUG - ${random.pick(VERBS)}`;
      return notation === 'lines'
        ? around(`${head}\n`, linesOf(piece))
        : around(`${head} `, piece.text, tail(random));
    },
    ordinary: (random) =>
      `INFO:     ${hostIn(publicNetwork(random), random)}:${random.between(1024, 65000)} - "GET /items/${random.uuid()} HTTP/1.1" 200 OK`,
  },
  headed(
    'Django, gunicorn',
    'gunicorn.log',
    (random, timeMs) =>
      `[${isoSeconds(timeMs).replace('T', ' ').replace('Z', ' +0000')}] [${random.between(7, 40)}] [DEBUG] `,
    ['Closing connection.', 'Booting worker with pid: 31', 'Worker exiting (pid: 31)'],
  ),
  headed('boto debug', 'boto.log', (_r, timeMs) => `${pythonStamp(timeMs)} botocore.endpoint [DEBUG] `, [
    'Making request for OperationModel(name=GetItem)',
    'No retry needed.',
    'Response headers: {"Server": "Server", "Content-Type": "application/x-amz-json-1.0"}',
  ]),
  {
    name: 'Lambda text',
    file: 'lambda.log',
    takes: ['text', 'lines'],
    write(piece, notation, random, timeMs) {
      const id = random.uuid();
      const said = `${isoMillis(timeMs)}\t${id}\tINFO\t${random.pick(VERBS)}`;
      const report = `END RequestId: ${id}\nREPORT RequestId: ${id}\tDuration: ${random.between(1, 900)}.${random.between(10, 99)} ms\tBilled Duration: 31 ms\tMemory Size: 256 MB\tMax Memory Used: ${random.between(70, 200)} MB\tXRAY TraceId: 1-${random.hex(8)}-${random.hex(24)}\tSegmentId: ${random.hex(16)}\tSampled: true`;
      return notation === 'lines'
        ? around(`START RequestId: ${id} Version: $LATEST\n${said}\n`, linesOf(piece), `\n${report}`)
        : around(`START RequestId: ${id} Version: $LATEST\n${said} `, piece.text, `\n${report}`);
    },
    ordinary: (random, timeMs) => `${isoMillis(timeMs)}\t${random.uuid()}\tINFO\tprocessed 7 records`,
  },
  headed(
    'syslog',
    'syslog.log',
    (random, timeMs) =>
      `${MONTHS[Number(isoDate(timeMs).slice(5, 7)) - 1]} ${isoDate(timeMs).slice(8, 10)} ${isoSeconds(timeMs).slice(11, 19)} ip-10-0-3-17 api[${random.between(300, 30000)}]: `,
    ['Started session 42 of user root.', 'health check passed'],
  ),
  headed(
    'log4j with MDC',
    'log4j.log',
    (random, timeMs) =>
      `${pythonStamp(timeMs)} [http-nio-8080-exec-${random.between(1, 20)}] DEBUG c.e.orders.OrderClient [traceId=${random.hex(32)}, spanId=${random.hex(16)}] - `,
    ['order stored', 'HikariPool-1 - Pool stats (total=10, active=0, idle=10, waiting=0)'],
  ),
  headed('CloudWatch export', 'cloudwatch-export.log', (_r, timeMs) => `${isoMillis(timeMs)} `, [
    'request done',
    'cache refreshed',
  ]),
  headed(
    'Kubernetes container',
    'containers.log',
    // https://github.com/kubernetes/design-proposals-archive/blob/main/node/kubelet-cri-logging.md
    (_r, timeMs) => `${isoMillis(timeMs).replace('Z', '417093Z')} stdout F `,
    ['ready', 'GET /healthz 200'],
  ),
  {
    name: 'stack trace',
    file: 'tracebacks.log',
    takes: ['text', 'lines'],
    write(piece, notation, random, timeMs) {
      const head = `${isoMillis(timeMs)} ERROR worker failed\n${PYTHON_FRAMES(random)}\n`;
      return notation === 'lines'
        ? around(`${head}service.errors.BadResponse: body was\n`, linesOf(piece))
        : around(`${head}service.errors.BadResponse: `, piece.text);
    },
    ordinary: (_r, timeMs) => `${isoMillis(timeMs)} INFO worker ready`,
  },
  {
    // Each line of what a program prints becomes a record of its own, with a time before it.
    name: 'line by line',
    file: 'line-driver.log',
    takes: ['lines'],
    write(piece, _notation, _random, timeMs) {
      const lines = piece.lines ?? [piece.text];
      return {
        text: [`${isoMillis(timeMs)} dump`, ...lines.map((line) => `${isoMillis(timeMs)} ${line}`)].join(
          '\n',
        ),
        parts: lines.filter((line) => line !== ''),
      };
    },
    ordinary: (_r, timeMs) => `${isoMillis(timeMs)} ready`,
  },
  {
    // https://www.structlog.org/en/stable/console-output.html
    name: 'structlog with colours',
    file: 'structlog.log',
    takes: ['text', 'member'],
    write(piece, notation, random, timeMs) {
      const head = `\u001b[2m${isoSeconds(timeMs)}\u001b[0m [\u001b[32m\u001b[1mdebug    \u001b[0m] \u001b[1m`;
      if (notation === 'text') return around(head, piece.text, `\u001b[0m`);
      const { key, value } = piece.member!;
      return around(
        `${head}client ready                  \u001b[0m `,
        `\u001b[36m${key}\u001b[0m=\u001b[35m${/^[^\s"=]*$/.test(value) ? value : `'${value}'`}`,
        `\u001b[0m \u001b[36mregion\u001b[0m=\u001b[35m${random.pick(['eu-west-1', 'us-east-1'])}\u001b[0m`,
      );
    },
    ordinary: (_r, timeMs) =>
      `\u001b[2m${isoSeconds(timeMs)}\u001b[0m [\u001b[32m\u001b[1minfo     \u001b[0m] \u001b[1mready\u001b[0m`,
  },
  {
    // Quoted as Go does: https://github.com/go-logfmt/logfmt
    name: 'logfmt',
    file: 'logfmt.log',
    takes: ['text', 'member'],
    write(piece, notation, random, timeMs) {
      const head = `time=${isoSeconds(timeMs)} level=debug caller=client.go:${random.between(10, 300)} `;
      if (notation === 'text') {
        const quoted = JSON.stringify(piece.text).slice(1, -1);
        return around(`${head}msg="`, quoted, '" attempt=1');
      }
      const { key, value } = piece.member!;
      const written = /[\s"=]/.test(value) ? JSON.stringify(value) : value;
      return around(
        `${head}msg="client ready" `,
        `${key.replaceAll(/[\s="]/g, '_')}=${written}`,
        ' attempt=1',
      );
    },
    ordinary: (random, timeMs) =>
      `time=${isoSeconds(timeMs)} level=info caller=main.go:${random.between(10, 300)} msg=ready trace_id=${random.hex(32)}`,
  },
];
