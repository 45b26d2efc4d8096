import { readValues, UsageError, wholeNumber } from '@avout/cli'

export { UsageError }

export interface LettersOptions {
  readonly letters: number
  readonly processes: number
  readonly kills: number
  readonly seed: number
  readonly help: boolean
}

export const usage = `Usage: node apps/demo/dist/letters/main.js [--letters N] [--processes N] [--kills N] [--seed N] [--help]

Processes send letters from transactions to an agent, which they run as well, while they are killed at random. In the end every
letter must have changed the agent's state exactly once, in order, and must have been carried, always under the same key.

  --letters N       how many, of all senders together (default 10,000)
  --processes N     how many processes (default 4)
  --kills N         how many of them are killed, and replaced (default 20)
  --seed N          decides which and when (default 1)
  --help            this text

The log is in Redis: the server that AVOUT_REDIS_URL names, else one that "pnpm servers up" keeps, else one that is started now.
A killed process that ran the agent is missed when its lease of ten seconds ends: 20 kills take a few minutes.

Exit codes: 0 all is as it must be; 1 it is not; 2 wrong usage.
`

/** Reads the command line. Throws `UsageError` for what it does not know or cannot use. */
export function parseOptions(args: readonly string[]): LettersOptions {
  const { letters, processes, kills, seed, help } = readValues(args, {
    letters: { type: 'string' },
    processes: { type: 'string' },
    kills: { type: 'string' },
    seed: { type: 'string' },
    help: { type: 'boolean', short: 'h' },
  })
  const number = (name: string, value: string | undefined, absent: number, min: number, max: number): number =>
    value === undefined ? absent : wholeNumber(name, value, { min, max })
  return {
    letters: number('--letters', letters, 10_000, 1, 1_000_000),
    processes: number('--processes', processes, 4, 1, 64),
    kills: number('--kills', kills, 20, 0, 1_000),
    seed: number('--seed', seed, 1, 0, 1_000_000),
    help: help ?? false,
  }
}
