// One address for all services, as SDKs reach it with AWS_ENDPOINT_URL. It tells the service from the signature's scope and the caller from
// the access key, writes the call down, asks the caller's role, lets a fault strike, and hands over. Signatures are not verified.

import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { Server as SecureServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { type Call, iamAction, resourceOf, type ServiceRequest, s3Operation } from './calls.ts';
import { ServiceError, unknownOperation } from './errors.ts';
import { type Faults, throttled } from './faults.ts';
import type { May } from './keys.ts';

export interface Answer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: Buffer | string;
}

export interface Caller {
  readonly role: string;
  readonly functionName: string;
  /** Null for the operator: whoever deploys and tests may do everything. */
  readonly may: May | null;
  /** Ends the calling process as a crash or as a function whose time is over. */
  readonly end: ((how: 'kill' | 'time-out') => void) | null;
}

export type Service = (request: ServiceRequest, caller: Caller) => Promise<Answer>;

export interface FrontOptions {
  readonly services: Readonly<Record<string, Service>>;
  readonly callerOf: (accessKeyId: string) => Caller | null;
  readonly faults: Faults;
  readonly record: (call: Call) => void;
  /** What is asked without a signature; null where that is not allowed. */
  readonly unsigned: (url: string) => Promise<Answer | null>;
}

export interface Front {
  readonly port: number;
  readonly endpointUrl: string;
  close(): Promise<void>;
}

/** Scope of a signature of version 4: `Credential=KEY/20261105/us-east-1/sqs/aws4_request`. */
const SCOPE = /Credential=([^/,\s]+)\/\d{8}\/([^/]+)\/([^/]+)\/aws4_request/;

export async function startFront(options: FrontOptions): Promise<Front> {
  const server = createServer((request, response) => {
    void serve(options, request, response).catch((error: unknown) => {
      response.destroy(error instanceof Error ? error : new Error(String(error)));
    });
  });
  // SDK clients keep connections open for minutes: none of them may hold up the end of a test.
  server.keepAliveTimeout = 60_000;
  const port = await listen(server);
  return {
    port,
    endpointUrl: `http://127.0.0.1:${port}`,
    close: () => closed(server),
  };
}

export async function listen(server: Server | SecureServer): Promise<number> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
  return (server.address() as AddressInfo).port;
}

export async function closed(server: Server | SecureServer): Promise<void> {
  const done = new Promise<void>((resolve) => server.close(() => resolve()));
  server.closeAllConnections();
  await done;
}

async function serve(
  options: FrontOptions,
  message: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const body = await bodyOf(message);
  const scope = SCOPE.exec(message.headers.authorization ?? '');
  const service = scope?.[3] ?? '';
  const protocol =
    service === 's3'
      ? 'rest-xml'
      : message.headers['x-amz-target'] !== undefined
        ? 'json'
        : protocolOf(message);
  try {
    if (scope === null) {
      const answer = await options.unsigned(message.url ?? '/');
      if (answer !== null) return send(response, answer, false);
      throw new ServiceError('MissingAuthenticationToken', 'The request is not signed with version 4.', 403);
    }
    const accessKeyId = scope[1]!;
    const caller = options.callerOf(accessKeyId);
    if (caller === null) {
      throw new ServiceError(
        'UnrecognizedClientException',
        'The access key is not one that was given out.',
        403,
      );
    }
    const handle = options.services[service];
    if (handle === undefined) throw unknownOperation(service, `${message.method} ${message.url}`);
    const request = readRequest(service, message, body);
    if (request.operation === '') throw unknownOperation(service, `${message.method} ${message.url}`);
    const call: Call = {
      role: caller.role,
      functionName: caller.functionName,
      accessKeyId,
      action: iamAction(service, request.operation),
      operation: request.operation,
      resource: resourceOf(request),
      atMs: Date.now(),
    };
    options.record(call);
    if (caller.may !== null && !caller.may(call.action, call.resource)) throw denied(call);
    const effect = options.faults.meet(call);
    if (effect === 'throttle') throw throttled(service);
    if (effect === 'fail')
      throw new ServiceError('InternalServerError', 'A fault that the test asked for', 500);
    if (effect === 'kill-before' || effect === 'time-out-before') {
      caller.end?.(effect === 'kill-before' ? 'kill' : 'time-out');
      return void message.socket.destroy();
    }
    const answer = await handle(request, caller);
    if (effect === 'kill-after' || effect === 'time-out-after') {
      caller.end?.(effect === 'kill-after' ? 'kill' : 'time-out');
    }
    if (effect !== null) return void message.socket.destroy();
    send(response, answer, message.method === 'HEAD');
  } catch (error) {
    const known =
      error instanceof ServiceError ? error : new ServiceError('InternalFailure', String(error), 500);
    send(response, errorAnswer(protocol, known), message.method === 'HEAD');
  }
}

export function denied({ role, action, resource }: Pick<Call, 'role' | 'action' | 'resource'>): ServiceError {
  const code = action.startsWith('s3:')
    ? 'AccessDenied'
    : action.startsWith('sns:')
      ? 'AuthorizationError'
      : 'AccessDeniedException';
  return new ServiceError(
    code,
    `${role} is not authorized to perform: ${action} on resource: ${resource}`,
    action.startsWith('s3:') ? 403 : 400,
  );
}

function readRequest(service: string, message: IncomingMessage, body: Buffer): ServiceRequest {
  const { headers, method = '', url = '/' } = message;
  const base = { service, method, url, headers, body };
  if (service === 's3') return { ...base, operation: s3Operation(method, url, headers), input: {} };
  if (service === 'lambda') {
    const invoked = /^\/2015-03-31\/functions\/([^/]+)\/invocations$/.exec(url.split('?')[0]!);
    const name = decodeURIComponent(invoked?.[1] ?? '');
    return {
      ...base,
      operation: invoked === null || method !== 'POST' ? '' : 'Invoke',
      input: { FunctionName: name },
    };
  }
  const target = headers['x-amz-target'];
  if (typeof target === 'string') {
    const input = body.length === 0 ? {} : parsed(body);
    return { ...base, operation: target.slice(target.lastIndexOf('.') + 1), input };
  }
  if (headers['content-type']?.includes('x-www-form-urlencoded') === true) {
    const input = Object.fromEntries(new URLSearchParams(body.toString('utf8')));
    return { ...base, operation: input.Action ?? '', input };
  }
  return { ...base, operation: '', input: {} };
}

function parsed(body: Buffer): Readonly<Record<string, unknown>> {
  try {
    return JSON.parse(body.toString('utf8')) as Readonly<Record<string, unknown>>;
  } catch {
    throw new ServiceError('SerializationException', 'The body is no JSON.');
  }
}

function protocolOf({ headers }: IncomingMessage): 'json' | 'query' {
  return headers['content-type']?.includes('x-www-form-urlencoded') === true ? 'query' : 'json';
}

function errorAnswer(protocol: string, { code, message, status }: ServiceError): Answer {
  if (protocol === 'json') {
    return {
      status,
      headers: { 'content-type': 'application/x-amz-json-1.1', 'x-amzn-errortype': code },
      body: JSON.stringify({ __type: code, message }),
    };
  }
  const error = `<Code>${xml(code)}</Code><Message>${xml(message)}</Message>`;
  const body =
    protocol === 'query'
      ? `<ErrorResponse><Error><Type>${status < 500 ? 'Sender' : 'Receiver'}</Type>${error}</Error><RequestId>local</RequestId></ErrorResponse>`
      : `<?xml version="1.0" encoding="UTF-8"?><Error>${error}</Error>`;
  return { status, headers: { 'content-type': 'text/xml' }, body };
}

export function xml(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}

export function json(value: unknown, status = 200): Answer {
  return { status, headers: { 'content-type': 'application/x-amz-json-1.1' }, body: JSON.stringify(value) };
}

function send(response: ServerResponse, { status, headers = {}, body }: Answer, withoutBody: boolean): void {
  response.statusCode = status;
  for (const [name, value] of Object.entries(headers)) {
    // Of a HEAD the length is that of the object; of all else it is set anew, and the connection is ours.
    if (value === undefined || name === 'connection' || name === 'transfer-encoding') continue;
    if (name === 'content-length' && !withoutBody) continue;
    response.setHeader(name, value);
  }
  if (withoutBody) response.end();
  else response.end(body);
}

export async function bodyOf(message: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of message) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}
