// A kind of secret: one row of the table in kinds/. The engine (scan-text.ts) looks for its literals, shows its pattern only the text
// around them, and asks its check whether what was matched is what it looks like.

import type { Severity } from '../../findings/finding.ts';
import type { EpochMs } from '../../records/record.ts';

/** The rules whose findings are single secrets of a kind. */
export type SecretRule =
  `SEC-${'01' | '02' | '03' | '04' | '05' | '06' | '07' | '08' | '09' | '10' | '11' | '12' | '13' | '14' | '15' | '16' | '17' | '18' | '19' | '21' | '24' | '25'}`;

/** What one of must stand in every match of a kind: a rare prefix, or a word that a value is assigned to. */
export interface Literal {
  /** ASCII, at least three characters. In lower case where either case matches. */
  readonly text: string;
  /** Only with these very letters. */
  readonly exact: boolean;
  /** Only where an assignment follows: `text=`, `"text": `, `text%3D`, `--text `, ...: 81 % of ordinary lines hold a word like "key" or "token". */
  readonly assigned: boolean;
  /** Characters around it that are to be seen over the ends of its line, where that is less than its kind looks at: most of what holds it is none. */
  readonly near?: number;
  /** The lines around its own are to be seen only where that one holds little else: an object that is written in one line is whole. */
  readonly inShortLine?: true;
  /** Only where so many characters at least stand behind it in the same word: a page's path is no link with a token. */
  readonly follows?: number;
  /** Only where a user and a password follow, up to an @: `://` of `https://jane:...@host`. */
  readonly login?: true;
}

/** Stands with these very letters: `ghp_`. */
export const prefix = (...texts: readonly string[]): Literal[] =>
  texts.map((text) => ({ text, exact: true, assigned: false }));
/** Stands in either case, and nothing is asked of what follows: `x-amz-signature`. */
export const word = (...texts: readonly string[]): Literal[] =>
  texts.map((text) => ({ text: text.toLowerCase(), exact: false, assigned: false }));
/** Stands in either case as (the end of) a name that is given a value: `password` of `db_password = `. */
export const name = (...texts: readonly string[]): Literal[] =>
  texts.map((text) => ({ text: text.toLowerCase(), exact: false, assigned: true }));

/** What begins the address of a URL: looked at only where a password stands in it. */
export const ADDRESS_WITH_LOGIN: readonly Literal[] = ['://', ':\\/\\/', '%3a%2f%2f'].map((text) => ({
  text,
  exact: false,
  assigned: false,
  login: true,
}));

/** What stands around these is seen over the ends of its line no further than so many characters. */
export const within = (near: number, literals: readonly Literal[]): Literal[] =>
  literals.map((literal) => ({ ...literal, near }));

/** What a pattern matched, before anybody believed it. All texts are latin1 where they come from a log. */
export interface Candidate {
  /** Group `secret` of the pattern, the whole match without one. Secret: never kept, never shown. */
  readonly secret: string;
  /** Groups of the match. */
  readonly groups: Readonly<Record<string, string | undefined>>;
  /** The text that was looked at, and where the secret stands in it. */
  readonly text: string;
  readonly start: number;
  readonly end: number;
  /** When the record was written. */
  readonly timeMs: EpochMs;
  /** The name the value is given in the text before it (`db_password`, of `"db_password": "..."`), in lower case; '' where there is none. */
  readonly key: string;
  /** Where it stands in objects: `cart.token`; '' where it stands in none. */
  readonly keyPath?: string;
}

/** Why a candidate is no secret; counted by these names. */
export const REFUSALS = [
  'published-example', // printed in a manual
  'placeholder', // <password>, ${PASSWORD}, %s, null
  'masked', // ****, REDACTED, HIDDEN_DUE_TO_SECURITY_REASONS
  'identifier', // UUID, ULID, ARN, digest or id near a word that says so
  'sequence', // abcdef, 123456, aaaa, qwerty
  'dictionary-word', // text that people wrote
  'low-entropy',
  'name-says-no', // token_type, password_reset_at, secretArn, public_key
  'code', // a function call, an environment look-up
  'not-a-value', // URL, path, date, number, version, address
  'wrong-length',
  'failed-checksum',
  'failed-decoding', // no JSON in a JWT, no colon in Basic
  'overlapped', // a part of what another kind names better
] as const;
export type Refusal = (typeof REFUSALS)[number];

export interface Accepted {
  /** 0 to 1. */
  readonly confidence: number;
  /** Checksum, decoding or structure leave no doubt: never demoted as noise. */
  readonly verified: boolean;
  /** Where it differs from the kind's. */
  readonly severity?: Severity;
  /** What a finding may say of it: issuer, account, expiry, algorithm. Never a part of the secret but its declared public prefix. */
  readonly facts?: Readonly<Record<string, string>>;
  /** What the severity rests on, in words, where it differs from the kind's. */
  readonly why?: string;
}

export type Verdict = Accepted | { readonly refused: Refusal };

/** A piece that a kind's own code found in a text: for what no pattern can say (private keys, key pairs, signatures). */
export interface FoundSecret {
  /** Secret: never kept, never shown. */
  readonly secret: string;
  readonly start: number;
  /** End exclusive. */
  readonly end: number;
  readonly verdict: Accepted;
}

export interface SecretKind {
  /** Unique, kebab-case: `github-personal-token`. */
  readonly name: string;
  /** `GitHub personal access token` */
  readonly title: string;
  readonly rule: SecretRule;
  readonly severity: Severity;
  readonly literals: readonly Literal[];
  /**
   * Flags `g` or `gi` and `d`, bounded quantifiers, no back-reference, nothing nested: `npm run check:redos`. The group `secret` is the
   * secret. Shown `before` characters in front of a literal and `behind` characters from its beginning; a match counts when it covers the literal.
   */
  readonly pattern?: RegExp;
  /** Characters; 64 and 512 when left out. */
  readonly before?: number;
  readonly behind?: number;
  /** It may go over the ends of lines: a PEM block, a key id and its secret. Else only the literal's own line is shown where lines are no records. */
  readonly overLines?: true;
  /** Its literals do not have the text of a call looked at: headers, cookies and links stand in logs, and the kernel watches few words. */
  readonly linesOnly?: true;
  /** In place of a pattern: looks through the same stretch of text. */
  find?(text: string, timeMs: EpochMs, timeAt?: (at: number) => EpochMs): readonly FoundSecret[];
  /** Without one, what matches is a secret with confidence 0.9. */
  check?(candidate: Candidate): Verdict;
  /** Characters at the beginning that every one has and that tell nothing: `ghp_`. Shown. */
  readonly publicPrefix?: number;
  /** Typed: format alone tells (1). Generic: the name beside it tells (0); yields where a typed one overlaps. */
  readonly rank: 0 | 1;
  /** URL of the format fact. */
  readonly source: string;
}
