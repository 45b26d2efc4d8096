import { type AgentDefinition, checkAgent } from '../api/agent.js'
import { usageError, ValueError } from '../errors.js'
import type { Send } from '../record/record.js'
import type { Codec } from '../values/codec.js'
import { utf8Length } from '../values/size.js'

/** What else is in a record with a send, at most. */
const AROUND_BYTES = 2_000

/** An action as the log carries it. `maxBytes` is what a record holds: an argument travels in it whatever the inline limit. */
export function makeSend(
  codec: Codec,
  maxBytes: number,
  agent: AgentDefinition<any, any>,
  action: string,
  argument: unknown,
): Send {
  checkAgent(agent)
  const { name, handlers } = agent
  if (!Object.hasOwn(handlers, action)) {
    const known = Object.keys(handlers).join(', ')
    throw usageError('AVOUT_ACTION', `the agent ${name} has no action "${String(action)}": there are ${known}`)
  }
  if (argument === undefined) return { agent: name, action, argument }
  const what = `the argument of "${action}" to the agent ${name}`
  const { data, json } = codec.encode(argument, what)
  const size = json.length * 3 > maxBytes - AROUND_BYTES ? utf8Length(json) : 0
  if (size > maxBytes - AROUND_BYTES) {
    const limit = `a record holds ${maxBytes}`
    throw new ValueError(`${what} takes ${size} bytes, ${limit}: put it into a ref, and send its name`, what, '')
  }
  return { agent: name, action, argument: data }
}
