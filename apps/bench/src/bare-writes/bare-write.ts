import { runLoops } from '../systems/loops.js'
import { onServer, type System } from '../systems/system.js'
import { opening } from '../workload.js'

/** Where texts are written, each with one durable write of the store and nothing around it. */
export interface Writes extends AsyncDisposable {
  /** `n` is new each time. */
  write(n: number, text: string): Promise<unknown>
  /** All that was written, in any order. */
  all(): Promise<readonly string[]>
}

export interface WritesAt {
  create(place: string): Promise<void>
  open(place: string): Promise<Writes>
  remove(place: string): Promise<void>
}

/**
 * No transaction: each transfer is written down as a text, about as long as Avout's record of it, in one durable write. What is the
 * least that a transfer could take on this store; the balances are what the texts add up to.
 */
export const bareWrite = (at: WritesAt, setting: System['setting'] = {}): System =>
  onServer(
    'bare write',
    {
      create: (place) => at.create(place),
      remove: (place) => at.remove(place),
      join: async (place, workload) => {
        const writes = await at.open(place)
        let n = 0
        return {
          run: (load) =>
            runLoops(
              load,
              () =>
                ({ from, to, amount }) =>
                  writes.write(n++, JSON.stringify({ from, to, amount, id: n })),
            ),
          balances: async () => {
            const balances = opening(workload)
            for (const text of await writes.all()) {
              const { from, to, amount } = JSON.parse(text) as { from: number; to: number; amount: number }
              balances[from] = (balances[from] as number) - amount
              balances[to] = (balances[to] as number) + amount
            }
            return balances
          },
          [Symbol.asyncDispose]: () => writes[Symbol.asyncDispose](),
        }
      },
    },
    setting,
  )
