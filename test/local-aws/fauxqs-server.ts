// fauxqs without a socket of its own: our front hands it the requests. It keeps buckets, queues and topics.

import { buildApp } from 'fauxqs';
import type { ServiceRequest } from './calls.ts';
import type { Answer } from './front.ts';

export interface FauxqsServer {
  pass(request: Pick<ServiceRequest, 'method' | 'url' | 'headers' | 'body'>): Promise<Answer>;
  close(): Promise<void>;
}

export async function startFauxqs(): Promise<FauxqsServer> {
  const app = buildApp({ logger: false });
  await app.ready();
  return {
    async pass({ method, url, headers, body }) {
      const response = await app.inject({
        method: method as 'GET',
        url,
        headers: headers as Record<string, string>,
        ...(body.length === 0 ? {} : { payload: body }),
      });
      return {
        status: response.statusCode,
        headers: response.headers as Record<string, string>,
        body: response.rawPayload,
      };
    },
    close: async () => void (await app.close()),
  };
}
