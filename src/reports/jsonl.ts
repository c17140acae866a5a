// A finding, or what became of an object, as one line of JSON.

import type { Finding } from '../findings/finding.ts';
import { printableJson } from '../findings/printable.ts';
import type { LedgerLine } from './run-summary.ts';

export function findingLine(finding: Finding): string {
  return `${printableJson(finding)}\n`;
}

export function ledgerFileLine(line: LedgerLine): string {
  return `${printableJson(line)}\n`;
}
