import type { Platform } from '../platform/platform.js'
import type { Hashes } from './hashes.js'
import type { SimProcess } from './sim-process.js'

/** What a simulated machine gives to core: virtual time and chance from the seed; hashes and contexts are real. */
export function simPlatform(process: SimProcess, host: Platform, hashes: Hashes): Platform {
  return {
    clock: {
      now: () => process.now(),
      sleep: (ms, signal) =>
        new Promise((resolve, reject) => {
          if (signal?.aborted) {
            reject(signal.reason)
            return
          }
          const wake = process.schedule(
            ms,
            () => {
              signal?.removeEventListener('abort', abort)
              resolve()
            },
            'sleep',
          )
          const abort = () => {
            wake.cancel()
            reject(signal?.reason)
          }
          signal?.addEventListener('abort', abort, { once: true })
        }),
    },
    random: () => process.random.next(),
    randomId: () => process.random.text(22),
    hash: (previous, bytes) => hashes.of(previous, bytes),
    defer: (task) => {
      process.schedule(0, task, 'defer')
    },
    setTimer: (ms, task) => {
      const timer = process.schedule(ms, task, 'timer')
      // Whether a timer keeps a process alive means nothing here: a schedule ends when its driver says so.
      return { cancel: () => timer.cancel(), ref: () => undefined, unref: () => undefined }
    },
    createContext: () => host.createContext(),
  }
}
