import { usageError } from '../errors.js'

/** What the stores can all hold, escaped, as part of a key. */
const MAX_NAME_BYTES = 512

/**
 * What is wrong with a name; undefined where it is one: not empty, without NUL (some stores cut a name there) or lone surrogates
 * (which are no UTF-8), and at most 512 bytes.
 */
export function nameFault(name: string): string | undefined {
  if (name === '') return 'is empty'
  if (name.includes('\0')) return 'holds a NUL: some stores cut it there'
  if (LONE_SURROGATE.test(name)) return 'holds half a surrogate pair'
  if (name.length * 3 <= MAX_NAME_BYTES || new TextEncoder().encode(name).length <= MAX_NAME_BYTES) return undefined
  return `is longer than ${MAX_NAME_BYTES} bytes`
}

/** A name as given, if it is one. */
export function checkName(what: string, name: unknown): string {
  if (typeof name !== 'string') throw usageError('AVOUT_NAME', `the name of a ${what} is a string, not ${typeof name}`)
  const fault = nameFault(name)
  if (fault === undefined) return name
  throw usageError('AVOUT_NAME', `the name of a ${what}, ${JSON.stringify(name.slice(0, 64))}, ${fault}`)
}

/** The hidden refs of an agent: its state; how many of the actions sent to it are done; and the failure that stops it. */
export const agentRefNames = {
  state: (agent: string): string => `~agent:${agent}`,
  cursor: (agent: string): string => `~agent-cursor:${agent}`,
  failure: (agent: string): string => `~agent-failure:${agent}`,
}

/** The name of an agent: its hidden refs have longer ones. */
export function checkAgentName(name: unknown): string {
  const checked = checkRefName('agent', name)
  if (nameFault(agentRefNames.failure(checked)) === undefined) return checked
  const most = MAX_NAME_BYTES - agentRefNames.failure('').length
  throw usageError(
    'AVOUT_NAME',
    `the name of an agent, ${JSON.stringify(checked.slice(0, 64))}, is longer than ${most} bytes`,
  )
}

/** The name of a ref, or what the names of a family begin with: `~` is for what Avout itself keeps beside them. */
export function checkRefName(what: 'ref' | 'family' | 'agent', name: unknown): string {
  const checked = checkName(what, name)
  if (!checked.startsWith('~')) return checked
  throw usageError(
    'AVOUT_NAME',
    `the name of a ${what}, ${JSON.stringify(checked)}, begins with "~": such names are reserved`,
  )
}

const LONE_SURROGATE = /[\uD800-\uDBFF](?![\uDC00-\uDFFF])|(?<![\uD800-\uDBFF])[\uDC00-\uDFFF]/
