// Single secrets, as `wiretrail secrets` tells them: where each stands and what it is, and nothing of it.

import type { Severity } from '../findings/finding.ts';
import { printable, printableJson } from '../findings/printable.ts';
import { type Paint, padTo, SEVERITY_STYLES } from './terminal-text.ts';

export interface SecretLine {
  /** `SEC-14` */
  readonly rule: string;
  readonly kind: string;
  readonly title: string;
  readonly severity: Severity;
  /** 0 to 1. */
  readonly confidence: number;
  /** Checksum, decoding or structure leave no doubt. */
  readonly verified: boolean;
  /** `file#17`, `s3://bucket/key#17`, `group/stream/event` */
  readonly where: string;
  /** Log group or file, or the API call. */
  readonly place: string;
  /** ISO, when the record was written. */
  readonly time: string;
  /** `message`, `request.headers.authorization`, `requestParameters.url` */
  readonly field: string;
  /** Encodings that were taken off, outermost first. */
  readonly decoded: readonly string[];
  /** The beginning that all of its kind have; '' without one. */
  readonly prefix: string;
  /** Characters of the secret. */
  readonly length: number;
  readonly fingerprint: string;
  readonly facts: Readonly<Record<string, string>>;
  /** What stands around it, masked; '' where nothing can be shown. */
  readonly context: string;
}

export function secretJsonLine(line: SecretLine): string {
  return `${printableJson(line)}\n`;
}

const SEVERITY_WIDTH = 10;
const INDENT = ' '.repeat(SEVERITY_WIDTH + 1);

/** Two or three lines, the first of them with the place, which is there to be copied. */
export function renderSecret(line: SecretLine, paint: Paint): string {
  const badge = paint(SEVERITY_STYLES[line.severity], padTo(` ${line.severity} `, SEVERITY_WIDTH));
  const begins = line.prefix === '' ? '' : `${printable(line.prefix, 32)}… `;
  const facts = Object.entries(line.facts).map(([name, value]) => `${name} ${printable(value, 80)}`);
  const parts = [
    `${line.rule} ${line.kind}`,
    `${begins}${line.length} characters`,
    line.verified ? 'verified' : `confidence ${line.confidence.toFixed(2)}`,
    ...(line.field === 'message' ? [] : [`in ${printable(line.field, 120)}`]),
    ...(line.decoded.length === 0 ? [] : [`under ${line.decoded.join(', ')}`]),
    ...facts,
    `fingerprint ${line.fingerprint}`,
  ];
  const rows = [
    `${badge} ${paint('bold', `${line.title}`)}  ${printable(line.where, 2_048)}`,
    `${INDENT}${paint('dim', parts.join(' · '))}`,
  ];
  if (line.context !== '') rows.push(`${INDENT}${printable(line.context, 240)}`);
  return `${rows.join('\n')}\n`;
}
