import { join } from 'node:path'
import { namesIn, textOf } from './files.mjs'

/**
 * @typedef {object} Manifest
 * @property {string} name
 * @property {boolean} [private]
 * @property {string} [license]
 * @property {string} [description]
 * @property {{ node?: string }} [engines]
 * @property {Record<string, string>} [scripts]
 * @property {Record<string, string>} [dependencies]
 * @property {Record<string, string>} [devDependencies]
 * @property {Record<string, string>} [peerDependencies]
 * @property {Record<string, string | Record<string, string>>} [exports]
 *
 * @typedef {object} Package
 * @property {string} folder Absolute.
 * @property {string} path Relative to the root, with slashes.
 * @property {Manifest} manifest
 */

/**
 * Every package of the workspace, sorted by path.
 *
 * @param {string} root
 * @returns {Promise<Package[]>}
 */
export async function workspacePackages(root) {
  const paths = ['scripts']
  for (const group of ['packages', 'apps', 'examples']) {
    for (const name of await namesIn(join(root, group))) paths.push(`${group}/${name}`)
  }
  const packages = await Promise.all(
    paths.sort().map(async (path) => {
      const folder = join(root, path)
      const manifest = await textOf(join(folder, 'package.json'))
      return manifest === undefined ? [] : [{ folder, path, manifest: JSON.parse(manifest) }]
    }),
  )
  return packages.flat()
}
