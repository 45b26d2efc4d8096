/** Every change of the verdict, on which all clients must agree, has to make a test fail. */
export default {
  mutate: ['verdict', 'numbers', 'window', 'existence', 'superseding'].map((name) => `src/replay/${name}.ts`),
  testRunner: 'vitest',
  vitest: { configFile: 'vitest.mutation.config.ts' },
  plugins: ['@stryker-mutator/vitest-runner'],
  coverageAnalysis: 'perTest',
  concurrency: 2,
  reporters: ['clear-text', 'progress'],
  clearTextReporter: { reportTests: false },
  thresholds: { break: 100 },
  // As deep in the tree as the package, so that what its configuration imports from the root is found.
  tempDirName: '../../.stryker-tmp',
  // It would rewrite the paths in tsconfig.json with an interface that TypeScript 7 does not have; no test reads that file.
  tsconfigFile: 'none',
}
