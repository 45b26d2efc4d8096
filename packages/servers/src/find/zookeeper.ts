import { join } from 'node:path'
import { byApt } from './apt.js'
import { firstExecutable, foldersIn, inPath, isThere, type Machine, thisMachine } from './machine.js'
import { firstOf, once, type Way } from './ways.js'

/** The ways to a Java runtime. */
export function javaWays(machine: Machine): Way<string>[] {
  const home = machine.env.JAVA_HOME
  const find = () => inPath(machine, 'java')
  return [
    {
      what: 'java in JAVA_HOME',
      get: async () => (home ? await firstExecutable([join(home, 'bin/java')]) : undefined),
    },
    { what: 'java in PATH', get: find },
    {
      what: 'java in /usr/lib/jvm',
      get: async () =>
        firstExecutable((await foldersIn(join(machine.root, 'usr/lib/jvm'))).map((folder) => join(folder, 'bin/java'))),
    },
    byApt(machine, ['default-jre-headless'], find),
  ]
}

/** The ways to a class path with ZooKeeper. */
export function zookeeperWays(machine: Machine): Way<string>[] {
  // Debian's jar names those that it needs in its manifest.
  const debian = join(machine.root, 'usr/share/java/zookeeper.jar')
  const find = async () => ((await isThere(debian)) ? debian : undefined)
  return [
    { what: 'ZOOKEEPER_HOME', get: () => release(machine.env.ZOOKEEPER_HOME) },
    { what: '/usr/share/java/zookeeper.jar', get: find },
    { what: 'a release in /opt or /usr/local', get: () => releaseIn(machine) },
    // Without its package of a service, and without the windows of default-jre.
    byApt(machine, ['libzookeeper-java'], find),
  ]
}

/** An unpacked release has its jars in `lib`. */
async function release(home: string | undefined): Promise<string | undefined> {
  return home && (await isThere(join(home, 'lib'))) ? join(home, 'lib', '*') : undefined
}

async function releaseIn({ root }: Machine): Promise<string | undefined> {
  const folders = [...(await foldersIn(join(root, 'opt'))), ...(await foldersIn(join(root, 'usr/local')))]
  for (const folder of folders) {
    const found = /zookeeper[^/]*$/.test(folder) ? await release(folder) : undefined
    if (found !== undefined) return found
  }
  return undefined
}

/** A Java runtime and a class path with ZooKeeper. */
export const zookeeperProgram = once(async () => {
  const java = await firstOf('A Java runtime', javaWays(thisMachine))
  return { java, classpath: await firstOf('ZooKeeper', zookeeperWays(thisMachine)) }
})
