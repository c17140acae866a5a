// npm run check:redos [-- TEXT]: whether any pattern that is shown what somebody else wrote can be made slow, by recheck, which attacks each.
// With TEXT only those of places, kinds and sources that hold it. https://makenowjust-labs.github.io/recheck/

import { availableParallelism } from 'node:os';
import { type SourcePattern, sourcePatterns } from './source-patterns.ts';

/** What else bounds a pattern that recheck finds vulnerable or cannot judge, by its place without the line, and a part of its source. */
const ACCEPTED: readonly { readonly file: string; readonly part: string; readonly reason: string }[] = [
  {
    file: 'src/detectors/policy/data-paths.ts',
    part: '[/:]([^/]{1,128})$',
    reason: 'shown one ARN, of which no service takes more than 2,048 characters',
  },
  {
    file: 'src/detectors/secrets/connection-string-text.ts',
    part: '^(?:(?!',
    reason: 'shown BEHIND_HOST characters',
  },
  {
    file: 'src/detectors/secrets/masking-text.ts',
    part: '{3,64}|',
    reason: 'shown one value of at most 256 characters',
  },
  {
    file: 'src/detectors/secrets/masking-text.ts',
    part: '(?<name>[\\w.$-]{0,48}?',
    reason: 'shown a window of 16 KB at most, every repetition in it is bounded, and 64 matches end it',
  },
  {
    file: 'src/detectors/secrets/checks/signing-secret.ts',
    part: '--[a-z0-9_.-]{1,60} ',
    reason: 'shown 72 characters',
  },
  {
    file: 'src/detectors/secrets/scan-text.ts',
    part: '([A-Za-z_][\\w.-]{0,63})',
    reason: 'shown KEY_CHARACTERS characters',
  },
  {
    file: 'src/detectors/secrets/value-refusals.ts',
    part: '{1,200}$',
    reason: 'shown 200 characters',
  },
  {
    file: 'src/detectors/secrets/views/decode.ts',
    part: '[?&][\\w.-]{1,64}=[^&',
    reason:
      'shown a window of 16 KB at most, each place of which costs at most the 576 characters of its repetitions',
  },
  {
    file: 'src/detectors/secrets/views/layout.ts',
    part: '[ \\t]{3,64}(?=[=:])',
    reason:
      'shown a window of 16 KB at most, each place of which costs at most the 64 characters of its repetitions',
  },
  {
    file: 'src/records/object-key.ts',
    part: '[^/]{1,300}$',
    reason: 'shown the key of an object: S3 takes 1,024 bytes',
  },
];
/** `new RegExp` outside of a module's own loading, and why its patterns are harmless. */
const ACCEPTED_SITES: Readonly<Record<string, string>> = {
  'src/records/sigv4.ts': 'three names of parameters, each in a pattern without nesting',
  'src/detectors/secrets/views/layout.ts':
    'joins patterns, each of which is judged by itself, as alternatives',
};

/** As much of recheck as is used. By name while it runs, so that types and tests of everything else stand without it. */
interface Recheck {
  check(
    source: string,
    flags: string,
    parameters: {
      timeout: number;
      checker?: 'fuzz';
      maxAttackStringSize?: number;
      attackLimit?: number;
    },
  ): Promise<
    | { readonly status: 'safe'; readonly checker: string }
    | {
        readonly status: 'vulnerable';
        readonly complexity: { readonly summary: string };
        readonly attack: { readonly pattern: string };
      }
    | { readonly status: 'unknown'; readonly error: { readonly kind: string } }
  >;
}
const { check } = (await import('recheck' as string)) as Recheck;

/** The slowest takes 26 seconds on an idle machine. */
const TIMEOUT_MS = 60_000;
/** Longest text that a pattern of no kind is shown: MAX_WINDOW_CHARACTERS. */
const WINDOW_CHARACTERS = 16 * 1024;
/** Before and behind a literal, and the literal: what SecretKind says of patterns that say nothing. */
const DEFAULT_BEFORE = 64;
const DEFAULT_BEHIND = 512;
/** Steps a character of the worst text that fits into a pattern's window: a quadratic pattern stays below it in a window of 2,000. */
const MOST_STEPS = 1000;

interface Judged {
  readonly place: string;
  readonly source: string;
  readonly verdict: 'safe' | 'safe in its window' | 'accepted' | 'vulnerable' | 'not judged';
  readonly words: string;
}

const repeats = (source: string): boolean =>
  /[*+]|\{\d+,?\d*\}|\?/.test(
    source
      .replace(/\\./g, '')
      .replace(/\[[^\]]*\]/g, '')
      .replace(/\(\?[:=!<]/g, ''),
  );

const { patterns, unseen } = await sourcePatterns();
// Not before the patterns that kinds build were watched.
const { KINDS } = await import('../src/detectors/secrets/kinds/index.ts');
const windows = new Map<string, { name: string; characters: number }>();
for (const { name, pattern, before, behind } of KINDS) {
  if (pattern === undefined) continue;
  const mark = `/${pattern.source}/${pattern.flags}`;
  const characters = (before ?? DEFAULT_BEFORE) + (behind ?? DEFAULT_BEHIND);
  const known = windows.get(mark);
  if (known === undefined || known.characters < characters) windows.set(mark, { name, characters });
}

async function judge({ source, flags, place: at }: SourcePattern): Promise<Judged> {
  const kind = windows.get(`/${source}/${flags}`);
  const place = kind === undefined ? at : `${at} (${kind.name})`;
  // Indices change nothing about the work, and recheck does not know them.
  const known = flags.replace('d', '');
  const strict = await check(source, known, { timeout: TIMEOUT_MS });
  if (strict.status === 'safe') return { place, source, verdict: 'safe', words: strict.checker };
  const characters = kind?.characters ?? WINDOW_CHARACTERS;
  const bounded = await check(source, known, {
    timeout: TIMEOUT_MS,
    checker: 'fuzz',
    maxAttackStringSize: characters,
    attackLimit: characters * MOST_STEPS,
  });
  if (bounded.status === 'safe')
    return { place, source, verdict: 'safe in its window', words: `${characters} characters` };
  const accepted = ACCEPTED.find(({ file, part }) => at.startsWith(`${file}:`) && source.includes(part));
  if (accepted !== undefined) return { place, source, verdict: 'accepted', words: accepted.reason };
  return bounded.status === 'vulnerable'
    ? {
        place,
        source,
        verdict: 'vulnerable',
        words: `${bounded.complexity.summary}: ${bounded.attack.pattern.slice(0, 200)}`,
      }
    : { place, source, verdict: 'not judged', words: bounded.error.kind };
}

const wanted = process.argv[2] ?? '';
const chosen = patterns.filter(({ source, flags, place }) =>
  `${place} ${windows.get(`/${source}/${flags}`)?.name ?? ''} ${source}`.includes(wanted),
);
const waiting = chosen.filter(({ source }) => repeats(source));
const plain = chosen.length - waiting.length;
const judged: Judged[] = [];
await Promise.all(
  Array.from({ length: availableParallelism() }, async () => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift())
      judged.push(await judge(next));
  }),
);

const order = ['safe', 'safe in its window', 'accepted', 'vulnerable', 'not judged'] as const;
for (const verdict of order.slice(1))
  for (const { place, source, words } of judged.filter((one) => one.verdict === verdict))
    process.stdout.write(`${verdict}: ${place}\n  /${source}/\n  ${words}\n`);
const surprises = unseen.filter((site) => ACCEPTED_SITES[site.replace(/:\d+$/, '')] === undefined);
for (const site of surprises) process.stdout.write(`built while it runs, not judged: ${site}\n`);
const counts = order.map((verdict) => `${judged.filter((one) => one.verdict === verdict).length} ${verdict}`);
process.stdout.write(`${chosen.length} patterns: ${plain} repeat nothing, ${counts.join(', ')}\n`);
// recheck keeps its worker.
process.exit(
  judged.some(({ verdict }) => verdict === 'vulnerable' || verdict === 'not judged') || surprises.length > 0
    ? 1
    : 0,
);
