import { describe, expect, it } from 'vitest';
import { prefilter } from '../../../src/detectors/secrets/prefilter.ts';
import { findPlainEndpoints, PLAIN_HINTS } from '../../../src/detectors/tls/plain-endpoint-text.ts';

/** By what the prefilter hints at, as lines are read: a pattern without its literal finds nothing. */
function find(text: string) {
  const bytes = Buffer.from(text);
  return findPlainEndpoints(text, prefilter(bytes, 0, bytes.length));
}
const HOST = 'dynamodb.us-east-1.amazonaws.com';

/** What is written, what is found: pattern, host, AWS's own. */
const LANGUAGES: Readonly<Record<string, readonly (readonly [string, string, string, boolean])[]>> = {
  Python: [
    [
      `botocore.endpoint [DEBUG] Sending http request: <AWSPreparedRequest stream_output=False, method=POST, url=http://${HOST}/, headers={}>`,
      'http-endpoint',
      HOST,
      true,
    ],
    [`Starting new HTTP connection (1): ${HOST}:80`, 'new-http-connection', HOST, true],
    ["client_kwargs={'use_ssl': False, 'verify': None}", 'use-ssl-false', '', false],
    ["boto3 client args {'service': 'dynamodb', 'verify': False}", 'verify-false', '', false],
    ['[default]\nendpoint_url = http://10.0.0.5:8000', 'endpoint-argument', '10.0.0.5', false],
    [`aws dynamodb scan --endpoint-url http://ddb.corp.net:8000`, 'endpoint-argument', 'ddb.corp.net', false],
    ['aws dynamodb list-tables --no-verify-ssl', 'no-verify-ssl', '', false],
    ['PYTHONHTTPSVERIFY=0', 'check-off-for-process', '', false],
    [
      `HTTPSConnectionPool(host='${HOST}', port=443): Max retries exceeded (Caused by SSLError(SSLCertVerificationError(1, '[SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed')))`,
      'certificate-verify-failed',
      '',
      false,
    ],
  ],
  Node: [
    ["new AWS.DynamoDB({ sslEnabled: false, region: 'us-east-1' })", 'tls-switched-off', '', false],
    ['new DynamoDBClient({ tls: false })', 'tls-switched-off', '', false],
    [
      "new DynamoDBClient({ endpoint: 'http://ddb.corp.net:8000' })",
      'endpoint-of-client',
      'ddb.corp.net',
      false,
    ],
    ["dynamodb = new AWS.Endpoint('http://10.0.0.5:8000')", 'endpoint-of-client', '10.0.0.5', false],
    [
      `HttpRequest { method: 'POST', hostname: '${HOST}', port: 80, query: {}, headers: { ${"'x': 'y', ".repeat(60)} }, protocol: 'http:', path: '/' }`,
      'http-request',
      HOST,
      true,
    ],
    [`HTTP 17: createConnection ${HOST}:80::::::::::::::::::`, 'port-80', HOST, true],
    ['Error: unable to get local issuer certificate', 'certificate-verify-failed', '', false],
    [
      "ERR_TLS_CERT_ALTNAME_INVALID: Hostname/IP does not match certificate's altnames",
      'certificate-verify-failed',
      '',
      false,
    ],
    ['Error: self-signed certificate in certificate chain', 'certificate-verify-failed', '', false],
  ],
  Go: [
    [`Post "http://${HOST}/": dial tcp 52.94.0.1:80: i/o timeout`, 'http-endpoint', HOST, true],
    ['dynamodb.New(sess, &aws.Config{DisableSSL: aws.Bool(true)})', 'tls-switched-off', '', false],
    ['aws.NewConfig().WithDisableSSL(true)', 'tls-switched-off', '', false],
    ['dynamodb EndpointResolverOptions{DisableHTTPS:true}', 'tls-switched-off', '', false],
    [
      'dynamodb.Options{BaseEndpoint: aws.String("http://ddb.corp.net:8000")}',
      'endpoint-of-client',
      'ddb.corp.net',
      false,
    ],
    ['&tls.Config{InsecureSkipVerify:true}', 'insecure-skip-verify', '', false],
    [
      `Post "https://${HOST}/": tls: failed to verify certificate: x509: certificate signed by unknown authority`,
      'certificate-verify-failed',
      '',
      false,
    ],
    ['x509: certificate is valid for proxy, not dynamodb', 'certificate-verify-failed', '', false],
  ],
  Java: [
    [
      `com.amazonaws.request - Sending Request: POST http://${HOST} / Headers: ()`,
      'http-endpoint',
      HOST,
      true,
    ],
    [
      `software.amazon.awssdk.request - Sending Request: DefaultSdkHttpFullRequest(httpMethod=POST, protocol=http, host=${HOST}, port=80, encodedPath=/)`,
      'http-request',
      HOST,
      true,
    ],
    [
      `PoolingHttpClientConnectionManager - Connection request: [route: {}->http://${HOST}:80][total kept alive: 0]`,
      'http-endpoint',
      HOST,
      true,
    ],
    [`DefaultHttpClientConnectionOperator - Connecting to ${HOST}/52.94.0.1:80`, 'port-80', HOST, true],
    [`[id: 0x1a2b, L:/10.0.1.20:40000 - R:${HOST}/52.94.0.1:80] CONNECT`, 'port-80', HOST, true],
    [
      'DynamoDbClient.builder().endpointOverride(URI.create("http://ddb.corp.net:8000"))',
      'endpoint-of-client',
      'ddb.corp.net',
      false,
    ],
    [
      'AmazonDynamoDBClientBuilder withEndpointConfiguration(new AwsClientBuilder.EndpointConfiguration("http://ddb.corp.net:8000", "x"))',
      'endpoint-of-client',
      'ddb.corp.net',
      false,
    ],
    ['amazon.dynamodb.endpoint=http://ddb.corp.net:8000/', 'endpoint-setting', 'ddb.corp.net', false],
    ['spring.cloud.aws.dynamodb.endpoint: http://ddb.corp.net', 'endpoint-setting', 'ddb.corp.net', false],
    ['-Daws.endpointUrlDynamoDb=http://ddb.corp.net:8000', 'endpoint-setting', 'ddb.corp.net', false],
    ['new ClientConfiguration().withProtocol(Protocol.HTTP) // dynamodb', 'tls-switched-off', '', false],
    ['-Dcom.amazonaws.sdk.disableCertChecking=true', 'check-off-for-process', '', false],
    ['AttributeMap{TRUST_ALL_CERTIFICATES=true}', 'accepts-any-certificate', '', false],
    [
      'javax.net.ssl.SSLHandshakeException: PKIX path building failed: unable to find valid certification path',
      'certificate-verify-failed',
      '',
      false,
    ],
    [
      `SSLPeerUnverifiedException: Certificate for <${HOST}> doesn't match any of the subject alternative names`,
      'certificate-verify-failed',
      '',
      false,
    ],
  ],
  '.NET': [
    [`System.Net.Http.HttpClient: Sending HTTP request POST http://${HOST}/`, 'http-endpoint', HOST, true],
    [
      'AmazonDynamoDBConfig { ServiceURL = "http://ddb.corp.net:8000" }',
      'endpoint-of-client',
      'ddb.corp.net',
      false,
    ],
    ['AmazonDynamoDBConfig { UseHttp = true }', 'tls-switched-off', '', false],
    ['DangerousAcceptAnyServerCertificateValidator', 'accepts-any-certificate', '', false],
    [
      'AuthenticationException: The remote certificate is invalid according to the validation procedure.',
      'certificate-verify-failed',
      '',
      false,
    ],
  ],
  Rust: [
    [
      'aws_sdk_dynamodb: config endpoint_url: Some("http://ddb.corp.net:8000")',
      'endpoint-argument',
      'ddb.corp.net',
      false,
    ],
    [`hyper: connecting uri=http://${HOST}/`, 'http-endpoint', HOST, true],
    ['reqwest danger_accept_invalid_certs(true)', 'accepts-any-certificate', '', false],
    ['invalid peer certificate: UnknownIssuer', 'certificate-verify-failed', '', false],
  ],
  PHP: [
    [`* Connected to ${HOST} (52.94.0.1) port 80 (#0)`, 'port-80', HOST, true],
    ["new DynamoDbClient(['scheme' => 'http', 'version' => 'latest'])", 'tls-switched-off', '', false],
    ["new DynamoDbClient(['http' => ['verify' => false]])", 'verify-false', '', false],
    [
      "DynamoDbClient(['endpoint' => 'http://ddb.corp.net:8000'])",
      'endpoint-of-client',
      'ddb.corp.net',
      false,
    ],
    ['curl_setopt($c, CURLOPT_SSL_VERIFYPEER, false)', 'accepts-any-certificate', '', false],
    [
      `cURL error 60: SSL certificate problem: unable to get local issuer certificate (see https://curl.haxx.se/libcurl/c/libcurl-errors.html) for https://${HOST}/`,
      'certificate-verify-failed',
      '',
      false,
    ],
  ],
  Ruby: [
    [`opening connection to ${HOST}:80...`, 'port-80', HOST, true],
    ['Aws.config.update(ssl_verify_peer: false)', 'verify-false', '', false],
    ['http.verify_mode = OpenSSL::SSL::VERIFY_NONE', 'accepts-any-certificate', '', false],
  ],
  settings: [
    ['DYNAMODB_ENDPOINT=http://ddb.corp.net:8000', 'endpoint-setting', 'ddb.corp.net', false],
    ['"dynamoDbEndpointUrl": "http://ddb.corp.net:8000"', 'endpoint-setting', 'ddb.corp.net', false],
    ['MY_DDB_ENDPOINT: http://ddb.corp.net', 'endpoint-setting', 'ddb.corp.net', false],
    ['{\\"DYNAMODB_ENDPOINT\\":\\"http://ddb.corp.net\\"}', 'endpoint-setting', 'ddb.corp.net', false],
    ['endpoints {\n  dynamodb = "http://ddb.corp.net:8000"\n}', 'endpoint-setting', 'ddb.corp.net', false],
    ['AWS_ENDPOINT_URL_DYNAMODB_STREAMS="http://ddb.corp.net"', 'endpoint-setting', 'ddb.corp.net', false],
    [
      'connecting to orders.x1y2.dax-clusters.us-east-1.amazonaws.com:8111',
      'dax-port',
      'orders.x1y2.dax-clusters.us-east-1.amazonaws.com',
      true,
    ],
  ],
  hosts: [
    [`http://svc:pw@${HOST}/`, 'http-endpoint', HOST, true],
    [`HTTP://${HOST.toUpperCase()}:80/`, 'http-endpoint', HOST, true],
    [`http://${HOST}.`, 'http-endpoint', HOST, true],
    [
      'http://dynamodb.us-gov-west-1.amazonaws.com',
      'http-endpoint',
      'dynamodb.us-gov-west-1.amazonaws.com',
      true,
    ],
    [
      'http://dynamodb.cn-northwest-1.api.amazonwebservices.com.cn',
      'http-endpoint',
      'dynamodb.cn-northwest-1.api.amazonwebservices.com.cn',
      true,
    ],
    [
      'http://streams-dynamodb.eu-west-1.api.aws',
      'http-endpoint',
      'streams-dynamodb.eu-west-1.api.aws',
      true,
    ],
    [
      'http://u:p@111122223333.ddb.eu-west-1.api.aws',
      'http-endpoint',
      '111122223333.ddb.eu-west-1.api.aws',
      true,
    ],
    [
      'DAX://orders.x1y2.dax-clusters.cn-north-1.amazonaws.com.cn',
      'dax-endpoint',
      'orders.x1y2.dax-clusters.cn-north-1.amazonaws.com.cn',
      true,
    ],
  ],
};

describe.each(Object.entries(LANGUAGES))('%s', (_language, lines) => {
  it.each(lines)('%s', (text, pattern, host, toAws) => {
    const found = find(text);
    expect(found.map((one) => one.pattern)).toContain(pattern);
    expect(found.find((one) => one.pattern === pattern)).toMatchObject({ host, toAws });
    // One thing is told once.
    const hosts = found.filter(({ kind }) => kind === 'plain-http').map((one) => one.host);
    expect(new Set(hosts).size).toBe(hosts.length);
  });
});

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
    [`requests.post("https://${HOST}", verify=False)`, 'verify-false', '', false],
    [`Unverified HTTPS request is being made to host '${HOST}'`, 'unverified-request', HOST, true],
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
    'requests.get("https://api.corp.net", verify=False)',
    "Unverified HTTPS request is being made to host 'api.corp.net'",
    'GET http://payments.corp.net/health 200',
    `{"health":{"dynamodb":"up"},"endpoint":"http://orders.corp.net:8080/health"}`,
    'ERROR SSLError: certificate verify failed for partner.corp.net: retrying once',
    'WARNING [SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed: certificate has expired, host partner.corp.net',
    'Get "https://partner.corp.net/v1": x509: certificate signed by unknown authority',
    "HTTPSConnectionPool(host='partner.corp.net', port=443): [SSL: CERTIFICATE_VERIFY_FAILED]",
    `http://dynamodb.us-east-1.amazonaws.com@collector.corp.net/`,
    'http://vpce-0a1b2c3d4e5f-abcdefgh.sqs.us-east-1.vpce.amazonaws.com',
    'http://user:pw@localhost:8000/ DYNAMODB_ENDPOINT=http://dynamodb-local:8000',
    'DYNAMODB_ENDPOINT=https://dynamodb.us-east-1.amazonaws.com',
    `${HOST}:443 ${HOST}:8080 12:80`,
    'orders.x1y2.dax-clusters.us-east-1.amazonaws.com:9111 cache.corp.net:8111',
    `HttpRequest { hostname: '${HOST}', protocol: 'https:', port: 443 }`,
    `DefaultSdkHttpFullRequest(protocol=https, host=${HOST}, port=443)`,
    'redis { tls: false, host: "cache" }',
    "endpoint_url = 'http://minio.corp.net:9000' for s3",
    'ServiceURL = "http://elasticmq.corp.net:9324"',
    'generated a self-signed certificate for the tests',
    'see http://dynamodb.region.example.com and endpoint_url=http://dynamodb.example.org',
    'dynamodb = "http://localhost.localstack.cloud:4566"',
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
    ['names and passwords', `http://${'a:'.repeat(8_000)}`],
    ['many names and passwords', 'http://a:b'.repeat(1_600)],
    ['ports', `${'a.'.repeat(150)}:80`.repeat(60)],
    ['ports without a host', ':80'.repeat(5_400)],
    ['requests', "protocol: 'http:' host: 'a' ".repeat(600)],
    ['protocols', 'protocol=http,'.repeat(1_100)],
    ['blanks', `dynamodb${' '.repeat(16_000)}`],
    ['keys', 'dynamodb_'.repeat(1_800)],
    ['calls', `endpoint(${'a.'.repeat(8_000)}`],
    ['failures', "certificate verify failed host='a' ".repeat(460)],
  ])('hostile texts: %s are read in bounded time', (_, text) => {
    const started = performance.now();
    findPlainEndpoints(text.slice(0, 16_384), PLAIN_HINTS);
    expect(performance.now() - started).toBeLessThan(300);
  });
});
