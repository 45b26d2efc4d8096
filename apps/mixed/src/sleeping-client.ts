import { type Avout, connect, type HeldLock, LockLostError } from '@avout/core'
import { openServers, type ServerName, type Urls } from './stores.js'

/** What this process is told, as JSON in its first argument. */
export interface SleeperTold {
  readonly urls: Urls
  readonly realm: string
  /** The store that coordinates. */
  readonly store: ServerName
  /** The recorded locks that it takes. */
  readonly locks: readonly string[]
  /** Milliseconds. */
  readonly lease: number
}

/** What became of a lock that it held, and of what it wanted to commit as its holder. */
export interface Woken {
  readonly token: number
  /** Whether each of these was refused with LockLostError: a commit that was under way when it fell asleep, one begun later, release(). */
  readonly refused: { readonly underWay: boolean; readonly later: boolean; readonly release: boolean }
  /** The code of what `held.signal` aborted with. */
  readonly lost: unknown
}

/** What this process says: that it holds the locks, and then what it found when it was told to go on. */
export type SleeperSays = { readonly holding: readonly number[] } | { readonly woken: readonly Woken[] }

/** Begins a commit as the holder of the lock; it ends when `goOn` does. */
function write(client: Avout, held: HeldLock, goOn: Promise<unknown>): Promise<void> {
  return client.dosync(async (tx) => {
    tx.requires(held)
    await goOn
    tx.set(client.ref(held.name, ''), 'the sleeper')
  })
}

async function isRefused(attempt: Promise<unknown>): Promise<boolean> {
  const [outcome] = await Promise.allSettled([attempt])
  if (outcome.status === 'fulfilled') return false
  if (LockLostError.isInstance(outcome.reason)) return true
  throw outcome.reason
}

async function wake(client: Avout, held: HeldLock, underWay: Promise<boolean>): Promise<Woken> {
  const first = await underWay
  const later = await isRefused(write(client, held, Promise.resolve()))
  await new Promise<void>((resolve) => {
    if (held.signal.aborted) resolve()
    held.signal.addEventListener('abort', () => resolve())
  })
  const release = await isRefused(held.release())
  return { token: held.token, refused: { underWay: first, later, release }, lost: held.signal.reason?.code }
}

/** Takes locks and begins to commit; the one who started this process stops it then, for longer than its leases. */
async function live({ urls, realm, store, locks, lease }: SleeperTold): Promise<void> {
  await using client = await connect({ coordinator: openServers(urls)[store], realm, name: 'sleeper', timeout: 20_000 })
  const held = await Promise.all(locks.map((name) => client.lock(name, { recorded: true }).acquire({ lease })))
  const goOn = new Promise((resolve) => {
    process.once('message', resolve)
  })
  const underWay = held.map((one) => isRefused(write(client, one, goOn)))
  say({ holding: held.map(({ token }) => token) })
  await goOn
  say({ woken: await Promise.all(held.map((one, i) => wake(client, one, underWay[i] as Promise<boolean>))) })
}

function say(what: SleeperSays): void {
  process.send?.(what)
}

await live(JSON.parse(process.argv[2] as string))
process.disconnect()
