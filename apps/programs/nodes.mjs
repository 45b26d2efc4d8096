import { spawnSync } from 'node:child_process'

/*
 * pnpm nodes [major...]: whether what was built can be imported and required by other versions of Node than the one at hand; 22 and
 * 24 if none is named. npm's package `node` brings them, so the first run downloads. Not a part of the tests for that.
 */

const PROGRAMS = { 'dist/01-hello.js': '1 1\n', 'dist/19-consumer.cjs': '1\n' }

const versions = process.argv.length > 2 ? process.argv.slice(2) : ['22', '24']

for (const version of versions) {
  const [major] = run(version, ['--version']).stdout.slice(1).split('.')
  if (major !== version) throw new Error(`asked for Node ${version}, got ${major}`)
  for (const [program, expected] of Object.entries(PROGRAMS)) {
    const { status, stdout, stderr } = run(version, [program])
    const isWell = status === 0 && stdout === expected
    console.log(`node ${version} ${program}: ${isWell ? 'ok' : `ended with ${status}\n${stdout}${stderr}`}`)
    if (!isWell) process.exitCode = 1
  }
}

/** @param {string} version @param {readonly string[]} args */
function run(version, args) {
  return spawnSync('npx', ['--yes', `node@${version}`, ...args], { cwd: import.meta.dirname, encoding: 'utf8' })
}
