import type { Bench } from '../bench.js'
import type { Scenario, Suite } from '../scenario.js'
import { acquire } from './acquire.js'

const SESSIONS = 5
const CONTENDERS = 50
/** Every so many come a second time. */
const TWICE = 10

const contenders: Scenario = {
  name: 'lock/contenders',
  law: 'Lock 1, 2 and 5',
  run: async (bench) => {
    const locks = await bench.several(SESSIONS, () => bench.lock())
    const held = await acquire(locks[0], 'first')
    const room = new Room(bench, held.token)
    const all = Array.from({ length: CONTENDERS }, (_, i) => async () => {
      const lock = bench.offered(locks[i % SESSIONS])
      for (let left = i % TWICE === 0 ? 2 : 1; left > 0; left--) {
        const lease = await acquire(lock, `contender ${i}`)
        await room.enter(`contender ${i}`, lease.token)
        await lease.release()
      }
    })
    const waiting = bench.begin(Promise.all(all.map((enter) => enter())))
    let queued: readonly string[] = []
    await bench.eventually(async () => {
      queued = (await locks[0].queue()).filter(({ holds }) => !holds).map(({ owner }) => owner)
      return queued.length === CONTENDERS
    }, `${CONTENDERS} in the queue`)
    bench.equal(new Set(queued).size, CONTENDERS, 'how many different ones are in the queue')
    await held.release()
    await waiting
    bench.equal(room.entered.slice(0, CONTENDERS), queued, 'the order in which they got in, after that of the queue')
    bench.equal(room.entered.length, CONTENDERS + CONTENDERS / TWICE, 'how often one got in')
    bench.equal(await locks[0].queue(), [], 'the queue after all have released')
  },
}

/** What the lock stands before. */
class Room {
  readonly entered: string[] = []
  #inside = 0

  constructor(
    private readonly bench: Bench,
    private token: number,
  ) {}

  async enter(owner: string, token: number): Promise<void> {
    const { bench } = this
    bench.equal(++this.#inside, 1, 'how many are inside')
    bench.ok(token > this.token, `token ${token} after ${this.token}`)
    this.token = token
    this.entered.push(owner)
    await bench.clock.sleep(1)
    bench.equal(this.#inside, 1, 'how many are inside a moment later')
    this.#inside--
  }
}

export const crowding: Suite = [contenders]
