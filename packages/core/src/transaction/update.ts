import { usageError } from '../errors.js'

/** What alter, commute and swap take. It may run again, and runs in one step with its read. */
export type Update = (value: any, ...args: any[]) => unknown

/** Throws a TypeError for a function that answers a promise: others would read and write before it ended. */
export function applyUpdate(name: string, f: Update, value: unknown, args: readonly unknown[]): unknown {
  const next = f(value, ...args)
  if (!(next instanceof Promise)) return next
  next.catch(unused)
  throw usageError('AVOUT_ASYNC_UPDATE', `the function given for ${name} answered a promise: read first, then alter`)
}

/** The function is refused, whatever its promise would have come to. */
function unused(): void {}
