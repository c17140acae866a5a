// Which fields of a CloudTrail record are found by the scan, and where each lands.
// https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-record-contents.html

import { compileLevel } from './json-scan.ts';

export const F = {
  eventVersion: 0,
  eventTime: 1,
  eventSource: 2,
  eventName: 3,
  awsRegion: 4,
  sourceIPAddress: 5,
  userAgent: 6,
  errorCode: 7,
  errorMessage: 8,
  requestParameters: 9,
  responseElements: 10,
  additionalEventData: 11,
  requestID: 12,
  eventID: 13,
  eventType: 14,
  readOnly: 15,
  resources: 16,
  recipientAccountId: 17,
  sharedEventID: 18,
  vpcEndpointId: 19,
  eventCategory: 20,
  addendum: 21,
  addendumReason: 22,
  addendumOriginalEventID: 23,
  sessionCredentialFromConsole: 24,
  tlsDetails: 25,
  tlsVersion: 26,
  tlsCipher: 27,
  tlsHost: 28,
  userIdentity: 29,
  identityType: 30,
  identityPrincipalId: 31,
  identityArn: 32,
  identityAccount: 33,
  identityKeyId: 34,
  identityUserName: 35,
  identityInvokedBy: 36,
  identityProvider: 37,
  sessionContext: 38,
  sessionIssuer: 39,
  issuerArn: 40,
  issuerAccount: 41,
  issuerUserName: 42,
  records: 43,
  detail: 44,
  shipperTime: 45,
  onBehalfOf: 46,
  onBehalfOfUserId: 47,
  aggregatedEventId: 48,
} as const;

export const FIELD_COUNT = 49;

/** `Records` and `detail` (EventBridge) are looked for so that wrappers are told from records; `@timestamp` is what log shippers leave in place of eventTime. */
export const RECORD_LEVEL = compileLevel({
  eventVersion: F.eventVersion,
  eventTime: F.eventTime,
  eventSource: F.eventSource,
  eventName: F.eventName,
  awsRegion: F.awsRegion,
  sourceIPAddress: F.sourceIPAddress,
  userAgent: F.userAgent,
  errorCode: F.errorCode,
  errorMessage: F.errorMessage,
  requestParameters: F.requestParameters,
  responseElements: F.responseElements,
  additionalEventData: F.additionalEventData,
  requestID: F.requestID,
  eventID: F.eventID,
  eventId: F.aggregatedEventId,
  eventType: F.eventType,
  readOnly: F.readOnly,
  resources: F.resources,
  recipientAccountId: F.recipientAccountId,
  sharedEventID: F.sharedEventID,
  vpcEndpointId: F.vpcEndpointId,
  eventCategory: F.eventCategory,
  sessionCredentialFromConsole: F.sessionCredentialFromConsole,
  Records: F.records,
  detail: F.detail,
  '@timestamp': F.shipperTime,
  addendum: [F.addendum, { reason: F.addendumReason, originalEventID: F.addendumOriginalEventID }],
  tlsDetails: [
    F.tlsDetails,
    { tlsVersion: F.tlsVersion, cipherSuite: F.tlsCipher, clientProvidedHostHeader: F.tlsHost },
  ],
  userIdentity: [
    F.userIdentity,
    {
      type: F.identityType,
      principalId: F.identityPrincipalId,
      arn: F.identityArn,
      accountId: F.identityAccount,
      accessKeyId: F.identityKeyId,
      userName: F.identityUserName,
      invokedBy: F.identityInvokedBy,
      identityProvider: F.identityProvider,
      onBehalfOf: [F.onBehalfOf, { userId: F.onBehalfOfUserId }],
      sessionContext: [
        F.sessionContext,
        {
          sessionIssuer: [
            F.sessionIssuer,
            { arn: F.issuerArn, accountId: F.issuerAccount, userName: F.issuerUserName },
          ],
        },
      ],
    },
  ],
});

/** Fields that are the same letter by letter in many records, in groups that vary together. */
export const NUMBERED_FIELDS = {
  /** What was asked for, but for its parameters. */
  operation: [F.eventSource, F.eventName, F.awsRegion, F.errorCode, F.readOnly],
  /** Who sent it: a session's identity stands in thousands of records. */
  identity: [F.userIdentity, F.recipientAccountId, F.sessionCredentialFromConsole],
  /** From where and with what. */
  client: [F.sourceIPAddress, F.userAgent, F.vpcEndpointId, F.eventVersion, F.eventType, F.eventCategory],
  /** The host differs from service to service. */
  tls: [F.tlsDetails],
} as const;

/** Request parameters that differ between two sendings of one request, or walk through its pages (lower case). */
export const CHANGING_PARAMETERS: ReadonlySet<string> = new Set([
  'clienttoken',
  'clientrequesttoken',
  'idempotencytoken',
  'nexttoken',
  'continuationtoken',
  'marker',
  'paginationtoken',
  'exclusivestartkey',
]);
