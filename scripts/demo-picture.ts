// npm run picture: draws docs/demo.svg from what `npm run demo` left behind, with the very code that prints the report.

import { readFileSync, writeFileSync } from 'node:fs';
import type { Finding } from '../src/findings/finding.ts';
import { renderPretty } from '../src/reports/pretty.ts';
import type { RunSummary } from '../src/reports/run-summary.ts';
import { clip, displayWidth } from '../src/reports/terminal-text.ts';

const COLUMNS = 104;
const COLUMN_PX = 7.8;
const LINE_PX = 18;
const MARGIN_PX = 20;
/** Rules with a finding in the picture. None of them shows a key id: scanners would take a simulated one for a leak. */
const SHOWN = ['TLS-06', 'POL-10'];
const KEY_ID = /A[KS]IA[A-Z2-7]{16}/;

interface Look {
  readonly color: string;
  readonly background: string;
  readonly bold: boolean;
}

const PLAIN: Look = { color: '#d0d7de', background: '', bold: false };
const COLORS: Readonly<Record<number, string>> = {
  31: '#ff7b72',
  32: '#7ee787',
  33: '#e3b341',
  36: '#76e3ea',
  37: '#ffffff',
  90: '#8b949e',
  91: '#ff7b72',
};

/** One SGR code: https://www.ecma-international.org/publications-and-standards/standards/ecma-48/ (8.3.117) */
function restyle(look: Look, code: number): Look {
  if (code === 0) return PLAIN;
  if (code === 1) return { ...look, bold: true };
  if (code === 2) return { ...look, color: '#8b949e' };
  if (code === 22)
    return { ...look, bold: false, color: look.color === '#8b949e' ? PLAIN.color : look.color };
  if (code === 39) return { ...look, color: PLAIN.color };
  if (code === 41) return { ...look, background: '#b62324' };
  if (code === 49) return { ...look, background: '' };
  return { ...look, color: COLORS[code] ?? look.color };
}

function drawLine(line: string, row: number): string {
  const parts: string[] = [];
  let look = PLAIN;
  let column = 0;
  const y = MARGIN_PX + (row + 1) * LINE_PX;
  const escapeCharacter = String.fromCharCode(27);
  for (const piece of line.split(escapeCharacter)) {
    const style = /^\[([\d;]*)m/.exec(piece);
    for (const code of style?.[1]?.split(';') ?? []) look = restyle(look, Number(code));
    // A terminal would wrap what is longer.
    const text = clip(piece.slice(style?.[0].length ?? 0), COLUMNS - column);
    const width = displayWidth(text);
    const x = MARGIN_PX + column * COLUMN_PX;
    if (look.background !== '' && width > 0) {
      parts.push(
        `<rect x="${x.toFixed(1)}" y="${y - 13}" width="${(width * COLUMN_PX).toFixed(1)}" height="17" fill="${look.background}"/>`,
      );
    }
    if (text.trim() !== '') {
      const weight = look.bold ? ' font-weight="bold"' : '';
      parts.push(
        `<text x="${x.toFixed(1)}" y="${y}" textLength="${(width * COLUMN_PX).toFixed(1)}" fill="${look.color}"${weight}>${xml(text)}</text>`,
      );
    }
    column += width;
  }
  return parts.join('');
}

function xml(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll(' ', '\u00a0');
}

function picture(text: string): string {
  const lines = text.trimEnd().split('\n');
  const width = Math.ceil(COLUMNS * COLUMN_PX + 2 * MARGIN_PX);
  const height = lines.length * LINE_PX + 2 * MARGIN_PX + 6;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" xml:space="preserve" role="img" aria-label="A report of wiretrail in a terminal" font-family="ui-monospace, SFMono-Regular, Menlo, Consolas, monospace" font-size="13">`,
    `<rect width="${width}" height="${height}" rx="8" fill="#0d1117"/>`,
    ...lines.map(drawLine).filter((line) => line !== ''),
    '</svg>',
    '',
  ].join('\n');
}

const folder = process.argv[2] ?? 'wiretrail-demo';
const findings = readFileSync(`${folder}/report/findings.jsonl`, 'utf8')
  .split('\n')
  .filter((line) => line !== '' && !KEY_ID.test(line))
  .map((line) => JSON.parse(line) as Finding)
  .sort((a, b) => b.score - a.score);
const summary = JSON.parse(readFileSync(`${folder}/report/summary.json`, 'utf8')) as RunSummary;
const shown = SHOWN.flatMap((rule) => findings.find((finding) => finding.rule.id === rule) ?? []).map(
  (finding) => ({
    ...finding,
    related: [],
  }),
);
const text = renderPretty(shown, summary, { color: true, width: COLUMNS });
const command = `$ npx wiretrail replay ${folder}/archive    # ${shown.length} of ${summary.findings.total} findings`;
writeFileSync('docs/demo.svg', picture(`${command}\n\n${text}`));
