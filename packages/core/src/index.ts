export {
  type Agent,
  type AgentContext,
  type AgentDefinition,
  defineAgent,
  type Handlers,
  type RunOptions,
} from './api/agent.js'
export type { Atom, AtomOptions } from './api/atom.js'
export type { Avout, Events, Health, RefInfo } from './api/avout.js'
export {
  defineFamily,
  defineRef,
  type FamilyDefinition,
  type RefDefinition,
  type RefKey,
  type RefOptions,
  type SchemaOptions,
  type Update,
  type Validator,
  type ValueOf,
} from './api/definitions.js'
export type { Condition, HeldLock, Lock, LockOptions, LockQueueEntry, ReadWriteLock } from './api/lock.js'
export type { Logger } from './api/logger.js'
export { defineOp, type Op, type OpDefinition, ops } from './api/ops.js'
export type { Composed, ConnectOptions, Coordinator, ReadOptions, TxOptions } from './api/options.js'
export type { Change, Family, LocalRef, Ref, Reference } from './api/reference.js'
export type { Range, Reader, Tx } from './api/transaction.js'
export { connect } from './engine/connect.js'
export {
  AvoutError,
  ClosedError,
  ConflictError,
  type ErrorKind,
  IncompatibleError,
  LockLostError,
  LogDivergedError,
  OutcomeUnknownError,
  UnavailableError,
  ValidationError,
  ValueError,
} from './errors.js'
export { type ComposeOptions, composeLog } from './log/compose-log.js'
