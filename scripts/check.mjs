import { join } from 'node:path'
import { checkPackage } from './lib/check-package.mjs'
import { houseRules } from './lib/house-rules.mjs'
import { args, root, run, wantsHelp } from './lib/process.mjs'
import { turbo } from './lib/turbo.mjs'
import { workspacePackages } from './lib/workspace.mjs'

/** @type {Record<string, () => Promise<boolean>>} */
const checks = {
  types: async () => (await turbo(['types', '--continue=always', '--output-logs=errors-only'])) === 0,
  lint: async () => (await run(join(root, 'node_modules/.bin/biome'), ['check', '.', '--error-on-warnings'])) === 0,
  house: async () => {
    const found = await houseRules(root)
    for (const line of found) console.log(line)
    return found.length === 0
  },
  packages: async () => {
    let content = true
    for (const { folder, manifest } of await workspacePackages(root)) {
      if (!manifest.private) content = (await checkPackage(folder)) && content
    }
    return content
  },
}

if (wantsHelp) {
  console.log(`Usage: pnpm check [types] [lint] [house] [packages]

All of them, or the ones named:
  types     compiles every package, its tests included
  lint      Biome: lint rules, format, order of imports
  house     what neither states: stores unnamed in core, imports that stay in their package, no circles, ...
  packages  packs what would be published and asks publint and are-the-types-wrong

pnpm format mends what Biome can mend by itself.`)
} else {
  process.exitCode = await check()
}

async function check() {
  const unknown = args.filter((name) => !Object.hasOwn(checks, name))
  if (unknown.length > 0) {
    console.error(`There is no check called ${unknown.join(', ')}.`)
    return 2
  }
  const failed = []
  for (const [name, passes] of Object.entries(checks)) {
    if (args.length > 0 && !args.includes(name)) continue
    console.log(`${name} ...`)
    if (!(await passes())) failed.push(name)
  }
  console.log(failed.length === 0 ? 'all checks passed' : `failed: ${failed.join(', ')}`)
  return failed.length === 0 ? 0 : 1
}
