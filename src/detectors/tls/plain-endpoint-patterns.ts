// The words in which clients of many languages say that they use no TLS, check no certificate, or found a bad one.
// Every repetition is bounded; the literals that lead to a pattern stand in secrets/prefilter.ts.

import { HINT } from '../secrets/prefilter.ts';

export type PlainKind = 'plain-http' | 'verification-off' | 'certificate-failure';

export interface Pattern {
  /** Part of the finding's identity. */
  readonly name: string;
  readonly kind: PlainKind;
  readonly hint: number;
  /** Group 1 is the host, where the words name one. */
  readonly words: RegExp;
  /** The host stands before the words, at their very beginning: group 1 of this, which ends in `$`. */
  readonly hostBefore?: RegExp;
  /** The host stands near the words: group 1 of this. */
  readonly hostNear?: RegExp;
  /** How far `near`, `notNear` and `hostNear` look to either side, characters; NEAR when left out. */
  readonly reach?: number;
  /** Only where the host is one of DynamoDB's or DAX's: other services have rules of their own. */
  readonly onlyDynamoDb?: boolean;
  /** Words that must stand near, because the pattern alone is said of other things too. */
  readonly near?: RegExp;
  /** Words near a host that is not AWS's which say that it is about something else. */
  readonly notNear?: RegExp;
  /** A switch for the whole process: hosts beside it say nothing. */
  readonly everywhere?: boolean;
}

/** How far `near` looks to either side, characters. */
export const NEAR = 200;
/** Requests as objects name protocol and host with all headers in between, signature and session token among them. */
const REQUEST_REACH = 2_500;

export const HOST = '([A-Za-z0-9._\\-]{1,255}|\\[[0-9a-fA-F:]{2,45}\\])';
/** A name and password before the host: never kept. */
export const USER = '(?:[^\\s/@"\'<>\\\\]{1,200}@)?';
const PLAIN = `http://${USER}${HOST}`;

/** What is near `verify=False` when it is about certificates: other programs verify signatures, e-mail addresses and passwords. */
const ABOUT_TLS =
  /\b(?:requests|httpx|aws|boto3|botocore|urllib3|aiohttp|guzzle|https|ssl|tls|certs?|certificates?|endpoint_url|dynamodb|amazonaws|awssdk)\b|(?:session|client|resource)\s?\(/i;
export const ABOUT_AWS =
  /\b(?:aws|boto3|botocore|amazon|amazonaws|awssdk|dynamodb|dynamo|ddb|dax)\b|dynamo_?db|aws-?sdk|aws[._-]/i;
const ABOUT_DYNAMODB = /dynamo|\b(?:ddb|dax)\b/i;
const CLIENT_OF_DYNAMODB =
  /dynamo_?(?:db)?[A-Za-z_.]{0,20}(?:client|config|options|builder)|aws\.dynamodb\b|dynamodb\.new\b|(?:client|resource)\(\s?["']dynamodb/i;
const ABOUT_OTHERS = /\b(?:s3|minio|ceph|sqs|sns|ses|kinesis|elasticmq|wasabi)\b/i;

/** `=`, `:`, `=>` or `(`, with quotes and what builds an address in between: `("`, `: aws.String("`, `(URI.create("`. */
const GIVEN =
  '["\'\\\\]{0,3}\\s{0,3}(?:=>|[=:(])\\s{0,3}(?:&?[A-Za-z_][A-Za-z_.]{0,30}\\(){0,2}["\'\\\\]{0,3}';

const HTTP: readonly Pattern[] = [
  {
    // Whoever logs the address of a request: botocore (`url=`), the AWS SDKs for Java (`Sending Request: POST`), Apache's client
    // (`{}->http://`), Go's errors (`Post "http://`), System.Net.Http, Guzzle, hyper.
    // An XML name space (http://dynamodb.amazonaws.com/doc/2012-08-10/) is a name, not an address.
    name: 'http-endpoint',
    kind: 'plain-http',
    hint: HINT.plainEndpoint,
    words: new RegExp(`(?<![A-Za-z0-9])${PLAIN}(?!/doc/)(?![A-Za-z0-9._@-])`, 'gi'),
    onlyDynamoDb: true,
  },
  {
    // urllib3 at level DEBUG: https://github.com/urllib3/urllib3/blob/main/src/urllib3/connectionpool.py (HTTPConnectionPool._new_conn)
    name: 'new-http-connection',
    kind: 'plain-http',
    hint: HINT.plainEndpoint,
    words: new RegExp(`Starting new HTTP connection \\(\\d{1,9}\\): ${HOST}`, 'gi'),
    onlyDynamoDb: true,
  },
  {
    // A request as an object: `protocol=http, host=...` of the AWS SDK for Java 2 (DefaultSdkHttpFullRequest.toString), `protocol: 'http:'` and
    // `hostname: '...'` of that for JavaScript 3 (HttpRequest of @smithy/protocol-http).
    name: 'http-request',
    kind: 'plain-http',
    hint: HINT.plainEndpoint,
    words: /(?<![A-Za-z0-9])protocol["'\\]{0,3}\s{0,3}[=:]\s{0,3}["'\\]{0,3}http(?![A-Za-z0-9])/gi,
    hostNear: new RegExp(
      `(?<![A-Za-z0-9])host(?:name)?["'\\\\]{0,3}\\s{0,3}[=:]\\s{0,3}["'\\\\]{0,3}${HOST}`,
      'gi',
    ),
    reach: REQUEST_REACH,
    onlyDynamoDb: true,
  },
  {
    // Connections: `R:host/address:80` of Netty, `Connecting to host/address:80` of Apache's client, `Connected to host (address) port 80` of
    // curl, `opening connection to host:80` of Ruby's Net::HTTP, NODE_DEBUG=http.
    name: 'port-80',
    kind: 'plain-http',
    hint: HINT.plainEndpoint,
    words: /(?::|\) port )80(?![0-9])/gi,
    hostBefore: /(?<![A-Za-z0-9._-])([A-Za-z0-9._-]{1,255})(?: \([0-9a-f.:]{2,45}|\/[0-9a-f.:]{2,45})?$/i,
    onlyDynamoDb: true,
  },
  {
    // https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/DAXEncryptionInTransit.html
    name: 'dax-endpoint',
    kind: 'plain-http',
    hint: HINT.plainEndpoint,
    words: new RegExp(`(?<![A-Za-z0-9])dax://${USER}${HOST}`, 'gi'),
  },
  {
    // The port of clusters without TLS: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/DAX.cluster-management.html
    name: 'dax-port',
    kind: 'plain-http',
    hint: HINT.plainEndpoint,
    words: /:8111(?![0-9])/g,
    hostBefore: /(?<![A-Za-z0-9._-])([A-Za-z0-9._-]{1,255}\.dax-clusters\.[A-Za-z0-9._-]{1,120})$/i,
    onlyDynamoDb: true,
  },
  {
    // https://docs.aws.amazon.com/sdkref/latest/guide/feature-ss-endpoints.html, and what people call it themselves: DYNAMODB_ENDPOINT, Spring's
    // amazon.dynamodb.endpoint and spring.cloud.aws.dynamodb.endpoint, dynamoDbEndpointUrl; `endpoints { dynamodb = "..." }` of Terraform.
    name: 'endpoint-setting',
    kind: 'plain-http',
    hint: HINT.plainEndpoint,
    words: new RegExp(
      '(?:AWS_ENDPOINT_URL(?:_DYNAMODB(?:_STREAMS)?|_DAX)?|aws\\.endpointUrl(?:DynamoDb(?:Streams)?|Dax)?|' +
        '(?:dynamo_?db|dynamo|(?<![a-z0-9])ddb|(?<![a-z0-9])dax)(?:[-._]?streams)?' +
        '(?:[-._]?(?:service[-._]?)?(?:endpoint|url|uri|host)(?:[-._]?(?:url|uri|override))?)?)' +
        `["'\\\\]{0,3}\\s{0,40}(?:=>|[=:])\\s{0,3}["'\\\\]{0,3}${PLAIN}`,
      'gi',
    ),
  },
  {
    // boto3, ~/.aws/config, and the option of the AWS CLI.
    name: 'endpoint-argument',
    kind: 'plain-http',
    hint: HINT.plainEndpoint,
    words: new RegExp(`(?<![A-Za-z0-9_])endpoint[_-]url(?:${GIVEN}|\\s{1,3}["']?)${PLAIN}`, 'gi'),
    notNear: ABOUT_OTHERS,
  },
  {
    // endpointOverride (Java 2), setEndpoint and EndpointConfiguration (Java 1), BaseEndpoint (Go 2), AWS.Endpoint (JavaScript 2).
    name: 'endpoint-of-client',
    kind: 'plain-http',
    hint: HINT.plainEndpoint,
    words: new RegExp(
      `(?<![A-Za-z0-9_])(?:endpoint[_-]?override|base_?endpoint|(?:set|with)Endpoint|EndpointConfiguration|AWS\\.Endpoint)${GIVEN}${PLAIN}`,
      'gi',
    ),
    near: ABOUT_DYNAMODB,
    notNear: ABOUT_OTHERS,
  },
  {
    // endpoint (JavaScript, PHP, Ruby, Go 1) and ServiceURL (.NET) are words of everybody: only beside a client of DynamoDB.
    name: 'endpoint-of-client',
    kind: 'plain-http',
    hint: HINT.plainEndpoint,
    words: new RegExp(`(?<![A-Za-z0-9_])(?:service[_-]?url|endpoint(?:_?ur[li])?)${GIVEN}${PLAIN}`, 'gi'),
    near: CLIENT_OF_DYNAMODB,
    notNear: ABOUT_OTHERS,
  },
];

const OFF: readonly Pattern[] = [
  {
    name: 'use-ssl-false',
    kind: 'verification-off',
    hint: HINT.verificationOff,
    words: /(?<![A-Za-z0-9_])use_ssl["'\\]{0,3}\s{0,3}[=:]\s{0,3}False\b/gi,
  },
  {
    // sslEnabled (JavaScript 2), tls (JavaScript 3), DisableSSL (Go 1), DisableHTTPS (Go 2), UseHttp (.NET), Protocol.HTTP (Java 1), scheme (PHP).
    name: 'tls-switched-off',
    kind: 'verification-off',
    hint: HINT.verificationOff,
    words:
      /(?<![A-Za-z0-9_])(?:(?:sslEnabled|tls)["'\\]{0,3}\s{0,3}[=:]\s{0,3}false\b|(?:With)?Disable(?:SSL|HTTPS)["'\\]{0,3}\s{0,3}[=:(]\s{0,3}(?:aws\.Bool\()?true\b|UseHttp["'\\]{0,3}\s{0,3}[=:]\s{0,3}true\b|(?:set|with)?Protocol\(\s?Protocol\.HTTP\s?\)|scheme["']\s{0,3}=>\s{0,3}["']http["'])/gi,
    near: ABOUT_AWS,
  },
  {
    name: 'verify-false',
    kind: 'verification-off',
    hint: HINT.verificationOff,
    words:
      /(?<![A-Za-z0-9_])(?:verify(?:[_-]ssl)?|ssl[_-]verify(?:[_-]peer)?)["'\\]{0,3}\s{0,3}(?:=>|[=:])\s{0,3}False\b/gi,
    near: ABOUT_TLS,
  },
  {
    // https://docs.aws.amazon.com/cli/latest/userguide/cli-configure-options.html
    name: 'no-verify-ssl',
    kind: 'verification-off',
    hint: HINT.verificationOff,
    words: /--no-verify-ssl\b/gi,
    near: /\baws\b/i,
  },
  {
    // https://urllib3.readthedocs.io/en/stable/advanced-usage.html#tls-warnings
    name: 'unverified-request',
    kind: 'verification-off',
    hint: HINT.verificationOff,
    words: new RegExp(`Unverified HTTPS request is being made(?: to host '${HOST})?`, 'gi'),
  },
  {
    // https://nodejs.org/api/cli.html#node_tls_reject_unauthorizedvalue
    name: 'node-tls-reject-unauthorized',
    kind: 'verification-off',
    hint: HINT.verificationOff,
    words:
      /NODE_TLS_REJECT_UNAUTHORIZED["'\\]{0,3}(?:\s?[=:]\s?["'\\]{0,3}0(?![0-9])| environment variable to ["'\\]{0,3}0)/gi,
    everywhere: true,
  },
  {
    // https://www.python.org/dev/peps/pep-0493/ and the property of the AWS SDK for Java 1 (SDKGlobalConfiguration.DISABLE_CERT_CHECKING_SYSTEM_PROPERTY)
    name: 'check-off-for-process',
    kind: 'verification-off',
    hint: HINT.verificationOff,
    words:
      /PYTHONHTTPSVERIFY["'\\]{0,3}\s?[=:]\s?["'\\]{0,3}0(?![0-9])|com\.amazonaws\.sdk\.disableCertChecking(?!["'\\]{0,3}\s?[=:]\s?["'\\]{0,3}false)/gi,
    everywhere: true,
  },
  {
    name: 'reject-unauthorized-false',
    kind: 'verification-off',
    hint: HINT.verificationOff,
    words: /rejectUnauthorized["'\\]{0,3}\s{0,3}[=:]\s{0,3}["'\\]{0,3}false\b/gi,
  },
  {
    // https://pkg.go.dev/crypto/tls#Config
    name: 'insecure-skip-verify',
    kind: 'verification-off',
    hint: HINT.verificationOff,
    words: /InsecureSkipVerify["'\\]{0,3}\s{0,3}[=:]\s{0,3}["'\\]{0,3}true\b/gi,
  },
  {
    // Java (TRUST_ALL_CERTIFICATES of its AWS SDK 2, verifiers of Apache's client), Ruby, PHP's curl, .NET, Rust's reqwest.
    name: 'accepts-any-certificate',
    kind: 'verification-off',
    hint: HINT.verificationOff,
    words:
      /TRUST_ALL_CERTIFICATES["'\\]{0,3}\s{0,3}[=:,]\s{0,3}["'\\]{0,3}true\b|\b(?:NoopHostnameVerifier|ALLOW_ALL_HOSTNAME_VERIFIER|DangerousAcceptAnyServerCertificateValidator)\b|SSL::VERIFY_NONE\b|CURLOPT_SSL_VERIFYPEER["'\\]{0,3}\s{0,3}(?:=>|[=:,])\s{0,3}(?:false\b|0(?![0-9]))|danger_accept_invalid_certs["'\\]{0,3}\s{0,3}[=:(]\s{0,3}true\b/gi,
  },
];

const FAILED: readonly Pattern[] = [
  {
    // OpenSSL (Python, Ruby, curl, PHP), Node, Go, Java, .NET and rustls say it in their own words. One pattern: a burst is one, whoever fails.
    name: 'certificate-verify-failed',
    kind: 'certificate-failure',
    hint: HINT.certificateFailure,
    words:
      /CERTIFICATE_VERIFY_FAILED|certificate verify failed|SSL certificate problem|UNABLE_TO_VERIFY_LEAF_SIGNATURE|unable to verify the first certificate|UNABLE_TO_GET_ISSUER_CERT|unable to get local issuer certificate|SELF_SIGNED_CERT|(?:Error: |x509: )self[- ]signed certificate|self[- ]signed certificate in certificate chain|ERR_TLS_CERT_ALTNAME_INVALID|x509: certificate (?:signed by unknown authority|is (?:not )?valid for)|tls: failed to verify certificate|PKIX path building failed|unable to find valid certification path|SSLHandshakeException|SSLPeerUnverifiedException|remote certificate (?:is invalid|was rejected)|invalid peer certificate|InvalidCertificate\(/gi,
  },
];

export const PATTERNS: readonly Pattern[] = [...HTTP, ...OFF, ...FAILED];
