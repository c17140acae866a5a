import { availableParallelism } from 'node:os';
import path from 'node:path';
import { defineConfig } from 'vitest/config';
import type { Reporter } from 'vitest/node';

/** One plain last line, without colours, for whoever reads the end of a log: person or program. */
const closingLine: Reporter = {
  onTestRunEnd(modules, errors, reason) {
    const counts = { passed: 0, failed: 0, skipped: 0, pending: 0 };
    for (const module of modules) {
      for (const test of module.children.allTests()) counts[test.result().state]++;
    }
    // A file that cannot be loaded has no tests, and an error outside of tests belongs to none: both are failures.
    const broken = modules.filter((module) => module.errors().length > 0).length + errors.length;
    const failed = counts.failed + broken + (reason === 'failed' && counts.failed + broken === 0 ? 1 : 0);
    const left = counts.skipped + counts.pending;
    process.stdout.write(
      `\n${counts.passed} passed, ${failed} failed${left === 0 ? '' : `, ${left} skipped`}\n`,
    );
  },
};

/** They replace modules, or measure the memory of their process: each has one of its own. */
const APART = ['test/records/scan-kernel/scan-record.test.ts', 'test/records/read-object.test.ts'];

export default defineConfig({
  test: {
    // The others share the modules of a worker: to read and compile them for each file took longer than many files take.
    projects: [
      {
        extends: true,
        test: { name: 'together', include: ['test/**/*.test.ts'], exclude: APART, isolate: false },
      },
      { extends: true, test: { name: 'apart', include: APART } },
    ],
    environment: 'node',
    setupFiles: ['test/property-seed.ts'],
    // Of itself it leaves one processor idle: half of a two-core machine.
    maxWorkers: availableParallelism(),
    // A property test of many runs, or a test that starts the command line, takes seconds on a busy two-core machine.
    testTimeout: 30_000,
    hookTimeout: 30_000,
    // A missing snapshot is a failure everywhere, not only in CI: `npm test -- --update` writes one on purpose.
    update: 'none',
    allowOnly: false,
    restoreMocks: true,
    unstubEnvs: true,
    unstubGlobals: true,
    env: {
      // Dates and sort orders must not depend on where the tests run.
      TZ: 'UTC',
      // Tests start scripts a dozen times: to strip their types and compile them takes longer than what they do.
      NODE_COMPILE_CACHE: path.join(import.meta.dirname, 'node_modules/.cache/wiretrail-compiled'),
    },
    reporters: ['default', closingLine],
    coverage: {
      provider: 'v8',
      include: ['src/**', 'handlers/**'],
      // AssemblyScript: what runs is its WebAssembly.
      exclude: ['src/records/scan-kernel/kernel/**', 'src/detectors/secrets/literal-kernel/kernel/**'],
      reporter: ['text-summary', 'html'],
    },
  },
});
