import type { Evidence } from '../audit.js'
import type { Count } from '../till.js'

/**
 * One teller at a time: nobody began between another's beginning and end, and tokens only grew. A count without an end is one
 * whose teller was killed, or lost the lock. Payments are never taken back, so a later count never finds less.
 */
export function tillFaults({ roll, state }: Pick<Evidence, 'roll' | 'state'>): string[] {
  const faults: string[] = []
  let token = 0
  let last: Count | undefined
  for (const line of roll) {
    if ('begins' in line) {
      if (line.begins <= token) faults.push(`${line.by} counted under token ${line.begins}, after token ${token}`)
      token = Math.max(token, line.begins)
      continue
    }
    const { count } = line
    if (line.ends !== token) faults.push(`${count.by} counted under token ${line.ends} while token ${token} did`)
    if (last !== undefined && (count.payments < last.payments || count.cents < last.cents)) {
      faults.push(`${count.by} counted ${count.cents} cents, after ${last.cents} had been there`)
    }
    last = count
  }
  const paid = [...state.payments.values()].filter((payment) => payment !== null)
  const cents = paid.reduce((sum, { amount }) => sum + amount, 0)
  if (last === undefined) faults.push('nobody counted the till')
  else if (last.cents !== cents || last.payments !== paid.length) {
    faults.push(
      `the last count is ${last.cents} cents in ${last.payments} payments, but ${cents} in ${paid.length} came`,
    )
  }
  return faults
}
