import type { Replica } from '../replay/replica.js'
import type { Conflict } from '../replay/verdict.js'
import type { Run } from './run.js'

/** What of that which a run read is not the newest there is, as far as the client has replayed; undefined when all is. */
export function staleRead(run: Run, replica: Replica): Conflict | undefined {
  for (const { state, expected } of run.reads.items) {
    if (state.head !== expected) return { on: state.name, rival: state.head }
  }
  for (const { from, to, expected } of run.scans ?? []) {
    const rival = replica.window.lastExistenceChange(from, to, 0)
    if (rival !== expected) return { on: from, rival }
  }
  return undefined
}
