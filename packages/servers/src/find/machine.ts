import { constants } from 'node:fs'
import { access, readdir } from 'node:fs/promises'
import { homedir } from 'node:os'
import { delimiter, join } from 'node:path'
import { hasCode } from '../process-tree.js'

/** Where programs are looked for. Tests put a made-up one in its place. */
export interface Machine {
  /** Stands before the usual places: `/`. */
  readonly root: string
  /** Folders with programs. */
  readonly path: readonly string[]
  readonly env: NodeJS.ProcessEnv
  /** Whether this process may install without `sudo`. */
  readonly isRoot: boolean
  /** What is fetched for this user alone goes here. */
  readonly cache: string
}

/** The machine that this process runs on. */
export const thisMachine: Machine = {
  root: '/',
  path: (process.env.PATH ?? '').split(delimiter).filter((folder) => folder !== ''),
  env: process.env,
  isRoot: process.getuid?.() === 0,
  cache: join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'avout'),
}

/** Finds a program in PATH, then in `sbin`, which is not in every user's. */
export function inPath({ path, root }: Machine, name: string): Promise<string | undefined> {
  return firstExecutable([...path, join(root, 'usr/sbin'), join(root, 'sbin')].map((folder) => join(folder, name)))
}

/** The first of the files that is there and may be executed. */
export async function firstExecutable(files: readonly string[]): Promise<string | undefined> {
  for (const file of files) if (await isThere(file, constants.X_OK)) return file
  return undefined
}

/** Whether a file is there and may be used so. */
export async function isThere(file: string, mode = constants.R_OK): Promise<boolean> {
  try {
    await access(file, mode)
    return true
  } catch (error) {
    if (hasCode(error, 'ENOENT', 'EACCES', 'ENOTDIR')) return false
    throw error
  }
}

/** The folders in a folder, those with higher numbers first; none if it is not there. */
export async function foldersIn(folder: string): Promise<string[]> {
  try {
    const names = await readdir(folder)
    return names.sort((a, b) => b.localeCompare(a, 'en', { numeric: true })).map((name) => join(folder, name))
  } catch (error) {
    if (hasCode(error, 'ENOENT', 'ENOTDIR', 'EACCES')) return []
    throw error
  }
}
