import { checkHistory, type Op } from '@avout/conformance/history'
import { disagreements, replicaFaults } from '../model/replicas.js'
import type { World } from '../world/world.js'
import { judgeAgents } from './agents.js'
import { judgeContainers, judgeCurrent } from './containers.js'
import { type Evidence, evidenceOf } from './evidence.js'
import { judgeLiveness, judgeOutcomes } from './outcomes.js'
import { judgePromises } from './promises.js'
import { countSometimes } from './sometimes.js'
import { judgeViews } from './views.js'
import { judgeWatches } from './watches.js'

/** Seconds that a watch may take to be told of the last change. */
const PATIENCE = 60

/** Everything that was violated in a world that has come to rest, in words. */
export async function judge(world: World): Promise<string[]> {
  const rested = world.violations.length === 0
  let evidence = await evidenceOf(world)
  let watches = rested ? judgeWatches(evidence) : []
  // Watches wait for values that only their containers hold, however long that takes.
  for (let waited = 0; watches.length > 0 && waited < PATIENCE; waited++) {
    await world.scheduler.advance(1000)
    evidence = await evidenceOf(world)
    watches = judgeWatches(evidence)
  }
  countSometimes(evidence)
  return [
    ...world.violations,
    ...evidence.model.violations,
    ...judgeReplicas(evidence),
    ...judgeHistory(evidence),
    ...judgeViews(evidence),
    ...judgeOutcomes(evidence),
    ...judgeLiveness(evidence),
    // A view that showed what a rollback lost stays ahead of the new history until a divergence is mended.
    ...(rested && world.plan.rollbacks === 0 ? judgeCurrent(evidence) : []),
    ...(rested ? [...judgePromises(evidence), ...judgeAgents(evidence), ...watches, ...judgeContainers(evidence)] : []),
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
