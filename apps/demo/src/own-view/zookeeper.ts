import { createClient } from 'node-zookeeper-client'
import { type OwnView, patience } from './own-view.js'

/** How many requests are under way at once. */
const atOnce = 64

/**
 * The data of the nodes `/avout/<realm>/refs/<ref>`, slashes of names escaped: `{ "value": …, "version": …, "position": … }`; and
 * that of `/avout/<realm>/states/<atom>`, the value itself.
 */
export async function openZookeeper(servers: string): Promise<OwnView> {
  const client = createClient(servers, { sessionTimeout: patience, retries: 0 })
  const connected = new Promise<void>((resolve) => client.once('connected', resolve))
  client.connect()
  try {
    await inTime(connected)
  } catch (error) {
    client.close()
    throw error
  }
  const get = (path: string) =>
    inTime(
      new Promise<string>((resolve, reject) =>
        client.getData(path, (error, data) => (error ? reject(error) : resolve(data?.toString() ?? ''))),
      ),
    )
  const children = (path: string) =>
    inTime(
      new Promise<readonly string[]>((resolve, reject) =>
        client.getChildren(path, (error, names) => (error ? reject(error) : resolve(names))),
      ),
    )
  return {
    ping: async () => {
      await children('/')
    },
    values: async (realm, prefix) => {
      const values = new Map<string, unknown>()
      const folder = `/avout/${encodeURIComponent(realm)}/refs`
      const nodes = (await children(folder)).filter((node) => decodeURIComponent(node).startsWith(prefix))
      for (let i = 0; i < nodes.length; i += atOnce) {
        await Promise.all(
          nodes.slice(i, i + atOnce).map(async (node) => {
            const text = await get(`${folder}/${node}`)
            const shown: { readonly value?: unknown } = text === '' ? {} : JSON.parse(text)
            if (shown.value !== undefined) values.set(decodeURIComponent(node), shown.value)
          }),
        )
      }
      return values
    },
    atom: async (realm, name) => {
      const folder = `/avout/${encodeURIComponent(realm)}/states`
      const node = (await children(folder)).find((child) => decodeURIComponent(child) === name)
      const text = node === undefined ? '' : await get(`${folder}/${node}`)
      return text === '' ? undefined : JSON.parse(text)
    },
    [Symbol.asyncDispose]: async () => client.close(),
  }
}

/** This client leaves calls pending where a session ends. */
async function inTime<T>(answer: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer in ${patience / 1000} s`)), patience)
  })
  try {
    return await Promise.race([answer, late])
  } finally {
    clearTimeout(timer)
  }
}
