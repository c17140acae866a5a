// Signed requests as logs show them: headers in proxies' JSON and text lines, presigned URLs, botocore's debug blocks.

import { amzDate, isoMillis } from '../clock.ts';
import { accessKeyId, sessionToken, signature } from '../credentials.ts';
import type { Random } from '../prng.ts';

export interface SignedRequest {
  readonly keyId: string;
  readonly region: string;
  readonly service: string;
  readonly target: string;
  readonly signedMs: number;
  readonly signature: string;
  readonly token: string;
}

export function signRequest(
  random: Random,
  account: string,
  region: string,
  signedMs: number,
): SignedRequest {
  const [service, target] = random.pick([
    ['dynamodb', 'DynamoDB_20120810.GetItem'],
    ['dynamodb', 'DynamoDB_20120810.Query'],
    ['kms', 'TrentService.Decrypt'],
  ] as const);
  return {
    keyId: accessKeyId('ASIA', account, random),
    region,
    service,
    target,
    signedMs,
    signature: signature(random),
    token: sessionToken(random),
  };
}

function credential(request: SignedRequest): string {
  return `${request.keyId}/${amzDate(request.signedMs).slice(0, 8)}/${request.region}/${request.service}/aws4_request`;
}

export function authorization(request: SignedRequest): string {
  return `AWS4-HMAC-SHA256 Credential=${credential(request)}, SignedHeaders=content-type;host;x-amz-date;x-amz-target, Signature=${request.signature}`;
}

export interface Sighting {
  readonly timeMs: number;
  readonly address: string;
  readonly requestId: string;
}

/** A proxy's access line in JSON, with the request's headers. */
export function jsonHeaderLine(request: SignedRequest, seen: Sighting): string {
  return JSON.stringify({
    time: isoMillis(seen.timeMs),
    remote_addr: seen.address,
    request_id: seen.requestId,
    method: 'POST',
    uri: '/',
    status: 200,
    headers: {
      host: `${request.service}.${request.region}.amazonaws.com`,
      'x-amz-date': amzDate(request.signedMs),
      'x-amz-target': request.target,
      authorization: authorization(request),
    },
  });
}

/** The same in one line of text. */
export function textHeaderLine(request: SignedRequest, seen: Sighting): string {
  return `${seen.address} - - "POST / HTTP/1.1" 200 412 request_id=${seen.requestId} host="${request.service}.${request.region}.amazonaws.com" x-amz-date="${amzDate(request.signedMs)}" x-amz-target="${request.target}" authorization="${authorization(request)}"`;
}

/** botocore at DEBUG: what is about to be sent, as one message of several lines. */
export function preparedRequestMessage(request: SignedRequest, timeMs: number): string {
  const stamp = `${isoMillis(timeMs).replace('T', ' ').slice(0, 19)},${isoMillis(timeMs).slice(20, 23)}`;
  return `${stamp} botocore.endpoint [DEBUG] Sending http request: <AWSPreparedRequest stream_output=False, method=POST, url=https://${request.service}.${request.region}.amazonaws.com/, headers={'X-Amz-Target': b'${request.target}', 'Content-Type': b'application/x-amz-json-1.0', 'X-Amz-Date': b'${amzDate(request.signedMs)}', 'X-Amz-Security-Token': b'${request.token}', 'Authorization': b'${authorization(request)}', 'Content-Length': '74'}>`;
}

/** botocore at DEBUG: the blocks that a signature is made of, and the signature. */
export function signingMessages(request: SignedRequest, timeMs: number, random: Random): readonly string[] {
  const stamp = `${isoMillis(timeMs).replace('T', ' ').slice(0, 19)},${isoMillis(timeMs).slice(20, 23)}`;
  const date = amzDate(request.signedMs);
  const host = `${request.service}.${request.region}.amazonaws.com`;
  return [
    `${stamp} botocore.auth [DEBUG] CanonicalRequest:\nPOST\n/\n\ncontent-type:application/x-amz-json-1.0\nhost:${host}\nx-amz-date:${date}\nx-amz-security-token:${request.token}\nx-amz-target:${request.target}\n\ncontent-type;host;x-amz-date;x-amz-security-token;x-amz-target\n${random.hex(64)}`,
    `${stamp} botocore.auth [DEBUG] StringToSign:\nAWS4-HMAC-SHA256\n${date}\n${credential(request).slice(request.keyId.length + 1)}\n${random.hex(64)}`,
    `${stamp} botocore.auth [DEBUG] Signature:\n${request.signature}`,
  ];
}

/** Path and query of a presigned GetObject. */
export function presignedPath(
  request: SignedRequest,
  bucket: string,
  object: string,
  expiresSeconds: number,
): string {
  const scope = credential({ ...request, service: 's3' }).replaceAll('/', '%2F');
  return `/${bucket}/${object}?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=${scope}&X-Amz-Date=${amzDate(request.signedMs)}&X-Amz-Expires=${expiresSeconds}&X-Amz-SignedHeaders=host&X-Amz-Signature=${request.signature}`;
}

export function presignedUrl(
  request: SignedRequest,
  bucket: string,
  object: string,
  expiresSeconds: number,
): string {
  return `https://s3.${request.region}.amazonaws.com${presignedPath(request, bucket, object, expiresSeconds)}`;
}
