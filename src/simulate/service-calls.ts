// What AWS does by itself or on somebody's behalf: never TLS details, never a customer's own call, and yet about DynamoDB often enough
// to tempt. Shapes as measured on real logs: 170 of 2,900 `AWS Internal`, 141 with a service's name as source, 42 service events.

import { type Place, TLS_13 } from './actors.ts';
import {
  GET_RECORDS,
  issuedCredentials,
  itemKey,
  KMS_DATA_KEY,
  KMS_DECRYPT,
  tableResource,
} from './api-calls.ts';
import { fullTls, loggedRecord } from './call-record.ts';
import { accessKeyId, principalId } from './credentials.ts';
import type { Random } from './prng.ts';
import { roleIdentity } from './sessions.ts';

type ServiceCall = (place: Place, timeMs: number, random: Random) => readonly (string | null)[];

function common(place: Place, timeMs: number, random: Random, service: string) {
  return {
    version: random.chance(0.5) ? '1.08' : '1.11',
    timeMs,
    account: place.account,
    region: place.region,
    address: service,
    userAgent: service,
    requestId: random.uuid(),
    eventId: random.uuid(),
    tls: '',
    resources: '',
    additional: '',
    response: 'null',
  };
}

/** Lambda, EC2 or ECS fetches the credentials of a role: the answer holds a session token in full. */
const serviceAssumesRole: ServiceCall = (place, timeMs, random) => {
  const workload = random.pick(place.workloads);
  const service = { lambda: 'lambda', ec2: 'ec2', ecs: 'ecs-tasks' }[workload.kind];
  return [
    loggedRecord(place.logging, {
      ...common(place, timeMs, random, `${service}.amazonaws.com`),
      operation: { service: 'sts', name: 'AssumeRole', readOnly: true, data: false },
      identity: `{"type":"AWSService","invokedBy":"${service}.amazonaws.com"}`,
      parameters: `{"roleArn":"arn:aws:iam::${place.account}:role/${workload.roleName}","roleSessionName":"${random.pick(workload.sessions).name}"}`,
      response: `{"credentials":${issuedCredentials(place.account, timeMs, random)}}`,
      resources: `[{"accountId":"${place.account}","type":"AWS::IAM::Role","ARN":"arn:aws:iam::${place.account}:role/${workload.roleName}"}]`,
      sharedEventId: random.uuid(),
    }),
  ];
};

const scalingDescribesTable: ServiceCall = (place, timeMs, random) => {
  const service = 'dynamodb.application-autoscaling.amazonaws.com';
  const table = random.pick(place.tables);
  return [
    loggedRecord(place.logging, {
      ...common(place, timeMs, random, service),
      operation: { service: 'dynamodb', name: 'DescribeTable', readOnly: true, data: false },
      identity: roleIdentity({
        account: place.account,
        roleName: 'AWSServiceRoleForApplicationAutoScaling_DynamoDBTable',
        rolePath: 'aws-service-role/dynamodb.application-autoscaling.amazonaws.com/',
        roleId: 'AROAQSCALINGTABLEROLE',
        sessionName: 'AutoScaling-DescribeTable',
        keyId: accessKeyId('ASIA', place.account, random),
        createdMs: timeMs,
        invokedBy: service,
      }),
      parameters: `{"tableName":"${table}"}`,
      resources: tableResource({ place }, table),
    }),
  ];
};

/** The event source mapping of a function reads the table's stream with the function's own role. */
const streamIsRead: ServiceCall = (place, timeMs, random) => {
  const workload = random.pick(place.workloads);
  const shape = GET_RECORDS.shape(
    { place, tables: workload.tables, bucket: '', kmsKeyId: '', timeMs },
    random,
  );
  return [
    loggedRecord(place.logging, {
      ...common(place, timeMs, random, 'lambda.amazonaws.com'),
      ...shape,
      operation: GET_RECORDS.operation,
      identity: roleIdentity({
        account: place.account,
        roleName: workload.roleName,
        roleId: workload.roleId,
        sessionName: `awslambda_${random.below(900)}_${timeMs}`,
        keyId: accessKeyId('ASIA', place.account, random),
        createdMs: timeMs,
        invokedBy: 'lambda.amazonaws.com',
      }),
    }),
  ];
};

/** DynamoDB or S3 asks KMS for the caller: the caller's session, AWS's own source. */
const keyIsUsedInternally: ServiceCall = (place, timeMs, random) => {
  const workload = random.pick(place.workloads);
  const session = random.pick(workload.sessions);
  const call = random.chance(0.6) ? KMS_DECRYPT : KMS_DATA_KEY;
  const shape = call.shape(
    { place, tables: workload.tables, bucket: workload.bucket, kmsKeyId: workload.kmsKeyId, timeMs },
    random,
  );
  return [
    loggedRecord(place.logging, {
      ...common(
        place,
        timeMs,
        random,
        random.chance(0.8) ? 'AWS Internal' : `AWS Internal/${random.below(9)}`,
      ),
      ...shape,
      operation: call.operation,
      identity: session.identity.replace(/\}$/, ',"invokedBy":"AWS Internal"}'),
      vpcEndpoint: 'AWS Internal',
    }),
  ];
};

const stackIsBuilt: ServiceCall = (place, timeMs, random) => {
  const user = random.pick(place.users);
  const table = random.pick(place.tables);
  return [
    loggedRecord(place.logging, {
      ...common(place, timeMs, random, 'cloudformation.amazonaws.com'),
      operation: { service: 'dynamodb', name: 'UpdateTable', readOnly: false, data: false },
      identity: user.identity.replace(/\}$/, ',"invokedBy":"cloudformation.amazonaws.com"}'),
      parameters: `{"tableName":"${table}","billingMode":"PAY_PER_REQUEST"}`,
      response: `{"tableDescription":{"tableName":"${table}","tableStatus":"UPDATING"}}`,
      resources: tableResource({ place }, table),
    }),
  ];
};

/** A service tells what it did: an identity without a type, and often an old version without eventCategory. */
const serviceEvent: ServiceCall = (place, timeMs, random) => {
  const rotates = random.chance(0.5);
  const service = rotates ? 'kms' : 'autoscaling';
  return [
    loggedRecord(place.logging, {
      ...common(place, timeMs, random, `${service}.amazonaws.com`),
      version: random.chance(0.5) ? '1.05' : '1.08',
      operation: {
        service,
        name: rotates ? 'RotateKey' : 'InstanceRefreshSucceeded',
        readOnly: false,
        data: false,
      },
      identity: `{"accountId":"${place.account}","invokedBy":"${service}.amazonaws.com"}`,
      parameters: 'null',
      eventType: 'AwsServiceEvent',
    }),
  ];
};

const backupReadsTable: ServiceCall = (place, timeMs, random) => {
  const table = random.pick(place.tables);
  return [
    loggedRecord(place.logging, {
      ...common(place, timeMs, random, 'backup.amazonaws.com'),
      operation: { service: 'dynamodb', name: 'CreateBackup', readOnly: false, data: false },
      identity: '{"type":"AWSService","invokedBy":"backup.amazonaws.com"}',
      parameters: `{"tableName":"${table}","backupName":"daily-${timeMs}"}`,
      response: `{"backupDetails":{"backupStatus":"CREATING","backupName":"daily-${timeMs}"}}`,
      resources: tableResource({ place }, table),
    }),
  ];
};

/** One call that two accounts see: each trail has its own eventID, both the same sharedEventID. */
const roleOfAnotherAccount: ServiceCall = (place, timeMs, random) => {
  const workload = random.pick(place.workloads);
  const session = random.pick(workload.sessions);
  const partner = `9${random.text('0123456789', 11)}`;
  const shared = random.uuid();
  const facts = {
    ...common(place, timeMs, random, session.publicAddress),
    version: '1.08',
    userAgent: session.userAgent,
    operation: { service: 'sts', name: 'AssumeRole', readOnly: true, data: false },
    parameters: `{"roleArn":"arn:aws:iam::${partner}:role/partner-reader","roleSessionName":"exchange-${random.hex(8)}"}`,
    response: `{"credentials":${issuedCredentials(partner, timeMs, random)},"assumedRoleUser":{"assumedRoleId":"${principalId('AROA', random)}:exchange","arn":"arn:aws:sts::${partner}:assumed-role/partner-reader/exchange"}}`,
    sharedEventId: shared,
    tls: fullTls(TLS_13, `sts.${place.region}.amazonaws.com`),
  };
  return [
    loggedRecord(place.logging, { ...facts, identity: session.identity }),
    // The other account's copy, as a trail of the whole organisation delivers it.
    loggedRecord(place.logging, {
      ...facts,
      eventId: random.uuid(),
      identity: `{"type":"AWSAccount","principalId":"${workload.roleId}:${session.name}","accountId":"${place.account}"}`,
    })?.replace(`"recipientAccountId":"${place.account}"`, `"recipientAccountId":"${partner}"`) ?? null,
  ];
};

const secretIsDecrypted: ServiceCall = (place, timeMs, random) => {
  const workload = random.pick(place.workloads);
  const session = random.pick(workload.sessions);
  return [
    loggedRecord(place.logging, {
      ...common(place, timeMs, random, 'secretsmanager.amazonaws.com'),
      operation: { service: 'kms', name: 'Decrypt', readOnly: true, data: false },
      identity: session.identity.replace(/\}$/, ',"invokedBy":"secretsmanager.amazonaws.com"}'),
      parameters: `{"encryptionContext":{"SecretARN":"arn:aws:secretsmanager:${place.region}:${place.account}:secret:app/database-${random.below(6)}"},"encryptionAlgorithm":"SYMMETRIC_DEFAULT"}`,
      vpcEndpoint: place.s3Endpoint,
    }),
  ];
};

/** Global tables copy items under a service-linked role: GetItem and PutItem that no customer sent. */
const replicaIsWritten: ServiceCall = (place, timeMs, random) => {
  const table = random.pick(place.tables);
  return [
    loggedRecord(place.logging, {
      ...common(place, timeMs, random, 'replication.dynamodb.amazonaws.com'),
      operation: { service: 'dynamodb', name: 'PutItem', readOnly: false, data: true },
      identity: roleIdentity({
        account: place.account,
        roleName: 'AWSServiceRoleForDynamoDBReplication',
        rolePath: 'aws-service-role/replication.dynamodb.amazonaws.com/',
        roleId: 'AROAQREPLICATIONROLEX',
        sessionName: 'DynamoDBReplication',
        keyId: '',
        createdMs: timeMs,
        invokedBy: 'replication.dynamodb.amazonaws.com',
      }),
      parameters: `{"tableName":"${table}","key":${itemKey(random)},"items":["pk","sk","aws:rep:updateregion"]}`,
      resources: tableResource({ place }, table),
    }),
  ];
};

export const SERVICE_CALLS: readonly (readonly [ServiceCall, number])[] = [
  [serviceAssumesRole, 22],
  [scalingDescribesTable, 14],
  [streamIsRead, 14],
  [keyIsUsedInternally, 24],
  [secretIsDecrypted, 9],
  [stackIsBuilt, 2],
  [serviceEvent, 4],
  [backupReadsTable, 2],
  [roleOfAnotherAccount, 3],
  [replicaIsWritten, 6],
];
