// What a secret of each kind looks like, made at run time from random numbers and the published format, with none of the patterns that
// look for it: what finds its own examples proves nothing. None of them has ever worked anywhere.

import type { Random } from '../prng.ts';

export interface SecretExample {
  /** SecretKind.name of what must be found. */
  readonly kind: string;
  make(random: Random, timeMs: number): MadeSecret;
}

export interface MadeSecret {
  /** What must leave the engine in no form. Several where several are found together. */
  readonly secrets: readonly string[];
  /**
   * The secret as programs write it, on one line and in ASCII: `GITHUB_TOKEN=ghp_...`, `Authorization: Bearer ...`, or the bare token. May stand anywhere
   * in a message, behind other words.
   */
  readonly text: string;
  /** The same as a member of an object, where it may stand so: JSON, a form or a query is then written of it. */
  readonly member?: { readonly key: string; readonly value: string };
  /** The same over several lines, where it is written so. */
  readonly lines?: readonly string[];
}
