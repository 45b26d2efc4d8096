import { LockLostError } from '@avout/core'
import type { Lease, Lock } from '@avout/core/backend'
import type { Bench } from '../bench.js'
import type { Scenario, Suite } from '../scenario.js'
import { acquire, LEASE, queued, SHORT } from './acquire.js'

/** How long a store may take until it answers again, in ms. */
const PATIENCE = 20_000

/** Who holds a lock, and who waits for it, while the store restarts. */
class Pair {
  #isFree = false
  #next: Lease | undefined
  readonly #waiting: Promise<void>

  constructor(
    private readonly bench: Bench,
    private readonly held: Lease,
    waiter: Lock,
  ) {
    this.#waiting = bench.begin(
      acquire(waiter, 'waiter').then((lease) => {
        bench.ok(this.#isFree || held.lost.aborted, 'one was granted what another holds, and was not told to be lost')
        this.#next = lease
      }),
    )
  }

  /** The holder gives back what it has, if it has it still; then the other one has its turn. */
  async end(): Promise<void> {
    const { bench, held } = this
    if (!held.lost.aborted) bench.equal(this.#next, undefined, 'what another was granted meanwhile')
    this.#isFree = true
    const [release] = await Promise.allSettled([held.release()])
    if (release.status === 'rejected') {
      bench.ok(LockLostError.isInstance(release.reason), `the release of what was held: ${String(release.reason)}`)
    }
    const granted = () => this.#next !== undefined
    // Where the wait has failed, that says more.
    await Promise.race([this.#waiting, bench.eventually(granted, 'a grant to who waited across the restart', PATIENCE)])
    const next = bench.offered(this.#next)
    bench.ok(next.token > held.token, `token ${next.token} after ${held.token}`)
    await next.release()
  }
}

const restarted: Scenario = {
  name: 'lock/restart',
  law: 'Lock 1, 4 and 7',
  run: async (bench) => {
    const [holder, waiter, watcher] = await bench.clients(3)
    const pairs: Pair[] = []
    // The one may last until the store is back, the other hardly does.
    for (const lease of [LEASE, SHORT]) {
      const [own, its, seen] = [holder, waiter, watcher].map((client) => bench.offered(client.lock)(`lock ${lease}`))
      const held = await acquire(bench.offered(own), 'holder', 'write', lease)
      pairs.push(new Pair(bench, held, bench.offered(its)))
      await queued(bench, bench.offered(seen), 'waiter')
    }
    await bench.restart()
    const seen = bench.offered(watcher.lock)('lock')
    await bench.eventually(
      async () => (await Promise.allSettled([seen.queue()]))[0].status === 'fulfilled',
      'an answer after the restart',
      PATIENCE,
    )
    await Promise.all(pairs.map((pair) => pair.end()))
  },
}

/** What happens to locks when their store restarts. */
export const restarting: Suite = [{ has: (_, { restart }) => restart !== undefined, strong: [restarted], weak: [] }]
