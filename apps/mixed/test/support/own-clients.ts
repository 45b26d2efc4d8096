import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Avout } from '@avout/core'
import { Redis } from 'ioredis'
import { MongoClient } from 'mongodb'
import { createClient } from 'node-zookeeper-client'
import pg from 'pg'
import type { HomeName } from '../../src/accounts.js'
import type { Urls } from '../../src/stores.js'

/** What a person sees of a ref with a store's own client, without Avout; undefined where the store shows nothing. */
type Look = (url: string, realm: string, ref: string, version: string) => Promise<unknown>

const looks: Readonly<Record<HomeName, Look>> = {
  redis: async (url, realm, ref) => {
    const client = new Redis(url)
    try {
      const text = await client.get(`avout:{${realm}}:now:${ref}`)
      return text === null ? undefined : JSON.parse(text)
    } finally {
      client.disconnect()
    }
  },

  postgres: async (url, realm, ref) => {
    const client = new pg.Client(url)
    await client.connect()
    try {
      const query = 'select value from avout.current_values where realm = $1 and ref = $2'
      const { rows } = await client.query<{ value: unknown }>(query, [realm, ref])
      return rows[0]?.value
    } finally {
      await client.end()
    }
  },

  mongo: async (url, realm, ref) => {
    await using client = new MongoClient(url)
    const current = client.db('avout').collection<{ _id: { realm: string; ref: string }; value: unknown }>('current')
    return (await current.findOne({ _id: { realm, ref } }))?.value
  },

  zookeeper: (url, realm, ref) =>
    new Promise((resolve, reject) => {
      const client = createClient(url)
      client.once('connected', () => {
        const path = ['avout', realm, 'refs', ref].map((name) => `/${encodeURIComponent(name)}`).join('')
        client.getData(path, (error, data) => {
          client.close()
          // Code -101: there is no such node.
          if (error !== null && error.code !== -101) reject(error)
          else if (data === undefined || data.length === 0) resolve(undefined)
          else resolve((JSON.parse(data.toString()) as { value?: unknown }).value)
        })
      })
      client.connect()
    }),

  /** It shows no current values, only versions, one file each. */
  files: async (folder, realm, ref, version) =>
    JSON.parse(await readFile(join(folder, fileName(realm), 'values', fileName(ref), fileName(version)), 'utf8')),
}

function fileName(text: string): string {
  const readable = text.replaceAll(/[^A-Za-z0-9]+/g, '-').slice(0, 40)
  return `${readable}-${createHash('sha256').update(text).digest('hex').slice(0, 32)}`
}

/** What the stores show of all refs of a realm, by name. The client only says which refs there are. */
export async function shown(client: Avout, where: Urls & { readonly files: string }): Promise<Map<string, unknown>> {
  const values = new Map<string, unknown>()
  for await (const { name, in: home, version } of client.list()) {
    const at = home as HomeName
    values.set(name, await looks[at](where[at], client.realm, name, version))
  }
  return values
}
