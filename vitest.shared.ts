import { defineConfig } from 'vitest/config'

/** What every package's tests have in common. The JSON report is what `pnpm test` sums up. */
export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    reporters: ['default', ['json', { outputFile: '.cache/vitest.json' }]],
    allowOnly: false,
    restoreMocks: true,
    // Other packages' tests run at the same time, on machines of two cores: only what hangs should fail by time.
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
})
