import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { KERNELS, kernelModule, moduleOf } from '../../../scripts/build-kernel.ts';

describe.each(KERNELS)('the compiled kernel of $folder', (kernel) => {
  it('is what its source compiles to (npm run kernel)', async () => {
    expect(readFileSync(moduleOf(kernel), 'utf8')).toBe(await kernelModule(kernel));
  });

  /** The declarations of Node's types leave the values out. */
  const { WebAssembly: engine } = globalThis as unknown as {
    WebAssembly: {
      Module: { new (bytes: Uint8Array): object; imports(module: object): unknown[] };
      Instance: new (module: object) => { exports: { memory: { grow(pages: number): number } } };
    };
  };

  it('asks for nothing from outside, and its memory cannot grow', async () => {
    const { KERNEL_WASM } = (await import(moduleOf(kernel))) as { KERNEL_WASM: string };
    const module = new engine.Module(Buffer.from(KERNEL_WASM, 'base64'));
    expect(engine.Module.imports(module)).toEqual([]);
    const { memory } = new engine.Instance(module).exports;
    expect(() => memory.grow(1)).toThrow(RangeError);
  });
});
