import { type AgentDefinition, checkAgent, type RunOptions } from '../api/agent.js'
import { usageError } from '../errors.js'
import { equalData } from '../values/equal.js'
import { AgentHandle } from './agent-handle.js'
import { Applying } from './applying.js'
import type { AgentHost } from './host.js'
import { Runner } from './runner.js'

/** The agents of one client: one handle a name; and those that it runs. */
export class Agents {
  private readonly handles = new Map<string, AgentHandle<any, any>>()
  private readonly runners = new Set<Runner>()
  private numbers = 0

  constructor(
    private readonly host: AgentHost,
    /** One that ran has ended. */
    private readonly ended: () => void,
  ) {}

  /** Nothing is run. */
  get areIdle(): boolean {
    return this.runners.size === 0
  }

  handle(definition: AgentDefinition<any, any>): AgentHandle<any, any> {
    checkAgent(definition)
    const { name } = definition
    if (definition instanceof AgentHandle && definition.host !== this.host) {
      throw usageError('AVOUT_FOREIGN_AGENT', `${name} is an agent of another client: use a definition`)
    }
    const known = this.handles.get(name)
    if (known !== undefined) return this.declareAgain(known, definition)
    const made = new AgentHandle<any, any>(this.host, definition, (handle, options) => this.run(handle, options))
    this.handles.set(name, made)
    return made
  }

  /** Aborts the handlers at work; what they make of that still counts. */
  stop(reason: unknown): void {
    for (const runner of this.runners) runner.stop(reason)
  }

  private run(handle: AgentHandle<any, any>, { mode = 'fail', signal }: RunOptions): Runner {
    const { client, options } = this.host
    const owner = `${options.name ?? client}/${client}/agent-${++this.numbers}`
    const applying = new Applying(this.host, handle.refs, () => handle.handlers, mode)
    const runner = new Runner(this.host, handle.refs, applying, owner, signal)
    this.runners.add(runner)
    void runner.ended.then(() => {
      this.runners.delete(runner)
      this.ended()
    })
    return runner
  }

  /** The last handlers count, if they are of the same actions. */
  private declareAgain(known: AgentHandle<any, any>, definition: AgentDefinition<any, any>): AgentHandle<any, any> {
    const { name, initial, handlers } = definition
    const [before, now] = [known.refs.state.initialData, this.host.codec.encode(initial, name).data]
    if (!equalData(before, now)) {
      const [was, is] = [before, now].map((data) => `with the initial state ${JSON.stringify(data).slice(0, 200)}`)
      throw redeclared(name, was, is)
    }
    const [were, are] = [known.handlers, handlers].map(
      (each) => `with the actions ${Object.keys(each).sort().join(', ')}`,
    )
    if (were !== are) throw redeclared(name, were, are)
    known.handlers = handlers
    return known
  }
}

function redeclared(name: string, before: string | undefined, now: string | undefined): TypeError {
  return usageError(
    'AVOUT_REDECLARED',
    `the agent ${name} was declared ${before}, and now ${now}: one name is one agent`,
  )
}
