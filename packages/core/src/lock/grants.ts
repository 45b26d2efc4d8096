import { internalRef, type RefDefinition } from '../api/definitions.js'
import type { HeldLock } from '../api/lock.js'
import type { Lease } from '../contracts/lock.js'
import { usageError } from '../errors.js'
import { type Grant, Held } from './held.js'
import type { LockHost } from './host.js'

/** The hidden ref of a recorded lock: whoever is granted it says so here, and so the log knows the order of its holders. */
function grantRef(lock: string): RefDefinition<string> {
  return internalRef(`~grant:${lock}`, '')
}

/**
 * Puts a grant into the log. A transaction that requires the lock expects this value of the hidden ref: no clock and no lease
 * decides whether it counts. Readers who share the lock share a grant, too: the first of them writes it, a writer ends it.
 */
export async function recordGrant(
  host: LockHost,
  lock: { readonly name: string; readonly mode: 'read' | 'write' },
  owner: string,
  lease: Lease,
): Promise<Grant> {
  const ref = grantRef(lock.name)
  let token = 0
  try {
    const id = await host.dosync(
      async (tx) => {
        tx.afterCommit(({ position }) => {
          token = position
        })
        const last = await tx.get(ref)
        if (lock.mode === 'read' && last.startsWith('read ')) return last
        return tx.alter(ref, () => `${lock.mode} ${owner}`)
      },
      { signal: lease.lost },
      false,
    )
    return { lease, token, id }
  } catch (error) {
    await Promise.allSettled([lease.release()]) // nobody got it: if it is lost by now, all the better
    throw error
  }
}

/** What the hidden ref of a lock has to be, for a transaction that requires it as it is held. */
export function requiredGrant(held: HeldLock): {
  readonly lock: Held
  readonly ref: RefDefinition<string>
  readonly id: string
} {
  if (held instanceof Held && held.grantId !== undefined) {
    return { lock: held, ref: grantRef(held.name), id: held.grantId }
  }
  throw usageError(
    'AVOUT_NOT_RECORDED',
    `the lock ${String(held?.name)} cannot be required: make it with { recorded: true }, so that its grants are in the log`,
  )
}
