// npm run notices: writes THIRD_PARTY_NOTICES.md, the packages that are installed with wiretrail or bundled into its Lambda functions.
// A test compares the file with what this makes of the lockfile, so that no package is shipped without its licence.

import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

interface LockEntry {
  readonly version?: string;
  readonly license?: string;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
}

export interface Lockfile {
  readonly packages: Readonly<Record<string, LockEntry>>;
}

/** Folders (`node_modules/zod`) of everything that the root package needs at run time, transitively, in order of the alphabet. */
export function productionFolders(lockfile: Lockfile): string[] {
  const found = new Set<string>();
  const follow = (folder: string): void => {
    const entry = lockfile.packages[folder];
    for (const name of Object.keys({ ...entry?.dependencies, ...entry?.optionalDependencies })) {
      const target = resolveFolder(lockfile, folder, name);
      if (target === null)
        throw new Error(`package-lock.json: ${name}, which ${folder || 'wiretrail'} needs, has no entry`);
      if (!found.has(target)) {
        found.add(target);
        follow(target);
      }
    }
  };
  follow('');
  return [...found].sort();
}

/** As Node does: the nearest node_modules, going up. https://nodejs.org/api/modules.html#loading-from-node_modules-folders */
function resolveFolder(lockfile: Lockfile, from: string, name: string): string | null {
  for (let folder = from; ; ) {
    const candidate = path.posix.join(folder, 'node_modules', name);
    if (candidate in lockfile.packages) return candidate;
    if (folder === '') return null;
    folder = folder.slice(0, Math.max(0, folder.lastIndexOf('/node_modules/')));
  }
}

export function thirdPartyNotices(root: string): string {
  const lockfile = JSON.parse(readFileSync(path.join(root, 'package-lock.json'), 'utf8')) as Lockfile;
  const rows: string[] = [];
  const owners = new Map<string, string[]>();
  for (const folder of productionFolders(lockfile)) {
    const name = folder.slice(folder.lastIndexOf('node_modules/') + 'node_modules/'.length);
    const { version = '', license = '' } = lockfile.packages[folder] ?? {};
    rows.push(`| [${name}](https://www.npmjs.com/package/${name}) | ${version} | ${license} |`);
    for (const text of licenceTexts(path.join(root, folder), name, license)) {
      owners.set(text, [...(owners.get(text) ?? []), name]);
    }
  }
  const texts = [...owners].map(([text, names]) => `### ${names.join(', ')}\n\n${fenced(text)}\n`);
  return [
    '# Third-party notices',
    '',
    'wiretrail itself is under the Apache License 2.0 ([LICENSE](LICENSE)). These packages are installed with it, and bundled',
    'into its Lambda functions. The list and the texts are made from the lockfile by `npm run notices`.',
    '',
    '| package | version | licence |',
    '|---|---|---|',
    ...rows,
    '',
    '## Licence texts',
    '',
    texts.join('\n'),
  ].join('\n');
}

/** Licence and notice files as the package ships them; where it ships none, what its package.json says. */
function licenceTexts(folder: string, name: string, license: string): string[] {
  if (!existsSync(folder)) throw new Error(`${folder} is not there: run npm ci first`);
  const files = readdirSync(folder).filter((file) => /^(licen[cs]e|notice|copying)/i.test(file));
  if (files.length > 0) {
    return files
      .sort()
      .map((file) => readFileSync(path.join(folder, file), 'utf8').replaceAll('\r\n', '\n').trim());
  }
  const manifest = JSON.parse(readFileSync(path.join(folder, 'package.json'), 'utf8')) as {
    author?: string | { name?: string };
    repository?: string | { url?: string };
  };
  const author =
    typeof manifest.author === 'string' ? manifest.author : (manifest.author?.name ?? 'the authors');
  const repository =
    typeof manifest.repository === 'string' ? manifest.repository : (manifest.repository?.url ?? '');
  return [`${name} ships no licence file. Its package.json says: ${license}, by ${author}, ${repository}`];
}

function fenced(text: string): string {
  return `\`\`\`text\n${text}\n\`\`\``;
}

if (import.meta.main) {
  const root = fileURLToPath(new URL('..', import.meta.url));
  writeFileSync(path.join(root, 'THIRD_PARTY_NOTICES.md'), thirdPartyNotices(root));
}
