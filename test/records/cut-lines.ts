// Messages as container runtimes write them, cut where they cut them. Formats and sources: src/records/cut-message.ts.

export interface Said {
  readonly text: string;
  readonly output?: 'stdout' | 'stderr';
}

/** What Docker's copier reads at once. */
export const DOCKER_BYTES = 16 * 1024;

function piecesOf(text: string, bytes: number): Buffer[] {
  const whole = Buffer.from(text, 'utf8');
  const pieces: Buffer[] = [];
  for (let at = 0; at < whole.length; at += bytes) pieces.push(whole.subarray(at, at + bytes));
  return pieces.length === 0 ? [whole] : pieces;
}

/** As Go marshals it: what is no UTF-8 becomes an escape, each byte one. */
function goString(bytes: Buffer, behind = ''): string {
  let text = '';
  for (let at = 0; at < bytes.length; ) {
    const size = [1, 2, 3, 4].find((n) => {
      const part = bytes.subarray(at, at + n);
      return part.length === n && !part.toString('utf8').includes('\ufffd');
    });
    text += size === undefined ? '\ufffd' : bytes.toString('utf8', at, at + size);
    at += size ?? 1;
  }
  return JSON.stringify(text + behind).replaceAll('\ufffd', '\\ufffd');
}

const TIME = '2026-10-05T12:00:00.123456789Z';

export function dockerLines(said: readonly Said[], bytes = DOCKER_BYTES): Buffer[] {
  return said.flatMap(({ text, output = 'stdout' }) => {
    const pieces = piecesOf(text, bytes);
    return pieces.map((piece, at) => {
      const log = goString(piece, at === pieces.length - 1 ? '\n' : '');
      return Buffer.from(`{"log":${log},"stream":"${output}","time":"${TIME}"}`);
    });
  });
}

export function criLines(said: readonly Said[], bytes = DOCKER_BYTES): Buffer[] {
  return said.flatMap(({ text, output = 'stdout' }) => {
    const pieces = piecesOf(text, bytes);
    return pieces.map((piece, at) =>
      Buffer.concat([Buffer.from(`${TIME} ${output} ${at === pieces.length - 1 ? 'F' : 'P'} `), piece]),
    );
  });
}

/** What the fluentd driver sends, as a line of JSON each. */
export function forwardedLines(said: readonly Said[], bytes = DOCKER_BYTES): Buffer[] {
  return said.flatMap(({ text, output = 'stdout' }, message) => {
    const pieces = piecesOf(text, bytes);
    return pieces.map((piece, at) => {
      const marks =
        pieces.length === 1
          ? {}
          : {
              partial_id: `id-${message}`,
              partial_last: String(at === pieces.length - 1),
              partial_message: 'true',
              partial_ordinal: String(at + 1),
            };
      const rest = JSON.stringify({ source: output, ...marks }).slice(1);
      return Buffer.from(`{"container_id":"c0ffee","log":${goString(piece)},${rest}`);
    });
  });
}

/** What journalctl prints; `old` drivers mark all pieces but the last, and give no id. */
export function journalLines(said: readonly Said[], old = false, bytes = DOCKER_BYTES): Buffer[] {
  return said.flatMap(({ text, output = 'stdout' }, message) => {
    const pieces = piecesOf(text, bytes);
    return pieces.map((piece, at) => {
      const last = at === pieces.length - 1;
      const ids = {
        CONTAINER_PARTIAL_ID: `id-${message}`,
        CONTAINER_PARTIAL_ORDINAL: String(at + 1),
        CONTAINER_PARTIAL_LAST: String(last),
      };
      const rest = JSON.stringify({
        CONTAINER_ID_FULL: 'c0ffee',
        PRIORITY: output === 'stdout' ? '6' : '3',
        ...(pieces.length === 1 || old ? {} : ids),
        ...(last ? {} : { CONTAINER_PARTIAL_MESSAGE: 'true' }),
      }).slice(1);
      return Buffer.from(`{"MESSAGE":${goString(piece)},${rest}`);
    });
  });
}

/** Messages of CloudWatch Logs as the awslogs driver cuts them; all of one millisecond. */
export function awslogsMessages(said: readonly Said[], bytes = 262_118): string[] {
  return said.flatMap(({ text }) => piecesOf(text, bytes).map((piece) => piece.toString('utf8')));
}

/** As an export of CloudWatch Logs writes them. */
export function exportedLines(said: readonly Said[], bytes?: number): Buffer[] {
  return awslogsMessages(said, bytes).map((message) => Buffer.from(`2026-10-05T12:00:00.123Z ${message}`));
}

export function textOf(lines: readonly Buffer[]): Buffer {
  return Buffer.concat(lines.flatMap((line) => [line, Buffer.from('\n')]));
}
