import { Redis, type RedisOptions } from 'ioredis'
import type { Address, Settings } from './options.js'
import { type Scripted, scripts } from './scripts/index.js'

/** The driver, with our scripts as commands. */
export type Driver = Redis & Scripted

/** What a connection is for. */
export type Role = 'commands' | 'blocking' | 'messages'

/** How long one `XREAD` waits at the server. */
export const BLOCK = 3000

/**
 * By default the driver sends again what got no answer, and an append would be there twice; with that alone switched off, what it
 * has rejected waits in a queue and is sent later. So: nothing is queued, nothing is sent again, every command ends. What is
 * spread last holds whatever the user's options say.
 */
function safe(timeout: number, role: Role) {
  return {
    autoResendUnfulfilledCommands: false,
    maxRetriesPerRequest: 0,
    enableOfflineQueue: false,
    // A command that waits at the server takes as long as it takes: there the silence of the socket counts.
    commandTimeout: role === 'blocking' ? undefined : timeout,
    socketTimeout: role === 'blocking' ? BLOCK + 1000 : undefined,
    connectTimeout: timeout,
    retryStrategy: (times: number) => Math.min(50 * times, 1000),
    reconnectOnError: null,
    // It subscribes again by itself, but nobody hears when that fails.
    autoResubscribe: false,
    enableAutoPipelining: false,
    enableReadyCheck: true,
    blockingTimeout: undefined,
    lazyConnect: true,
    readOnly: false,
    monitor: false,
    keyPrefix: '',
    stringNumbers: false,
    replyMapping: 'legacy',
    himportFieldsets: undefined,
    scripts,
  } as const satisfies RedisOptions
}

/** How long a connection that is given up may take to say goodbye. */
const GOODBYE = { disconnectTimeout: 100 }

/** A client of one server, not connected yet. */
export function makeDriver(settings: Settings, role: Role, address: Address | undefined): Driver {
  const options = { ...settings.driver, ...safe(settings.timeout, role), ...GOODBYE, ...address }
  return new Redis(options) as Driver
}
