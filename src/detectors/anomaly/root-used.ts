// ANO-08: the root user did something. Nothing that runs every day should, and nothing can be forbidden to it in its own account.

import { remediateKey } from '../../findings/remediation.ts';
import type { CallRecord } from '../../records/record.ts';
import { type Detector, type DetectorMeta, type Draft, HOUR_MS, joinKey, splitKey } from '../detector.ts';
import { evidenceOf, type HitSummary, hitFold } from '../hits.ts';

/** The console's own name in userIdentity.invokedBy, in records of the years before sessionCredentialFromConsole: the user's own doing. */
const CONSOLE_PROXY = 'signin.amazonaws.com';
const CONFIDENCE = 0.95;

const meta: DetectorMeta = {
  id: 'ANO-08',
  name: 'root-used',
  family: 'ANO',
  version: 1,
  title: 'Root user at work',
  what: 'Calls of the root user, other than signing in to the console and what AWS services do in its name.',
  why: 'No policy of the account limits the root user. Daily work with it is a risk, an access key of it a grave one: whoever holds that key holds the account.',
  severities: ['CRITICAL', 'HIGH'],
  falsePositives: [
    'The few tasks that only the root user can do, and rehearsals of break-glass access: expect them, and acknowledge them.',
    'Short root sessions of central root access (sts:AssumeRoot) look like root in CloudTrail.',
  ],
  blindSpots: [
    'Sign-in to the console itself, successful or not.',
    'Background calls of a console page that CloudTrail writes with the source AWS Internal; the page’s other calls are seen.',
    'Calls that a service made because the root user asked it to: the asking call is seen.',
  ],
  investigate: [
    'Who holds the root credentials, and did they do this? Ask them by another way than e-mail.',
    'aws iam get-account-summary: AccountAccessKeysPresent says whether root has an access key.',
    'What was changed? Look at the listed actions, then at everything from the same address.',
  ],
  thresholds: [
    {
      name: 'root calls',
      value: 1,
      unit: 'call in 60 minutes',
      reason: 'root is for a handful of tasks a year',
      source: 'https://docs.aws.amazon.com/IAM/latest/UserGuide/root-user-best-practices.html',
    },
  ],
  identity: { entity: 'root user of the account', evidenceKey: 'root used', windowMs: HOUR_MS },
  compliance: { cwe: ['CWE-250'], owasp: ['API5:2023'], gdpr: ['32(1)(b)'] },
};

const fold = hitFold('root-used', HOUR_MS, judge);

export const rootUsed: Detector = {
  meta,
  needs: { calls: ['*'] },
  sights: { needs: [['management-events']] },
  folds: [fold],
  mayConcern: (sender) => sender.principalType === 'Root',
  observeCall(call, out) {
    if (call.principalType !== 'Root' || !isRootsOwn(call)) return;
    const longTerm = isLongTermKey(call.keyId);
    const action = `${call.service}:${call.action}`;
    out.add(fold, joinKey(call.account, call.principal || `root:${call.account}`), call, {
      evidence: evidenceOf(call, {
        action,
        region: call.region,
        sourceIp: call.ip,
        keyId: call.keyId,
        errorCode: call.errorCode,
        readOnly: call.readOnly,
        client: call.userAgentFamily,
      }),
      timeMs: call.timeMs,
      severity: longTerm ? 'CRITICAL' : 'HIGH',
      facts: {
        action,
        region: call.region,
        ip: call.ip,
        class: call.networkClass,
        client: call.userAgentFamily,
        ...(longTerm ? { accessKey: call.keyId } : { session: call.keyId }),
        ...(call.errorCode === '' ? {} : { error: call.errorCode }),
      },
    });
  },
};

/**
 * Sign-in is expected and told by other means; service events and calls that services make carry the account's root as identity
 * without anybody having used it (the same exceptions as in the CIS AWS Foundations Benchmark's metric filter for root usage).
 * https://docs.aws.amazon.com/securityhub/latest/userguide/cloudwatch-controls.html (CloudWatch.1)
 */
function isRootsOwn(call: CallRecord): boolean {
  const type = call.eventType;
  if (type === 'AwsConsoleSignIn' || type === 'AwsServiceEvent' || call.service === 'signin') return false;
  if (call.invokedBy !== '' && call.invokedBy !== CONSOLE_PROXY) return false;
  const place = call.networkClass;
  if (place === 'aws-service') return false;
  // A long-term key in the record was used by somebody, whatever AWS calls the way that it took.
  return place !== 'aws-internal' || isLongTermKey(call.keyId);
}

/** https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html#identifiers-prefixes */
function isLongTermKey(keyId: string): boolean {
  return keyId.startsWith('AKIA');
}

function judge(key: string, hits: HitSummary): Draft[] {
  const [account = '', entity = ''] = splitKey(key);
  const actions = hits.facts.action ?? [];
  const accessKey = hits.facts.accessKey?.[0] ?? '';
  const addresses = hits.facts.ip ?? [];
  const regions = hits.facts.region ?? [];
  const errors = hits.facts.error ?? [];
  return [
    {
      account,
      region: '',
      entity,
      evidenceKey: 'root used',
      timeMs: hits.firstMs,
      severity: hits.worst,
      confidence: CONFIDENCE,
      grade: 'certain',
      title: `Root user of ${account || 'an account'} ${accessKey === '' ? 'at work' : 'used its access key'}: ${actions[0] ?? ''}${actions.length > 1 ? ` and ${actions.length - 1} more` : ''}`,
      summary:
        `The root user of account ${account || 'unknown'} made ${hits.count === 1 ? 'one call' : `${hits.count} calls`} from ${addresses.join(', ') || 'an unknown address'}` +
        `${regions.length > 0 ? ` in ${regions.join(', ')}` : ''}: ${actions.join(', ')}.` +
        (accessKey === ''
          ? ''
          : ' They were signed with an access key of the root user, which should not exist.'),
      firstMs: hits.firstMs,
      lastMs: hits.lastMs,
      count: hits.count,
      truncated: hits.truncated,
      principal: {
        type: 'Root',
        name: 'root',
        session: '',
        keyId: accessKey || (hits.facts.session?.[0] ?? ''),
      },
      actor: {
        ip: addresses[0] ?? '',
        class: hits.facts.class?.[0] ?? '',
        vpcEndpoint: '',
        userAgent: hits.facts.client?.[0] ?? '',
      },
      target: null,
      evidence: hits.evidence,
      why: [
        `CloudTrail names the root user as the caller, and no service made the call for it: ${CONFIDENCE}`,
        ...(accessKey === '' ? [] : ['signed with a long-term access key of the root user: CRITICAL']),
        ...(errors.length === 0
          ? []
          : [`some calls failed (${errors.join(', ')}): the credentials were used all the same`]),
      ],
      remediation: [
        {
          step:
            accessKey === ''
              ? 'Ask who used the root user; if nobody should have, change its password and MFA device and sign its sessions out'
              : 'Sign in as root, deactivate the access key under Security credentials, see what breaks, then delete it',
          command: null,
          risk: accessKey === '' ? 'None.' : 'What still uses this key stops working at once.',
          undo: accessKey === '' ? 'Nothing to undo.' : 'Activate the key again while it is not deleted.',
        },
        ...remediateKey(accessKey === '' ? {} : { keyId: accessKey }).filter(
          // Keys of the root user cannot be changed through the commands for users.
          (step) => step.command?.startsWith('aws cloudtrail ') ?? false,
        ),
      ],
    },
  ];
}
