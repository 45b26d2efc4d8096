import type { RefInfo } from '@avout/core'
import type { Data } from '@avout/core/backend'
import type { Bench } from '../bench.js'
import { HOSTILE_NAMES } from '../fixtures/names.js'
import { HOSTILE_VALUES, VALUES } from '../fixtures/values.js'
import type { Scenario, Suite } from '../scenario.js'
import type { Player } from './player.js'

/** Where values are: as the store holds them, under the versions that are current now. */
export async function headsOf(player: Player): Promise<RefInfo[]> {
  const infos: RefInfo[] = []
  for await (const info of player.avout.list()) infos.push(info)
  return infos
}

/** What the store holds of each ref, past the engine. */
async function inStore(bench: Bench, player: Player): Promise<Map<string, Data | undefined>> {
  const versions = await bench.versions()
  const found = new Map<string, Data | undefined>()
  for (const { name, version } of await headsOf(player)) {
    found.set(name, await versions.container(name).getStateAt(version))
  }
  return found
}

const writtenThrough: Scenario = {
  name: 'engine/written-through',
  law: 'Transactions: values are in their containers',
  run: async (bench) => {
    const players = await bench.players(2)
    const refs = players.map((player) => player.refs<Data>(6, '/value', null))
    for (let i = 0; i < 12; i++) {
      const player = players[i % 2] as Player
      const mine = refs[i % 2] as (typeof refs)[number]
      const value = { i, text: 'x'.repeat(i * 10) }
      await player.set(mine.slice(0, 1 + (i % 6)), () => value)
      // At once: nobody flushes, nobody waits.
      const found = await inStore(bench, player)
      for (const ref of mine.slice(0, 1 + (i % 6)))
        bench.equalData(found.get(ref.name), value, `${ref.name} in the store`)
    }
    // At the same time, with rivals: the newest is there, whoever lost on the way.
    await Promise.all(players.flatMap((player) => Array.from({ length: 10 }, () => player.increment('/count'))))
    bench.equal((await inStore(bench, players[0])).get('/count'), 20, 'a contended value in the store')
  },
}

/** A store that is too dear to be written at each commit: its values follow, and a flush waits for them. */
const followsBehind: Scenario = {
  name: 'engine/written-behind',
  law: 'VersionedStates.behind',
  run: async (bench) => {
    const [one, other] = await bench.players(2)
    const { behind } = await bench.versions()
    const lag = bench.offered(behind)
    for (const player of [one, other]) {
      for (let i = 0; i < 5; i++) await player.increment('/count')
    }
    await bench.eventually(
      async () => (await inStore(bench, one)).get('/count') === 10,
      'a value that follows behind',
      lag + 5000,
    )
    await other.increment('/count')
    await other.avout.flush()
    bench.equal((await inStore(bench, other)).get('/count'), 11, 'a value in the store after a flush')
  },
}

const large: Scenario = {
  name: 'engine/large-values',
  law: 'Transactions: values above the inline limit',
  run: async (bench) => {
    const founding = { inlineLimit: 1000 }
    const [writer, reader] = await bench.players(2, { founding })
    const sizes = [990, 1010, 5000, 60_000]
    const refs = writer.refs<string>(sizes.length, '/large', '')
    await writer.set(refs, (i) => text(sizes[i] as number))
    for (let round = 0; round < 5; round++) {
      const player = round % 2 === 0 ? reader : writer
      await player.avout.dosync(async (tx) => {
        for (const ref of player.refs<string>(sizes.length, '/large', '')) await tx.alter(ref, (before) => `${before}+`)
      })
    }
    for (const player of [writer, reader, await bench.connect({ founding })]) {
      const found = await player.avout.read((tx) => tx.getAll(player.refs<string>(sizes.length, '/large', '')))
      for (const [i, size] of sizes.entries())
        bench.ok(found[i] === `${text(size)}+++++`, `a value of ${size} bytes is not what was set`)
    }
  },
}

const text = (size: number): string => 'x'.repeat(size)

const names: Scenario = {
  name: 'engine/names',
  law: 'Transactions: names are names',
  run: async (bench) => {
    const [writer, reader] = await bench.players(2)
    // Names that begin with ~ are Avout's own.
    const own = HOSTILE_NAMES.filter((name) => !name.startsWith('~'))
    const refs = own.map((name) => writer.ref<number>(name, -1))
    await writer.set(refs, (i) => i)
    await reader.avout.dosync(async (tx) => {
      for (const name of own) await tx.alter(reader.ref<number>(name, -1), (n) => n + 1000)
    })
    for (const player of [writer, await bench.connect()]) {
      const found = await player.avout.read((tx) => tx.getAll(own.map((name) => player.ref<number>(name, -1))))
      for (const [i, name] of own.entries()) bench.equal(found[i], i + 1000, `the ref ${JSON.stringify(name)}`)
    }
    await reader.avout.flush()
    const stored = await inStore(bench, reader)
    for (const [i, name] of own.entries())
      bench.equal(stored.get(name), i + 1000, `${JSON.stringify(name)} in the store`)
  },
}

const values: Scenario = {
  name: 'engine/values',
  law: 'Transactions: values come back equal, or are refused',
  run: async (bench) => {
    const writer = await bench.connect()
    const candidates = [...VALUES, ...HOSTILE_VALUES]
    const taken: { readonly name: string; readonly value: Data }[] = []
    for (const [i, value] of candidates.entries()) {
      const name = `/value${i}`
      const set = () => writer.avout.dosync((tx) => tx.set(writer.ref<Data>(name, 'nothing'), value))
      const refusal = await set().then(
        () => undefined,
        (error: unknown) => ({ error }),
      )
      if (refusal === undefined) taken.push({ name, value })
      else await bench.rejectsAs('invalid', () => Promise.reject(refusal.error), `value ${i}`)
    }
    bench.ok(taken.length >= VALUES.length, `only ${taken.length} of ${candidates.length} values were taken`)
    await bench.end(writer)
    const reader = await bench.connect()
    for (const { name, value } of taken) {
      bench.equalData(await reader.ref<Data>(name, 'nothing').deref(), value, name)
    }
    await reader.avout.flush()
    const stored = await inStore(bench, reader)
    for (const { name, value } of taken) {
      // A field that looks like a tag of Avout's is escaped in the store.
      if (!JSON.stringify(value).includes('"~')) bench.equalData(stored.get(name), value, `${name} in the store`)
    }
    bench.equal(Object.hasOwn(Object.prototype, 'polluted'), false, 'whether a prototype was changed')
    await tagged(bench, reader)
  },
}

/** What is no JSON travels as tagged objects: they have to survive the store. */
async function tagged(bench: Bench, player: Player): Promise<void> {
  const { avout } = player
  const ref = player.ref<unknown>('/tagged', null)
  const value = {
    date: new Date(0),
    map: new Map<unknown, unknown>([[new Date(1), new Set([1n])]]),
    bytes: Uint8Array.of(0, 255, 128),
    '~date': 'no tag',
  }
  await avout.dosync((tx) => tx.set(ref, value))
  const found = (await (await bench.connect()).ref<unknown>('/tagged', null).deref()) as typeof value
  bench.equal(found.date.getTime(), 0, 'a date')
  bench.equal(
    [...found.map].map(([key, set]) => [(key as Date).getTime(), [...(set as Set<bigint>)].map(String)]),
    [[1, ['1']]],
    'a map',
  )
  bench.equal([...found.bytes], [0, 255, 128], 'bytes')
  bench.equal(found['~date'], 'no tag', 'a field that looks like a tag')
}

/** What has to hold wherever the values lie: in the store that coordinates, or in one beside it. */
export const storing: Suite = [
  { has: ({ versions }) => versions?.behind === undefined, strong: [writtenThrough], weak: [followsBehind] },
  large,
  names,
  values,
]
