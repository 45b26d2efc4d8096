import type { Counter } from '@avout/core/backend'
import type { Folder } from './folder.js'

interface Turn {
  readonly number: number
  readonly value: number
}

/**
 * A counter out of the five functions: turn by turn, each written once, by whoever is first. What has been seen stays true, so
 * a session remembers the last turn that it saw and looks on from there.
 */
export class Turns implements Counter {
  readonly #folder: Folder
  #ready: Promise<void> | undefined
  #taking: Promise<unknown> = Promise.resolve()
  #seen: Turn = { number: 0, value: 0 }

  constructor(folder: Folder) {
    this.#folder = folder
  }

  /** One after the other within a session: those that race for a turn lose it to all but one. */
  next(n = 1): Promise<number> {
    const taken = this.#taking.then(() => this.#take(n))
    this.#taking = Promise.allSettled([taken])
    return taken
  }

  async current(): Promise<number> {
    return (await this.#last()).value
  }

  async #take(n: number): Promise<number> {
    for (;;) {
      const last = await this.#last()
      const value = last.value + n
      if (await this.#folder.setStateAt(value, `${last.number + 1}`)) return value
    }
  }

  async #last(): Promise<Turn> {
    this.#ready ??= this.#begin()
    await this.#ready
    for (let last = this.#seen; ; ) {
      const number = last.number + 1
      const value = await this.#folder.getStateAt(`${number}`)
      if (value === undefined) return last
      last = { number, value: value as number }
      if (number > this.#seen.number) this.#seen = last
    }
  }

  /** No turn is ever deleted, so their number is that of one which has been taken. */
  async #begin(): Promise<void> {
    await this.#folder.initVersionedStateContainer()
    const number = await this.#folder.size()
    if (number > 0) this.#seen = { number, value: (await this.#folder.getStateAt(`${number}`)) as number }
  }
}
