// Single secrets, as `wiretrail secrets` tells them: where each stands and what it is, and nothing of it.

import type { Severity } from '../findings/finding.ts';
import { printable, printableJson } from '../findings/printable.ts';
import { type Paint, padTo, SEVERITY_STYLES, wrap, wrapParts } from './terminal-text.ts';

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
/** Columns for words in a terminal that is too narrow for them. */
const MIN_ROOM = 30;

/** A line with the place, which is there to be copied and never broken; below it what it is, and what stands around it, in at most `width` columns. */
export function renderSecret(line: SecretLine, paint: Paint, width: number): string {
  const badge = paint(SEVERITY_STYLES[line.severity], padTo(` ${line.severity} `, SEVERITY_WIDTH));
  const room = Math.max(MIN_ROOM, width - INDENT.length);
  const begins = line.prefix === '' ? '' : `${printable(line.prefix, 32)}… `;
  const facts = Object.entries(line.facts).map(([name, value]) => `${inWords(name)} ${printable(value, 80)}`);
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
    `${badge} ${paint('bold', line.title)}  ${printable(line.where, 2_048)}`,
    ...wrapParts(parts, room).map((row) => `${INDENT}${paint('dim', row)}`),
  ];
  if (line.context !== '')
    rows.push(...wrap(printable(line.context, 240), room).map((row) => `${INDENT}${row}`));
  return `${rows.join('\n')}\n`;
}

/** `keyAccount`: key account */
function inWords(name: string): string {
  return name.replaceAll(/(?<=[a-z])[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
}
