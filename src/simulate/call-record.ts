// One CloudTrail record as text, fields in the order that AWS writes them.
// https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-record-contents.html

import type { Logging, Tls } from './actors.ts';
import { isoSeconds } from './clock.ts';

/** What is asked for and answered: JSON texts. */
export interface CallShape {
  readonly parameters: string;
  readonly response: string;
  /** `[{"accountId":...}]` or ''. */
  readonly resources: string;
  readonly additional: string;
}

export interface Operation {
  /** eventSource without `.amazonaws.com`. */
  readonly service: string;
  readonly name: string;
  readonly readOnly: boolean;
  readonly data: boolean;
}

export interface CallFacts extends CallShape {
  readonly operation: Operation;
  readonly version: string;
  readonly identity: string;
  readonly timeMs: number;
  readonly account: string;
  readonly region: string;
  readonly address: string;
  readonly userAgent: string;
  readonly requestId: string;
  readonly eventId: string;
  /** tlsDetails as JSON, '' when the record has none. */
  readonly tls: string;
  readonly vpcEndpoint?: string;
  readonly errorCode?: string;
  readonly errorMessage?: string;
  readonly viaConsole?: boolean;
  readonly eventType?: string;
  readonly sharedEventId?: string;
}

function callRecord(call: CallFacts): string {
  const { operation } = call;
  const error =
    call.errorCode === undefined
      ? ''
      : `,"errorCode":"${call.errorCode}","errorMessage":${JSON.stringify(call.errorMessage ?? '')}`;
  const resources = call.resources === '' ? '' : `,"resources":${call.resources}`;
  const additional = call.additional === '' ? '' : `,"additionalEventData":${call.additional}`;
  const shared = call.sharedEventId === undefined ? '' : `,"sharedEventID":"${call.sharedEventId}"`;
  const endpoint =
    call.vpcEndpoint === undefined
      ? ''
      : `,"vpcEndpointId":"${call.vpcEndpoint}","vpcEndpointAccountId":"${call.account}"`;
  const category =
    call.version < '1.07' && call.version.length === 4
      ? ''
      : `,"eventCategory":"${operation.data ? 'Data' : 'Management'}"`;
  const tls = call.tls === '' ? '' : `,"tlsDetails":${call.tls}`;
  const console = call.viaConsole === true ? ',"sessionCredentialFromConsole":"true"' : '';
  return `{"eventVersion":"${call.version}","userIdentity":${call.identity},"eventTime":"${isoSeconds(call.timeMs)}","eventSource":"${operation.service}.amazonaws.com","eventName":"${operation.name}","awsRegion":"${call.region}","sourceIPAddress":"${call.address}","userAgent":"${call.userAgent}"${error},"requestParameters":${call.parameters},"responseElements":${call.response}${additional},"requestID":"${call.requestId}","eventID":"${call.eventId}","readOnly":${operation.readOnly}${resources},"eventType":"${call.eventType ?? 'AwsApiCall'}","managementEvent":${!operation.data},"recipientAccountId":"${call.account}"${shared}${endpoint}${category}${tls}${console}}`;
}

/** The record as the account's logging leaves it; null where such calls are not logged at all. */
export function loggedRecord(logging: Logging, call: CallFacts): string | null {
  switch (logging.kind) {
    case 'complete':
      return callRecord(call);
    case 'no-data-events':
      return call.operation.data ? null : callRecord(call);
    case 'dropped':
      return callRecord(call.timeMs < logging.fromMs ? call : { ...call, tls: '' });
    case 'without-field':
      return callRecord({ ...call, version: '1.08', tls: '' });
    case 'old-versions':
      return callRecord({
        ...call,
        version: OLD_VERSIONS[call.operation.service.length % OLD_VERSIONS.length]!,
        tls: '',
        viaConsole: false,
      });
  }
}
/** Services change over one by one. */
const OLD_VERSIONS = ['1.05', '1.06', '1.07'] as const;

export function fullTls(tls: Tls, host: string): string {
  return `{"tlsVersion":"${tls.version}","cipherSuite":"${tls.cipher}","clientProvidedHostHeader":"${host}"}`;
}

/** Only what the client itself wrote: AWS logs what it has. */
export function partialTls(host: string): string {
  return `{"clientProvidedHostHeader":"${host}"}`;
}

/** Host that an SDK sends to. */
export function serviceHost(service: string, region: string): string {
  if (service === 'iam') return 'iam.amazonaws.com';
  return `${service}.${region}.amazonaws.com`;
}

/** Its name has IPv4 and IPv6 addresses. https://docs.aws.amazon.com/general/latest/gr/ddb.html */
export function dualStackHost(region: string): string {
  return `dynamodb.${region}.api.aws`;
}

/** DynamoDB writes 52 upper-case characters for its request ids; the others write UUIDs. */
export function requestIdOf(
  service: string,
  random: { uuid(): string; text(alphabet: string, length: number): string },
): string {
  return service === 'dynamodb' ? `${random.text(REQUEST_ID_LETTERS, 47)}VV4KQ` : random.uuid();
}
const REQUEST_ID_LETTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789';
