import { AvoutError } from '@avout/core'
import type { Data, Log } from '@avout/core/backend'
import type { Mutation } from './mutant.js'

interface Sound {
  readonly name: string
  /** The scenarios of weaker promises that it is held to. */
  readonly weaker: readonly string[]
  readonly mutation: () => Mutation
  /** What could take it for broken; all if absent. */
  readonly only?: RegExp
}

const sound = (
  name: string,
  weaker: readonly string[],
  session: NonNullable<Mutation['session']>,
  only = /^/,
): Sound => ({ name, weaker, only, mutation: () => ({ session }) })

const LIMITED = [
  'log/limit',
  'versions/limit',
  'versions/one-by-one',
  'state/last-set-wins',
  'state/poll',
  'composed/limit',
]

/** Stores that differ from others, and keep every promise: what the suite must not take for broken. */
export const SOUND: readonly Sound[] = [
  sound(
    'keys that come back sorted',
    ['versions/one-by-one'],
    ({ versions, state }) => ({
      versions: {
        container: (ref) => {
          const container = versions.container(ref)
          return { ...container, setStateAt: (value, version) => container.setStateAt(sorted(value), version) }
        },
      },
      state: (name) => {
        const inner = state(name)
        return { ...inner, setState: (value) => inner.setState(sorted(value)) }
      },
    }),
    /^(versions|state|home)|values|together/,
  ),
  sound(
    'an equal value written again wins again',
    ['versions/one-by-one'],
    ({ versions }) => ({
      versions: {
        container: (ref) => {
          const container = versions.container(ref)
          return {
            ...container,
            setStateAt: async (value, version) => {
              if (await container.setStateAt(value, version)) return true
              return JSON.stringify(await container.getStateAt(version)) === JSON.stringify(value)
            },
          }
        },
      },
    }),
    /^(versions|home|composed)|together|written/,
  ),
  sound(
    'few of the missed are told, and subscribers called too often',
    [],
    ({ log }) => ({
      log: {
        ...log,
        append: async (record, after) => {
          const { position, missed } = await log.append(record, after)
          return { position, missed: missed.slice(0, 2) }
        },
        subscribe: (wake) =>
          log.subscribe(() => {
            wake()
            wake()
          }),
      },
    }),
    /^(log|engine)/,
  ),
  sound('limits, and nothing that is optional', LIMITED, ({ log, versions, state }) => ({
    log: limited(log),
    versions: {
      maxBytes: LIMIT,
      check: (value) => {
        if (Buffer.byteLength(JSON.stringify(value)) > LIMIT) throw new RangeError('too large')
      },
      container: (ref) => {
        const container = versions.container(ref)
        return {
          ...container,
          setStateAt: async (value, version) => {
            if (Buffer.byteLength(JSON.stringify(value)) > LIMIT) throw new RangeError('too large')
            return container.setStateAt(value, version)
          },
        }
      },
    },
    state: (name) => {
      const { compareAndSetState, watchState, ...rest } = state(name)
      return rest
    },
  })),
  sound(
    'the parts of a log alone',
    ['log/absent', 'lock/absent', 'state/absent', 'composed-engine/contention-without-locks'],
    () => ({ log: undefined, lock: undefined, state: undefined }) as never,
  ),
  sound(
    'values alone',
    ['log/absent', 'counter/absent', 'lock/absent', 'state/absent'],
    () => ({ log: undefined, counter: undefined, lock: undefined, state: undefined }) as never,
  ),
  sound(
    'a log alone',
    ['counter/absent', 'lock/absent', 'versions/absent', 'state/absent', 'engine/contention-without-locks'],
    () => ({ counter: undefined, lock: undefined, versions: undefined, state: undefined }) as never,
  ),
  sound(
    'values that are too dear for each commit',
    ['engine', 'composed-engine', 'home'].map((suite) => `${suite}/written-behind`),
    ({ versions }) => ({ versions: { ...versions, behind: 30 } }),
    /engine|home/,
  ),
  {
    name: 'a harness that can neither restart its store nor look at its view',
    weaker: ['versions/current-unseen', 'engine/reopened', 'composed-engine/reopened'],
    only: /current|durable|restart|reopened/,
    mutation: () => ({ bare: true }),
  },
]

const LIMIT = 100_000

function limited(log: Log): Log {
  return {
    ...log,
    maxBytes: LIMIT,
    append: async (record, after) => {
      if (record.length > LIMIT) throw new AvoutError('invalid', 'AVOUT_RECORD_SIZE', 'too large')
      return log.append(record, after)
    },
  }
}

function sorted(value: Data): Data {
  if (typeof value !== 'object' || value === null) return value
  if (Array.isArray(value)) return value.map(sorted)
  const fields = value as { readonly [key: string]: Data }
  return Object.fromEntries(
    Object.keys(fields)
      .sort()
      .map((key) => [key, sorted(fields[key] as Data)]),
  )
}
