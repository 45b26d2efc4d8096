import type { Avout } from '@avout/core'
import type { Evidence } from './audit.js'
import type { Shop } from './shop.js'
import { digest, type Keys, readState } from './state.js'

/** What a client says of the log and of the shop. */
export async function opinionOf(
  client: Avout,
  name: string,
  shop: Shop,
  keys: Keys,
): Promise<Evidence['clients'][number]> {
  const state = digest(await readState(client, shop, keys))
  const { position } = await client.health()
  return { name, position, digest: state }
}
