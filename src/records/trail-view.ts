// What decoding needs of a record in view.

import type { ObjectFacts } from './reader.ts';
import type { RecordSlots } from './scan-kernel/scan-record.ts';

export interface TrailView {
  readonly slots: RecordSlots;
  /** Of the object that the record stands in. */
  readonly facts: ObjectFacts;
  /** Text of a slot; '' when absent, null or no string. `-` and `""` are nothing too: CloudTrail writes them for values that it does not have. */
  text(slot: number): string;
}
