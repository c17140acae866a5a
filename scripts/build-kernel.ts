// npm run kernel: compiles the scan's kernel to WebAssembly and writes it as a module, so that the program needs no compiler and
// reads no file. A test compares that module with what this makes of the source.

import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import asc from 'assemblyscript/asc';

const FOLDER = fileURLToPath(new URL('../src/records/scan-kernel/', import.meta.url));
const SOURCES = path.join(FOLDER, 'kernel');
export const KERNEL_MODULE = path.join(FOLDER, 'kernel-wasm.ts');

/**
 * Memory is 44 pages of 64 KiB and never grows, so that views of it stay valid: window, slots and keys, no allocator of
 * AssemblyScript's. https://www.assemblyscript.org/compiler.html
 */
const OPTIONS = [
  ...['-O3', '--converge', '--noAssert', '--enable', 'simd', '--runtime', 'stub'],
  ...['--initialMemory', '44', '--maximumMemory', '44'],
];

export async function kernelModule(): Promise<string> {
  const sources = new Set(readdirSync(SOURCES));
  let compiled: Uint8Array | null = null;
  const { error, stderr } = await asc.main(['index.ts', ...OPTIONS, '--outFile', 'kernel.wasm'], {
    readFile: (name) => (sources.has(name) ? readFileSync(path.join(SOURCES, name), 'utf8') : null),
    writeFile: (_name, contents) => {
      compiled = Buffer.from(contents);
    },
    listFiles: () => [],
  });
  if (error !== null || compiled === null) throw new Error(`the kernel does not compile\n${stderr}`);
  return [
    '// Made by `npm run kernel` from kernel/.',
    '',
    `export const KERNEL_WASM =\n  '${Buffer.from(compiled).toString('base64')}';`,
    '',
  ].join('\n');
}

if (import.meta.main) writeFileSync(KERNEL_MODULE, await kernelModule());
