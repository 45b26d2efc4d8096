import { viewFault } from '../model/opacity.js'
import type { Client, Sight } from '../world/client.js'
import { GAUGES } from '../world/refs.js'
import { type Evidence, storedAt } from './evidence.js'

/** Every run of every body saw one state, and the values of it. */
export function judgeViews(evidence: Evidence): string[] {
  const { world, model, transactions } = evidence
  const faults: string[] = []
  for (const client of world.clients) {
    // What it saw before a rollback is not there any more to compare with.
    if (world.forgotten.has(client.process)) continue
    for (const run of client.runs) {
      const fault = viewFault(run, model, transactions)
      if (fault !== undefined) faults.push(`${client.name}: ${fault}`)
    }
    faults.push(...judgeSights(evidence, client))
  }
  return faults
}

function judgeSights(evidence: Evidence, client: Client): string[] {
  const runs = new Map(client.runs.map((run) => [`${run.id} ${run.attempt}`, run]))
  const faults: string[] = []
  for (const sight of client.sights) {
    const run = runs.get(`${sight.id} ${sight.attempt}`)
    const version = run?.reads.find(([ref]) => ref === sight.ref)?.[1]
    if (version === undefined || isValueOf(evidence, sight, version)) continue
    faults.push(`${client.name}: ${sight.id} was given ${JSON.stringify(sight.value)} for ${sight.ref} at "${version}"`)
  }
  return faults
}

function isValueOf({ world, model, transactions }: Evidence, { ref, value }: Sight, version: string): boolean {
  const transaction = transactions.get(version)?.transaction
  if (transaction?.operations.some((operation) => operation.ref === ref)) {
    const made = model.refs.get(ref)?.find((candidate) => candidate.version === version)
    return made !== undefined && JSON.stringify(made.data) === JSON.stringify(value)
  }
  const write = transaction?.writes.find((written) => written.ref === ref)
  // In flight and never sent: nobody else knows its value.
  if (version !== '' && write === undefined) return true
  if (write?.exists) {
    const stored = write.data ?? storedAt(world, write.home, ref, version)
    return stored === undefined || JSON.stringify(stored) === JSON.stringify(value)
  }
  return JSON.stringify(initialOf(world, ref)) === JSON.stringify(value)
}

function initialOf({ refs }: Evidence['world'], name: string): unknown {
  const { counter, shared, tally, stock, bag, family: _, gauges, ...many } = refs
  const all: readonly { name: string; initial: unknown }[] = [
    ...[counter, shared, tally, stock, bag],
    ...GAUGES.map((key) => gauges(key)),
    ...Object.values(many).flat(),
  ]
  return all.find((ref) => ref.name === name)?.initial
}
