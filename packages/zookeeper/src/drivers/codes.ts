/** ZooKeeper's answers, by the numbers of its protocol. */
export const OK = 0
export const NO_NODE = -101
export const NO_AUTH = -102
export const BAD_VERSION = -103
export const NODE_EXISTS = -110
export const NOT_EMPTY = -111
export const SESSION_EXPIRED = -112
export const AUTH_FAILED = -115
export const CLOSING = -116
export const CONNECTION_LOSS = -4
export const MARSHALLING_ERROR = -5
export const OPERATION_TIMEOUT = -7
export const INVALID_STATE = -9
export const SYSTEM_ERROR = -1

/** None of ZooKeeper's: the session that it was for has ended, and it was not sent in another one. */
export const NOT_SENT = 1

const NAMES: Readonly<Record<number, string>> = {
  [NOT_SENT]: 'not sent, the session has ended',
  [NO_NODE]: 'no such node',
  [NO_AUTH]: 'not allowed by the access list',
  [BAD_VERSION]: 'changed meanwhile',
  [NODE_EXISTS]: 'exists already',
  [NOT_EMPTY]: 'has children',
  [SESSION_EXPIRED]: 'session expired',
  [AUTH_FAILED]: 'authentication failed',
  [CLOSING]: 'closing',
  [CONNECTION_LOSS]: 'connection lost',
  [MARSHALLING_ERROR]: 'could not be sent',
  [OPERATION_TIMEOUT]: 'timed out',
  [INVALID_STATE]: 'no session',
  [SYSTEM_ERROR]: 'system error',
}

/** For messages: never what the drivers say, which may quote data. */
export const nameOf = (code: number): string => `${NAMES[code] ?? 'error'} (${code})`

/** What a call may answer by itself; every other code is an error. */
export const isAnswer = (code: number): boolean =>
  code === OK || code === NO_NODE || code === NODE_EXISTS || code === BAD_VERSION || code === NOT_EMPTY

/** Whether it was lost on the way, so that a call which may be repeated is. */
export const isLoss = (code: number): boolean =>
  code === CONNECTION_LOSS ||
  code === OPERATION_TIMEOUT ||
  code === SESSION_EXPIRED ||
  code === CLOSING ||
  code === INVALID_STATE ||
  code === MARSHALLING_ERROR
