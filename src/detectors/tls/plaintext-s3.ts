// TLS-12: signed requests to S3 without TLS.

import { DAY_MS, type Detector } from '../detector.ts';
import { MIN_CALLS_WITHOUT_CIPHER, observeS3Call, s3Calls } from './plaintext-s3-calls.ts';
import { albLines, observeAlbLine, observeS3Line, s3Lines } from './plaintext-s3-lines.ts';
import { s3Ciphers } from './s3-cipher-calibration.ts';
import { MIN_CALLS, MIN_SHARE } from './tls-calibration.ts';

const LOG_FORMAT = 'https://docs.aws.amazon.com/AmazonS3/latest/userguide/LogFormat.html';

export const plaintextS3: Detector = {
  meta: {
    id: 'TLS-12',
    name: 'plaintext-s3',
    family: 'TLS',
    version: 1,
    title: 'Plain HTTP to S3',
    what:
      'Signed requests whose line in an S3 server access log has neither cipher nor TLS version; requests with a presigned URL that came to a listener ' +
      'without TLS of an Application Load Balancer; and, at most as probable, S3 data events of CloudTrail that name no cipher where nearly all others of the account do. ' +
      'Also requests with TLS 1.1 or older, of the years in which S3 still took them.',
    why:
      'S3 answers plain HTTP as long as no policy refuses it. Everybody on the way reads the object, the session token and, in a presigned URL, the right ' +
      'to the object itself. Exports of tables, Terraform state, backups and CloudTrail logs hold what DynamoDB holds, or the keys to it.',
    severities: ['HIGH', 'MEDIUM', 'LOW'],
    falsePositives: [
      'CloudFront with an origin access identity fetches over HTTP when its viewer did; its requester is a canonical id of another account: LOW.',
      'A request that S3 took for nobody’s: anybody can send one with a signature of his own making: LOW.',
      'A log that others can write into, read as a text: a line that looks like one of an access log counts as one.',
      'Data events: a log shipper that drops additionalEventData.CipherSuite for some records only.',
    ],
    blindSpots: [
      'Requests without a signature: public buckets, website endpoints and forms of browsers. They show data, but no credentials.',
      'Lines from before 2019, which hold neither cipher nor version, say nothing.',
      'AWS delivers access logs on a best-effort basis: what is not in them may still have happened.',
      'Server access logs that S3 delivers to CloudWatch Logs as JSON are not read by this rule.',
      'Services of AWS (requester svc:..., no address), the rules of a bucket (S3.*), batches and the reading half of a copy are passed over: their requests are not the customer’s, or have a line of their own.',
      'Load balancers log no headers: only signatures in the URL are seen, whatever service they are for.',
      'Whether a data event of plain HTTP really lacks the cipher is not documented: it is never more than probable.',
    ],
    investigate: [
      'Open the line at the locator: remote address, requester and host say who the client is.',
      'Search it for endpoints and links with http:// (AWS_ENDPOINT_URL_S3, endpoint_url, use_ssl=False, hard-coded URLs).',
      'Look at the objects: who else asked for the same key from another network afterwards?',
      'Presigned URLs: look for REP-01 and SEC-06 of the same key id; when in doubt let the signing key or session end.',
    ],
    thresholds: [
      {
        name: 'requests without cipher',
        value: MIN_CALLS_WITHOUT_CIPHER,
        unit: 'data events of a principal and bucket in a day',
        reason:
          'one record without the field may be a fault of the record; a line of an access log needs no second',
        source: 'chosen, as for TLS-01',
      },
      {
        name: 'data events of others',
        value: MIN_CALLS,
        unit: 'direct S3 data events in D-28..D+1',
        reason: 'below this the share says little; principals who mostly lack a cipher are no witnesses',
        source: 'chosen, as for TLS-01',
      },
      {
        name: 'share with cipher',
        value: MIN_SHARE,
        unit: 'share of those events',
        reason: 'external calls to S3 carry it nearly always',
        source:
          'measured: 267 of 271 external S3 events of public corpora hold additionalEventData with a cipher',
      },
      {
        name: 'cipher and version of HTTP',
        value: '-',
        unit: 'fields of the access log',
        reason: 'S3 writes a hyphen where no TLS was used',
        source: LOG_FORMAT,
      },
    ],
    identity: {
      entity: 'bucket, or load balancer',
      evidenceKey: 'kind of evidence and requester (role, user or canonical id)',
      windowMs: DAY_MS,
    },
    compliance: {
      cwe: ['CWE-319', 'CWE-523', 'CWE-598'],
      owasp: ['API8:2023'],
      pci: ['4.2.1'],
      nist: ['SC-8', 'SC-8(1)'],
      gdpr: ['32(1)(a)'],
    },
  },
  needs: { calls: ['s3'], lines: true },
  sights: { needs: [['s3-access-logs', 's3-data-events', 'alb-access-logs']] },
  folds: [s3Ciphers, s3Calls, s3Lines, albLines],
  observeCall: observeS3Call,
  observeLine(line, out, context) {
    if (line.format === 's3-access') observeS3Line(line, out);
    else if (line.format === 'alb-access') observeAlbLine(line, out, context);
  },
};
