// DynamoDB: dynalite keeps the tables; here are time to live and backups, which it lacks.

import type { RequestListener } from 'node:http';
import dynalite from 'dynalite';
import inject from 'light-my-request';
import type { ServiceRequest } from './calls.ts';
import { ServiceError } from './errors.ts';
import { type Answer, json, type Service } from './front.ts';

export interface Tables {
  readonly service: Service;
  /** Straight to dynalite, from nobody in particular. */
  pass(request: ServiceRequest): Promise<Answer>;
  /** Capacity units that were consumed since `meter` was asked for; asking costs time, so that nobody is asked otherwise. */
  meter(): { readonly units: () => { readonly read: number; readonly write: number } };
  /** Name of the attribute that holds the expiry; '' where time to live is off. Nothing is deleted by it. */
  timeToLive(table: string): string;
  close(): Promise<void>;
}

interface Capacity {
  readonly CapacityUnits: number;
}

export async function startTables(): Promise<Tables> {
  // It never listens: its handler is called as if a request had come. A second socket would cost more than the table itself.
  const server = dynalite({ createTableMs: 0, deleteTableMs: 0, updateTableMs: 0 });
  const [handler] = server.listeners('request') as [RequestListener];
  const timesToLive = new Map<string, string>();
  let units: { read: number; write: number } | null = null;

  async function pass({ headers, body }: ServiceRequest): Promise<Answer> {
    const response = await inject(handler, {
      method: 'POST',
      url: '/',
      headers: headers as Record<string, string>,
      payload: body,
    });
    return {
      status: response.statusCode,
      headers: response.headers as Answer['headers'] & {},
      body: response.rawPayload,
    };
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
    if (units === null) return pass(request);
    const body = Buffer.from(JSON.stringify({ ...input, ReturnConsumedCapacity: 'TOTAL' }));
    const { 'content-length': _, ...headers } = request.headers;
    const answer = await pass({ ...request, headers, body });
    const { ConsumedCapacity: consumed } = JSON.parse(answer.body.toString()) as {
      ConsumedCapacity?: Capacity | Capacity[];
    };
    for (const { CapacityUnits } of [consumed ?? []].flat()) {
      units[/^(Put|Update|Delete|BatchWrite)/.test(operation) ? 'write' : 'read'] += CapacityUnits;
    }
    return answer;
  }

  return {
    service,
    pass,
    meter() {
      const counted = { read: 0, write: 0 };
      units = counted;
      return { units: () => ({ ...counted }) };
    },
    timeToLive: (table) => timesToLive.get(table) ?? '',
    close: () => new Promise((resolve) => server.close(() => resolve())),
  };
}
