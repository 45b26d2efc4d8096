import { setMaxListeners } from 'node:events'
import type { Avout } from '@avout/core'
import type { Evidence } from './audit.js'
import { type Assigned, type Crew, deskName, dockOf, vanName, type Work } from './crew.js'
import { type Desk, serve } from './desk.js'
import { opinionOf } from './opinion.js'
import type { Paper } from './paper.js'
import { drive } from './shipper.js'
import type { Shop } from './shop.js'
import type { Keys } from './state.js'
import type { Tally } from './tally.js'

export interface LocalParts {
  readonly shop: Shop
  readonly paper: Paper
  readonly docks: readonly string[]
  readonly desks: number
  readonly tally: Tally
  readonly join: (name: string) => Promise<Avout>
}

/** Desks, vans and the mailer of this process, each with a connection of its own. */
export class LocalCrew implements Crew {
  readonly #parts: LocalParts
  readonly #desks: readonly Avout[]
  readonly #vans: readonly Avout[]
  readonly #mailer: Avout

  private constructor(parts: LocalParts, desks: readonly Avout[], vans: readonly Avout[], mailer: Avout) {
    this.#parts = parts
    this.#desks = desks
    this.#vans = vans
    this.#mailer = mailer
  }

  static async open(parts: LocalParts): Promise<LocalCrew> {
    const desks = await Promise.all(Array.from({ length: parts.desks }, (_, n) => parts.join(deskName(n))))
    const vans = await Promise.all(parts.docks.map((_, n) => parts.join(vanName(n))))
    const mailer = await parts.join('mailer')
    mailer.agent(parts.shop.mailer).run()
    return new LocalCrew(parts, desks, vans, mailer)
  }

  async work({ orders, interrupted, closeShop, counted }: Assigned): Promise<Work> {
    const { shop, paper, docks, tally } = this.#parts
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
        { client, shop, dock: docks[n] as string, name: vanName(n), paper, tally, signal },
        {
          shipped: (ids) => {
            tally.shipped += ids.length
            reported.shipped.push(...ids)
          },
          unheard: () => {
            unheard = true
          },
          counted,
        },
      )

    const driving = vans.map((client, n) => orStopAll(onTheRoad(client, n)))
    const serving = desks.map((client, n) =>
      atDesk({ client, shop, name: deskName(n), dock: dockOf(n, docks), tally, signal }),
    )
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
      ...this.#desks.map((client, n) => [client, deskName(n)] as const),
      ...this.#vans.map((client, n) => [client, vanName(n)] as const),
      [this.#mailer, 'mailer'] as const,
    ]
    return Promise.all(named.map(([client, name]) => opinionOf(client, name, shop, keys)))
  }

  /** Its connections are closed by who gave them. */
  async [Symbol.asyncDispose](): Promise<void> {}
}
