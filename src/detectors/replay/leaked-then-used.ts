// REP-13: a key, a session or a presigned URL stood in a log, and was then used from a network where it had not been before.
// What stood in logs SEC-01, SEC-05 and SEC-06 say (leaked-keys.ts); from where it is used CloudTrail says (key-whereabouts.ts).

import type { CallRecord } from '../../records/record.ts';
import { DAY_MS, type Detector, type ObserveContext, type Output } from '../detector.ts';
import { textField } from '../policy/parameters.ts';
import { keyNeighbours } from '../secrets/aws-key-pair.ts';
import { createSenderMemo, oneString } from '../sender-memo.ts';
import { useOf, whereaboutsFold } from './key-whereabouts.ts';
import {
  type KeyLife,
  LEAK_MEMORY_DAYS,
  LONGEST_SESSION_MS,
  lifeOfKey,
  PRESIGNED,
  SESSION_KEYS,
  USER_KEYS,
  urlKey,
} from './leaked-keys.ts';
import {
  CONFIDENCE,
  judgeKey,
  judgeUrl,
  PRINCIPAL_DAYS,
  READ_NETWORKS,
  ROAMING_NETWORKS,
  WRITER_MS,
} from './leaked-then-used-verdict.ts';

/** From where principals of sessions called: a new session is at home where those before it were. Key: CallRecord.principal. */
const principalPlaces = whereaboutsFold('principal-places', {
  windowMs: DAY_MS,
  keepMs: (PRINCIPAL_DAYS + SESSION_KEYS.windowsBack + 1) * DAY_MS,
});

const sessionUses = usesFold(SESSION_KEYS);
const userUses = usesFold(USER_KEYS);
const urlUses = whereaboutsFold(PRESIGNED.uses, timesOf(PRESIGNED), (key, window, uses, context) =>
  judgeUrl(urlUses, key, window, uses, context),
);

function usesFold(life: KeyLife): ReturnType<typeof whereaboutsFold> {
  const fold = whereaboutsFold(life.uses, timesOf(life), (key, window, uses, context) =>
    judgeKey(
      { life, uses: fold, principals: life === SESSION_KEYS ? principalPlaces : null },
      key,
      window,
      uses,
      context,
    ),
  );
  return fold;
}

function timesOf({ windowMs, windowsBack, leaks }: KeyLife) {
  return {
    windowMs,
    keepMs: (windowsBack + 2) * windowMs,
    reads: [leaks.name, principalPlaces.name, keyNeighbours.name],
  };
}

/**
 * What a call says when its signature or key was refused: no proof that somebody has the key. All other failures are: CloudTrail has no
 * calls that fail authentication. https://docs.aws.amazon.com/AmazonS3/latest/userguide/cloudtrail-logging-s3-info.html
 */
const REFUSED =
  /^(?:Client\.)?(?:InvalidClientTokenId|UnrecognizedClientException|InvalidAccessKeyId|SignatureDoesNotMatch|InvalidSignatureException|IncompleteSignature|MissingAuthenticationToken|AuthFailure|RequestExpired|ExpiredToken(?:Exception)?|InvalidToken)/;

/** A key in one network with one client, and what of it was added last: it is new there once a window. */
interface Place {
  readonly keyId: string;
  readonly fold: typeof sessionUses;
  /** '' where its sessions do not matter. */
  readonly principal: string;
  readonly network: string;
  readonly client: string;
  addedTo: Output | null;
  window: number;
  sinceMs: number;
}

/** Places of a session that are looked for; one that has more adds more often than it must. */
const MAX_PLACES = 64;
const placesOfSession = createSenderMemo((): Place[] => [], 'identity');

const placeOfSender = createSenderMemo((call): Place => {
  const { network, userAgentFamily: client } = call;
  const wanted = call.direct && network !== '' && /^A(?:KIA|SIA)/.test(call.keyId);
  const places = placesOfSession(call);
  const keyId = wanted ? oneString(call.keyId) : '';
  const known = places.find(
    (place) => place.keyId === keyId && place.network === network && place.client === client,
  );
  if (known !== undefined) return known;
  const life = lifeOfKey(keyId);
  const place: Place = {
    keyId,
    fold: life === SESSION_KEYS ? sessionUses : userUses,
    principal: life === SESSION_KEYS ? call.principal : '',
    network,
    client,
    addedTo: null,
    window: 0,
    sinceMs: 0,
  };
  if (places.length < MAX_PLACES) places.push(place);
  return place;
});

function observeCall(call: CallRecord, out: Output, context: ObserveContext): void {
  const place = placeOfSender(call);
  if (place.keyId === '') return;
  if (call.service === 's3' && isPresigned(call)) return observeUrl(call, out, context);
  const { timeMs } = call;
  const window = Math.floor(timeMs / place.fold.windowMs);
  // Equal times are added, too: which of them is kept must not hang on their order.
  if (place.addedTo === out && place.window === window && timeMs > place.sinceMs) return;
  if (REFUSED.test(call.errorCode)) return;
  const use = useOf(call, context);
  if (call.service === 'sts' && call.action === 'GetCallerIdentity' && isForwarded(use, context)) return;
  place.addedTo = out.add(place.fold, place.keyId, call, use) ? out : null;
  place.window = window;
  place.sinceMs = timeMs;
  if (place.principal !== '') out.add(principalPlaces, place.principal, call, use);
}

/** Logins that take a signed sts:GetCallerIdentity send it themselves: EKS and the like from AWS's own addresses, others are configured. */
function isForwarded(use: { network: string; awsRegion: string }, { settings }: ObserveContext): boolean {
  return use.awsRegion !== '' || settings.identityForwarders.includes(use.network);
}

const QUERY = Buffer.from('QueryString', 'latin1');

/** Looks through the bytes: nearly all S3 events do. S3 data events name the way of authentication: https://docs.aws.amazon.com/AmazonS3/latest/userguide/cloudtrail-logging-understanding-s3-entries.html */
function isPresigned(call: CallRecord): boolean {
  const field = call.rawField('additionalEventData');
  if (field === null) return false;
  const { bytes } = field;
  const last = field.end - QUERY.length;
  for (let at = field.start; at <= last; at++) {
    if (bytes[at] !== QUERY[0] || bytes[at + 1] !== QUERY[1]) continue;
    let same = 2;
    while (same < QUERY.length && bytes[at + same] === QUERY[same]) same++;
    if (same === QUERY.length) return true;
  }
  return false;
}

function observeUrl(call: CallRecord, out: Output, context: ObserveContext): void {
  const parameters = call.requestParameters;
  const signed = textField(parameters, 'X-Amz-Date');
  const bucket = textField(parameters, 'bucketName');
  if (signed === '' || bucket === '' || call.errorCode !== '') return;
  const key = urlKey({
    keyId: call.keyId,
    signed: signed.slice(0, 16),
    expires: textField(parameters, 'X-Amz-Expires').slice(0, 8),
    path: context.fingerprint(`${bucket}/${textField(parameters, 'key')}`),
  });
  out.add(urlUses, key, call, useOf(call, context));
}

export const leakedThenUsed: Detector = {
  meta: {
    id: 'REP-13',
    name: 'leaked-then-used',
    family: 'REP',
    version: 1,
    title: 'Leaked in a log, then used from elsewhere',
    what: 'An access key that stood in a log with its secret, with a session token or in a signed request, or a presigned URL, and its use in CloudTrail from a network where it was not before.',
    why: 'A leak is a risk, its use an incident. A key that is used from a place that it was never in, after it could be read in a log, is in the hands of somebody else.',
    severities: ['CRITICAL', 'HIGH'],
    falsePositives: [
      'People who travel or switch a VPN on after their key was logged.',
      `A session whose first use comes after the leak from a new network, while its role was in at most ${ROAMING_NETWORKS} networks that week.`,
      'Not: other addresses of AWS in the same region with the same kind of client (Lambda, NAT), private addresses and VPC endpoints, calls that AWS makes, the console, presigned URLs, logins that forward sts:GetCallerIdentity.',
    ],
    blindSpots: [
      'Use from the network it lives in, from AWS in its region with the same kind of client, from private addresses, and through VPC endpoints.',
      `Where nothing is known of a key before the leak, the first network is its home. A request within ${WRITER_MS / 1000} s of it is taken for the writer's own.`,
      'A secret more than 3 records or a minute from its key id; a key id alone is no leak.',
      'Calls that are not on the trail: item-level calls and objects are data events. Presigned URLs of other services than S3.',
      'Networks of a key or role beyond 48 in a window.',
    ],
    investigate: [
      'Disable the key or revoke the sessions of the role first.',
      'List what came from the new network: aws cloudtrail lookup-events by access key id.',
      'Ask who could read the log between the two times.',
    ],
    thresholds: [
      {
        name: 'memory of leaks',
        value: LEAK_MEMORY_DAYS,
        unit: 'days (keys of users)',
        reason: 'such a key works until somebody disables it; CloudTrail shows the last 90 days',
        source: 'https://docs.aws.amazon.com/awscloudtrail/latest/userguide/view-cloudtrail-events.html',
      },
      {
        name: 'longest session',
        value: LONGEST_SESSION_MS / 3_600_000,
        unit: 'hours (session keys)',
        reason: 'GetSessionToken and GetFederationToken; sessions of roles end after 12',
        source: 'https://docs.aws.amazon.com/STS/latest/APIReference/API_GetSessionToken.html',
      },
      {
        name: 'networks of a presigned read',
        value: READ_NETWORKS,
        unit: 'networks beside its home',
        reason: 'such URLs are made for others: one is the person it was made for. A write needs one',
        source: 'chosen, not measured',
      },
      {
        name: 'confidence',
        value: CONFIDENCE['secret key'],
        unit: `with the secret; ${CONFIDENCE['session token']} session token, ${CONFIDENCE['signed request']} signed request`,
        reason: 'a token or signature opens less than a secret',
        source: 'chosen, not measured',
      },
    ],
    identity: { entity: 'access key id', evidenceKey: 'key, or presigned URL', windowMs: DAY_MS },
    compliance: { cwe: ['CWE-532', 'CWE-522', 'CWE-294'], owasp: ['API2:2023'], nist: ['IA-2(8)', 'SC-23'] },
  },
  needs: { calls: ['*'] },
  sights: {
    needs: [['management-events', 'dynamodb-data-events'], ['log-lines']],
    parts: ['s3-data-events', 'stream-data-events'],
  },
  folds: [sessionUses, userUses, urlUses, principalPlaces],
  observeCall,
};
