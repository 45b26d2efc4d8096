import type { RefHandle } from '../reference/ref-handle.js'
import type { Version } from '../state/version.js'
import type { Encoded } from '../values/codec.js'

/** `f(value, ...args)`, to be called again at the commit. */
export interface Commute {
  readonly f: (value: unknown, ...args: unknown[]) => unknown
  readonly args: readonly unknown[]
}

/** What a body wrote to a ref, until it commits. */
export interface BufferedWrite {
  readonly handle: RefHandle<any>
  /** The version that the view has, which the write replaces. */
  readonly expected: Version
  /** Undefined for a deletion. */
  readonly encoded: Encoded | undefined
  /** Where the ref was only commuted: what makes the value at the commit. */
  readonly commutes: readonly Commute[] | undefined
}
