import { access } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { AvoutError, ClosedError, UnavailableError } from '@avout/core'
import type { Backend, Counter, VersionedStateContainer } from '@avout/core/backend'
import { Folder, fileName } from './folder.js'
import { Turns } from './turns.js'

/** What `files` may be told. */
export interface FilesOptions {
  /** Its name in the log; `'files'` if absent. */
  readonly id?: string | undefined
}

/** A backend in a folder, which must exist: a counter and versioned values. Core composes a log of them. */
export function files(root: string, { id = 'files' }: FilesOptions = {}): Backend<'counter' | 'versions'> {
  if (typeof root !== 'string' || root === '') throw new TypeError('files needs the path of a folder')
  const path = resolve(root)
  return {
    specificationVersion: 1,
    id,
    open: async ({ realm }) => {
      let closed = false
      /** What every call goes through: the session lasts, and what the file system says is told in Avout's words. */
      const call = async <T>(work: () => Promise<T>): Promise<T> => {
        if (closed) throw new ClosedError(`this session of ${id} is closed`)
        try {
          return await work()
        } catch (error) {
          if (AvoutError.isInstance(error)) throw error
          throw new UnavailableError(`${path} cannot be used`, id, { cause: error })
        }
      }
      const at = (kind: string, name: string) =>
        new Folder(join(path, fileName(realm), kind, fileName(name)), join(path, 'drafts'))
      /** Core asks for the same counter again and again, and a session remembers how far each has come. */
      const counters = new Map<string, Turns>()
      const turns = (name: string): Turns => {
        const known = counters.get(name) ?? new Turns(at('counters', name))
        counters.set(name, known)
        return known
      }
      const ping = () => call(() => access(path))
      await ping()
      return {
        counter: (name) => counterOn(turns(name), call),
        versions: { container: (ref) => containerOn(at('values', ref), call) },
        ping,
        close: async () => {
          closed = true
        },
      }
    },
  }
}

type Call = <T>(work: () => Promise<T>) => Promise<T>

const counterOn = (turns: Turns, call: Call): Counter => ({
  next: (n) => call(() => turns.next(n)),
  current: () => call(() => turns.current()),
})

const containerOn = (folder: Folder, call: Call): VersionedStateContainer => ({
  initVersionedStateContainer: () => call(() => folder.initVersionedStateContainer()),
  destroyVersionedStateContainer: () => call(() => folder.destroyVersionedStateContainer()),
  getStateAt: (version) => call(() => folder.getStateAt(version)),
  setStateAt: (value, version) => call(() => folder.setStateAt(value, version)),
  deleteStateAt: (version) => call(() => folder.deleteStateAt(version)),
})
