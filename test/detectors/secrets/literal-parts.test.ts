// Which literals hold which: worked out in the kernel, and in TypeScript for the table of pieces (`npm run kernel`).

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { KINDS } from '../../../src/detectors/secrets/kinds/index.ts';
import { literalsOf } from '../../../src/detectors/secrets/literal-forms.ts';
import { addTexts, createKernelScan } from '../../../src/detectors/secrets/literal-kernel/kernel-literals.ts';
import { KERNEL_WASM } from '../../../src/detectors/secrets/literal-kernel/kernel-wasm.ts';
import { partsOf, shortestFirst } from '../../../src/detectors/secrets/literal-kernel/parts.ts';
import { LITERALS } from '../../../src/detectors/secrets/prefilter.ts';

interface Text {
  readonly text: string;
  readonly exact: boolean;
}

/** The declarations of Node's types leave the values out. */
const { WebAssembly: engine } = globalThis as unknown as {
  WebAssembly: {
    Module: new (bytes: Uint8Array) => object;
    Instance: new (module: object) => { exports: Parameters<typeof addTexts>[1] };
  };
};
const module = new engine.Module(Buffer.from(KERNEL_WASM, 'base64'));
const inKernel = (texts: readonly Text[]) => addTexts(texts, new engine.Instance(module).exports);
const ordered = (texts: readonly Text[]) => shortestFirst(texts).map((index) => texts[index]!);

describe('parts of literals', () => {
  it('are the longest that a literal begins or ends with, of either case before exact ones', () => {
    const texts = ordered([
      { text: 'datadog_api_key', exact: false },
      { text: 'api_key', exact: false },
      { text: 'key', exact: false },
      { text: 'Key', exact: true },
      { text: 'ghp_Key', exact: true },
      { text: 'GHP_', exact: true },
      { text: 'key', exact: false },
    ]);
    const named = partsOf(texts).map((part, index) => [texts[index]!.text, part && texts[part.index]!.text]);
    expect(named).toEqual([
      ['key', null],
      ['key', 'key'],
      ['Key', 'key'],
      ['GHP_', null],
      ['api_key', 'key'],
      ['ghp_Key', 'key'],
      ['datadog_api_key', 'api_key'],
    ]);
  });

  it('are the same in the kernel, for all kinds', () => {
    const texts = ordered([...KINDS.flatMap(literalsOf), ...LITERALS]);
    const parts = partsOf(texts);
    expect(parts.filter((part) => part !== null).length).toBeGreaterThan(1000);
    expect(inKernel(texts)).toEqual(parts);
  });

  it('are the same in the kernel, for texts that hold each other', () => {
    const text = fc
      .tuple(
        fc.string({ unit: fc.constantFrom('a', 'b', 'A', 'B'), minLength: 3, maxLength: 6 }),
        fc.boolean(),
      )
      .map(([letters, exact]): Text => ({ text: exact ? letters : letters.toLowerCase(), exact }));
    fc.assert(
      fc.property(fc.array(text, { maxLength: 60 }), (texts) => {
        expect(inKernel(ordered(texts))).toEqual(partsOf(ordered(texts)));
      }),
      { numRuns: 200 },
    );
  });

  it('that are too many, or no ASCII, are left to the automaton', () => {
    const many = (length: number) =>
      Array.from({ length: 9_000 }, (_, index) => ({
        text: String(index).padStart(length, 'x'),
        exact: true,
      }));
    expect(createKernelScan(many(8))).toBeNull();
    expect(createKernelScan(many(100).slice(0, 2_000))).toBeNull();
    expect(createKernelScan([{ text: 'contraseña', exact: false }])).toBeNull();
  });
});
