import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import type { Told } from '../../src/dying-client.js'
import type { Fate } from '../../src/mortal.js'

export interface Died {
  readonly when: string
  readonly fate: Fate
}

const program = fileURLToPath(new URL('../../dist/dying-client.js', import.meta.url))

/** As the program says it; importing it would run it. */
const DIED = 7

/** Runs a client until it ends in the middle of a commit. Rejects with what it wrote where it ended otherwise. */
export async function dies(told: Told): Promise<void> {
  const child = spawn(process.execPath, [program, JSON.stringify(told)], {
    stdio: ['ignore', 'ignore', 'pipe'],
    timeout: 45_000,
  })
  const [errors, [code, signal]] = await Promise.all([text(child.stderr), once(child, 'close')])
  if (code !== DIED) throw new Error(`the client ended with ${code ?? signal}: ${errors}`)
}
