import { type Arguments, HELP, readArguments } from './run/arguments.js'
import { runCampaign } from './run/campaign.js'
import { progress } from './run/progress.js'
import { addRegressions } from './run/regressions.js'
import { isGood, report } from './run/report.js'
import { traceSchedule } from './run/trace.js'

const worker = new URL('./run/worker.js', import.meta.url)
const seeds = new URL('../seeds.json', import.meta.url)

async function main(args: Arguments): Promise<boolean> {
  if (args.help) {
    console.log(HELP)
    return true
  }
  if (args.trace) return await traceSchedule(args.seed, args.profile, (line) => console.log(line))
  const shown = progress(args.schedules)
  const campaign = await runCampaign(worker, args, shown.ran)
  shown.end()
  console.log(report(campaign))
  await addRegressions(seeds, campaign.failures)
  return isGood(campaign)
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
