import type { Scenario, Suite } from '../scenario.js'

const watches: Scenario = {
  name: 'engine/watches',
  law: 'Reference.addWatch',
  run: async (bench) => {
    const [watcher, ...writers] = await bench.players(3)
    const count = watcher.ref('/count', 0)
    const told: { old: number; value: number; position: number }[] = []
    // What was committed before is no news: the first commit is known before the watch is set.
    await writers[0]?.increment('/count')
    await count.deref()
    count.addWatch('test', (_key, _ref, old, value, { position }) => {
      told.push({ old, value, position })
    })
    const each = 15
    await Promise.all(
      writers.map(async (player) => {
        for (let i = 0; i < each; i++) await player.increment('/count')
      }),
    )
    const all = writers.length * each
    await bench.eventually(() => told.length >= all, `a watch of ${all} changes`)
    await count.deref()
    bench.equal(
      told.map(({ value }) => value),
      Array.from({ length: all }, (_, i) => i + 2),
      'the values told',
    )
    bench.equal(
      told.map(({ old }) => old),
      Array.from({ length: all }, (_, i) => i + 1),
      'the values before them',
    )
    const positions = told.map(({ position }) => position)
    bench.equal(
      positions,
      positions.toSorted((a, b) => a - b),
      'their positions',
    )
  },
}

const retries: Scenario = {
  name: 'engine/retry',
  law: 'Tx.retry',
  run: async (bench) => {
    const [producer, ...consumers] = await bench.players(3)
    const items = 12
    const taken = consumers.map(async (player) => {
      const queue = player.ref<readonly number[]>('/queue', [])
      const found: number[] = []
      for (;;) {
        const item = await player.avout.dosync(async (tx) => {
          const [first] = await tx.get(queue)
          if (first === undefined) return tx.retry()
          if (first >= 0) await tx.alter(queue, (all) => all.slice(1))
          return first
        })
        if (item < 0) return found
        found.push(item)
      }
    })
    const done = bench.begin(Promise.all(taken))
    const queue = producer.ref<readonly number[]>('/queue', [])
    for (let i = 0; i < items; i++) {
      await producer.avout.dosync((tx) => tx.alter(queue, (all) => [...all, i]))
      // Every other one when all sleep: only news from another client wakes them then.
      if (i % 2 === 0) await bench.eventually(async () => (await queue.deref()).length === 0, 'a sleeper that is woken')
    }
    await producer.avout.dosync((tx) => tx.alter(queue, (all) => [...all, -1]))
    const found = (await done).flat().sort((a, b) => a - b)
    bench.equal(
      found,
      Array.from({ length: items }, (_, i) => i),
      'what was taken, each once',
    )
  },
}

export const watching: Suite = [watches, retries]
