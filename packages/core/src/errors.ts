import type { StandardSchemaV1 } from './standard-schema.js'

/** What to do: run again, ask `outcome()`, wait, mend the call, stop holding, reopen, reconcile, upgrade, report. */
export type ErrorKind =
  | 'conflict'
  | 'unknown'
  | 'unavailable'
  | 'invalid'
  | 'lost'
  | 'closed'
  | 'diverged'
  | 'incompatible'
  | 'internal'

export type ErrorCode = `AVOUT_${string}`

/** Survives two copies of this package in one process, where `instanceof` does not. */
const brand = Symbol.for('avout.error')

/** Every error that Avout raises by itself, but for a programmer's mistake: that is a `TypeError` with a `code`. */
export class AvoutError extends Error {
  readonly code: ErrorCode
  readonly kind: ErrorKind

  constructor(kind: ErrorKind, code: ErrorCode, message: string, options?: ErrorOptions) {
    super(message, options)
    this.kind = kind
    this.code = code
    this.name = new.target.name
  }

  /** Whether `error` is one of this class, also when another copy of the package made it. */
  static isInstance<C extends abstract new (...args: any) => unknown>(
    this: C,
    error: unknown,
  ): error is InstanceType<C> {
    if (error instanceof this) return true
    const brands = (error as { [brand]?: readonly string[] } | null | undefined)?.[brand]
    return Array.isArray(brands) && brands.includes(this.name)
  }

  get [brand](): readonly string[] {
    const names: string[] = []
    for (let at = Object.getPrototypeOf(this); at && at !== Error.prototype; at = Object.getPrototypeOf(at)) {
      names.push(at.constructor.name)
    }
    return names
  }
}

export interface Rival {
  readonly id: string
  readonly label?: string
  readonly client: string
}

/** Gave up against others; nothing was committed. Running it again is safe. */
export class ConflictError extends AvoutError {
  declare readonly kind: 'conflict'
  readonly refs: readonly string[]
  readonly rival?: Rival
  readonly attempts: number

  constructor(message: string, details: { refs: readonly string[]; rival?: Rival | undefined; attempts: number }) {
    super('conflict', 'AVOUT_CONFLICT', message)
    this.refs = details.refs
    if (details.rival !== undefined) this.rival = details.rival
    this.attempts = details.attempts
  }
}

/** It may have been committed or not. `avout.outcome(id)` tells, while the window lasts. */
export class OutcomeUnknownError extends AvoutError {
  declare readonly kind: 'unknown'
  readonly id: string

  constructor(message: string, id: string, options?: ErrorOptions) {
    super('unknown', 'AVOUT_OUTCOME_UNKNOWN', message, options)
    this.id = id
  }
}

/** A store, or a body, did not answer in time. Nothing was committed by this call. */
export class UnavailableError extends AvoutError {
  declare readonly kind: 'unavailable'
  readonly backend: string

  constructor(message: string, backend: string, options?: ErrorOptions & { code?: ErrorCode }) {
    super('unavailable', options?.code ?? 'AVOUT_UNAVAILABLE', message, options)
    this.backend = backend
  }
}

/** A validator refused the value that a commit would give to `ref`. */
export class ValidationError extends AvoutError {
  declare readonly kind: 'invalid'
  readonly ref: string
  readonly issues: readonly StandardSchemaV1.Issue[]

  constructor(message: string, ref: string, issues: readonly StandardSchemaV1.Issue[], options?: ErrorOptions) {
    super('invalid', 'AVOUT_VALIDATION', message, options)
    this.ref = ref
    this.issues = issues
  }
}

/** A value that cannot be carried: `path` says where in it. */
export class ValueError extends AvoutError {
  declare readonly kind: 'invalid'
  readonly ref: string
  readonly path: string

  constructor(message: string, ref: string, path: string, options?: ErrorOptions) {
    super('invalid', 'AVOUT_VALUE', message, options)
    this.ref = ref
    this.path = path
  }
}

/** The lease ran out, or the store gave the lock to another. */
export class LockLostError extends AvoutError {
  declare readonly kind: 'lost'
  readonly lock: string
  readonly holder?: string

  constructor(message: string, lock: string, holder?: string, options?: ErrorOptions) {
    super('lost', 'AVOUT_LOCK_LOST', message, options)
    this.lock = lock
    if (holder !== undefined) this.holder = holder
  }
}

export class ClosedError extends AvoutError {
  declare readonly kind: 'closed'

  constructor(message = 'this client is closed: connect again', options?: ErrorOptions) {
    super('closed', 'AVOUT_CLOSED', message, options)
  }
}

/** The store lost acknowledged entries that this client had seen; `lost` names what is known to be gone. */
export class LogDivergedError extends AvoutError {
  declare readonly kind: 'diverged'
  readonly lost: readonly string[]

  constructor(message: string, lost: readonly string[] = [], options?: ErrorOptions) {
    super('diverged', 'AVOUT_LOG_DIVERGED', message, options)
    this.lost = lost
  }
}

/** The log holds what this version of Avout, or this configuration, cannot read: upgrade it before going on. */
export class IncompatibleError extends AvoutError {
  declare readonly kind: 'incompatible'

  constructor(message: string, options?: ErrorOptions) {
    super('incompatible', 'AVOUT_INCOMPATIBLE', message, options)
  }
}

/** A programmer's mistake: a `TypeError` with a stable code, thrown before anything is read or written. */
export function usageError(code: ErrorCode, message: string, options?: ErrorOptions): TypeError & { code: ErrorCode } {
  return Object.assign(new TypeError(message, options), { code })
}
