import { AvoutError, IncompatibleError, UnavailableError } from '@avout/core'

/** What to do about what the driver answered. Where `sent` is false, it certainly did nothing. */
export type Verdict =
  /** The connection was not there: wait for it, and send it then. */
  | { readonly next: 'wait' }
  /** The server cannot do it now, and did nothing: try it again in a while. */
  | { readonly next: 'retry' }
  /** The server may no longer write: it did nothing. Connect anew, to whoever is master now. */
  | { readonly next: 'reconnect' }
  /** Another node of the cluster has the keys: it did nothing. */
  | { readonly next: 'move'; readonly to: string }
  /** The server is silent: it may do it, or not. Connect anew, so that nothing of it comes later. */
  | { readonly next: 'abandon' }
  | { readonly next: 'fail' }

const AGAIN = new Set(['LOADING', 'BUSY', 'TRYAGAIN', 'CLUSTERDOWN', 'MASTERDOWN', 'ASK', 'NOREPLICAS'])
/** Waiting does not mend these. */
const FOREIGN: Readonly<Record<string, string>> = {
  WRONGTYPE: 'holds something else under a key of Avout, so choose another prefix',
  AVOUTHOLE: 'has a log that something else than Avout has cut',
}

/** The server did nothing. */
const UNABLE: Readonly<Record<string, string>> = {
  OOM: 'is at its maxmemory: nothing was written; give it more, or trim',
  MISCONF: 'cannot write to its disk, so it takes no writes: see its log',
  READONLY: 'is a replica, or was the master until now: nothing was written',
}

const REFUSALS = new Set(['NOAUTH', 'WRONGPASS', 'NOPERM'])

/** The driver gives these no code: their text is all there is. */
const NOT_SENT = "Stream isn't writeable and enableOfflineQueue options is false"
const TIMED_OUT = 'Command timed out'

/** The first word of what the server answered; undefined where it answered nothing. */
export function codeOf(error: unknown): string | undefined {
  if (!(error instanceof Error) || error.name !== 'ReplyError') return undefined
  const [code] = error.message.split(' ', 1)
  // Servers before 7 wrap what went wrong within a script.
  return code === 'ERR' ? (/: -?([A-Z]{3,}) /.exec(error.message)?.[1] ?? 'ERR') : code
}

export function judge(error: unknown): Verdict {
  const code = codeOf(error)
  if (code === undefined) {
    const message = error instanceof Error ? error.message : ''
    return { next: message === NOT_SENT ? 'wait' : message === TIMED_OUT ? 'abandon' : 'fail' }
  }
  if (code === 'MOVED') return { next: 'move', to: (error as Error).message.split(' ')[2] ?? '' }
  if (code === 'READONLY') return { next: 'reconnect' }
  return { next: AGAIN.has(code) ? 'retry' : 'fail' }
}

/** Whether the server refused who we are, and would do so again. */
export const isRefusal = (error: unknown): boolean => REFUSALS.has(codeOf(error) ?? '')

/** The driver's error without the command that it hangs on to: that holds data, and passwords. */
function bare(error: unknown): Error {
  const message = error instanceof AggregateError ? error.errors.map(String).join('; ') : undefined
  const cause = new Error(message ?? (error instanceof Error ? error.message : String(error)))
  if (error instanceof Error) cause.name = error.name
  return cause
}

/** `where` names the backend and the server, `redis (127.0.0.1:6379)`. */
export function toAvoutError(error: unknown, id: string, where: string): AvoutError {
  if (AvoutError.isInstance(error)) return error
  const cause = bare(error)
  const code = codeOf(error) ?? ''
  const foreign = FOREIGN[code]
  if (foreign !== undefined) return new IncompatibleError(`${where} ${foreign}: ${cause.message}`, { cause })
  const known = UNABLE[code]
  if (known !== undefined) return unavailable(`${where} ${known}`, id, cause)
  if (isRefusal(error)) return unavailable(`${where} refused the user: ${cause.message}`, id, cause)
  return unavailable(`${where} did not answer: ${cause.message}`, id, cause)
}

function unavailable(message: string, id: string, cause: Error): UnavailableError {
  return new UnavailableError(message, id, { cause })
}
