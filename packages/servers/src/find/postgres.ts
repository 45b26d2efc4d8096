import { realpath } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { byApt } from './apt.js'
import { foldersIn, inPath, isThere, type Machine, thisMachine } from './machine.js'
import { firstOf, once, type Way } from './ways.js'

/** The ways to a folder with `initdb` and `postgres`. */
export function postgresWays(machine: Machine): Way<string>[] {
  const places = ['usr/lib/postgresql', 'opt/homebrew/opt', 'usr/local/opt', 'usr']
  const find = async () => {
    for (const place of places) {
      for (const folder of await foldersIn(join(machine.root, place))) {
        const bin = join(folder, 'bin')
        const isVersion = /postgresql\/[\d.]+$|postgresql@?\d*$|pgsql-\d+$/.test(folder)
        if (isVersion && (await isThere(join(bin, 'initdb'))) && (await isThere(join(bin, 'postgres')))) return bin
      }
    }
    return undefined
  }
  return [
    { what: 'postgres and initdb in PATH', get: () => besideEachOther(machine) },
    { what: places.map((place) => `/${place}`).join(', '), get: find },
    byApt(machine, ['postgresql'], find),
  ]
}

async function besideEachOther(machine: Machine): Promise<string | undefined> {
  const postgres = await inPath(machine, 'postgres')
  if (postgres === undefined) return undefined
  const bin = dirname(await realpath(postgres))
  return (await isThere(join(bin, 'initdb'))) ? bin : undefined
}

/** A folder with the programs of PostgreSQL, the newest version first. */
export const postgresFolder = once(() => firstOf('PostgreSQL', postgresWays(thisMachine)))
