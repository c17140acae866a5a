// SEC-11: names and values as languages and programs write them that put no equals sign or colon between: Clojure, Scala, Erlang, forms in
// parts, lists with the value in front of its name, settings of Flink, tables of commas.

import { checkAssigned, checkPasswordValue } from '../checks/assigned-value.ts';
import { type NamedPiece, secretOfPiece } from '../checks/named-piece.ts';
import { type FoundSecret, prefix, type SecretKind, word } from '../secret-kind.ts';
import { readName } from '../value-tests/secret-names.ts';

const NAMES =
  'password|passwd|pwd|passphrase|secret|token|api[_-]?key|secret[_-]?key|secret[_-]?key[_-]?base|access[_-]?key|(?:signing|encryption|app|auth|account|storage|master|private|service)[_-]?key|psk';
const GUIDE = 'https://cheatsheetseries.owasp.org/cheatsheets/Logging_Cheat_Sheet.html#data-to-exclude';
const TABLE = { rule: 'SEC-11', rank: 0 } as const;
const MAX_ROWS = 32;
const MAX_HEADINGS = 8;

/** Whose the row is: without one of these a line of words and commas is no heading. */
const OWNER =
  /^(?:id|user|username|user_name|login|e?mail|name|host|hostname|account|server|url|database|role)$/i;

/** `login,password` and the rows below it. */
function findInCommaTables(text: string, timeMs: number): FoundSecret[] {
  const found: FoundSecret[] = [];
  let headings = 0;
  for (let from = 0; from < text.length && headings < MAX_HEADINGS; ) {
    const end = lineEnd(text, from);
    const columns = columnsOf(text.slice(from, end));
    const wanted = columns.flatMap((column, index) => {
      const { nameClass, saysNo } = readName(column);
      return nameClass === null || saysNo ? [] : [index];
    });
    from = end + 1;
    if (wanted.length === 0 || !columns.some((column) => OWNER.test(column))) continue;
    headings++;
    for (let row = 0; row < MAX_ROWS && from < text.length; row++) {
      const rowEnd = lineEnd(text, from);
      const cells = cellsOf(text.slice(from, rowEnd).split('"', 1)[0]!);
      if (cells.length !== columns.length) break;
      for (const index of wanted) {
        // A line may go on behind its last cell.
        const value = index === cells.length - 1 ? cells[index]!.split(/[\s&']/, 1)[0]! : cells[index]!;
        const start = from + cells.slice(0, index).join(',').length + (index === 0 ? 0 : 1);
        const piece: NamedPiece = { name: columns[index]!, value, start, quoted: false };
        const secret = /\s/.test(value) ? null : secretOfPiece(piece, text, TABLE, timeMs);
        if (secret !== null) found.push(secret);
      }
      from = rowEnd + 1;
    }
  }
  return found;
}

const COLUMN = /^[A-Za-z_][\w ]{0,40}$/;

/** What a line ends with that may be a heading; before it a program's words may stand, and a time with a comma in it. */
function columnsOf(line: string): readonly string[] {
  const cells = cellsOf(headingOf(line));
  const columns: string[] = [];
  for (const [index, cell] of [...cells.entries()].reverse()) {
    if (index > 0 && COLUMN.test(cell)) {
      columns.unshift(cell);
      continue;
    }
    const first = cell.slice(cell.lastIndexOf(' ') + 1);
    if (COLUMN.test(first)) columns.unshift(first);
    break;
  }
  return columns;
}

/** Without what stands before it in its line: a name and a sign of an object or a query. */
function headingOf(line: string): string {
  return line
    .slice(Math.max(...['"', "'", '=', ':', '?', '&'].map((sign) => line.lastIndexOf(sign))) + 1)
    .trimStart();
}

function lineEnd(text: string, from: number): number {
  const newline = text.indexOf('\n', from);
  return newline < 0 ? text.length : newline;
}

/** Without quotes: a table that has some is read by nobody without a parser. */
function cellsOf(line: string): readonly string[] {
  if (line.length > 2_000 || line.includes('"') || !line.includes(',')) return [];
  return line.replace(/\r$/, '').split(',');
}

/** A name with its value close behind it. */
const NAMED_VALUE = {
  rule: 'SEC-11',
  severity: 'HIGH',
  before: 72,
  behind: 300,
  check: checkAssigned,
  linesOnly: true,
  rank: 0,
} as const;

export const LANGUAGE_KINDS: readonly SecretKind[] = [
  {
    name: 'keyword-secret',
    title: 'Secret behind a keyword of Clojure',
    ...NAMED_VALUE,
    literals: word(
      ...['password', 'passwd', 'secret', 'token', '-key', 'apikey', 'key-base', 'passphrase'].flatMap(
        // However often its quotes are escaped.
        (text) => [`${text} "`, `${text} \\`],
      ),
    ),
    pattern: new RegExp(
      `(?<![\\w"':]):(?<name>[\\w.*+!?/-]{0,64}?(?:${NAMES}))(?<given>[ ])"(?<secret>[^"\\n]{1,256})"`,
      'gid',
    ),
    source: 'https://clojure.org/reference/data_structures#Maps',
  },
  {
    name: 'arrow-secret',
    title: 'Secret behind an arrow of Scala',
    ...NAMED_VALUE,
    literals: word(
      ...['password', 'passwd', 'secret', 'token', '_key', 'apikey', '-key', 'psk'].map(
        (text) => `${text} -> `,
      ),
    ),
    pattern: new RegExp(
      `(?<![\\w.$-])(?<name>[\\w.$-]{0,64}?(?:${NAMES}))(?<given>[ ]->[ ])(?:Some\\()?(?<secret>[^\\s"'\`<>,;&(){}\\[\\]|\\\\]{1,256})`,
      'gid',
    ),
    source: 'https://docs.scala-lang.org/overviews/collections-2.13/maps.html',
  },
  {
    name: 'term-secret',
    title: 'Secret in a term of Erlang',
    ...NAMED_VALUE,
    literals: word(
      ...['password', 'passwd', 'secret', 'token', 'api_key'].flatMap((text) => [
        `${text},"`,
        `${text},<<"`,
        `${text}, "`,
        `${text}">>`,
      ]),
    ),
    pattern: new RegExp(
      `(?:\\{:?|<<")(?<name>[\\w.@-]{0,64}?(?:${NAMES}))(?<given>,[ ]?|">>[ ]?(?:=>|,)[ ]?)(?:<<)?"(?<secret>[^"\\n]{1,256})"`,
      'gid',
    ),
    source: 'https://www.erlang.org/doc/system/data_types.html',
  },
  {
    name: 'form-part-secret',
    title: 'Secret in a part of a form',
    rule: 'SEC-11',
    severity: 'HIGH',
    literals: word(
      ...['password', 'passwd', 'secret', 'token', 'api_key', 'pass'].flatMap((text) => [
        `name="${text}"`,
        `name=\\"${text}\\"`,
      ]),
      'name="new_password"',
      'name="client_secret"',
      'name="user[password]"',
    ),
    pattern: new RegExp(
      `form-data;[ ]?name="(?:[\\w.-]{0,40}\\[)?(?<name>[\\w.-]{0,64}?(?:${NAMES}|pass))\\]?"(?<given>\\r?\\n\\r?\\n)(?<secret>[^\\r\\n]{1,256})(?=\\r?\\n|$)`,
      'gid',
    ),
    before: 96,
    behind: 320,
    overLines: true,
    check: checkAssigned,
    linesOnly: true,
    rank: 0,
    source: 'https://www.rfc-editor.org/rfc/rfc7578#section-4.2',
  },
  {
    name: 'value-before-name',
    title: 'Secret in a pair of value and name',
    rule: 'SEC-11',
    severity: 'HIGH',
    literals: word(
      ...[
        'password',
        'passwd',
        'secret',
        'api_key',
        'apikey',
        '_token',
        'authtoken',
        'secret_key',
        'secretkey',
      ].map((text) => `${text}"`),
    ),
    pattern: new RegExp(
      `"value"[ ]?:[ ]?"(?<secret>[^"\\n]{1,256})"[\\s,]{1,8}"(?:name|key)"(?<given>[ ]?:[ ]?)"(?<name>[\\w.$/-]{0,64}?(?:${NAMES}))"`,
      'gid',
    ),
    before: 330,
    behind: 48,
    check: checkAssigned,
    linesOnly: true,
    rank: 0,
    source: 'https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_KeyValuePair.html',
  },
  {
    name: 'loaded-property',
    title: 'Secret among the settings that Flink says it loads',
    rule: 'SEC-11',
    severity: 'HIGH',
    literals: word('loading configuration property: '),
    pattern: new RegExp(
      `loading configuration property: (?<name>[\\w.-]{0,80}?(?:${NAMES}))(?<given>,[ ])(?<secret>[^\\s"']{1,256})`,
      'gid',
    ),
    check: checkAssigned,
    linesOnly: true,
    rank: 0,
    source: 'https://nightlies.apache.org/flink/flink-docs-stable/docs/deployment/config/',
  },
  {
    name: 'comma-table-secret',
    title: 'Secret in a column of a table with commas',
    rule: 'SEC-11',
    severity: 'HIGH',
    literals: word(
      ...['password', 'passwd', 'pwd', 'secret', 'token', 'api_key'].flatMap((text) => [
        `,${text}\n`,
        `,${text}\r\n`,
        `,${text}\\`,
        `%2c${text}%`,
        `,${text},`,
      ]),
    ),
    before: 400,
    behind: 4_000,
    overLines: true,
    find: findInCommaTables,
    linesOnly: true,
    rank: 0,
    source: 'https://www.rfc-editor.org/rfc/rfc4180#section-2',
  },
  {
    name: 'generated-password-line',
    title: 'Password that a program made at its first start, on the line below',
    rule: 'SEC-11',
    severity: 'HIGH',
    // Elasticsearch and Jenkins.
    literals: word('password for the elastic user', 'password to proceed to installation'),
    pattern:
      /(?:password for the elastic user[^\n]{0,120}:|password to proceed to installation:)\s{1,12}(?<secret>[A-Za-z0-9*_=+-]{16,40})(?=\s|$)/dgi,
    behind: 320,
    overLines: true,
    check: checkPasswordValue,
    linesOnly: true,
    rank: 0,
    source: 'https://www.elastic.co/docs/deploy-manage/security/self-auto-setup',
  },
  {
    name: 'ftp-login',
    title: 'Password of an FTP session',
    rule: 'SEC-11',
    severity: 'HIGH',
    literals: word('please specify the password', 'password required for '),
    // Behind the answer that asks for it: tests say PASS, too.
    pattern: /331[ -][^\n3]{0,160}\n(?:[^\n]{0,160}\n)?PASS (?<secret>[^\s"'<>]{4,128})(?=\s|$)/dg,
    before: 400,
    overLines: true,
    check: checkPasswordValue,
    linesOnly: true,
    rank: 0,
    source: 'https://www.rfc-editor.org/rfc/rfc959#section-5.3.1',
  },
  {
    name: 'pgpass-line',
    title: 'Password of a .pgpass file',
    rule: 'SEC-11',
    severity: 'HIGH',
    literals: prefix(':5432:', ':6432:', ':5433:'),
    pattern:
      /(?<![\w.:/@*-])(?:[\w.-]{1,128}|\*):(?:5432|5433|6432):(?:[\w-]{1,63}|\*):[\w.-]{1,63}:(?<secret>[^\s:"'\\]{6,128})(?=["']?(?:\s|\\|$))/dg,
    before: 140,
    check: checkPasswordValue,
    linesOnly: true,
    rank: 0,
    source: 'https://www.postgresql.org/docs/current/libpq-pgpass.html',
  },
  {
    name: 'secret-sentence',
    title: 'Secret in a sentence',
    rule: 'SEC-11',
    severity: 'MEDIUM',
    literals: word(
      'secret is ',
      'api key is ',
      'token is ',
      'token is: ',
      'secret is: ',
      'key is: ',
      'secret key is ',
      'access key is ',
      'encryption key is ',
    ),
    pattern:
      /(?<![\w-])(?<name>(?:[a-z]{2,16}[ _-]){0,3}(?:secret|api key|token|secret key|access key|encryption key))(?<given> is:? )["'`]?(?<secret>[A-Za-z0-9+/=_-]{20,256})(?![A-Za-z0-9+/=_.-])/dgi,
    check: checkAssigned,
    linesOnly: true,
    rank: 0,
    source: GUIDE,
  },
];
