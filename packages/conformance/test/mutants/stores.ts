import { ClosedError } from '@avout/core'
import { everywhere, type Mutant, type Mutation, mutant, never, shared } from './mutant.js'

const primitives = ['log', 'counter', 'versions', 'state']

/** Forgets a realm when its last session is closed. */
export const forgetful = (): Mutation => {
  const generationOf = shared(() => ({ generation: 0, open: 0 }))
  return {
    realm: (realm) => {
      const { generation } = generationOf(realm)
      generationOf(realm).open++
      return `${realm}@${generation}`
    },
    session: (session, realm) => ({
      close: async () => {
        const counts = generationOf(realm.slice(0, realm.lastIndexOf('@')))
        if (--counts.open === 0) counts.generation++
        await session.close()
      },
    }),
  }
}

let opened = 0

export const stores: readonly Mutant[] = [
  ...everywhere(
    'data that its last session takes along',
    primitives.map((name) => `${name}/durable`),
    forgetful,
  ),
  ...everywhere(
    'realms that begin alike are one',
    ['log/realms', 'counter/realms', 'versions/realms', 'state/names'],
    () => ({
      realm: (realm) => realm.replace(/a+$/, ''),
    }),
  ),
  {
    name: 'an id for every backend',
    caughtBy: 'session/identity',
    make: () => ({ backend: ({ id }) => ({ id: `${id}${++opened}` }) }),
  },
  {
    name: 'a specification of the future',
    caughtBy: 'session/identity',
    make: () => ({ backend: () => ({ specificationVersion: 2 as unknown as 1 }) }),
  },
  mutant('a ping that never answers', 'session/ping', () => () => ({ ping: () => never })),
  mutant('a closed session goes on', 'session/closed', () => () => ({ close: async () => undefined })),
  mutant('a session closes its siblings', 'session/closed', () => {
    let closed = false
    return (session) => ({
      ping: async () => {
        if (closed) throw new ClosedError()
      },
      close: () => {
        closed = true
        return session.close()
      },
    })
  }),
  ...everywhere(
    'a primitive that comes and goes',
    primitives.map((name) => `${name}/absent`),
    () => {
      let first = true
      return {
        session: () => {
          if (!first) return {}
          first = false
          return { log: undefined, counter: undefined, versions: undefined, state: undefined } as never
        },
      }
    },
  ),
  {
    name: 'a lock that comes and goes',
    caughtBy: 'lock/absent',
    make: () => {
      let first = true
      return {
        session: () => {
          if (!first) return {}
          first = false
          return { lock: undefined } as never
        },
      }
    },
  },
]

/** A log that is composed of a store whose versions are not write-once. */
export const parts: readonly Mutant[] = [
  mutant('a late writer overwrites what has filled its slot', 'composed/late-writer', () => ({ versions }) => ({
    versions: {
      container: (ref) => {
        const container = versions.container(ref)
        return {
          ...container,
          setStateAt: async (value, version) => {
            if (value !== null) await container.deleteStateAt(version)
            return container.setStateAt(value, version)
          },
        }
      },
    },
  })),
  mutant('fillers are lost', 'composed/abandoned-slot', () => ({ versions }) => ({
    versions: {
      container: (ref) => {
        const container = versions.container(ref)
        return {
          ...container,
          setStateAt: async (value, version) => (value === null ? false : container.setStateAt(value, version)),
        }
      },
    },
  })),
]
