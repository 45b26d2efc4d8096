import type { Awaitable, Tx } from '../api/transaction.js'
import type { Scope } from './scope.js'
import { RETRY } from './signals.js'

/**
 * Runs an inner body in a scope of its own, and takes over what it wrote when it succeeds; what it read counts either way. It runs
 * again if, while it ran, another one wrote into the outer scope what it was based on.
 */
export async function join<R>(outer: Scope, body: (tx: Tx) => Awaitable<R>): Promise<R> {
  for (;;) {
    const inner = outer.inner()
    let result: R
    try {
      result = await complete(inner, body)
    } catch (error) {
      if (outer.buffer.stillHas(inner.buffer)) throw error
      continue
    }
    if (!outer.buffer.stillHas(inner.buffer)) continue
    outer.takeOver(inner)
    return result
  }
}

/** The same, where a retry of the inner body is one of the outer. */
export async function joinOrRetry<R>(outer: Scope, body: (tx: Tx) => Awaitable<R>): Promise<R> {
  try {
    return await join(outer, body)
  } catch (error) {
    if (error === RETRY) outer.retried = true
    throw error
  }
}

export async function orElse<A, B>(
  outer: Scope,
  left: (tx: Tx) => Awaitable<A>,
  right: (tx: Tx) => Awaitable<B>,
): Promise<A | B> {
  try {
    return await join(outer, left)
  } catch (error) {
    if (error !== RETRY) throw error
  }
  return joinOrRetry(outer, right)
}

/** An inner body and all that it began. Whether it called retry() counts for more than what it made of it. */
async function complete<R>(inner: Scope, body: (tx: Tx) => Awaitable<R>): Promise<R> {
  const { operations } = inner
  try {
    const result = await inner.owner.host.enter(inner, body)
    await operations.settled()
    if (operations.failure !== undefined) throw operations.failure.error
    if (inner.retried) throw RETRY
    return result
  } catch (error) {
    throw inner.retried ? RETRY : error
  } finally {
    await operations.settled()
    inner.end()
  }
}
