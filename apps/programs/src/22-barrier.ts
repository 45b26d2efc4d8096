// A latch that opens when it was counted down, and a barrier that opens when so many have arrived, again and again.
import { type Avout, defineRef, type Ref } from '@avout/core'

export async function countDown(avout: Avout, latch: Ref<number>) {
  return avout.dosync((tx) => tx.alter(latch, (left) => Math.max(0, left - 1)))
}

/** Resolves when it is open: at once where it is already. */
export async function opened(avout: Avout, latch: Ref<number>, signal?: AbortSignal) {
  await avout.dosync(async (tx) => ((await tx.get(latch)) > 0 ? tx.retry() : undefined), { signal })
}

export const barrier = defineRef('/barrier', { round: 1, arrived: 0 })

/** Resolves, with the number of the round, when `parties` have arrived. */
export async function arrive(avout: Avout, parties: number) {
  const round = await avout.dosync(async (tx) => {
    const { round, arrived } = await tx.get(barrier)
    const isLast = arrived + 1 === parties
    tx.set(barrier, isLast ? { round: round + 1, arrived: 0 } : { round, arrived: arrived + 1 })
    return round
  })
  await avout.dosync(async (tx) => ((await tx.get(barrier)).round === round ? tx.retry() : undefined))
  return round
}
