import { setMaxListeners } from 'node:events'
import { type Avout, connect } from '@avout/core'
import { deskName, vanName } from './crew.js'
import { serve } from './desk.js'
import type { Ask, Tell } from './messages.js'
import { opinionOf } from './opinion.js'
import { Paper } from './paper.js'
import { drive } from './shipper.js'
import { openShop, type Shop } from './shop.js'
import { type Located, openStores } from './stores/located.js'
import { Tally } from './tally.js'

/*
 * A process with desks and vans, all on one connection, which also runs the mailer when its turn comes. Its parent asks it over the channel of `fork`; it ends when it is told to
 * close, and with its parent. It may be killed at any moment.
 */

interface Office {
  readonly client: Avout
  readonly shop: Shop
  readonly name: string
  readonly paper: Paper
}

/** Milliseconds between two reports of what was counted. */
const pace = 200

const tally = new Tally()
const { signal } = new AbortController()
setMaxListeners(0, signal)
let office: Promise<Office> | undefined

const tell = (message: Tell): void => {
  process.send?.(message)
}

const tellFigures = (): void => {
  const more = tally.take()
  if (Object.values(more).some((count) => count > 0)) tell({ tell: 'figures', more })
}

async function open(located: Located, name: string, folder: string): Promise<Office> {
  const stores = await openStores(located)
  const { coordinator, backends, realm } = stores
  const client = await connect({ coordinator, backends, realm, name })
  tally.listen(client)
  const paper = new Paper(folder)
  const shop = openShop(stores, (letter) => paper.write('letters', letter))
  client.agent(shop.mailer).run()
  return { client, shop, name, paper }
}

async function answer(ask: Ask): Promise<void> {
  if (ask.do === 'open') office = open(ask.located, ask.name, ask.folder)
  if (office === undefined) throw new Error(`asked to ${ask.do} before it was opened`)
  const { client, shop, name, paper } = await office
  switch (ask.do) {
    case 'open':
      return
    case 'drive':
      await drive(
        { client, shop, dock: ask.dock, name: vanName(ask.van), paper, tally, signal },
        {
          shipped: (ids) => tell({ tell: 'shipped', ids }),
          unheard: () => tell({ tell: 'unheard' }),
          counted: (count) => tell({ tell: 'counted', count }),
        },
      )
      tellFigures()
      return tell({ tell: 'home', dock: ask.dock })
    case 'serve': {
      const { desk, dock, order, again } = ask
      const end = await serve({ client, shop, name: deskName(desk), dock, tally, signal }, order, again)
      return tell({ tell: 'served', desk, id: order.id, end })
    }
    case 'opinion':
      return tell({ tell: 'opinion', opinion: await opinionOf(client, name, shop, ask.keys) })
    case 'close':
      clearInterval(reporting)
      tellFigures()
      await client.close()
      process.disconnect()
  }
}

// The keyboard interrupts every process of the terminal; what is to be done about it the parent decides.
process.on('SIGINT', () => undefined)
process.on('disconnect', () => process.exit())
const reporting = setInterval(tellFigures, pace)
process.on('message', (ask: Ask) => {
  answer(ask).catch((error: unknown) => {
    tell({ tell: 'failed', reason: error instanceof Error ? (error.stack ?? error.message) : String(error) })
  })
})
