import { byApt } from './apt.js'
import { firstExecutable, inPath, type Machine, thisMachine } from './machine.js'
import { firstOf, once, type Way } from './ways.js'

/** The ways to a `redis-server`. */
export function redisWays(machine: Machine): Way<string>[] {
  const find = () => inPath(machine, 'redis-server')
  return [
    { what: 'redis-server in PATH', get: find },
    {
      what: 'redis-server in /usr/local/bin and /opt/homebrew/bin',
      get: () =>
        firstExecutable([`${machine.root}usr/local/bin/redis-server`, `${machine.root}opt/homebrew/bin/redis-server`]),
    },
    byApt(machine, ['redis-server'], find),
  ]
}

/** A `redis-server`. */
export const redisServer = once(() => firstOf('Redis', redisWays(thisMachine)))
