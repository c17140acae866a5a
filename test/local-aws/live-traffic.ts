// A DynamoDB that is called for real, over plain HTTP and every TLS that this OpenSSL knows, and that writes down what it saw as AWS would: a
// CloudTrail record a call, a flow record a connection, all from the live socket. Nobody typed those records.

import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import {
  createServer as createHttpServer,
  Agent as HttpAgent,
  type IncomingMessage,
  request,
  type ServerResponse,
} from 'node:http';
import { createServer as createHttpsServer, Agent as HttpsAgent } from 'node:https';
import { connect, type Socket } from 'node:net';
import { type SecureVersion, TLSSocket, connect as tlsConnect } from 'node:tls';
import { fileURLToPath } from 'node:url';
import { bodyOf, closed, listen } from './front.ts';
import type { Tables } from './tables.ts';

export interface LiveTrafficOptions {
  readonly tables: Tables;
  readonly account: string;
  readonly region: string;
  /** Where a caller on this machine is in the story: `127.0.0.2` -> an address out there. */
  readonly addressOf: (local: string) => string;
  /** Role and session behind an access key. */
  readonly roleOf: (accessKeyId: string) => string;
  /** Address of the service, in one of AWS's ranges. */
  readonly serviceAddress: string;
  /** Clock of the story that the records tell; by default that of this machine. */
  readonly now?: () => number;
}

/** A request as it went over the wire: what somebody on the way could keep. */
export interface CapturedRequest {
  readonly method: string;
  readonly path: string;
  /** Names and values by turns, as they came. */
  readonly headers: readonly string[];
  readonly body: Buffer;
}

export interface LiveTraffic {
  readonly httpPort: number;
  readonly httpsPort: number;
  /** As the service is called in the world: what clients sign and send as Host. */
  readonly host: string;
  /** Records of the calls so far, in order. */
  readonly calls: readonly Readonly<Record<string, unknown>>[];
  /** The last request of an operation that went over plain HTTP. Throws where there was none. */
  captured(operation: string): CapturedRequest;
  /** Ends the connections, and gives flow lines of all that there were, with their header. */
  flows(): Promise<string>;
  close(): Promise<void>;
}

interface Connection {
  readonly from: string;
  readonly fromPort: number;
  readonly port: number;
  readonly startMs: number;
  endMs: number;
  bytesIn: number;
  bytesOut: number;
}

/** Retired versions are below what OpenSSL allows by default: https://docs.openssl.org/3.5/man3/SSL_CTX_set_security_level/ */
const ANY_CIPHER = 'DEFAULT@SECLEVEL=0';
/** IP and TCP header with timestamps. https://www.rfc-editor.org/rfc/rfc7323#section-3.2 */
const HEADER_BYTES = 52;
/** Payload of a segment on Ethernet: 1,500 less the headers. */
const SEGMENT_BYTES = 1_448;
const READS = /^(Get|BatchGet|Query|Scan|Describe|List)/;

const pem = (name: string): Buffer =>
  readFileSync(fileURLToPath(new URL(`ssl/${name}.pem`, import.meta.resolve('dynalite/package.json'))));

export async function startLiveTraffic(options: LiveTrafficOptions): Promise<LiveTraffic> {
  const { tables, account, region, addressOf, roleOf, now = Date.now } = options;
  const calls: Record<string, unknown>[] = [];
  const plain = new Map<string, CapturedRequest>();
  /** Names of the key attributes of a table, from the call that made it. */
  const keyNames = new Map<string, readonly string[]>();
  const connections = new Set<Connection>();
  const sockets = new Set<Socket>();

  const handle = (message: IncomingMessage, response: ServerResponse): void => {
    void answer(message, response).catch((error: unknown) => response.destroy(error as Error));
  };
  const http = createHttpServer(handle);
  // The certificate of dynalite's own tests: nobody looks at it but the clients here, which trust it.
  const https = createHttpsServer(
    { key: pem('server-key'), cert: pem('server-crt'), minVersion: 'TLSv1', ciphers: ANY_CIPHER },
    handle,
  );
  for (const [server, port] of [
    [http, 80],
    [https, 443],
  ] as const) {
    server.on('connection', (socket: Socket) => watch(socket, port));
  }
  const httpPort = await listen(http);
  const httpsPort = await listen(https);

  /** Bytes below TLS: what a flow log counts. */
  function watch(socket: Socket, port: number): void {
    const connection: Connection = {
      from: socket.remoteAddress ?? '',
      fromPort: socket.remotePort ?? 0,
      port,
      startMs: now(),
      endMs: now(),
      bytesIn: 0,
      bytesOut: 0,
    };
    connections.add(connection);
    sockets.add(socket);
    socket.on('close', () => {
      sockets.delete(socket);
      connection.endMs = now();
      connection.bytesIn = socket.bytesRead;
      connection.bytesOut = socket.bytesWritten;
    });
  }

  async function answer(message: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await bodyOf(message);
    const { headers, socket, method = '', url = '/' } = message;
    const operation = String(headers['x-amz-target'] ?? '').split('.')[1] ?? '';
    const input = JSON.parse(body.toString('utf8') || '{}') as Record<string, unknown>;
    const answered = await tables.pass({
      service: 'dynamodb',
      operation,
      method,
      url,
      headers,
      body,
      input,
    });
    const secure = socket instanceof TLSSocket ? socket : null;
    if (secure === null) plain.set(operation, { method, path: url, headers: message.rawHeaders, body });
    calls.push(record(message, operation, input, secure));
    response.writeHead(answered.status, answered.headers as Record<string, string>);
    response.end(answered.body);
  }

  function record(
    { headers, socket }: IncomingMessage,
    operation: string,
    input: Readonly<Record<string, unknown>>,
    secure: TLSSocket | null,
  ): Record<string, unknown> {
    const accessKeyId = /Credential=([^/]+)\//.exec(headers.authorization ?? '')?.[1] ?? '';
    const role = roleOf(accessKeyId);
    const data = ![
      'ListTables',
      'DescribeTable',
      'CreateTable',
      'DeleteTable',
      'DescribeTimeToLive',
    ].includes(operation);
    const table = String(input.TableName ?? '');
    if (operation === 'CreateTable') {
      const schema = input.KeySchema as readonly { readonly AttributeName: string }[];
      keyNames.set(
        table,
        schema.map(({ AttributeName }) => AttributeName),
      );
    }
    const given = Object.entries(input.Key ?? input.Item ?? {});
    const key = given.filter(([name]) => keyNames.get(table)?.includes(name));
    return {
      eventVersion: '1.11',
      userIdentity: {
        type: 'AssumedRole',
        principalId: `AROA${role.toUpperCase()}:session`,
        arn: `arn:aws:sts::${account}:assumed-role/${role}/session`,
        accountId: account,
        accessKeyId,
        sessionContext: {
          sessionIssuer: {
            type: 'Role',
            principalId: `AROA${role.toUpperCase()}`,
            arn: `arn:aws:iam::${account}:role/${role}`,
            accountId: account,
            userName: role,
          },
          attributes: {
            creationDate: secondOf(now() - 600_000),
            mfaAuthenticated: 'false',
          },
        },
      },
      eventTime: secondOf(now()),
      eventSource: 'dynamodb.amazonaws.com',
      eventName: operation,
      awsRegion: region,
      sourceIPAddress: addressOf(socket.remoteAddress ?? ''),
      userAgent: headers['user-agent'] ?? '',
      requestParameters: {
        ...(table === '' ? {} : { tableName: table }),
        // CloudTrail logs the keys and no other value.
        ...(key.length === 0 ? {} : { key: Object.fromEntries(key) }),
      },
      responseElements: null,
      requestID: randomUUID().replaceAll('-', '').toUpperCase(),
      eventID: randomUUID(),
      readOnly: READS.test(operation),
      ...(table === ''
        ? {}
        : {
            resources: [
              {
                accountId: account,
                type: 'AWS::DynamoDB::Table',
                ARN: `arn:aws:dynamodb:${region}:${account}:table/${table}`,
              },
            ],
          }),
      eventType: 'AwsApiCall',
      apiVersion: '2012-08-10',
      managementEvent: !data,
      recipientAccountId: account,
      eventCategory: data ? 'Data' : 'Management',
      ...(secure === null
        ? {}
        : {
            tlsDetails: {
              tlsVersion: secure.getProtocol() ?? '',
              cipherSuite: secure.getCipher().standardName,
              clientProvidedHostHeader: headers.host ?? '',
            },
          }),
    };
  }

  return {
    httpPort,
    httpsPort,
    host: `dynamodb.${region}.amazonaws.com`,
    calls,
    captured(operation) {
      const request = plain.get(operation);
      if (request === undefined) throw new Error(`no ${operation} went over plain HTTP`);
      return request;
    },
    async flows() {
      for (const socket of [...sockets]) {
        const gone = new Promise((resolve) => socket.once('close', resolve));
        socket.destroy();
        await gone;
      }
      return flowLines([...connections], options);
    },
    async close() {
      await Promise.all([closed(http), closed(https)]);
    },
  };
}

function secondOf(timeMs: number): string {
  return new Date(timeMs).toISOString().replace(/\.\d+Z$/, 'Z');
}

/** Both directions of each connection, in fields of version 5. https://docs.aws.amazon.com/vpc/latest/userguide/flow-log-records.html */
function flowLines(
  connections: readonly Connection[],
  { account, addressOf, serviceAddress }: LiveTrafficOptions,
): string {
  const lines = [
    'version account-id interface-id srcaddr dstaddr srcport dstport protocol packets bytes start end action log-status',
  ];
  for (const { from, fromPort, port, startMs, endMs, bytesIn, bytesOut } of connections) {
    const start = Math.floor(startMs / 1_000);
    const end = Math.max(start + 1, Math.ceil(endMs / 1_000));
    const line = (
      source: string,
      sourcePort: number,
      target: string,
      targetPort: number,
      bytes: number,
    ): void => {
      // The handshake and its end are packets too.
      const packets = Math.ceil(bytes / SEGMENT_BYTES) + 3;
      lines.push(
        `5 ${account} eni-0a1b2c3d4e5f60718 ${source} ${target} ${sourcePort} ${targetPort} 6 ${packets} ${bytes + packets * HEADER_BYTES} ${start} ${end} ACCEPT OK`,
      );
    };
    line(addressOf(from), fromPort, serviceAddress, port, bytesIn);
    line(serviceAddress, port, addressOf(from), fromPort, bytesOut);
  }
  return `${lines.join('\n')}\n`;
}

/** What was kept, as it was, to this port of plain HTTP from another address. The status of the answer. */
export function sendAgain({ method, path, headers, body }: CapturedRequest, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    const to = { host: '127.0.0.1', port, localAddress: '127.0.0.2' };
    const again = request({ ...to, method, path, headers: [...headers] }, (response) => {
      response.resume();
      response.on('end', () => resolve(response.statusCode ?? 0));
    });
    again.on('error', reject);
    again.end(body);
  });
}

/** An agent that reaches the local server by the name of the real one, so that Host and signature are those of the world. */
export function agentTo(port: number, localAddress = '127.0.0.1'): HttpAgent {
  const agent = new HttpAgent({ keepAlive: true });
  agent.createConnection = () => connect({ host: '127.0.0.1', port, localAddress });
  return agent;
}

/** As `agentTo`, over TLS of this version. Throws in the handshake where OpenSSL does not know it. */
export function secureAgentTo(port: number, version: SecureVersion, localAddress = '127.0.0.1'): HttpsAgent {
  const agent = new HttpsAgent({ keepAlive: true });
  agent.createConnection = () =>
    tlsConnect({
      socket: connect({ host: '127.0.0.1', port, localAddress }),
      minVersion: version,
      maxVersion: version,
      ciphers: ANY_CIPHER,
      // The certificate is for no host of this test.
      rejectUnauthorized: false,
    });
  return agent;
}
