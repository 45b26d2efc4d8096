import type { Ledger } from './ledger.js'

/** What can be said once all is over: every record stands in the log at most once, and where it was acknowledged. */
export function judge(ledger: Ledger): void {
  const places = new Map<string, number[]>()
  for (const [position, record] of ledger.truth) {
    if (record !== '') places.set(record, [...(places.get(record) ?? []), position])
  }
  for (const [record, positions] of places) {
    if (positions.length > 1) ledger.violate(`${record} stands at ${positions.join(' and ')}`)
  }
  for (const [record, position] of ledger.acked) {
    const found = places.get(record)
    if (found?.[0] !== position) ledger.violate(`${record} was acknowledged at ${position}, and stands at ${found}`)
  }
  for (let position = 1; position <= ledger.known.acked; position++) {
    if (!ledger.truth.has(position)) ledger.violate(`slot ${position} was never written, below one acknowledged`)
  }
}
