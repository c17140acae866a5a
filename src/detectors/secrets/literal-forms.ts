// The literals of a kind, and how they read where a text is still encoded.

import type { Literal, SecretKind } from './secret-kind.ts';

/**
 * `hooks.slack.com%2Fservices`, `https:\\/\\/hooks` beside the plain ones: a record is decoded when something in it says that it may hold
 * something. Names need none: what assigns to them is known in all its forms.
 */
export function literalsOf({ literals }: SecretKind): Literal[] {
  return literals.flatMap((literal) => [literal, ...encodedForms(literal)]);
}

/** What no encoding changes: most literals, and asking for each takes longer than all else about them. */
const ALWAYS_PLAIN = /^[\w.-]+$/;

function encodedForms({ text, assigned }: Literal): Literal[] {
  if (assigned || ALWAYS_PLAIN.test(text)) return [];
  // What encodeURIComponent leaves, forms encode: https://url.spec.whatwg.org/#application-x-www-form-urlencoded-percent-encode-set
  const inForms = new URLSearchParams({ '': text }).toString().slice(1);
  const forms = new Set([
    encodeURIComponent(text),
    inForms,
    text.replaceAll('/', '\\/'),
    text.replaceAll('"', '\\"'),
  ]);
  forms.delete(text);
  return [...forms].map((form) => ({ text: form.toLowerCase(), exact: false, assigned: false }));
}
