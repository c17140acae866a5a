// Values of options that several commands take: what was typed, or an error that commander shows with the option's name.

import { InvalidArgumentError } from 'commander';
import { SEVERITIES, type Severity } from '../findings/finding.ts';
import { WiretrailError } from '../lib/errors.ts';
import { parseFlowFormat } from '../replay/flow-fields.ts';
import { parseEventTime } from './event-time.ts';
import type { FailOn } from './exit-code.ts';

export function eventTime(text: string): number {
  const timeMs = parseEventTime(text);
  if (Number.isNaN(timeMs))
    throw new InvalidArgumentError('Give a real date in UTC, such as 2026-11-01 or 2026-11-01T12:30:00Z.');
  return timeMs;
}

export function collectAccount(text: string, before: readonly string[] = []): readonly string[] {
  if (!/^\d{12}$/.test(text)) throw new InvalidArgumentError('Give the twelve digits of an account.');
  return [...before, text];
}

export function collectRegion(text: string, before: readonly string[] = []): readonly string[] {
  if (!/^[a-z]{2}(-[a-z]+)+-\d$/.test(text))
    throw new InvalidArgumentError('Give a region such as us-east-1.');
  return [...before, text];
}

/** Commander names the option; what is wrong with its value and what would be right come from the parser. */
export function flowFormat(text: string): readonly string[] {
  try {
    return parseFlowFormat(text);
  } catch (error) {
    if (!(error instanceof WiretrailError)) throw error;
    throw new InvalidArgumentError(`${error.message.slice(`${error.where}: `.length)}; ${error.hint}`);
  }
}

export function endpointUrl(text: string): string {
  if (!/^https?:\/\/[^\s/]/i.test(text) || !URL.canParse(text))
    throw new InvalidArgumentError('Give a URL such as http://127.0.0.1:9000.');
  return text;
}

export function severity(text: string): Severity {
  return severityOf(text) ?? complain(`Give one of ${SEVERITIES.join(', ').toLowerCase()}.`);
}

export function severityOrNone(text: string): FailOn {
  if (text.toLowerCase() === 'none') return 'none';
  return severityOf(text) ?? complain(`Give one of ${SEVERITIES.join(', ').toLowerCase()}, none.`);
}

function severityOf(text: string): Severity | undefined {
  return SEVERITIES.find((candidate) => candidate === text.toUpperCase());
}

function complain(text: string): never {
  throw new InvalidArgumentError(text);
}
