import type { HeldLock, Lock, LockOptions, ReadWriteLock } from '../api/lock.js'
import { checkName } from '../api/names.js'
import { checkRecordedOptions } from '../api/options.js'
import type { Awaitable } from '../api/transaction.js'
import { usageError } from '../errors.js'
import { Holding } from './holding.js'
import type { LockHost } from './host.js'
import { LockHandle } from './lock-handle.js'

type Options = { recorded?: boolean | undefined }

/** The locks of one client. */
export class Locks {
  private readonly holding: Holding

  constructor(
    private readonly host: LockHost,
    isAmbient: boolean,
  ) {
    this.holding = new Holding(host.platform, isAmbient)
  }

  lock(name: string, options: Options = {}, mode: 'read' | 'write' = 'write'): LockHandle {
    checkRecordedOptions(options)
    const checked = checkName('lock', name)
    return new LockHandle(this.host, this.holding, checked, mode, options.recorded ?? false)
  }

  readWriteLock(name: string, options?: Options): ReadWriteLock {
    return { read: this.lock(name, options, 'read'), write: this.lock(name, options, 'write') }
  }

  /** Takes locks in the order of their names, whatever the order given: so two that take the same ones do not wait for each other. */
  async withLocks<R>(
    locks: readonly Lock[],
    body: (held: readonly HeldLock[]) => Awaitable<R>,
    options: LockOptions = {},
  ): Promise<R> {
    const sorted = [...locks].sort((a, b) => (a.name < b.name ? -1 : 1))
    const twice = sorted.find((lock, i) => lock.name === sorted[i - 1]?.name)
    if (twice !== undefined) throw usageError('AVOUT_LOCK_TWICE', `withLocks was given the lock ${twice.name} twice`)
    const held = new Map<Lock, HeldLock>()
    const takeFrom = async (i: number): Promise<R> => {
      const lock = sorted[i]
      if (lock === undefined) return body(locks.map((each) => held.get(each) as HeldLock))
      return lock.withLock((one) => {
        held.set(lock, one)
        return takeFrom(i + 1)
      }, options)
    }
    return takeFrom(0)
  }

  releaseAll(): Promise<void> {
    return this.holding.releaseAll()
  }
}
