// SEC-11: secrets in what databases are told and tell: columns of a table with their rows, values of an INSERT.

import { type NamedPiece, secretOfPiece } from '../checks/named-piece.ts';
import { type FoundSecret, name, type SecretKind, word } from '../secret-kind.ts';
import { readName } from '../value-tests/secret-names.ts';

const KIND = { rule: 'SEC-11', rank: 0 } as const;
/** Cells of a row, rows below a heading and statements of a text that are looked at. */
const MAX_CELLS = 64;
const MAX_ROWS = 32;
const MAX_STATEMENTS = 16;

/** Ends of the names of columns that are looked for. */
const COLUMN_NAMES = [
  'password',
  'passwd',
  'pwd',
  'passphrase',
  'secret',
  'api_key',
  'apikey',
  'token',
] as const;

function saysSecret(text: string): boolean {
  if (!/^[A-Za-z_][\w.$-]{1,63}$/.test(text)) return false;
  const { nameClass, saysNo } = readName(text);
  return nameClass !== null && !saysNo;
}

interface Cell {
  readonly text: string;
  readonly start: number;
  /** Blanks keep it from its bars: in code there are none. */
  readonly spaced: boolean;
}

/** Of `| id | password |` and ` id | password`: without the bars at either end. */
function cellsOf(text: string, from: number, till: number): Cell[] {
  const cells: Cell[] = [];
  let start = from;
  for (let at = from; at <= till && cells.length < MAX_CELLS; at++) {
    if (at < till && text[at] !== '|') continue;
    const cell = text.slice(start, at);
    const isEdge = cell.trim() === '' && (cells.length === 0 || at === till);
    if (!isEdge)
      cells.push({
        text: cell.trim(),
        start: start + (cell.length - cell.trimStart().length),
        spaced: (start === from || cell.startsWith(' ')) && (at === till || cell.endsWith(' ')),
      });
    start = at + 1;
  }
  return cells;
}

/** `+----+------+`, `----+-----`, `|----|-----|` */
const RULE = /^[\s|+:-]{0,2000}$/;

function isRule(line: string): boolean {
  return line.includes('---') && RULE.test(line);
}

function findInTables(text: string, timeMs: number): FoundSecret[] {
  const found: FoundSecret[] = [];
  const add = (piece: NamedPiece): void => {
    const secret = secretOfPiece(piece, text, KIND, timeMs);
    if (secret !== null) found.push(secret);
  };
  const lines = linesOf(text);
  for (let row = 0; row < lines.length; row++) {
    const [from, till] = lines[row]!;
    const line = text.slice(from, till);
    if (!line.includes('|') || isRule(line)) continue;
    const cells = cellsOf(text, from, till);
    const columns = cells.flatMap((cell, column) => (cell.spaced && saysSecret(cell.text) ? [column] : []));
    const below = lines[row + 1];
    const isHeading = below !== undefined && isRule(text.slice(...below));
    if (!isHeading) {
      addSetting(cells, add);
      continue;
    }
    for (let next = row + 2; next < Math.min(lines.length, row + 2 + MAX_ROWS); next++) {
      const [start, end] = lines[next]!;
      const values =
        text.slice(start, end).includes('|') || cells.length === 1 ? cellsOf(text, start, end) : [];
      if (values.length !== cells.length || isRule(text.slice(start, end))) break;
      for (const column of columns) {
        const value = values[column]!;
        if (!/\s/.test(value.text))
          add({ name: cells[column]!.text, value: value.text, start: value.start, quoted: false });
      }
    }
  }
  return found;
}

/** Cells of a setting and its value: what the program said in front of them stands in the first one, what it said behind them in the last. */
const MAX_SETTING_CELLS = 6;

/** `smtp_password | ...` */
function addSetting(cells: readonly Cell[], add: (piece: NamedPiece) => void): void {
  if (cells.length > MAX_SETTING_CELLS) return;
  for (let column = 0; column + 1 < cells.length; column++) {
    const { text: said, spaced } = cells[column]!;
    const name = column === 0 ? said.slice(said.lastIndexOf(' ') + 1) : said;
    const value = cells[column + 1]!;
    if (!spaced || !value.spaced || !saysSecret(name)) continue;
    const word = value.text.split(/\s/, 1)[0]!;
    if (word !== value.text && !/^(?=[^0-9]*[0-9])(?=[^A-Z]*[A-Z])/.test(word)) continue;
    add({ name, value: word, start: value.start, quoted: false });
  }
}

function linesOf(text: string): (readonly [from: number, till: number])[] {
  const lines: (readonly [number, number])[] = [];
  for (let from = 0; from <= text.length; ) {
    const newline = text.indexOf('\n', from);
    const till = newline < 0 ? text.length : newline;
    lines.push([from, text[till - 1] === '\r' ? till - 1 : till]);
    from = till + 1;
  }
  return lines;
}

const INSERT =
  /(?:insert|replace)\s{1,4}(?:ignore\s{1,4})?into\s{1,4}[^\s(]{1,128}\s{0,4}\(([^()]{1,2000})\)\s{0,8}(?:output\s[^()]{1,128})?values\s{0,4}\(/gi;
/** Behind a statement whose values are bound: `PARAMETERS: ["a", "b"]`, `[generated in 0.1s] ('a', 'b')`. */
const PARAMETERS = /[([]\s{0,4}(?=["'])/g;
const PARAMETERS_REACH = 600;

function findInInserts(text: string, timeMs: number): FoundSecret[] {
  const found: FoundSecret[] = [];
  let statements = 0;
  for (const match of text.matchAll(INSERT)) {
    if (++statements > MAX_STATEMENTS) break;
    const columns = match[1]!.split(',').map((column) => column.replace(/["'`[\]\s]/g, ''));
    const wanted = columns.flatMap((column, index) => (saysSecret(column) ? [index] : []));
    if (wanted.length === 0) continue;
    const { values, end } = valuesOf(text, match.index + match[0].length, ')');
    if (values.length !== columns.length) continue;
    let bound: readonly Value[] | null = null;
    for (const index of wanted) {
      let value = values[index]!;
      if (!value.quoted && /^(?:\$\d{1,3}|\?|%s|:\w{1,40}|@\w{1,40}|%\(\w{1,40}\)s)$/.test(value.text)) {
        bound ??= boundValues(text, end, columns.length);
        value = bound[index] ?? value;
      }
      if (!value.quoted) continue;
      const piece = { name: columns[index]!, value: value.text, start: value.start, quoted: true };
      const secret = secretOfPiece(piece, text, KIND, timeMs);
      if (secret !== null) found.push(secret);
    }
  }
  return found;
}

function boundValues(text: string, from: number, count: number): readonly Value[] {
  PARAMETERS.lastIndex = from;
  for (let tries = 0; tries < 3; tries++) {
    const match = PARAMETERS.exec(text);
    if (match === null || match.index > from + PARAMETERS_REACH) break;
    const { values } = valuesOf(text, match.index + 1, text[match.index] === '(' ? ')' : ']');
    if (values.length === count) return values;
  }
  return listedValues(text, from, count);
}

/** An array of JSON stands here as its values, one a line. */
function listedValues(text: string, from: number, count: number): readonly Value[] {
  const values: Value[] = [];
  let at = text.indexOf('\n', from);
  if (at < 0 || at > from + PARAMETERS_REACH) return values;
  for (const line of text.slice(at, at + 4 * PARAMETERS_REACH).split('\n')) {
    const quoted = /^".*"$/.test(line);
    if (line !== '' && values.length < count)
      values.push({ text: quoted ? line.slice(1, -1) : line, start: quoted ? at + 1 : at, quoted });
    at += line.length + 1;
  }
  return values;
}

interface Value {
  readonly text: string;
  readonly start: number;
  readonly quoted: boolean;
}

/** The values up to a closing bracket: texts in quotes, and everything else as it stands. */
function valuesOf(text: string, from: number, closing: string): { values: readonly Value[]; end: number } {
  const values: Value[] = [];
  let at = from;
  while (at < text.length && values.length < MAX_CELLS) {
    while (text[at] === ' ' || text[at] === '\n' || text[at] === '\t') at++;
    const prefix = /^(?:N|E|b|_utf8mb4)?(?=['"])/.exec(text.slice(at, at + 10))?.[0] ?? '';
    const quote = text[at + prefix.length];
    if (quote === "'" || quote === '"') {
      const start = at + prefix.length + 1;
      const end = endOfQuoted(text, start, quote);
      if (end < 0) break;
      values.push({ text: text.slice(start, end), start, quoted: true });
      at = end + 1;
    } else {
      const start = at;
      let depth = 0;
      for (; at < text.length && at - start < 300; at++) {
        const sign = text[at];
        if (sign === '(' || sign === '[') depth++;
        else if (depth === 0 && (sign === ',' || sign === closing)) break;
        else if (sign === ')' || sign === ']') depth--;
      }
      values.push({ text: text.slice(start, at).trim(), start, quoted: false });
    }
    while (text[at] === ' ' || text[at] === '\n' || text[at] === '\t') at++;
    if (text[at] !== ',') break;
    at++;
  }
  return { values: text[at] === closing ? values : [], end: at };
}

/** Of SQL (a quote is doubled) and of what programs print (a backslash before it); -1 without one. */
function endOfQuoted(text: string, from: number, quote: string): number {
  for (let at = from; at < Math.min(text.length, from + 2000); at++) {
    if (text[at] === '\\') at++;
    else if (text[at] === quote) {
      if (text[at + 1] !== quote) return at;
      at++;
    }
  }
  return -1;
}

const BELOW = 4_000;

export const TABLE_KINDS: readonly SecretKind[] = [
  {
    name: 'table-secret',
    title: 'Secret in a row of a table',
    rule: 'SEC-11',
    severity: 'HIGH',
    literals: name(...COLUMN_NAMES),
    before: 400,
    find: findInTables,
    linesOnly: true,
    rank: 0,
    source: 'https://dev.mysql.com/doc/refman/8.4/en/mysql-command-options.html#option_mysql_table',
  },
  {
    name: 'column-secret',
    title: 'Secret in a column of a table',
    rule: 'SEC-11',
    severity: 'HIGH',
    literals: word(
      ...COLUMN_NAMES.map((text) => `| ${text}`),
      '| db_password',
      '| user_password',
      '| access_token',
    ),
    before: 400,
    behind: BELOW,
    overLines: true,
    find: findInTables,
    linesOnly: true,
    rank: 0,
    source: 'https://www.postgresql.org/docs/current/app-psql.html',
  },
  {
    name: 'inserted-secret',
    title: 'Secret among the values of an INSERT',
    rule: 'SEC-11',
    severity: 'HIGH',
    // The end of a list of columns, or a place in it.
    literals: word(
      ...COLUMN_NAMES.flatMap((text) => [
        `${text})`,
        `${text}")`,
        `${text}\`)`,
        `${text},`,
        `${text}",`,
        `${text}\`,`,
      ]),
      ...['smtp_password', 'password'].map((text) => `${text}\\")`),
    ),
    before: 1_000,
    behind: 2_000,
    find: findInInserts,
    linesOnly: true,
    rank: 0,
    source: 'https://www.postgresql.org/docs/current/sql-insert.html',
  },
];
