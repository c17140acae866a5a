// TLS-12: S3 over plain HTTP, in access logs of buckets and load balancers, and in data events.

import { albLine, balancerOf, type S3Request, s3Line } from '../access-lines.ts';
import { loggedBuckets } from '../access-logs.ts';
import { type Place, TLS_13 } from '../actors.ts';
import { hostIn, publicNetwork } from '../address-facts.ts';
import type { ApiCall } from '../api-calls.ts';
import { MINUTE_MS, SECOND_MS } from '../clock.ts';
import { base64Text } from '../credentials.ts';
import type { Proof } from '../plants.ts';
import {
  type AttackContext,
  newRoleSession,
  newUser,
  pickPlace,
  pickTime,
  pickTimeInWindow,
  plantCall,
} from './context.ts';
import { presignedPath, signRequest } from './signed-requests.ts';

const AGENT = 'Boto3/1.34.113 md/Botocore#1.34.113 ua/2.0 os/linux#6.1 lang/python#3.11.9 Botocore/1.34.113';

interface Variant {
  readonly name: string;
  readonly severity: 'HIGH' | 'MEDIUM';
  readonly description: string;
  readonly requests: number;
  request(context: AttackContext): Partial<S3Request>;
}

const MASKED = `?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Expires=3600&X-Amz-SignedHeaders=host&X-Amz-Signature=${'X'.repeat(32)}`;

const VARIANTS: readonly Variant[] = [
  {
    name: 'role-reads',
    severity: 'MEDIUM',
    description: 'a role reads objects over plain HTTP',
    requests: 6,
    request: ({ random }) => ({ key: `daily/report-${random.below(99)}.csv` }),
  },
  {
    name: 'role-writes-with-quotes',
    severity: 'MEDIUM',
    description:
      'a role writes over plain HTTP; user agent and request hold quotes and a whole end of a line',
    requests: 2,
    request: () => ({
      operation: 'REST.PUT.OBJECT',
      userAgent: 'x" - h SigV4 TLS_AES_128_GCM_SHA256 AuthHeader host TLSv1.3 - - "',
      query: '?note="a" 200 - ',
    }),
  },
  {
    name: 'presigned-link',
    severity: 'MEDIUM',
    description: 'a presigned link that begins with http:// is used',
    requests: 1,
    request: () => ({ signed: 'QueryString', query: MASKED, userAgent: 'curl/8.5.0' }),
  },
  {
    name: 'table-export',
    severity: 'HIGH',
    description: 'an export of DynamoDB is read over plain HTTP',
    requests: 3,
    request: ({ random }) => ({
      key: `exports/AWSDynamoDB/0176${random.hex(9)}-${random.hex(8)}/data/${random.hex(26)}.json.gz`,
    }),
  },
  {
    name: 'terraform-state',
    severity: 'HIGH',
    description: 'Terraform state is read over plain HTTP, its key encoded twice',
    requests: 1,
    request: () => ({ key: 'prod%252Fnetwork/terraform%252Etfstate' }),
  },
  {
    name: 'trail',
    severity: 'HIGH',
    description: 'CloudTrail logs are read over plain HTTP',
    requests: 1,
    request: ({ places }) => ({
      key: `AWSLogs/${places[0]!.account}/CloudTrail/us-east-1/2026/10/05/x.json.gz`,
    }),
  },
];

export function plantPlaintextBuckets(context: AttackContext): void {
  const { random, plants } = context;
  for (const variant of VARIANTS) {
    const place = pickPlace(context);
    const bucket = random.pick(loggedBuckets(place));
    const timeMs = pickTimeInWindow(context, 60 * MINUTE_MS, 10 * MINUTE_MS);
    const roleName = `sync-${random.hex(4)}`;
    const proof = plants.attack({
      rule: 'TLS-12',
      minimumSeverity: variant.severity,
      variant: variant.name,
      description: `${variant.description} (bucket ${bucket})`,
      principal: `role:${place.account}:${roleName}`,
      account: place.account,
      region: place.region,
    });
    for (let i = 0; i < variant.requests; i++) {
      plantS3(context, place, proof, {
        place,
        bucket,
        timeMs: timeMs + i * MINUTE_MS + random.below(50) * SECOND_MS,
        address: `${place.privatePrefix}.2.${random.between(4, 250)}`,
        requester: `arn:aws:sts::${place.account}:assumed-role/${roleName}/i-0${random.hex(16)}`,
        operation: 'REST.GET.OBJECT',
        key: `daily/${random.hex(6)}.csv`,
        tls: null,
        ...variant.request(context),
        userAgent: context.attackUserAgent ?? variant.request(context).userAgent ?? AGENT,
      });
    }
  }
  plantQuietRequests(context);
  plantPresignedAtBalancer(context);
}

function plantS3(context: AttackContext, place: Place, proof: Proof, request: S3Request): void {
  context.plants.accessLines.push({
    timeMs: request.timeMs,
    account: place.account,
    region: place.region,
    log: request.bucket,
    text: s3Line(request, context.random),
    proof,
  });
}

/** LOW at most, or nothing. */
function plantQuietRequests(context: AttackContext): void {
  const { random, plants } = context;
  const quiet: readonly (readonly [string, string, Partial<S3Request>])[] = [
    [
      'a plain request that the bucket refused',
      'the policy holds: an attempt (LOW)',
      { status: 403, error: 'AccessDenied' },
    ],
    [
      'a plain request with a signature of nobody',
      'anybody can send one (LOW)',
      { requester: '-', status: 403, error: 'InvalidAccessKeyId' },
    ],
    [
      'an export of DynamoDB, read over TLS',
      'the key is a sensitive one, the request is as it should be',
      { key: 'AWSDynamoDB/0176-aa/data/x.gz', tls: TLS_13 },
    ],
    [
      'public data, read over plain HTTP',
      'nobody signed: no credentials on the way',
      { requester: '-', signed: '-', key: 'AWSDynamoDB/0176-aa/manifest-summary.json' },
    ],
  ];
  for (const [what, why, given] of quiet) {
    const place = pickPlace(context);
    plantS3(context, place, plants.benign(what, why), {
      place,
      bucket: random.pick(loggedBuckets(place)),
      timeMs: pickTime(context),
      address: hostIn(publicNetwork(random), random),
      requester: `arn:aws:iam::${place.account}:user/reader-${random.hex(4)}`,
      operation: 'REST.GET.OBJECT',
      key: 'daily/a.csv',
      userAgent: AGENT,
      tls: null,
      ...given,
    });
  }
}

function plantPresignedAtBalancer(context: AttackContext): void {
  const { random, plants } = context;
  for (const variant of ['http', 'ws', 'redirected'] as const) {
    const place = pickPlace(context);
    const { id, host } = balancerOf(place);
    const timeMs = pickTime(context);
    const request = signRequest(random, place.account, place.region, timeMs - MINUTE_MS);
    const isQuiet = variant === 'redirected';
    // Presigned URLs in a log are a finding of their own, whatever the listener was.
    const alsoExpected = ['SEC-06'] as const;
    const proof = plants.attack({
      rule: isQuiet ? 'SEC-06' : 'TLS-12',
      minimumSeverity: 'MEDIUM',
      variant: isQuiet ? 'redirected-by-balancer' : `balancer-${variant}`,
      description: `a presigned URL comes to a load balancer over plain HTTP (${variant})`,
      account: place.account,
      region: place.region,
      ...(isQuiet ? {} : { alsoExpected }),
    });
    const line = albLine(
      {
        place,
        balancer: id,
        timeMs,
        type: variant === 'ws' ? 'ws' : 'http',
        address: hostIn(publicNetwork(random), random),
        host,
        path: presignedPath(request, 'exports-archive', `month-${random.hex(4)}.csv`, 3600),
        userAgent: context.attackUserAgent ?? 'curl/8.5.0',
        tls: null,
        ...(isQuiet ? { status: 301, action: 'redirect' as const } : {}),
      },
      random,
    );
    plants.accessLines.push({
      timeMs,
      account: place.account,
      region: place.region,
      log: id,
      text: line,
      proof,
    });
  }
}

/** S3 data events of an account that make its calibration; fewer say nothing. */
const LEAST_CALLS = 8_000;

export function plantEventsWithoutCipher(context: AttackContext): void {
  const place = context.places[0]!;
  if (context.callsOf(place.account) < LEAST_CALLS) return;
  const variants = [
    ['data-events', 'MEDIUM', place.buckets[0]!, 'uploads/a.bin'],
    ['data-events-of-state', 'HIGH', place.buckets[1]!, 'prod/terraform.tfstate'],
  ] as const;
  for (const [variant, minimumSeverity, bucket, key] of variants) {
    const timeMs = pickTimeInWindow(context, 60 * MINUTE_MS, 10 * MINUTE_MS);
    const isUser = variant === 'data-events';
    const caller = isUser
      ? newUser(context, place.account, 'mirror')
      : newRoleSession(context, place.account, { roleName: `planner-${context.random.hex(4)}` }, timeMs);
    const proof = context.plants.attack({
      rule: 'TLS-12',
      minimumSeverity,
      variant,
      description: `S3 data events of a direct call without cipher (bucket ${bucket})`,
      principal: caller.principal,
      account: place.account,
      region: place.region,
    });
    const address = hostIn(publicNetwork(context.random), context.random);
    for (let i = 0; i < 4; i++) {
      plantCall(context, proof, {
        place,
        caller,
        call: getObject(place, bucket, key, true, context),
        address,
        tls: '',
        timeMs: timeMs + i * MINUTE_MS,
      });
    }
  }
  const quiet = context.plants.benign(
    'S3 data events without additionalEventData',
    'what else the field holds is missing too: it was dropped, and says nothing of TLS',
  );
  const caller = newUser(context, place.account, 'archiver');
  const timeMs = pickTimeInWindow(context, 60 * MINUTE_MS, 10 * MINUTE_MS);
  const address = hostIn(publicNetwork(context.random), context.random);
  for (let i = 0; i < 4; i++) {
    plantCall(context, quiet, {
      place,
      caller,
      call: getObject(place, place.buckets[0]!, 'uploads/b.bin', false, context),
      address,
      tls: '',
      timeMs: timeMs + i * MINUTE_MS,
    });
  }
}

function getObject(
  place: Place,
  bucket: string,
  key: string,
  isSigned: boolean,
  context: AttackContext,
): ApiCall {
  return {
    operation: { service: 's3', name: 'GetObject', readOnly: true, data: true },
    shape: () => ({
      parameters: `{"bucketName":"${bucket}","Host":"${bucket}.s3.${place.region}.amazonaws.com","key":"${key}"}`,
      response: 'null',
      resources: `[{"type":"AWS::S3::Object","ARN":"arn:aws:s3:::${bucket}/${key}"}]`,
      additional: isSigned
        ? `{"SignatureVersion":"SigV4","bytesTransferredIn":0,"AuthenticationMethod":"AuthHeader","x-amz-id-2":"${base64Text(context.random, 64)}","bytesTransferredOut":77}`
        : '',
    }),
  };
}
