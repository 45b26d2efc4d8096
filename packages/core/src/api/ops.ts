import type { Data } from '../contracts/data.js'
import { usageError } from '../errors.js'
import { checkName } from './names.js'

/**
 * A commutative operation, for `tx.commute(ref, op)`: it travels as what is to be done, not as what comes of it, so operations on one
 * ref never conflict with each other, from whichever client. Its value is known when the log has ordered it.
 */
export interface Op<in T> {
  readonly '~op': (value: T) => void
}

/** A user's own operation: called with its argument, if it has one, it makes an `Op`. Clients connect with it, `{ ops: [definition] }`. */
export interface OpDefinition<T, A> {
  (...argument: [A] extends [undefined] ? [] : [argument: A]): Op<T>
  readonly kind: 'op'
  readonly name: string
  readonly version: number
}

/** An operation with its argument, as transactions meet it. */
export class OpCall implements Op<never> {
  declare readonly '~op': (value: never) => void

  constructor(
    readonly name: string,
    /** 0 for the built-in ones. */
    readonly version: number,
    readonly argument: unknown,
    readonly definition: OpDefinition<any, any> | undefined,
  ) {
    Object.freeze(this)
  }
}

type Apply = (value: unknown, argument: unknown) => unknown

const applies = new WeakMap<object, Apply>()

/**
 * Declares an operation of your own. `apply` must be synchronous and depend on its two arguments alone, for every client runs it, on
 * every version of the ref; and the order in which two of them are applied must not matter to you. What it means stays for as long
 * as the log may hold it: another meaning is another `version`, beside the old one. A client that meets an operation that it was not
 * connected with goes on; reading the ref there rejects with `IncompatibleError`.
 *
 * @throws TypeError for a name that is empty, and a version that is no whole number above 0.
 */
export function defineOp<T, A = undefined>(definition: {
  readonly name: string
  readonly version: number
  readonly apply: (value: T, argument: A) => T
}): OpDefinition<T, A> {
  const { name, version, apply } = definition
  checkName('operation', name)
  if (!Number.isSafeInteger(version) || version < 1) {
    throw usageError('AVOUT_OPERATION', `the version of the operation ${name} is a whole number, 1 or more`)
  }
  if (typeof apply !== 'function') {
    throw usageError('AVOUT_OPERATION', `the operation ${name} needs a function: apply(value, argument)`)
  }
  const make = (argument: unknown): OpCall => new OpCall(name, version, argument ?? null, made)
  const made: OpDefinition<T, A> = Object.defineProperties(make as never, {
    kind: { value: 'op', enumerable: true },
    name: { value: name, enumerable: true },
    version: { value: version, enumerable: true },
  })
  applies.set(made, apply as Apply)
  return made
}

/** The function of a definition. */
export function applyOf(definition: OpDefinition<any, any>): Apply {
  const apply = applies.get(definition)
  if (apply === undefined) throw usageError('AVOUT_OPERATION', 'not an operation: make one with defineOp(…)')
  return apply
}

/** The operations that every client knows. */
export const ops = {
  /**
   * Adds `n`. With a bound the result must lie in it, or the transaction is refused with a `ValidationError`: judged in the order of
   * the log, so that no interleaving of clients gets past it.
   */
  add(n: number, bound: { readonly min?: number | undefined; readonly max?: number | undefined } = {}): Op<number> {
    const { min, max } = bound
    checkNumber('add', n)
    if (min !== undefined) checkNumber('add: min', min)
    if (max !== undefined) checkNumber('add: max', max)
    if (min !== undefined && max !== undefined && min > max) {
      throw usageError('AVOUT_OPERATION', `ops.add: no number lies between ${min} and ${max}`)
    }
    return builtIn('add', min === undefined && max === undefined ? n : [n, min ?? null, max ?? null])
  },
  /** The larger one of the value and `n`. */
  max(n: number): Op<number> {
    return builtIn('max', checkNumber('max', n))
  },
  /** The smaller one of the value and `n`. */
  min(n: number): Op<number> {
    return builtIn('min', checkNumber('min', n))
  },
  /** Puts items at the end of a list. */
  append<T>(...items: T[]): Op<readonly T[]> {
    return builtIn('append', items)
  },
  /** Puts those items at the end of a list that are not in it: a list as a set, by deep equality. */
  union<T>(...items: T[]): Op<readonly T[]> {
    return builtIn('union', items)
  },
}

function builtIn<T>(name: string, argument: Data | readonly unknown[]): Op<T> {
  return new OpCall(name, 0, argument, undefined) as Op<never> as Op<T>
}

function checkNumber(what: string, n: number): number {
  if (typeof n === 'number' && Number.isFinite(n)) return n
  throw usageError('AVOUT_OPERATION', `ops.${what} takes a finite number, not ${String(n)}`)
}
