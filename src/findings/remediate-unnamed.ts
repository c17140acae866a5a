// What to switch on so that the principal behind a flow can be named.

import type { RemediationStep } from './finding.ts';
import { shellQuote } from './printable.ts';
import { remediatePlaintext } from './remediation.ts';

/** Data events of all tables and streams, and management events: https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_AdvancedEventSelector.html */
const SELECTORS = JSON.stringify([
  { Name: 'Management', FieldSelectors: [{ Field: 'eventCategory', Equals: ['Management'] }] },
  ...['Table', 'Stream'].map((kind) => ({
    Name: `DynamoDB ${kind}`,
    FieldSelectors: [
      { Field: 'eventCategory', Equals: ['Data'] },
      { Field: 'resources.type', Equals: [`AWS::DynamoDB::${kind}`] },
    ],
  })),
]);

/** `dataEvents`: CloudTrail had no call, so that they are likely to be off. */
export function remediateUnnamed(values: {
  readonly dataEvents: boolean;
  readonly interfaceId?: string;
}): readonly RemediationStep[] {
  const { dataEvents, ...client } = values;
  return [...(dataEvents ? LOG_DATA_EVENTS : []), ...remediatePlaintext(client).slice(0, 1)];
}

const LOG_DATA_EVENTS: readonly RemediationStep[] = [
  {
    step: 'Look at what the trail logs; the next command replaces all of it, so add what is missing here',
    command: "aws cloudtrail get-event-selectors --trail-name '<TRAIL-NAME>'",
    risk: 'None: it only reads.',
    undo: 'Nothing to undo.',
  },
  {
    step: 'Log the data events of DynamoDB: they say who read and wrote items',
    command: `aws cloudtrail put-event-selectors --trail-name '<TRAIL-NAME>' --advanced-event-selectors ${shellQuote(SELECTORS)}`,
    risk: 'Data events are charged by their number (https://aws.amazon.com/cloudtrail/pricing/).',
    undo: 'Put the selectors back that the first command showed.',
  },
];
