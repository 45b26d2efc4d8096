import type { Bench } from '../bench.js'
import type { Scenario, Suite } from '../scenario.js'
import type { Player } from './player.js'

const several: Scenario = {
  name: 'engine/with-locks',
  law: 'Lock 1, Locks: several at once',
  run: async (bench) => {
    const players = await bench.players(3)
    const inside = new Set<string>()
    // Taken as they are named, each would wait for the next one in a circle.
    const pairs = [
      ['/a', '/b'],
      ['/b', '/c'],
      ['/c', '/a'],
    ]
    await Promise.all(
      players.map(async ({ avout }, i) => {
        const names = bench.offered(pairs[i])
        for (let round = 0; round < 3; round++) {
          await avout.withLocks(
            names.map((name) => avout.lock(name)),
            async (held) => {
              bench.equal(
                held.map(({ name }) => name),
                names,
                'the locks that a body holds, in the order in which they were asked for',
              )
              bench.equal(
                names.filter((name) => inside.has(name)),
                [],
                'what others hold',
              )
              for (const name of names) inside.add(name)
              await bench.clock.sleep(1)
              for (const name of names) inside.delete(name)
            },
          )
        }
      }),
    )
  },
}

const conditions: Scenario = {
  name: 'engine/condition',
  law: 'Lock 1 and 5, Locks: conditions',
  run: async (bench) => {
    const [signaller, ...others] = await bench.players(3)
    const lock = signaller.avout.lock('/buffer')
    const full = lock.condition('full')
    const waiters = new Waiters(bench)
    for (const [i, player] of others.entries()) await waiters.begin(player, i)
    // A wait begins under the lock: who holds it now finds both in the queue.
    await lock.withLock((held) => full.signal(held))
    await bench.eventually(() => waiters.woken.length > 0, 'the end of a wait that was signalled')
    await waiters.begin(bench.offered(others[0]), 2)
    bench.equal(waiters.woken, [0], 'who was woken by one signal, of those that wait: the one that has waited longest')
    await lock.withLock(async (held) => {
      await full.signalAll(held)
      bench.equal(waiters.woken, [0], 'who goes on while another holds the lock')
    })
    await waiters.ended()
    bench.equal([...waiters.woken].sort(), [0, 1, 2], 'who was woken when all were signalled')

    await lock.withLock(async (held) => {
      await bench.rejectsAs('unavailable', () => full.wait(held, { timeout: 20 }), 'a wait that nobody ends')
      bench.equal(held.signal.aborted, false, 'whether the lock was lost')
      const holders = (await lock.queue()).filter(({ holds }) => holds)
      bench.equal(holders.length, 1, 'how many hold the lock after a wait that nobody ended')
    })
  },
}

/** Who waits for the condition, each with a number. */
class Waiters {
  readonly woken: number[] = []
  readonly #waiting: Promise<void>[] = []
  #inside = 0

  constructor(private readonly bench: Bench) {}

  /** Resolves when it is about to wait, and holds the lock until it does. */
  async begin({ avout }: Player, number: number): Promise<void> {
    const lock = avout.lock('/buffer')
    let begun = false
    const waiting = lock.withLock(async (held) => {
      begun = true
      await lock.condition('full').wait(held)
      this.bench.equal(++this.#inside, 1, 'how many go on under the lock')
      this.woken.push(number)
      await this.bench.clock.sleep(1)
      this.#inside--
    })
    this.#waiting.push(this.bench.begin(waiting))
    await this.bench.eventually(() => begun, `that ${number} has the lock`)
  }

  async ended(): Promise<void> {
    await Promise.all(this.#waiting)
  }
}

/** What locks of clients are, beyond one lock. */
export const locking: Suite = [{ has: ({ lock }) => lock !== undefined, strong: [several, conditions], weak: [] }]
