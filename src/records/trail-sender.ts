// Everything that a record says about who sent the request, from where and with what, worked out once for all records that say
// it in the same letters: a session's identity, address, client and TLS stand in thousands of its records.

import { createOneString } from '../lib/one-string.ts';
import type { NetworkClass, Place } from './network.ts';
import { createNumbered } from './numbered.ts';
import { principalOf } from './principal.ts';
import type { PrincipalType, Room, SkipReason, TlsState } from './record.ts';
import { N } from './scan-kernel/scan-record.ts';
import { F } from './trail-fields.ts';
import type { TrailView } from './trail-view.ts';
import { userAgentFamily } from './user-agent.ts';

/** The names are those of CallRecord, which says what they hold. */
export interface Sender {
  /** As in N; 0 when it serves one record only. */
  readonly number: number;
  readonly room: Room | null;
  readonly identity: Identity;
  readonly client: Client;
  readonly tls: Tls;
  readonly direct: boolean;
}

export interface Identity {
  readonly number: number;
  readonly room: Room | null;
  readonly recipientAccount: string;
  readonly account: string;
  readonly principalType: PrincipalType;
  readonly principal: string;
  readonly principalName: string;
  readonly sessionName: string;
  readonly principalArn: string;
  readonly keyId: string;
  readonly invokedBy: string;
  readonly viaConsole: boolean;
  /** The role is one that AWS made for a service of its own. */
  readonly serviceLinked: boolean;
}

export interface Client {
  readonly number: number;
  readonly room: Room | null;
  readonly versionMajor: number;
  readonly versionMinor: number;
  readonly eventType: string;
  readonly category: string;
  /** Not judged, because it is no call by a principal. */
  readonly skipped: SkipReason | null;
  readonly ip: string;
  readonly networkClass: NetworkClass;
  readonly network: string;
  readonly vpcEndpoint: string;
  readonly userAgent: string;
  readonly userAgentFamily: string;
}

export interface Tls {
  readonly number: number;
  readonly room: Room | null;
  readonly state: TlsState;
  readonly version: string;
  readonly cipher: string;
  readonly host: string;
  readonly suite: string;
}

export interface Senders {
  /** Who sent the record in view. */
  of(call: TrailView): Sender;
}

/** Distinct user agents or names remembered before a cache starts anew. */
const MAX_CACHED = 8192;

export function createSenders(placeOf: (source: string) => Place): Senders {
  const families = new Map<string, string>();
  /** For names of principals and networks, by which detectors keep their summaries. */
  const oneString = createOneString(MAX_CACHED);

  function familyOf(userAgent: string): string {
    let family = families.get(userAgent);
    if (family === undefined) {
      if (families.size >= MAX_CACHED) families.clear();
      family = userAgentFamily(userAgent);
      families.set(userAgent, family);
    }
    return family;
  }

  function readIdentity(call: TrailView): Identity {
    const recipient = call.text(F.recipientAccountId);
    const recipientAccount = recipient || call.facts.account;
    // Where the record does not name the account of its trail, the object does: that is no matter of the numbered fields.
    const number = recipient === '' ? 0 : call.slots.numbers[N.identity]!;
    const account = call.text(F.identityAccount) || recipientAccount;
    const principalType = call.text(F.identityType) as PrincipalType;
    const principalArn = call.text(F.identityArn);
    const issuerArn = call.text(F.issuerArn);
    const invokedBy = call.text(F.identityInvokedBy);
    const who = principalOf({
      type: principalType,
      principalId: call.text(F.identityPrincipalId),
      arn: principalArn,
      account,
      userName: call.text(F.identityUserName),
      invokedBy,
      identityProvider: call.text(F.identityProvider),
      issuerArn,
      issuerAccount: call.text(F.issuerAccount),
      issuerUserName: call.text(F.issuerUserName),
      onBehalfOfUserId: call.text(F.onBehalfOfUserId),
    });
    return {
      number,
      room: roomOf(number),
      recipientAccount,
      account,
      principalType,
      principal: oneString(who.key),
      principalName: who.name,
      sessionName: who.session,
      principalArn,
      keyId: call.text(F.identityKeyId),
      invokedBy,
      viaConsole: call.text(F.sessionCredentialFromConsole) === 'true',
      // Global tables and the like act through service-linked roles; only AWS can put a role under this path.
      // https://docs.aws.amazon.com/IAM/latest/UserGuide/using-service-linked-roles.html
      serviceLinked: issuerArn.includes(':role/aws-service-role/'),
    };
  }

  function readClient(call: TrailView): Client {
    const version = call.text(F.eventVersion);
    const dot = version.indexOf('.');
    const eventType = call.text(F.eventType);
    const category = call.text(F.eventCategory) || 'Management';
    const ip = call.text(F.sourceIPAddress);
    const place = placeOf(ip);
    const endpoint = call.text(F.vpcEndpointId);
    // Calls that AWS makes itself carry `AWS Internal` or a service name here.
    const vpcEndpoint = endpoint.startsWith('vpce-') ? endpoint : '';
    const userAgent = call.text(F.userAgent);
    const number = call.slots.numbers[N.client]!;
    return {
      number,
      room: roomOf(number),
      versionMajor: Number.parseInt(version, 10) || 0,
      versionMinor: dot < 0 ? 0 : Number.parseInt(version.slice(dot + 1), 10) || 0,
      eventType,
      category,
      skipped: skipReason(category, eventType),
      ip,
      networkClass: place.class,
      network: oneString(vpcEndpoint || place.network),
      vpcEndpoint,
      userAgent,
      userAgentFamily: familyOf(userAgent),
    };
  }

  const identities = createNumbered(N.identity, readIdentity);
  const clients = createNumbered(N.client, readClient);
  const tlsDetails = createNumbered(N.tls, readTls);

  function readSender(call: TrailView): Sender {
    const identity = identities(call);
    const client = clients(call);
    const number = identity.number === 0 ? 0 : call.slots.numbers[N.sender]!;
    return {
      number,
      room: roomOf(number),
      identity,
      client,
      tls: tlsDetails(call),
      direct:
        identity.invokedBy === '' &&
        identity.principalType !== 'AWSService' &&
        !identity.serviceLinked &&
        !identity.viaConsole &&
        (client.eventType === 'AwsApiCall' || client.eventType === '') &&
        (client.networkClass === 'public' || client.networkClass === 'private'),
    };
  }

  return { of: createNumbered(N.sender, readSender) };
}

function readTls(call: TrailView): Tls {
  const version = call.text(F.tlsVersion);
  const cipher = call.text(F.tlsCipher);
  const host = call.text(F.tlsHost);
  const state = version !== '' || cipher !== '' ? 'full' : host === '' ? 'absent' : 'partial';
  const suite = state === 'full' ? `${version} ${cipher}` : '';
  const number = call.slots.numbers[N.tls]!;
  return { number, room: roomOf(number), state, version, cipher, host, suite };
}

function roomOf(number: number): Room | null {
  return number === 0 ? null : [];
}

/** Kinds of event that are no call by a principal. NetworkActivity and Insight have no tlsDetails and no parameters. */
function skipReason(category: string, type: string): SkipReason | null {
  if (category === 'Insight' || type === 'AwsCloudTrailInsight') return 'insight-event';
  if (category === 'NetworkActivity' || type === 'AwsVpceEvent' || type === 'AwsVpceEvents') {
    return 'network-activity-event';
  }
  return category === 'Aggregated' || type === 'AwsAggregatedEvent' ? 'aggregated-event' : null;
}
