// Commands for storage that is reached over plain HTTP: refuse it at the bucket, send clients of a load balancer to HTTPS.
// Option names: https://docs.aws.amazon.com/cli/latest/reference/s3api/put-bucket-policy.html and .../elbv2/modify-listener.html

import { type ValueForm, word, wordOf } from './command-values.ts';
import type { RemediationStep } from './finding.ts';
import { shellQuote } from './printable.ts';
import { ONLY_READS, remediateKey } from './remediation.ts';

// https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html
const BUCKET: ValueForm = { form: /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/, placeholder: 'BUCKET' };
// https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_CreateLoadBalancer.html
const BALANCER_NAME: ValueForm = {
  form: /^[A-Za-z0-9][A-Za-z0-9-]{0,31}$/,
  placeholder: 'LOAD-BALANCER-NAME',
};

const MEND_CLIENT: RemediationStep = {
  step: 'Mend the client: take http:// endpoints, use_ssl=False and http:// links out of its code, environment and AWS config; SDKs use HTTPS by themselves',
  command: null,
  risk: 'A client that cannot reach port 443 stops working: allow it first.',
  undo: 'Deploy the version before.',
};

/** A bucket that is reached over plain HTTP: refuse it, mend the client, change what travelled in clear. */
export function remediatePlainBucket(values: {
  readonly bucket?: string;
  readonly keyId?: string;
  readonly userName?: string;
  readonly roleName?: string;
}): readonly RemediationStep[] {
  const bucket = wordOf(BUCKET, values.bucket);
  const name = values.bucket !== undefined && BUCKET.form.test(values.bucket) ? values.bucket : '<BUCKET>';
  const policy = {
    Version: '2012-10-17',
    Statement: [
      {
        Sid: 'DenyPlainHttp',
        Effect: 'Deny',
        Principal: '*',
        Action: 's3:*',
        Resource: [`arn:aws:s3:::${name}`, `arn:aws:s3:::${name}/*`],
        Condition: { Bool: { 'aws:SecureTransport': 'false' } },
      },
    ],
  };
  const { keyId, userName, roleName } = values;
  return [
    {
      step: 'See the present policy of the bucket',
      command: `aws s3api get-bucket-policy --bucket ${bucket}`,
      ...ONLY_READS,
    },
    {
      step: 'Refuse plain HTTP at the bucket (arn:aws-cn or arn:aws-us-gov in those partitions)',
      command: `aws s3api put-bucket-policy --bucket ${bucket} --policy ${shellQuote(JSON.stringify(policy))}`,
      risk: 'Replaces the whole policy of the bucket: keep the statements of the present one. Clients on plain HTTP are refused from then on, what they send has travelled in clear all the same.',
      undo: `Put the earlier policy back, or where there was none: aws s3api delete-bucket-policy --bucket ${bucket}`,
    },
    MEND_CLIENT,
    ...(keyId === undefined
      ? []
      : remediateKey({
          keyId,
          ...(userName === undefined ? {} : { userName }),
          ...(roleName === undefined ? {} : { roleName }),
        })),
  ];
}

/** A listener without TLS that takes signed URLs: send its clients to HTTPS. */
export function remediatePlainListener(values: {
  readonly region?: string;
  readonly loadBalancerName?: string;
}): readonly RemediationStep[] {
  const region = word('region', values.region);
  const balancer = wordOf(BALANCER_NAME, values.loadBalancerName);
  const redirect = [
    {
      Type: 'redirect',
      RedirectConfig: { Protocol: 'HTTPS', Port: '443', StatusCode: 'HTTP_301' },
    },
  ];
  return [
    {
      step: 'See the load balancer and its ARN, then its listeners with describe-listeners',
      command: `aws elbv2 describe-load-balancers --names ${balancer} --region ${region}`,
      ...ONLY_READS,
    },
    {
      step: 'Send clients of the HTTP listener to HTTPS',
      command: `aws elbv2 modify-listener --listener-arn '<HTTP-LISTENER-ARN>' --default-actions ${shellQuote(JSON.stringify(redirect))} --region ${region}`,
      risk: 'Replaces the listener’s default action; its other rules stay and must be looked through. There must be a listener for HTTPS. Clients that follow no redirect stop working.',
      undo: 'aws elbv2 modify-listener with the default actions that describe-listeners showed.',
    },
    {
      step: 'Mend whatever makes the links: presigned URLs begin with https://',
      command: null,
      risk: 'A client that knows only http:// stops working.',
      undo: 'Deploy the version before.',
    },
  ];
}
