/** @typedef {import('../house-rules.mjs').Source} Source */

const stores = /redis|postgres|mongo|zookeeper/i

/** Core knows no store, not even by name. @param {Source} source */
export function noStoreNames({ home, path, text }) {
  if (!path.startsWith(`${home}/src/`)) return []
  const inPath = stores.test(path) ? [`${path}:1 names a store`] : []
  return [...inPath, ...linesMatching(text, stores).map((line) => `${path}:${line} names a store`)]
}

const headings = ['Install', 'Example', 'Options', 'Guarantees', 'Parity and limitations', 'Errors']

/** Every published package is described in the same order. @param {string} path @param {string | undefined} readme */
export function readmeHeadings(path, readme) {
  const there = [...(readme ?? '').matchAll(/^## (.+)$/gm)]
    .map((match) => match[1] ?? '')
    .filter((heading) => headings.includes(heading))
  return there.join() === headings.join()
    ? []
    : [`${path}/README.md:1 does not have the headings ${headings.join(', ')}, in this order`]
}

/** @param {string | undefined} lockfile */
export function noHosts(lockfile) {
  return linesMatching(lockfile ?? '', /https?:\/\//).map((line) => `pnpm-lock.yaml:${line} names a host`)
}

/** @param {string} text @param {RegExp} pattern */
function linesMatching(text, pattern) {
  return text.split('\n').flatMap((line, index) => (pattern.test(line) ? [index + 1] : []))
}
