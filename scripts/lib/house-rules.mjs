import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { filesUnder, textOf } from './files.mjs'
import { importsStayHome, noFolderCycles } from './rules/imports.mjs'
import { manifestRules } from './rules/manifests.mjs'
import { noHosts, noStoreNames, readmeHeadings } from './rules/texts.mjs'
import { workspacePackages } from './workspace.mjs'

/**
 * @typedef {object} Source
 * @property {string} home The path of its package, relative to the root.
 * @property {string} path Relative to the root.
 * @property {string} text
 */

/**
 * The rules of the house that neither the compiler nor the linter can state. Each answers with one line a breach,
 * "file:line what is wrong"; none means that the tree keeps them.
 *
 * @param {string} root
 * @returns {Promise<string[]>}
 */
export async function houseRules(root) {
  const packages = await workspacePackages(root)
  const found = packages.flatMap(({ path, manifest }) => manifestRules(path, manifest))
  for (const { path, manifest } of packages) {
    const sources = await sourcesOf(root, path)
    found.push(...sources.flatMap(importsStayHome))
    if (path === 'packages/core') found.push(...sources.flatMap(noStoreNames), ...noFolderCycles(sources))
    if (!manifest.private) found.push(...readmeHeadings(path, await textOf(join(root, path, 'README.md'))))
  }
  return [...found, ...noHosts(await textOf(join(root, 'pnpm-lock.yaml')))]
}

/** @param {string} root @param {string} home @returns {Promise<Source[]>} */
async function sourcesOf(root, home) {
  const files = await Promise.all(['src', 'test'].map((folder) => filesUnder(root, `${home}/${folder}`)))
  const sources = files.flat().filter((path) => /\.[cm]?[jt]sx?$/.test(path))
  return Promise.all(sources.map(async (path) => ({ home, path, text: await readFile(join(root, path), 'utf8') })))
}
