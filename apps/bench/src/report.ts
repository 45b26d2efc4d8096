import type { Result } from './measure.js'
import type { BenchOptions } from './options.js'
import type { ReplayResult } from './replay.js'
import { type Keeping, workloads } from './workload.js'

/** A JSON object a system and line, then one with the ratios of the first to each other one. */
export function jsonLines(results: readonly Result[], options: BenchOptions): string {
  const lines = results.map(({ system, setting, transactions, txPerSecond, p50ms, p99ms, maxms, rounds }) => ({
    system,
    ...common(options),
    ...setting,
    txPerSecond: Math.round(txPerSecond),
    p50ms: rounded(p50ms),
    p99ms: rounded(p99ms),
    maxms: rounded(maxms),
    transactions,
    rounds: rounds.map((round) => Math.round(round.txPerSecond)),
  }))
  const ratios = compare(results).map((ratio) => ({ workload: options.workload, backend: options.backend, ...ratio }))
  return text([...lines, ...ratios])
}

/** The same for people. */
export function table(results: readonly Result[], options: BenchOptions): string {
  const rows = results.map(({ system, txPerSecond, p50ms, p99ms, maxms, rounds }) => {
    const speeds = rounds.map((round) => round.txPerSecond)
    return [
      system,
      count(txPerSecond),
      `${rounded(p50ms)}`,
      `${rounded(p99ms)}`,
      `${rounded(maxms)}`,
      `${count(Math.min(...speeds))} to ${count(Math.max(...speeds))}`,
    ]
  })
  const ratios = compare(results).map(({ ratio, txPerSecond, p50ms, p99ms, maxms }) => [
    ratio,
    `×${txPerSecond}`,
    `×${p50ms}`,
    `×${p99ms}`,
    `×${maxms}`,
    '',
  ])
  const { accounts, concurrency, processes, by } = common(options)
  const where = options.kind ?? options.backend
  const spread = processes > 1 ? ` from ${processes} processes` : ''
  const title = `${options.workload}: ${sayWhat(accounts, by)}, ${concurrency} at a time${spread}, on ${where}\n`
  return title + columns([['', 'tx/s', 'p50 ms', 'p99 ms', 'longest ms', 'rounds, tx/s'], ...rows, ...ratios])
}

export function replayJson(result: ReplayResult, options: BenchOptions): string {
  const { system, transactions, records, txPerSecond, txPerCpuSecond, replayMs, rounds } = result
  return text([
    {
      system,
      workload: options.workload,
      backend: options.backend,
      txPerSecond: Math.round(txPerSecond),
      txPerCpuSecond: Math.round(txPerCpuSecond),
      replayMs: rounded(replayMs),
      transactions,
      records,
      node: process.version,
      rounds: rounds.map(({ ms }) => rounded(ms)),
    },
  ])
}

export function replayTable(result: ReplayResult, options: BenchOptions): string {
  const { transactions, records, txPerSecond, txPerCpuSecond, replayMs } = result
  const title = `R: a log on ${options.backend}, replayed by a client that starts cold\n`
  return (
    title +
    columns([
      ['transactions', 'records', 'replay ms', 'tx/s', 'tx/s of processor time'],
      [count(transactions), count(records), `${rounded(replayMs)}`, count(txPerSecond), count(txPerCpuSecond)],
    ])
  )
}

function common({ workload, backend, kind, seconds, processes }: BenchOptions) {
  const { accounts, concurrency, by } = workload === 'R' ? workloads.T : workloads[workload]
  const { version: node } = process
  return { workload, backend, ...(kind && { kind }), accounts, by, concurrency, seconds, processes, node }
}

function sayWhat(accounts: number, by: Keeping): string {
  if (by === 'counter') return 'increments of one ref'
  if (by === 'refs') return `transfers between 2 of ${accounts} refs`
  return by === 'atom' ? `transfers in one atom of ${accounts} accounts` : 'transfers in memory under one lock'
}

/** Ratios of medians: above 1 in `txPerSecond` the first system is faster, below 1 in the latencies too. */
function compare([first, ...others]: readonly Result[]) {
  if (first === undefined) return []
  return others.map((other) => ({
    ratio: `${first.system}/${other.system}`,
    txPerSecond: rounded(first.txPerSecond / other.txPerSecond),
    p50ms: rounded(first.p50ms / other.p50ms),
    p99ms: rounded(first.p99ms / other.p99ms),
    maxms: rounded(first.maxms / other.maxms),
  }))
}

const rounded = (value: number): number => Number(value.toPrecision(4))
const count = (value: number): string => Math.round(value).toLocaleString('en-US')
const text = (lines: readonly object[]): string => lines.map((line) => `${JSON.stringify(line)}\n`).join('')

function columns(rows: readonly (readonly string[])[]): string {
  const widths = rows[0]?.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0))) ?? []
  return rows.map((row) => `  ${row.map((cell, column) => cell.padStart(widths[column] ?? 0)).join('  ')}\n`).join('')
}
