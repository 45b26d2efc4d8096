import { randomUUID } from 'node:crypto'
import { setTimeout as pause } from 'node:timers/promises'
import type { Backend, BackendState, Clock, Primitives } from '@avout/core/backend'
import { MongoClient } from 'mongodb'
import { type MongoOptions, mongo } from '../src/index.js'

export const clock: Clock = {
  now: () => performance.now(),
  sleep: (ms, signal) => pause(ms, undefined, { signal }),
}

export const newRealm = (): string => `realm-${randomUUID().slice(0, 8)}`

export const bytes = (text: string): Uint8Array => new TextEncoder().encode(text)

export const textOf = ({ record }: { readonly record: Uint8Array }): string => new TextDecoder().decode(record)

export const openOn = (
  backend: Backend<keyof Primitives>,
  realm = newRealm(),
  report: (state: BackendState, error?: unknown) => void = () => undefined,
) => backend.open({ realm, clock, report })

export const openSession = (options: string | MongoOptions, realm = newRealm()) => openOn(mongo(options), realm)

interface Stored {
  [field: string]: unknown
  _id: { realm: string; ref?: string; version?: string; position?: number; name?: string }
}

/** The store as somebody sees it who knows nothing of Avout. */
export function look(url: string) {
  const client = new MongoClient(url, { directConnection: true })
  const db = client.db('avout')
  return {
    client,
    db,
    collection: (name: string) => db.collection<Stored>(name),
    close: () => client.close(),
  }
}

/** A client of the user's that tells which commands it sends. */
export function listened(url: string) {
  const client = new MongoClient(url, { monitorCommands: true })
  const commands: string[] = []
  client.on('commandStarted', ({ commandName }) => commands.push(commandName))
  return { client, commands }
}

export async function until(condition: () => boolean | Promise<boolean>, what: string, ms = 30_000): Promise<void> {
  const end = performance.now() + ms
  while (!(await condition())) {
    if (performance.now() > end) throw new Error(`${what}: not within ${ms} ms`)
    await pause(5)
  }
}

/** What a call rejects with. */
export const refusal = (call: Promise<unknown>): Promise<unknown> =>
  call.then(
    (value) => {
      throw new Error(`it resolved with ${String(value)}`)
    },
    (error: unknown) => error,
  )
