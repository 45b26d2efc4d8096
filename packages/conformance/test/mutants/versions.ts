import type { Data, VersionedStateContainer } from '@avout/core/backend'
import { everyNth, type Mutant, mutant, pause, shared } from './mutant.js'

type Container = VersionedStateContainer
type Change = (container: Container, ref: string, realm: string) => Partial<Container>

/** A mutant whose containers differ; its batch forms are made of them. */
export const ofContainer = (name: string, caughtBy: string, make: () => Change): Mutant =>
  mutant(name, caughtBy, () => {
    const change = make()
    return ({ versions }, realm) => {
      const container = (ref: string): Container => {
        const sound = versions.container(ref)
        return { ...sound, ...change(sound, ref, realm) }
      }
      return { versions: { container } }
    }
  })

/** A mutant that changes what it is given to keep. */
const keeping = (name: string, caughtBy: string, change: (value: Data) => Data): Mutant =>
  ofContainer(name, caughtBy, () => (container) => ({
    setStateAt: (value, version) => container.setStateAt(change(value), version),
  }))

const cut = (length: number) => (value: Data) => (typeof value === 'string' ? value.slice(0, length) : value)

const isFields = (value: Data | undefined): value is { [key: string]: Data } =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

export const writing: readonly Mutant[] = [
  ofContainer('the last writer wins', 'versions/write-once', () => (container) => ({
    setStateAt: async (value, version) => {
      await container.deleteStateAt(version)
      return container.setStateAt(value, version)
    },
  })),
  ofContainer('the last writer wins, and is told that it lost', 'versions/write-once', () => (container) => ({
    setStateAt: async (value, version) => {
      if (await container.setStateAt(value, version)) return true
      await container.deleteStateAt(version)
      await container.setStateAt(value, version)
      return false
    },
  })),
  ofContainer('what is falsy may be written again', 'versions/write-once', () => (container) => ({
    setStateAt: async (value, version) => {
      if (!(await container.getStateAt(version))) await container.deleteStateAt(version)
      return container.setStateAt(value, version)
    },
  })),
  ofContainer('every writer is told that it won', 'versions/race', () => (container) => ({
    setStateAt: async (value, version) => {
      await container.setStateAt(value, version)
      return true
    },
  })),
  ofContainer('looked up, then written', 'versions/race', () => (container) => ({
    setStateAt: async (value, version) => {
      if ((await container.getStateAt(version)) !== undefined) return false
      await pause(0)
      await container.deleteStateAt(version)
      return container.setStateAt(value, version)
    },
  })),
  ofContainer('who lost does not see who won at once', 'versions/loser-sees-winner', () => (container) => {
    const blind = new Set<string>()
    return {
      setStateAt: async (value, version) => {
        const won = await container.setStateAt(value, version)
        if (!won) blind.add(version)
        return won
      },
      getStateAt: async (version) => (blind.delete(version) ? undefined : container.getStateAt(version)),
    }
  }),
  ofContainer('null is read as absent', 'versions/absent', () => (container) => ({
    getStateAt: async (version) => (await container.getStateAt(version)) ?? undefined,
  })),
  ofContainer('absent is read as null', 'versions/absent', () => (container) => ({
    getStateAt: async (version) => (await container.getStateAt(version)) ?? null,
  })),
  ofContainer('another client reads a value a little later', 'versions/read-everywhere', () => (container) => {
    const seen = new Set<string>()
    return {
      setStateAt: (value, version) => {
        seen.add(version)
        return container.setStateAt(value, version)
      },
      getStateAt: async (version) => {
        if (seen.has(version)) return container.getStateAt(version)
        seen.add(version)
        return undefined
      },
    }
  }),
]

export const values: readonly Mutant[] = [
  keeping('fields that are null get lost', 'versions/values', (value) =>
    isFields(value) ? Object.fromEntries(Object.entries(value).filter(([, field]) => field !== null)) : value,
  ),
  keeping('numbers lose precision', 'versions/values', (value) =>
    typeof value === 'number' ? Math.fround(value) : value,
  ),
  keeping('what looks like a date becomes one', 'versions/values', (value) =>
    typeof value === 'string' && /^\d{4}-\d\d-\d\dT/.test(value) ? new Date('2024-03-01').toISOString() : value,
  ),
  keeping('fields are copied by assignment', 'versions/hostile-values', (value) => {
    if (!isFields(value)) return value
    const copy: { [key: string]: Data } = {}
    for (const key of Object.keys(value)) copy[key] = value[key] as Data
    return copy
  }),
  keeping('values are cut at half a mebibyte', 'versions/1MiB', cut(1 << 19)),
  keeping('values are cut at two mebibytes', 'versions/4MiB', cut(1 << 21)),
  mutant('a limit that is not the one told', 'versions/limit', () => ({ versions }) => ({
    versions: { ...versions, maxBytes: 100_000 },
  })),
]

export const separating: readonly Mutant[] = [
  ...(
    [
      ['refs without their case', (ref) => ref.toLowerCase()],
      ['refs without space around them', (ref) => ref.trim() || ref],
      ['refs as paths', (ref) => new URL(`http://a/${ref}`).pathname],
      ['refs cut at 256 characters', (ref) => ref.slice(0, 256)],
    ] satisfies [string, (ref: string) => string][]
  ).map(([name, rename]) =>
    mutant(name, 'versions/refs', () => ({ versions }) => ({
      versions: { container: (ref) => versions.container(rename(ref)) },
    })),
  ),
  mutant('a ref takes those along that begin like it', 'versions/refs', () => {
    const refsOf = shared(() => new Set<string>())
    return ({ versions }, realm) => ({
      versions: {
        container: (ref) => {
          refsOf(realm).add(ref)
          const destroy = async () => {
            const siblings = [...refsOf(realm)].filter((other) => other.startsWith(ref))
            for (const sibling of siblings) await versions.container(sibling).destroyVersionedStateContainer()
          }
          return { ...versions.container(ref), destroyVersionedStateContainer: destroy }
        },
      },
    })
  }),
  ofContainer('versions as numbers', 'versions/versions', () => (container) => {
    const number = (version: string) => (Number.isNaN(Number(version)) ? version : String(Number(version)))
    return {
      getStateAt: (version) => container.getStateAt(number(version)),
      setStateAt: (value, version) => container.setStateAt(value, number(version)),
      deleteStateAt: (version) => container.deleteStateAt(number(version)),
    }
  }),
  ...['.', '-'].map((separator) =>
    mutant(`ref and version joined by ${separator}`, 'versions/crossed', () => ({ versions }) => {
      const all = versions.container('all')
      return {
        versions: {
          container: (ref) => ({
            ...all,
            getStateAt: (version) => all.getStateAt(ref + separator + version),
            setStateAt: (value, version) => all.setStateAt(value, ref + separator + version),
          }),
        },
      }
    }),
  ),
]

export const living: readonly Mutant[] = [
  ofContainer('init begins anew', 'versions/init', () => (container) => ({
    initVersionedStateContainer: () => container.destroyVersionedStateContainer(),
  })),
  ofContainer('init a second time fails', 'versions/init', () => {
    const made = new Set<string>()
    return (_, ref, realm) => ({
      initVersionedStateContainer: async () => {
        if (made.has(realm + ref)) throw new Error('it exists')
        made.add(realm + ref)
      },
    })
  }),
  ofContainer('to delete what is absent fails', 'versions/delete', () => (container) => ({
    deleteStateAt: async (version) => {
      if ((await container.getStateAt(version)) === undefined) throw new Error('not found')
      await container.deleteStateAt(version)
    },
  })),
  ofContainer('a deletion takes those along that begin like it', 'versions/delete', () => (container) => ({
    deleteStateAt: async (version) => {
      for (const sibling of [version, `${version}0`, `${version}1`]) await container.deleteStateAt(sibling)
    },
  })),
  ofContainer('a deletion that does nothing', 'versions/delete', () => () => ({
    deleteStateAt: async () => undefined,
  })),
  ofContainer('what is destroyed stays', 'versions/destroy', () => () => ({
    destroyVersionedStateContainer: async () => undefined,
  })),
  ofContainer('what is destroyed stays taken', 'versions/destroy', () => {
    const taken = shared(() => new Set<string>())
    return (container, ref, realm) => ({
      setStateAt: async (value, version) => {
        const seen = taken(realm + ref)
        if (seen.has(version)) return false
        seen.add(version)
        return container.setStateAt(value, version)
      },
    })
  }),
  ofContainer('some of many writes at once get lost', 'versions/one-by-one', () => {
    const lost = everyNth(200)
    return (container) => ({
      setStateAt: async (value, version) => lost() || container.setStateAt(value, version),
    })
  }),
]
