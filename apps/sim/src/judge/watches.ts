import { type Evidence, valueAt } from './evidence.js'

/** Every watch was told of each committed change, once, in order. One of a client that crashed was told of the first ones. */
export function judgeWatches(evidence: Evidence): string[] {
  const { world, model } = evidence
  const faults: string[] = []
  const { lists, registers, gauges, bag } = world.refs
  for (const client of world.clients) {
    if (client.watchedFrom === undefined || world.forgotten.has(client.process)) continue
    for (const ref of [lists[0], registers[0], gauges('x'), bag]) {
      if (ref === undefined) continue
      const heard = client.heard.filter((change) => change.ref === ref.name)
      const told = heard.map(({ position, old, value }) => JSON.stringify([position, old, value]))
      const expected = changesOf(evidence, ref, client.watchedFrom)
      if (client.process.crashed) expected.length = Math.min(expected.length, told.length)
      const at = told.findIndex((change, i) => change !== expected[i])
      if (at < 0 && told.length === expected.length) continue
      const i = at < 0 ? told.length : at
      const since = `${client.name}, watching ${ref.name} from ${client.watchedFrom}`
      faults.push(`${since}, heard as its change ${i}: ${told[i]}; it was ${expected[i]}`)
    }
    if (client.process.crashed) continue
    if (client.inspection.position !== model.position) faults.push(`${client.name} did not replay everything`)
  }
  return faults
}

function changesOf(evidence: Evidence, ref: { name: string; initial: unknown }, from: number): string[] {
  const changes: string[] = []
  let old = valueAt(evidence, ref, from)
  for (const write of evidence.model.refs.get(ref.name) ?? []) {
    if (write.from <= from) continue
    const value = write.exists ? (write.data ?? stored(evidence, ref.name, write)) : ref.initial
    changes.push(JSON.stringify([write.from, old, value]))
    old = value
  }
  return changes
}

function stored({ world }: Evidence, ref: string, { home, version }: { home: string; version: string }): unknown {
  return world.stores.find(({ id }) => id === home)?.peek(world.realm, ref, version)
}
