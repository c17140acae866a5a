// What no pattern took for a secret, and is one of the things that look like one: a mask or a stand-in behind a name (`password=<none>`,
// `token: ********`), and names that say no (`token_type=`, `secretArn=`). Only lines are looked at in which a name was met that is given
// a value, so that a line without one costs nothing; only counted, never found.

import { isMasked, isPlaceholder } from './not-a-secret.ts';
import type { Refusal, SecretRule } from './secret-kind.ts';

/** A name that is given a value, where nothing is known of what became of it. */
export interface MetName {
  readonly at: number;
  /** Exclusive. */
  readonly end: number;
  readonly rule: SecretRule;
}

/** Of a text: more names than these are looked at no more. */
export const MAX_NAMES = 64;
/** Characters of a line around a name that are looked at. */
const CHARACTERS_AROUND = 256;

/** What stands behind a name, without what assigns it, opens it, or names a scheme. */
const VALUE_BEHIND =
  /^(?:[_-]?\d{1,2})?(?:\\?["'`]|\]){0,2}[ \t]{0,3}(?:=>|:=|[=:])[ \t]{0,3}\[?(?:\\?["'`])?(?:(?:bearer|basic|token)[ +])?(?<value><[^<>\n]{1,60}>|[^\s"'`,;&\\]{1,80})/i;
/** A name of a secret with an ending that says that it is something about one. */
const SAYS_NO =
  /(?:password|passwd|secret|token|api[_-]?key)[_.-]?(?:type|arn|count|length|policy|expiry|expires(?:[_-]?(?:at|in))?|id|name|path|file|url|uri|hash|version|ttl|reset[_-]?at|enabled)\\?["']{0,2}[ \t]{0,3}[:=]/gi;

/** Why what a name is given was left out; null where it may be anything else. */
function leftOutBehind(text: string, { end }: MetName): Refusal | null {
  const value = VALUE_BEHIND.exec(text.slice(end, end + 160))?.groups?.value ?? '';
  if (value.length < 2) return null;
  if (isMasked(value)) return 'masked';
  return isPlaceholder(value) ? 'placeholder' : null;
}

/**
 * Counts what was left out. `names` come by where they stand, `looked` are the stretches that patterns matched. Each line is looked
 * through for names that say no once.
 */
export function countLeftOut(
  text: string,
  names: readonly MetName[],
  looked: readonly (readonly [start: number, end: number])[],
  count: (rule: SecretRule, refusal: Refusal) => void,
): void {
  const said = new Set<number>();
  let seen = 0;
  for (const name of names) {
    if (!said.has(name.end) && !looked.some(([start, end]) => start <= name.at && name.at < end)) {
      said.add(name.end);
      const refusal = leftOutBehind(text, name);
      if (refusal !== null) count(name.rule, refusal);
    }
    const from = Math.max(seen, text.lastIndexOf('\n', name.at) + 1, name.at - CHARACTERS_AROUND);
    const lineEnd = text.indexOf('\n', name.at);
    const till = Math.min(lineEnd < 0 ? text.length : lineEnd, name.at + CHARACTERS_AROUND);
    if (from >= till) continue;
    seen = till;
    for (const _ of text.slice(from, till).matchAll(SAYS_NO)) count('SEC-11', 'name-says-no');
  }
}
