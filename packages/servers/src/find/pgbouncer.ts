import { byApt } from './apt.js'
import { inPath, type Machine, thisMachine } from './machine.js'
import { firstOf, once, type Way } from './ways.js'

/** The ways to a `pgbouncer`. */
export function pgbouncerWays(machine: Machine): Way<string>[] {
  const find = () => inPath(machine, 'pgbouncer')
  return [{ what: 'pgbouncer in PATH and /usr/sbin', get: find }, byApt(machine, ['pgbouncer'], find)]
}

/** A `pgbouncer`. */
export const pgbouncerProgram = once(() => firstOf('pgbouncer', pgbouncerWays(thisMachine)))
