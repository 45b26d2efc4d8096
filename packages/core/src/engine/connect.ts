import { platform as machine } from '#platform'
import type { Avout } from '../api/avout.js'
import { checkName } from '../api/names.js'
import { type ConnectOptions, checkConnectOptions } from '../api/options.js'
import { Folds } from '../commit/folds.js'
import { Homes } from '../commit/homes.js'
import { orAborted } from '../commit/or-aborted.js'
import { usageError } from '../errors.js'
import type { Platform } from '../platform/platform.js'
import { Reports } from '../report/reports.js'
import { createCodec } from '../values/codec.js'
import { AmbientContext } from './ambient.js'
import { Client } from './client.js'
import { openCoordinator } from './coordinator.js'
import { Engine } from './engine.js'
import { found } from './found.js'
import { withClock } from './with-clock.js'

const TIMEOUT_MS = 30_000

/**
 * Opens a realm: replays its log, or founds it. Rejects with a TypeError for options that there are not, UnavailableError when the
 * coordinator does not answer, IncompatibleError when the log is newer than this code, and `signal.reason`.
 */
export function connect(options: ConnectOptions): Promise<Avout> {
  return connectOn(machine, options)
}

/** Connects with time, randomness and scheduling from elsewhere: simulations own them. */
export async function connectOn(host: Platform, options: ConnectOptions): Promise<Client> {
  checkConnectOptions(options)
  const platform = options.clock === undefined ? host : withClock(host, options.clock)
  const { signal, logger, coordinator, realm = 'avout' } = options
  if (coordinator === undefined)
    throw usageError('AVOUT_COORDINATOR', 'connect needs a coordinator: a backend with a log')
  checkName('realm', realm)
  signal?.throwIfAborted()
  const codec = createCodec(options.types ?? [])
  const folds = new Folds(codec, options.ops ?? [])
  const reports = new Reports(logger)
  let engine: Engine | undefined
  const homes = new Homes(realm, platform.clock, () => engine?.healthChanged())
  const opening = open()
  return signal === undefined ? opening : abandonable(opening, signal)

  async function open(): Promise<Client> {
    try {
      for (const backend of options.backends ?? []) homes.add(backend)
      const coordination = await openCoordinator(coordinator, homes)
      engine = new Engine({
        client: platform.randomId(),
        platform,
        ambient: options.ambient === false ? undefined : ambient(),
        options: {
          realm,
          timeout: options.timeout ?? TIMEOUT_MS,
          staleness: options.staleness ?? 0,
          materialize: options.materialize ?? 'wait',
          name: options.name,
        },
        codec,
        folds,
        homes,
        coordination,
        reports,
        logger,
      })
      await found(coordination.log, engine.ingest, engine.replica, options.founding)
      engine.checkOpen()
      const subscription = await coordination.log.subscribe(() => engine?.news.pushed())
      return new Client(engine, homes, subscription)
    } catch (error) {
      await closeAll(homes)
      throw error
    }
  }
}

let shared: AmbientContext | undefined

/** One context a process, whoever owns the time: every one more would cost at every promise. */
function ambient(): AmbientContext | undefined {
  if (shared !== undefined) return shared
  const context = machine.createContext<never>()
  if (context !== undefined) shared = new AmbientContext(context)
  return shared
}

/** Stops waiting when the signal aborts; what opens afterwards is closed. */
async function abandonable(opening: Promise<Client>, signal: AbortSignal): Promise<Client> {
  try {
    return await orAborted(opening, signal)
  } catch (error) {
    if (signal.aborted) void opening.then((client) => client.close({ drain: 0 }), ignore)
    throw error
  }
}

/** Nobody waits for this connection any more: that it failed is no news. */
function ignore(): void {}

async function closeAll(homes: Homes): Promise<void> {
  await Promise.allSettled([...homes.values()].map((home) => home.close()))
}
