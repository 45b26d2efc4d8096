import { join } from 'node:path'
import { textOf } from './files.mjs'

/** Where a package's vitest leaves its report (vitest.shared.ts), relative to the package. */
export const reportPath = '.cache/vitest.json'

/**
 * @typedef {object} Count
 * @property {number} passed
 * @property {number} failed
 * @property {string[]} remarks What the numbers alone do not say.
 */

/**
 * What a package's report says. Whatever is wrong without being a failed test counts as one failure, so that a run which
 * ends badly never reads "0 failed": no report, no test, a file that did not load.
 *
 * @param {string} name The package, for the remarks.
 * @param {string} folder
 * @returns {Promise<Count>}
 */
export async function countTests(name, folder) {
  const report = await readReport(join(folder, reportPath))
  if (report === undefined)
    return {
      passed: 0,
      failed: 1,
      remarks: [`${name}: left no report of its tests (a failed build, here or in what it needs?)`],
    }
  const { numPassedTests: passed, numFailedTests, numPendingTests: skipped, numTodoTests: todo, testResults } = report
  const remarks = []
  const unloaded = testResults.filter(
    ({ status, assertionResults }) => status === 'failed' && assertionResults.length === 0,
  )
  let failed = numFailedTests + unloaded.length
  for (const { name: file } of unloaded) remarks.push(`${name}: ${file} did not load`)
  if (passed + failed === 0) {
    failed = 1
    remarks.push(`${name}: ran no test`)
  }
  if (skipped + todo > 0) remarks.push(`${name}: ${skipped + todo} skipped`)
  return { passed, failed, remarks }
}

/**
 * The sum of all packages. A run that ended badly with no failure to show for it has one more: an error outside the tests, of
 * which vitest's report says nothing, or a build that no test needed.
 *
 * @param {number} exit The exit code of the whole run.
 * @param {readonly Count[]} counts
 * @returns {Count}
 */
export function sumUp(exit, counts) {
  const passed = counts.reduce((sum, count) => sum + count.passed, 0)
  const failed = counts.reduce((sum, count) => sum + count.failed, 0)
  const remarks = counts.flatMap((count) => count.remarks)
  if (exit === 0 || failed > 0) return { passed, failed, remarks }
  return { passed, failed: 1, remarks: [...remarks, 'something other than a test failed: see above'] }
}

/**
 * @typedef {object} Report
 * @property {number} numPassedTests
 * @property {number} numFailedTests
 * @property {number} numPendingTests
 * @property {number} numTodoTests
 * @property {{ name: string, status: string, assertionResults: unknown[] }[]} testResults
 *
 * @param {string} path
 * @returns {Promise<Report | undefined>}
 */
async function readReport(path) {
  const text = await textOf(path)
  return text === undefined ? undefined : JSON.parse(text)
}
