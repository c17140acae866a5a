// SEC-04: an access key id stands in a log without its secret. No secret itself: it says whose keys come by here.

import type { CallRecord, LineRecord } from '../../records/record.ts';
import type { ObserveContext } from '../detector.ts';
import type { RecordSecret } from './record-secrets.ts';
import { secretRule } from './secret-rule.ts';

export const awsKeyIdAlone = secretRule({
  meta: {
    id: 'SEC-04',
    name: 'aws-key-id-alone',
    version: 1,
    title: 'AWS access key id in a log',
    what: 'An access key id (AKIA, ASIA, ABIA, ACCA) in the text of a log, without its secret, outside of signed requests and CloudTrail records. MEDIUM where the key belongs to another account than the log, or, in a log that does not say its account, to none of ownAccounts.',
    why: 'Where the id is printed the secret often is, too. A key of another account shows that somebody works here with keys from elsewhere.',
    severities: ['MEDIUM', 'INFO'],
    falsePositives: [
      'Audit lines that name the key on purpose (INFO).',
      'Accounts of one’s own that are not in ownAccounts (MEDIUM).',
    ],
    blindSpots: [
      'Key ids of the older form (fifth letter I or J), which do not hold the account.',
      'Logs that do not say of which account they are, as long as ownAccounts is empty: INFO.',
    ],
    investigate: [
      'aws sts get-access-key-info says whose it is.',
      'Open the record: does the statement print more than the id?',
    ],
    thresholds: [],
    compliance: { cwe: ['CWE-532'] },
  },
  per: 'secret',
  consequence: 'It opens nothing without its secret.',
  // In CloudTrail a key id stands where it belongs.
  takes: ({ kind }, record) => kind.rule === 'SEC-04' && record.kind === 'line',
  severity: (secret, record, context) => (strangeOwner(secret, record, context) === '' ? 'INFO' : 'MEDIUM'),
  detail(secret, record, context) {
    const owner = strangeOwner(secret, record, context);
    if (owner === '') return '';
    return record.account === ''
      ? `the key belongs to account ${owner}, which is none of ownAccounts: its id says so`
      : `the key belongs to account ${owner}, the log to ${record.account}: its id says so`;
  },
});

/**
 * The account of a key that is neither the log's nor one of one's own; '' for the others and where the id does not say. Many logs do not
 * say of which account they are: there the key is strange only where one's own accounts are known.
 */
function strangeOwner(
  { verdict }: RecordSecret,
  { account }: LineRecord | CallRecord,
  { settings: { ownAccounts } }: ObserveContext,
): string {
  const owner = verdict.facts?.keyAccount ?? '';
  if (owner === account || ownAccounts.includes(owner)) return '';
  return account === '' && ownAccounts.length === 0 ? '' : owner;
}
