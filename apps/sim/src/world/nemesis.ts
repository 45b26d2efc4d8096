import type { Random } from '@avout/core/testing'
import { junk } from './junk.js'
import type { World } from './world.js'

interface Strike {
  /** How many events come before it. */
  readonly event: number
  readonly act: () => void
}

/** What goes wrong beyond single calls, at moments counted in events: crashes, pauses, absent stores, rollbacks, foreign bytes. */
export class Nemesis {
  readonly #world: World
  readonly #random: Random
  readonly #strikes: Strike[]

  constructor(world: World) {
    this.#world = world
    this.#random = world.scheduler.random.stream('nemesis')
    const { crashes, pauses, outages, rollbacks, vandals, latecomers } = world.plan
    this.#strikes = [
      ...this.#times(crashes, () => this.#crash()),
      ...this.#times(pauses, () => this.#pause()),
      ...this.#times(outages, () => this.#outage()),
      ...this.#times(rollbacks, () => this.#rollback()),
      ...this.#times(vandals, () => this.#vandalise()),
      ...this.#times(latecomers, () => world.join()),
    ].sort((a, b) => a.event - b.event)
  }

  /** Strikes when it is time. */
  look(): void {
    while (this.#strikes[0] !== undefined && this.#strikes[0].event <= this.#world.scheduler.events) {
      this.#strikes.shift()?.act()
    }
  }

  #times(count: number, act: () => void): Strike[] {
    return Array.from({ length: count }, () => ({ event: this.#random.between(20, 600), act }))
  }

  #crash(): void {
    const [victim] = this.#random.shuffle(this.#world.processes)
    if (victim === undefined) return
    this.#world.crash(victim)
    if (this.#random.chance(0.7)) this.#world.join()
  }

  #pause(): void {
    const [victim] = this.#random.shuffle(this.#world.processes.filter(({ paused }) => !paused))
    if (victim === undefined) return
    this.#world.tally.count('pause')
    victim.pause()
    this.#later(() => victim.resume())
  }

  #outage(): void {
    const store = this.#random.pick(this.#world.stores)
    this.#world.tally.count(`outage of ${store.id}`)
    store.down = true
    this.#later(() => {
      store.down = false
    })
  }

  #rollback(): void {
    const { log, realm, tally } = this.#world
    tally.count('rollback')
    const before = log.entries(realm).length
    const victims = log.rollback(realm, this.#random.between(1, 4))
    if (log.entries(realm).length < before) this.#world.rolledBack()
    for (const victim of victims) {
      this.#world.forget(victim)
      this.#world.crash(victim)
    }
    this.#world.join()
  }

  #vandalise(): void {
    this.#world.tally.count('foreign bytes')
    this.#world.log.plant(this.#world.realm, junk(this.#random))
  }

  #later(act: () => void): void {
    this.#world.scheduler.schedule(this.#random.next() * this.#world.plan.pause, act, 'nemesis')
  }
}
