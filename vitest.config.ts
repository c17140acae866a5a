import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    environment: 'node',
    // A property test of many runs, or a test that starts the command line, takes seconds on a busy two-core machine.
    testTimeout: 30_000,
    hookTimeout: 30_000,
    // A missing snapshot is a failure everywhere, not only in CI: `npm test -- --update` writes one on purpose.
    update: 'none',
    allowOnly: false,
    restoreMocks: true,
    unstubEnvs: true,
    unstubGlobals: true,
    // Dates and sort orders must not depend on where the tests run.
    env: { TZ: 'UTC' },
    coverage: { provider: 'v8', include: ['src/**', 'handlers/**'], reporter: ['text-summary', 'html'] },
  },
});
