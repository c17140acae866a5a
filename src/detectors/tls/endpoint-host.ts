// The host that a client says it talks to, held against the names that AWS gives its DynamoDB, Streams and DAX endpoints.
// Names as in the endpoint rules of the AWS SDKs: https://docs.aws.amazon.com/general/latest/gr/ddb.html

export type HostKind = 'endpoint' | 'port' | 'address' | 'localhost' | 'other name';

export interface EndpointHost {
  readonly kind: HostKind;
  /** '' where the name holds none. */
  readonly region: string;
  readonly account: string;
  readonly port: string;
}

/** The longest name that DNS has, and a port. */
const MAX_LENGTH = 259;
const SUFFIX =
  /\.(?:amazonaws\.com|amazonaws\.com\.cn|api\.aws|api\.amazonwebservices\.com\.cn|amazonaws\.eu|c2s\.ic\.gov|sc2s\.sgov\.gov|cloud\.adc-e\.uk|csp\.hci\.ic\.gov)$/;
const REGION = '([a-z]{2,4}(?:-[a-z]{1,12}){1,3}-\\d{1,2})';
/** Name before the suffix; the groups are account and region. */
const PUBLIC = new RegExp(
  '^(?:(\\d{12})\\.(?:ddb|ddb-fips|search-ddb)|search-ddb|dynamodb(?:-fips)?|search-dynamodb(?:-fips)?|streams\\.dynamodb(?:-fips)?|' +
    `streams-dynamodb(?:-fips)?|dax(?:-fips)?)\\.${REGION}$`,
);
/** Interface endpoints, of a zone too: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/privatelink-interface-endpoints.html */
const PRIVATE = new RegExp(
  `^(?:(\\d{12})\\.ddb\\.)?vpce-[0-9a-z-]{1,60}\\.(?:[0-9a-z-]{1,30}\\.){1,2}${REGION}\\.vpce$`,
);
/** The names of the first region from before regions had names. */
const OLDEST = /^(?:streams\.)?dynamodb$/;
const PORT = /:(\d{1,5})$/;
const IPV4 = /^\d{1,3}(?:\.\d{1,3}){3}$/;
const IPV6 = /^(?:\[[0-9a-f:.%]{2,60}\]|(?:[0-9a-f]{0,4}:){2,7}[0-9a-f]{0,4})$/;

export function readHost(header: string): EndpointHost {
  if (header.length > MAX_LENGTH) return { kind: 'other name', region: '', account: '', port: '' };
  const text = header.toLowerCase();
  // Bare IPv6 ends like a port.
  const port = IPV6.test(text) ? '' : (PORT.exec(text)?.[1] ?? '');
  let host = port === '' ? text : text.slice(0, -port.length - 1);
  if (host.endsWith('.')) host = host.slice(0, -1);
  if (host === 'localhost' || host.endsWith('.localhost')) {
    return { kind: 'localhost', region: '', account: '', port };
  }
  if (IPV4.test(host) || IPV6.test(host)) return { kind: 'address', region: '', account: '', port };
  const name = SUFFIX.test(host) ? host.replace(SUFFIX, '') : '';
  const match = PUBLIC.exec(name) ?? PRIVATE.exec(name);
  if (match === null && !OLDEST.test(name)) return { kind: 'other name', region: '', account: '', port };
  const kind = port === '' || port === '443' ? 'endpoint' : 'port';
  return { kind, region: match?.[2] ?? 'us-east-1', account: match?.[1] ?? '', port };
}
