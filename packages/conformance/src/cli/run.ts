import type { Planned } from '../plan.js'
import { planFor } from '../plan.js'
import { runAndTell } from '../run-conformance.js'
import { freshRealms } from '../run-scenario.js'
import { type Arguments, HELP, readArguments } from './arguments.js'
import { type CreateHarness, loadHarness } from './load.js'
import { type Line, type Screen, Table } from './table.js'

const KEPT = 0
const NOT_KEPT = 1
const NOTHING_TO_EXAMINE = 2

/** Runs the command; answers its exit code. */
export async function run(args: readonly string[], out: Screen, complain: (text: string) => void): Promise<number> {
  try {
    const asked = readArguments(args)
    if (asked === undefined) {
      out.write(HELP)
      return KEPT
    }
    const createHarness = await loadHarness(asked.module)
    if (asked.list) return await list(asked, createHarness, out)
    return asked.json ? await asJson(asked, createHarness, out) : await asTable(asked, createHarness, out)
  } catch (error) {
    complain(`avout-conformance: ${error instanceof Error ? error.message : String(error)}\n`)
    if (error instanceof TypeError && 'code' in error) complain('avout-conformance --help says what there is\n')
    return NOTHING_TO_EXAMINE
  }
}

async function list({ only }: Arguments, createHarness: CreateHarness, out: Screen): Promise<number> {
  const harness = await createHarness()
  try {
    const { planned, weaker } = await planFor(harness, freshRealms()(), only)
    const table = new Table(out, [])
    const width = Math.max(0, ...planned.map(({ scenario }) => scenario.name.length))
    for (const { scenario } of planned) {
      const mark = weaker.includes(scenario.name) ? '~' : ' '
      table.row(`${mark} ${scenario.name.padEnd(width)}  ${scenario.law}`)
    }
    return some(planned)
  } finally {
    await harness.close()
  }
}

async function asTable(asked: Arguments, createHarness: CreateHarness, out: Screen): Promise<number> {
  const lines: Line[] = []
  let table = new Table(out, [])
  let order: readonly Planned[] = []
  let standIns: readonly string[] = []
  const begun = performance.now()
  table.heading(`conformance of ${asked.module}`)
  const next = () => {
    const following = order[lines.length]
    if (following !== undefined) table.running(following.scenario.name)
  }
  const { passed, failed } = await runAndTell(asked.module, createHarness, asked, {
    planned: (planned, weaker) => {
      order = planned
      standIns = weaker
      table = new Table(
        out,
        planned.map(({ scenario }) => scenario.name),
      )
      next()
    },
    ended: ({ name, law }, error, ms) => {
      const line = { name, law, ms, error, weaker: standIns.includes(name) }
      if (suiteOf(lines.at(-1)?.name) !== suiteOf(name)) table.row('')
      lines.push(line)
      table.line(line)
      next()
    },
  })
  const seconds = ((performance.now() - begun) / 1000).toFixed(1)
  table.row('')
  if (standIns.length > 0) table.row(`~ weaker promises, for want of what is optional: ${standIns.join(', ')}`)
  if (failed.length > 0) table.row(`✗ not kept: ${failed.map(({ scenario }) => scenario).join(', ')}`)
  if (some(order) !== KEPT) table.row(`no scenario matches ${asked.only}`)
  table.heading(`${passed} kept, ${failed.length} not, in ${seconds} s`)
  return failed.length > 0 ? NOT_KEPT : some(order)
}

async function asJson(asked: Arguments, createHarness: CreateHarness, out: Screen): Promise<number> {
  const scenarios: object[] = []
  let planned: readonly Planned[] = []
  const { passed, failed, weaker } = await runAndTell(asked.module, createHarness, asked, {
    planned: (all) => {
      planned = all
    },
    ended: ({ name, law }, error, ms) => {
      const message = error === undefined ? {} : { error: error.message }
      scenarios.push({ scenario: name, law, kept: error === undefined, ms: Math.round(ms), ...message })
    },
  })
  const { module, seed } = asked
  out.write(`${JSON.stringify({ module, seed, passed, failed: failed.length, weaker, scenarios }, null, 2)}\n`)
  return failed.length > 0 ? NOT_KEPT : some(planned)
}

/** Nothing examined is nothing kept: a slip in a pattern must not look like success. */
const some = (planned: readonly Planned[]): number => (planned.length === 0 ? NOTHING_TO_EXAMINE : KEPT)

const suiteOf = (name: string | undefined): string | undefined => name?.split('/')[0]
