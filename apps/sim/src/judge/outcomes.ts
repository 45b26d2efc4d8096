import type { Evidence } from './evidence.js'

/** `outcome(id)` may not know, but it never is wrong. */
export function judgeOutcomes({ world, model }: Evidence): string[] {
  const committed = new Set(
    model.judged.filter(({ fault }) => fault === undefined).map(({ transaction }) => transaction.id),
  )
  const faults: string[] = []
  for (const { id, acknowledged, answer, client } of world.outcomes) {
    if (world.forgotten.has(client)) continue
    const truth = committed.has(id) ? 'committed' : 'aborted'
    if (answer !== 'unknown' && answer !== truth) faults.push(`outcome("${id}") was ${answer}; it is ${truth}`)
    if (acknowledged && answer === 'aborted') faults.push(`outcome("${id}") was aborted, after its commit was told`)
  }
  return faults
}

/** How long a call may take once all faults are over, in ms. */
const PATIENCE = 10_000

/** Nobody is held up for ever: what is called, or goes on, on calm stores ends soon. */
export function judgeLiveness({ world }: Evidence): string[] {
  const faults: string[] = []
  for (const { id, kind, invoked, ended } of world.recorder.calls) {
    if (ended === undefined || kind.startsWith('take')) continue
    const took = ended.at - Math.max(invoked.at, world.calmSince)
    if (took > PATIENCE) faults.push(`T${id} (${kind}) took ${Math.round(took)} ms on calm stores`)
  }
  return faults
}
