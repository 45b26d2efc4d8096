import type { At, Data, VersionedStates } from '@avout/core/backend'
import { type Mutant, mutant, pause } from './mutant.js'

type Batches = Required<Pick<VersionedStates, 'getMany' | 'setMany' | 'deleteMany'>>

const ofBatches = (
  name: string,
  caughtBy: string,
  change: (batches: Batches, versions: VersionedStates) => Partial<Batches>,
): Mutant =>
  mutant(name, caughtBy, () => ({ versions }) => {
    const { getMany, setMany, deleteMany } = versions
    if (getMany === undefined || setMany === undefined || deleteMany === undefined) throw new Error('no batch forms')
    return { versions: { ...versions, ...change({ getMany, setMany, deleteMany }, versions) } }
  })

const text = ({ ref, version }: At) => JSON.stringify([ref, version])

export const batches: readonly Mutant[] = [
  ofBatches('answers in the order of the store', 'versions/get-many', ({ getMany }) => ({
    getMany: (keys) => getMany(keys.toSorted((a, b) => (text(a) < text(b) ? -1 : 1))),
  })),
  ofBatches('answers without those that are absent', 'versions/get-many', ({ getMany }) => ({
    getMany: async (keys) => (await getMany(keys)).filter((value) => value !== undefined),
  })),
  ofBatches('answers each key once', 'versions/get-many', ({ getMany }) => ({
    getMany: (keys) => getMany([...new Map(keys.map((key) => [text(key), key])).values()]),
  })),
  ofBatches('a batch is told that all of it won', 'versions/set-many', ({ setMany }) => ({
    setMany: async (entries) => (await setMany(entries)).map(() => true),
  })),
  ofBatches('a batch with a loser is not written', 'versions/set-many', ({ getMany, setMany }) => ({
    setMany: async (entries) => {
      const found = await getMany(entries)
      if (found.some((value) => value !== undefined)) return found.map((value) => value === undefined)
      return setMany(entries)
    },
  })),
  ofBatches('a batch looks up, then overwrites', 'versions/set-many-race', ({ getMany, setMany, deleteMany }) => ({
    setMany: async (entries) => {
      const found = await getMany(entries)
      const free = entries.filter((_, i) => found[i] === undefined)
      await pause(0)
      await deleteMany(free)
      await setMany(free)
      return found.map((value) => value === undefined)
    },
  })),
  ofBatches('a batch deletes its first only', 'versions/delete-many', ({ deleteMany }) => ({
    deleteMany: (keys) => deleteMany(keys.slice(0, 1)),
  })),
  ofBatches('a batch ends after 500', 'versions/thousand-at-once', ({ getMany, setMany }) => ({
    setMany: async (entries) => {
      const won: boolean[] = [...(await setMany(entries.slice(0, 500)))]
      return [...won, ...entries.slice(500).map(() => true)]
    },
    getMany: async (keys): Promise<readonly (Data | undefined)[]> => getMany(keys),
  })),
]
