import type { Avout } from '../api/avout.js'
import { Client } from '../engine/client.js'
import type { Engine } from '../engine/engine.js'
import { usageError } from '../errors.js'
import type { Run } from '../transaction/run.js'
import type { Inspection, RunTrace } from './inspection.js'

/** What a test may look at inside a client. */
export function inspect(avout: Avout): Inspection {
  const { replica, committer } = engineOf(avout)
  return {
    position: replica.position,
    hash: replica.hash,
    verdicts: replica.verdicts,
    inFlight: committer.inFlight,
    queue: (agent) => {
      const { last, cursor, waiting } = replica.sends.of(agent)
      return { last, cursor, pending: waiting.map(({ id, action, argument }) => ({ id, action, argument })) }
    },
    heads: () => {
      const heads = new Map<string, { version: string; position: number; exists: boolean }>()
      for (const { name, head } of replica.states.values()) {
        if (head.position > 0) heads.set(name, { version: head.id, position: head.position, exists: head.exists })
      }
      return heads
    },
  }
}

/** Tells of every run of a body when it has ended, doomed ones too. */
export function traceRuns(avout: Avout, listener: (run: RunTrace) => void): Disposable {
  const engine = engineOf(avout)
  const views = new WeakMap<Run, RunTrace['inFlight']>()
  engine.tracer = {
    begins: (run) => views.set(run, inFlightOf(engine, run)),
    ended: (id, run) => {
      listener({
        id,
        attempt: run.attempt,
        position: run.position,
        inFlight: views.get(run) ?? [],
        reads: run.reads.items.map(({ state, version }) => [state.name, version]),
      })
    },
  }
  return {
    [Symbol.dispose]: () => {
      engine.tracer = undefined
    },
  }
}

function inFlightOf({ overlay }: Engine, run: Run): RunTrace['inFlight'] {
  const inFlight: RunTrace['inFlight'][number][] = []
  for (const pending of overlay.values()) {
    const written = [...pending.writes, ...pending.operations]
    const [first] = written
    if (pending.dead || pending.order > run.order || first === undefined) continue
    inFlight.push({ version: first.node.id, writes: written.map(({ state }) => state.name) })
  }
  return inFlight
}

function engineOf(avout: Avout): Engine {
  if (avout instanceof Client) return avout.engine
  throw usageError('AVOUT_NOT_A_CLIENT', 'this is no client that connect made')
}
