// Bearer tokens that are presigned URLs in base64: short-term keys of Bedrock, tokens of EKS. And the time beside a session token.

import { parseAmzDate } from '../../../records/sigv4.ts';
import { decodeBase64 } from '../views/decode.ts';

export interface Bearer {
  readonly keyId: string;
  readonly region: string;
  readonly service: string;
  /** Null where the URL does not say. */
  readonly untilMs: number | null;
}

/** Longest token that is decoded, characters. */
const MAX_TOKEN = 8_192;
/** EKS takes a token for 15 minutes whatever its URL says: https://github.com/kubernetes-sigs/aws-iam-authenticator (presignedURLExpiration). */
const EKS_SECONDS = 900;

/** What the URL in a token says; null where there is none. */
export function bearerOf(token: string): Bearer | null {
  const eks = token.startsWith('k8s-aws-v1.');
  const body = token.slice(0, MAX_TOKEN).replace(/^(?:k8s-aws-v1\.|bedrock-api-key-)/, '');
  const url = decodeBase64(body.replaceAll('-', '+').replaceAll('_', '/'));
  if (!/^(?:https:\/\/)?[a-z0-9.-]{4,100}\/?\?/.test(url)) return null;
  const query = new URLSearchParams(url.slice(url.indexOf('?') + 1));
  const parameter = (name: string): string => query.get(name) ?? '';
  const [keyId = '', , region = '', service = ''] = parameter('X-Amz-Credential').split('/');
  if (keyId === '') return null;
  const signedMs = parseAmzDate(parameter('X-Amz-Date'));
  const seconds = eks ? EKS_SECONDS : Number(/^\d{1,7}$/.exec(parameter('X-Amz-Expires'))?.[0] ?? Number.NaN);
  const untilMs = signedMs + seconds * 1000;
  return {
    keyId: /^A(?:KIA|SIA)[A-Z2-7]{16}$/.test(keyId) ? keyId : '',
    region: /^[a-z0-9-]{2,32}$/.test(region) ? region : '',
    service: /^[a-z0-9-]{2,64}$/.test(service) ? service : '',
    untilMs: Number.isNaN(untilMs) ? null : untilMs,
  };
}

const EXPIRATION =
  /expir(?:ation|es|y)(?:[_-]?(?:at|time))?["'\]\\]{0,3}\s?(?:=>|[=:>])[\s"'(\\]{0,4}(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?(?:Z|\+00:00))/i;

/** When the credentials in a text end, where STS's answer is printed with them. */
export function expirationNear(text: string): number | null {
  const match = EXPIRATION.exec(text);
  if (match === null) return null;
  const timeMs = Date.parse(match[1]!);
  return Number.isNaN(timeMs) ? null : timeMs;
}
