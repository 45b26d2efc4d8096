interface Request {
  readonly losses: number
  readonly resolve: (position: number) => void
  readonly reject: (error: unknown) => void
}

/** How many positions, at most, who keeps losing leaves to those who guess: they notice when they reach his. */
const FARTHEST = 32

/**
 * Reserves positions for those who ask, in the order in which they asked: what asks while a reservation is under way shares the
 * next one.
 */
export class Reserver {
  readonly #reserve: (count: number, ahead: number) => Promise<number>
  #waiting: Request[] = []
  #busy = false

  constructor(reserve: (count: number, ahead: number) => Promise<number>) {
    this.#reserve = reserve
  }

  /** `losses`: how often this append found its slot taken. */
  next(losses: number): Promise<number> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ losses, resolve, reject })
      if (!this.#busy) void this.#run()
    })
  }

  async #run(): Promise<void> {
    this.#busy = true
    while (this.#waiting.length > 0) {
      const requests = this.#waiting
      this.#waiting = []
      const losses = Math.max(...requests.map((request) => request.losses))
      const ahead = losses === 0 ? 0 : Math.min(2 ** losses, FARTHEST) - 1
      try {
        const first = await this.#reserve(requests.length, ahead)
        for (const [i, { resolve }] of requests.entries()) resolve(first + i)
      } catch (error) {
        for (const { reject } of requests) reject(error)
      }
    }
    this.#busy = false
  }
}
