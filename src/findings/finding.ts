// The finding: one JSON object. Alerts and reports are views of it.

export const FAMILIES = ['TLS', 'POL', 'REP', 'ANO', 'SEC'] as const;
export type Family = (typeof FAMILIES)[number];

/** Worst first. */
export const SEVERITIES = ['CRITICAL', 'HIGH', 'MEDIUM', 'LOW', 'INFO'] as const;
export type Severity = (typeof SEVERITIES)[number];

/** How directly the evidence shows it. */
export type Grade = 'certain' | 'probable' | 'weak';
export type Status = 'provisional' | 'final' | 'withdrawn';

export interface Evidence {
  readonly source: 'cloudtrail' | 'vpc-flow' | 'application-log' | 'access-log';
  /** `file#17`, `s3://bucket/key#17` or `group/stream/event`: leads back to the very record. */
  readonly locator: string;
  readonly eventId: string;
  /** ISO 8601, UTC, milliseconds. */
  readonly time: string;
  /** Only values that are no secret; strings are shown escaped. */
  readonly fields: Readonly<Record<string, string | number | boolean | null>>;
}

export interface Compliance {
  readonly cwe: readonly string[];
  readonly owasp: readonly string[];
  readonly pci: readonly string[];
  readonly nist: readonly string[];
  readonly gdpr: readonly string[];
}

export interface RemediationStep {
  readonly step: string;
  /** An exact command with this finding's own values; null where the step is not a command. */
  readonly command: string | null;
  readonly risk: string;
  readonly undo: string;
}

export interface Finding {
  readonly schemaVersion: '1.0';
  readonly id: string;
  readonly rule: {
    readonly id: string;
    readonly name: string;
    readonly family: Family;
    readonly version: number;
  };
  readonly status: Status;
  readonly revision: number;
  readonly severity: Severity;
  readonly confidence: number;
  readonly score: number;
  readonly grade: Grade;
  readonly title: string;
  readonly summary: string;
  readonly firstSeen: string;
  readonly lastSeen: string;
  readonly count: number;
  /** True where `count` is an estimate or a set hit its cap (docs/decisions/0002, contracts 2 and 5). */
  readonly truncated: boolean;
  readonly account: string;
  readonly region: string;
  /** What the finding is about, as its identity has it (docs/decisions/0002, contract 4). */
  readonly entity: string;
  readonly principal: {
    readonly type: string;
    readonly name: string;
    readonly session: string;
    readonly keyId: string;
  } | null;
  readonly actor: {
    readonly ip: string;
    readonly class: string;
    readonly vpcEndpoint: string;
    readonly userAgent: string;
  } | null;
  readonly target: { readonly service: string; readonly resource: string } | null;
  readonly evidence: readonly Evidence[];
  readonly why: readonly string[];
  readonly compliance: Compliance;
  readonly remediation: readonly RemediationStep[];
  readonly related: readonly string[];
  /** Id of the key that made the fingerprints in this finding. */
  readonly fingerprintKeyId: string;
}
