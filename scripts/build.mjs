import { args, wantsHelp } from './lib/process.mjs'
import { turbo } from './lib/turbo.mjs'

if (wantsHelp) {
  console.log(`Usage: pnpm build [package...]

Compiles every package and app to its dist/, or the ones named (core, memory, demo, ...) and what they need.`)
} else {
  process.exitCode = await turbo(['build', ...args.map((name) => `--filter=@avout/${name}`), '--output-logs=new-only'])
}
