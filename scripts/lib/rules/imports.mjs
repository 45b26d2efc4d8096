import { posix } from 'node:path'

/** @typedef {import('../house-rules.mjs').Source} Source */

const relativeImport = /(?:\bfrom|\bimport)\s*\(?\s*['"](\.{1,2}\/[^'"]+)['"]/g

/** What a source imports by relative path, resolved against the root. @param {Source} source */
function imports({ path, text }) {
  return [...text.matchAll(relativeImport)].map((match) => ({
    line: text.slice(0, match.index).split('\n').length,
    target: posix.normalize(posix.join(posix.dirname(path), match[1] ?? '')),
  }))
}

/** Packages meet through their exports, so no relative import leaves one. @param {Source} source */
export function importsStayHome(source) {
  return imports(source)
    .filter(({ target }) => !target.startsWith(`${source.home}/`))
    .map(({ line, target }) => `${source.path}:${line} imports ${target}, which is not in its package`)
}

/**
 * Arrows between the folders of one src point one way.
 *
 * @param {readonly Source[]} sources
 */
export function noFolderCycles(sources) {
  /** @type {Map<string, Map<string, string>>} */
  const arrows = new Map()
  for (const source of sources) {
    const from = folderIn(source.home, source.path)
    if (from === undefined) continue
    for (const { line, target } of imports(source)) {
      const to = folderIn(source.home, target)
      if (to === undefined || to === from) continue
      const out = arrows.get(from) ?? new Map()
      arrows.set(from, out)
      if (!out.has(to)) out.set(to, `${source.path}:${line}`)
    }
  }
  return [...arrows].flatMap(([from, out]) =>
    [...out]
      .filter(([to]) => reaches(arrows, to, from))
      .map(([to, where]) => `${where} closes a circle of folders: ${from} imports ${to}, which leads back to ${from}`),
  )
}

/** The folder directly under src that a path lies in. @param {string} home @param {string} path */
function folderIn(home, path) {
  const [folder, ...rest] = path.startsWith(`${home}/src/`) ? path.slice(`${home}/src/`.length).split('/') : []
  return rest.length > 0 ? folder : undefined
}

/** @param {Map<string, Map<string, string>>} arrows @param {string} start @param {string} end */
function reaches(arrows, start, end) {
  const seen = new Set([start])
  for (const at of seen) for (const next of arrows.get(at)?.keys() ?? []) seen.add(next)
  return seen.has(end)
}
