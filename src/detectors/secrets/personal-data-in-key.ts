// SEC-22: keys of DynamoDB items that are personal data, or tokens: CloudTrail writes them down in clear with every call.

import { remediatePersonalKeys } from '../../findings/remediate-personal-keys.ts';
import type { CallRecord } from '../../records/record.ts';
import {
  DAY_MS,
  type Detector,
  type Draft,
  joinKey,
  type ObserveContext,
  type Output,
  splitKey,
} from '../detector.ts';
import { evidenceOf, type HitSummary, hitFold } from '../hits.ts';
import { spanOf } from './log-place.ts';
import { mayHoldPersonal, personalKeysIn } from './personal-key-text.ts';
import { HINT } from './prefilter.ts';
import { recordText } from './record-text.ts';
import { scanText } from './scan-text.ts';

/** What names items by their keys. https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/logging-using-cloudtrail.html */
const OPERATIONS: readonly string[] = [
  ...['GetItem', 'PutItem', 'UpdateItem', 'DeleteItem', 'Query', 'Scan'],
  ...['BatchGetItem', 'BatchWriteItem', 'TransactGetItems', 'TransactWriteItems'],
  ...['ExecuteStatement', 'BatchExecuteStatement', 'ExecuteTransaction'],
];

const fold = hitFold('personal-data-in-key', DAY_MS, judge);

function observeCall(call: CallRecord, out: Output, context: ObserveContext): void {
  const raw = call.rawField('requestParameters');
  if (raw === null) return;
  const holdsSecret = call.mayHoldWatched && (recordText(call, context).hints & HINT.secret) !== 0;
  if (!holdsSecret && !mayHoldPersonal(raw.bytes, raw.start, raw.end)) return;
  if (call.service !== 'dynamodb' || !OPERATIONS.includes(call.action)) return;
  const secretIn = (value: string) => (holdsSecret ? secretOfForm(value, call.timeMs) : null);
  for (const { table, attribute, kind, value } of personalKeysIn(call.requestParameters, secretIn)) {
    out.add(fold, joinKey(call.account, call.region, table, attribute, kind), call, {
      timeMs: call.timeMs,
      severity: 'MEDIUM',
      evidence: evidenceOf(call, {
        kind,
        field: 'requestParameters',
        table,
        attribute: attribute || 'of an unusual name',
        action: call.action,
        fingerprint: context.fingerprint(value),
        length: value.length,
      }),
      facts: { action: call.action },
    });
  }
}

/** A token or key whose form alone tells what it is. What only a name would say is left alone: keys have names of their own. */
function secretOfForm(value: string, timeMs: number) {
  const found = scanText(value, timeMs).matches.find(
    ({ kind, verdict }) => kind.rank === 1 && verdict.confidence >= 0.9,
  );
  return found === undefined ? null : { kind: found.kind.title, value: found.secret };
}

function judge(key: string, hits: HitSummary): readonly Draft[] {
  const [account = '', region = '', table = '', attribute = '', kind = ''] = splitKey(key);
  const shownTable = table === '' ? 'a table without a name' : table;
  const shownAttribute = attribute === '' ? 'a key attribute' : attribute;
  const article = /^[aeiou]/i.test(kind) ? 'an' : 'a';
  return [
    {
      ...spanOf(hits),
      account,
      region,
      entity: table,
      evidenceKey: `${attribute}/${kind}`,
      confidence: 0.9,
      grade: 'certain',
      title: `Key of table ${shownTable} is ${article} ${kind}: ${shownAttribute}`.slice(0, 120),
      summary:
        `${hits.count} ${hits.count === 1 ? 'call' : 'calls'} named items of ${shownTable} by ${article} ${kind} in ${shownAttribute}. ` +
        'CloudTrail writes key values in clear: whoever reads the trail reads them, for as long as it is kept.',
      target: { service: 'dynamodb', resource: table },
      why: [
        'data events hold the keys of items in clear, and no other values',
        kind === 'payment card number'
          ? 'an issuer’s range, the right length and the right check digit'
          : `the key has the form of ${article} ${kind}`,
      ],
      remediation: remediatePersonalKeys(table),
    },
  ];
}

export const personalDataInKey: Detector = {
  meta: {
    id: 'SEC-22',
    name: 'personal-data-in-key',
    family: 'SEC',
    version: 1,
    title: 'Personal data in the keys of DynamoDB items',
    what: 'E-mail addresses, payment card numbers, phone numbers, JSON Web Tokens and other secrets of a known form that are key values in DynamoDB data events, also in batches, transactions and PartiQL.',
    why:
      'CloudTrail redacts all values of an item but its key. A key that says who somebody is stands in every trail, log group and copy of it, ' +
      'where nobody looks for it and nothing deletes it with the item.',
    severities: ['MEDIUM'],
    falsePositives: [
      'Addresses of machines and of message ids that no list here knows.',
      'Random numbers in an attribute that is named as a card, with the range, length and check digit of one.',
    ],
    blindSpots: [
      'Data events that are not logged.',
      'Keys of Query and Scan conditions, which CloudTrail leaves out; card numbers that nothing names as such.',
      'Names, addresses, birthdays and national ids; phone numbers that nothing names as such.',
      'Keys that are hashed, encoded or encrypted, on purpose.',
    ],
    investigate: [
      'Is the value really a person’s? The event at the locator shows it.',
      'Who can read the trail’s bucket, and how long is it kept?',
      'Does the design need the value as key, or would an id do, with an index over a keyed hash?',
    ],
    thresholds: [
      {
        name: 'card number',
        value: '13-19',
        unit: 'digits',
        reason:
          'range and length of an issuer, the check digit of ISO/IEC 7812-1, and a name that says card: of 16 random digits one number in 50 has the rest',
        source: 'https://en.wikipedia.org/wiki/Payment_card_number',
      },
      {
        name: 'phone number',
        value: '10-15',
        unit: 'digits behind +',
        reason: 'only where the attribute, or what stands before it, says phone',
        source: 'https://www.itu.int/rec/T-REC-E.164',
      },
    ],
    identity: { entity: 'table', evidenceKey: 'key attribute and what it holds', windowMs: DAY_MS },
    compliance: { cwe: ['CWE-312', 'CWE-532'], gdpr: ['32(1)(a)'] },
  },
  needs: { operations: { dynamodb: OPERATIONS } },
  sights: { needs: [['dynamodb-data-events']] },
  folds: [fold],
  observeCall,
};
