// What programs of many languages write when they speak plain HTTP to AWS, or do not check whom they speak to (TLS-10).

import type { LogKind } from '../log-plan.ts';

/** Not written in one piece: this file is no application's log. */
export const PLAIN = 'http:/';
export const ANY: readonly LogKind[] = ['uvicorn', 'gunicorn', 'boto', 'node', 'lambda'];

export interface PlainLogVariant {
  readonly name: string;
  readonly severity: 'HIGH' | 'MEDIUM';
  readonly kinds: readonly LogKind[];
  message(region: string, account: string): string;
  /** How many times within four minutes; one otherwise. */
  readonly burst?: number;
}

export const OTHER_LANGUAGES: readonly PlainLogVariant[] = [
  {
    name: 'user-in-address',
    severity: 'HIGH',
    kinds: ANY,
    message: (region) => `INFO upstream ${PLAIN}/svc@DynamoDB.${region}.amazonaws.com/ is up`,
  },
  {
    name: 'node-request-object',
    severity: 'HIGH',
    kinds: ['node', 'lambda'],
    message: (region) =>
      `DEBUG HttpRequest { method: 'POST', hostname: 'dynamodb.${region}.amazonaws.com', port: 80, query: {}, headers: { 'x-amz-target': 'DynamoDB_20120810.GetItem' }, protocol: 'http:', path: '/' }`,
  },
  {
    name: 'node-sdk-2',
    severity: 'MEDIUM',
    kinds: ['node'],
    message: (region) => `INFO AWS.DynamoDB options { region: '${region}', sslEnabled: false }`,
  },
  {
    name: 'java-sdk-2',
    severity: 'HIGH',
    kinds: ANY,
    message: (region) =>
      `DEBUG software.amazon.awssdk.request - Sending Request: DefaultSdkHttpFullRequest(httpMethod=POST, protocol=http, host=dynamodb.${region}.amazonaws.com, port=80, encodedPath=/)`,
  },
  {
    name: 'java-netty',
    severity: 'HIGH',
    kinds: ANY,
    message: (region) =>
      `DEBUG io.netty.handler - [id: 0x5f0a1b2c, L:/10.0.1.20:41002 - R:dynamodb.${region}.amazonaws.com/52.94.5.10:80] ACTIVE`,
  },
  {
    name: 'spring-setting',
    severity: 'MEDIUM',
    kinds: ANY,
    message: () => `INFO amazon.dynamodb.endpoint=${PLAIN}/ddb-proxy.corp.net:8000/`,
  },
  {
    name: 'go-post',
    severity: 'HIGH',
    kinds: ANY,
    message: (region) =>
      `ERROR RequestError: send request failed caused by: Post "${PLAIN}/dynamodb.${region}.amazonaws.com/": dial tcp 52.94.5.10:80: i/o timeout`,
  },
  {
    name: 'go-disable-ssl',
    severity: 'MEDIUM',
    kinds: ANY,
    message: () => 'DEBUG dynamodb client config &aws.Config{DisableSSL: aws.Bool(true)}',
  },
  {
    name: 'dotnet-use-http',
    severity: 'MEDIUM',
    kinds: ANY,
    message: () => 'dbug AmazonDynamoDBConfig { RegionEndpoint = local, UseHttp = true }',
  },
  {
    name: 'php-curl',
    severity: 'HIGH',
    kinds: ANY,
    message: (region) => `* Connected to dynamodb.${region}.amazonaws.com (52.94.5.10) port 80 (#0)`,
  },
  {
    name: 'rust-endpoint',
    severity: 'MEDIUM',
    kinds: ANY,
    message: () => `DEBUG aws_sdk_dynamodb::config endpoint_url: Some("${PLAIN}/ddb-proxy.corp.net:8000")`,
  },
  {
    name: 'dax-port',
    severity: 'HIGH',
    kinds: ANY,
    message: (region) => `INFO connecting to orders-cache.x1y2z3.dax-clusters.${region}.amazonaws.com:8111`,
  },
  {
    name: 'java-certificate-failures',
    severity: 'HIGH',
    kinds: ['gunicorn'],
    burst: 24,
    message: () =>
      'ERROR software.amazon.awssdk.core.exception.SdkClientException: Unable to execute HTTP request: PKIX path building failed: unable to find valid certification path to requested target',
  },
];

/** Sounds like it, and is not. */
export const TEMPTATIONS: readonly {
  readonly what: string;
  readonly why: string;
  message(n: number): string;
}[] = [
  {
    what: 'health checks over plain HTTP, and switched-off checks, of hosts that are not AWS’s',
    why: 'only endpoints of AWS and settings of its clients count',
    message: (n) =>
      n % 2 === 0
        ? `INFO GET ${PLAIN}/payments-${n}.corp.net/health 200`
        : `WARNING requests.get("https://partner-${n}.corp.net", verify=False)`,
  },
  {
    what: 'a burst of failed certificate checks of a partner’s host, named in each line',
    why: 'somebody else’s certificate has run out',
    message: () =>
      "ERROR HTTPSConnectionPool(host='partner.corp.net', port=443): [SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed",
  },
  {
    what: 'clients of emulators in several languages',
    why: 'what does not leave the machine needs no TLS',
    message: (n) =>
      [
        `INFO DYNAMODB_ENDPOINT=${PLAIN}/dynamodb-local:8000`,
        `DEBUG endpointOverride(URI.create("${PLAIN}/localhost:8000")) for DynamoDbClient`,
        `DEBUG dynamodb.Options{BaseEndpoint: aws.String("${PLAIN}/host.docker.internal:8000")}`,
      ][n % 3]!,
  },
];
