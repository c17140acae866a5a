// Verdicts of calls, added up as days are judged: the summaries they are made of are dropped a month later.

import {
  type CallVerdicts,
  totalsOf,
  VERDICTS,
  type Verdict,
  type VerdictRow,
} from '../../findings/call-verdicts.ts';
import { type Detector, joinKey, splitKey } from '../detector.ts';
import { type CallVerdict, canReportTls } from './call-verdict.ts';
import { callWithoutTls } from './call-without-tls.ts';
import { countCall, tlsOfPrincipals, type VerdictCount } from './tls-calibration.ts';
import { THE_REST } from './tls-counts.ts';
import { countOtherCall, tlsByService } from './tls-details-lost.ts';
import { isTarget } from './tls-services.ts';

/** What TLS-01 counts, without the calls that it would tell of: for those who want the verdicts alone. */
export const countingOfCalls: Detector = {
  meta: callWithoutTls.meta,
  needs: { calls: ['*'] },
  folds: [tlsOfPrincipals, tlsByService],
  observeCall(call, out) {
    if (isTarget(call.service)) countCall(call, out);
    else if (call.direct && canReportTls(call)) countOtherCall(call, out);
  },
};

/** Accounts with regions and services: some hundred accounts, each with some regions. */
export const MAX_ROWS = 1_000;
/** Of the row of all that are more: a key of three empty parts, at most, has separators. */
const OTHERS = '';

const NAMES: Readonly<Record<CallVerdict['verdict'], Verdict>> = {
  'absent-suspicious': 'suspicious',
  weak: 'weak',
  unknown: 'unknown',
  'absent-explained': 'explained',
  ok: 'ok',
};

export interface VerdictTally {
  add(counts: readonly VerdictCount[]): void;
  verdicts(): CallVerdicts;
}

type Whys = Map<string, number>;

/** Days may come in any order, each of a key once. Of more than MAX_ROWS rows those first by name are kept, and the others are one row. */
export function createVerdictTally(maxRows = MAX_ROWS): VerdictTally {
  const rows = new Map<string, Whys>();
  let others: Whys | null = null;

  function rowOf(name: string): Whys {
    const known = rows.get(name);
    if (known !== undefined) return known;
    const row: Whys = new Map();
    rows.set(name, row);
    if (rows.size <= maxRows) return row;
    let last = '';
    for (const other of rows.keys()) if (other > last) last = other;
    const gone = rows.get(last)!;
    rows.delete(last);
    others ??= new Map();
    for (const [why, calls] of gone) increase(others, why, calls);
    return rows.get(name) ?? others;
  }

  return {
    add(counts) {
      for (const { account, region, service, verdict, why, calls } of counts) {
        const row = rowOf(joinKey(account, region === THE_REST ? '' : region, service));
        increase(row, joinKey(NAMES[verdict], why), calls);
      }
    },
    verdicts() {
      const all = Array.from(rows, ([name, whys]) => verdictRow(name, whys));
      if (others !== null) all.push(verdictRow(OTHERS, others));
      return {
        rows: all.sort(worstFirst),
        totals: totalsOf((verdict) => all.reduce((sum, { whys }) => sum + sumOf(whys[verdict]), 0)),
      };
    },
  };
}

function increase(row: Whys, why: string, calls: number): void {
  row.set(why, (row.get(why) ?? 0) + calls);
}

function verdictRow(name: string, counted: Whys): VerdictRow {
  const [account = '', region = '', service = ''] = splitKey(name);
  const entries = Array.from(counted, ([key, calls]) => [...splitKey(key), calls] as const) as [
    Verdict,
    string,
    number,
  ][];
  const whys = Object.fromEntries(
    VERDICTS.map((verdict) => [
      verdict,
      Object.fromEntries(
        entries
          .filter(([said]) => said === verdict)
          .map(([, why, calls]) => [why, calls] as const)
          .sort(([a, callsA], [b, callsB]) => callsB - callsA || (a < b ? -1 : 1)),
      ),
    ]),
  ) as VerdictRow['whys'];
  const calls = entries.reduce((sum, [, , count]) => sum + count, 0);
  return { account, region, service, calls, whys };
}

function worstFirst(a: VerdictRow, b: VerdictRow): number {
  for (const verdict of VERDICTS) {
    const more = sumOf(b.whys[verdict]) - sumOf(a.whys[verdict]);
    if (more !== 0) return more;
  }
  return joinKey(a.account, a.region, a.service) < joinKey(b.account, b.region, b.service) ? -1 : 1;
}

function sumOf(whys: Readonly<Record<string, number>>): number {
  return Object.values(whys).reduce((sum, calls) => sum + calls, 0);
}
