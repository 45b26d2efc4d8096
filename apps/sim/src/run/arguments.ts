import { readValues, wholeNumber } from '@avout/cli'
import { SLOTS } from '../composed-log/run.js'
import { PROFILES, profileOf } from '../world/profiles.js'

export interface Arguments {
  readonly seed: number
  readonly schedules: number
  readonly workers: number
  readonly profile: string
  readonly trace: boolean
  readonly planted: boolean
  /** Of a planted bug; all of them if absent. */
  readonly only: string | undefined
  readonly help: boolean
}

export const HELP = `Simulates clients, stores and faults in virtual time, and judges what happened.

  pnpm sim [options]

  --seed S         the first seed (1)
  --schedules N    how many seeds, one schedule each (2000)
  --profile P      what the seeds have in common (all):
${PROFILES.map(({ name, about }) => `                     ${name.padEnd(10)} ${about}`).join('\n')}
                     ${SLOTS.padEnd(10)} a composed log alone, trimmed, with no engine above it
  --workers W      threads (2)
  --trace          one seed, told event by event
  --planted        plants known bugs into core, one after the other, and looks whether each is found
  --only NAME      with --planted: this bug alone
  --help           this

Ends with 1 when something was violated, with 2 when it was called wrongly. Seeds that fail are added to apps/sim/seeds.json,
which the tests run again.`

/** Throws a `UsageError`, or a `TypeError` for a profile that there is not. */
export function readArguments(args: readonly string[]): Arguments {
  const values = readValues(args, {
    seed: { type: 'string', default: '1' },
    schedules: { type: 'string', default: '2000' },
    workers: { type: 'string', default: '2' },
    profile: { type: 'string', default: 'all' },
    trace: { type: 'boolean', default: false },
    planted: { type: 'boolean', default: false },
    only: { type: 'string' },
    help: { type: 'boolean', default: false },
  })
  return {
    seed: wholeNumber('--seed', values.seed, { min: 0 }),
    schedules: wholeNumber('--schedules', values.schedules, { min: 1 }),
    workers: wholeNumber('--workers', values.workers, { min: 1 }),
    profile: values.profile === SLOTS ? SLOTS : profileOf(values.profile).name,
    trace: values.trace,
    planted: values.planted,
    only: values.only,
    help: values.help,
  }
}
