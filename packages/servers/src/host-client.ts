import { connect } from 'node:net'
import { tmpdir, userInfo } from 'node:os'
import { join } from 'node:path'
import type { Kind } from './kinds.js'
import { hasCode } from './process-tree.js'

/** The variable in which `pnpm test` tells the tests the socket of the run's host. */
export const runVariable = 'AVOUT_SERVERS_RUN'

/** The folder of the host that `pnpm servers up` leaves running: one for each user. */
export const keptFolder = () => join(tmpdir(), `avout-servers-${userInfo().uid}`)

/** Its socket. */
export const keptSocket = () => join(keptFolder(), 'host.sock')

/** What a host is asked: for a server that runs, for one that it starts if need be, to close some, for all, to end. */
export type HostAsk = { readonly ask: 'find' | 'get' | 'close'; readonly kind: Kind } | { readonly ask: 'list' | 'end' }

/** A server of a host. */
export interface HostedServer {
  readonly kind: Kind
  readonly url: string
  readonly pids: readonly number[]
  /** When it was started, in ms since 1970. */
  readonly since: number
}

/** What it answers. No `url`: there is no such server. */
export interface HostAnswer {
  readonly pid: number
  readonly url?: string
  readonly servers?: readonly HostedServer[]
  readonly error?: string
}

/** Asks a host: one line there and one back. Undefined if there is no host; rejects with what it says went wrong. */
export function askHost(path: string, ask: HostAsk): Promise<HostAnswer | undefined> {
  return new Promise((resolve, reject) => {
    const socket = connect({ path })
    let text = ''
    socket.setEncoding('utf8')
    socket.on('connect', () => socket.write(`${JSON.stringify(ask)}\n`))
    socket.on('data', (more) => {
      text += more
    })
    socket.on('error', (error) => (hasCode(error, 'ENOENT', 'ECONNREFUSED') ? resolve(undefined) : reject(error)))
    socket.on('end', () => {
      if (!text.endsWith('\n')) return reject(new Error(`The host of the servers at ${path} ended without an answer`))
      const answer: HostAnswer = JSON.parse(text)
      if (answer.error === undefined) resolve(answer)
      else reject(new Error(answer.error))
    })
  })
}
