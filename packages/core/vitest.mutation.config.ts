import config from './vitest.config.js'

/** The examples of replay alone, without the random logs: each mutant is to fail one that says why, and soon. */
export default {
  ...config,
  test: { ...config.test, include: ['test/replay/**/*.test.ts'], exclude: ['test/replay/model.test.ts'] },
}
