import { LockLostError } from '@avout/core'
import type { Scenario, Suite } from '../scenario.js'

const add = (value: number, n: number): number => value + n

const atoms: Scenario = {
  name: 'engine/atom',
  law: 'StateContainer 1 and 2, Atoms: linearizable',
  run: async (bench) => {
    const players = await bench.players(3)
    const each = 10
    const [first, second] = players
    const last: number[] = []
    first.avout.atom('/count', 0).addWatch('last', (_key, _atom, _old, value) => last.push(value))
    const swaps = players.flatMap(({ avout }) =>
      Array.from({ length: each }, () => avout.atom('/count', 0).swap(add, 1)),
    )
    const values = await Promise.all(swaps)
    const total = players.length * each
    bench.equal(
      [...values].sort((a, b) => a - b),
      Array.from({ length: total }, (_, i) => i + 1),
      'what swaps answered',
    )
    for (const { avout } of [...players, await bench.connect()]) {
      bench.equal(await avout.atom('/count', 0).deref(), total, 'swaps of three clients')
    }
    await bench.eventually(async () => last.at(-1) === total, 'the last change, told to who watches')
    bench.equal(
      last,
      [...last].sort((a, b) => a - b),
      'the order in which changes were told',
    )
    const [mine, theirs] = [first, second].map(({ avout }) => avout.atom<unknown>('/shape', { a: 1, b: [null] }))
    bench.equal(await mine?.compareAndSet({ b: [null], a: 1 }, { a: 2 }), true, 'a comparison with an equal value')
    bench.equal(await theirs?.compareAndSet({ a: 1, b: [null] }, { a: 3 }), false, 'a comparison with what was')
    bench.equal(await theirs?.deref(), { a: 2 }, 'what was set')
  },
}

const locks: Scenario = {
  name: 'engine/lock',
  law: 'Lock 1 and 2, Locks: exclusive, required',
  run: async (bench) => {
    const players = await bench.players(3)
    const each = 3
    let inside = 0
    const tokens: number[] = []
    await Promise.all(
      players.map(async (player) => {
        for (let i = 0; i < each; i++) {
          await player.avout.lock('/desk').withLock(async (held) => {
            bench.equal(++inside, 1, 'how many hold the lock')
            tokens.push(held.token)
            // Two transactions, and nothing but the lock between them.
            const n = await player.ref<number>('/n', 0).deref()
            await player.set([player.ref<number>('/n', 0)], () => n + 1)
            inside--
          })
        }
      }),
    )
    const [first, second] = players
    bench.equal(await first.ref<number>('/n', 0).deref(), players.length * each, 'what was counted under the lock')
    bench.equal(
      tokens,
      [...new Set(tokens)].sort((a, b) => a - b),
      'the tokens, in the order of the grants',
    )

    const old = await first.avout.lock('/leader', { recorded: true }).acquire()
    bench.equal(await second.avout.lock('/leader').tryAcquire(), null, 'a lock that another holds')
    await first.avout.dosync((tx) => tx.requires(old))
    await old.release()
    const next = await second.avout.lock('/leader', { recorded: true }).acquire()
    bench.ok(next.token > old.token, `the token ${next.token} came after ${old.token}`)
    const late = first.avout.dosync((tx) => {
      tx.requires(old)
      tx.set(first.ref<number>('/n', 0), -1)
    })
    const [outcome] = await Promise.allSettled([late])
    bench.ok(
      outcome.status === 'rejected' && LockLostError.isInstance(outcome.reason),
      'a commit that requires a lock which another was granted',
    )
    await next.release()
  },
}

const counters: Scenario = {
  name: 'engine/counter',
  law: 'Counter 1',
  run: async (bench) => {
    const players = await bench.players(3)
    const numbers = await Promise.all(
      players.flatMap(({ avout }) => Array.from({ length: 10 }, () => avout.counter('/orders').next())),
    )
    bench.equal(new Set(numbers).size, 30, 'different numbers of 30')
  },
}

/** What stands beside refs: one value, one holder, one number. */
export const sharing: Suite = [
  { has: ({ state }) => state !== undefined, strong: [atoms], weak: [] },
  { has: ({ lock }) => lock !== undefined, strong: [locks], weak: [] },
  { has: ({ counter }) => counter !== undefined, strong: [counters], weak: [] },
]
