// Blocking retry, orElse: take from the urgent queue, else from the ordinary one, else sleep until either changes.
import { type Avout, defineRef, type Ref, type RefKey, type Tx } from '@avout/core'

interface Job {
  id: string
  payload: { url: string }
}
const urgent = defineRef<Job[]>('/jobs/urgent', [])
const ordinary = defineRef<Job[]>('/jobs/ordinary', [])

const take =
  (queue: RefKey<Job[]>) =>
  async (tx: Tx): Promise<Job> => {
    const [first, ...rest] = await tx.get(queue)
    if (first === undefined) return tx.retry()
    tx.set(queue, rest)
    return first
  }

export async function work(avout: Avout, signal: AbortSignal) {
  while (!signal.aborted) {
    const job = await avout.dosync((tx) => tx.orElse(take(urgent), take(ordinary)), { signal })
    await fetch(job.payload.url, { signal })
  }
}

export async function shipWhenPaid(avout: Avout, order: Ref<{ id: string; paid: boolean }>) {
  const id = await avout.dosync(async (tx) => {
    const o = await tx.get(order)
    if (!o.paid) return tx.retry()
    return o.id
  })
  return id satisfies string
}
