// npm run kernel: compiles the kernels to WebAssembly and writes each as a module, so that the program needs no compiler and
// reads no file; then chooses what the literal kernel looks for. A test compares those modules with what this makes of the sources.

import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import asc from 'assemblyscript/asc';
import { pieceTable } from './literal-pieces.ts';

export interface KernelSource {
  /** Below the project's folder: sources in `kernel/`, the module beside it. */
  readonly folder: string;
  /** Pages of 64 KiB; the memory never grows, so that views of it stay valid. */
  readonly pages: number;
}

/** Windows, tables and what is told: no allocator of AssemblyScript's. */
export const KERNELS: readonly KernelSource[] = [
  { folder: 'src/records/scan-kernel', pages: 44 },
  { folder: 'src/detectors/secrets/literal-kernel', pages: 8 },
];

const ROOT = fileURLToPath(new URL('..', import.meta.url));
/** https://www.assemblyscript.org/compiler.html */
const OPTIONS = [
  '-O3',
  '--converge',
  '--noAssert',
  '--enable',
  'simd',
  '--enable',
  'relaxed-simd',
  '--runtime',
  'stub',
];

export function moduleOf({ folder }: KernelSource): string {
  return path.join(ROOT, folder, 'kernel-wasm.ts');
}

export async function kernelModule({ folder, pages }: KernelSource): Promise<string> {
  const sourceFolder = path.join(ROOT, folder, 'kernel');
  const sources = new Set(readdirSync(sourceFolder));
  let compiled: Uint8Array | null = null;
  const memory = ['--initialMemory', String(pages), '--maximumMemory', String(pages)];
  const { error, stderr } = await asc.main(['index.ts', ...OPTIONS, ...memory, '--outFile', 'kernel.wasm'], {
    readFile: (name) => (sources.has(name) ? readFileSync(path.join(sourceFolder, name), 'utf8') : null),
    writeFile: (_name, contents) => {
      compiled = Buffer.from(contents);
    },
    listFiles: () => [],
  });
  if (error !== null || compiled === null) throw new Error(`${folder} does not compile\n${stderr}`);
  return [
    '// Made by `npm run kernel` from kernel/.',
    '',
    `export const KERNEL_WASM =\n  '${Buffer.from(compiled).toString('base64')}';`,
    '',
  ].join('\n');
}

if (import.meta.main) {
  for (const kernel of KERNELS) writeFileSync(moduleOf(kernel), await kernelModule(kernel));
  if (!process.argv.includes('--without-pieces'))
    writeFileSync(path.join(ROOT, 'src/detectors/secrets/literal-kernel/piece-table.ts'), pieceTable());
}
