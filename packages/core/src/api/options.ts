import type { Backend } from '../contracts/backend.js'
import type { Clock } from '../contracts/clock.js'
import type { ValueType } from '../contracts/data.js'
import { usageError } from '../errors.js'
import type { RunOptions } from './agent.js'
import type { LockOptions } from './lock.js'
import type { Logger } from './logger.js'
import type { OpDefinition } from './ops.js'

/** Options take an explicit undefined (exactOptionalPropertyTypes: `{ signal: maybe }`). */
export type Options<T> = { [K in keyof T]?: T[K] | undefined }

export type ConnectOptions = { coordinator: Coordinator } & Options<{
  /** What separates one application's state from another's in the same stores; 'avout'. */
  realm: string
  /** Further homes to read and redo, known in the log by their id; `in: backend` adds one too. */
  backends: readonly Backend<any>[]
  /** Values beyond the built-in ones (Date, Map, Set, bigint, bytes). */
  types: readonly ValueType<any>[]
  /** Operations of your own that may be met in the log: every version of them. */
  ops: readonly OpDefinition<any, any>[]
  /** An inner dosync joins, deref in a body reads its snapshot; true. */
  ambient: boolean
  /** Whether a dosync resolves only when its values are in their containers; 'wait'. */
  materialize: 'wait' | 'background'
  /** How old, in ms, the last tail check may be for what only reads; 0. */
  staleness: number
  /** Of every call that names none, in ms; 30,000. */
  timeout: number
  /** What rivals, locks and metrics call this client. */
  name: string
  /** Of the connecting only. */
  signal: AbortSignal
  logger: Logger
  clock: Clock
  /** Kept in the realm's first record; another number later is a TypeError. `window` in positions (2,048), `inlineLimit` in bytes (65,536). */
  founding: { window?: number; inlineLimit?: number }
}>

export type Coordinator = Backend<'log'> | Backend<'counter' | 'versions'> | Composed

/**
 * Primitives of several backends; what is left out comes from the backend of the log, as far as it has it. A `log` without a log
 * of its own keeps the slots of a composed one. Refs without `in` live in `values`.
 */
export interface Composed {
  log: Backend<'log'> | Backend<'versions'>
  values?: Backend<'versions'>
  lock?: Backend<'lock'>
  counter?: Backend<'counter'>
  state?: Backend<'state'>
}

export type ReadOptions = Options<{ staleness: number; timeout: number; signal: AbortSignal }>

export type TxOptions = Options<{
  /** 'snapshot' validates only writes and ensured refs: Clojure's own level, where write skew is possible. 'serializable'. */
  isolation: 'serializable' | 'snapshot'
  /** ms of running, 30,000; time parked in retry() does not count (a signal ends that). */
  timeout: number
  /** Infinity: a deadline ends a fight, not a count. */
  maxAttempts: number
  /** Rejects with signal.reason; once the append is sent, with OutcomeUnknownError (cause: the reason). */
  signal: AbortSignal
  materialize: 'wait' | 'background'
  /** What a rival's ConflictError calls this transaction. */
  label: string
  /** Asked with outcome(id); made up if absent. A second commit of one id is refused while the window lasts. */
  id: string
}>

/** The options of a client, resolved. */
export interface EngineOptions {
  readonly realm: string
  readonly timeout: number
  readonly staleness: number
  readonly materialize: 'wait' | 'background'
  readonly name: string | undefined
}

type Check = readonly [test: (value: never) => boolean, wanted: string]

const isNumber = (value: unknown): boolean => typeof value === 'number' && value >= 0
const isText = (value: unknown): boolean => typeof value === 'string' && value !== ''
const isSignal = (value: unknown): boolean => typeof (value as AbortSignal).addEventListener === 'function'
const isBoolean = (value: unknown): boolean => typeof value === 'boolean'
const isObject = (value: unknown): boolean => typeof value === 'object' && value !== null
const oneOf = (...choices: string[]): Check => [
  (value: unknown) => choices.includes(value as string),
  choices.map((choice) => `'${choice}'`).join(' or '),
]

const MILLISECONDS: Check = [isNumber, 'a number of milliseconds, 0 or more']
const SIGNAL: Check = [isSignal, 'an AbortSignal']
const TEXT: Check = [isText, 'a string that is not empty']

const READ: Record<string, Check> = { staleness: MILLISECONDS, timeout: MILLISECONDS, signal: SIGNAL }

const TX: Record<string, Check> = {
  isolation: oneOf('serializable', 'snapshot'),
  timeout: MILLISECONDS,
  maxAttempts: [isNumber, 'a number, 0 or more'],
  signal: SIGNAL,
  materialize: oneOf('wait', 'background'),
  label: TEXT,
  id: TEXT,
}

const LOCK: Record<string, Check> = {
  lease: [(value: unknown) => typeof value === 'number' && value > 0, 'a number of milliseconds above 0'],
  timeout: MILLISECONDS,
  signal: SIGNAL,
}

const CONNECT: Record<string, Check> = {
  coordinator: [isObject, 'a backend, or { log, … }'],
  realm: TEXT,
  backends: [Array.isArray, 'an array of backends'],
  types: [Array.isArray, 'an array of value types'],
  ops: [Array.isArray, 'an array of operations made with defineOp'],
  ambient: [isBoolean, 'true or false'],
  materialize: oneOf('wait', 'background'),
  staleness: MILLISECONDS,
  timeout: MILLISECONDS,
  name: TEXT,
  signal: SIGNAL,
  logger: [isObject, 'an object with debug, info, warn and error'],
  clock: [isObject, 'an object with now and sleep'],
  founding: [isObject, '{ window, inlineLimit }'],
}

export const checkReadOptions = (options: ReadOptions): void => checkOptions('read', options, READ)
export const checkTxOptions = (options: TxOptions): void => checkOptions('dosync', options, TX)
export const checkLockOptions = (options: LockOptions): void => checkOptions('acquire', options, LOCK)
export const checkRecordedOptions = (options: object): void =>
  checkOptions('lock', options, { recorded: [isBoolean, 'true or false'] })
export const checkRunOptions = (options: RunOptions): void =>
  checkOptions('run', options, { mode: oneOf('fail', 'continue'), signal: SIGNAL })
export const checkRestartOptions = (options: object): void =>
  checkOptions('restart', options, { clearActions: [isBoolean, 'true or false'] })
export const checkConnectOptions = (options: ConnectOptions): void => checkOptions('connect', options, CONNECT)

/** A misspelt option must not be a default in disguise. */
function checkOptions(call: string, options: object, known: Record<string, Check>): void {
  for (const [key, value] of Object.entries(options)) {
    const check = Object.hasOwn(known, key) ? known[key] : undefined
    if (check === undefined) {
      throw usageError(
        'AVOUT_OPTION',
        `${call} has the unknown option "${key}": there are ${Object.keys(known).join(', ')}`,
      )
    }
    if (value !== undefined && !(value !== null && check[0](value as never))) {
      throw usageError('AVOUT_OPTION', `the option "${key}" of ${call} is ${check[1]}`)
    }
  }
}
