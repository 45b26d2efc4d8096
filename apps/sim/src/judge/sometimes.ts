import type { Evidence } from './evidence.js'

/** Counts rare states that this world reached: a run that never reaches one proves nothing about it. */
export function countSometimes({ world, model }: Evidence): void {
  const { tally } = world
  for (const store of world.stores) tally.add(store.tally.counts)
  for (const { fault, transaction } of model.judged) {
    if (fault === undefined) {
      tally.count('transaction: valid')
      if (transaction.writes.some(({ marked }) => marked)) tally.count('transaction: valid, on one in flight')
      if (transaction.operations.length > 0) tally.count('operation: valid')
      if (transaction.writes.some(({ exists, data }) => exists && data === undefined)) tally.count('value: external')
    } else if (fault.includes('outside of the window')) tally.count('record: window expired')
    else if (fault.includes('its number stands')) tally.count('record: late copy')
    else if (fault.includes('its hash')) tally.count('record: of another history')
    else if (fault.includes('at its bound')) tally.count('operation: refused by its verdict')
    else if (fault.includes('its id committed')) tally.count('id: refused')
    else {
      tally.count('transaction: invalid')
      if (transaction.reads.some(({ marked }) => marked) || transaction.writes.some(({ marked }) => marked)) {
        tally.count('transaction: invalid, on one in flight')
      }
    }
  }
  for (const client of world.clients) {
    for (const { attempt, inFlight } of client.runs) {
      tally.count('run')
      if (attempt > 1) tally.count('run: again')
      if (inFlight.length > 0) tally.count('run: on records in flight')
    }
    tally.count('watch: told', client.heard.length)
  }
  tally.count('handler', world.effects.length)
  tally.count('handler: again', world.effects.length - new Set(world.effects.map(({ key }) => key)).size)
  for (const { kind, outcome } of world.recorder.calls) tally.count(`${kind}: ${outcome ?? 'never ended'}`)
}

/** What a long run with every kind of work and fault has to reach. */
const WANTED: readonly string[] = [
  'append: answer lost',
  'append: duplicate',
  'append: late',
  'append: lost',
  'append: sent again',
  'crash',
  'foreign bytes',
  'id: refused',
  'info: OutcomeUnknownError',
  'inner transaction that threw',
  'operation: refused',
  'operation: refused by its verdict',
  'operation: valid',
  'pause',
  'push: lost',
  'read: stale',
  'record: late copy',
  'record: window expired',
  'run: again',
  'run: on records in flight',
  'set: in part',
  'take: ok',
  'transaction: invalid',
  'transaction: invalid, on one in flight',
  'transaction: valid, on one in flight',
  'value: external',
]

export function neverReached(tally: ReadonlyMap<string, number>): string[] {
  return WANTED.filter((what) => (tally.get(what) ?? 0) === 0)
}
