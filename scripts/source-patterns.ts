// Every pattern that is shown what somebody else wrote, as it runs: literals by the syntax tree, what `new RegExp` builds by watching it
// while the modules load.

import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import ts from 'typescript';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const PLACES = ['src/detectors', 'src/records'];

export interface SourcePattern {
  readonly source: string;
  readonly flags: string;
  /** `src/detectors/secrets/kinds/tokens.ts:12` */
  readonly place: string;
}

export interface SourcePatterns {
  readonly patterns: readonly SourcePattern[];
  /** `new RegExp` that ran for no module while it loaded: nobody knows what it builds. */
  readonly unseen: readonly string[];
}

export async function sourcePatterns(): Promise<SourcePatterns> {
  const files = PLACES.flatMap((place) => filesIn(join(ROOT, place)));
  const literals: SourcePattern[] = [];
  const sites = new Set<string>();
  for (const file of files) readFile(file, literals, sites);
  const built = await watchModules(
    // Kinds may have their patterns built by a module of their family.
    files.filter(
      (file) => file.includes('/secrets/kinds/') || [...sites].some((site) => site.startsWith(placeOf(file))),
    ),
  );
  const seen = new Set(built.map(({ place }) => place));
  const all = [...literals, ...built];
  const known = new Map(all.map((pattern) => [`/${pattern.source}/${pattern.flags}`, pattern]));
  return { patterns: [...known.values()], unseen: [...sites].filter((site) => !seen.has(site)) };
}

function filesIn(place: string): string[] {
  if (statSync(place).isFile()) return [place];
  return readdirSync(place, { recursive: true, withFileTypes: true })
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((file) => file.endsWith('.ts') && !file.includes('-kernel/kernel/') && !file.includes('-wasm'))
    .sort();
}

function placeOf(file: string): string {
  return `${relative(ROOT, file)}:`;
}

function readFile(file: string, literals: SourcePattern[], sites: Set<string>): void {
  const tree = ts.createSourceFile(file, readFileSync(file, 'utf8'), ts.ScriptTarget.Latest);
  const visit = (node: ts.Node): void => {
    const place = () => `${placeOf(file)}${tree.getLineAndCharacterOfPosition(node.getStart(tree)).line + 1}`;
    if (ts.isRegularExpressionLiteral(node)) {
      const slash = node.text.lastIndexOf('/');
      literals.push({ source: node.text.slice(1, slash), flags: node.text.slice(slash + 1), place: place() });
    } else if (
      (ts.isNewExpression(node) || ts.isCallExpression(node)) &&
      node.expression.getText(tree) === 'RegExp'
    )
      sites.add(place());
    ts.forEachChild(node, visit);
  };
  visit(tree);
}

/** What RegExp is asked to build while the modules load, and where. */
async function watchModules(files: readonly string[]): Promise<SourcePattern[]> {
  const built: SourcePattern[] = [];
  const Original = globalThis.RegExp;
  const watch = (pattern: RegExp): RegExp => {
    const line = new Error().stack
      ?.split('\n')
      .find((frame) => PLACES.some((place) => frame.includes(`/${place}`)));
    const found = line === undefined ? null : /\/(src\/[^:?]+)[^:]*:(\d+):\d+/.exec(line);
    if (found !== null)
      built.push({ source: pattern.source, flags: pattern.flags, place: `${found[1]}:${found[2]}` });
    return pattern;
  };
  globalThis.RegExp = new Proxy(Original, {
    construct: (target, given: [string]) => watch(new target(...given)),
    apply: (target, _, given: [string]) => watch(target(...given)),
  });
  try {
    for (const file of files) await import(pathToFileURL(file).href);
  } finally {
    globalThis.RegExp = Original;
  }
  return built;
}
