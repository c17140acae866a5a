import { describe, expect, it } from 'vitest';
import { findPlainEndpoints, PLAIN_HINTS } from '../../../src/detectors/tls/plain-endpoint-text.ts';

const find = (text: string) => findPlainEndpoints(text, PLAIN_HINTS);
const HOST = 'dynamodb.us-east-1.amazonaws.com';

describe('findPlainEndpoints', () => {
  it.each([
    [`POST http://${HOST}/`, 'http-endpoint', HOST, true],
    [`http://${HOST}:80 "POST / HTTP/1.1" 200`, 'http-endpoint', HOST, true],
    ['see http://dynamodb.amazonaws.com.', 'http-endpoint', 'dynamodb.amazonaws.com', true],
    [
      'http://streams.dynamodb.eu-west-1.amazonaws.com',
      'http-endpoint',
      'streams.dynamodb.eu-west-1.amazonaws.com',
      true,
    ],
    [
      'http://111122223333.ddb.us-east-1.amazonaws.com',
      'http-endpoint',
      '111122223333.ddb.us-east-1.amazonaws.com',
      true,
    ],
    ['http://dynamodb.us-east-1.api.aws', 'http-endpoint', 'dynamodb.us-east-1.api.aws', true],
    [
      'http://dynamodb.cn-north-1.amazonaws.com.cn',
      'http-endpoint',
      'dynamodb.cn-north-1.amazonaws.com.cn',
      true,
    ],
    [
      'http://vpce-0a1b2c3d4e5f-abcdefgh.dynamodb.us-east-1.vpce.amazonaws.com',
      'http-endpoint',
      'vpce-0a1b2c3d4e5f-abcdefgh.dynamodb.us-east-1.vpce.amazonaws.com',
      true,
    ],
    [`Starting new HTTP connection (12): ${HOST}:80`, 'new-http-connection', HOST, true],
    [
      'AWS_ENDPOINT_URL_DYNAMODB=http://ddb-proxy.corp.net:8000',
      'endpoint-setting',
      'ddb-proxy.corp.net',
      false,
    ],
    ['{"AWS_ENDPOINT_URL": "http://10.1.2.3:4566"}', 'endpoint-setting', '10.1.2.3', false],
    ["client(endpoint_url='http://proxy.corp.net')", 'endpoint-argument', 'proxy.corp.net', false],
    [
      'dax://c.ab12.dax-clusters.us-east-1.amazonaws.com',
      'dax-endpoint',
      'c.ab12.dax-clusters.us-east-1.amazonaws.com',
      true,
    ],
    ['boto3.client("s3", use_ssl=False)', 'use-ssl-false', '', false],
    ['requests.get("https://api.corp.net", verify=False)', 'verify-false', '', false],
    [
      "Unverified HTTPS request is being made to host 'api.corp.net'",
      'unverified-request',
      'api.corp.net',
      false,
    ],
    ['NODE_TLS_REJECT_UNAUTHORIZED=0', 'node-tls-reject-unauthorized', '', false],
    ['"NODE_TLS_REJECT_UNAUTHORIZED":"0"', 'node-tls-reject-unauthorized', '', false],
    ['rejectUnauthorized: false', 'reject-unauthorized-false', '', false],
    ['InsecureSkipVerify: true', 'insecure-skip-verify', '', false],
    [
      'ssl.SSLCertVerificationError: [SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed',
      'certificate-verify-failed',
      '',
      false,
    ],
    [
      'sun.security.validator.ValidatorException: PKIX path building failed',
      'certificate-verify-failed',
      '',
      false,
    ],
  ])('%s', (text, pattern, host, toAws) => {
    const found = find(text);
    expect(found.map((one) => one.pattern)).toContain(pattern);
    expect(found.find((one) => one.pattern === pattern)).toMatchObject({ host, toAws });
  });

  it.each([
    `https://${HOST}/`,
    `Starting new HTTPS connection (1): ${HOST}:443`,
    'Starting new HTTP connection (1): dynamodb-local:8000',
    'Starting new HTTP connection (1): 169.254.169.254:80',
    'http://localhost:8000 http://127.0.0.1:8000 http://[::1]:8000 http://0.0.0.0:8000',
    'AWS_ENDPOINT_URL=http://localstack:4566 AWS_ENDPOINT_URL_DYNAMODB=http://host.docker.internal:8000',
    'AWS_ENDPOINT_URL=http://dynamodb-local.test:8000',
    'http://dynamodb.us-east-1.localhost.localstack.cloud:4566',
    'xmlns="http://dynamodb.amazonaws.com/doc/2012-08-10/"',
    'http://dynamodb.shop.corp.net/',
    "endpoint_url='http://minio:9000'",
    'AWS_ENDPOINT_URL_S3=http://minio.corp.net:9000',
    'daxs://c.ab12.dax-clusters.us-east-1.amazonaws.com',
    'use_ssl=True verify=True rejectUnauthorized: true NODE_TLS_REJECT_UNAUTHORIZED=1 InsecureSkipVerify: false',
    'verify=False for the e-mail address',
    "boto3.client('dynamodb', endpoint_url='http://localhost:8000', use_ssl=False, verify=False)",
  ])('leaves alone: %s', (text) => {
    expect(find(text)).toEqual([]);
  });

  it('tells one failure once, however often a record says it', () => {
    const text =
      'CERTIFICATE_VERIFY_FAILED certificate verify failed: self-signed certificate. CERTIFICATE_VERIFY_FAILED';
    expect(find(text).length).toBe(1);
  });

  it.each([
    ['hosts', 'http://dynamodb.'.repeat(1_000)],
    ['labels', `http://dynamodb.${'a.'.repeat(8_000)}`],
    ['switches', 'verify=False '.repeat(1_200)],
    ['settings', 'AWS_ENDPOINT_URL_DYNAMODB=http://'.repeat(500)],
  ])('hostile texts: %s are read in bounded time', (_, text) => {
    const started = performance.now();
    find(text.slice(0, 16_384));
    expect(performance.now() - started).toBeLessThan(300);
  });
});
