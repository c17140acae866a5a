// How the rows of tokens are written: what stands in every one of them, and what may stand beside them.

import { randomBehind } from '../checks/token-body.ts';
import { type Literal, name, prefix, type SecretKind } from '../secret-kind.ts';

type Matching = Pick<
  SecretKind,
  'literals' | 'pattern' | 'check' | 'publicPrefix' | 'rank' | 'before' | 'behind'
>;

interface TokenOptions {
  /** Characters besides letters, digits and `_` that, behind it, make it a part of something longer: `-`, `+/=`. */
  readonly tail?: string;
  /** A pattern of what may stand before it: then nothing else. */
  readonly ahead?: string;
  readonly check?: SecretKind['check'];
  readonly behind?: number;
}

/** A token that begins with `start` and stands alone. `body` is a pattern. */
export function token(start: string | readonly string[], body: string, options: TokenOptions = {}): Matching {
  const starts = typeof start === 'string' ? [start] : start;
  const beginning = starts.length === 1 ? escaped(starts[0]!) : `(?:${starts.map(escaped).join('|')})`;
  const publicPrefix = Math.min(...starts.map((text) => text.length));
  // Where a token may hold a dash, one before it goes on with another token: `ghs_0-ghs_0-ghs_0-` has one beginning, not thousands.
  const lead = options.ahead !== undefined || options.tail?.includes('-') || body.includes('-]') ? '-' : '';
  return {
    literals: prefix(...starts),
    pattern: new RegExp(
      `(?<![A-Za-z0-9_${lead}])${options.ahead ?? ''}(?<secret>${beginning}${body})(?![A-Za-z0-9_${options.tail ?? ''}])`,
      'gd',
    ),
    check: options.check ?? randomBehind(publicPrefix),
    publicPrefix,
    rank: 1,
    before: options.ahead === undefined ? 8 : 32,
    ...(options.behind === undefined ? {} : { behind: options.behind }),
  };
}

/** Between a name and its value, in the notations of logs; a list of one (forms of Django), bytes of Python (headers of ASGI). */
const ASSIGNS =
  '(?:[_-]?\\d{1,2})?[\'"`\\]]{0,3}[ \\t]{0,4}(?:=>|:=|==?|[:, \\t])[ \\t]{0,4}\\[?(?:b(?=[\'"]))?[\'"`]{0,2}';

/**
 * A value that says nothing by itself, behind a name that says whose it is: `datadog api key` stands for `DATADOG_API_KEY=`,
 * `"datadogApiKey": `, `--datadog-api-key `. Letters of `value` match in either case.
 */
export function named(
  names: readonly string[],
  value: string,
  options: Omit<TokenOptions, 'behind'> & { readonly publicPrefix?: number } = {},
): Matching {
  const publicPrefix = options.publicPrefix ?? 0;
  const forms = names.map((words) => {
    const parts = words.split(' ');
    // A short word would be found at the end of another: `dd` of `add`.
    return `${parts[0]!.length < 5 ? '(?<![A-Za-z0-9])' : ''}${parts.map(escaped).join('[_-]?')}`;
  });
  return {
    literals: namesOf(names),
    pattern: new RegExp(
      `(?:${forms.join('|')})${ASSIGNS}(?<secret>${value})(?![A-Za-z0-9_+/=${options.tail ?? '-'}])`,
      'gid',
    ),
    check: options.check ?? randomBehind(publicPrefix, 0.85),
    ...(publicPrefix === 0 ? {} : { publicPrefix }),
    rank: 1,
    before: 8,
    behind: 256,
  };
}

/** A token whose beginning is in every second line (`pat` of `path`): looked for behind its names and in headers alone. */
export function tokenBeside(
  names: readonly string[],
  start: string,
  body: string,
  options: TokenOptions = {},
): Matching {
  return {
    behind: 320,
    ...token(start, body, options),
    literals: [...prefix(`Bearer ${start}`), ...namesOf(names)],
  };
}

/** What scanners of source code look for, where the vendor does not say what its tokens look like. */
export const GITLEAKS = 'https://github.com/gitleaks/gitleaks/blob/master/config/gitleaks.toml';
export const CREDSWEEPER = 'https://github.com/Samsung/CredSweeper/blob/main/credsweeper/rules/config.yaml';
export const kingfisher = (file: string): string =>
  `https://github.com/mongodb/kingfisher/blob/main/crates/kingfisher-rules/data/rules/${file}.yml`;
export const titus = (file: string): string =>
  `https://github.com/praetorian-inc/titus/blob/main/pkg/rule/rules/${file}.yml`;

function namesOf(names: readonly string[]): Literal[] {
  return name(...names.flatMap((words) => ['_', '-', ''].map((joint) => words.replaceAll(' ', joint))));
}

function escaped(text: string): string {
  return text.replaceAll(/[.$+/|]/g, '\\$&');
}
