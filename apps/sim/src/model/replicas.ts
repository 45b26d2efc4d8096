import type { Inspection } from '@avout/core/testing'
import type { Model } from './model.js'

/** Where a client's replica differs from the model at its own position, in words. */
export function replicaFaults(name: string, replica: Inspection, model: Model): string[] {
  const { position, hash } = replica
  if (position > model.position) return [`${name} is at ${position}, the log ends at ${model.position}`]
  if (hash !== model.hashes[position]) return [`${name} has another hash at ${position} than the log`]
  const faults: string[] = []
  for (const [ref, head] of replica.heads()) {
    const expected = model.headAt(ref, position)
    if (head.version === expected.version && head.position === expected.from && head.exists === expected.exists)
      continue
    faults.push(
      `${name} at ${position} has ${ref} at "${head.version}" (${head.position}), the model at "${expected.version}" (${expected.from})`,
    )
  }
  return faults
}

/** Two replicas at one position must have judged all alike. */
export function disagreements(replicas: ReadonlyMap<string, Inspection>): string[] {
  const faults: string[] = []
  const first = new Map<number, [name: string, verdicts: string]>()
  for (const [name, { position, verdicts }] of replicas) {
    const other = first.get(position)
    if (other === undefined) first.set(position, [name, verdicts])
    else if (other[1] !== verdicts) faults.push(`${name} and ${other[0]} judged differently up to ${position}`)
  }
  return faults
}
