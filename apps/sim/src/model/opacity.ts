import type { RunTrace } from '@avout/core/testing'
import type { Model } from './model.js'

/**
 * What a run of a body saw that never was together, in words; undefined when it saw the log at its position with its client's
 * transactions in flight on top, judged in order. Runs that were thrown away count as much as those that committed.
 */
export function viewFault(run: RunTrace, model: Model, transactions: Transactions): string | undefined {
  const { position, inFlight, reads } = run
  const told = `run ${run.attempt} of ${run.id} at ${position}`
  if (position > model.position) return `${told}: the log ends at ${model.position}`
  const ahead = new Map<string, string>()
  const unknown = new Set<string>()
  const current = (ref: string) => ahead.get(ref) ?? model.headAt(ref, position).version
  for (const { version, writes } of inFlight) {
    // What never reached the log was expected to be valid for reasons that nobody else can check.
    const sent = transactions.get(version)
    if (sent !== undefined && sent.position <= position) return `${told}: ${version} was in flight, and judged before`
    for (const expected of [...(sent?.transaction.reads ?? []), ...(sent?.transaction.writes ?? [])]) {
      if (current(expected.ref) === expected.version) continue
      return `${told}: saw ${version}, which expects ${expected.ref} at "${expected.version}", not "${current(expected.ref)}"`
    }
    for (const ref of writes) {
      ahead.set(ref, version)
      if (sent?.transaction.operations.some((operation) => operation.ref === ref)) unknown.add(ref)
      else unknown.delete(ref)
    }
  }
  for (const [ref, version] of reads) {
    if (unknown.has(ref)) return `${told}: saw ${ref}, on which an operation was in flight`
    if (current(ref) !== version) return `${told}: saw ${ref} at "${version}", not at "${current(ref)}"`
  }
  return undefined
}

/** Version → the transaction that gave it, valid or not. */
export type Transactions = ReadonlyMap<string, Model['judged'][number]>

/** The first record of a number decides; its copies say the same. */
export function transactionsOf(model: Model): Transactions {
  const found = new Map<string, Model['judged'][number]>()
  for (const judged of model.judged) if (!found.has(judged.version)) found.set(judged.version, judged)
  return found
}
