import type { Data } from '@avout/core/backend'
import type { Bench } from '../bench.js'
import type { Scenario, Suite } from '../scenario.js'
import type { Player } from './player.js'

/** After a flush the store's own view shows the heads, and nothing else. */
async function compare(bench: Bench, player: Player, names: readonly string[]): Promise<void> {
  await player.avout.flush()
  const shown = await player.avout.read(async (tx) => {
    const found: [string, Data | undefined][] = []
    for (const name of names) {
      const ref = player.ref<Data>(name, 'initial')
      found.push([name, (await tx.has(ref)) ? await tx.get(ref) : undefined])
    }
    return found
  })
  for (const [name, value] of shown)
    bench.equalData(await bench.current(name), value, `${name} in the store's own view`)
}

const view: Scenario = {
  name: 'engine/current',
  law: 'VersionedStates 9, Avout.flush',
  run: async (bench) => {
    const [one, other] = await bench.players(2)
    const names = ['/a', '/a/b', '/A', "/it's", '/5 %', '/count', '/never']
    const first = names.slice(0, 5).map((name) => one.ref<Data>(name, 'initial'))
    await one.set(first, (i) => ({ i }))
    await compare(bench, one, names)
    await Promise.all(
      [one, other].flatMap((player) =>
        Array.from({ length: 10 }, () =>
          player.avout.dosync(async (tx) => {
            const count = player.ref<Data>('/count', 'initial')
            const n = await tx.get(count)
            tx.set(count, typeof n === 'number' ? n + 1 : 1)
            tx.set(player.ref<Data>(bench.random.pick(names.slice(0, 2)), 'initial'), [n, null])
          }),
        ),
      ),
    )
    for (const player of [one, other]) await compare(bench, player, names)
    bench.equal(await bench.current('/count'), 20, 'the count in the view')
    await other.avout.dosync((tx) => {
      tx.delete(other.ref<Data>('/a', 'initial'))
      tx.set(other.ref<Data>('/a/b', 'initial'), null)
    })
    await compare(bench, other, names)
    bench.equal([await bench.current('/a'), await bench.current('/a/b')], [undefined, null], 'a deleted ref, and null')
    await one.avout.dosync((tx) => tx.set(one.ref<Data>('/a', 'initial'), 'again'))
    await compare(bench, one, names)
  },
}

export const viewing: Suite = [
  {
    has: ({ versions }, harness) => versions?.setCurrent !== undefined && harness.current !== undefined,
    strong: [view],
    weak: [],
  },
]
