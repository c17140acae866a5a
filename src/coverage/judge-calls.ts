// What CloudTrail's records show: which events are selected, whether TLS is recorded, and hours in which nothing was logged.

import type { Sight } from '../detectors/sights.ts';
import {
  createTrail,
  type KnownTrail,
  lookAtGap,
  lookAtTlsDetails,
  selectEvents,
} from '../findings/remediate-coverage.ts';
import { BUSY_HOUR, type ColumnOf, type LogFacts, MANY, rowsOfTable } from './log-facts.ts';
import { inPart, missing, reason, type SightReason, type SightVerdict, THERE } from './sight-verdict.ts';

const HOUR_MS = 3_600_000;
/** Direct calls without TLS details, and none with them, that are no chance. Chosen. */
const SEVERAL_CALLS = 20;
/** Writes without any call that only reads: in most accounts reads are nine of ten management events, and who writes items reads some. Chosen. */
const SEVERAL_WRITES = 200;
/** Busy hours that make a log one without pauses, their share of all hours, and what share may be missing. Chosen: see docs/coverage.md. */
const LEAST_BUSY_HOURS = 6;
const BUSY_SHARE = 0.95;
const MOST_MISSING = 0.25;

interface PlaceCalls {
  readonly account: string;
  readonly region: string;
  readonly of: (column: ColumnOf<'calls'>) => number;
}

export type CallSight = Extract<
  Sight,
  | 'management-events'
  | 'read-events'
  | 'dynamodb-data-events'
  | 'stream-data-events'
  | 's3-data-events'
  | 'tls-details'
>;

export function judgeCalls(facts: LogFacts): Readonly<Record<CallSight, SightVerdict>> {
  const places = rowsOfTable(facts, 'calls').map(
    ({ parts: [account = '', region = ''], of }): PlaceCalls => ({ account, region, of }),
  );
  if (places.length === 0) {
    const flows = rowsOfTable(facts, 'flows').map(({ parts }) => ({ account: parts[0]!, region: parts[1]! }));
    const none = missing(
      reason('no-cloudtrail', 'no CloudTrail record', namesOf(flows), createTrail(flows[0]?.region)),
    );
    return {
      'management-events': none,
      'read-events': none,
      'dynamodb-data-events': none,
      'stream-data-events': none,
      's3-data-events': none,
      'tls-details': none,
    };
  }
  const holes = [unseenAccounts(facts, places), gaps(facts, places), unreadTrail(facts)];
  const select = (of: readonly PlaceCalls[], what: 'dynamodb' | 's3' = 'dynamodb') =>
    selectEvents(knownTrail(facts, of), of[0]?.region, what);
  const total = (column: ColumnOf<'calls'>): number => places.reduce((sum, { of }) => sum + of(column), 0);

  const management = (): SightVerdict => {
    if (total('management') > 0) return inPart(holes);
    const text = 'CloudTrail records, but none of a management event';
    return missing(reason('no-management-events', text, namesOf(places), select(places)));
  };
  const reads = (): SightVerdict => {
    if (total('reads') > 0 || total('management') < SEVERAL_WRITES) return THERE;
    const text = 'management events that write, and none that only reads: the trail is one of writes only';
    return missing(reason('no-read-events', text, namesOf(places), select(places)));
  };
  const noData = (some: readonly PlaceCalls[]): SightReason =>
    reason(
      'no-dynamodb-data-events',
      'no item-level call of DynamoDB: CloudTrail logs them as data events, which must be selected',
      namesOf(some),
      select(some),
    );
  const inUse = places.filter(({ of }) => of('dynamodbUse') > 0);
  const hasData = total('dynamodbData') > 0;
  const withoutData = inUse.filter(({ of }) => of('dynamodbData') === 0);
  const noItemReads = (): SightReason | null => {
    const writesOnly = places.filter(
      ({ of }) => of('dynamodbData') >= SEVERAL_WRITES && of('itemReads') === 0,
    );
    if (writesOnly.length === 0) return null;
    const text =
      'items are written, and no call reads one: the trail seems to select the data events of writes only';
    return reason('no-item-reads', text, namesOf(writesOnly), select(writesOnly));
  };
  const data = (): SightVerdict => {
    if (!hasData) return missing(noData(inUse.length > 0 ? inUse : places));
    return inPart([withoutData.length > 0 ? noData(withoutData) : null, noItemReads(), ...holes]);
  };
  const streams = (): SightVerdict => {
    if (!hasData && total('streamData') === 0) return missing(noData(inUse.length > 0 ? inUse : places));
    const blind = places.filter(({ of }) => of('streamUse') > 0 && of('streamData') === 0);
    const text =
      'tables have streams, and no call that reads one: such calls are data events of their own type';
    if (blind.length > 0) {
      const why = reason('no-stream-data-events', text, namesOf(blind), select(blind));
      return total('streamData') > 0 ? inPart([why]) : missing(why);
    }
    if (total('streamData') > 0) return THERE;
    const unknown =
      'no call reads a stream, and none says that a table has one: nothing is missing where there is none';
    return { state: 'there', reasons: [reason('streams-not-seen', unknown, [], select(places))] };
  };
  const objects = (): SightVerdict => {
    if (total('s3Data') > 0) return inPart(holes);
    const text = 'no call on an S3 object: CloudTrail logs them as data events, which must be selected';
    return missing(reason('no-s3-data-events', text, namesOf(places), select(places, 's3')));
  };
  return {
    'management-events': management(),
    'read-events': reads(),
    'dynamodb-data-events': data(),
    'stream-data-events': streams(),
    's3-data-events': objects(),
    'tls-details': judgeTls(facts, places),
  };
}

/** `111122223333 us-east-1`, each once. */
export function namesOf(places: readonly { readonly account: string; readonly region: string }[]): string[] {
  const names = places.map(({ account, region }) =>
    [account || 'unknown account', region].filter((part) => part !== '').join(' '),
  );
  return [...new Set(names)];
}

/** A trail that calls to CloudTrail named in one of these accounts; an ARN says its home region, too. */
function knownTrail(facts: LogFacts, places: readonly PlaceCalls[]): KnownTrail | null {
  const accounts = new Set(places.map(({ account }) => account));
  const trails = rowsOfTable(facts, 'trails')
    .map(({ parts: [account = '', region = '', name = ''] }) => ({ account, region, name }))
    .filter(({ account }) => accounts.has(account));
  return trails.find(({ name }) => name.startsWith('arn:')) ?? trails[0] ?? null;
}

/** Accounts that have flow logs, and no call in these logs. */
function unseenAccounts(facts: LogFacts, places: readonly PlaceCalls[]): SightReason | null {
  const accounts = new Set(places.map(({ account }) => account));
  // Flow logs that do not say whose they are may be anybody's.
  if (accounts.has('')) return null;
  const unseen = rowsOfTable(facts, 'flows')
    .map(({ parts: [account = '', region = ''] }) => ({ account, region }))
    .filter(({ account }) => account !== '' && !accounts.has(account));
  if (unseen.length === 0) return null;
  const text = 'flow logs of accounts without any CloudTrail record';
  return reason('no-calls-where-flows', text, namesOf(unseen), createTrail(unseen[0]!.region));
}

interface Gap {
  readonly account: string;
  readonly fromHour: number;
  readonly toHour: number;
}

/**
 * Hours without any record in a log that is busy else: it stopped at once and went on at once. People and their machines fade out; what stops
 * like that was switched off, lost or deleted.
 */
function gaps(facts: LogFacts, places: readonly PlaceCalls[]): SightReason | null {
  const ofAccounts = Map.groupBy(rowsOfTable(facts, 'hours'), ({ parts }) => parts[0]!);
  const found: Gap[] = [];
  for (const [account, rows] of ofAccounts) {
    const hours = rows.map(({ parts, of }) => ({ hour: Number(parts[1]), busy: of('calls') >= BUSY_HOUR }));
    const own: Gap[] = [];
    for (const [at, next] of hours.entries()) {
      const before = hours[at - 1];
      if (before?.busy && next.busy && next.hour - before.hour > 1)
        own.push({ account, fromHour: before.hour + 1, toHour: next.hour });
    }
    const span = (hours.at(-1)?.hour ?? 0) - (hours[0]?.hour ?? 0) + 1;
    const lost = own.reduce((sum, { fromHour, toHour }) => sum + toHour - fromHour, 0);
    const busy = hours.filter((hour) => hour.busy).length;
    if (busy >= LEAST_BUSY_HOURS && busy >= BUSY_SHARE * (span - lost) && lost <= MOST_MISSING * span)
      found.push(...own);
  }
  const [first] = found;
  if (first === undefined) return null;
  const text = 'a log that is busy else has hours without any record';
  const region = places.find(({ account }) => account === first.account)?.region;
  const steps = lookAtGap({
    ...(region === undefined ? {} : { region }),
    fromIso: isoHour(first.fromHour),
    toIso: isoHour(first.toHour),
  });
  const names = found.map(
    ({ account, fromHour, toHour }) => `${account} ${minute(fromHour)} to ${minute(toHour)} UTC`,
  );
  return reason('hours-without-calls', text, names, steps);
}

function isoHour(hour: number): string {
  return new Date(hour * HOUR_MS).toISOString().replace('.000Z', 'Z');
}

function minute(hour: number): string {
  const iso = isoHour(hour);
  return `${iso.slice(0, 10)} ${iso.slice(11, 16)}`;
}

function unreadTrail(facts: LogFacts): SightReason | null {
  return unread(facts, 'unread-trail', 'CloudTrail');
}

/** Objects that were not read, or not wholly. */
export function unread(
  facts: LogFacts,
  what: 'unread-trail' | 'unread-flows' | 'unread-lines' | 'unread-access-logs',
  name: string,
): SightReason | null {
  const count = facts.totals.rows.get(what)?.[0] ?? 0;
  if (count === 0) return null;
  const objects = count >= MANY ? `${MANY} or more objects` : count === 1 ? '1 object' : `${count} objects`;
  const step = {
    step: 'Fetch them again from where they came from; the problems of a run, and ledger.jsonl of --out, name each',
    command: null,
    risk: 'None.',
    undo: 'Nothing to undo.',
  };
  return reason(what, `${objects} of ${name} could not be read, or not wholly`, [], [step]);
}

/** More records without the field than with it: some of them come by a way that drops it, and a call in plain text looks like these. */
function lacksMost({ of }: { readonly of: (column: ColumnOf<'tls'>) => number }): boolean {
  return of('absent') >= SEVERAL_CALLS && of('absent') > of('full');
}

/** By account: of direct calls, to DynamoDB where there are such, else to the other services that report TLS. */
function judgeTls(facts: LogFacts, places: readonly PlaceCalls[]): SightVerdict {
  const accounts = Map.groupBy(rowsOfTable(facts, 'tls'), ({ parts }) => parts[0]!);
  const old: string[] = [];
  const without: string[] = [];
  const ofDynamodb: string[] = [];
  const partlyOld: string[] = [];
  const few: string[] = [];
  let seeing = 0;
  for (const [account, rows] of accounts) {
    const target = rows.find(({ parts }) => parts[1] === 'dynamodb');
    const other = rows.find(({ parts }) => parts[1] === 'other');
    // Services that nobody knows to report TLS show at least how old the records are.
    const used = target ?? other ?? rows.find(({ of }) => of('full') === 0 && of('absent') === 0);
    if (used === undefined) continue;
    if (used.of('full') > 0) {
      seeing++;
      if (used.of('old') > 0) partlyOld.push(account);
      if ([target, other].some((row) => row !== undefined && lacksMost(row))) few.push(account);
    } else if (used.of('old') > used.of('absent')) old.push(account);
    else if (used.of('absent') < SEVERAL_CALLS) {
      seeing++;
      // Too few calls to DynamoDB to say: those to other services go the same way.
      if (other !== undefined && lacksMost(other)) few.push(account);
    } else if (target !== undefined && (other?.of('full') ?? 0) > 0) ofDynamodb.push(account);
    else without.push(account);
  }
  const regionOf = (names: readonly string[]) => places.find(({ account }) => account === names[0])?.region;
  const steps = (names: readonly string[]) => lookAtTlsDetails(regionOf(names));
  const oldText = 'calls in records older than eventVersion 1.08, which have no TLS details';
  const reasons = [
    old.length + partlyOld.length > 0
      ? reason('old-event-versions', oldText, [...old, ...partlyOld].sort(), steps([...old, ...partlyOld]))
      : null,
    without.length > 0
      ? reason(
          'no-tls-details',
          'no direct call has TLS details, although its record could',
          without,
          steps(without),
        )
      : null,
    ofDynamodb.length > 0
      ? reason(
          'no-tls-details-of-dynamodb',
          'no direct DynamoDB call has TLS details, those to other services have them: all of it in plain text, or nothing that says so',
          ofDynamodb,
          steps(ofDynamodb),
        )
      : null,
    few.length > 0
      ? reason(
          'few-tls-details',
          'most direct calls to DynamoDB, or to other services that report TLS, have no TLS details, although their records could',
          few,
          steps(few),
        )
      : null,
  ];
  const verdict = inPart(reasons);
  return verdict.state !== 'there' && seeing === 0 ? { ...verdict, state: 'missing' } : verdict;
}
