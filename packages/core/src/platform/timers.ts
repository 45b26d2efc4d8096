import type { Timer } from './platform.js'

/*
 * Timers as Node and browsers both have them. Only Node's can be moved aside; in browsers `ref` and `unref` do nothing.
 */

/** Longer delays overflow the machine's 32 bits, and would fire at once. */
const LONGEST = 2 ** 31 - 1

type Handle = { ref?(): unknown; unref?(): unknown }

/** Runs `task` after `ms` milliseconds; never for Infinity. */
export function setTimer(ms: number, task: () => void): Timer {
  let left = Math.ceil(ms) // machines round down, and would fire early
  let aside = false
  let handle = arm()

  function arm() {
    const part = Math.min(left, LONGEST)
    left -= part
    const armed = setTimeout(fire, part)
    if (aside) (armed as Handle).unref?.()
    return armed
  }

  function fire() {
    if (left > 0) handle = arm()
    else task()
  }

  return {
    cancel: () => clearTimeout(handle),
    ref: () => {
      aside = false
      ;(handle as Handle).ref?.()
    },
    unref: () => {
      aside = true
      ;(handle as Handle).unref?.()
    },
  }
}

/** Resolves after `ms` milliseconds; rejects with `signal.reason` when the signal aborts first. Leaves no listener. */
export function sleep(ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted) {
      reject(signal.reason)
      return
    }
    const timer = setTimer(ms, () => {
      signal?.removeEventListener('abort', abort)
      resolve()
    })
    const abort = () => {
      timer.cancel()
      reject(signal?.reason)
    }
    signal?.addEventListener('abort', abort, { once: true })
  })
}
