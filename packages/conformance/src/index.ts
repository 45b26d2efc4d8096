export type { Harness, Report, SuiteOptions } from './harness.js'
export { runConformance } from './run-conformance.js'
