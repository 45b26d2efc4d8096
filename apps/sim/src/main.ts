import { fileURLToPath } from 'node:url'
import { hunt } from './planted/hunt.js'
import { TABLE } from './planted/table.js'
import { type Arguments, HELP, readArguments } from './run/arguments.js'
import { runCampaign } from './run/campaign.js'
import { progress } from './run/progress.js'
import { addRegressions } from './run/regressions.js'
import { isGood, report } from './run/report.js'
import { traceSchedule } from './run/trace.js'

const worker = new URL('./run/worker.js', import.meta.url)
const seeds = new URL('../seeds.json', import.meta.url)
/** Bugs are planted in sources: they lie beside what was built. */
const sources = {
  worker: fileURLToPath(new URL('../src/run/worker.ts', import.meta.url)),
  package: fileURLToPath(new URL('../../../packages/core', import.meta.url)),
  limit: 300_000,
}

async function main(args: Arguments): Promise<boolean> {
  if (args.help) {
    console.log(HELP)
    return true
  }
  if (args.planted) return await huntAll(args)
  if (args.trace) return await traceSchedule(args.seed, args.profile, (line) => console.log(line))
  const shown = progress(args.schedules)
  const campaign = await runCampaign(worker, args, shown.ran)
  shown.end()
  console.log(report(campaign))
  await addRegressions(seeds, campaign.failures)
  return isGood(campaign)
}

/** Plants each bug and looks whether it is found. */
async function huntAll({ only, workers }: Arguments): Promise<boolean> {
  const bugs = TABLE.filter(({ name }) => only === undefined || name === only)
  if (bugs.length === 0)
    throw new Error(`there is no planted bug "${only}": there are ${TABLE.map(({ name }) => name)}`)
  let missed = 0
  const queue = [...bugs]
  const hunter = async () => {
    for (let bug = queue.shift(); bug !== undefined; bug = queue.shift()) {
      const { found } = await hunt(bug, sources)
      if (found === undefined) missed++
      const [violation = ''] = found?.violations[0]?.split('\n') ?? []
      const told = found === undefined ? `MISSED in ${bug.budget} schedules` : `seed ${found.seed}: ${violation}`
      console.log(`${bug.name} (${bug.rule})\n  ${told}`)
    }
  }
  await Promise.all(Array.from({ length: workers }, hunter))
  console.log(`\n${bugs.length - missed} of ${bugs.length} planted bugs found`)
  return missed === 0
}

function argumentsOrUsage(): Arguments | undefined {
  try {
    return readArguments(process.argv.slice(2))
  } catch (error) {
    console.error(`${error instanceof Error ? error.message : String(error)}\n\n${HELP}`)
    process.exitCode = 2
    return undefined
  }
}

const args = argumentsOrUsage()
if (args !== undefined && !(await main(args))) process.exitCode = 1
