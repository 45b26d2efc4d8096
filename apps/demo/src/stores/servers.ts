import { randomUUID } from 'node:crypto'
import { type Server, shared } from '@avout/servers'
import { openOwnView } from '../own-view/open.js'
import { type Assignment, type ServerName, serversOf } from './assignment.js'
import type { Located } from './located.js'

/** A server that does not answer, or is not to be had. */
export class StoreError extends Error {
  override readonly name = 'StoreError'
}

/** Where a run's stores are, and how to give them back. */
export interface Place extends AsyncDisposable {
  readonly located: Located
}

/**
 * Finds or starts the servers of an assignment and makes sure that each answers, before anything is written to any. A realm of
 * its own keeps a run apart from all others. Rejects with `StoreError`, and gives back what it had got.
 */
export async function placeOf(assignment: Assignment): Promise<Place> {
  const servers = new Map<ServerName, Server>()
  const giveBack = async () => {
    await Promise.all([...servers.values()].map((server) => server.close()))
  }
  try {
    const names = serversOf(assignment)
    // Settled one and all: what came up although another did not is given back, too.
    const found = await Promise.allSettled(
      names.map(async (name) => {
        servers.set(name, await serverOf(name))
        await checkAnswers(name, servers.get(name)?.url as string)
      }),
    )
    const missing = found.flatMap((outcome) => (outcome.status === 'rejected' ? [outcome.reason as unknown] : []))
    if (missing.length > 0) throw new StoreError(missing.map(textOf).join('\n'), { cause: new AggregateError(missing) })
    const urls = Object.fromEntries([...servers].map(([name, { url }]) => [name, url]))
    const realm = names.length === 0 ? 'shop' : `shop-${randomUUID().slice(0, 8)}`
    return { located: { assignment, urls, realm }, [Symbol.asyncDispose]: giveBack }
  } catch (error) {
    await giveBack()
    throw error
  }
}

async function serverOf(name: ServerName): Promise<Server> {
  try {
    return await shared(name)
  } catch (error) {
    throw new StoreError(`there is no ${name} server to be had: ${textOf(error)}`, { cause: error })
  }
}

async function checkAnswers(name: ServerName, url: string): Promise<void> {
  try {
    await using view = await openOwnView(name, url)
    await view.ping()
  } catch (error) {
    const from = `AVOUT_${name.toUpperCase()}_URL`
    const hint = process.env[from] ? `: is ${from} right, and does it run?` : ''
    throw new StoreError(`${name} at ${withoutSecrets(url)} does not answer (${textOf(error)})${hint}`, {
      cause: error,
    })
  }
}

/** A URL that can be shown. */
export function withoutSecrets(url: string): string {
  return url.replace(/^([a-z+]+:\/\/)[^@/]*@/, '$1')
}

function textOf(error: unknown): string {
  if (error instanceof AggregateError) return error.errors.map(textOf).join('; ')
  return error instanceof Error ? error.message : String(error)
}
