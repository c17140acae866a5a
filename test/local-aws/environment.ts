// One execution environment of a function: a Node process with the real runtime client, and the Runtime API that it asks for work.

import { type ChildProcess, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { createServer, type ServerResponse } from 'node:http';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { bodyOf, closed, listen } from './front.ts';

export interface EnvironmentOptions {
  /** Where the deployment package was unzipped. */
  readonly folder: string;
  /** As the template has it: `dist/handlers/name.handler`. */
  readonly handler: string;
  readonly functionArn: string;
  readonly timeoutMs: number;
  /** Milliseconds since the epoch, as the process has it. */
  readonly now: () => number;
  readonly variables: Readonly<Record<string, string>>;
  readonly onLines: (lines: readonly string[]) => void;
}

export interface Outcome {
  readonly requestId: string;
  /** JSON: what the handler returned, or the error as Lambda shows it. */
  readonly payload: string;
  readonly failed: boolean;
  readonly durationMs: number;
  /** From the start of the process until it asked for work; 0 for a warm one. */
  readonly initMs: number;
  /** The most that the process ever held, MB; 0 when it died. */
  readonly maxMemoryMb: number;
  /** Time of the processor, of all its threads; the start of the process belongs to its first invocation. 0 when it died. */
  readonly cpuMs: number;
}

export interface Environment {
  invoke(payload: string): Promise<Outcome>;
  /** The process dies in the middle of whatever it does: a crash, or its time is over. */
  end(how: 'kill' | 'time-out'): void;
  readonly isDead: boolean;
  close(): Promise<void>;
}

interface Invocation {
  readonly requestId: string;
  readonly payload: string;
  readonly startedMs: number;
  readonly resolve: (outcome: Outcome) => void;
  answer: { readonly payload: string; readonly failed: boolean } | null;
  /** What the last line of its log tells: MB, and the processor's milliseconds since the process began. */
  logged: { readonly megabytes: number; readonly cpuMs: number } | null;
  timer: NodeJS.Timeout | null;
}

const SHIM = fileURLToPath(new URL('runtime-shim.cjs', import.meta.url));
const CLIENT = path.join(
  path.dirname(fileURLToPath(import.meta.resolve('aws-lambda-ric/package.json'))),
  'index.mjs',
);

export async function startEnvironment(options: EnvironmentOptions): Promise<Environment> {
  let current: Invocation | null = null;
  /** The runtime asked for work and waits. */
  let asking: ServerResponse | null = null;
  let dead = false;
  let ended: 'kill' | 'time-out' | null = null;
  let initError: string | null = null;
  let initMs = 0;
  let cpuBeforeMs = 0;
  const startedMs = performance.now();

  const server = createServer((message, response) => {
    void (async () => {
      const body = (await bodyOf(message)).toString('utf8');
      const url = message.url ?? '';
      if (url.endsWith('/invocation/next')) {
        if (initMs === 0) initMs = performance.now() - startedMs;
        asking = response;
        hand();
        return;
      }
      const answered = /\/invocation\/([^/]+)\/(response|error)$/.exec(url);
      if (answered !== null && current !== null && current.requestId === answered[1]) {
        current.answer = { payload: body, failed: answered[2] === 'error' };
        settle();
      } else if (url.endsWith('/init/error')) initError = body;
      response.statusCode = 202;
      response.end('{}');
    })();
  });
  const port = await listen(server);

  // No flags but those that Lambda itself could set by NODE_OPTIONS.
  const child: ChildProcess = spawn(process.execPath, ['--require', SHIM, CLIENT, options.handler], {
    cwd: options.folder,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: {
      ...options.variables,
      AWS_LAMBDA_RUNTIME_API: `127.0.0.1:${port}`,
      LAMBDA_TASK_ROOT: options.folder,
      _HANDLER: options.handler,
    },
  });
  const gone = new Promise<void>((resolve) => child.once('close', () => resolve()));
  readLines(child.stdout!, logLines);
  readLines(child.stderr!, logLines);
  child.once('error', () => lose());
  child.once('close', () => lose());

  function logLines(lines: readonly string[]): void {
    const kept: string[] = [];
    for (const line of lines) {
      const end = /^END RequestId: (\S+) (\d+) (\d+)$/.exec(line);
      if (end !== null && end[1] === current?.requestId)
        current!.logged = { megabytes: Number(end[2]), cpuMs: Number(end[3]) };
      else if (line !== '') kept.push(line);
    }
    if (kept.length > 0) options.onLines(kept);
    settle();
  }

  function hand(): void {
    if (current === null || asking === null) return;
    const response = asking;
    asking = null;
    const { requestId, payload } = current;
    current.timer = setTimeout(() => end('time-out'), options.timeoutMs);
    response.setHeader('lambda-runtime-aws-request-id', requestId);
    response.setHeader('lambda-runtime-deadline-ms', String(options.now() + options.timeoutMs));
    response.setHeader('lambda-runtime-invoked-function-arn', options.functionArn);
    response.setHeader('content-type', 'application/json');
    response.end(payload);
  }

  function settle(): void {
    if (current?.answer === null || current?.answer === undefined || current.logged === null) return;
    finish({ ...current.answer, logged: current.logged });
  }

  /** The process is gone: what it was doing has failed, in the words of Lambda. */
  function lose(): void {
    dead = true;
    if (current === null) return;
    const { requestId } = current;
    const words =
      ended === 'time-out'
        ? {
            errorType: 'Sandbox.Timedout',
            errorMessage: `RequestId: ${requestId} Error: Task timed out after ${(options.timeoutMs / 1000).toFixed(2)} seconds`,
          }
        : {
            errorType: 'Runtime.ExitError',
            errorMessage: `RequestId: ${requestId} Error: Runtime exited with error: ${ended === 'kill' ? 'signal: killed' : `exit status ${child.exitCode}`}`,
          };
    const payload = current.answer?.payload ?? initError ?? JSON.stringify(words);
    finish({ payload, failed: current.answer?.failed ?? true, logged: current.logged });
  }

  function finish({
    payload,
    failed,
    logged,
  }: Pick<Outcome, 'payload' | 'failed'> & Pick<Invocation, 'logged'>): void {
    const { requestId, resolve, startedMs: since, timer } = current!;
    if (timer !== null) clearTimeout(timer);
    current = null;
    const cold = initMs;
    initMs = -1;
    const cpuMs = logged === null ? 0 : logged.cpuMs - cpuBeforeMs;
    cpuBeforeMs = logged?.cpuMs ?? 0;
    resolve({
      requestId,
      payload,
      failed,
      durationMs: performance.now() - since,
      initMs: Math.max(cold, 0),
      maxMemoryMb: logged?.megabytes ?? 0,
      cpuMs,
    });
  }

  function end(how: 'kill' | 'time-out'): void {
    // An answer that is on its way is too late.
    ended = how;
    dead = true;
    child.kill('SIGKILL');
  }

  return {
    invoke(payload) {
      if (current !== null) throw new Error('an environment does one thing at a time');
      return new Promise((resolve) => {
        const requestId = randomUUID();
        current = {
          requestId,
          payload,
          resolve,
          startedMs: performance.now(),
          answer: null,
          logged: null,
          timer: null,
        };
        if (dead) lose();
        else hand();
      });
    },
    end,
    get isDead() {
      return dead;
    },
    async close() {
      child.kill('SIGKILL');
      await gone;
      await closed(server);
    },
  };
}

function readLines(stream: NodeJS.ReadableStream, onLines: (lines: string[]) => void): void {
  let rest = '';
  stream.setEncoding('utf8');
  stream.on('data', (chunk: string) => {
    const lines = (rest + chunk).split('\n');
    rest = lines.pop()!;
    if (lines.length > 0) onLines(lines);
  });
  stream.on('end', () => {
    if (rest !== '') onLines([rest]);
  });
}
