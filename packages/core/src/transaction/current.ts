import type { Replica } from '../replay/replica.js'
import type { Conflict } from '../replay/verdict.js'
import type { Run } from './run.js'
import { isStale } from './scan.js'

/** What of that which a run read is not the newest there is, as far as the client has replayed; undefined when all is. */
export function staleRead(run: Run, replica: Replica): Conflict | undefined {
  for (const { state, expected } of run.reads.items) {
    if (state.head !== expected) return { on: state.name, rival: state.head }
  }
  for (const scan of run.scans ?? []) {
    const rival = replica.window.lastExistenceChange(scan.from, scan.to, 0)
    if (isStale(scan, rival, replica)) return { on: scan.from, rival }
  }
  return undefined
}
