import { messageOf } from '../until.js'
import { mongodProgram } from './mongod.js'
import { pgbouncerProgram } from './pgbouncer.js'
import { postgresFolder } from './postgres.js'
import { redisServer } from './redis.js'
import { zookeeperProgram } from './zookeeper.js'

/** When a look for a program takes longer than this, in ms, something is being installed, and somebody waits. */
const worthALine = 2000

/**
 * Has every program there, installs what is not. One that is not to be had is no failure yet: the tests that need it will
 * fail, and say the same.
 */
export async function installAll(print: (line: string) => void): Promise<void> {
  const programs = { Redis: redisServer, PostgreSQL: postgresFolder, pgbouncer: pgbouncerProgram }
  const all = Object.entries({ ...programs, ZooKeeper: zookeeperProgram, MongoDB: mongodProgram })
  await Promise.all(
    all.map(async ([name, have]: [string, () => Promise<unknown>]) => {
      const timer = setTimeout(() => print(`Installing ${name} ...`), worthALine)
      try {
        await have()
      } catch (error) {
        print(messageOf(error))
      } finally {
        clearTimeout(timer)
      }
    }),
  )
}
