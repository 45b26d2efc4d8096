import { IncompatibleError, UnavailableError } from '@avout/core'
import type { Driver } from './driver.js'
import type { Address, Settings } from './options.js'

/** What a server says of itself. */
interface Info {
  readonly version: string
  readonly policy: string | undefined
  readonly cluster: boolean
}

async function infoOf(driver: Driver): Promise<Info> {
  const fields = new Map<string, string>()
  for (const line of (await driver.info()).split('\r\n')) {
    const at = line.indexOf(':')
    if (at > 0) fields.set(line.slice(0, at), line.slice(at + 1))
  }
  return {
    version: fields.get('redis_version') ?? '0',
    policy: fields.get('maxmemory_policy'),
    cluster: fields.get('cluster_enabled') === '1',
  }
}

function isOlder(version: string, major: number, minor: number): boolean {
  const [a = 0, b = 0] = version.split('.').map(Number)
  return a < major || (a === major && b < minor)
}

/**
 * Whether a server will do; answers whether it is one of a Cluster. Rejects where it would lose what it was given: with any other
 * policy than `noeviction` it throws away the log and the counters when its memory is full, and acknowledges what it threw away.
 */
export async function checkServer(driver: Driver, { id, waitAof }: Settings, where: string): Promise<boolean> {
  const { version, policy, cluster } = await infoOf(driver)
  if (isOlder(version, 6, 2)) throw new IncompatibleError(`${where} is Redis ${version}: Avout needs 6.2 or newer`)
  if (waitAof !== undefined && isOlder(version, 7, 2)) {
    throw new IncompatibleError(`${where} is Redis ${version}: WAITAOF needs 7.2 or newer, so leave waitAof out`)
  }
  if (policy !== 'noeviction') {
    throw new UnavailableError(
      `${where} has the maxmemory-policy ${policy ?? '(hidden)'}: it would evict the log. Set it to noeviction`,
      id,
      { code: 'AVOUT_REDIS_EVICTS' },
    )
  }
  return cluster
}

type Slots = readonly [from: number, to: number, ...nodes: (readonly [host: string | null, port: number])[]][]

/** Where the master of a key is, and all nodes, as one node of the Cluster sees it. */
export async function locate(
  driver: Driver,
  key: string,
  self: Address,
): Promise<{ master: Address | undefined; nodes: Address[] }> {
  const [slot, slots] = await Promise.all([
    driver.cluster('KEYSLOT', key),
    driver.cluster('SLOTS') as Promise<unknown> as Promise<Slots>,
  ])
  // A node that does not know its own address names none.
  const addressOf = ([host, port]: readonly [string | null, number]): Address => ({
    host: host === null || host === '' || host === '?' ? self.host : host,
    port,
  })
  const nodes = slots.flatMap(([, , ...all]) => all.map(addressOf))
  const owner = slots.find(([from, to]) => from <= slot && slot <= to)
  return { master: owner?.[2] === undefined ? undefined : addressOf(owner[2]), nodes }
}
