// Interface endpoints of DynamoDB as an environment variable names them.

import type { DynamodbEndpoint } from '../detectors/detector.ts';
import { endpointNetwork } from '../detectors/tls/private-endpoints.ts';

const ENDPOINT = /^vpce-[0-9a-f]{8,17}$/;
const REGION = /^[a-z]{2}(-[a-z]{2,12}){1,3}-\d{1,2}$/;
const MAX_ENDPOINTS = 100;

/** `vpce-0a1b2c3d us-east-1 10.0.4.17 10.0.5.17`, several separated by commas; null when one of them is wrong. */
export function parseEndpointList(text: string): readonly DynamodbEndpoint[] | null {
  const entries = text.split(',').map((entry) => entry.trim().split(/\s+/));
  const endpoints: DynamodbEndpoint[] = [];
  for (const [vpcEndpoint = '', region = '', ...addresses] of entries) {
    if (!ENDPOINT.test(vpcEndpoint) || !REGION.test(region) || addresses.length === 0) return null;
    if (addresses.some((address) => endpointNetwork(address) === null)) return null;
    endpoints.push({ vpcEndpoint, region, addresses });
  }
  return endpoints.length > MAX_ENDPOINTS ? null : endpoints;
}
