// ANO-05 and ANO-08: somebody tries every door, and somebody uses root.

import { type Caller, TLS_13 } from '../actors.ts';
import { hostIn, publicNetwork } from '../address-facts.ts';
import { CALLER_IDENTITY } from '../api-calls.ts';
import { isoSeconds, MINUTE_MS } from '../clock.ts';
import { accessKeyId } from '../credentials.ts';
import {
  type AttackContext,
  apiCall,
  newRoleSession,
  newUser,
  pickPlace,
  pickTime,
  pickTimeInWindow,
  plantCall,
} from './context.ts';

/** Read-only doors, and the code that each service refuses with. */
const DOORS = [
  ['iam', 'ListUsers', 'AccessDenied'],
  ['iam', 'ListRoles', 'AccessDenied'],
  ['iam', 'GetAccountAuthorizationDetails', 'AccessDenied'],
  ['s3', 'ListBuckets', 'AccessDenied'],
  ['ec2', 'DescribeInstances', 'Client.UnauthorizedOperation'],
  ['ec2', 'DescribeSnapshots', 'Client.UnauthorizedOperation'],
  ['ec2', 'DescribeVpcs', 'Client.UnauthorizedOperation'],
  ['kms', 'ListKeys', 'AccessDenied'],
  ['secretsmanager', 'ListSecrets', 'AccessDenied'],
  ['lambda', 'ListFunctions20150331', 'AccessDenied'],
  ['dynamodb', 'ListTables', 'AccessDenied'],
  ['rds', 'DescribeDBInstances', 'AccessDenied'],
  ['sns', 'ListTopics', 'AccessDenied'],
  ['ssm', 'DescribeParameters', 'AccessDenied'],
] as const;
/** The rule counts in windows of ten minutes. */
const WINDOW_MS = 10 * MINUTE_MS;
const SPAN_MS = 8 * MINUTE_MS;

export function plantDeniedSweeps(context: AttackContext): void {
  const variants = [
    ['user-key', 'a leaked user key tries fourteen actions', 28, DOORS.length],
    ['role-session', 'a role session tries nine actions', 24, 9],
  ] as const;
  for (const [variant, description, denials, doors] of variants) {
    const place = pickPlace(context);
    const startMs = pickTimeInWindow(context, WINDOW_MS, SPAN_MS);
    const caller =
      variant === 'user-key'
        ? newUser(context, place.account, 'ci-old')
        : newRoleSession(context, place.account, { roleName: `web-front-${context.random.hex(4)}` }, startMs);
    const proof = context.plants.attack({
      rule: 'ANO-05',
      minimumSeverity: 'MEDIUM',
      variant,
      description,
      principal: caller.principal,
      account: place.account,
      region: place.region,
    });
    const address = hostIn(publicNetwork(context.random), context.random);
    plantCall(context, null, { place, caller, call: CALLER_IDENTITY, timeMs: startMs, address });
    for (let i = 0; i < denials; i++) {
      const [service, action, errorCode] = DOORS[i % doors]!;
      plantCall(context, proof, {
        place,
        caller,
        address,
        errorCode,
        call: apiCall(service, action, 'null', { readOnly: true }),
        errorMessage: `User: ${/"arn":"([^"]+)"/.exec(caller.identity)![1]!} is not authorized to perform: ${service}:${action} because no identity-based policy allows the ${service}:${action} action`,
        timeMs: startMs + 1000 + Math.floor((i * (SPAN_MS - 2000)) / denials),
      });
    }
  }
}

export function plantRootUse(context: AttackContext): void {
  const variants = [
    ['root-session', 'HIGH', 'the root user calls the API with session credentials', false],
    ['root-access-key', 'CRITICAL', 'an access key of the root user is used', false],
    ['root-console', 'HIGH', 'the root user makes an access key in the console', true],
  ] as const;
  for (const [variant, minimumSeverity, description, viaConsole] of variants) {
    const place = pickPlace(context);
    const { account } = place;
    const timeMs = pickTime(context);
    const keyId = accessKeyId(variant === 'root-access-key' ? 'AKIA' : 'ASIA', account, context.random);
    const session =
      variant === 'root-access-key'
        ? ''
        : `,"sessionContext":{"sessionIssuer":{},"webIdFederationData":{},"attributes":{"creationDate":"${isoSeconds(timeMs - 5 * MINUTE_MS)}","mfaAuthenticated":"true"}}`;
    const caller: Caller = {
      keyId,
      tls: TLS_13,
      userAgent: viaConsole
        ? 'AWS Internal'
        : 'aws-cli/2.15.57 md/awscrt#0.19.19 ua/2.0 os/linux#6.1.91 md/arch#x86_64 lang/python#3.11.8 md/pyimpl#CPython',
      identity: `{"type":"Root","principalId":"${account}","arn":"arn:aws:iam::${account}:root","accountId":"${account}","accessKeyId":"${keyId}"${session}}`,
    };
    const proof = context.plants.attack({
      rule: 'ANO-08',
      minimumSeverity,
      variant,
      description,
      principal: `root:${account}`,
      account,
      region: place.region,
    });
    plantCall(context, proof, {
      place,
      caller,
      timeMs,
      call: viaConsole
        ? apiCall('iam', 'CreateAccessKey', '{"userName":"backup-admin"}', {
            response: `{"accessKey":{"accessKeyId":"${accessKeyId('AKIA', account, context.random)}","status":"Active","userName":"backup-admin"}}`,
          })
        : apiCall('iam', 'ListUsers', 'null', { readOnly: true }),
      address: hostIn(publicNetwork(context.random), context.random),
      ...(viaConsole ? { viaConsole: true, tls: '' } : {}),
    });
  }
}
