// SEC-11: secrets that a page, a listing or the lines below each other give to a name.

import { checkAssigned, checkBesideName } from '../checks/assigned-value.ts';
import { prefix, type SecretKind, word } from '../secret-kind.ts';

const NAMES = 'password|passwd|passphrase|secret|token|api_?key|secret_key|access_key|encryption_key';
const ENDINGS = [
  'password',
  'passwd',
  'passphrase',
  'secret',
  'token',
  'api_key',
  'apikey',
  'secret_key',
  'encryption_key',
];

export const PAGE_KINDS: readonly SecretKind[] = [
  {
    name: 'page-cell-secret',
    title: 'Secret in a table of a page',
    rule: 'SEC-11',
    severity: 'HIGH',
    // Django's page for errors, phpinfo().
    literals: word(
      ...ENDINGS.flatMap((text) => [
        `${text}</t`,
        `${text} </t`,
        `${text}']</t`,
        `${text}\\u003c/t`,
        `${text}<\\/t`,
      ]),
    ),
    pattern: new RegExp(
      `(?<![\\w.$-])(?<name>[\\w.$-]{0,64}?(?:${NAMES}))(?:'\\])?[ ]?</t[dh](?<given>>)\\s{0,16}<td(?:[ ][^<>\\n]{0,64})?>(?:<(?:pre|code|span)(?:[ ][^<>\\n]{0,64})?>)?["']?(?!&(?:quot|apos|#39|#34|#x2[27]);)(?<secret>[^\\s<>"'][^<>"'\\n]{0,255}?)["']?[ ]?</`,
      'gid',
    ),
    before: 96,
    behind: 640,
    overLines: true,
    check: checkAssigned,
    linesOnly: true,
    rank: 0,
    source: 'https://docs.djangoproject.com/en/5.2/ref/settings/#debug',
  },
  {
    name: 'dumped-secret',
    title: 'Secret in what PHP dumps of an array',
    rule: 'SEC-11',
    severity: 'HIGH',
    literals: [
      ...word(
        'password"]=>\n',
        'password"]=>\\n',
        'password":protected]=>\n',
        'password":private]=>\n',
        'secret"]=>\n',
        'token"]=>\n',
        'api_key"]=>\n',
      ),
      // Letters as no program escapes them: where one stands, all kinds look at what the line says.
      ...prefix('\\u006', '\\u007'),
    ],
    pattern: new RegExp(
      `"(?<name>[\\w.-]{0,64}?(?:${NAMES}|pass))"(?::"?[\\w\\\\]{0,64}"?)?(?::(?:protected|private))?\\](?<given>=>)\\s{1,40}(?:string\\(\\d{1,6}\\)[ ])?"(?<secret>[^"\\n\\r]{1,256})"`,
      'gid',
    ),
    before: 96,
    behind: 400,
    overLines: true,
    linesOnly: true,
    check: checkAssigned,
    rank: 0,
    source: 'https://www.php.net/manual/en/function.var-dump.php',
  },
  {
    name: 'aligned-secret',
    title: 'Secret in a column beside its name',
    rule: 'SEC-11',
    severity: 'HIGH',
    literals: word(
      'password    ',
      'passwd    ',
      'secret    ',
      'token    ',
      'api_key    ',
      'password\t',
      'secret_key\t',
      'token\t',
    ),
    pattern:
      /(?<![^\n"'])[ \t]{0,16}(?:\$_(?:ENV|SERVER)\[')?(?<name>[\w.-]{0,48}?(?:password|passwd|secret|token|api_key|secret_key))(?:'\])?(?:[ ]{4,40}|\t{1,4})(?<secret>[^\s"'`|]{8,256})(?=[ \t]{0,8}(?:[\r\n"']|$))/dgi,
    before: 64,
    check: checkBesideName,
    linesOnly: true,
    rank: 0,
    source: 'https://developer.hashicorp.com/vault/docs/commands/kv/get',
  },
];
