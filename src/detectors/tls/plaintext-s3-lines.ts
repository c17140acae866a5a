// TLS-12 in access logs: signed requests that reached S3 without TLS, and presigned URLs that came to a load balancer without it.

import type { Severity } from '../../findings/finding.ts';
import { remediatePlainBucket, remediatePlainListener } from '../../findings/remediate-plain-storage.ts';
import { parseAlbAccess } from '../../records/alb-access.ts';
import { placeOf } from '../../records/network.ts';
import type { LineRecord } from '../../records/record.ts';
import { parseS3Access, S3_TLS, type S3Access, s3TlsOf } from '../../records/s3-access.ts';
import { DAY_MS, type Draft, joinKey, type ObserveContext, type Output, splitKey } from '../detector.ts';
import { evidenceOf, type HitSummary, hitFold } from '../hits.ts';
import { listed, spanOf } from '../secrets/log-place.ts';
import { HINT } from '../secrets/prefilter.ts';
import { recordText, type TextWindow, viewsOf } from '../secrets/record-text.ts';
import { signaturesIn } from '../secrets/signature-traces.ts';
import { isOwnRequest, regionOfHost, requesterOf, sensitiveThing, shown } from './s3-request.ts';

export const s3Lines = hitFold('tls-plaintext-s3', DAY_MS, judgeS3);
export const albLines = hitFold('tls-presigned-at-balancer', DAY_MS, judgeAlb);

const ACCOUNT_OF_ARN = /^arn:aws[a-z-]{0,12}:[a-z0-9-]{2,40}:([a-z0-9-]{0,32}):(\d{12}):/;
/** As the evidence key has it: a fact of the line. */
const KIND = { plain: 's3-access-log', old: 's3-access-log-old-tls' } as const;

export function observeS3Line(line: LineRecord, out: Output): void {
  const tls = s3TlsOf(line.bytes, line.start, line.end);
  if (tls !== S3_TLS.none && tls !== S3_TLS.old) return;
  const access = parseS3Access(line.bytes, line.start, line.end);
  if (access === null || access.signatureVersion === '' || !isOwnRequest(access)) return;
  const requester = requesterOf(access.requester);
  const place = ACCOUNT_OF_ARN.exec(access.accessPointArn);
  const account = line.account || (place?.[2] ?? '') || requester.account;
  const region = regionOfHost(access.hostHeader) || (place?.[1] ?? '') || line.region;
  const stake = sensitiveThing(access.bucket, access.key);
  const isPlain = tls === S3_TLS.none;
  const key = joinKey(account, region, access.bucket, isPlain ? KIND.plain : KIND.old, requester.principal);
  out.add(s3Lines, key, line, {
    timeMs: line.timeMs,
    severity: isPlain ? severityOf(access, stake) : 'LOW',
    evidence: evidenceOf(line, {
      operation: shown(access.operation),
      bucket: access.bucket,
      key: shown(access.key),
      requester: requester.principal,
      remoteIp: shown(access.remoteIp),
      host: shown(access.hostHeader),
      signatureVersion: access.signatureVersion,
      authenticationType: access.authenticationType,
      cipherSuite: access.cipherSuite === '' ? '-' : shown(access.cipherSuite ?? ''),
      tlsVersion: access.tlsVersion === '' ? '-' : shown(access.tlsVersion ?? ''),
      status: access.status === 0 ? null : access.status,
      errorCode: access.errorCode,
    }),
    facts: {
      operation: shown(access.operation),
      ip: shown(access.remoteIp),
      authentication: access.authenticationType,
      stake,
      session: requester.session,
      requester: requester.principal === 'nobody' ? 'refused' : whoIs(access),
      ...(access.status === 403 ? { refused: 'yes' } : {}),
      ...(isPlain ? {} : { version: shown(access.tlsVersion ?? '') }),
    },
  });
}

/** Who is no user or role of IAM, and not the owner itself, is an account's root or an origin access identity of CloudFront: not told apart. */
function whoIs({ requester, bucketOwner }: S3Access): 'known' | 'stranger' {
  return requesterOf(requester).account === '' && requester !== bucketOwner ? 'stranger' : 'known';
}

function severityOf(access: S3Access, stake: string): Severity {
  if (access.requester === '' || access.status === 403 || whoIs(access) === 'stranger') return 'LOW';
  return stake === '' ? 'MEDIUM' : 'HIGH';
}

function judgeS3(key: string, hits: HitSummary): readonly Draft[] {
  const [account = '', region = '', bucket = '', kind = '', principal = ''] = splitKey(key);
  const [type = '', owner = '', ...names] = principal.split(':');
  const name = names.join(':') || owner || principal;
  const isPlain = kind === KIND.plain;
  const requests = `${hits.count} ${hits.count === 1 ? 'request' : 'requests'}`;
  const { facts } = hits;
  const ip = facts.ip?.[0] ?? '';
  const how = isPlain ? 'over plain HTTP' : `with ${listed(facts.version)}`;
  const isUser = type === 'user';
  return [
    {
      ...spanOf(hits),
      account,
      region,
      entity: bucket,
      evidenceKey: joinKey(kind, principal),
      confidence: 0.95,
      grade: 'certain',
      title: `S3 called ${how}: ${name.slice(0, 40)} → bucket ${bucket.slice(0, 40)}, ${requests}`,
      summary:
        `The access log of bucket ${bucket} holds ${requests} of ${name} from ${listed(facts.ip)}, signed (${listed(facts.authentication)}) and sent ${how}. ` +
        `Operations: ${listed(facts.operation, 5)}.`,
      principal:
        principal === 'nobody'
          ? null
          : { type: TYPES[type] ?? 'Unknown', name, session: onlyOne(facts.session), keyId: '' },
      actor: { ip, class: placeOf(ip).class, vpcEndpoint: '', userAgent: '' },
      target: { service: 's3', resource: bucket },
      why: [
        isPlain
          ? 'S3 writes `-` for cipher and TLS version of a request over HTTP, and these were signed'
          : 'S3 wrote the version of TLS itself',
        ...(facts.stake ?? []).map((stake) => `bucket or key is named like ${stake}`),
        ...(facts.authentication?.includes('QueryString')
          ? ['a presigned URL that travels in clear can be used by all who saw it, until it expires']
          : []),
        ...(facts.refused
          ? ['S3 refused some of them (403): the door held, what was sent was in clear all the same']
          : []),
        ...(facts.requester?.includes('stranger')
          ? [
              'the requester is no user or role, and not the owner: CloudFront fetches as such ones, over HTTP when its viewer did',
            ]
          : []),
        ...(facts.requester?.includes('refused')
          ? ['S3 took the signature for nobody’s: anybody can send such a request']
          : []),
      ],
      remediation: remediatePlainBucket({ bucket, ...(isUser ? { userName: name } : {}) }),
    },
  ];
}

const TYPES: Readonly<Record<string, string>> = {
  role: 'AssumedRole',
  user: 'IAMUser',
  root: 'Root',
  federated: 'FederatedUser',
};

function onlyOne(values: readonly string[] | undefined): string {
  return values?.length === 1 ? values[0]! : '';
}

/** Only listeners without TLS (`http `, `ws `), and of them lines with a word of presigned URLs. */
export function observeAlbLine(line: LineRecord, out: Output, context: ObserveContext): void {
  const { bytes, start, end } = line;
  const isHttp = bytes[start] === 0x68 && bytes[start + 4] === 0x20;
  const isSocket = bytes[start] === 0x77 && bytes[start + 2] === 0x20;
  if (!isHttp && !isSocket) return;
  if ((recordText(line, context).hints & HINT.presigned) === 0) return;
  const access = parseAlbAccess(bytes, start, end);
  if (access === null || (access.type !== 'http' && access.type !== 'ws')) return;
  const text = `?${access.query.slice(0, MAX_QUERY)}`;
  const window: TextWindow = {
    text,
    field: 'message',
    hints: HINT.presigned,
    views: viewsOf(text),
    cutBefore: false,
    cutBehind: false,
  };
  const trace = signaturesIn({ hints: HINT.presigned, windows: () => [window] }).find(
    ({ kind }) => kind === 'presigned',
  );
  if (trace === undefined) return;
  const place = ACCOUNT_OF_ARN.exec(access.targetGroupArn);
  const redirected = /(?:^|,)redirect(?:,|$)/.test(access.actions);
  const refused = access.status === 0 || access.status >= 400;
  const key = joinKey(place?.[2] ?? line.account, place?.[1] ?? line.region, shown(access.loadBalancer));
  out.add(albLines, key, line, {
    timeMs: line.timeMs,
    severity: redirected || refused ? 'LOW' : 'MEDIUM',
    evidence: evidenceOf(line, {
      type: access.type,
      method: access.method,
      host: shown(access.host),
      path: shown(access.path),
      client: shown(access.clientIp),
      status: access.status === 0 ? null : access.status,
      actions: shown(access.actions),
      keyId: trace.keyId,
      service: trace.service,
      sessionToken: trace.hasSessionToken,
      fingerprint: context.fingerprint(trace.secret),
    }),
    facts: {
      host: shown(access.host),
      ip: shown(access.clientIp),
      keyId: trace.keyId,
      outcome: redirected ? 'redirected' : refused ? 'refused' : 'served',
    },
  });
}

/** A presigned query with its session token has about 2,500 characters. */
const MAX_QUERY = 16 * 1024;

function judgeAlb(key: string, hits: HitSummary): readonly Draft[] {
  const [account = '', region = '', loadBalancer = ''] = splitKey(key);
  const { facts } = hits;
  const name = loadBalancer.split('/')[1] ?? loadBalancer;
  const requests = `${hits.count} ${hits.count === 1 ? 'request' : 'requests'}`;
  const ip = facts.ip?.[0] ?? '';
  const keyIds = facts.keyId ?? [];
  const served = facts.outcome?.includes('served') === true;
  return [
    {
      ...spanOf(hits),
      account,
      region,
      entity: loadBalancer,
      evidenceKey: 'presigned-url-over-http',
      confidence: 0.95,
      grade: 'certain',
      title: `Presigned URLs over plain HTTP at load balancer ${name.slice(0, 40)}, ${requests}`,
      summary: `${requests} with a presigned URL came to ${listed(facts.host)} over plain HTTP, from ${listed(facts.ip)}. Everybody on the way could read the URL and use it until it expires.`,
      principal: keyIds.length === 1 ? { type: '', name: '', session: '', keyId: keyIds[0]! } : null,
      actor: { ip, class: placeOf(ip).class, vpcEndpoint: '', userAgent: '' },
      target: { service: 'elasticloadbalancing', resource: loadBalancer },
      why: [
        'the load balancer writes the type http or ws for a listener without TLS, and the request as it was sent',
        served
          ? 'the listener passed such requests on'
          : 'the listener redirected or refused every one of them: what makes the links, or its users, still write http://',
      ],
      remediation: remediatePlainListener({ region, loadBalancerName: name }),
    },
  ];
}
