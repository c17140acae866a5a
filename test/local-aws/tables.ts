// DynamoDB: dynalite keeps the tables on a port of its own; here are time to live and backups, which it lacks.

import { Agent, request as httpRequest } from 'node:http';
import dynalite from 'dynalite';
import type { ServiceRequest } from './calls.ts';
import { ServiceError } from './errors.ts';
import { type Answer, closed, json, listen, type Service } from './front.ts';

export interface Tables {
  readonly service: Service;
  /** Straight to dynalite, from nobody in particular. */
  pass(request: ServiceRequest): Promise<Answer>;
  /** Name of the attribute that holds the expiry; '' where time to live is off. Nothing is deleted by it. */
  timeToLive(table: string): string;
  close(): Promise<void>;
}

export async function startTables(): Promise<Tables> {
  const server = dynalite({ createTableMs: 0, deleteTableMs: 0, updateTableMs: 0 });
  const port = await listen(server);
  const agent = new Agent({ keepAlive: true });
  const timesToLive = new Map<string, string>();

  function pass({ headers, body }: ServiceRequest): Promise<Answer> {
    return new Promise((resolve, reject) => {
      const outgoing = httpRequest(
        { host: '127.0.0.1', port, method: 'POST', path: '/', headers, agent },
        (response) => {
          const chunks: Buffer[] = [];
          response.on('data', (chunk: Buffer) => chunks.push(chunk));
          response.on('error', reject);
          response.on('end', () =>
            resolve({
              status: response.statusCode ?? 500,
              headers: response.headers,
              body: Buffer.concat(chunks),
            }),
          );
        },
      );
      outgoing.on('error', reject);
      outgoing.end(body);
    });
  }

  async function service(request: ServiceRequest): Promise<Answer> {
    const { operation, input } = request;
    const table = String(input.TableName ?? '');
    if (operation === 'UpdateTimeToLive') {
      const { Enabled, AttributeName } = (input.TimeToLiveSpecification ?? {}) as Record<string, unknown>;
      if (typeof AttributeName !== 'string' || AttributeName === '') {
        throw new ServiceError('ValidationException', 'TimeToLiveSpecification needs an AttributeName');
      }
      timesToLive.set(table, Enabled === true ? AttributeName : '');
      return json({ TimeToLiveSpecification: input.TimeToLiveSpecification });
    }
    if (operation === 'DescribeTimeToLive') {
      const attribute = timesToLive.get(table) ?? '';
      return json({
        TimeToLiveDescription:
          attribute === ''
            ? { TimeToLiveStatus: 'DISABLED' }
            : { TimeToLiveStatus: 'ENABLED', AttributeName: attribute },
      });
    }
    return pass(request);
  }

  return {
    service,
    pass,
    timeToLive: (table) => timesToLive.get(table) ?? '',
    async close() {
      agent.destroy();
      await closed(server);
    },
  };
}
