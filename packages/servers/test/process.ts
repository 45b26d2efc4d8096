import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createRequire } from 'node:module'
import { pathToFileURL } from 'node:url'

/** The compiled package, for processes of their own. */
export const dist = pathToFileURL(createRequire(import.meta.url).resolve('@avout/servers'))

/** Runs a program (an ES module, given as text, that finds the package's exports in `servers`) in a process of its own. */
export function runProgram(
  program: string,
  env: NodeJS.ProcessEnv = {},
): { child: ChildProcess; line(): Promise<string> } {
  const text = `import * as servers from ${JSON.stringify(dist.href)}\n${program}`
  const child = spawn(process.execPath, ['--input-type=module', '-e', text], {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  return { child, line: async () => String((await once(child.stdout, 'data'))[0]).trim() }
}
