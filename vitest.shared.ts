import { defineConfig } from 'vitest/config'

/** What every package's tests have in common. The JSON report is what `pnpm test` sums up. */
export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    reporters: ['default', ['json', { outputFile: '.cache/vitest.json' }]],
    allowOnly: false,
    restoreMocks: true,
  },
})
