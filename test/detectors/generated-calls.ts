// CloudTrail records for goldens that need more calls than a person writes or reads.

import { trailRecord } from '../records/trail-records.ts';

type Fields = Readonly<Record<string, unknown>>;

const ACCOUNT = '111122223333';

/** tlsDetails as they may look for a call without TLS: only what the client itself wrote into its host header, or nothing. */
export const HOST_ONLY: Fields = {
  tlsDetails: { clientProvidedHostHeader: 'dynamodb.us-east-1.amazonaws.com' },
};
export const PORT_80: Fields = {
  tlsDetails: { clientProvidedHostHeader: 'dynamodb.us-east-1.amazonaws.com:80' },
};
export const NO_TLS: Fields = { tlsDetails: undefined };

export function tls(tlsVersion: string, cipherSuite: string): Fields {
  const clientProvidedHostHeader = 'dynamodb.us-east-1.amazonaws.com';
  return { tlsDetails: { tlsVersion, cipherSuite, clientProvidedHostHeader } };
}

export const BROWSER: Fields = {
  userAgent:
    'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36',
};

/** A user with a long-term key. */
export function user(userName: string, sourceIPAddress = '198.51.100.7'): Fields {
  return {
    userIdentity: {
      type: 'IAMUser',
      principalId: `AIDA-${userName}`,
      arn: `arn:aws:iam::${ACCOUNT}:user/${userName}`,
      accountId: ACCOUNT,
      accessKeyId: `{{aws-key-id:${userName}}}`,
      userName,
    },
    sourceIPAddress,
  };
}

/** A session of a role, `more` of its identity or its session context. */
export function role(
  userName: string,
  sourceIPAddress = '10.0.1.20',
  more: {
    readonly path?: string;
    readonly session?: string;
    readonly identity?: Fields;
    readonly context?: Fields;
  } = {},
): Fields {
  const session = more.session ?? 'i-0abc1234def567890';
  return {
    userIdentity: {
      type: 'AssumedRole',
      principalId: `AROA-${userName}:${session}`,
      arn: `arn:aws:sts::${ACCOUNT}:assumed-role/${userName}/${session}`,
      accountId: ACCOUNT,
      accessKeyId: `{{aws-session-key-id:${userName}}}`,
      sessionContext: {
        sessionIssuer: {
          type: 'Role',
          principalId: `AROA-${userName}`,
          arn: `arn:aws:iam::${ACCOUNT}:role/${more.path ?? ''}${userName}`,
          accountId: ACCOUNT,
          userName,
        },
        attributes: { creationDate: '2026-11-01T06:00:00Z', mfaAuthenticated: 'false' },
        ...more.context,
      },
      ...more.identity,
    },
    sourceIPAddress,
  };
}

/** A management call of another service. */
export function management(service: string, eventName: string, requestParameters: Fields | null): Fields {
  return {
    eventSource: `${service}.amazonaws.com`,
    eventName,
    requestParameters,
    resources: undefined,
    eventCategory: 'Management',
    managementEvent: true,
  };
}

export interface CallList {
  readonly records: readonly Fields[];
  /** One call, GetItem where `fields` say nothing else; times are ISO. */
  at(time: string, ...fields: readonly Fields[]): void;
  /** `count` calls at even distances from `from` (inclusive) to `to` (exclusive). */
  spread(count: number, from: string, to: string, ...fields: readonly Fields[]): void;
}

export function callList(): CallList {
  const records: Fields[] = [];
  const put = (timeMs: number, fields: readonly Fields[]): void => {
    const number = String(records.length + 1).padStart(12, '0');
    const key = { id: `o-${records.length + 1}` };
    const table = {
      accountId: ACCOUNT,
      type: 'AWS::DynamoDB::Table',
      ARN: `arn:aws:dynamodb:us-east-1:${ACCOUNT}:table/Orders`,
    };
    records.push(
      trailRecord({
        eventVersion: '1.11',
        eventTime: new Date(timeMs).toISOString().replace('.000Z', 'Z'),
        eventID: `5eed0000-0000-4000-8000-${number}`,
        requestID: `R${number}`,
        requestParameters: { tableName: 'Orders', key },
        resources: [table],
        managementEvent: false,
        ...Object.assign({}, ...fields),
      }),
    );
  };
  return {
    records,
    at: (time, ...fields) => put(Date.parse(time), fields),
    spread(count, from, to, ...fields) {
      const startMs = Date.parse(from);
      const stepMs = Math.floor((Date.parse(to) - startMs) / count / 1000) * 1000;
      for (let n = 0; n < count; n++) put(startMs + n * stepMs, fields);
    },
  };
}

/** Ordinary calls over TLS in the four weeks before 2026-11-01T12:00:00Z: enough to calibrate what is said of others. */
export function ordinaryWeeks(calls: CallList, count = 210): void {
  calls.spread(count, '2026-10-05T00:00:00Z', '2026-11-01T12:00:00Z', role('orders-api'));
}
