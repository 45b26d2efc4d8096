import type { Clock } from '../contracts/clock.js'

/** A value that follows an asynchronous flow of control. */
export interface Context<T> {
  get(): T | undefined
  /** Calls `body` with `argument`, and whatever it sets off, in that context. */
  run<A, R>(value: T, body: (argument: A) => R, argument: A): R
}

/** A timer that can be moved aside: `unref` lets a process end although it is set, `ref` takes that back. */
export interface Timer {
  cancel(): void
  ref(): void
  unref(): void
}

/**
 * All that core takes from the machine: time, randomness, hashing, scheduling, context. It comes from here and nowhere else, so
 * that a simulation can own it.
 */
export interface Platform {
  readonly clock: Clock
  /** In [0, 1): jitter. */
  random(): number
  /** 128 random bits, 22 characters of base64url: a client's identity. */
  randomId(): string
  /** The log's rolling hash, H(n) = hash(H(n-1), bytes of entry n): 22 characters of base64url. */
  hash(previous: string, bytes: Uint8Array): string
  /** Runs `task` soon, but after what is ready to run has run: group commit gathers until then. */
  defer(task: () => void): void
  setTimer(ms: number, task: () => void): Timer
  /** A context that follows `await`; undefined where the machine has none. */
  createContext<T>(): Context<T> | undefined
}
