// Passwords in connection strings: `scheme://user:password@host`, JDBC, ODBC and ADO, libpq.

import { isDocumentationHost, isLocalHost } from './local-hosts.ts';
import { isPlaceholder, isWellKnownPassword } from './not-a-secret.ts';
import { decodePercent } from './percent.ts';

export interface ConnectionPassword {
  /** `postgresql`, `jdbc:mysql`, `odbc`, ... */
  readonly scheme: string;
  /** '' where there is none, or where it would give away the password. */
  readonly user: string;
  /** '' where it may be a part of the password. */
  readonly host: string;
  /** Secret: never kept, never shown. */
  readonly password: string;
  /** As it stands in the text, percent signs and all. Secret. */
  readonly written: string;
  /** The host is this machine, an emulator or a name of a documentation. */
  readonly local: boolean;
  /** A default or documentation password: real where it is used, and known to everybody. */
  readonly wellKnown: boolean;
}

const MAX_MATCHES = 32;

/** Schemes that carry a password before the host. SQLAlchemy adds a driver: https://docs.sqlalchemy.org/en/20/core/engines.html#database-urls */
const URL_WITH_PASSWORD =
  /(?<![A-Za-z0-9])((?:jdbc:)?(?:postgres(?:ql)?|mysqlx?|mariadb|mongodb|rediss?|valkeys?|amqps?|pyamqp|mssql|sqlserver|oracle|cockroachdb|clickhouse|snowflake|redshift|neo4j|bolt|couchdb|couchbases?|influxdb|ldaps?|smtps?|s?ftp|mqtts?|nats)(?:\+[a-z0-9_]{1,24})?):\/\/([^\s:/?#@'"<>\\]{0,128}):([^\s'"<>/?\\]{1,256})@([A-Za-z0-9._\-[\],]{1,255})/gi;
/** Of Go's driver for MySQL: https://github.com/go-sql-driver/mysql#dsn-data-source-name */
const GO_DSN =
  /(?<![A-Za-z0-9_./-])([A-Za-z0-9_.-]{1,64}):([^\s:'"@/\\]{1,128})@(?:tcp6?|unix)\(([A-Za-z0-9._:/[\]-]{1,255})\)/g;
const JDBC =
  /jdbc:([a-z0-9]{2,20})(?::[a-z]{2,10})?:(?:\/\/|@)?([A-Za-z0-9._\-:,@/\\[\]]{1,255})[^\s'"]{0,1000}/gi;
const JDBC_ORACLE =
  /jdbc:oracle:(?:thin|oci8?):([A-Za-z0-9_$#.-]{1,64})\/([^\s'"/]{1,128})@(?:\/\/)?([A-Za-z0-9._-]{1,255})/gi;
const PASSWORD_MEMBER =
  /(?:^|[;&?\s"'({,])(?:password|pwd)\s?=\s?(\{[^}]{1,128}\}+|'[^']{1,128}'|"[^"]{1,128}"|[^;&\s'"),]{1,128})/gi;
const HOST_MEMBER =
  /(?:^|[;&?\s"'({,=])(?:server|data source|host|addr(?:ess)?|network address|hostname)\s?=\s?["']?(?:tcp:)?([A-Za-z0-9._\-[\]\\]{1,255})/i;
const USER_MEMBER = /(?:^|[;&?\s"'({,])(?:user id|userid|username|user|uid)\s?=\s?["']?([^;&\s'"),]{1,128})/i;
/** What tells a connection string from a form or a query with a password in it: a member that only connection strings have. */
const CONNECTION_MEMBER =
  /(?:^|[;&?\s"'({,=])(?:driver|data source|initial catalog|database|dbname|dsn|provider|port|sslmode|trustservercertificate|integrated security|server)\s?=/i;
/** Characters behind a host that are looked at for what shows that it is none; a password has at most 256. */
const BEHIND_HOST = 512;
/** Up to the end of the word: white space, also as JSON writes it, a quote, or the next URL. */
const WORD_BEHIND = /^(?:(?!\\[nrt"'u]|[a-z][a-z0-9+]{0,24}:\/\/)[^\s'"<>])*/i;
const QUERY_BEHIND = /^(?:\/[\w.-]*)?\?[\w.-]+=/;
const HOST_BEHIND = /^[A-Za-z0-9._\-[\],]{1,255}/;
/** `{password}`: a template's name. Braces that quote a value (ODBC) are put around values with special characters. */
const TEMPLATE_NAME = /^\{\s?(?:[a-z_]+|[A-Z_]+)\s?\}+$/;
/** Members of one connection string stand this near to each other, characters. */
const STRING_LENGTH = 400;

export function findConnectionPasswords(text: string): ConnectionPassword[] {
  const found: ConnectionPassword[] = [];
  for (const match of bounded(text.matchAll(URL_WITH_PASSWORD))) {
    const behind = text.slice(match.index + match[0].length, match.index + match[0].length + BEHIND_HOST);
    const { host, password } = splitAtHost(match[4]!, match[3]!, behind);
    add(found, match[1]!, decodePercent(match[2]!), host, decodePercent(password), password);
  }
  for (const match of bounded(text.matchAll(JDBC_ORACLE))) {
    const behind = text.slice(match.index + match[0].length, match.index + match[0].length + BEHIND_HOST);
    const { host, password } = splitAtHost(match[3]!, match[2]!, behind);
    add(found, 'jdbc:oracle', match[1]!, host, password);
  }
  for (const match of bounded(text.matchAll(GO_DSN)))
    add(found, 'mysql', match[1]!, match[3]!.replace(/:\d{1,5}$/, ''), match[2]!);
  const inUrls: [number, number][] = [];
  for (const match of bounded(text.matchAll(JDBC))) {
    const url = match[0];
    inUrls.push([match.index, match.index + url.length]);
    const host = match[2]!.split(/[:/,@]/).find((part) => part !== '') ?? '';
    addMember(found, `jdbc:${match[1]!.toLowerCase()}`, host, url);
  }
  for (const match of bounded(text.matchAll(PASSWORD_MEMBER))) {
    if (inUrls.some(([from, to]) => match.index >= from && match.index < to)) continue;
    const around = lineAround(text, match.index, match.index + match[0].length);
    const host = HOST_MEMBER.exec(around)?.[1];
    if (host === undefined || !CONNECTION_MEMBER.test(around)) continue;
    const scheme = /driver\s?=/i.test(around) ? 'odbc' : /;/.test(around) ? 'ado' : 'libpq';
    if (TEMPLATE_NAME.test(match[1]!)) continue;
    add(found, scheme, USER_MEMBER.exec(around)?.[1] ?? '', host, unquote(match[1]!));
  }
  return found;
}

/**
 * Passwords that are not escaped may hold an @ and, behind it, what ends a host: then what looks like the host is a piece of the password.
 * Another @ in the same word tells. Behind a # the password goes on, since connection strings have no fragment; behind anything else
 * nobody knows, unless it is plainly a query, and the host is left out.
 */
function splitAtHost(
  host: string,
  password: string,
  behind: string,
): { readonly host: string; readonly password: string } {
  const word = WORD_BEHIND.exec(behind)![0];
  const at = word.lastIndexOf('@');
  if (at < 0 || QUERY_BEHIND.test(word)) return { host, password };
  if (!word.startsWith('#')) return { host: '', password };
  const last = HOST_BEHIND.exec(word.slice(at + 1))?.[0] ?? '';
  return { host: last, password: `${password}@${host}${word.slice(0, at)}` };
}

function addMember(found: ConnectionPassword[], scheme: string, host: string, url: string): void {
  PASSWORD_MEMBER.lastIndex = 0;
  const password = PASSWORD_MEMBER.exec(url)?.[1];
  PASSWORD_MEMBER.lastIndex = 0;
  if (password === undefined) return;
  const written = unquote(password);
  add(found, scheme, USER_MEMBER.exec(url)?.[1] ?? '', host, decodePercent(written), written);
}

function add(
  found: ConnectionPassword[],
  scheme: string,
  user: string,
  host: string,
  password: string,
  written: string = password,
): void {
  const isExample = isWellKnownPassword(user) && isWellKnownPassword(password) && isDocumentationHost(host);
  if (isPlaceholder(password) || isExample) return;
  found.push({
    scheme: scheme.toLowerCase(),
    user: sharesRun(user, password) ? '' : user,
    host,
    password,
    written,
    local: isLocalHost(host) || isDocumentationHost(host),
    wellKnown: isWellKnownPassword(password) || password === user,
  });
}

/** A user that is the password, or has 8 characters in a row in common with it. */
function sharesRun(user: string, password: string): boolean {
  if (user === password) return true;
  for (let at = 0; at + 8 <= password.length; at++)
    if (user.includes(password.slice(at, at + 8))) return true;
  return false;
}

function lineAround(text: string, from: number, to: number): string {
  let start = from;
  while (start > 0 && from - start < STRING_LENGTH && text[start - 1] !== '\n') start--;
  let end = to;
  while (end < text.length && end - to < STRING_LENGTH && text[end] !== '\n') end++;
  return text.slice(start, end);
}

function unquote(value: string): string {
  return /^(['"]).*\1$/s.test(value) || /^\{.*\}$/s.test(value) ? value.slice(1, -1) : value;
}

function* bounded<T>(matches: Iterable<T>): Generator<T> {
  let count = 0;
  for (const match of matches) {
    if (count++ >= MAX_MATCHES) return;
    yield match;
  }
}
