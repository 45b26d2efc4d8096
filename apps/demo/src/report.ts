import type { Check, Evidence } from './audit.js'
import type { Status } from './shop.js'
import { type ShopState, unitsBySku } from './state.js'
import type { Tally } from './tally.js'

const shownProducts = 12
const shownFaults = 5

/** One audit: what it judged by, and what it found. */
export interface Audited {
  /** What stands above it. */
  readonly title: string
  readonly checks: readonly Check[]
}

/** The products that most was asked of, the figures of the run and the verdict of its audits. */
export function report(evidence: Evidence, audits: readonly Audited[], tally: Tally, seconds: number): string {
  return [products(evidence), figures(evidence, tally, seconds), verdict(audits)].join('\n')
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

function figures({ taken, untaken, clients, state, roll }: Evidence, tally: Tally, seconds: number): string {
  const total = taken.length + untaken.length
  const position = clients[0]?.position ?? 0
  return table([
    ['orders', untaken.length === 0 ? `${total}` : `${taken.length} of ${total}: interrupted`],
    ['shipped', countOf(state, 'shipped')],
    ['rejected', countOf(state, 'rejected')],
    ['letters', state.mail.letters],
    ['counts of the till', roll.filter((line) => 'ends' in line).length],
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

function verdict(audits: readonly Audited[]): string {
  const checks = audits.flatMap((audit) => audit.checks)
  const text = audits.map(({ title, checks }) => `${title}\n${linesOf(checks)}`).join('')
  const failed = checks.filter(({ faults }) => faults.length > 0).length
  const end = failed === 0 ? 'audit passed: nothing was lost' : `audit FAILED: ${failed} of ${checks.length} checks`
  return `${text}${end}\n`
}

function linesOf(checks: readonly Check[]): string {
  const lines = checks.map(({ name, faults }) => {
    const shown = faults.slice(0, shownFaults).map((fault) => `       ${fault}\n`)
    const more = faults.length > shownFaults ? `       and ${faults.length - shownFaults} more\n` : ''
    return `  ${faults.length === 0 ? 'ok  ' : 'FAIL'} ${name}\n${shown.join('')}${more}`
  })
  return lines.join('')
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

const countOf = ({ orders }: ShopState, status: Status): number =>
  [...orders.values()].filter((order) => order?.status === status).length
