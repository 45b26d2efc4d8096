import { type ConnectOptions, composeLog, type Logger } from '@avout/core'
import { connectOn, type SimBackend, type SimProcess, traceRuns } from '@avout/core/testing'
import { Client, describe } from './client.js'
import { endingOf, UserError } from './recorder.js'
import type { World } from './world.js'

/** A log of one store's counter and slots. */
export const composed = (store: SimBackend) => composeLog({ counter: store, slots: store })

/** A client on `process`, however often it takes; undefined where that fails for good. */
export async function connect(world: World, process: SimProcess): Promise<Client | undefined> {
  const { plan } = world
  const [first, ...backends] = world.stores.map((store) => store.on(process))
  if (first === undefined) throw new Error('a world has a store')
  const options: ConnectOptions = {
    coordinator: plan.composed ? { log: composed(first), values: first, lock: first } : first,
    backends,
    realm: world.realm,
    name: process.name,
    logger: loggerOf(world, process),
    ambient: plan.ambient,
    materialize: plan.materialize,
    founding: { window: plan.window, inlineLimit: plan.inlineLimit },
  }
  for (let wait = 10; ; wait = Math.min(1000, 2 * wait)) {
    try {
      const avout = await connectOn(process.platform, options)
      const client = new Client(world, world.clients.length, process, avout)
      traceRuns(avout, (run) => client.runs.push(run))
      world.clients.push(client)
      return client
    } catch (error) {
      if (endingOf(error) === undefined) {
        world.violate(`${process.name} could not connect: ${describe(error)}`)
        return undefined
      }
      world.tally.count('connecting failed')
      await process.platform.clock.sleep(wait)
    }
  }
}

/** A client that cannot go on says so here alone, if nobody calls it any more. */
function loggerOf(world: World, process: SimProcess): Logger {
  const nothing = () => undefined
  const error = (details: object, message: string) => {
    const { error: cause } = details as { error?: unknown }
    if (cause instanceof UserError) return // a handler that was meant to fail
    world.violate(`${process.name}: ${message}: ${describe(cause)}`)
  }
  return { debug: nothing, info: nothing, warn: nothing, error }
}
