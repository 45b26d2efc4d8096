import type { Dosync } from './dosync.js'

/** Calls what was given to afterCommit. */
export function callAfterCommit(dosync: Dosync<any>, position: number): void {
  for (const f of dosync.scope.onCommit) guarded(dosync, () => f({ id: dosync.publicId, position }))
}

/** Calls what was given to afterAbort; of a transaction that never began a run, there is nothing. */
export function callAfterAbort(dosync: Dosync<any>, error: unknown): void {
  for (const f of dosync.scope?.onAbort ?? []) guarded(dosync, () => f(error))
}

/** The transaction is over: what a callback throws is told of, and changes nothing. */
function guarded({ host }: Dosync<any>, callback: () => void): void {
  try {
    callback()
  } catch (error) {
    host.reports.noticed(error, 'a callback of a transaction threw')
  }
}
