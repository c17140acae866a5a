// What code of a kind's own read as a name and its value, asked for what a pattern's match is asked for.

import type { FoundSecret, SecretKind } from '../secret-kind.ts';
import { refusalOfValue } from '../value-refusals.ts';
import { checkAssigned } from './assigned-value.ts';

/** A name beside which the value stands, and where. */
export interface NamedPiece {
  readonly name: string;
  readonly value: string;
  readonly start: number;
  /** Without quotes around it, less is believed. */
  readonly quoted: boolean;
}

/** The secret that it is; null where it is none. Of the kind only its rule and rank count. */
export function secretOfPiece(
  { name, value, start, quoted }: NamedPiece,
  text: string,
  kind: Pick<SecretKind, 'rule' | 'rank'>,
  timeMs: number,
): FoundSecret | null {
  const end = start + value.length;
  const candidate = {
    secret: value,
    groups: { name, given: '=' },
    // Nothing else of the text: what stands around it in a table or statement says nothing of it.
    text: quoted ? `"${value}"` : value,
    start: quoted ? 1 : 0,
    end: quoted ? value.length + 1 : value.length,
    timeMs,
    key: name,
  };
  if (text.slice(start, end) !== value || refusalOfValue(candidate, kind as SecretKind) !== null) return null;
  const verdict = checkAssigned(candidate);
  return 'refused' in verdict ? null : { secret: value, start, end, verdict };
}
