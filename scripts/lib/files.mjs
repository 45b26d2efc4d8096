import { readdir, readFile } from 'node:fs/promises'
import { join, posix } from 'node:path'

/** A file's text; undefined if there is none. @param {string} path */
export const textOf = (path) => optional(readFile(path, 'utf8'))

/** The names in a folder; none if there is no folder. @param {string} folder */
export const namesIn = async (folder) => (await optional(readdir(folder))) ?? []

/**
 * The files in a folder and below it, relative to the root, sorted.
 *
 * @param {string} root
 * @param {string} folder Relative to the root.
 */
export async function filesUnder(root, folder) {
  const entries = await optional(readdir(join(root, folder), { recursive: true, withFileTypes: true }))
  return (entries ?? [])
    .filter((entry) => entry.isFile())
    .map((entry) => posix.join(folder, entry.parentPath.slice(join(root, folder).length), entry.name))
    .sort()
}

/**
 * @template T
 * @param {Promise<T>} reading
 * @returns {Promise<T | undefined>}
 */
async function optional(reading) {
  try {
    return await reading
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined
    throw error
  }
}
