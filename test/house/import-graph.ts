// Who imports whom, read from the sources themselves, and what the design allows.

import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import ts from 'typescript';

export interface Import {
  readonly specifier: string;
  readonly line: number;
  /** `import type` or `export type`: gone at run time. */
  readonly typeOnly: boolean;
  /** `import()`: only when that line runs. */
  readonly later: boolean;
  /** Names that are taken: `default`, `*`, or the exported names. */
  readonly names: readonly string[];
}

/** Text by path; paths start with `src/` or `handlers/` and use forward slashes. */
export type Sources = ReadonlyMap<string, string>;

export function readSources(root: string): Sources {
  const sources = new Map<string, string>();
  for (const folder of ['src', 'handlers']) {
    for (const entry of readdirSync(path.join(root, folder), { recursive: true, encoding: 'utf8' })) {
      if (!/\.[cm]?[jt]s$/.test(entry)) continue;
      // AssemblyScript, which has rules of its own for imports.
      if (entry.includes(`-kernel${path.sep}kernel${path.sep}`)) continue;
      const name = path.posix.join(folder, entry.split(path.sep).join('/'));
      sources.set(name, readFileSync(path.join(root, name), 'utf8'));
    }
  }
  return sources;
}

const known = new Map<string, readonly Import[]>();

/** Parsed once for each text: to parse all of the house takes a second. */
export function importsOf(name: string, text: string): readonly Import[] {
  const at = `${name}\n${text}`;
  const imports = known.get(at) ?? parseImports(name, text);
  known.set(at, imports);
  return imports;
}

function parseImports(name: string, text: string): Import[] {
  const file = ts.createSourceFile(name, text, ts.ScriptTarget.Latest);
  const imports: Import[] = [];
  const add = (
    node: ts.Node,
    from: ts.Node | undefined,
    typeOnly: boolean,
    names: readonly string[],
    later = false,
  ): void => {
    const specifier = from !== undefined && ts.isStringLiteralLike(from) ? from.text : '(not a literal)';
    const line = file.getLineAndCharacterOfPosition(node.getStart(file)).line + 1;
    imports.push({ specifier, line, typeOnly, later, names });
  };
  const visit = (node: ts.Node): void => {
    if (ts.isImportDeclaration(node)) {
      const clause = node.importClause;
      add(node, node.moduleSpecifier, clause?.phaseModifier === ts.SyntaxKind.TypeKeyword, namesOf(clause));
    } else if (ts.isExportDeclaration(node) && node.moduleSpecifier !== undefined) {
      add(node, node.moduleSpecifier, node.isTypeOnly, ['*']);
    } else if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword) {
      add(node, node.arguments[0], false, ['*'], true);
    } else if (ts.isImportTypeNode(node)) {
      add(node, ts.isLiteralTypeNode(node.argument) ? node.argument.literal : undefined, true, ['*']);
    }
    ts.forEachChild(node, visit);
  };
  visit(file);
  return imports;
}

function namesOf(clause: ts.ImportClause | undefined): string[] {
  if (clause === undefined) return [];
  const names: string[] = clause.name === undefined ? [] : ['default'];
  const bindings = clause.namedBindings;
  if (bindings === undefined) return names;
  if (ts.isNamespaceImport(bindings)) return [...names, '*'];
  return [...names, ...bindings.elements.map((element) => (element.propertyName ?? element.name).text)];
}

/** `file` and what is loaded with it, all the way down. */
export function loadedWith(file: string, sources: Sources): ReadonlySet<string> {
  const loaded = new Set([file]);
  for (const name of loaded) {
    for (const { specifier, typeOnly, later } of importsOf(name, sources.get(name)!)) {
      if (specifier.startsWith('.') && !typeOnly && !later)
        loaded.add(path.posix.join(path.posix.dirname(name), specifier));
    }
  }
  return loaded;
}

/** Groups of files that import each other in a circle, type imports included. */
export function cyclesOf(graph: ReadonlyMap<string, readonly string[]>): string[][] {
  const cycles: string[][] = [];
  const state = new Map<string, 'open' | 'done'>();
  const trail: string[] = [];
  const walk = (name: string): void => {
    state.set(name, 'open');
    trail.push(name);
    for (const next of graph.get(name) ?? []) {
      if (state.get(next) === 'open') cycles.push([...trail.slice(trail.indexOf(next)), next]);
      else if (!state.has(next)) walk(next);
    }
    trail.pop();
    state.set(name, 'done');
  };
  for (const name of graph.keys()) if (!state.has(name)) walk(name);
  return cycles;
}
