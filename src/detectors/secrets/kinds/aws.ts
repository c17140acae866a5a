// Keys and tokens of AWS that open something by themselves, or with what stands beside them.

import { accountOfKeyId, keyPairsIn, looksLikeSecretKey } from '../aws-key-text.ts';
import { bearerOf, expirationNear } from '../checks/aws-bearer.ts';
import { isMasked, isPlaceholder } from '../not-a-secret.ts';
import { type Candidate, name, prefix, type SecretKind, type Verdict, within, word } from '../secret-kind.ts';

/** Its secret stands in its line, or in a few lines around it; a session token stands behind both. */
const KEY_ID_LINES = 800;
export const KEY_IDS = within(KEY_ID_LINES, prefix(`${'AK'}IA`, `${'AS'}IA`, `${'AB'}IA`, `${'AC'}CA`));

/** How far from it what belongs to a key id or a token may stand, characters: a session token has up to about 2,000. */
const NEIGHBOURHOOD = 2_500;
const TOKEN_CHARACTERS = 4_200;

/** 40 characters behind a name that says what they are. */
const SECRET_KEY =
  /(?:secret[_. -]?access[_. -]?key|aws[_. -]?secret(?:[_. -]?key)?|(?:s3a?|minio)[_. -]secret[_. -]?key)(?:["'\]\\]{0,3}\s?(?:=>|[=:,>])|["']?\s)[\s"'([{b\\]{0,6}(?:value["'\\]{0,2}\s?[:=]\s?["'\\]{0,2})?(?<secret>[A-Za-z0-9/+]{40})(?![A-Za-z0-9/+=_-])/dgi;

function checkSecretKey({ secret }: Candidate): Verdict {
  return looksLikeSecretKey(secret) ? { confidence: 0.93, verified: false } : { refused: 'low-entropy' };
}

/** What the service answers in plain text: not the ciphertext that it gives without decryption, and no mask. */
function checkStoredText({ secret }: Candidate): Verdict {
  if (/^AQIC[AB]/.test(secret)) return { refused: 'not-a-value' };
  if (isPlaceholder(secret) || isMasked(secret)) return { refused: 'placeholder' };
  return { confidence: 0.9, verified: false };
}

/** Identity fields of CloudTrail records that applications log: a key id has its place there. */
const IDENTITY = /"userIdentity"|"principalId"|"sessionContext"|"eventSource"/;

/** Key ids that open nothing and say nothing new: of a pair, of a signed request, of a CloudTrail record. */
function checkKeyId({ secret, text, start, end }: Candidate): Verdict {
  if (IDENTITY.test(text.slice(Math.max(0, start - NEIGHBOURHOOD), end + 400)))
    return { refused: 'identifier' };
  // `AKIA.../20261101/us-east-1/...`, and version 2: `AWS AKIA...:signature`, `AWSAccessKeyId=AKIA...&Signature=`.
  if (/^(?:\/|%2[Ff])\d{8}/.test(text.slice(end, end + 12))) return { refused: 'overlapped' };
  if (/(?:\bAWS |AWSAccessKeyId(?:=|%3[Dd]))$/.test(text.slice(Math.max(0, start - 20), start)))
    return { refused: 'overlapped' };
  const near = text.slice(Math.max(0, start - NEIGHBOURHOOD), end + NEIGHBOURHOOD);
  if (keyPairsIn(near).some(({ keyId }) => keyId.keyId === secret)) return { refused: 'overlapped' };
  return { confidence: 0.9, verified: false, facts: keyFacts(secret) };
}

function keyFacts(keyId: string): Readonly<Record<string, string>> {
  const account = accountOfKeyId(keyId);
  return { keyId, ...(account.length === 12 ? { keyAccount: account } : {}) };
}

const SESSION_KEY_ID = new RegExp(`(?<![A-Za-z0-9+])${'AS'}IA[A-Z2-7]{16}(?![A-Za-z0-9+=])`, 'g');
const SCOPE = new RegExp(
  `${'AS'}IA[A-Z2-7]{16}(?:/|%2[Ff])\\d{8}(?:/|%2[Ff])([a-z0-9-]{2,32})(?:/|%2[Ff])([a-z0-9.-]{2,64})(?:/|%2[Ff])aws4_request`,
);

/**
 * A token does not say when it ends; where its credentials were printed whole, `Expiration` stands beside it.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_temp.html: at most 12 hours of a role, 36 of GetSessionToken.
 */
function checkToken({ text, start, end, timeMs }: Candidate): Verdict {
  const from = Math.max(0, start - NEIGHBOURHOOD);
  const near = text.slice(from, end + NEIGHBOURHOOD);
  const pair = keyPairsIn(near).find(({ keyId }) => keyId.keyId.startsWith(`${'AS'}IA`));
  const keyIds = new Set(near.match(SESSION_KEY_ID) ?? []);
  const keyId = pair?.keyId.keyId ?? (keyIds.size === 1 ? [...keyIds][0]! : '');
  const scope = SCOPE.exec(near);
  const untilMs = expirationNear(near);
  const facts = {
    ...(keyId === '' ? {} : keyFacts(keyId)),
    ...(scope === null ? {} : { region: scope[1]!, service: scope[2]! }),
    ...(untilMs !== null
      ? { validUntil: new Date(untilMs).toISOString() }
      : Number.isNaN(timeMs)
        ? {}
        : {
            validUntilAtMost: new Date(timeMs + 36 * 3_600_000).toISOString(),
            validUntilOfRole: new Date(timeMs + 12 * 3_600_000).toISOString(),
          }),
  };
  const until =
    untilMs !== null
      ? `the session ends at ${new Date(untilMs).toISOString()}`
      : 'the token does not say when its session ends: at most 12 hours after it was logged for a role, 36 for others';
  if (pair !== undefined)
    return {
      confidence: 0.97,
      verified: true,
      severity: 'CRITICAL',
      facts,
      why: `key id and secret stand beside it: all that a session is; ${until}`,
    };
  return { confidence: 0.9, verified: false, facts, why: `no secret stands beside it; ${until}` };
}

function checkBearer({ secret, timeMs }: Candidate): Verdict {
  const bearer = bearerOf(secret);
  if (bearer === null) return { refused: 'failed-decoding' };
  const { keyId, region, service, untilMs } = bearer;
  const expired = untilMs !== null && untilMs < timeMs;
  return {
    confidence: 0.97,
    verified: true,
    ...(expired ? { severity: 'MEDIUM' } : {}),
    facts: {
      ...(keyId === '' ? {} : keyFacts(keyId)),
      ...(region === '' ? {} : { region }),
      ...(service === '' ? {} : { service }),
      ...(untilMs === null ? {} : { validUntil: new Date(untilMs).toISOString() }),
    },
    ...(untilMs === null
      ? {}
      : {
          why: `${expired ? 'it had ended when it was logged, at' : 'it opens the door until'} ${new Date(untilMs).toISOString()}`,
        }),
  };
}

/** Base64 behind the prefix says that it is one. */
function checkBedrockKey({ secret }: Candidate): Verdict {
  const named = secret.startsWith('QmVkcm9ja0FQSUtleS', 4);
  return { confidence: named ? 0.98 : 0.85, verified: named };
}

export const AWS_KINDS: readonly SecretKind[] = [
  {
    name: 'aws-secret-key',
    title: 'AWS secret access key',
    rule: 'SEC-02',
    severity: 'HIGH',
    literals: [
      ...name(
        'secret_access_key',
        'secret-access-key',
        'secretaccesskey',
        'secret access key',
        'secret.access.key',
      ),
      ...name(
        'aws_secret_key',
        'aws-secret-key',
        'awssecretkey',
        'aws.secretkey',
        'aws_secret',
        // Hadoop, and what speaks to S3 or stands in for it.
        's3_secret_key',
        's3-secret-key',
        's3a.secret.key',
        'minio_secret_key',
        'minio-secret-key',
        'aws-secret',
        'awssecret',
      ),
      ...word('<secretaccesskey>', 'set aws_secret_access_key'),
    ],
    pattern: SECRET_KEY,
    check: checkSecretKey,
    rank: 1,
    source: 'https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_access-keys.html',
  },
  {
    name: 'aws-secret-string',
    title: 'Secret of Secrets Manager in plain text',
    rule: 'SEC-11',
    severity: 'HIGH',
    literals: name('secretstring', 'secret_string'),
    // An object in it is flattened, and its members have names of their own. Terraform's attribute is called the same.
    pattern:
      /(?:"SecretString"\s{0,2}:|(?<![\w.])secret_string[ ]{1,3}=)\s{0,2}"(?<secret>[^"\n{][^"\n]{5,255})"/dg,
    check: checkStoredText,
    rank: 1,
    source: 'https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_GetSecretValue.html',
  },
  {
    name: 'aws-secure-string',
    title: 'SecureString of Parameter Store in plain text',
    rule: 'SEC-11',
    severity: 'HIGH',
    literals: word('securestring'),
    pattern: /"SecureString"[\s,]{1,4}"Value"\s{0,2}:\s{0,2}"(?<secret>[^"\n{][^"\n]{5,255})"/dg,
    check: checkStoredText,
    rank: 1,
    source: 'https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_Parameter.html',
  },
  {
    name: 'aws-bedrock-long-term-key',
    title: 'Amazon Bedrock long-term API key',
    rule: 'SEC-02',
    severity: 'HIGH',
    literals: prefix('ABSK'),
    pattern: /(?<![A-Za-z0-9+/_-])(?<secret>ABSK[A-Za-z0-9+/]{109,269}={0,2})(?![A-Za-z0-9+/=])/dg,
    check: checkBedrockKey,
    publicPrefix: 4,
    rank: 1,
    // Seen in public rule sets; AWS documents the kind: https://docs.aws.amazon.com/bedrock/latest/userguide/api-keys-how.html
    source: 'https://github.com/gitleaks/gitleaks/blob/master/config/gitleaks.toml',
  },
  {
    name: 'aws-bedrock-short-term-key',
    title: 'Amazon Bedrock short-term API key',
    rule: 'SEC-02',
    severity: 'HIGH',
    literals: prefix('bedrock-api-key-'),
    pattern:
      /(?<![A-Za-z0-9_-])(?<secret>bedrock-api-key-[A-Za-z0-9+/_-]{100,4096}={0,2})(?![A-Za-z0-9+/=])/dg,
    behind: TOKEN_CHARACTERS,
    check: checkBearer,
    publicPrefix: 16,
    rank: 1,
    // A presigned URL in base64: https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_bedrock.html
    source: 'https://github.com/aws/aws-bedrock-token-generator-js',
  },
  {
    name: 'aws-eks-token',
    title: 'Amazon EKS token',
    rule: 'SEC-02',
    severity: 'HIGH',
    literals: prefix('k8s-aws-v1.'),
    pattern: /(?<![A-Za-z0-9_.-])(?<secret>k8s-aws-v1\.[A-Za-z0-9_-]{100,4096}={0,2})(?![A-Za-z0-9_=-])/dg,
    behind: TOKEN_CHARACTERS,
    check: checkBearer,
    publicPrefix: 11,
    rank: 1,
    source:
      'https://github.com/kubernetes-sigs/aws-iam-authenticator#api-authorization-from-outside-a-cluster',
  },
  {
    name: 'aws-appsync-key',
    title: 'AWS AppSync API key',
    rule: 'SEC-02',
    severity: 'MEDIUM',
    literals: prefix('da2-'),
    pattern: /(?<![A-Za-z0-9_-])(?<secret>da2-[a-z0-9]{26})(?![A-Za-z0-9_-])/dg,
    publicPrefix: 4,
    rank: 1,
    source: 'https://docs.aws.amazon.com/appsync/latest/devguide/security-authz.html',
  },
  {
    name: 'amazon-mws-token',
    title: 'Amazon MWS auth token',
    rule: 'SEC-02',
    severity: 'MEDIUM',
    literals: prefix('amzn.mws.'),
    pattern:
      /(?<![A-Za-z0-9_.-])(?<secret>amzn\.mws\.[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12})(?![A-Za-z0-9_-])/dg,
    publicPrefix: 9,
    rank: 1,
    // Seen in public rule sets.
    source: 'https://github.com/trufflesecurity/trufflehog/blob/main/pkg/detectors/detectors.go',
  },
  {
    name: 'aws-session-token',
    title: 'AWS session token',
    rule: 'SEC-03',
    severity: 'MEDIUM',
    literals: prefix(
      ...['IQoJb3JpZ2lu', 'FwoGZXIvYXdz', 'FQoGZXIvYXdz', 'FwoDYXdz', 'FQoDYXdz', 'AQoDYXdz'],
      ...['AgoJb3JpZ2lu', 'AgoGb3JpZ2lu'],
    ),
    pattern:
      /(?<![A-Za-z0-9+_-])(?<secret>(?:IQoJb3JpZ2lu|Ago[GJ]b3JpZ2lu|F[wQ]oGZXIvYXdz|F[wQ]oDYXdz|AQoDYXdz)[A-Za-z0-9+/_-]{80,4096}={0,2})(?![A-Za-z0-9+/=_-])/dg,
    before: NEIGHBOURHOOD,
    behind: TOKEN_CHARACTERS,
    overLines: true,
    check: checkToken,
    publicPrefix: 4,
    rank: 1,
    // The first bytes are a version and `origin_ec`, `origin`, `er/aws` or `aws`: as in the examples of
    source: 'https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html',
  },
  {
    name: 'aws-session-token-by-name',
    title: 'AWS session token',
    rule: 'SEC-03',
    severity: 'MEDIUM',
    literals: name('aws_session_token', 'aws_security_token', 'aws-session-token', 'x-amz-security-token'),
    pattern:
      /(?:aws[_-]se(?:ssion|curity)[_-]token|x-amz-security-token)["'\]\\]{0,3}\s?(?:=>|[=:,])[\s"'([{b\\]{0,6}(?<secret>[A-Za-z0-9+/]{100,4096}={0,2})(?![A-Za-z0-9+/=_-])/dgi,
    before: NEIGHBOURHOOD,
    behind: TOKEN_CHARACTERS,
    overLines: true,
    check: checkToken,
    rank: 0,
    source: 'https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_temp_use-resources.html',
  },
  {
    name: 'aws-key-id',
    title: 'AWS access key id',
    rule: 'SEC-04',
    severity: 'INFO',
    literals: KEY_IDS,
    pattern: /(?<![A-Za-z0-9/+_])(?<secret>A(?:KIA|SIA|BIA|CCA)[A-Z2-7]{16})(?![A-Za-z0-9+=_])/dg,
    before: NEIGHBOURHOOD,
    behind: NEIGHBOURHOOD,
    overLines: true,
    check: checkKeyId,
    publicPrefix: 4,
    rank: 1,
    source:
      'https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html#identifiers-unique-ids',
  },
];
