import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

const long = process.env.SUBLET_LONG === '1';
const NOUNS = ['lib/**/*.test.ts', 'protocol/**/*.test.ts'];
/** These change what is outside of them: clocks, variables, the code of others. */
const NOT_NOUNS = ['lib/io/**'];

export default defineConfig({
  root: fileURLToPath(new URL('.', import.meta.url)),
  test: {
    environment: 'node',
    setupFiles: ['tests/support/seed.ts'],
    env: { LOG_LEVEL: process.env.LOG_LEVEL ?? 'silent', NODE_ENV: 'test' },
    maxWorkers: 2,
    testTimeout: long ? 600_000 : 60_000,
    hookTimeout: 60_000,
    teardownTimeout: 20_000,
    // A busy machine is slow, not wrong.
    expect: { poll: { timeout: 30_000 } },
    restoreMocks: true,
    unstubEnvs: true,
    projects: [
      {
        extends: true,
        test: {
          name: 'whole',
          include: ['**/*.test.ts', '**/*.test.tsx'],
          exclude: ['node_modules/**', '.next/**', '.sublet/**', 'tests/e2e/**', 'protocol/**', 'lib/!(io)/**'],
          globalSetup: ['tests/support/postgres.ts'],
        },
      },
      {
        extends: true,
        // Functions of their arguments leave nothing behind, so one process reads their code once for all of these files.
        test: { name: 'nouns', include: NOUNS, exclude: NOT_NOUNS, isolate: false },
      },
    ],
  },
});
