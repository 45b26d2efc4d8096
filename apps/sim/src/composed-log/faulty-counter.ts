import type { Backend } from '@avout/core/backend'

/** A counter that can be made to forget, or to leap: what its store is restored without the log's. */
export class FaultyCounter {
  #shift = 0
  #last = 0

  /** Goes on from `number`, whatever it gave before. */
  moveTo(number: number): void {
    this.#shift += number - this.#last
    this.#last = number
  }

  get last(): number {
    return this.#last
  }

  over(backend: Backend<'counter'>): Backend<'counter'> {
    return {
      specificationVersion: 1,
      id: backend.id,
      open: async (context) => {
        const session = await backend.open(context)
        return {
          ping: () => session.ping(),
          close: () => session.close(),
          counter: (name) => {
            const counter = session.counter(name)
            // An epoch of its own begins at 0: only the first counter is out of step.
            if (name !== '~log') return counter
            return {
              next: async (n) => this.#shifted(await counter.next(n)),
              current: async () => this.#shifted(await counter.current()),
            }
          },
        }
      },
    }
  }

  #shifted(number: number): number {
    this.#last = Math.max(this.#last, Math.max(1, number + this.#shift))
    return Math.max(1, number + this.#shift)
  }
}
