import { checkHistory } from '../checker/check.js'
import type { Op } from '../checker/history.js'
import { disagreements, replicaFaults } from '../model/replicas.js'
import type { World } from '../world/world.js'
import { judgeContainers } from './containers.js'
import { type Evidence, evidenceOf } from './evidence.js'
import { judgeLiveness, judgeOutcomes } from './outcomes.js'
import { judgePromises } from './promises.js'
import { countSometimes } from './sometimes.js'
import { judgeViews } from './views.js'
import { judgeWatches } from './watches.js'

/** Everything that was violated in a world that has come to rest, in words. */
export function judge(world: World): string[] {
  const evidence = evidenceOf(world)
  countSometimes(evidence)
  const rested = world.violations.length === 0
  return [
    ...world.violations,
    ...evidence.model.violations,
    ...judgeReplicas(evidence),
    ...judgeHistory(evidence),
    ...judgeViews(evidence),
    ...judgeOutcomes(evidence),
    ...judgeLiveness(evidence),
    ...(rested ? [...judgePromises(evidence), ...judgeWatches(evidence), ...judgeContainers(evidence)] : []),
  ]
}

function judgeReplicas({ world, model }: Evidence): string[] {
  const replicas = new Map(world.live.map((client) => [client.name, client.inspection]))
  const faults = disagreements(replicas)
  for (const [name, replica] of replicas) {
    faults.push(...replicaFaults(name, replica, model))
    if (replica.inFlight > 0) faults.push(`${name} has ${replica.inFlight} records in flight, and rests`)
  }
  return faults
}

function judgeHistory(evidence: Evidence): string[] {
  const { world } = evidence
  const { anomalies, dependencies } = checkHistory(historyOf(evidence))
  world.tally.count('dependencies', dependencies)
  return anomalies.map(({ name, message }) => `${name}: ${message}`)
}

/** Calls of clients that knew what a rollback lost may be lost with it, and what they read as well. */
function historyOf({ world }: Evidence): Op[] {
  return world.recorder.history().map((op) => {
    const process = world.clients[op.client]?.process
    if (process === undefined || !world.forgotten.has(process) || op.outcome === 'failed') return op
    return { ...op, outcome: 'info', steps: op.steps.filter(({ f }) => f === 'append') }
  })
}
