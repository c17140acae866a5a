// Sessions of roles: deploys start new ones, rotation gives them new keys; and userIdentity as CloudTrail writes it.
// https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-user-identity.html

import type { Place, Session, Workload } from './actors.ts';
import { hostIn, REGION_PREFIXES } from './address-facts.ts';
import { DAY_MS, HOUR_MS, isoSeconds } from './clock.ts';
import { accessKeyId } from './credentials.ts';
import type { Random } from './prng.ts';

/** How long the credentials of a session are used, and how long the session lives until a deploy replaces it. */
const KEY_LIFE_MS = 6 * HOUR_MS;

export function startSession(workload: Workload, place: Place, nowMs: number, random: Random): Session {
  const name =
    workload.kind === 'ec2'
      ? `i-0${random.hex(16)}`
      : workload.kind === 'ecs'
        ? random.hex(32)
        : `${workload.roleName.replace(`-${workload.region}`, '')}-handler`;
  const privateAddress = `${place.privatePrefix}.${random.between(1, 40)}.${random.between(4, 250)}`;
  const untilMs = nowMs + DAY_MS / 2 + random.below(DAY_MS);
  return withKey(
    workload,
    name,
    privateAddress,
    publicAddressOf(workload, place, random),
    nowMs,
    untilMs,
    random,
  );
}

function publicAddressOf(workload: Workload, place: Place, random: Random): string {
  if (workload.route === 'dual-stack') return `${place.prefix6}${random.hex(2)}::${random.hex(4)}`;
  if (workload.route === 'outside') return hostIn(random.pick(REGION_PREFIXES[place.region]!.ec2), random);
  return random.pick(place.natAddresses);
}

/** The same session with new credentials. */
export function rotateKey(workload: Workload, session: Session, nowMs: number, random: Random): Session {
  return withKey(
    workload,
    session.name,
    session.privateAddress,
    session.publicAddress,
    nowMs,
    session.untilMs,
    random,
  );
}

function withKey(
  workload: Workload,
  name: string,
  privateAddress: string,
  publicAddress: string,
  nowMs: number,
  untilMs: number,
  random: Random,
): Session {
  const keyId = accessKeyId('ASIA', workload.account, random);
  return {
    name,
    privateAddress,
    publicAddress,
    keyId,
    keyUntilMs: nowMs + KEY_LIFE_MS - random.below(HOUR_MS),
    untilMs,
    identity: roleIdentity({
      account: workload.account,
      roleName: workload.roleName,
      roleId: workload.roleId,
      sessionName: name,
      keyId,
      createdMs: nowMs,
      ...(workload.kind === 'ec2' ? { delivery: '2.0' } : {}),
    }),
    userAgent: workload.userAgent,
    tls: workload.tls,
  };
}

export function roleIdentity(role: {
  readonly account: string;
  readonly roleName: string;
  readonly roleId: string;
  readonly sessionName: string;
  readonly keyId: string;
  readonly createdMs: number;
  readonly delivery?: string;
  readonly invokedBy?: string;
  readonly rolePath?: string;
}): string {
  const key = role.keyId === '' ? '' : `"accessKeyId":"${role.keyId}",`;
  const delivery = role.delivery === undefined ? '' : `,"ec2RoleDelivery":"${role.delivery}"`;
  const invokedBy = role.invokedBy === undefined ? '' : `,"invokedBy":"${role.invokedBy}"`;
  return `{"type":"AssumedRole","principalId":"${role.roleId}:${role.sessionName}","arn":"arn:aws:sts::${role.account}:assumed-role/${role.roleName}/${role.sessionName}","accountId":"${role.account}",${key}"sessionContext":{"sessionIssuer":{"type":"Role","principalId":"${role.roleId}","arn":"arn:aws:iam::${role.account}:role/${role.rolePath ?? ''}${role.roleName}","accountId":"${role.account}","userName":"${role.roleName}"},"attributes":{"creationDate":"${isoSeconds(role.createdMs)}","mfaAuthenticated":"false"}${delivery}}${invokedBy}}`;
}

export function userIdentity(name: string, account: string, keyId: string, userId: string): string {
  return `{"type":"IAMUser","principalId":"${userId}","arn":"arn:aws:iam::${account}:user/${name}","accountId":"${account}","accessKeyId":"${keyId}","userName":"${name}"}`;
}
