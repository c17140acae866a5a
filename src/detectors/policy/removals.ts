// What is taken down takes its settings with it: tools delete a policy, and seconds later the table or user it was for. And what is put in
// the place of something else makes its removal none.

import type { CallRecord, EpochMs } from '../../records/record.ts';
import {
  DAY_MS,
  type Fold,
  type JudgeContext,
  joinKey,
  MINUTE_MS,
  type Output,
  splitKey,
} from '../detector.ts';
import { nameOf } from './own-resources.ts';
import { objectField, textField } from './parameters.ts';
import { accountOf, boundedName } from './weakening.ts';

/** Between a setting and what explains it, on one day of UTC. */
export const REMOVAL_MINUTES = 15;
/** Of one name on one day; the earliest are kept. Where there are more, nothing is explained. */
const MAX_TIMES = 16;

interface Moment {
  readonly timeMs: EpochMs;
  /** What was made in place of something else; ''. */
  readonly made: string;
  /** It lets everybody through. */
  readonly isOpen: boolean;
}

const REMOVES: Readonly<Record<string, Readonly<Record<string, (call: CallRecord) => string>>>> = {
  dynamodb: { DeleteTable: (call) => named('table', nameOf(textField(call.requestParameters, 'tableName'))) },
  s3: { DeleteBucket: (call) => named('bucket', textField(call.requestParameters, 'bucketName')) },
  iam: Object.fromEntries(
    ['user', 'role', 'group'].map((owner) => [
      `Delete${owner[0]!.toUpperCase()}${owner.slice(1)}`,
      (call: CallRecord) => named(owner, textField(call.requestParameters, `${owner}Name`)),
    ]),
  ),
  sns: { DeleteTopic: (call) => named('topic', textField(call.requestParameters, 'topicArn')) },
  sqs: { DeleteQueue: (call) => named('queue', textField(call.requestParameters, 'queueUrl')) },
  ec2: {
    DeleteVpc: (call) =>
      named(
        'vpc',
        textField(objectField(call.requestParameters, 'DeleteVpcRequest') ?? call.requestParameters, 'vpcId'),
      ),
  },
};
const { ec2: ofVpcs, ...ofOwners } = REMOVES;

/** What policies are for: tables, buckets, identities, topics and queues. */
export const OWNER_REMOVALS = namesIn(ofOwners);
/** What endpoints are in. */
export const VPC_REMOVALS = namesIn({ ec2: ofVpcs! });

export const removals: Fold<Moment, Moment[]> = {
  name: 'removals',
  version: 1,
  windowMs: DAY_MS,
  empty: () => [],
  add: (moments, moment) => keepMoments(moments, [moment]),
  merge: keepMoments,
};

export function observeRemoval(call: CallRecord, action: string, out: Output): void {
  const actions = REMOVES[call.service];
  if (call.errorCode !== '' || actions === undefined) return;
  if (Object.hasOwn(actions, action)) {
    const name = actions[action]!(call);
    if (name !== '')
      out.add(removals, keyOf(accountOf(call), call.region, name), call, {
        timeMs: call.timeMs,
        made: '',
        isOpen: false,
      });
  }
}

/** An endpoint that is created, which may stand in the place of another one. */
export function noteEndpoint(
  call: CallRecord,
  place: string,
  endpoint: Pick<Moment, 'made' | 'isOpen'>,
  out: Output,
): void {
  const key = keyOf(accountOf(call), call.region, place);
  out.add(removals, key, call, { timeMs: call.timeMs, ...endpoint });
}

/** Where an endpoint stands that another one may replace. */
export function placeOf(vpc: string, service: string): string {
  return `endpoint for ${service} in ${vpc}`;
}

/** When it was taken down, soon after a setting of the given key; ''. */
export function removedSoonAfter(key: string, name: string, timeMs: EpochMs, context: JudgeContext): string {
  return textOf(momentsOf(key, name, timeMs, context).find((moment) => moment.timeMs >= timeMs));
}

/** What else was made in that place, shortly before or after; ''. An open one does not replace one that was closed. */
export function madeAround(
  key: string,
  place: string,
  like: { readonly itself: string; readonly wasClosed: boolean },
  timeMs: EpochMs,
  context: JudgeContext,
): string {
  const others = momentsOf(key, place, timeMs, context).filter(({ made }) => made !== like.itself);
  return others.find(({ isOpen }) => !(like.wasClosed && isOpen))?.made ?? '';
}

function momentsOf(key: string, name: string, timeMs: EpochMs, context: JudgeContext): readonly Moment[] {
  const [account = '', region = ''] = splitKey(key);
  if (name === '') return [];
  const moments = context.read(removals, keyOf(account, region, name), Math.floor(timeMs / DAY_MS)) ?? [];
  return moments.filter((moment) => Math.abs(moment.timeMs - timeMs) <= REMOVAL_MINUTES * MINUTE_MS);
}

function textOf(moment: Moment | undefined): string {
  return moment === undefined ? '' : new Date(moment.timeMs).toISOString().slice(0, 16).replace('T', ' ');
}

function keyOf(account: string, region: string, name: string): string {
  return joinKey(account, region, boundedName(name));
}

/** Each once: a record that comes twice is one moment. */
function keepMoments(moments: readonly Moment[], more: readonly Moment[]): Moment[] {
  const all = new Map([...moments, ...more].map((moment) => [`${moment.timeMs} ${moment.made}`, moment]));
  return [...all.values()]
    .sort((a, b) => a.timeMs - b.timeMs || (a.made < b.made ? -1 : 1))
    .slice(0, MAX_TIMES);
}

function named(kind: string, name: string): string {
  return name === '' ? '' : `${kind} ${name}`;
}

function namesIn(actions: typeof REMOVES): Readonly<Record<string, readonly string[]>> {
  return Object.fromEntries(Object.entries(actions).map(([service, names]) => [service, Object.keys(names)]));
}
