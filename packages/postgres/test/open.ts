import type { Backend, BackendContext, BackendState, Clock, Primitives, Session } from '@avout/core/backend'
import { Client } from 'pg'

export type All = Session<keyof Primitives>

/** The machine's clock. */
export const clock: Clock = {
  now: () => performance.timeOrigin + performance.now(),
  sleep: (ms, signal) =>
    new Promise((resolve, reject) => {
      signal?.throwIfAborted()
      const timer = setTimeout(resolve, ms)
      const abort = () => {
        clearTimeout(timer)
        reject(signal?.reason)
      }
      signal?.addEventListener('abort', abort, { once: true })
    }),
}

let realms = 0
/** A realm that no other test uses, on a server that others may share. */
export const newRealm = () => `${process.pid}.${performance.timeOrigin}.${realms++}`

export function openSession(
  backend: Backend<keyof Primitives>,
  realm = newRealm(),
  report: BackendContext['report'] = () => undefined,
): Promise<All> {
  return backend.open({ realm, clock, report })
}

/** One's own client of the server, as a person would have it. It is closed with the scope. */
export async function ownClient(url: string): Promise<Client & AsyncDisposable> {
  const client = new Client(url)
  client.on('error', () => undefined)
  await client.connect()
  return Object.assign(client, { [Symbol.asyncDispose]: () => client.end() })
}

/** Waits for what is to come. */
export async function eventually(what: string, condition: () => boolean | Promise<boolean>, within = 15_000) {
  const end = performance.now() + within
  while (!(await condition())) {
    if (performance.now() > end) throw new Error(`${what}: not within ${within} ms`)
    await clock.sleep(10)
  }
}

/** Another database on the same server. */
export function databaseOf(url: string, database: string): string {
  const other = new URL(url)
  other.pathname = `/${database}`
  return other.href
}

/** What a backend reports of itself. */
export function reports() {
  const states: BackendState[] = []
  return { states, report: (state: BackendState) => void states.push(state) }
}

export const bytes = (text: string) => new TextEncoder().encode(text)
export const textOf = ({ record }: { record: Uint8Array }) => new TextDecoder().decode(record)
