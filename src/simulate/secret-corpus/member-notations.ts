// The ways in which programs print a member of an object as text.

import type { Random } from '../prng.ts';

interface Member {
  readonly key: string;
  readonly value: string;
}

/** As Python's repr() quotes: single quotes, double ones where the text holds a single one. */
export function pythonText(text: string): string {
  const escaped = text.replaceAll('\\', '\\\\').replaceAll('\n', '\\n');
  if (!text.includes("'")) return `'${escaped}'`;
  return text.includes('"') ? `'${escaped.replaceAll("'", "\\'")}'` : `"${escaped}"`;
}

function xmlText(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

function shellText(text: string): string {
  return /^[\w@%+=:,./-]*$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}

/** A plain scalar of YAML stays bare; https://yaml.org/spec/1.2.2/#733-plain-style */
function yamlText(text: string): string {
  return /^[A-Za-z0-9/][\w./+=~-]*$/.test(text) ? text : JSON.stringify(text);
}

export const MEMBER_NOTATIONS: Readonly<Record<string, (member: Member, random: Random) => string>> = {
  json: ({ key, value }) => JSON.stringify({ id: 42, [key]: value }),
  'json with spaces': ({ key, value }) => `{"id": 42, ${JSON.stringify(key)}: ${JSON.stringify(value)}}`,
  python: ({ key, value }) => `{'id': 42, ${pythonText(key)}: ${pythonText(value)}, 'active': True}`,
  // https://docs.djangoproject.com/en/5.2/ref/request-response/#querydict-objects
  'Django QueryDict': ({ key, value }) =>
    `<QueryDict: {'csrf': ['no'], ${pythonText(key)}: [${pythonText(value)}]}>`,
  // Raw headers of an ASGI scope: https://asgi.readthedocs.io/en/latest/specs/www.html
  'ASGI headers': ({ key, value }) =>
    `[(b'host', b'api.internal'), (b'${key.toLowerCase()}', b${pythonText(value)})]`,
  'node inspect': ({ key, value }) =>
    `{ id: 42, ${/^[A-Za-z_$][\w$]*$/.test(key) ? key : pythonText(key)}: ${pythonText(value)} }`,
  ruby: ({ key, value }) => `{"id"=>42, "${key}"=>${JSON.stringify(value)}}`,
  assignment: ({ key, value }) => `${key}=${shellText(value)}`,
  'quoted assignment': ({ key, value }) => `${key}=${JSON.stringify(value)}`,
  properties: ({ key, value }) => `${key} = ${value}`,
  header: ({ key, value }) => `${key}: ${value}`,
  yaml: ({ key, value }) => `${key}: ${yamlText(value)}`,
  export: ({ key, value }) => `export ${key.replaceAll(/[^A-Za-z0-9_]/g, '_')}=${shellText(value)}`,
  form: ({ key, value }) => new URLSearchParams({ id: '42', [key]: value }).toString(),
  xml: ({ key, value }) => `<id>42</id><${key}>${xmlText(value)}</${key}>`,
  option: ({ key, value }) => `--${key.toLowerCase().replaceAll('_', '-')}=${shellText(value)}`,
  'option and value': ({ key, value }) => `--${key.toLowerCase().replaceAll('_', '-')} ${shellText(value)}`,
};

const NAMES = Object.keys(MEMBER_NOTATIONS);
/** Notations in which only what a variable may be called can be a key. */
const FOR_NAMES = new Set([
  'xml',
  'option',
  'option and value',
  'assignment',
  'quoted assignment',
  'properties',
]);

/** `x-api-key`, `Cookie` */
const HEADER = /-|^(?:authorization|cookie|referer|location)$/i;

/** The member in one of the notations that can hold it. */
export function memberText(member: Member, random: Random): { readonly text: string; readonly way: string } {
  const isName = /^[A-Za-z_][\w.-]*$/.test(member.key);
  for (;;) {
    const way = random.pick(NAMES);
    if (FOR_NAMES.has(way) && !isName) continue;
    if (way === 'ASGI headers' && !HEADER.test(member.key)) continue;
    return { text: MEMBER_NOTATIONS[way]!(member, random), way };
  }
}
