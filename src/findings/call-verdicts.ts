// Calls to DynamoDB, its streams and DAX by what their records say of TLS, as reports and digests tell it.

/** Worst first. */
export const VERDICTS = ['suspicious', 'weak', 'unknown', 'explained', 'ok'] as const;
export type Verdict = (typeof VERDICTS)[number];

export type VerdictTotals = Readonly<Record<Verdict, number>>;

/** Calls of one account, region and service. */
export interface VerdictRow {
  /** '' with region and service: all those that were more than are kept. */
  readonly account: string;
  /** '' where it is not known, or one of more regions than are kept. */
  readonly region: string;
  readonly service: string;
  readonly calls: number;
  /** By verdict and why: the list is closed, docs/coverage.md. */
  readonly whys: Readonly<Record<Verdict, Readonly<Record<string, number>>>>;
}

export interface CallVerdicts {
  /** Worst first: by calls of the worst verdict, then of the next one, then by name. */
  readonly rows: readonly VerdictRow[];
  readonly totals: VerdictTotals;
}

export function callsOf(totals: VerdictTotals): number {
  return VERDICTS.reduce((sum, verdict) => sum + totals[verdict], 0);
}

export function totalsOf(calls: (verdict: Verdict) => number): VerdictTotals {
  return Object.fromEntries(VERDICTS.map((verdict) => [verdict, calls(verdict)])) as Record<Verdict, number>;
}
