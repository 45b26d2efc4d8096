import { setTimeout } from 'node:timers/promises'
import { AvoutError, ClosedError, UnavailableError } from '@avout/core'
import type { Data, Log, Stored, VersionedStates } from '@avout/core/backend'
import { everywhere, type Full, type Mutant, type Mutation, never } from './mutant.js'
import { forgetful } from './stores.js'

const ofLog =
  (change: (log: Log, realm: string) => Partial<Log>, rest: Mutation = {}) =>
  (): Mutation => ({
    ...rest,
    session: (session, realm) => ({
      ...rest.session?.(session, realm),
      log: { ...session.log, ...change(session.log, realm) },
    }),
  })

/** A mutant that changes what is given to its containers, whichever way it comes. */
const storing =
  (change: (entry: Stored) => Stored, rest: Partial<VersionedStates> = {}) =>
  (): Mutation => ({
    session: ({ versions }: Full) => ({
      versions: {
        ...versions,
        ...rest,
        setMany: async (entries) => (await versions.setMany?.(entries.map(change))) ?? [],
        container: (ref) => {
          const container = versions.container(ref)
          return {
            ...container,
            setStateAt: (value, version) => {
              const entry = change({ ref, version, value })
              return versions.container(entry.ref).setStateAt(entry.value, entry.version)
            },
          }
        },
      },
    }),
  })

/** Sessions reach one half of the store or the other, which know nothing of each other. */
const halves = (): Mutation => {
  let opened = 0
  return { realm: (realm) => `${realm} ${++opened % 2}` }
}

/** It takes a record only from who knows all that came before: what many take for the meaning of `after`. */
const jealous = (log: Log): Partial<Log> => ({
  append: async (record, after) => {
    // Long enough for another client to be first, whatever else the machine does.
    await setTimeout(20)
    if (after < (await log.tail())) throw new AvoutError('invalid', 'AVOUT_TEST', 'you have missed something')
    return log.append(record, after)
  },
})

const staleTail = (log: Log): Partial<Log> => {
  let known: number | undefined
  return {
    tail: async () => {
      known ??= await log.tail()
      return known
    },
    subscribe: async () => ({ [Symbol.asyncDispose]: async () => undefined }),
  }
}

/** The first session that closes ends the connection of all. */
const sharedConnection = (): Mutation => {
  let closed = false
  return {
    session: ({ log, close }) => ({
      log: {
        ...log,
        append: async (record, after) => {
          if (closed) throw new ClosedError('the connection is closed')
          return log.append(record, after)
        },
      },
      close: () => {
        closed = true
        return close()
      },
    }),
  }
}

const neverBack = (): Mutation => {
  let restarts = 0
  return {
    restarted: () => {
      restarts++
    },
    session: ({ log }) => {
      const opened = restarts
      return {
        log: {
          ...log,
          append: async (record, after) => {
            if (restarts > opened) throw new UnavailableError('not connected', 'test')
            return log.append(record, after)
          },
        },
      }
    },
  }
}

const late = (): Mutation => ({
  session: ({ versions }) => {
    const { container, setMany } = versions
    const soon = async <T>(write: () => Promise<T>) => {
      await setTimeout(30)
      await Promise.allSettled([write()])
    }
    return {
      versions: {
        ...versions,
        setMany: async (entries) => {
          void soon(async () => setMany?.(entries))
          return entries.map(() => true)
        },
        container: (ref) => ({
          ...container(ref),
          setStateAt: async (value, version) => {
            void soon(() => container(ref).setStateAt(value, version))
            return true
          },
        }),
      },
    }
  },
})

const copied = (value: Data): Data => {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value
  const fields = value as { readonly [key: string]: Data }
  const copy: { [key: string]: Data } = {}
  for (const key of Object.keys(fields)) copy[key] = copied(fields[key] as Data)
  return copy
}

const cut = (value: Data): Data => (typeof value === 'string' ? value.slice(0, 4000) : value)

let ids = 0

export const engines: readonly Mutant[] = [
  ...everywhere(
    'a store in two halves',
    [
      'increments',
      'transfers',
      'operations',
      'histories',
      'cold-client',
      'strict-reads',
      'watches',
      'retry',
      'lost-acknowledgement',
      'two-stores',
      'agent',
    ].map((name) => `engine/${name}`),
    halves,
  ),
  ...everywhere(
    'only who has missed nothing may append',
    ['engine/increments', 'engine/histories', 'engine/lost-append'],
    ofLog(jealous),
  ),
  ...everywhere(
    'only who has missed nothing may append, without locks',
    ['engine/contention-without-locks'],
    ofLog(jealous, { session: () => ({ lock: undefined as never }) }),
  ),
  ...everywhere('a tail that was read before', ['engine/strict-reads', 'engine/retry'], ofLog(staleTail)),
  ...everywhere('realms that begin alike are one', ['engine/realms'], () => ({
    realm: (realm) => realm.replace(/a+$/, ''),
  })),
  ...everywhere('who leaves takes the connection of all along', ['engine/closed-midway'], sharedConnection),
  ...everywhere('a session that a restart ends', ['engine/restart'], neverBack),
  ...everywhere('a restart that loses the newest entries', ['engine/restart'], () => ({
    restarted: (store) => {
      store.rollback('realm', 5)
    },
  })),
  ...everywhere('data that its last session takes along', ['engine/reopened'], () => ({ ...forgetful(), bare: true })),
  ...everywhere('a lock that nobody gets', ['engine/contention'], () => ({
    session: ({ lock }) => ({ lock: (name) => ({ ...lock(name), acquire: () => never }) }),
  })),
  ...everywhere('a state that is set whatever it is compared with', ['engine/atom'], () => ({
    session: ({ state }) => ({
      state: (name) => {
        const container = state(name)
        const compareAndSetState = async (_: unknown, value: Data) => {
          await container.setState(value)
          return true
        }
        return { ...container, compareAndSetState }
      },
    }),
  })),
  ...everywhere('a lock that everybody gets', ['engine/lock', 'engine/with-locks'], () => {
    let token = 0
    const lease = () => ({ token: ++token, lost: new AbortController().signal, release: async () => undefined })
    return { session: ({ lock }) => ({ lock: (name) => ({ ...lock(name), acquire: async () => lease() }) }) }
  }),
  ...everywhere('a lock that nobody is seen to hold', ['engine/condition'], () => ({
    session: ({ lock }) => ({ lock: (name) => ({ ...lock(name), queue: async () => [] }) }),
  })),
  ...everywhere('a counter of each session', ['engine/counter'], () => ({
    session: ({ counter }) => {
      const own = crypto.randomUUID()
      return { counter: (name) => counter(`${name} ${own}`) }
    },
  })),
  ...everywhere('values that come a little later', ['engine/written-through', 'home/written-through'], late),
  ...everywhere(
    'values that never follow',
    ['engine/written-behind', 'home/written-behind'],
    storing((entry) => ({ ...entry, version: `${entry.version} lost` }), { behind: 20 }),
  ),
  ...everywhere(
    'values are cut at 4,000 characters',
    ['engine/large-values', 'home/large-values'],
    storing((entry) => ({ ...entry, value: cut(entry.value) })),
  ),
  ...everywhere(
    'refs without their case',
    ['engine/names', 'home/names'],
    storing((entry) => ({ ...entry, ref: entry.ref.toLowerCase() })),
  ),
  ...everywhere(
    'fields are copied by assignment',
    ['engine/values', 'home/values'],
    storing((entry) => ({ ...entry, value: copied(entry.value) })),
  ),
  ...everywhere('an id for every backend', ['home/two-stores'], () => ({
    backend: ({ id }) => ({ id: `${id}${++ids}` }),
  })),
]
