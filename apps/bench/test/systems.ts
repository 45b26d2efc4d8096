import type { Load } from '../src/load.js'
import type { System } from '../src/systems/system.js'
import { opening, type Transfers } from '../src/workload.js'

type Transfer = (balances: number[], transfers: Transfers) => Promise<void>

/** A system over a plain array, as good as its `transfer`. */
const onArray = (name: string, transfer: Transfer): System => ({
  name,
  open: async (workload) => {
    const balances = opening(workload)
    return {
      run: async (load) => {
        await Promise.all(Array.from({ length: workload.concurrency }, (_, n) => loop(balances, transfer, load, n)))
      },
      balances: async () => balances,
      [Symbol.asyncDispose]: async () => {},
    }
  },
})

async function loop(balances: number[], transfer: Transfer, load: Load, n: number): Promise<void> {
  const transfers = load.loop(n)
  for (let started = load.begin(transfers); started > 0; started = load.begin(transfers)) {
    await transfer(balances, transfers)
    load.done(transfers, started)
  }
}

const read = (balances: readonly number[], { from, to }: Transfers) =>
  [balances[from], balances[to]] as [number, number]

function write(balances: number[], { from, to, amount }: Transfers, [source, target]: readonly [number, number]): void {
  balances[from] = source - amount
  balances[to] = target + amount
}

export const sound = onArray('sound', async (balances, transfers) =>
  write(balances, transfers, read(balances, transfers)),
)

/** Others run between its read and its write: it loses updates. */
export const racy = onArray('racy', async (balances, transfers) => {
  const before = read(balances, transfers)
  await Promise.resolve()
  write(balances, transfers, before)
})

/** Acknowledges all, makes every thousandth only by half. */
export const leaky = (() => {
  let n = 0
  return onArray('leaky', async (balances, transfers) => {
    const [source, target] = read(balances, transfers)
    write(balances, transfers, [source, target - (++n % 1_000 === 0 ? 1 : 0)])
  })
})()
