import { type Check, type Evidence, unitsBySku } from './audit.js'
import type { Tally } from './tally.js'

const shownProducts = 12
const shownFaults = 5

/** The products that most was asked of, the figures of the run and the verdict of the audit. */
export function report(evidence: Evidence, checks: readonly Check[], tally: Tally, seconds: number): string {
  return [products(evidence), figures(evidence, tally, seconds), verdict(checks)].join('\n')
}

function products({ opening, state }: Evidence): string {
  const shipped = unitsBySku(state, 'shipped')
  const refused = unitsBySku(state, 'rejected')
  const rows = [...opening]
    .sort(([, a], [, b]) => b - a)
    .slice(0, shownProducts)
    .map(([sku, units]) => [sku, units, shipped.get(sku) ?? 0, state.stock.get(sku) ?? 0, refused.get(sku) ?? 0])
  const more = opening.size > rows.length ? `  and ${opening.size - rows.length} more products\n` : ''
  return `${table([['product', 'opening', 'shipped', 'left', 'refused'], ...rows])}${more}`
}

function figures({ taken, untaken, clients }: Evidence, tally: Tally, seconds: number): string {
  const total = taken.length + untaken.length
  const position = clients[0]?.position ?? 0
  return table([
    ['orders', untaken.length === 0 ? `${total}` : `${taken.length} of ${total}: interrupted`],
    ['shipped', tally.shipped],
    ['rejected', tally.rejected],
    ['clients', clients.length],
    ['log', `${position} records`],
    ['transactions', tally.transactions],
    ['transactions/s', Math.round(tally.transactions / seconds)],
    ['conflicts', tally.conflicts],
    ['bodies run again', tally.reruns],
    ['waits in retry', tally.waits],
    ['seconds', seconds.toFixed(2)],
  ])
}

function verdict(checks: readonly Check[]): string {
  const lines = checks.map(({ name, faults }) => {
    const shown = faults.slice(0, shownFaults).map((fault) => `       ${fault}\n`)
    const more = faults.length > shownFaults ? `       and ${faults.length - shownFaults} more\n` : ''
    return `  ${faults.length === 0 ? 'ok  ' : 'FAIL'} ${name}\n${shown.join('')}${more}`
  })
  const failed = checks.filter(({ faults }) => faults.length > 0).length
  return `audit\n${lines.join('')}${failed === 0 ? 'audit passed: nothing was lost' : `audit FAILED: ${failed} of ${checks.length} checks`}\n`
}

/** Columns as wide as their widest cell; the first to the left, the others to the right. */
function table(rows: readonly (readonly (string | number)[])[]): string {
  const cells = rows.map((row) => row.map(String))
  const widths = cells[0]?.map((_, column) => Math.max(...cells.map((row) => row[column]?.length ?? 0))) ?? []
  const line = (row: readonly string[]) =>
    row
      .map((cell, column) => (column === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart(widths[column] ?? 0)))
      .join('  ')
  return cells.map((row) => `  ${line(row).trimEnd()}\n`).join('')
}
