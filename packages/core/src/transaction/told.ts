import type { Dosync } from './dosync.js'
import { conflictError } from './failures.js'

/** Tells whoever listens that a transaction was committed. */
export function tellCommitted(dosync: Dosync<any>, position: number): void {
  const { host, options, run, startedAt } = dosync
  if (!host.reports.has('commit')) return
  const { label } = options
  host.reports.tell('commit', {
    id: dosync.publicId,
    ...(label === undefined ? undefined : { label }),
    position,
    attempts: run.attempt,
    ms: host.platform.clock.now() - startedAt,
  })
}

/** Tells whoever listens that a run was lost to another transaction. */
export function tellConflicted(dosync: Dosync<any>): void {
  const { reports } = dosync.host
  if (reports.has('conflict')) reports.tell('conflict', conflictError(dosync))
}
