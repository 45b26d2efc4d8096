import type { Replica } from '../replay/replica.js'
import type { Run } from './run.js'

/** Whether all that a run read of refs and ranges is the newest there is, as far as the client has replayed. */
export function isCurrent(run: Run, replica: Replica): boolean {
  for (const { state, expected } of run.reads.items) if (state.head !== expected) return false
  for (const { from, to, expected } of run.scans ?? []) {
    if (replica.window.lastExistenceChange(from, to, 0) !== expected) return false
  }
  return true
}
