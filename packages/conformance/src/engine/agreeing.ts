import type { RefInfo } from '@avout/core'
import type { Scenario, Suite } from '../scenario.js'
import type { Player } from './player.js'

/** Everything that a client knows of a realm. */
async function known(player: Player): Promise<unknown> {
  const infos: RefInfo[] = []
  for await (const info of player.avout.list()) infos.push(info)
  const items = player.family<unknown>('/item', null)
  const entries = await player.avout.read((tx) => tx.entries(items))
  return { infos, entries, count: await player.ref('/count', 0).deref() }
}

const cold: Scenario = {
  name: 'engine/cold-client',
  law: 'Transactions: replicas agree',
  run: async (bench) => {
    const [one, other] = await bench.players(2)
    const items = one.family<unknown>('/item', null)
    await Promise.all(
      Array.from({ length: 20 }, async (_, i) => {
        const player = i % 2 === 0 ? one : other
        await player.avout.dosync((tx) => tx.set(player.family<unknown>('/item', null)(`${i % 7}`), { i }))
        await player.increment('/count')
      }),
    )
    await one.avout.dosync((tx) => {
      tx.delete(items('3'))
      tx.set(items('8'), null)
    })
    const before = await known(one)
    bench.equal(await known(other), before, 'what another client knows')
    bench.equal(await known(await bench.connect()), before, 'what a client knows that comes later')
    await bench.close()
    const alone = await bench.connect()
    bench.equal(await known(alone), before, 'what a client knows that comes when nobody is there')
    bench.equal(await alone.increment('/count'), 21, 'where it goes on')
  },
}

const strict: Scenario = {
  name: 'engine/strict-reads',
  law: 'Transactions: reads are strict',
  run: async (bench) => {
    const [writer, reader] = await bench.players(2)
    for (let i = 1; i <= 15; i++) {
      await writer.increment('/count')
      const count = reader.ref('/count', 0)
      const read = i % 2 === 0 ? count.deref() : reader.avout.read((tx) => tx.get(count))
      bench.equal(await read, i, 'what is read after a commit was acknowledged')
    }
  },
}

const realms: Scenario = {
  name: 'engine/realms',
  law: 'Backend: realms are apart',
  run: async (bench) => {
    const siblings = ['', 'a', '/a', ' '].map((suffix) => `${bench.realm}${suffix}`)
    const players = await Promise.all(siblings.map((realm) => bench.connect({ realm })))
    await Promise.all(players.map((player, i) => player.increment('/count', i + 1)))
    for (const [i, player] of players.entries()) {
      bench.equal(await player.ref('/count', 0).deref(), i + 1, `the count in realm "${siblings[i]}"`)
    }
  },
}

export const agreeing: Suite = [cold, strict, realms]
