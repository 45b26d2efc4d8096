import * as Effect from 'effect/Effect'
import * as TxRef from 'effect/TxRef'
import type { Load } from '../load.js'
import type { System } from '../systems/system.js'
import { opening } from '../workload.js'

type Account = TxRef.TxRef<number>
type Transfer = (from: Account, to: Account, amount: number) => Effect.Effect<void>

/** As its documentation writes transactions: a generator. */
const generator: Transfer = (from, to, amount) =>
  Effect.tx(
    Effect.gen(function* () {
      const source = yield* TxRef.get(from)
      const target = yield* TxRef.get(to)
      yield* TxRef.set(from, source - amount)
      yield* TxRef.set(to, target + amount)
    }),
  )

/** The tightest form found: no generator, and a read and a write in one step. */
const update: Transfer = (from, to, amount) =>
  Effect.tx(
    Effect.andThen(
      TxRef.update(from, (balance) => balance - amount),
      TxRef.update(to, (balance) => balance + amount),
    ),
  )

/** Effect's transactional references, each loop a fiber of one program. In this process only: no log, nothing is kept. */
const system = (name: string, transfer: Transfer): System => ({
  name,
  open: async (workload) => {
    const accounts = opening(workload).map((balance) => TxRef.makeUnsafe(balance))
    return {
      run: (load) => {
        const loops = Array.from({ length: load.workload.concurrency }, (_, n) =>
          transferLoop(accounts, transfer, load, n),
        )
        return Effect.runPromise(Effect.all(loops, { concurrency: 'unbounded', discard: true }))
      },
      balances: () => Effect.runPromise(Effect.tx(Effect.all(accounts.map((account) => TxRef.get(account))))),
      [Symbol.asyncDispose]: async () => {},
    }
  },
})

export const effect = system('effect', generator)
export const effectUpdate = system('effect-update', update)

const transferLoop = (accounts: readonly Account[], transfer: Transfer, load: Load, n: number) =>
  Effect.gen(function* () {
    const transfers = load.loop(n)
    for (let started = load.begin(transfers); started > 0; started = load.begin(transfers)) {
      yield* transfer(accounts[transfers.from] as Account, accounts[transfers.to] as Account, transfers.amount)
      load.done(transfers, started)
    }
  })
