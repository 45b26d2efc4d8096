import type { Lease, Lock } from '@avout/core/backend'
import type { Bench } from '../bench.js'

export const LEASE = 10_000

/** As short as a store on a busy machine can renew in time. */
export const SHORT = 1500

export const acquire = (lock: Lock, owner: string, mode: 'read' | 'write' = 'write', lease = LEASE): Promise<Lease> =>
  lock.acquire(mode, { lease, owner })

/** Waits until `owner` stands in the queue and does not hold. */
export async function queued(bench: Bench, lock: Lock, owner: string): Promise<void> {
  const waits = async () => (await lock.queue()).some((waiter) => waiter.owner === owner && !waiter.holds)
  await bench.eventually(waits, `${owner} in the queue`)
}
