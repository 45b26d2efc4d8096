import { setMaxListeners } from 'node:events'
import type { Avout } from '@avout/core'
import type { Evidence } from './audit.js'
import { type Assigned, type Crew, dockOf, type Work } from './crew.js'
import { type Desk, serve } from './desk.js'
import { opinionOf } from './opinion.js'
import { drive } from './shipper.js'
import type { Shop } from './shop.js'
import type { Keys } from './state.js'
import type { Tally } from './tally.js'

export interface LocalParts {
  readonly shop: Shop
  readonly docks: readonly string[]
  readonly desks: number
  readonly tally: Tally
  readonly join: (name: string) => Promise<Avout>
}

/** Desks and vans of this process, each with a connection of its own. */
export class LocalCrew implements Crew {
  readonly #parts: LocalParts
  readonly #desks: readonly Avout[]
  readonly #vans: readonly Avout[]

  private constructor(parts: LocalParts, desks: readonly Avout[], vans: readonly Avout[]) {
    this.#parts = parts
    this.#desks = desks
    this.#vans = vans
  }

  static async open(parts: LocalParts): Promise<LocalCrew> {
    const desks = await Promise.all(Array.from({ length: parts.desks }, (_, n) => parts.join(`desk-${n + 1}`)))
    const vans = await Promise.all(parts.docks.map((_, n) => parts.join(`van-${n + 1}`)))
    return new LocalCrew(parts, desks, vans)
  }

  async work({ orders, interrupted, closeShop }: Assigned): Promise<Work> {
    const { shop, docks, tally } = this.#parts
    const [desks, vans] = [this.#desks, this.#vans]
    const reported = { rejected: [] as string[], shipped: [] as string[] }
    let unheard = false
    const failure = new AbortController()
    const { signal } = failure
    // One transaction a client at a time, so one listener each: more would be a leak, and Node would tell.
    setMaxListeners(desks.length + vans.length + 1, signal)
    const orStopAll = async (work: Promise<unknown>) => {
      try {
        await work
      } catch (error) {
        failure.abort(error)
      }
    }
    let next = 0
    const atDesk = async (desk: Desk) => {
      while (!interrupted.aborted && !signal.aborted) {
        const order = orders[next++]
        if (order === undefined) return
        const end = await serve(desk, order, false)
        tally[end]++
        if (end === 'rejected') reported.rejected.push(order.id)
      }
    }
    const onTheRoad = (client: Avout, n: number) =>
      drive(
        { client, shop, dock: docks[n] as string, tally, signal },
        (ids) => {
          tally.shipped += ids.length
          reported.shipped.push(...ids)
        },
        () => {
          unheard = true
        },
      )

    const driving = vans.map((client, n) => orStopAll(onTheRoad(client, n)))
    const serving = desks.map((client, n) => atDesk({ client, shop, dock: dockOf(n, docks), tally, signal }))
    await Promise.all(serving.map(orStopAll))
    await orStopAll(closeShop(signal))
    await Promise.all(driving)
    signal.throwIfAborted()
    const taken = Math.min(next, orders.length)
    return { taken: orders.slice(0, taken), untaken: orders.slice(taken), reported, unheard }
  }

  opinions(keys: Keys): Promise<Evidence['clients']> {
    const { shop } = this.#parts
    const named = [
      ...this.#desks.map((client, n) => [client, `desk-${n + 1}`] as const),
      ...this.#vans.map((client, n) => [client, `van-${n + 1}`] as const),
    ]
    return Promise.all(named.map(([client, name]) => opinionOf(client, name, shop, keys)))
  }

  /** Its connections are closed by who gave them. */
  async [Symbol.asyncDispose](): Promise<void> {}
}
