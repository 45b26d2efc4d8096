import { AsyncLocalStorage } from 'node:async_hooks'
import { createHash, randomBytes } from 'node:crypto'
import process from 'node:process'
import { clock } from './clock.js'
import type { Context, Platform } from './platform.js'
import { shortDigest } from './short-digest.js'
import { setTimer } from './timers.js'

const settled = Promise.resolve()

const TICKS_IN_A_ROW = 32
let deferred = 0

/** What Node gives to core. */
export const platform: Platform = {
  clock,
  random: Math.random,
  randomId: () => randomBytes(16).toString('base64url'),
  // Two updates: copying both into one buffer for the one-shot crypto.hash gains a tenth at 7 KB, and keeps a buffer.
  hash: (previous, bytes) =>
    shortDigest(createHash('sha256').update(previous, 'latin1').update(bytes).digest('base64url')),
  // Ticks run before promises, unless it is a promise that asked: then only once no promise is left to run, which is what
  // is wanted here. It is much sooner than setImmediate, which lets the machine poll for input and output first.
  // Now and then it is setImmediate after all: ticks that beget ticks would starve timers, input and output for ever.
  defer: (task) => {
    if (++deferred % TICKS_IN_A_ROW === 0) setImmediate(task)
    else void settled.then(() => process.nextTick(task))
  },
  setTimer,
  createContext,
}

function createContext<T>(): Context<T> {
  const storage = new AsyncLocalStorage<T>()
  return { get: () => storage.getStore(), run: (value, body, argument) => storage.run(value, body, argument) }
}
