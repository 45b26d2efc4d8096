import type { Backend, BackendContext, Log, Primitives, Session } from '@avout/core/backend'

type Any = Session<never> & Partial<Primitives>

/**
 * One backend out of the primitives of several, so that they can be examined as a whole. Users need no such thing: `connect`
 * takes a coordinator of parts. A backend that is named twice is opened once. Opening rejects with what the first one that
 * cannot be opened rejects with, and leaves none open.
 */
export function mixed<P extends keyof Primitives>(parts: { readonly [K in P]: Backend<K> }): Backend<P> {
  const named = Object.entries<Backend<never>>(parts) as [P, Backend<never>][]
  return {
    specificationVersion: 1,
    id: `mixed(${named.map(([part, { id }]) => `${part} ${id}`).join(', ')})`,
    open: async (context) => {
      const sessions = await openAll(new Set(named.map(([, backend]) => backend)), context)
      const opened = [...sessions.values()]
      const session = (part: keyof Primitives) =>
        sessions.get((parts as { [K in keyof Primitives]?: Backend<K> })[part] as Backend<never>)
      const { log } = session('log') ?? {}
      const whole: Any = {
        ...(log !== undefined && { log: session('log') === session('versions') ? log : alone(log) }),
        ...method('counter', session('counter')),
        ...method('lock', session('lock')),
        ...(session('versions') !== undefined && { versions: session('versions')?.versions as Primitives['versions'] }),
        ...method('state', session('state')),
        ping: async () => {
          await Promise.all(opened.map((one) => one.ping()))
        },
        close: () => closeAll(opened),
      }
      return whole as Session<P>
    },
  }
}

/** Sessions may be objects of a class: their methods stay theirs. */
function method<P extends 'counter' | 'lock' | 'state'>(part: P, session: Any | undefined): Partial<Primitives> {
  const own = session?.[part]
  return own === undefined ? {} : { [part]: own.bind(session) }
}

/** Without `appendWith`: that would store values beside the log, and they live elsewhere. */
function alone(log: Log): Log {
  const { maxBytes } = log
  return {
    ...(maxBytes !== undefined && { maxBytes }),
    append: (record, after) => log.append(record, after),
    read: (after, limit) => log.read(after, limit),
    tail: () => log.tail(),
    floor: () => log.floor(),
    subscribe: (wake) => log.subscribe(wake),
    trim: (below) => log.trim(below),
  }
}

async function openAll(
  backends: ReadonlySet<Backend<never>>,
  context: BackendContext,
): Promise<ReadonlyMap<Backend<never>, Any>> {
  const sessions = new Map<Backend<never>, Any>()
  const outcomes = await Promise.allSettled(
    [...backends].map(async (backend) => sessions.set(backend, await backend.open(context))),
  )
  for (const outcome of outcomes) {
    if (outcome.status === 'fulfilled') continue
    await closeAll([...sessions.values()])
    throw outcome.reason
  }
  return sessions
}

/** Closes every one, also when one fails; then says so. */
async function closeAll(sessions: readonly Any[]): Promise<void> {
  const outcomes = await Promise.allSettled(sessions.map((session) => session.close()))
  for (const outcome of outcomes) if (outcome.status === 'rejected') throw outcome.reason
}
