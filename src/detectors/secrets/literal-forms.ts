// The literals of a kind, and how they read where a text is still encoded.

import type { Literal, SecretKind } from './secret-kind.ts';

/**
 * `hooks.slack.com%2Fservices`, `https:\\/\\/hooks` beside the plain ones: a record is decoded when something in it says that it may hold
 * something. Names need none: what assigns to them is known in all its forms.
 */
export function literalsOf({ literals }: SecretKind): Literal[] {
  const all: Literal[] = [];
  for (const literal of literals) {
    all.push(literal);
    if (!literal.assigned && !ALWAYS_PLAIN.test(literal.text)) all.push(...encodedForms(literal.text));
  }
  return all;
}

/** What no encoding changes: most literals, and asking for each takes longer than all else about them. */
const ALWAYS_PLAIN = /^[\w.-]+$/;
/** What encodeURIComponent leaves and forms encode, besides the space: https://url.spec.whatwg.org/#application-x-www-form-urlencoded-percent-encode-set */
const PLAIN_IN_URLS = /[!'()~]/g;

/** Several kinds have the same, and each is asked for twice: for the hints of records, and for texts. */
const formsOf = new Map<string, readonly Literal[]>();

function encodedForms(text: string): readonly Literal[] {
  let forms = formsOf.get(text);
  if (forms === undefined) {
    const inUrls = encodeURIComponent(text);
    const inForms = inUrls
      .replaceAll('%20', '+')
      .replace(PLAIN_IN_URLS, (mark) => `%${mark.charCodeAt(0).toString(16)}`);
    const different = new Set([inUrls, inForms, text.replaceAll('/', '\\/'), text.replaceAll('"', '\\"')]);
    different.delete(text);
    forms = [...different].map((form) => ({ text: form.toLowerCase(), exact: false, assigned: false }));
    formsOf.set(text, forms);
  }
  return forms;
}
