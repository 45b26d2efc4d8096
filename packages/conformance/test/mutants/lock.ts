import type { Lease, Lock } from '@avout/core/backend'
import { type Mutant, mutant, never, shared } from './mutant.js'

const ofLock = (
  name: string,
  caughtBy: string,
  make: () => (lock: Lock, key: string, lockOf: (name: string) => Lock) => Partial<Lock>,
): Mutant =>
  mutant(name, caughtBy, () => {
    const change = make()
    return (session, realm) => ({
      lock: (name) => {
        const lock = session.lock(name)
        return { ...lock, ...change(lock, `${realm} ${name}`, session.lock) }
      },
    })
  })

/** A mutant that changes what a lease is like. */
const ofLease = (name: string, caughtBy: string, change: (lease: Lease, ms: number) => Partial<Lease>): Mutant =>
  ofLock(name, caughtBy, () => (lock) => ({
    acquire: async (mode, options) => {
      const lease = await lock.acquire(mode, options)
      return { token: lease.token, lost: lease.lost, release: () => lease.release(), ...change(lease, options.lease) }
    },
  }))

let owners = 0

export const holding: readonly Mutant[] = [
  ofLock('granted twice', 'lock/exclusive', () => (_, key, lockOf) => ({
    acquire: (mode, options) => lockOf(`${key} ${options.owner}`).acquire(mode, options),
  })),
  ofLock('readers do not share', 'lock/readers-share', () => (lock) => ({
    acquire: (_, options) => lock.acquire('write', options),
  })),
  ofLock('writers do not wait for readers', 'lock/readers-share', () => (lock, key, lockOf) => ({
    acquire: (mode, options) => (mode === 'read' ? lockOf(`${key} readers`) : lock).acquire(mode, options),
  })),
  ofLease('a token that shrinks', 'lock/fencing', ({ token }) => ({ token: 1000 - token })),
  ofLease('a token that stays', 'lock/fencing', () => ({ token: 7 })),
  ofLock('not reentrant', 'lock/reentrant', () => (lock) => ({
    acquire: (mode, options) => lock.acquire(mode, { ...options, owner: `${options.owner} ${++owners}` }),
  })),
  ofLock('free after the first release', 'lock/reentrant', () => {
    const heldBy = shared(() => new Map<string, Lease>())
    return (lock, key) => ({
      acquire: async (mode, options) => {
        const held = heldBy(key).get(options.owner)
        if (held !== undefined) return held
        const lease = await lock.acquire(mode, options)
        let free = false
        const once: Lease = {
          token: lease.token,
          lost: lease.lost,
          release: async () => {
            heldBy(key).delete(options.owner)
            if (!free) await lease.release()
            free = true
          },
        }
        heldBy(key).set(options.owner, once)
        return once
      },
    })
  }),
  mutant('names without their case', 'lock/names', () => (session) => ({
    lock: (name) => session.lock(name.toLowerCase()),
  })),
]

export const waiting: readonly Mutant[] = [
  ofLock('the last one comes first', 'lock/fair', () => {
    const stackOf = shared(() => ({ holder: '', waiting: [] as { owner: string; go: () => void }[] }))
    return (lock, key) => ({
      acquire: async (_, options) => {
        const stack = stackOf(key)
        if (stack.holder !== '') {
          await new Promise<void>((go) => {
            stack.waiting.push({ owner: options.owner, go })
          })
        }
        stack.holder = options.owner
        const release = async () => {
          stack.holder = ''
          stack.waiting.pop()?.go()
        }
        return { token: 1, lost: new AbortController().signal, release }
      },
      queue: async () => {
        const { holder, waiting } = stackOf(key)
        const waiters = waiting.map(({ owner }) => ({ owner, token: 0, holds: false, since: 0 }))
        return holder === '' ? lock.queue() : [{ owner: holder, token: 1, holds: true, since: 0 }, ...waiters]
      },
    })
  }),
  ofLock('readers overtake a writer', 'lock/writer-not-starved', () => {
    const readersOf = shared(() => ({ held: 0 }))
    return (lock, key) => ({
      acquire: async (mode, options) => {
        const readers = readersOf(key)
        // Who reads enters with those who read already.
        const owner = mode === 'read' && readers.held > 0 ? 'reader' : options.owner
        const lease = await lock.acquire(mode, { ...options, owner })
        if (mode === 'read') readers.held++
        return { token: lease.token, lost: lease.lost, release: () => lease.release() }
      },
    })
  }),
  ofLock('a wait that cannot be cancelled', 'lock/cancel', () => (lock) => ({
    acquire: (mode, { lease, owner }) => lock.acquire(mode, { lease, owner }),
  })),
  ofLock('a cancelled wait stays in the queue', 'lock/cancel', () => (lock) => ({
    acquire: (mode, { signal, ...options }) => {
      const aborted = new Promise<never>((_, reject) => {
        if (signal?.aborted) reject(signal.reason)
        signal?.addEventListener('abort', () => reject(signal.reason))
      })
      return Promise.race([aborted, lock.acquire(mode, options)])
    },
  })),
  ofLock('a cancelled wait does not say why', 'lock/cancel', () => (lock) => ({
    acquire: (mode, options) =>
      lock.acquire(mode, options).catch((error: unknown) => {
        throw options.signal?.aborted ? new Error('aborted') : error
      }),
  })),
  ofLock('times in seconds', 'lock/queue', () => (lock) => ({
    queue: async () => (await lock.queue()).map((waiter) => ({ ...waiter, since: waiter.since / 1000 })),
  })),
  ofLock('the time of the last sign of life', 'lock/queue', () => (lock) => ({
    queue: async () => (await lock.queue()).map((waiter) => ({ ...waiter, since: Date.now() })),
  })),
  ofLock('nobody is seen in the queue', 'lock/queue', () => () => ({ queue: async () => [] })),
]

export const leasing: readonly Mutant[] = [
  ofLock('a lease that is not renewed', 'lock/renewed', () => (lock) => ({
    acquire: async (mode, options) => {
      const lease = await lock.acquire(mode, options)
      const lost = new AbortController()
      const timer = setTimeout(() => {
        lost.abort()
        void Promise.allSettled([lease.release()]) // it may have been lost before
      }, options.lease)
      const release = () => {
        clearTimeout(timer)
        return lease.release()
      }
      return { token: lease.token, lost: lost.signal, release }
    },
  })),
  mutant('a lease that outlives its session', 'lock/session-ends', () => () => ({ close: async () => undefined })),
  ofLease('a lost lease that is not told', 'lock/session-ends', () => ({ lost: new AbortController().signal })),
  ofLease('a lost lease that can be released', 'lock/session-ends', () => ({ release: async () => undefined })),
  ofLock('a wait that its session’s end does not end', 'lock/waiting-session-ends', () => (lock) => ({
    acquire: (mode, options) => lock.acquire(mode, options).catch(() => never),
  })),
]

export const crowding: readonly Mutant[] = [
  ofLock('the next one is let in early when many wait', 'lock/contenders', () => (lock) => ({
    acquire: async (mode, options) => {
      const lease = await lock.acquire(mode, options)
      if ((await lock.queue()).length < 20) return lease
      await lease.release()
      return { token: lease.token, lost: lease.lost, release: async () => undefined }
    },
  })),
  ofLock('who comes when many wait is forgotten', 'lock/contenders', () => (lock) => ({
    acquire: async (mode, options) => {
      const lease = await lock.acquire(mode, options)
      return (await lock.queue()).length === 20 ? never : lease
    },
  })),
]

/** A mutant that changes what was granted or waited for when the store restarts. */
const ofRestart = (
  name: string,
  change: (lock: Lock, restarted: Promise<void>, fresh: Lock) => Lock['acquire'],
): Mutant => ({
  name,
  caughtBy: 'lock/restart',
  make: () => {
    let tell = () => undefined as unknown
    const restarted = new Promise<void>((resolve) => {
      tell = resolve
    })
    return {
      restarted: () => tell(),
      session: ({ lock }) => ({
        lock: (name) => ({ ...lock(name), acquire: change(lock(name), restarted, lock(`${name} again`)) }),
      }),
    }
  },
})

export const restarting: readonly Mutant[] = [
  ofRestart(
    'a restart that forgets who holds',
    (lock, restarted, fresh) => (mode, options) =>
      Promise.race([lock.acquire(mode, options), restarted.then(() => fresh.acquire(mode, options))]),
  ),
  ofRestart('a restart that forgets who waits', (lock, restarted) => async (mode, options) => {
    let isForgotten = false
    void restarted.then(() => {
      isForgotten = true
    })
    const lease = await lock.acquire(mode, options)
    return isForgotten ? never : lease
  }),
  ofRestart(
    'a restart that ends a wait',
    (lock, restarted) => (mode, options) =>
      Promise.race([lock.acquire(mode, options), restarted.then(() => Promise.reject(new Error('not connected')))]),
  ),
]
