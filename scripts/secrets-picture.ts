// Draws docs/way-of-a-secret.svg: one line of a log on its way through the engine for secrets. What stands in the picture is what the engine
// says of that line now. `npm run docs` writes it, and test/docs.test.ts fails when it is stale.

import { KINDS } from '../src/detectors/secrets/kinds/index.ts';
import { type FoundInText, scanSecrets } from '../src/detectors/secrets/scan-secrets.ts';
import { createRandom } from '../src/simulate/prng.ts';
import { SECRET_EXAMPLES } from '../src/simulate/secret-examples/index.ts';

export const SECRETS_PICTURE = 'docs/way-of-a-secret.svg';

/** The kind that the line shows, and the one that would have told the same by its name alone. */
const TYPED = 'github-personal-token';
const NAMED = 'assigned-token';
const MADE_AT_MS = Date.UTC(2026, 10, 20, 10);

interface Stage {
  readonly title: string;
  readonly about: readonly string[];
  /** The line, as this stage has it. */
  readonly line: readonly string[];
  /** What goes no further, and how it is told. */
  readonly stays: readonly string[];
}

interface Sample {
  readonly found: FoundInText;
  /** The reasons for which something was refused. */
  readonly refused: ReadonlySet<string>;
}

function scanSample(): Sample {
  const example = SECRET_EXAMPLES.find(({ kind }) => kind === TYPED);
  const [token = ''] = example?.make(createRandom('picture'), MADE_AT_MS).secrets ?? [];
  const line = `2026-11-20T10:00:30Z DEBUG config {"cfg":"{\\"GITHUB_TOKEN\\":\\"${token}\\",\\"password\\":\\"********\\"}"}`;
  const refused = new Set<string>();
  const all = scanSecrets(line, {
    timeMs: MADE_AT_MS,
    onRefused(name) {
      refused.add(name.slice(name.indexOf(' ') + 1));
    },
  });
  const byName = scanSecrets(line, { kinds: KINDS.filter(({ name }) => name === NAMED) });
  const [found] = all;
  if (found?.kind !== TYPED || all.length !== 1 || byName.length !== 1)
    throw new Error('the line of the picture is read otherwise than the picture says');
  return { found, refused };
}

function stages({ found, refused }: Sample): readonly Stage[] {
  const counted = (reason: string) => {
    if (!refused.has(reason)) throw new Error(`nothing of the picture’s line is ${reason}`);
    return `here counted as ${reason}`;
  };
  const words = KINDS.reduce((sum, { literals }) => sum + literals.length, 0);
  const token = `${found.prefix}••••••••`;
  const measure = `${found.prefix}… ${found.length} characters`;
  return [
    {
      title: 'Where it looks',
      about: ['application and access logs: the whole line', 'CloudTrail: only what callers fill'],
      line: ['DEBUG config {"cfg":"{\\"GITHUB_TOKEN\\":', ` \\"${token}\\",\\"password\\":\\"********\\"}"}`],
      stays: ['flow logs, and fields of CloudTrail', 'that hold ids and tokens by design'],
    },
    {
      title: 'Words (prefilter)',
      about: [
        `${count(words)} words of ${count(KINDS.length)} kinds, and base64,`,
        'in one pass over the bytes',
      ],
      line: [`GITHUB_TOKEN\\":   ${found.prefix}   password\\":`],
      stays: ['lines without any of these words:', 'most lines end here'],
    },
    {
      title: 'Views',
      about: ['JSON in JSON, escapes, percent-encoding,', 'colours, base64, gzip in base64'],
      line: [`"${found.keyPath}": "${token}"`, '"cfg.password": "********"'],
      stays: ['what is larger or deeper than bounds:', 'counted as beyond-bounds'],
    },
    {
      title: 'Kinds (patterns)',
      about: ['only in the text around their words,', 'in linear time'],
      line: [`${TYPED}: ${token}`, `${NAMED}: ${token}`, 'assigned-password: ********'],
      stays: ['words without the form of a kind'],
    },
    {
      title: 'Checks',
      about: ['checksum, decoding, structure, account', 'of a key id, Luhn, length, alphabet'],
      line: [`${TYPED}: the checksum is right,`, 'so it is verified'],
      stays: ['failed-checksum, failed-decoding,', 'wrong-length'],
    },
    {
      title: 'Value tests',
      about: ['masks, placeholders, published examples,', 'ids, sequences, words, entropy, names'],
      line: ['assigned-password: ******** is a mask'],
      stays: ['what only looks like a secret;', counted('masked')],
    },
    {
      title: 'One kind for each stretch',
      about: ['the proven kind before the likely one,', 'the typed one before the name'],
      line: [`${TYPED} stays,`, `${NAMED} goes`],
      stays: ['what another kind tells better;', counted('overlapped')],
    },
    {
      title: 'Noise',
      about: ['a name with ever new values in one log', 'is no password'],
      line: ['verified: never noise'],
      stays: ['noisy names: LOW, in the daily digest,', 'and the finding says so'],
    },
    {
      title: 'Finding (redaction)',
      about: ['all secrets of all rules are masked in the', 'line around it, which is scanned again'],
      line: [
        `${found.severity}  ${found.rule} ${found.kind}`,
        `${measure} · ${found.verified ? 'verified' : ''}`,
        `in ${found.keyPath} · fingerprint …`,
      ],
      stays: ['the secret: what leaves is a keyed', 'fingerprint, a public prefix, a length'],
    },
  ];
}

const WIDTH_PX = 984;
const TOP_PX = 84;
const ROW_PX = 62;
const ARROW_PX = 12;
const TEXT_PX = 17;
const COLUMNS = { stage: 16, line: 330, stays: 712 } as const;
const WIDTHS = { stage: 296, line: 366, stays: 256 } as const;
const INK = '#24292f';
const GRAY = '#57606a';

export function drawSecretsPicture(): string {
  const rows = stages(scanSample());
  const height = TOP_PX + rows.length * (ROW_PX + ARROW_PX) + 8;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH_PX} ${height}" width="${WIDTH_PX}" height="${height}" xml:space="preserve" role="img" aria-label="The way of a secret through the engine: ${rows.map(({ title }) => title.toLowerCase()).join(', ')}" font-family="system-ui, sans-serif" font-size="13">`,
    `<rect width="${WIDTH_PX}" height="${height}" rx="8" fill="#f6f8fa"/>`,
    text(16, 34, 'One line of a log on its way through the engine: each stage lets less through', {
      size: 15,
      bold: true,
    }),
    text(COLUMNS.stage, 66, 'stage', { color: GRAY }),
    text(COLUMNS.line, 66, 'what it makes of the line', { color: GRAY }),
    text(COLUMNS.stays, 66, 'what goes no further', { color: GRAY }),
    ...rows.flatMap(drawStage),
    '</svg>',
    '',
  ].join('\n');
}

function drawStage({ title, about, line, stays }: Stage, row: number, rows: readonly Stage[]): string[] {
  const y = TOP_PX + row * (ROW_PX + ARROW_PX);
  const isLast = row === rows.length - 1;
  const below = y + ROW_PX;
  const arrowX = COLUMNS.stage + WIDTHS.stage / 2;
  return [
    box(COLUMNS.stage, y, WIDTHS.stage, isLast ? '#ddf4ff' : '#ffffff', isLast ? '#0969da' : GRAY),
    text(COLUMNS.stage + 10, y + 20, `${row + 1}  ${title}`, { color: '#0550ae', size: 14, bold: true }),
    ...about.map((words, index) => text(COLUMNS.stage + 10, y + 38 + index * TEXT_PX, words, {})),
    box(COLUMNS.line, y, WIDTHS.line, '#ffffff', '#d0d7de'),
    ...line.map((words, index) =>
      text(COLUMNS.line + 10, centred(y, line.length, index), words, { mono: true }),
    ),
    ...stays.map((words, index) =>
      text(COLUMNS.stays, centred(y, stays.length, index), words, { color: '#7d4e00' }),
    ),
    isLast ? '' : `<path d="M${arrowX - 6} ${below + 3}h12l-6 7z" fill="${GRAY}"/>`,
  ].filter((part) => part !== '');
}

function box(x: number, y: number, width: number, fill: string, stroke: string): string {
  return `<rect x="${x}" y="${y}" width="${width}" height="${ROW_PX}" rx="6" fill="${fill}" stroke="${stroke}"/>`;
}

/** Base line of one of several lines in the middle of a row. */
function centred(y: number, lines: number, index: number): number {
  return Math.round(y + ROW_PX / 2 + 4 + (index - (lines - 1) / 2) * TEXT_PX);
}

interface Look {
  readonly color?: string;
  readonly size?: number;
  readonly bold?: boolean;
  readonly mono?: boolean;
}

function text(x: number, y: number, words: string, { color = INK, size, bold, mono }: Look): string {
  const look = [
    ...(size === undefined ? [] : [`font-size="${size}"`]),
    ...(bold === true ? ['font-weight="600"'] : []),
    ...(mono === true
      ? ['font-family="ui-monospace, SFMono-Regular, Menlo, Consolas, monospace" font-size="12"']
      : []),
    `fill="${color}"`,
  ];
  const escaped = words.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
  return `<text x="${x}" y="${y}" ${look.join(' ')}>${escaped}</text>`;
}

function count(number: number): string {
  return number.toLocaleString('en-US');
}
