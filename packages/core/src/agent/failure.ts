import { AvoutError } from '../errors.js'
import type { PendingSend } from '../replay/sends.js'
import type { Version } from '../state/version.js'

/** What stops an agent, as every client reads it. */
export interface Failure {
  /** Of the action sent: its idempotency key. */
  readonly id: string
  readonly action: string
  /** Of the error that the handler threw. */
  readonly name: string
  readonly message: string
}

/** How much of a message is kept. */
const MAX_MESSAGE = 2_000

export function failureOf({ id, action }: PendingSend, error: unknown): Failure {
  const { name, message } = error instanceof Error ? error : { name: 'Error', message: String(error) }
  return { id, action, name: storable(name), message: storable(message) }
}

export function failureError(agent: string, { id, action, name, message }: Failure): AvoutError {
  const cause = Object.assign(new Error(message), { name })
  return new AvoutError(
    'invalid',
    'AVOUT_AGENT_FAILED',
    `the agent ${agent} has failed in the action "${action}" (${id}): ${message}. Its actions wait for restart(state)`,
    { cause },
  )
}

/** Whether a version of the hidden ref says that the agent has failed: null is in the log whatever the inline limit. */
export function saysFailed({ exists, data }: Version): boolean {
  return exists && data !== null
}

/** Whatever a handler throws, every store can hold it. */
function storable(text: string): string {
  return text.slice(0, MAX_MESSAGE).replace(UNSTORABLE, '\uFFFD')
}

/** A NUL, which some stores refuse, and half a surrogate pair, which is no UTF-8. */
const UNSTORABLE = /\0|[\uD800-\uDBFF](?![\uDC00-\uDFFF])|(?<![\uD800-\uDBFF])[\uDC00-\uDFFF]/g
